package eventstore

import (
	"context"
	"math"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"backlot/domain"
)

// ReadAllRaw calls each with every event of the log in order, system events
// among them, without decoding. Memory does not grow with the log. Errors are
// as for ReadStream.
func (s *Store) ReadAllRaw(ctx context.Context, each func(RawEvent) error) error {
	last := domain.Position(0)
	open := func(ctx context.Context, client *esdb.Client) (*esdb.ReadStream, error) {
		o := esdb.ReadAllOptions{Direction: esdb.Forwards, From: esdb.Start{}}
		if last > 0 {
			o.From = esdb.Position{Commit: uint64(last), Prepare: uint64(last)}
		}
		return client.ReadAll(ctx, o, math.MaxInt64)
	}
	return s.readOn(ctx, "read the log", open, func(e *esdb.RecordedEvent) error {
		raw := rawOf(e)
		if last > 0 && raw.Position <= last {
			return nil // a read that goes on begins with the last one again
		}
		if err := each(raw); err != nil {
			return err
		}
		last = raw.Position
		return nil
	})
}
