package bench

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/redis/go-redis/v9"

	"backlot/readapi/facets"
)

// world is a data set of one size with the portal over it.
type world struct {
	run    *run
	n      int
	dir    string
	events int
	redis  *redisServer
	portal *portal
	index  *following // of this process, over the portal's Redis
	before int64      // bytes that Redis used when empty
}

// newWorld records n requests and starts a real Redis and the portal, which
// projects them.
func newWorld(ctx context.Context, r *run, n int) (_ *world, err error) {
	w := &world{run: r, n: n}
	if w.dir, err = os.MkdirTemp(r.dir, "world-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.close())
		}
	}()
	r.say("recording %s requests", count(n))
	if w.events, err = record(ctx, w.store(), n); err != nil {
		return nil, err
	}
	if w.redis, err = startRedis(ctx, w.dir, "redis"); err != nil {
		return nil, err
	}
	if w.before, err = w.redis.used(ctx); err != nil {
		return nil, err
	}
	r.say("projecting %s events", count(w.events))
	return w, w.serve(ctx)
}

// serve starts the portal and waits until it has nothing to catch up with.
func (w *world) serve(ctx context.Context) (err error) {
	if w.portal, err = startPortal(ctx, w.run.Program, w.data(), w.redis); err != nil {
		return err
	}
	return w.portal.loaded(ctx, w.n)
}

func (w *world) data() string  { return filepath.Join(w.dir, "data") }
func (w *world) store() string { return filepath.Join(w.data(), "eventstore") }

// stopPortal ends the portal; the store and Redis stay as they are.
func (w *world) stopPortal() error {
	if w.portal == nil {
		return nil
	}
	p := w.portal
	w.portal = nil
	return p.close()
}

func (w *world) close() (err error) {
	if w.index != nil {
		w.index.stop()
	}
	err = w.stopPortal()
	if w.redis != nil {
		err = errors.Join(err, w.redis.close())
	}
	return errors.Join(err, os.RemoveAll(w.dir))
}

// following is a facet index of this process.
type following struct {
	*facets.Index
	cancel context.CancelFunc
	done   chan struct{}
}

// follow loads an index from a Redis and keeps it up to date.
func follow(ctx context.Context, client redis.UniversalClient) (*following, error) {
	x := &following{done: make(chan struct{})}
	x.Index = facets.New(facets.Config{Redis: client, Policy: policy, Names: partnerNames(), Logger: slog.New(slog.DiscardHandler)})
	run, cancel := context.WithCancel(ctx)
	x.cancel = cancel
	go func() {
		defer close(x.done)
		_ = x.Run(run) // ends with its context
	}()
	for {
		moved := x.Moved()
		if _, err := x.Snapshot(); err == nil {
			return x, nil
		}
		select {
		case <-moved:
		case <-x.done:
			cancel()
			return nil, errors.New("the index ended before it had loaded")
		case <-ctx.Done():
			x.stop()
			return nil, ctx.Err()
		case <-time.After(10 * time.Minute):
			x.stop()
			return nil, errors.New("the index does not load")
		}
	}
}

func (x *following) stop() {
	x.cancel()
	<-x.done
}

// indexed returns the index of this process, loading it first.
func (w *world) indexed(ctx context.Context) (*following, error) {
	if w.index == nil {
		x, err := follow(ctx, w.redis.client)
		if err != nil {
			return nil, err
		}
		w.index = x
	}
	return w.index, nil
}
