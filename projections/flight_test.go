package projections

import (
	"context"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"backlot/internal/redistest"
)

func TestALineThatIsBehindFoldsAheadOfRedis(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		ctx := context.Background()
		_, log := someHistory(t, 40)
		touch, written := &toucher{}, make(chan struct{})
		cfg := configOf(clientOf(t, c, touch), log, 0)
		cfg.States = 1 // most documents are read back from Redis
		l := lineOf(cfg)
		l.aheadOf = 0
		position, err := l.from(ctx)
		require.NoError(t, err)
		touch.before = func() { <-written }
		first, _ := log.page(position, 9)
		require.NoError(t, hand(ctx, l, first))
		require.Equal(t, "0", c.Get(ctx, l.build.generation.Checkpoint()).Val(), "it is on its way")
		require.Zero(t, l.progress.Load().Position)
		require.Equal(t, first.To, l.build.position)
		close(written)
		require.NoError(t, drive(ctx, l, log, 9))
		requireModel(t, c, log, l.Policy)
		require.Equal(t, log.position(), l.progress.Load().Position)
		require.EqualValues(t, ofRequests(log.events), l.progress.Load().Events)
	})
}

// What became of a page shows with the next one, also if that changes nothing,
// or with the next look at Redis.
func TestALineThatIsAheadLearnsThatItLost(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		for name, next := range map[string]func(ctx context.Context, l *line, log *memoryLog) error{
			"with the next page": func(ctx context.Context, l *line, log *memoryLog) error {
				page, _ := log.page(l.build.position, 9)
				return hand(ctx, l, page)
			},
			"with the last page": func(ctx context.Context, l *line, log *memoryLog) error {
				page, _ := log.page(l.build.position, 1000)
				return hand(ctx, l, page)
			},
			"with the next look": func(ctx context.Context, l *line, _ *memoryLog) error {
				l.mu.Lock()
				defer l.mu.Unlock()
				return l.check(ctx)
			},
		} {
			t.Run(name, func(t *testing.T) {
				ctx := context.Background()
				require.NoError(t, c.FlushAll(ctx).Err())
				_, log := someHistory(t, 40)
				touch := &toucher{}
				l := lineOf(configOf(clientOf(t, c, touch), log, 0))
				l.aheadOf = 0
				position, err := l.from(ctx)
				require.NoError(t, err)
				touch.before = func() { require.NoError(t, c.FlushAll(ctx).Err()) }
				page, _ := log.page(position, 9)
				require.NoError(t, hand(ctx, l, page))
				require.ErrorIs(t, next(ctx, l, log), errLost)
				touch.before = nil
				require.NoError(t, drive(ctx, l, log, 9))
				requireModel(t, c, log, l.Policy)
			})
		}
	})
}
