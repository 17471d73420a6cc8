package projections

import (
	"context"
	"sync"

	"github.com/ThreeDotsLabs/watermill/message"

	"backlot/domain"
)

// memoryLog is an event log with subscribers of pages.
type memoryLog struct {
	mu      sync.Mutex
	events  []domain.Recorded
	end     domain.Position // may lie behind the last event
	changed chan struct{}   // closed when the log has grown
}

func newMemoryLog(events ...domain.Recorded) *memoryLog {
	l := &memoryLog{changed: make(chan struct{})}
	l.append(events...)
	return l
}

func (l *memoryLog) append(events ...domain.Recorded) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events = append(l.events, events...)
	if n := len(l.events); n > 0 {
		l.end = max(l.end, l.events[n-1].Position)
	}
	close(l.changed)
	l.changed = make(chan struct{})
}

func (l *memoryLog) position() domain.Position {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.end
}

// page cuts the page of at most size events after a position.
func (l *memoryLog) page(from domain.Position, size int) (domain.Page, chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	first := 0
	for first < len(l.events) && l.events[first].Position <= from {
		first++
	}
	events := l.events[first:min(first+size, len(l.events))]
	p := domain.Page{From: from, To: max(from, l.end), Events: events, CaughtUp: first+len(events) == len(l.events)}
	if !p.CaughtUp {
		p.To = events[len(events)-1].Position
	}
	return p, l.changed
}

// ReadStream is the ReadStream of a Config.
func (l *memoryLog) ReadStream(_ context.Context, stream string, each func(domain.Recorded) error) error {
	l.mu.Lock()
	events := l.events
	l.mu.Unlock()
	for _, e := range events {
		if e.Stream == stream {
			if err := each(e); err != nil {
				return err
			}
		}
	}
	return nil
}

type pageKey struct{}

func pageOf(m *message.Message) (domain.Page, error) {
	switch p := m.Context().Value(pageKey{}).(type) {
	case domain.Page:
		return p, nil
	case error:
		return domain.Page{}, p
	}
	panic("a message without a page")
}

// subscribe returns the Subscribe of a Config with pages of at most size events.
func (l *memoryLog) subscribe(size int) func(From) (message.Subscriber, error) {
	return func(from From) (message.Subscriber, error) {
		return &subscription{log: l, from: from, size: size}, nil
	}
}

type subscription struct {
	log  *memoryLog
	from From
	size int
}

func (s *subscription) Subscribe(ctx context.Context, _ string) (<-chan *message.Message, error) {
	out := make(chan *message.Message)
	go func() {
		defer close(out)
		for {
			position, err := s.from(ctx)
			if err != nil {
				return
			}
			if !s.deliver(ctx, position, out) {
				return
			}
		}
	}()
	return out, nil
}

// deliver returns true after a Nack.
func (s *subscription) deliver(ctx context.Context, position domain.Position, out chan<- *message.Message) bool {
	for first := true; ; first = false {
		page, changed := s.log.page(position, s.size)
		if !first && page.To == position {
			select {
			case <-ctx.Done():
				return false
			case <-changed:
			}
			continue
		}
		m := message.NewMessageWithContext(context.WithValue(ctx, pageKey{}, page), "", nil)
		select {
		case <-ctx.Done():
			return false
		case out <- m:
		}
		select {
		case <-ctx.Done():
			return false
		case <-m.Nacked():
			return true
		case <-m.Acked():
			position = page.To
		}
	}
}

func (s *subscription) Close() error { return nil }
