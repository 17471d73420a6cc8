package readapi

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"backlot/domain"
	"backlot/readapi/facets"
)

// watched is something that live streams show: a search or a request as one
// scope sees it. The hub calls it from one goroutine at a time, but for events.
type watched interface {
	// concerned reports whether a tick may have changed it for those who watch.
	concerned(t *tick) bool
	// evaluate brings it to a tick, and reports whether it is not what it was.
	evaluate(t *tick) (changed bool, err error)
	// events returns what leads from a tick to the present, which at stands for.
	// whole is for who knows nothing, again for who knew something once.
	events(at *tick, since uint64, whole, again bool) ([]liveEvent, error)
}

// tick is a look at the index.
type tick struct {
	seq      uint64 // of the last tick that changed something watched
	snapshot *facets.Snapshot
	now      time.Time

	changes    *facets.Changes // since the tick before
	everything bool            // all that is watched may have changed, whoever sees it
	touched    map[scopeKey]bool
}

// scopeKey is what a scope depends on. Two principals of one key see the same.
type scopeKey struct {
	role         domain.Role
	organisation string
}

func scopeOf(p domain.Principal) scopeKey { return scopeKey{p.Role, p.Organisation} }

// liveHub evaluates what the live streams of this process show: each distinct
// search once a tick, however many watch it, and ticks at least LiveEvery apart.
// A scope that no changed row is in is not looked at, nor woken.
type liveHub struct {
	*Config
	metrics *metrics
	boot    string // ids of another process' ticks say nothing here

	gate sync.RWMutex // held by a tick; for reading by whoever looks at what it made
	at   tick

	mu       sync.Mutex
	entries  map[string]*liveEntry
	accounts map[string]int // open streams
	streams  int
	running  bool
	moved    chan struct{} // closed and replaced by a tick that changed something
	done     chan struct{} // closed when the goroutine of the ticks has ended; nil before the first
}

// liveEntry is something watched and who watches it.
type liveEntry struct {
	watched
	scope   domain.Principal
	key     string
	born    uint64 // the tick at which it was first evaluated
	streams int
	left    time.Time // by the last stream
	failed  error     // it cannot be evaluated any more
}

func newLiveHub(c *Config, m *metrics) *liveHub {
	return &liveHub{Config: c, metrics: m, boot: rand.Text()[:6], entries: map[string]*liveEntry{}, accounts: map[string]int{}, moved: make(chan struct{})}
}

// enter takes a stream in, and returns how it leaves.
func (h *liveHub) enter(account string) (leave func(), err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.streams >= h.LiveStreams:
		return nil, domain.Errorf(domain.CodeUnavailable, "The server has %d live streams, as many as it takes. Try again later, or read without one.", h.streams)
	case h.accounts[account] >= h.LiveAccount:
		e := domain.Errorf(domain.CodeThrottled, "This account has %d live streams open, as many as it may have: end one of them; one stream can watch several searches.", h.LiveAccount)
		e.RetryAfter = 10 * time.Second
		return nil, e
	}
	h.streams++
	h.accounts[account]++
	h.metrics.liveStreams.Inc()
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.metrics.liveStreams.Dec()
		h.streams--
		if h.accounts[account]--; h.accounts[account] == 0 {
			delete(h.accounts, account)
		}
	}, nil
}

// join watches something: what is watched under the key already, or what begin
// makes. A stream leaves it with leave.
func (h *liveHub) join(key string, by domain.Principal, begin func() (watched, error)) (*liveEntry, error) {
	h.gate.Lock()
	defer h.gate.Unlock()
	h.mu.Lock()
	defer h.mu.Unlock()
	if e := h.entries[key]; e != nil && e.failed == nil {
		e.streams++
		return e, nil
	}
	if !h.running {
		snapshot, err := h.Index.Snapshot()
		if err != nil {
			return nil, err
		}
		h.at = tick{seq: h.at.seq, snapshot: snapshot, now: instant(h.Now())}
	}
	w, err := begin()
	if err != nil {
		return nil, err
	}
	t := h.at
	t.seq++
	if _, err := w.evaluate(&t); err != nil {
		return nil, err
	}
	h.at.seq = t.seq
	e := &liveEntry{watched: w, scope: by, key: key, born: t.seq, streams: 1}
	h.entries[key] = e
	h.metrics.liveWatched.Set(float64(len(h.entries)))
	if !h.running {
		h.running, h.done = true, make(chan struct{})
		go h.run(h.done)
	}
	return e, nil
}

func (h *liveHub) leave(e *liveEntry) {
	h.mu.Lock()
	defer h.mu.Unlock()
	e.streams--
	e.left = time.Now()
}

// reach waits for a tick that stands at a position or beyond.
func (h *liveHub) reach(ctx context.Context, p domain.Position) error {
	for {
		h.gate.RLock()
		reached := h.at.snapshot.Position() >= p
		h.gate.RUnlock()
		if reached {
			return nil
		}
		select {
		case <-time.After(h.LiveEvery / 10):
		case <-ctx.Done():
			return &domain.Error{Code: domain.CodeTimeout, Field: "after", Message: fmt.Sprintf("Position %s was not reached in time. Try again.", p), Err: ctx.Err()}
		}
	}
}

// Moved returns a channel that is closed by the next tick that changes
// something. Take it before looking.
func (h *liveHub) Moved() <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.moved
}

// run ticks while anything is watched.
func (h *liveHub) run(done chan struct{}) {
	defer close(done)
	for {
		moved := h.Index.Moved()
		began := time.Now()
		stirred, more := h.tick()
		if !more {
			return
		}
		if stirred {
			// However much there is to evaluate, most of the time is others'.
			select {
			case <-time.After(max(h.LiveEvery, 3*time.Since(began))):
			case <-h.Closing.Done():
				return
			}
		}
		select {
		case <-moved:
		case <-time.After(h.LiveEvery): // the clock moves requests too
		case <-h.Closing.Done():
			return
		}
	}
}

// tick looks at the index. stirred is whether that has moved, more whether
// there is anything left to watch.
func (h *liveHub) tick() (stirred, more bool) {
	h.gate.Lock()
	defer h.gate.Unlock()
	entries, more := h.kept()
	snapshot, err := h.Index.Snapshot()
	if !more || err != nil {
		return false, more
	}
	before := h.at
	t := tick{seq: before.seq + 1, snapshot: snapshot, now: instant(h.Now()), touched: map[scopeKey]bool{}}
	t.changes = snapshot.Since(before.snapshot, before.now, t.now)
	t.everything = snapshot.Stale() != before.snapshot.Stale() || t.changes.All() ||
		domain.DateOf(t.now, h.Policy.Zone) != domain.DateOf(before.now, h.Policy.Zone)
	for _, e := range entries {
		if key := scopeOf(e.scope); !t.everything {
			if _, known := t.touched[key]; !known {
				t.touched[key] = t.changes.Touch(e.scope)
			}
		}
	}
	stirred = t.everything || snapshot.Position() != before.snapshot.Position()
	changed := h.evaluate(&t, entries)
	h.at.snapshot, h.at.now = snapshot, t.now
	if changed {
		h.at.seq = t.seq
		h.mu.Lock()
		close(h.moved)
		h.moved = make(chan struct{})
		h.mu.Unlock()
	}
	return stirred, true
}

// kept returns what is watched, without what was left a while ago. Who comes
// back before finds what was missed.
func (h *liveHub) kept() (entries []*liveEntry, any bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	spare := maxLeft
	for key, e := range h.entries {
		if e.streams == 0 {
			if spare--; spare < 0 || time.Since(e.left) > h.LiveLinger || e.failed != nil {
				delete(h.entries, key)
				continue
			}
		}
		entries = append(entries, e)
	}
	h.metrics.liveWatched.Set(float64(len(entries)))
	h.running = len(entries) > 0
	return entries, h.running
}

// maxLeft is how much is evaluated at most that nobody watches any more.
const maxLeft = 256

// evaluate brings what a tick concerns up to it, on half of the processors.
func (h *liveHub) evaluate(t *tick, entries []*liveEntry) (changed bool) {
	var (
		wait sync.WaitGroup
		mu   sync.Mutex
	)
	began := time.Now()
	work := make(chan *liveEntry)
	for range max(1, runtime.GOMAXPROCS(0)/2) {
		wait.Go(func() {
			for e := range work {
				moved, err := h.evaluateOne(t, e)
				if err != nil {
					h.Logger.Error("something watched cannot be evaluated", slog.Any("error", err))
					e.failed = err
				}
				mu.Lock()
				changed = changed || moved || err != nil
				mu.Unlock()
			}
		})
	}
	evaluated := 0
	for _, e := range entries {
		if e.failed == nil && e.concerned(t) {
			evaluated++
			work <- e
		}
	}
	close(work)
	wait.Wait()
	if evaluated > 0 {
		h.metrics.liveEvaluated.Add(float64(evaluated))
		h.metrics.liveSeconds.Observe(time.Since(began).Seconds())
	}
	return changed
}

func (h *liveHub) evaluateOne(t *tick, e *liveEntry) (changed bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return e.evaluate(t)
}

// idOf names the tick for Last-Event-ID: the position, and which look of this
// process it was.
func (h *liveHub) idOf(t *tick) string {
	return fmt.Sprintf("%s-%s-%d", t.snapshot.Position(), h.boot, t.seq)
}

// known returns the tick of an id; ok is false for another process' ids.
func (h *liveHub) known(id string, at uint64) (seq uint64, ok bool) {
	parts := strings.Split(id, "-")
	if len(parts) != 3 || parts[1] != h.boot {
		return 0, false
	}
	seq, err := strconv.ParseUint(parts[2], 10, 64)
	return seq, err == nil && seq <= at
}
