package projections

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"backlot/readmodel"
)

// open loads the generation that this line keeps, or begins one: the live one
// if it can be continued, else the one that is being built, else a new one. A
// rebuild's line keeps only the one that it began.
func (l *line) open(ctx context.Context) (*build, error) {
	live, err := l.read(ctx, l.projection.LiveKey())
	if err != nil {
		return nil, err
	}
	building, err := l.read(ctx, l.projection.BuildingKey())
	if err != nil {
		return nil, err
	}
	if building != "" && building == live { // promoted, and killed before it was said
		if err := l.swap(ctx, l.projection.BuildingKey(), building, ""); err != nil {
			return nil, err
		}
		building = ""
	}
	candidates := []readmodel.Generation{live, building}
	if l.rebuilds {
		candidates = []readmodel.Generation{l.begun}
	}
	for _, g := range candidates {
		if g == "" {
			continue
		}
		b, err := load(ctx, l.Redis, l.projection, g, l.Policy, l.States)
		var why unusable
		if errors.As(err, &why) {
			l.Logger.Warn("a generation of the read model cannot be continued", "generation", g, "why", string(why))
			continue
		}
		if err != nil {
			return nil, err
		}
		b.live, b.replaces = g == live, live
		return b, nil
	}
	return l.begin(ctx, live, building)
}

// begin starts a generation at position 0 in the place of the one that was
// being built. errLost if another projector was quicker.
func (l *line) begin(ctx context.Context, live, building readmodel.Generation) (*build, error) {
	g := l.projection.Generation(l.NewGeneration())
	_, err := l.Redis.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.HSet(ctx, g.Info(), readmodel.InfoVersion, l.projection.Version, readmodel.InfoPolicy, l.Policy.Fingerprint(),
			readmodel.InfoStarted, l.Now().UTC().Format(time.RFC3339), readmodel.InfoEvents, 0)
		for d := range readmodel.Dictionary(readmodel.DictionaryCount) {
			p.RPush(ctx, g.Dictionary(d), "") // code 0
		}
		p.Set(ctx, g.Checkpoint(), "0", 0)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := l.swap(ctx, l.projection.BuildingKey(), building, g); err != nil {
		return nil, err // the sweep removes what was begun
	}
	l.begun = g
	l.Logger.Info("a new generation of the read model", "model", l.projection.String(), "generation", g, "live", live)
	b, err := load(ctx, l.Redis, l.projection, g, l.Policy, l.States)
	if err != nil {
		return nil, err
	}
	b.replaces = live
	return b, nil
}

// promote makes the build's generation the live one. errLost if another
// projector made a third one live meanwhile.
func (l *line) promote(ctx context.Context, b *build) error {
	if err := l.swap(ctx, l.projection.LiveKey(), b.replaces, b.generation); err != nil {
		return err
	}
	l.Logger.Info("the read model goes live", "model", l.projection.String(), "generation", b.generation, "position", b.position, "rows", len(b.numbers), "replaces", b.replaces)
	b.live = true
	if b.replaces != "" && b.replaces != b.generation {
		// The sweep would do it too, but whoever still writes to the old one
		// should come over at once.
		if err := l.Redis.Unlink(ctx, b.replaces.Checkpoint()).Err(); err != nil {
			return err
		}
	}
	// Not in one transaction with the above, since the keys stand in different
	// slots of a cluster. If it fails, building names the live generation,
	// which does no harm.
	if err := l.swap(ctx, l.projection.BuildingKey(), b.generation, ""); err != nil && !errors.Is(err, errLost) {
		return err
	}
	return nil
}

// read returns a generation id, "" if there is none.
func (l *line) read(ctx context.Context, key string) (readmodel.Generation, error) {
	id, err := l.Redis.Get(ctx, key).Result()
	if errors.Is(err, redis.Nil) {
		return "", nil
	}
	return readmodel.Generation(id), err
}

// swap sets a key from one generation id to another, "" for none; errLost if
// it holds neither.
func (l *line) swap(ctx context.Context, key string, from, to readmodel.Generation) error {
	err := l.Redis.Watch(ctx, func(tx *redis.Tx) error {
		held, err := tx.Get(ctx, key).Result()
		if err != nil && !errors.Is(err, redis.Nil) {
			return err
		}
		if held == string(to) {
			return nil
		}
		if held != string(from) {
			return errLost
		}
		_, err = tx.TxPipelined(ctx, func(p redis.Pipeliner) error {
			if to == "" {
				p.Del(ctx, key)
			} else {
				p.Set(ctx, key, string(to), 0)
			}
			return nil
		})
		return err
	}, key)
	if errors.Is(err, redis.TxFailedErr) {
		return errLost
	}
	return err
}
