package eventstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"backlot/domain"
)

// arrivals is how many events wait between the client and the decoder.
const arrivals = 512

// reading is one subscription to the log.
type reading struct {
	from     domain.Position
	prefixes []string // of stream names; none for all but system events
	decode   func(RawEvent) (domain.Recorded, error)
	window   int // events searched between two checkpoints
	pageSize int
	prefetch int
	pace     time.Duration
	givesUp  bool // with errQuiet, when the next checkpoint is too far away
}

// errEnded is a subscription that the server ended without an error.
var errEnded = errors.New("the subscription ended")

// deliveryError is an error of the receiver of pages and not of the reading.
type deliveryError struct{ error }

// read subscribes to the log once and delivers its pages in order until the
// subscription drops. The error is never nil: a deliveryError from deliver, one
// around an UndecodableError after the pages before that event, else the cause
// of the drop.
func (s *Store) read(ctx context.Context, r reading, deliver func(domain.Page) error) error {
	ctx, cancel := s.bounded(ctx, 0)
	defer cancel()
	waiting := arrivals
	if s.local != nil {
		waiting = batches
	}
	notices := make(chan notice, waiting)
	dropped := make(chan error, 1)
	go func() {
		dropped <- s.with(ctx, func(client *esdb.Client) error {
			if s.local != nil {
				return s.subscribeLocally(ctx, r, notices)
			}
			return s.subscribe(ctx, client, r, notices)
		})
		close(notices)
	}()
	timer := time.NewTimer(s.timeout)
	defer timer.Stop()
	select {
	case <-notices: // open, or dropped
	case <-timer.C:
		return fmt.Errorf("subscribe: %w", errNoAnswer)
	case <-ctx.Done():
		return context.Cause(ctx)
	}

	pages := make(chan domain.Page)
	paged := make(chan error, 1)
	go func() {
		p := &pager{decode: r.decode, pageSize: r.pageSize, prefetch: r.prefetch, pace: r.pace, end: s.End, givesUp: r.givesUp, at: r.from}
		paged <- p.run(ctx, notices, pages)
		close(pages)
	}()
	for page := range pages {
		if err := deliver(page); err != nil {
			return deliveryError{err}
		}
	}
	if err := <-paged; err != nil {
		return err
	}
	return <-dropped
}

func (r *reading) options() esdb.SubscribeToAllOptions {
	o := esdb.SubscribeToAllOptions{From: esdb.Start{}, MaxSearchWindow: r.window, Filter: esdb.ExcludeSystemEventsFilter()}
	if r.from > 0 {
		o.From = esdb.Position{Commit: uint64(r.from), Prepare: uint64(r.from)}
	}
	if len(r.prefixes) > 0 {
		o.Filter = &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: r.prefixes}
	}
	return o
}

// subscribe passes on what a subscription says until it drops, beginning with
// an empty notice once it is open.
func (s *Store) subscribe(ctx context.Context, client *esdb.Client, r reading, notices chan<- notice) error {
	sub, err := client.SubscribeToAll(ctx, r.options())
	if err != nil {
		return err
	}
	defer sub.Close()
	said := notice{}
	for {
		select {
		case notices <- said:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		e := sub.Recv()
		switch {
		case e.EventAppeared != nil:
			said = notice{event: e.EventAppeared.OriginalEvent()}
		case e.CheckPointReached != nil:
			said = notice{checkpoint: e.CheckPointReached}
		case e.SubscriptionDropped != nil:
			if err := e.SubscriptionDropped.Error; err != nil && !errors.Is(err, io.EOF) {
				return err
			}
			return errEnded
		default:
			said = notice{caughtUp: e.CaughtUp != nil, fellBehind: e.FellBehind != nil}
		}
	}
}

// wait passes the time before another try, which grows with the failures so
// far; it returns early when ctx ends.
func wait(ctx context.Context, failures int) {
	timer := time.NewTimer(min(50*time.Millisecond<<min(failures, 10), 2*time.Second))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
