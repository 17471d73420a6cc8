package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/eventstore"
)

// trafficRate is how many events a second partners' work makes.
const trafficRate = 1000

// traffic appends changes to requests all over the data set at an even rate, in
// the portal's own store, each under the exact revision of its stream.
type traffic struct {
	store   *eventstore.Store
	streams chan *stream
	ids     atomic.Int64
	// appended, if set, is called after each append with its request and position.
	appended func(ctx context.Context, request string, p domain.Position) error
}

// newTraffic takes requests from all over the data set.
func newTraffic(ctx context.Context, w *world) (*traffic, error) {
	client, err := w.portal.store()
	if err != nil {
		return nil, err
	}
	store, err := eventstore.Connect(eventstore.Config{Client: client})
	if err != nil {
		return nil, err
	}
	r := rand.New(rand.NewPCG(seed, 1))
	var names []string
	seen := map[int]bool{}
	for len(names) < min(w.n/2, 2*trafficRate) {
		n := r.IntN(w.n)
		if !seen[n] {
			seen[n] = true
			names = append(names, sourcerequest.StreamOf(requestID(n)))
		}
	}
	streams, err := streamsOf(ctx, store, names)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	t := &traffic{store: store, streams: make(chan *stream, len(streams))}
	for _, s := range streams {
		t.streams <- s
	}
	return t, nil
}

func (t *traffic) close() error { return t.store.Close() }

// flow appends at the rate for a time and returns how many events a second there
// were: fewer, where the store does not keep up.
func (t *traffic) flow(ctx context.Context, d time.Duration) (float64, error) {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(writers)
	const step = 5 * time.Millisecond
	tick := time.NewTicker(step)
	defer tick.Stop()
	begun, sent := time.Now(), 0
	for time.Since(begun) < d && ctx.Err() == nil {
		for due := int(time.Since(begun).Seconds() * trafficRate); sent < due; sent++ {
			g.Go(func() error { return t.one(ctx) })
		}
		<-tick.C
	}
	err := g.Wait()
	return float64(sent) / time.Since(begun).Seconds(), err
}

// tooSlow says that a measure took place under less traffic than it names.
func tooSlow(rate float64) string {
	if rate >= 0.9*trafficRate {
		return ""
	}
	return fmt.Sprintf("only %.0f events a second came in", rate)
}

func (t *traffic) one(ctx context.Context) error {
	s := <-t.streams
	defer func() { t.streams <- s }()
	s.n++
	at := Now.Add(time.Duration(t.ids.Add(1)) * time.Millisecond)
	e := sourcerequest.EstimatedDeliveryDateChanged{Date: today + domain.Date(20+s.n%60), Reason: "The mix took longer than planned"}
	draft := draftOf(e, fmt.Sprintf("traffic/%s/%d", s.name, at.UnixMilli()), int(s.version.Revision), at)
	version, position, err := t.store.Append(ctx, s.name, s.version, []domain.Draft{draft})
	if err != nil {
		return err
	}
	s.version = version
	if t.appended != nil {
		return t.appended(ctx, s.name[len(sourcerequest.StreamOf("")):], position)
	}
	return nil
}

func requestID(number int) string { return fmt.Sprint(100_000_000 + number) }

// busy asks the grouped question with and without traffic, by turns.
func (w *world) busy(ctx context.Context) ([]measure, error) {
	t, err := newTraffic(ctx, w)
	if err != nil {
		return nil, err
	}
	defer func() { _ = t.close() }() // what it appended is acknowledged
	q := questionNamed("two-dimensions")
	path := q.path(Now)
	var body bytes.Buffer
	asking := func(ctx context.Context, d time.Duration) (times []float64, err error) {
		for begun := time.Now(); time.Since(begun) < d; {
			asked := time.Now()
			if err := w.portal.fetch(ctx, path, &body); err != nil {
				return nil, err
			}
			times = append(times, float64(time.Since(asked))/1e6)
			if err := pause(ctx, 10*time.Millisecond); err != nil { // a user, not a load test
				return nil, err
			}
		}
		return times, nil
	}
	// computed is what the portal and its Redis have computed since it was last called.
	var last time.Duration
	computed := func() (since time.Duration, err error) {
		portal, err := w.portal.processorTime()
		redis, errRedis := w.redis.processorTime()
		since, last = portal+redis-last, portal+redis
		return since, errors.Join(err, errRedis)
	}
	var quiet, loaded, rates, costs []float64
	for range w.run.Rounds {
		if err := w.portal.settle(ctx); err != nil {
			return nil, err
		}
		if _, err := computed(); err != nil {
			return nil, err
		}
		times, err := asking(ctx, w.run.Window)
		if err != nil {
			return nil, err
		}
		quiet = append(quiet, median(times))
		asked, err := computed()
		if err != nil {
			return nil, err
		}
		asked /= time.Duration(len(times))
		var rate float64
		loadedFor := w.run.Window + 200*time.Millisecond
		g, under := errgroup.WithContext(ctx)
		g.Go(func() (err error) {
			rate, err = t.flow(under, loadedFor)
			return err
		})
		g.Go(func() (err error) {
			times, err = asking(under, w.run.Window)
			return err
		})
		if err := g.Wait(); err != nil {
			return nil, err
		}
		both, err := computed()
		if err != nil {
			return nil, err
		}
		loaded, rates = append(loaded, median(times)), append(rates, rate)
		events := rate * loadedFor.Seconds()
		costs = append(costs, float64((both-asked*time.Duration(len(times))).Microseconds())/events)
	}
	m := of(onlyBusy, "grouped query while 1,000 events a second are projected ÷ without", w.n, "×", ratios(loaded, quiet), atMost(1.5),
		detail{"without", median(quiet), "ms"}, detail{"while they are", median(loaded), "ms"}, detail{"events", median(rates), "/s"},
		detail{"processor time of an event in portal and Redis", median(costs), "µs"})
	m.Invalid = tooSlow(median(rates))
	return []measure{m}, nil
}

// visible times how long after an event was accepted a read shows it.
func (w *world) visible(ctx context.Context) ([]measure, error) {
	t, err := newTraffic(ctx, w)
	if err != nil {
		return nil, err
	}
	defer func() { _ = t.close() }()
	var counter atomic.Int64
	took := make(chan float64, 1<<20)
	t.appended = func(ctx context.Context, request string, p domain.Position) error {
		if counter.Add(1)%10 > 0 { // one of ten is looked at
			return nil
		}
		accepted := time.Now()
		var body bytes.Buffer
		if err := w.portal.fetch(ctx, "/requests?limit=1&columns=request_id&status=All&request_id="+request+"&after="+p.String(), &body); err != nil {
			return err
		}
		took <- float64(time.Since(accepted)) / 1e6
		return nil
	}
	if err := w.portal.settle(ctx); err != nil {
		return nil, err
	}
	var rounds, all, rates []float64
	for range w.run.Rounds {
		rate, err := t.flow(ctx, 2*w.run.Window)
		if err != nil {
			return nil, err
		}
		rates = append(rates, rate)
		var times []float64
		for len(took) > 0 {
			times = append(times, <-took)
		}
		rounds, all = append(rounds, quantile(times, 0.99)), append(all, times...)
	}
	m := of(onlyVisible, "event accepted → visible in the read API at 1,000 events/s, p99", w.n, "ms", rounds, atMost(50),
		detail{"median", median(all), "ms"}, detail{"p99 of all", quantile(all, 0.99), "ms"}, detail{"looked at", float64(len(all)), "events"}, detail{"events", median(rates), "/s"})
	m.Invalid = tooSlow(median(rates))
	return []measure{m}, nil
}

func questionNamed(name string) question {
	for _, q := range questions() {
		if q.name == name {
			return q
		}
	}
	panic("there is no question " + name)
}
