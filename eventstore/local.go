package eventstore

import (
	"context"
	"errors"
	"math"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"backlot/domain"
)

// Local is an event store in this process, asked without gRPC for what the
// portal asks of it most. The calls mean what the client's of these names do. An
// error has the ClientCode that the client would give it, if there is one.
type Local interface {
	AppendToStream(ctx context.Context, stream string, o esdb.AppendToStreamOptions, events ...esdb.EventData) (*esdb.WriteResult, error)
	// AppendToNewStream is AppendToStream for esdb.NoStream, but that a stream
	// which was deleted is at a wrong version.
	AppendToNewStream(ctx context.Context, stream string, events ...esdb.EventData) (*esdb.WriteResult, error)
	// ReadStream calls each with events whose bytes are its only until it
	// returns. It ends with each's first error.
	ReadStream(ctx context.Context, stream string, o esdb.ReadStreamOptions, count uint64, each func(*esdb.RecordedEvent) error) error
	// SubscribeToAll gives took the events that came at once, whose bytes are
	// its only until it returns, and said the rest of what a subscription says.
	// It ends with their first error.
	SubscribeToAll(ctx context.Context, o esdb.SubscribeToAllOptions, took func(context.Context, []esdb.RecordedEvent) error, said func(context.Context, esdb.SubscriptionEvent) error) error
}

// batches is how many batches of events wait between a local store and the pages.
const batches = 2

// subscribeLocally is subscribe without a client. Events are decoded where they
// are read: their bytes do not stay.
func (s *Store) subscribeLocally(ctx context.Context, r reading, notices chan<- notice) error {
	tell := func(ctx context.Context, n notice) error {
		select {
		case notices <- n:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	if err := tell(ctx, notice{}); err != nil { // it is open
		return err
	}
	took := func(ctx context.Context, events []esdb.RecordedEvent) error {
		n := notice{decoded: make([]domain.Recorded, len(events))}
		for i := range events {
			if n.decoded[i], n.failed = r.decode(rawOf(&events[i])); n.failed != nil {
				n.decoded = n.decoded[:i]
				break
			}
		}
		return tell(ctx, n)
	}
	said := func(ctx context.Context, e esdb.SubscriptionEvent) error {
		return tell(ctx, notice{checkpoint: e.CheckPointReached, caughtUp: e.CaughtUp != nil, fellBehind: e.FellBehind != nil})
	}
	return s.local.SubscribeToAll(ctx, r.options(), took, said)
}

func (s *Store) appendTo(ctx context.Context, client *esdb.Client, stream string, expected esdb.ExpectedRevision, events ...esdb.EventData) (*esdb.WriteResult, error) {
	if s.local != nil {
		return s.local.AppendToStream(ctx, stream, s.options(expected), events...)
	}
	return client.AppendToStream(ctx, stream, s.options(expected), events...)
}

// readLocally is ReadRawFrom without a client.
func (s *Store) readLocally(ctx context.Context, stream string, revision uint64, each func(RawEvent) error) error {
	what := "read " + stream
	bounded, cancel := s.bounded(ctx, 0)
	defer cancel()
	next, refused := revision, error(nil)
	for attempt := 1; ; attempt++ {
		begin := next
		err := s.with(bounded, func(*esdb.Client) error {
			o := esdb.ReadStreamOptions{Direction: esdb.Forwards, From: esdb.Revision(next)}
			err := s.local.ReadStream(bounded, stream, o, math.MaxInt64, func(e *esdb.RecordedEvent) error {
				refused = each(rawOf(kept(e)))
				next = e.EventNumber + 1
				return refused
			})
			if refused != nil {
				return nil // it says nothing about the store
			}
			return missing(err)
		})
		if refused != nil || err == nil || errors.Is(err, errNoStream) {
			return refused
		}
		if next > begin {
			attempt = 1
		}
		if attempt >= maxAttempts || bounded.Err() != nil || !isRetryable(bounded, err) {
			return s.translate(ctx, bounded, what, err)
		}
	}
}

// kept is an event with bytes of its own.
func kept(e *esdb.RecordedEvent) *esdb.RecordedEvent {
	k := *e
	b := make([]byte, 0, len(e.Data)+len(e.UserMetadata))
	b = append(append(b, e.Data...), e.UserMetadata...)
	k.Data, k.UserMetadata = b[:len(e.Data):len(e.Data)], b[len(e.Data):]
	return &k
}
