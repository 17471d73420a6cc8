package projections

import (
	"context"
	"slices"
	"sync/atomic"

	"github.com/redis/go-redis/v9"

	"backlot/readmodel"
)

const keysAtOnce = 1_000

// sweep removes the keys of every generation of a model that is neither live nor being
// built, and returns how many.
func sweep(ctx context.Context, r redis.UniversalClient, m readmodel.Model) (int, error) {
	if c, ok := r.(*redis.ClusterClient); ok {
		var total atomic.Int64
		err := c.ForEachMaster(ctx, func(ctx context.Context, node *redis.Client) error {
			n, err := sweepNode(ctx, m, c, node)
			total.Add(int64(n))
			return err
		})
		return int(total.Load()), err
	}
	return sweepNode(ctx, m, r, r)
}

// sweepNode scans one node and asks the whole for what is in use.
func sweepNode(ctx context.Context, m readmodel.Model, whole, node redis.Cmdable) (int, error) {
	removed := 0
	dead := map[readmodel.Generation]bool{}
	for cursor := uint64(0); ; {
		keys, next, err := node.Scan(ctx, cursor, m.Keys(), keysAtOnce).Result()
		if err != nil {
			return removed, err
		}
		// What is in use is read after the keys: a generation that was begun in
		// between is not among them.
		var inUse [2]string
		for i, key := range []string{m.LiveKey(), m.BuildingKey()} {
			if inUse[i], err = whole.Get(ctx, key).Result(); err != nil && err != redis.Nil {
				return removed, err
			}
		}
		if inUse[0] == "" {
			return removed, nil // flushed meanwhile: nothing is old
		}
		var old []string
		for _, key := range keys {
			g, ok := m.GenerationOf(key)
			if !ok || string(g) == inUse[0] || string(g) == inUse[1] {
				continue
			}
			if !dead[g] {
				// First the checkpoint: from then on no projector writes to it.
				dead[g] = true
				old = slices.Insert(old, 0, g.Checkpoint())
			}
			old = append(old, key)
		}
		n, err := unlink(ctx, node, old)
		removed += n
		if err != nil {
			return removed, err
		}
		if cursor = next; cursor == 0 {
			return removed, nil
		}
	}
}

// unlink removes keys one by one in a pipeline, as keys of several generations
// stand in several slots.
func unlink(ctx context.Context, r redis.Cmdable, keys []string) (int, error) {
	if len(keys) == 0 {
		return 0, nil
	}
	cmds, err := r.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, key := range keys {
			p.Unlink(ctx, key)
		}
		return nil
	})
	removed := 0
	for _, cmd := range cmds {
		removed += int(cmd.(*redis.IntCmd).Val())
	}
	return removed, err
}
