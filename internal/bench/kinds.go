package bench

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"

	"backlot/readmodel"
)

// kinds weighs the keys of Redis by what they hold, in bytes with all that Redis
// keeps for a key: the details of its memory for each of n requests.
func (r *redisServer) kinds(ctx context.Context, n int) ([]detail, error) {
	sizes := map[string]int64{}
	keys := r.client.Scan(ctx, 0, "backlot:*", 1000).Iterator()
	var page []string
	weigh := func() error {
		var sized []*redis.IntCmd
		_, err := r.client.Pipelined(ctx, func(p redis.Pipeliner) error {
			for _, key := range page {
				sized = append(sized, p.MemoryUsage(ctx, key, 0)) // 0: every element of a list, not a sample
			}
			return nil
		})
		for i, key := range page {
			sizes[kindOf(key)] += sized[i].Val()
		}
		page = page[:0]
		return err
	}
	for keys.Next(ctx) {
		if page = append(page, keys.Val()); len(page) == 1000 {
			if err := weigh(); err != nil {
				return nil, err
			}
		}
	}
	if err := keys.Err(); err != nil {
		return nil, err
	}
	if len(page) > 0 {
		if err := weigh(); err != nil {
			return nil, err
		}
	}
	var out []detail
	for _, kind := range slices.Sorted(maps.Keys(sizes)) {
		if each := float64(sizes[kind]) / float64(n); each >= 1 {
			out = append(out, detail{kind, each, "B"})
		}
	}
	return out, nil
}

// kindOf names what a key holds: the read model and the part of it.
func kindOf(key string) string {
	for _, m := range []readmodel.Model{readmodel.Deliveries, readmodel.Facets} {
		if _, ok := m.GenerationOf(key); ok {
			_, part, _ := strings.Cut(key, "}:")
			part, _, _ = strings.Cut(part, ":")
			return m.String() + ": " + part
		}
	}
	return "anything else"
}
