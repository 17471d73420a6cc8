package eventstore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/google/uuid"

	"backlot/domain"
)

// SubscriberConfig says how projectors get the log.
type SubscriberConfig struct {
	// PageSize is the largest number of events in a page; 2048 by default.
	PageSize int
	// Prefetch is how many pages are decoded ahead while behind; 3 by default.
	Prefetch int
	// Pace is how long after a page the next one comes at the soonest, once the
	// subscriber has caught up; 0 by default. What a page costs whatever is in it,
	// such as a round trip, is then paid for several events at a time while they
	// come in quickly; one after a pause comes at once.
	Pace time.Duration
	// From returns the position to continue from: the projector's checkpoint.
	// It is asked at the start and after every Nack and every dropped
	// subscription. While it fails, it is asked again. Required.
	From func(context.Context) (domain.Position, error)
}

func (c *SubscriberConfig) setDefaults() {
	if c.PageSize == 0 {
		c.PageSize = 2048
	}
	if c.Prefetch == 0 {
		c.Prefetch = 3
	}
}

// Validate reports what is missing or wrong.
func (c SubscriberConfig) Validate() error {
	switch {
	case c.From == nil:
		return errors.New("eventstore: From is required")
	case c.PageSize < 1:
		return errors.New("eventstore: PageSize is not positive")
	case c.Prefetch < 1:
		return errors.New("eventstore: Prefetch is not positive")
	case c.Pace < 0:
		return errors.New("eventstore: Pace is negative")
	}
	return nil
}

// Subscriber hands out the log without system events as Watermill messages,
// one page of consecutive events each and the next one only after the Ack: the
// router handles messages concurrently and would lose their order otherwise.
// Pages are in the message's context (PageOf) and not in its payload.
//
// After a Nack nothing is skipped: what From says is read again. The topic is
// only a name for the log.
type Subscriber struct {
	store *Store
	cfg   SubscriberConfig

	mu      sync.Mutex
	closed  bool
	closing chan struct{}
	running sync.WaitGroup
}

var _ message.Subscriber = (*Subscriber)(nil)

// NewSubscriber returns a subscriber. The error is CodeInvalid for a wrong
// configuration.
func NewSubscriber(store *Store, cfg SubscriberConfig) (*Subscriber, error) {
	cfg.setDefaults()
	err := cfg.Validate()
	if err == nil && store == nil {
		err = errors.New("eventstore: a subscriber needs a store")
	}
	if err != nil {
		return nil, &domain.Error{Code: domain.CodeInvalid, Message: err.Error(), Err: err}
	}
	return &Subscriber{store: store, cfg: cfg, closing: make(chan struct{})}, nil
}

// Subscribe implements message.Subscriber. The channel is closed when ctx ends
// or the subscriber or its store is closed. The error is CodeUnavailable after
// Close.
func (s *Subscriber) Subscribe(ctx context.Context, topic string) (<-chan *message.Message, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, unavailable("subscribe to "+topic, errClosed)
	}
	ctx, cancel := context.WithCancel(ctx)
	out := make(chan *message.Message)
	s.running.Go(func() {
		defer close(out)
		defer cancel()
		s.run(ctx, topic, out)
	})
	s.running.Go(func() {
		select {
		case <-s.closing:
			cancel()
		case <-ctx.Done():
		}
	})
	return out, nil
}

// Close implements message.Subscriber: it ends every subscription and waits
// until their channels are closed.
func (s *Subscriber) Close() error {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.closing)
	}
	s.mu.Unlock()
	s.running.Wait()
	return nil
}

var errNacked = errors.New("the page was refused")

func (s *Subscriber) run(ctx context.Context, topic string, out chan<- *message.Message) {
	log := s.store.log.With("subscription", topic)
	failures := 0
	for ctx.Err() == nil && s.store.conn.ctx.Err() == nil {
		from, err := s.cfg.From(ctx)
		if err == nil {
			err = s.store.read(ctx, s.reading(from), func(p domain.Page) error {
				if err := hand(ctx, out, content{page: p}); err != nil {
					return err
				}
				failures = 0
				return nil
			})
		} else {
			err = fmt.Errorf("checkpoint: %w", err)
		}
		var bad *UndecodableError
		if errors.As(err, &bad) {
			// An Ack makes no difference: the event is still in the way.
			_ = hand(ctx, out, content{err: s.store.translate(ctx, ctx, "follow the log", err)})
		}
		if ctx.Err() != nil {
			return
		}
		log.Warn("reading the event log again from the checkpoint", "error", err)
		wait(ctx, failures)
		failures++
	}
}

func (s *Subscriber) reading(from domain.Position) reading {
	return reading{from: from, decode: s.store.decode, window: s.cfg.PageSize, pageSize: s.cfg.PageSize, prefetch: s.cfg.Prefetch, pace: s.cfg.Pace}
}

// hand sends a message and waits for its Ack.
func hand(ctx context.Context, out chan<- *message.Message, c content) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	msg := message.NewMessage(uuid.NewString(), nil)
	msg.SetContext(context.WithValue(ctx, contentKey{}, c))
	select {
	case out <- msg:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-msg.Acked():
		return nil
	case <-msg.Nacked():
		return errNacked
	case <-ctx.Done():
		return ctx.Err()
	}
}

type contentKey struct{}

// content is what a message is about: a page, or why there is none.
type content struct {
	page domain.Page
	err  error
}

// PageOf returns the page of a Subscriber's message. The error is CodeInternal:
// around an UndecodableError when the next event of the log cannot be read,
// which a projection must not pass over, or for a message of another subscriber.
func PageOf(msg *message.Message) (domain.Page, error) {
	c, ok := msg.Context().Value(contentKey{}).(content)
	if !ok {
		return domain.Page{}, domain.Errorf(domain.CodeInternal, "message %s carries no page of the event log", msg.UUID)
	}
	return c.page, c.err
}
