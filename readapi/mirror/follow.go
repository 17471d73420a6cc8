package mirror

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

func (e errLost) Error() string { return "mirror: " + e.why.Error() }
func (e errLost) Unwrap() error { return e.why }

// Run loads the live generation and follows its change feed until the context
// ends, whose error it returns. Whatever happens to Redis, what was loaded
// before is served meanwhile, marked stale: an outage, a flush, another
// generation, a gap in the feed, a checkpoint that went backwards. What is
// loaded anew is served once it stands at the position of the old or beyond.
func (m *Mirror[S]) Run(ctx context.Context) error {
	var f *Follower[S]
	reported := ""
	for ctx.Err() == nil {
		var err error
		if f == nil {
			f, err = m.Begin(ctx)
		} else {
			err = f.Step(ctx)
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
				m.stale.Store(true)
				m.report(err)
				continue // what went wrong may be over already
			}
		case f != nil:
			f.fresh = false
		}
		m.stale.Store(true)
		// The same trouble again and again is one line in the log.
		if err.Error() != reported {
			reported = err.Error()
			m.report(err)
		}
		select {
		case <-time.After(m.cfg.Retry):
		case <-ctx.Done():
		}
	}
	return ctx.Err()
}

func (m *Mirror[S]) report(err error) {
	var wait errNotReady
	if errors.As(err, &wait) {
		how := string(wait)
		m.progress.Store(&how)
		m.cfg.Logger.Info("waiting for a read model", "for", m.cfg.What, "why", how)
		return
	}
	m.cfg.Logger.Warn("a read model cannot be followed; answers are stale until it can", "for", m.cfg.What, "err", err)
}

// Follower follows the feed of one generation. It is not safe for concurrent use.
type Follower[S any] struct {
	Builder[S]
	generation readmodel.Generation
	mirror     *Mirror[S]
	target     domain.Position // a checkpoint: what is shown before is inconsistent or behind
	fresh      bool            // target was read since Redis last failed
	dirty      bool            // rows have changed since they were last shown
	shown      bool            // something was
	looked     time.Time       // when the live generation and its checkpoint were last read
}

// Begin loads the live generation. Run does it, and Step again and again.
func (m *Mirror[S]) Begin(ctx context.Context) (*Follower[S], error) {
	g, b, err := m.load(ctx)
	if err != nil {
		return nil, err
	}
	f := &Follower[S]{Builder: b, generation: g, mirror: m, dirty: true}
	if err := f.look(ctx); err != nil {
		return nil, err
	}
	return f, nil
}

// Step shows what there is, looks whether it is still the live generation, and
// waits a little for changes. Its error is an errLost or Redis' own.
func (f *Follower[S]) Step(ctx context.Context) error {
	if !f.fresh || time.Since(f.looked) >= f.mirror.cfg.Poll {
		if err := f.look(ctx); err != nil {
			return err
		}
	}
	f.Show()
	streams, err := f.mirror.cfg.Redis.XRead(ctx, &redis.XReadArgs{
		Streams: []string{f.generation.Feed(), readmodel.FeedID(f.Position())}, Count: entriesAtOnce, Block: f.mirror.cfg.Poll,
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
			change, err := f.mirror.cfg.Model.ParseEntry(entry.Values)
			if err == nil {
				err = f.Apply(change)
			}
			if err != nil {
				return errLost{err}
			}
			f.dirty = true
		}
	}
	f.mirror.heard.Store(time.Now().UnixNano())
	f.Show()
	return nil
}

// look reads which generation is live and where it stands.
func (f *Follower[S]) look(ctx context.Context) error {
	m := f.mirror
	live, err := m.cfg.Redis.Get(ctx, m.cfg.Model.LiveKey()).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return err
	}
	if live != string(f.generation) {
		return errLost{fmt.Errorf("generation %q is live instead of %q", live, f.generation)}
	}
	at, err := m.checkpoint(ctx, f.generation)
	var gone errNotReady
	if errors.As(err, &gone) {
		return errLost{err}
	}
	if err != nil {
		return err
	}
	if at < f.Position() {
		return errLost{fmt.Errorf("the checkpoint went back from %s to %s", f.Position(), at)}
	}
	if !f.fresh {
		f.target, f.fresh = at, true
	}
	f.looked = time.Now()
	m.heard.Store(f.looked.UnixNano())
	return nil
}

// Show serves the rows, unless they are behind what has to be reached first,
// or behind what is served: positions never go backwards for readers.
func (f *Follower[S]) Show() {
	m := f.mirror
	if f.Position() < f.target {
		return
	}
	if now := m.current.Load(); now != nil && f.Position() < now.position {
		return
	}
	if f.dirty {
		if now := m.current.Load(); now == nil || now.generation != f.generation {
			m.cfg.Logger.Info("a read model is served", "for", m.cfg.What, "generation", f.generation, "position", f.Position(), "rows", f.Len())
		}
		m.serve(&served[S]{f.Snapshot(), f.generation, f.Position()})
		f.dirty, f.shown = false, true
	}
	if f.fresh {
		m.stale.Store(false)
	}
}
