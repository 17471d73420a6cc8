package bench

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"backlot/domain"
	"backlot/eventstore"
)

// writers is how many commands, rows or raw appends are under way at a time.
const writers = 64

// rawClient reaches an event store without anything of the portal's: what the
// store takes through it bounds what the portal can.
func rawClient(c *esdb.Configuration) (*esdb.Client, error) { return esdb.NewClient(c) }

// rawEvents encodes events, each as the first one of a stream.
func rawEvents(drafts []domain.Draft) ([]esdb.EventData, error) {
	out := make([]esdb.EventData, len(drafts))
	for i, d := range drafts {
		proposed, _, err := eventstore.Propose("bench", domain.Version{}, []domain.Draft{d})
		if err != nil {
			return nil, err
		}
		out[i] = proposed[0]
	}
	return out, nil
}

// appendFor appends events one by one, each writer to a stream of its own at the
// exact revision, for a time. It returns appends a second.
func appendFor(ctx context.Context, client *esdb.Client, prefix string, pool []esdb.EventData, d time.Duration) (float64, error) {
	return during(ctx, d, func(ctx context.Context, writer, n int) error {
		e := pool[(writer*31+n)%len(pool)]
		e.EventID = uuid.New()
		o := esdb.AppendToStreamOptions{ExpectedRevision: esdb.NoStream{}}
		if n > 0 {
			o.ExpectedRevision = esdb.Revision(uint64(n - 1))
		}
		_, err := client.AppendToStream(ctx, fmt.Sprintf("%s-%d", prefix, writer), o, e)
		return err
	})
}

// during lets the writers do something again and again for a time, and returns
// how often they did a second.
func during(ctx context.Context, d time.Duration, do func(ctx context.Context, writer, n int) error) (float64, error) {
	var total atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	begun := time.Now()
	for writer := range writers {
		g.Go(func() error {
			for n := 0; time.Since(begun) < d; n++ {
				if err := do(ctx, writer, n); err != nil {
					return err
				}
				total.Add(1)
			}
			return nil
		})
	}
	err := g.Wait()
	return float64(total.Load()) / time.Since(begun).Seconds(), err
}

// appendAll appends each event to a stream of its own, the writers by turns, and
// returns appends a second.
func appendAll(ctx context.Context, client *esdb.Client, prefix string, events []esdb.EventData) (float64, error) {
	var next atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	begun := time.Now()
	for range writers {
		g.Go(func() error {
			for {
				n := int(next.Add(1)) - 1
				if n >= len(events) {
					return nil
				}
				e := events[n]
				e.EventID = uuid.New()
				if _, err := client.AppendToStream(ctx, fmt.Sprintf("%s-%d", prefix, n), esdb.AppendToStreamOptions{ExpectedRevision: esdb.NoStream{}}, e); err != nil {
					return err
				}
			}
		})
	}
	err := g.Wait()
	return float64(len(events)) / time.Since(begun).Seconds(), err
}

// stream is a request's stream as somebody appends to it.
type stream struct {
	name    string
	version domain.Version
	last    time.Time
	n       int
}

// streamsOf reads where the streams of some requests stand.
func streamsOf(ctx context.Context, store *eventstore.Store, names []string) ([]*stream, error) {
	out := make([]*stream, len(names))
	for i, name := range names {
		last, ok, err := store.LastEvent(ctx, name)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, errors.New(name + " has no events")
		}
		out[i] = &stream{name: name, last: last.Metadata.OccurredAt, version: domain.Version{Exists: true, Revision: last.Revision, ChainHash: last.Metadata.ChainHash}}
	}
	return out, nil
}
