package domain

import (
	"context"
	"fmt"
	"sync"
)

// Following is how far somebody who follows the log has come. The zero
// Following has seen nothing. It is safe for concurrent use.
type Following struct {
	mu       sync.Mutex
	position Position
	ready    bool
	moved    chan struct{} // closed and replaced whenever position moves
}

// Saw notes that a page was applied. Pages come in order.
func (f *Following) Saw(p Page) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.position = max(f.position, p.To)
	f.ready = f.ready || p.CaughtUp
	if f.moved != nil {
		close(f.moved)
		f.moved = nil
	}
}

// Ready reports whether the whole log was seen once.
func (f *Following) Ready() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.ready
}

// Moved returns a channel that is closed when the next page was applied. Take
// it before looking, to miss nothing.
func (f *Following) Moved() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.moved == nil {
		f.moved = make(chan struct{})
	}
	return f.moved
}

// WaitFor returns once the position was seen. The error is CodeTimeout, and
// wraps the context's, if the context ends before.
func (f *Following) WaitFor(ctx context.Context, p Position) error {
	for {
		moved := f.Moved()
		f.mu.Lock()
		at := f.position
		f.mu.Unlock()
		if at >= p {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return &Error{Code: CodeTimeout, Message: fmt.Sprintf("position %s of the log is not seen yet; try again", p), Err: ctx.Err()}
		}
	}
}
