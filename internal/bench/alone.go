package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"runtime"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/ThreeDotsLabs/watermill/message"

	"backlot/domain"
	"backlot/eventstore"
	"backlot/eventstore/embedded"
	"backlot/projections"
	"backlot/readapi/facets"
)

// Histories that are opened before any is timed, and in each round: what is found
// on the way to a stream is in memory then, as in a portal that is in use.
const (
	historiesBefore = 10_000
	historiesTimed  = 500
	historiesCold   = 100 // of those before: the first after a start
)

// history opens the histories of requests all over the data set, each mostly once,
// so that its events come from the disk's cache.
func (w *world) history(ctx context.Context) (measure, error) {
	r := rand.New(rand.NewPCG(seed, 2))
	var body bytes.Buffer
	open := func(n int) (times []float64, err error) {
		for range n {
			begun := time.Now()
			if err := w.portal.fetch(ctx, "/requests/"+requestID(r.IntN(w.n))+"/history", &body); err != nil {
				return nil, err
			}
			times = append(times, float64(time.Since(begun))/1e6)
		}
		return times, nil
	}
	before, err := open(historiesBefore)
	if err != nil {
		return measure{}, err
	}
	var rounds []float64
	for range w.run.Rounds {
		times, err := open(historiesTimed)
		if err != nil {
			return measure{}, err
		}
		rounds = append(rounds, median(times))
	}
	return of("history-open", fmt.Sprintf("opening one request's history, after %s others", count(historiesBefore)), w.n, "ms", rounds, nil,
		detail{"events in the store", float64(w.events), ""}, detail{"the first hundred", median(before[:historiesCold]), "ms"}), nil
}

// memory weighs the index and the read model.
func (w *world) memory(ctx context.Context) ([]measure, error) {
	used, err := w.redis.used(ctx)
	if err != nil {
		return nil, err
	}
	kinds, err := w.redis.kinds(ctx, w.n)
	if err != nil {
		return nil, err
	}
	resident, err := w.portal.resident()
	if err != nil {
		return nil, err
	}
	if w.index != nil {
		w.index.stop()
		w.index = nil
	}
	before := heap()
	x, err := w.indexed(ctx)
	if err != nil {
		return nil, err
	}
	// As it is after questions: what they prepare stays, such as the buckets, and
	// the rows by partner, language, title and package.
	for _, name := range []string{"two-dimensions", "partner-modifiers", "dates-modifiers", "title-text"} {
		if _, err := ask(ctx, questionNamed(name), w.n, 1, []system{indexSystem{x.Index}}); err != nil {
			return nil, err
		}
	}
	snapshot, err := x.Snapshot()
	if err != nil {
		return nil, err
	}
	for _, by := range []domain.Principal{
		{Role: domain.RoleFulfillmentPartner, Organisation: postHouses[2].id}, {Role: domain.RoleContentPartner, Organisation: studios[2].id},
	} {
		if _, err := snapshot.Count(facets.CountQuery{Principal: by, Now: Now}); err != nil {
			return nil, err
		}
	}
	index := float64(heap()-before) / float64(w.n)
	runtime.KeepAlive(x)
	return []measure{
		of("memory-index", "heap of the index for each request", w.n, "B", []float64{index}, atMost(250),
			detail{"resident memory of the whole portal, event store and projector included, for each request", float64(resident) / float64(w.n), "B"}),
		of("memory-redis", "memory of Redis for each request, documents included", w.n, "B", []float64{float64(used-w.before) / float64(w.n)}, atMost(1200), kinds...),
	}, nil
}

func heap() int64 {
	runtime.GC()
	runtime.GC() // the first one's sweep is done
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// coldStart times the index from Redis, and the whole portal from Redis and from
// the event store alone.
func (w *world) coldStart(ctx context.Context) ([]measure, error) {
	if w.index != nil {
		w.index.stop()
		w.index = nil
	}
	if err := w.stopPortal(); err != nil {
		return nil, err
	}
	var index, whole []float64
	for range w.run.Rounds {
		runtime.GC()
		begun := time.Now()
		x, err := follow(ctx, w.redis.client)
		if err != nil {
			return nil, err
		}
		index = append(index, time.Since(begun).Seconds())
		x.stop()
		took, err := w.start(ctx, w.redis)
		if err != nil {
			return nil, err
		}
		whole = append(whole, took)
	}
	alone, err := w.start(ctx, nil)
	if err != nil {
		return nil, err
	}
	return []measure{
		of("cold-start-index", "the read API's index is ready, from Redis", w.n, "s", index, atMost(1)),
		of("cold-start-portal", "the whole portal is ready, with its event store and a Redis that is filled", w.n, "s", whole, nil),
		of("cold-start-alone", "the whole portal is ready, with the embedded Redis and nothing but its event store", w.n, "s", []float64{alone}, nil,
			detail{"events", float64(w.events) / alone, "/s"}),
	}, nil
}

// start times how long a portal takes until it answers, and ends it again.
func (w *world) start(ctx context.Context, redis *redisServer) (float64, error) {
	p, err := startPortal(ctx, w.run.Program, w.data(), redis)
	if err != nil {
		return 0, err
	}
	err = p.ready(ctx)
	took := time.Since(p.begun).Seconds()
	if err == nil && redis == nil {
		err = p.loadedSoon(ctx, w.n)
	}
	return took, errors.Join(err, p.close())
}

// loadedSoon checks that what called itself ready has every request.
func (p *portal) loadedSoon(ctx context.Context, requests int) error {
	var a struct {
		Total int `json:"total"`
	}
	if err := p.get(ctx, "/requests?limit=1&columns=request_id&status=All", &a); err != nil {
		return err
	}
	if a.Total != requests {
		return fmt.Errorf("the portal said that it was ready with %d of %d requests", a.Total, requests)
	}
	return nil
}

// projector builds the read model in a Redis of its own, and by turns reads the
// same events through the client and does nothing with them. The event store is
// in this process, as it is in the portal.
func (w *world) projector(ctx context.Context) (_ []measure, err error) {
	if err := w.stopPortal(); err != nil {
		return nil, err
	}
	server, err := embedded.Open(ctx, embedded.Options{Dir: w.store()})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	client, err := rawClient(server.ClientConfiguration())
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, client.Close()) }()
	store, err := eventstore.Connect(eventstore.Config{Client: server.ClientConfiguration(), Local: server})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	redis, err := startRedis(ctx, w.dir, "projector")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, redis.close()) }()
	// Processor time is disturbed less by what else the machine does.
	computed := func() time.Duration {
		t, e := redis.processorTime()
		err = errors.Join(err, e)
		return t + ownProcessorTime()
	}
	var plain, projected, plainTime, projectedTime []float64
	for range w.run.Rounds {
		runtime.GC()
		begun, before := time.Now(), computed()
		events, err := readAll(ctx, client)
		if err != nil {
			return nil, err
		}
		perEvent := func(d time.Duration) float64 { return float64(d) / 1e3 / float64(events) }
		plain = append(plain, float64(events)/time.Since(begun).Seconds())
		plainTime = append(plainTime, perEvent(computed()-before))
		if err := redis.client.FlushAll(ctx).Err(); err != nil {
			return nil, err
		}
		p, err := projections.New(projections.Config{
			Redis: redis.client, PageOf: eventstore.PageOf, ReadStream: store.ReadStream, Policy: policy, Logger: slog.New(slog.DiscardHandler),
			Subscribe: func(from projections.From) (message.Subscriber, error) {
				return eventstore.NewSubscriber(store, eventstore.SubscriberConfig{From: from})
			},
		})
		if err != nil {
			return nil, err
		}
		runtime.GC()
		begun, before = time.Now(), computed()
		if err := p.Rebuild(ctx); err != nil {
			return nil, err
		}
		projected = append(projected, float64(events)/time.Since(begun).Seconds())
		projectedTime = append(projectedTime, perEvent(computed()-before))
	}
	if err != nil {
		return nil, err
	}
	return []measure{of(onlyProjector, "projector, events/s from the store into Redis ÷ reading them through the client", w.n, "×", ratios(projected, plain), atLeast(0.6),
		detail{"projected", median(projected), "events/s"}, detail{"only read", median(plain), "events/s"},
		detail{"processor time to project an event, Redis included", median(projectedTime), "µs"}, detail{"to read one", median(plainTime), "µs"})}, nil
}

// readAll reads every event but the system's, with everything that is recorded
// of it, and returns how many there are.
func readAll(ctx context.Context, client *esdb.Client) (int, error) {
	read, err := client.ReadAll(ctx, esdb.ReadAllOptions{From: esdb.Start{}}, math.MaxInt64)
	if err != nil {
		return 0, err
	}
	defer read.Close()
	n := 0
	for {
		e, err := read.Recv()
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		if len(e.Event.EventType) > 0 && e.Event.EventType[0] != '$' {
			n++
		}
	}
}
