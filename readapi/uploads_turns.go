package readapi

import (
	"context"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"backlot/domain"
)

// turns let the requests to one upload take turns: whoever comes asks the one
// that is there to stop, which may be a connection that broke off unnoticed.
// tusd can do that too, but looks at the body while it is still being set.
type turns struct {
	mu  sync.Mutex
	now map[string]*turn // by upload
}

type turn struct {
	stop func()
	done chan struct{}
}

// take waits for the turn and returns what ends it.
func (t *turns) take(ctx context.Context, id string, stop func()) (end func(), err error) {
	for {
		t.mu.Lock()
		before := t.now[id]
		if before == nil {
			mine := &turn{stop, make(chan struct{})}
			if t.now == nil {
				t.now = map[string]*turn{}
			}
			t.now[id] = mine
			t.mu.Unlock()
			return func() {
				t.mu.Lock()
				delete(t.now, id)
				t.mu.Unlock()
				close(mine.done)
			}, nil
		}
		t.mu.Unlock()
		before.stop()
		select {
		case <-before.done:
		case <-ctx.Done():
			return nil, &domain.Error{Code: domain.CodeUnavailable, Message: "Somebody else is sending the file; try again.", Err: ctx.Err()}
		}
	}
}

// stoppable is a body that can be made to end.
type stoppable struct {
	io.ReadCloser
	stopped    atomic.Bool
	connection *http.ResponseController
}

// Read implements io.Reader.
func (b *stoppable) Read(p []byte) (int, error) {
	if b.stopped.Load() {
		return 0, io.ErrUnexpectedEOF
	}
	n, err := b.ReadCloser.Read(p)
	if err != nil && b.stopped.Load() {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func (b *stoppable) stop() {
	b.stopped.Store(true)
	_ = b.connection.SetReadDeadline(time.Unix(1, 0)) // what waits for bytes waits no longer
}
