package commands

import (
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"backlot/domain"
)

// throttle bounds how often something is tried for a key: a burst, then one
// each interval. Success gives the burst back.
type throttle struct {
	every time.Duration
	burst int

	mu   sync.Mutex
	keys map[string]*rate.Limiter
}

// maxThrottled bounds what is remembered. Whoever makes the server forget has
// tried that many other keys meanwhile.
const maxThrottled = 50_000

func newThrottle(every time.Duration, burst int) *throttle {
	return &throttle{every: every, burst: burst, keys: map[string]*rate.Limiter{}}
}

// try counts an attempt. The error is CodeThrottled, with the time to wait.
func (t *throttle) try(key string, now time.Time) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	l, known := t.keys[key]
	if !known {
		if len(t.keys) >= maxThrottled {
			t.forgetIdle(now)
		}
		l = rate.NewLimiter(rate.Every(t.every), t.burst)
		t.keys[key] = l
	}
	r := l.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait == 0 {
		return nil
	}
	r.CancelAt(now)
	wait = wait.Round(time.Second) + time.Second
	return &domain.Error{
		Code: domain.CodeThrottled, RetryAfter: wait,
		Message: fmt.Sprintf("there were too many attempts; wait %s and try again", wait),
	}
}

// succeeded forgets the attempts of a key.
func (t *throttle) succeeded(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.keys, key)
}

// forgetIdle drops those that have their whole burst again, or all if there
// are none.
func (t *throttle) forgetIdle(now time.Time) {
	for key, l := range t.keys {
		if l.TokensAt(now) >= float64(t.burst) {
			delete(t.keys, key)
		}
	}
	if len(t.keys) >= maxThrottled {
		clear(t.keys)
	}
}
