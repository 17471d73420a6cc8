package facets

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

func (e errNotReady) Error() string { return "facets: " + string(e) }

// load reads the live generation. Its position is the checkpoint read first,
// but its rows may be those of any moment from then on: it is consistent once
// the feed is applied up to a checkpoint read afterwards.
func (x *Index) load(ctx context.Context) (*builder, error) {
	live, err := x.cfg.Redis.Get(ctx, readmodel.LiveKey).Result()
	switch {
	case errors.Is(err, redis.Nil):
		return nil, errNotReady("no read model is live yet")
	case err != nil:
		return nil, err
	}
	g := readmodel.Generation(live)
	info, err := x.cfg.Redis.HGetAll(ctx, g.Info()).Result()
	if err != nil {
		return nil, err
	}
	if v := info[readmodel.InfoVersion]; v != readmodel.Version {
		return nil, errNotReady(fmt.Sprintf("the live read model has format version %q, not %q", v, readmodel.Version))
	}
	if p := info[readmodel.InfoPolicy]; p != x.cfg.Policy.Fingerprint() {
		return nil, errNotReady(fmt.Sprintf("the live read model was built under policy %q, not %q", p, x.cfg.Policy.Fingerprint()))
	}
	b := newBuilder(g, &x.cfg)
	if b.position, err = x.checkpoint(ctx, g); err != nil {
		return nil, err
	}
	if err := x.loadRows(ctx, b); err != nil {
		return nil, err
	}
	for d := range readmodel.Dictionary(readmodel.DictionaryCount) {
		if err := x.loadDictionary(ctx, b, d); err != nil {
			return nil, err
		}
	}
	return b, b.checkAll()
}

// checkpoint reads the position that a generation stands at.
func (x *Index) checkpoint(ctx context.Context, g readmodel.Generation) (domain.Position, error) {
	held, err := x.cfg.Redis.Get(ctx, g.Checkpoint()).Result()
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
func (x *Index) loadRows(ctx context.Context, b *builder) error {
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
			segments, err := x.segments(ctx, b.generation, first)
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
			if err := b.putSegment(got.first+uint32(i), []byte(segment.Val())); err != nil {
				return err
			}
		}
		how := fmt.Sprintf("%d source requests are loaded so far", b.length)
		x.progress.Store(&how)
	}
	return ctx.Err()
}

func (x *Index) segments(ctx context.Context, g readmodel.Generation, first uint32) ([]*redis.StringCmd, error) {
	segments := make([]*redis.StringCmd, segmentsAtOnce)
	_, err := x.cfg.Redis.Pipelined(ctx, func(p redis.Pipeliner) error {
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

func (b *builder) putSegment(segment uint32, rows []byte) error {
	if len(rows)%readmodel.RowSize != 0 || len(rows) > readmodel.RowsPerSegment*readmodel.RowSize {
		return fmt.Errorf("facets: segment %d has %d bytes", segment, len(rows))
	}
	var row readmodel.Row
	for number := segment * readmodel.RowsPerSegment; len(rows) > 0; number, rows = number+1, rows[readmodel.RowSize:] {
		if rows[0] == 0 {
			continue // never written
		}
		if err := row.Decode(rows[:readmodel.RowSize]); err != nil {
			return err
		}
		if err := b.put(number, &row); err != nil {
			return err
		}
	}
	return nil
}

func (x *Index) loadDictionary(ctx context.Context, b *builder, d readmodel.Dictionary) error {
	for from := int64(0); ; from += valuesAtOnce {
		values, err := x.cfg.Redis.LRange(ctx, b.generation.Dictionary(d), from, from+valuesAtOnce-1).Result()
		if err != nil {
			return err
		}
		if err := b.words.add(d, uint32(from), values); err != nil {
			return err
		}
		if len(values) < valuesAtOnce {
			return nil
		}
	}
}
