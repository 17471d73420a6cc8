package eventstore

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"backlot/domain"
)

// Config says how to reach the event store.
type Config struct {
	Client      *esdb.Configuration // from ParseAddress or an embedded server
	Local       Local               // that server, to go round gRPC; nil for none
	CallTimeout time.Duration       // for one call, or between two events of a long read; 10 s by default
	Logger      *slog.Logger        // silent by default
}

func (c *Config) setDefaults() {
	if c.CallTimeout == 0 {
		c.CallTimeout = 10 * time.Second
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
}

// Validate reports what is missing or wrong.
func (c Config) Validate() error {
	if c.Client == nil {
		return errors.New("eventstore: Client is required")
	}
	if c.CallTimeout < 0 {
		return errors.New("eventstore: CallTimeout is negative")
	}
	return c.Client.Validate()
}

// Store is an EventStoreDB as the portal uses it. It is safe for concurrent
// use. Its errors are *domain.Error; while the event store cannot be reached
// they have CodeUnavailable, and it reconnects by itself.
type Store struct {
	conn    *connection
	local   Local // nil for none
	timeout time.Duration
	leader  bool // calls are for the leader only
	log     *slog.Logger
	unknown atomic.Uint64
}

// Connect returns a store that connects in the background, so the event store
// may come up later. The error is CodeInvalid for a wrong configuration.
func Connect(cfg Config) (*Store, error) {
	cfg.setDefaults()
	if err := cfg.Validate(); err != nil {
		return nil, &domain.Error{Code: domain.CodeInvalid, Message: err.Error(), Err: err}
	}
	client := *cfg.Client
	harden(&client, cfg.Logger)
	return &Store{
		conn: newConnection(client, cfg.Logger), local: cfg.Local, timeout: cfg.CallTimeout,
		leader: client.NodePreference == esdb.NodePreferenceLeader, log: cfg.Logger,
	}, nil
}

// Close ends every call and subscription.
func (s *Store) Close() error {
	s.conn.close(s.timeout)
	return nil
}

// UnknownEvents is how many events were read whose type is not in the catalog.
func (s *Store) UnknownEvents() uint64 { return s.unknown.Load() }

// bounded derives the context of one call to the client: it ends with the
// caller's, with the store, and after the timeout if there is one.
func (s *Store) bounded(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	cancelTimeout := func() {}
	if timeout > 0 {
		ctx, cancelTimeout = context.WithTimeoutCause(ctx, timeout, errNoAnswer)
	}
	if s.leader {
		ctx = requiringLeader(ctx)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(s.conn.ctx, func() { cancel(errClosed) })
	return ctx, func() {
		stop()
		cancel(nil)
		cancelTimeout()
	}
}

// maxAttempts bounds how often a call is repeated after a lost connection.
const maxAttempts = 3

// call runs f with a working client, again after a lost connection, and
// returns when the time is over even if f does not: the client library can
// hang whatever its context says.
func call[T any](ctx context.Context, s *Store, what string, f func(context.Context, *esdb.Client) (T, error)) (T, error) {
	bounded, cancel := s.bounded(ctx, s.timeout)
	defer cancel()
	type answer struct {
		value T
		err   error
	}
	for attempt := 1; ; attempt++ {
		answers := make(chan answer, 1)
		go func() {
			var a answer
			a.err = s.with(bounded, func(client *esdb.Client) (err error) {
				a.value, err = f(bounded, client)
				return err
			})
			answers <- a
		}()
		var a answer
		select {
		case a = <-answers:
		case <-bounded.Done():
			select {
			case a = <-answers:
			default:
				a.err = context.Cause(bounded)
			}
		}
		if a.err == nil {
			return a.value, nil
		}
		if attempt == maxAttempts || bounded.Err() != nil || !isRetryable(bounded, a.err) {
			var zero T
			return zero, s.translate(ctx, bounded, what, a.err)
		}
	}
}

// ask is call for what a local store answers, which heeds the context.
func ask[T any](ctx context.Context, s *Store, what string, f func(context.Context, *esdb.Client) (T, error)) (T, error) {
	if s.local == nil {
		return call(ctx, s, what, f)
	}
	bounded, cancel := s.bounded(ctx, s.timeout)
	defer cancel()
	for attempt := 1; ; attempt++ {
		var value T
		err := s.with(bounded, func(client *esdb.Client) (err error) {
			value, err = f(bounded, client)
			return err
		})
		if err == nil {
			return value, nil
		}
		if attempt == maxAttempts || bounded.Err() != nil || !isRetryable(bounded, err) {
			var zero T
			return zero, s.translate(ctx, bounded, what, err)
		}
	}
}

// with lends f a client, and takes it out of use if f finds its node gone.
func (s *Store) with(ctx context.Context, f func(*esdb.Client) error) error {
	l, err := s.conn.acquire(ctx)
	if err != nil {
		return err
	}
	defer s.conn.release(l)
	if err = f(l.Client); isLost(ctx, err) {
		s.conn.suspect(l, err)
	}
	return err
}
