package mirror

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"backlot/domain"
	"backlot/readmodel"
)

// Sizes of what is asked of Redis at once.
const (
	segmentsAtOnce = 64
	valuesAtOnce   = 20_000
)

// errNotReady says why there is nothing to load yet.
type errNotReady string

func (e errNotReady) Error() string { return "mirror: " + string(e) }

// load reads the live generation. Its position is the checkpoint read first,
// but its rows may be those of any moment from then on: it is consistent once
// the feed is applied up to a checkpoint read afterwards.
func (m *Mirror[S]) load(ctx context.Context) (g readmodel.Generation, b Builder[S], err error) {
	live, err := m.cfg.Redis.Get(ctx, m.cfg.Model.LiveKey()).Result()
	switch {
	case errors.Is(err, redis.Nil):
		return "", nil, errNotReady("no read model is live yet")
	case err != nil:
		return "", nil, err
	}
	g = readmodel.Generation(live)
	info, err := m.cfg.Redis.HGetAll(ctx, g.Info()).Result()
	if err != nil {
		return "", nil, err
	}
	if v := info[readmodel.InfoVersion]; v != m.cfg.Model.Version {
		return "", nil, errNotReady(fmt.Sprintf("the live read model has format version %q, not %q", v, m.cfg.Model.Version))
	}
	if p := info[readmodel.InfoPolicy]; p != m.cfg.Policy.Fingerprint() {
		return "", nil, errNotReady(fmt.Sprintf("the live read model was built under policy %q, not %q", p, m.cfg.Policy.Fingerprint()))
	}
	at, err := m.checkpoint(ctx, g)
	if err != nil {
		return "", nil, err
	}
	b = m.cfg.New(g, at)
	if err := m.loadRows(ctx, g, b); err != nil {
		return "", nil, err
	}
	if past, keeps := b.(Past); keeps {
		if err := m.loadPast(ctx, g, past, info); err != nil {
			return "", nil, err
		}
	}
	// The dictionaries after the rows, so that they have all of their codes.
	for d := range readmodel.Dictionary(readmodel.DictionaryCount) {
		if err := m.loadDictionary(ctx, g, b, d); err != nil {
			return "", nil, err
		}
	}
	return g, b, b.Check()
}

// checkpoint reads the position that a generation stands at.
func (m *Mirror[S]) checkpoint(ctx context.Context, g readmodel.Generation) (domain.Position, error) {
	held, err := m.cfg.Redis.Get(ctx, g.Checkpoint()).Result()
	if errors.Is(err, redis.Nil) {
		return 0, errNotReady("the live read model has no checkpoint")
	}
	if err != nil {
		return 0, err
	}
	return domain.ParsePosition(held)
}

// loadRows reads segments until there are no more; the next ones are on their
// way while those that came are decoded.
func (m *Mirror[S]) loadRows(ctx context.Context, g readmodel.Generation, b Builder[S]) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type batch struct {
		first    uint32
		segments []*redis.StringCmd
		err      error
	}
	batches := make(chan batch, 1)
	go func() {
		defer close(batches)
		for first := uint32(0); ; first += segmentsAtOnce {
			segments, err := m.segments(ctx, g, first)
			select {
			case batches <- batch{first, segments, err}:
			case <-ctx.Done():
				return
			}
			if err != nil || segments[segmentsAtOnce-1].Val() == "" {
				return
			}
		}
	}()
	for got := range batches {
		if got.err != nil {
			return got.err
		}
		for i, segment := range got.segments {
			rows, _ := segment.Bytes() // its error was looked at
			if size := m.cfg.Model.RowSize; len(rows)%size != 0 || len(rows) > readmodel.RowsPerSegment*size {
				return fmt.Errorf("mirror: segment %d has %d bytes", got.first+uint32(i), len(rows))
			}
			if err := b.Put((got.first+uint32(i))*readmodel.RowsPerSegment, rows); err != nil {
				return err
			}
		}
		how := fmt.Sprintf("%d rows are loaded so far", b.Len())
		m.progress.Store(&how)
	}
	return ctx.Err()
}

func (m *Mirror[S]) segments(ctx context.Context, g readmodel.Generation, first uint32) ([]*redis.StringCmd, error) {
	segments := make([]*redis.StringCmd, segmentsAtOnce)
	_, err := m.cfg.Redis.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i := range segments {
			segments[i] = p.Get(ctx, g.Rows(first+uint32(i)))
		}
		return nil
	})
	if errors.Is(err, redis.Nil) {
		err = nil // beyond the last segment
	}
	for _, s := range segments {
		if s.Err() != nil && !errors.Is(s.Err(), redis.Nil) {
			err = s.Err()
		}
	}
	return segments, err
}

func (m *Mirror[S]) loadDictionary(ctx context.Context, g readmodel.Generation, b Builder[S], d readmodel.Dictionary) error {
	for from := int64(0); ; from += valuesAtOnce {
		values, err := m.cfg.Redis.LRange(ctx, g.Dictionary(d), from, from+valuesAtOnce-1).Result()
		if err != nil {
			return err
		}
		if err := b.Add(d, uint32(from), values); err != nil {
			return err
		}
		if len(values) < valuesAtOnce {
			return nil
		}
	}
}
