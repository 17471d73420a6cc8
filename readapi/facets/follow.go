package facets

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"backlot/domain"
	"backlot/readmodel"
)

// entriesAtOnce is how many changes are read, and shown together, at a time.
const entriesAtOnce = 64

// errLost says why what is followed is not the live read model any more, or
// why its changes cannot be followed: it has to be loaded again.
type errLost struct{ why error }

func (e errLost) Error() string { return "facets: " + e.why.Error() }
func (e errLost) Unwrap() error { return e.why }

// Run loads the live generation and follows its change feed until the context
// ends, whose error it returns. Whatever happens to Redis, what was loaded
// before is served meanwhile, marked stale: an outage, a flush, another
// generation, a gap in the feed, a checkpoint that went backwards. What is
// loaded anew is served once it stands at the position of the old or beyond.
func (x *Index) Run(ctx context.Context) error {
	var f *follower
	reported := ""
	for ctx.Err() == nil {
		var err error
		if f == nil {
			f, err = x.begin(ctx)
		} else {
			err = f.step(ctx)
		}
		var lost errLost
		switch {
		case err == nil:
			reported = ""
			continue
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, &lost):
			again := f != nil && f.shown
			f = nil
			if again {
				x.stale.Store(true)
				x.report(err)
				continue // what went wrong may be over already
			}
		case f != nil:
			f.fresh = false
		}
		x.stale.Store(true)
		// The same trouble again and again is one line in the log.
		if err.Error() != reported {
			reported = err.Error()
			x.report(err)
		}
		select {
		case <-time.After(x.cfg.Retry):
		case <-ctx.Done():
		}
	}
	return ctx.Err()
}

func (x *Index) report(err error) {
	var wait errNotReady
	if errors.As(err, &wait) {
		how := string(wait)
		x.progress.Store(&how)
		x.cfg.Logger.Info("the search index waits for a read model", "why", how)
		return
	}
	x.cfg.Logger.Warn("the search index cannot follow the read model; answers are stale until it can", "err", err)
}

// follower follows the feed of one generation.
type follower struct {
	*builder
	index  *Index
	target domain.Position // a checkpoint: what is shown before is inconsistent or behind
	fresh  bool            // target was read since Redis last failed
	dirty  bool            // rows have changed since they were last shown
	shown  bool            // something was
	looked time.Time       // when the live generation and its checkpoint were last read
}

// begin loads the live generation.
func (x *Index) begin(ctx context.Context) (*follower, error) {
	b, err := x.load(ctx)
	if err != nil {
		return nil, err
	}
	f := &follower{builder: b, index: x, dirty: true}
	if err := f.look(ctx); err != nil {
		return nil, err
	}
	return f, nil
}

// step shows what there is, looks whether it is still the live generation, and
// waits a little for changes. Its error is an errLost or Redis' own.
func (f *follower) step(ctx context.Context) error {
	if !f.fresh || time.Since(f.looked) >= f.index.cfg.Poll {
		if err := f.look(ctx); err != nil {
			return err
		}
	}
	f.show()
	streams, err := f.index.cfg.Redis.XRead(ctx, &redis.XReadArgs{
		Streams: []string{f.generation.Feed(), readmodel.FeedID(f.position)}, Count: entriesAtOnce, Block: f.index.cfg.Poll,
	}).Result()
	if errors.Is(err, redis.Nil) {
		f.looked = time.Time{}
		return nil
	}
	if err != nil {
		return err
	}
	for _, s := range streams {
		for _, entry := range s.Messages {
			change, err := readmodel.ParseChange(entry.Values)
			if err == nil {
				err = f.apply(change)
			}
			if err != nil {
				return errLost{err}
			}
			f.dirty = true
		}
	}
	f.index.heard.Store(time.Now().UnixNano())
	f.show()
	return nil
}

// look reads which generation is live and where it stands.
func (f *follower) look(ctx context.Context) error {
	x := f.index
	live, err := x.cfg.Redis.Get(ctx, readmodel.LiveKey).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return err
	}
	if live != string(f.generation) {
		return errLost{fmt.Errorf("generation %q is live instead of %q", live, f.generation)}
	}
	at, err := x.checkpoint(ctx, f.generation)
	var gone errNotReady
	if errors.As(err, &gone) {
		return errLost{err}
	}
	if err != nil {
		return err
	}
	if at < f.position {
		return errLost{fmt.Errorf("the checkpoint went back from %s to %s", f.position, at)}
	}
	if !f.fresh {
		f.target, f.fresh = at, true
	}
	f.looked = time.Now()
	x.heard.Store(f.looked.UnixNano())
	return nil
}

// show serves the rows, unless they are behind what has to be reached first,
// or behind what is served: positions never go backwards for readers.
func (f *follower) show() {
	x := f.index
	if f.position < f.target {
		return
	}
	if served := x.current.Load(); served != nil && f.position < served.position {
		return
	}
	if f.dirty {
		if served := x.current.Load(); served == nil || served.generation != f.generation {
			x.cfg.Logger.Info("the search index serves a read model", "it", f.builder)
		}
		x.serve(f.snapshot())
		f.dirty, f.shown = false, true
	}
	if f.fresh {
		x.stale.Store(false)
	}
}
