package embedded

import (
	"context"
	"sync"
)

// visitors are the calls that come from this process without gRPC. Closing the
// server ends those that may last, and waits for all.
type visitors struct {
	mu      sync.Mutex
	left    bool
	inside  sync.WaitGroup
	closing context.Context
	close   context.CancelCauseFunc
}

func (v *visitors) open() { v.closing, v.close = context.WithCancelCause(context.Background()) }

// enter returns what ends a call; the error is that the server is closing.
func (v *visitors) enter() (exit func(), err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.left {
		return nil, errShuttingDown
	}
	v.inside.Add(1)
	return v.inside.Done, nil
}

// stay is enter for a call that lasts until its context ends, which the
// server's closing does.
func (v *visitors) stay(ctx context.Context) (_ context.Context, exit func(), err error) {
	leave, err := v.enter()
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(v.closing, func() { cancel(errShuttingDown) })
	return ctx, func() { stop(); cancel(nil); leave() }, nil
}

func (v *visitors) leave() {
	v.mu.Lock()
	v.left = true
	v.mu.Unlock()
	v.close(errShuttingDown)
	v.inside.Wait()
}
