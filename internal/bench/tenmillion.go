package bench

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"backlot/domain"
	"backlot/projections"
	"backlot/readmodel"
)

// tenMillion asks an index over n requests and one over ten times as many the
// same question, by turns. Their rows are put into Redis without events and
// projector, as the projector would.
func (r *run) tenMillion(ctx context.Context, n int) (_ []measure, err error) {
	dir, err := makeDir(r.dir)
	if err != nil {
		return nil, err
	}
	q := questionNamed("two-dimensions")
	var systems []system
	for i, size := range []int{n, 10 * n} {
		r.say("putting %s rows into Redis", count(size))
		server, err := startRedis(ctx, dir, []string{"small", "large"}[i])
		if err != nil {
			return nil, err
		}
		err = putRows(ctx, server.client, size)
		var x *following
		if err == nil {
			x, err = follow(ctx, server.client)
		}
		if err != nil {
			return nil, errors.Join(err, server.close())
		}
		defer func() {
			x.stop()
			err = errors.Join(err, server.close())
		}()
		systems = append(systems, indexSystem{x.Index})
	}
	var small, large []float64
	for range r.Rounds {
		for i, s := range systems {
			a, err := s.prepare(ctx, q)
			if err != nil {
				return nil, err
			}
			if _, err := a.ask(ctx, Now); err != nil {
				return nil, err
			}
			var times []float64
			for begun := time.Now(); time.Since(begun) < r.Window; {
				took, err := a.ask(ctx, Now)
				if err != nil {
					return nil, err
				}
				times = append(times, float64(took)/1e6)
			}
			if i == 0 {
				small = append(small, median(times))
			} else {
				large = append(large, median(times))
			}
		}
	}
	return []measure{of(onlyTenMillion, "the index over ten times the requests ÷ over "+count(n), n, "×", ratios(large, small), atMost(11),
		detail{"over " + count(n), median(small), "ms"}, detail{"over " + count(10*n), median(large), "ms"})}, nil
}

// putRows fills an empty Redis with the facet rows of n requests, without their
// documents.
func putRows(ctx context.Context, client *redis.Client, n int) error {
	g := readmodel.Generation("bench")
	var known [readmodel.DictionaryCount]map[string]uint32
	var fresh [readmodel.DictionaryCount][]any
	for d := range known {
		known[d], fresh[d] = map[string]uint32{"": 0}, []any{""}
	}
	code := func(d readmodel.Dictionary, value string) uint32 {
		c, ok := known[d][value]
		if !ok {
			c = uint32(len(known[d]))
			known[d][value] = c
			fresh[d] = append(fresh[d], value)
		}
		return c
	}
	p := client.Pipeline()
	flush := func() error {
		for d, values := range fresh {
			if len(values) > 0 {
				p.RPush(ctx, g.Dictionary(readmodel.Dictionary(d)), values...)
				fresh[d] = nil
			}
		}
		_, err := p.Exec(ctx)
		return err
	}
	var segment []byte
	number := uint32(0)
	put := func() error {
		p.Set(ctx, g.Rows(number), segment, 0)
		segment = make([]byte, 0, readmodel.RowSize*readmodel.RowsPerSegment)
		if number++; number%64 == 0 {
			return flush()
		}
		return nil
	}
	for q := range catalogue(n) {
		row := projections.RowOf(&q.state, q.id, uint64(len(q.history)-1), code, policy)
		if segment = row.Append(segment); len(segment) == readmodel.RowSize*readmodel.RowsPerSegment {
			if err := put(); err != nil {
				return err
			}
		}
	}
	if err := put(); err != nil {
		return err
	}
	p.HSet(ctx, g.Info(), readmodel.InfoVersion, readmodel.Facets.Version, readmodel.InfoPolicy, policy.Fingerprint())
	p.Set(ctx, g.Checkpoint(), domain.Position(1).String(), 0)
	p.Set(ctx, readmodel.Facets.LiveKey(), string(g), 0)
	return flush()
}
