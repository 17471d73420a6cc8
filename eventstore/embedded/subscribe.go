package embedded

import (
	"context"
	"errors"
	"math"

	"github.com/google/uuid"

	"backlot/eventstore/embedded/internal/engine"
)

// tailBatch is how many events a subscriber takes from memory at once.
const tailBatch = 256

// source is where a subscription's events come from: the store as long as it
// is behind, then the tail. Both hand out what comes after one cursor, so the
// switch can neither lose an event nor send it twice.
type source interface {
	// history sends everything durable now from the store and returns the
	// position up to which it did.
	history(cursor uint64, stop func() error) (uint64, error)
	// live sends an event from the tail, if it is for this subscription.
	live(r *engine.Record) error
	// caughtUp is called when there is nothing more after cursor.
	caughtUp(cursor uint64) error
}

// receiver takes what a subscription says.
type receiver interface {
	// event takes an event, whose bytes stay until flush returns.
	event(r *engine.Record) error
	// checkpoint says that nothing up to a position is to come any more.
	checkpoint(position uint64) error
	caughtUp() error
	fellBehind() error
	// flush hands over what was taken so far.
	flush() error
}

// follow runs a subscription from a cursor, exclusive, until the client leaves
// or the server closes.
func (s *streamsService) follow(ctx context.Context, out receiver, cursor uint64, src source) error {
	stop := func() error {
		select {
		case <-s.closing:
			return errShuttingDown
		default:
			return ctx.Err()
		}
	}
	buf := make([]engine.Record, tailBatch)
	isLive := false
	for {
		if err := stop(); err != nil {
			return err
		}
		tail := s.engine.Tail(cursor, buf)
		if !tail.Covered {
			if isLive {
				isLive = false
				if err := out.fellBehind(); err != nil {
					return err
				}
			}
			var err error
			if cursor, err = src.history(cursor, stop); err != nil {
				return err
			}
			continue
		}
		for i := range tail.Records {
			if err := src.live(&tail.Records[i]); err != nil {
				return err
			}
			cursor = tail.Records[i].Position
		}
		if err := out.flush(); err != nil {
			return err
		}
		clear(tail.Records)
		if !tail.AtEnd {
			continue
		}
		if !isLive {
			isLive = true
			if err := src.caughtUp(cursor); err != nil {
				return err
			}
		}
		if tail.Changed == nil {
			continue
		}
		select {
		case <-tail.Changed:
		case <-s.closing:
		case <-ctx.Done():
		}
	}
}

// subscribeAll follows $all.
func (s *streamsService) subscribeAll(out *sender, q query) error {
	cursor := q.at
	if q.from == fromEnd {
		cursor = s.engine.Durable()
	}
	if err := out.confirmation(uuid.NewString()); err != nil {
		return err
	}
	return s.follow(out.stream.Context(), out, cursor, &allSource{engine: s.engine, out: out, filter: q.filter})
}

// allSource sends the events of $all that a filter lets through, and says by
// checkpoints how far it got among those that it does not.
type allSource struct {
	engine *engine.Engine
	out    receiver
	filter *filter

	considered uint64 // since the last checkpoint
	unsaid     bool   // the last event considered was neither sent nor a checkpoint
}

func (a *allSource) history(cursor uint64, stop func() error) (uint64, error) {
	log := a.engine.ReadAfter(cursor)
	for {
		records, err := log.Next(math.MaxInt)
		if err != nil {
			return cursor, err
		}
		if len(records) == 0 {
			// What was there last may have been scavenged.
			return max(cursor, log.Durable), nil
		}
		for i := range records {
			if err := a.live(&records[i]); err != nil {
				return cursor, err
			}
			cursor = records[i].Position
		}
		if err := a.out.flush(); err != nil {
			return cursor, err
		}
		if err := stop(); err != nil {
			return cursor, err
		}
	}
}

func (a *allSource) live(r *engine.Record) error {
	if a.filter == nil {
		return a.out.event(r)
	}
	a.unsaid = true
	if a.filter.matches(r) {
		a.unsaid = false
		if err := a.out.event(r); err != nil {
			return err
		}
	}
	a.considered++
	if a.considered < a.filter.interval {
		return nil
	}
	return a.checkpoint(r.Position)
}

func (a *allSource) checkpoint(position uint64) error {
	a.considered, a.unsaid = 0, false
	return a.out.checkpoint(position)
}

// caughtUp says how far the search came, so that a long stretch without
// matches is not searched again after a restart.
func (a *allSource) caughtUp(cursor uint64) error {
	if a.unsaid {
		if err := a.checkpoint(cursor); err != nil {
			return err
		}
	}
	return a.out.caughtUp()
}

// subscribeStream follows one stream, which need not exist yet.
func (s *streamsService) subscribeStream(out *sender, q query) error {
	stream, err := s.engine.OpenStream(q.stream)
	if err != nil && !errors.Is(err, engine.ErrStreamNotFound) {
		return err
	}
	src := &streamSource{engine: s.engine, out: out, name: q.stream}
	cursor := uint64(0)
	switch q.from {
	case fromExact:
		// Revisions end where the tombstone stands.
		src.next = min(q.at, engine.TombstoneRevision-1) + 1
	case fromEnd:
		src.next = uint64(stream.Last + 1)
		cursor = stream.Durable
	}
	if err := out.confirmation(uuid.NewString()); err != nil {
		return err
	}
	if q.from != fromEnd {
		// The tail has all streams' events; reading the stream's own is faster.
		if cursor, err = src.history(0, func() error { return nil }); err != nil {
			return err
		}
	}
	return s.follow(out.stream.Context(), out, cursor, src)
}

// streamSource sends one stream's events.
type streamSource struct {
	engine *engine.Engine
	out    *sender
	name   string
	next   uint64 // revision
}

func (s *streamSource) history(_ uint64, stop func() error) (uint64, error) {
	stream, err := s.engine.OpenStream(s.name)
	if errors.Is(err, engine.ErrStreamNotFound) {
		return stream.Durable, nil
	}
	if err != nil {
		return 0, err
	}
	stream.Forwards(s.next)
	for {
		records, err := stream.Next(math.MaxInt)
		if err != nil || len(records) == 0 {
			return stream.Durable, err
		}
		for i := range records {
			if err := s.send(&records[i]); err != nil {
				return 0, err
			}
		}
		if err := stop(); err != nil {
			return 0, err
		}
	}
}

func (s *streamSource) live(r *engine.Record) error {
	switch {
	case string(r.Stream) != s.name || r.Revision < s.next:
		return nil
	case r.Revision == engine.TombstoneRevision:
		return &engine.StreamDeletedError{Stream: s.name}
	}
	return s.send(r)
}

func (s *streamSource) send(r *engine.Record) error {
	s.next = r.Revision + 1
	return s.out.event(r)
}

func (s *streamSource) caughtUp(uint64) error { return s.out.caughtUp() }
