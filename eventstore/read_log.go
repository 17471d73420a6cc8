package eventstore

import (
	"context"
	"math"
	"strings"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"backlot/domain"
)

// EachOfLog takes an event of the log, and when the event store recorded it by
// its own clock.
type EachOfLog = func(r domain.Recorded, recorded time.Time) error

// ReadBackwards calls each with every event of the log but system events that
// came before a position, the newest first; 0 means from the end. It ends with
// each's first error, which it returns as it is. Other errors are as for
// ReadStream.
func (s *Store) ReadBackwards(ctx context.Context, before domain.Position, each EachOfLog) error {
	const what = "read the log backwards"
	open := func(ctx context.Context, client *esdb.Client) (*esdb.ReadStream, error) {
		o := esdb.ReadAllOptions{Direction: esdb.Backwards, From: esdb.End{}}
		if before > 0 {
			o.From = placeOf(before) // exclusive
		}
		return client.ReadAll(ctx, o, math.MaxInt64)
	}
	return s.readOn(ctx, what, open, func(e *esdb.RecordedEvent) error {
		if err := s.takeOfLog(ctx, what, e, each); err != nil {
			return err
		}
		before = domain.Position(e.Position.Commit)
		return nil
	})
}

// ReadForwards is ReadBackwards in the other direction: what came after a
// position, the oldest first; 0 means from the beginning. It ends at the end
// of the log.
func (s *Store) ReadForwards(ctx context.Context, after domain.Position, each EachOfLog) error {
	const what = "read the log"
	open := func(ctx context.Context, client *esdb.Client) (*esdb.ReadStream, error) {
		o := esdb.ReadAllOptions{Direction: esdb.Forwards, From: esdb.Start{}}
		if after > 0 {
			o.From = placeOf(after) // inclusive
		}
		return client.ReadAll(ctx, o, math.MaxInt64)
	}
	return s.readOn(ctx, what, open, func(e *esdb.RecordedEvent) error {
		at := domain.Position(e.Position.Commit)
		if at <= after {
			return nil
		}
		if err := s.takeOfLog(ctx, what, e, each); err != nil {
			return err
		}
		after = at
		return nil
	})
}

func (s *Store) takeOfLog(ctx context.Context, what string, e *esdb.RecordedEvent, each EachOfLog) error {
	if strings.HasPrefix(e.EventType, "$") {
		return nil
	}
	r, err := s.decode(rawOf(e))
	if err != nil {
		return s.translate(ctx, ctx, what, err)
	}
	return each(r, e.CreatedDate)
}

func placeOf(p domain.Position) esdb.Position {
	return esdb.Position{Commit: uint64(p), Prepare: uint64(p)}
}
