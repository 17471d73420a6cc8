package projections

import (
	"context"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"backlot/domain/sourcerequest"
	"backlot/internal/redistest"
	"backlot/readmodel"
)

func TestAProjectorThatIsBehindAnotherChangesNothing(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		ctx := context.Background()
		_, log := someHistory(t, 30)
		quick, slow := lineOf(configOf(c, log, 0)), lineOf(configOf(c, log, 0))
		for _, l := range []*line{quick, slow} {
			position, err := l.from(ctx)
			require.NoError(t, err)
			require.Zero(t, position)
		}
		require.Equal(t, quick.build.generation, slow.build.generation)
		page, _ := log.page(0, 5)
		require.NoError(t, hand(ctx, quick, page))
		before := dump(t, c)
		longer, _ := log.page(0, 9)
		require.ErrorIs(t, hand(ctx, slow, longer), errLost)
		require.Equal(t, before, dump(t, c))

		position, err := slow.from(ctx)
		require.NoError(t, err)
		require.Equal(t, page.To, position, "it continues where the other is")
		require.NoError(t, drive(ctx, slow, log, 9))
		requireModel(t, c, log, slow.Policy)
	})
}

func TestAProjectorStandsByWhileAnotherMovesOn(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		ctx := context.Background()
		_, log := someHistory(t, 30)
		active := lineOf(configOf(c, log, 0))
		var waited int
		cfg := configOf(c, log, 0)
		apply := func(l *line) {
			page, _ := log.page(l.build.position, 2)
			require.NoError(t, hand(ctx, l, page))
		}
		cfg.Wait = func(context.Context, time.Duration) error {
			if waited++; waited < 5 {
				apply(active)
			}
			return nil
		}
		standby := lineOf(cfg)
		for _, l := range []*line{active, standby} {
			_, err := l.from(ctx)
			require.NoError(t, err)
		}
		page, _ := log.page(0, 3)
		apply(active)
		require.ErrorIs(t, hand(ctx, standby, page), errLost)
		position, err := standby.from(ctx)
		require.NoError(t, err)
		require.Equal(t, 5, waited, "it does not load before the other one rests")
		require.Equal(t, active.build.position, position)
	})
}

func TestAnEventThatComesAgainAtALaterPositionIsIgnored(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		for _, states := range []int{1, 100} {
			require.NoError(t, c.FlushAll(t.Context()).Err())
			h, log := newHistory(), newMemoryLog()
			first := h.record("sourceRequest-SR-1", opened(1))
			said := h.record("sourceRequest-SR-1", sourcerequest.Commented{CommentID: "c", Text: "once"})
			other := h.record("sourceRequest-SR-2", opened(2))
			log.append(first, said, other)
			cfg := configOf(c, log, 0)
			cfg.States = states
			l := project(t, cfg, log, 1)
			want := expected(t, log.events, l.Policy)
			for _, again := range []int{0, 1} {
				e := log.events[again]
				h.position += 7
				e.Position = h.position
				log.append(e)
			}
			require.NoError(t, drive(context.Background(), l, log, 10))
			got := readSnapshot(t, c, l.build.generation).model(t, c)
			require.Equal(t, want.Rows, got.Rows)
			require.JSONEq(t, want.Documents["SR-1"], got.Documents["SR-1"])
			require.EqualValues(t, 3, l.progress.Load().Events)
		}
	})
}

func TestTwoProjectorsBeginOneGeneration(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		ctx := context.Background()
		_, log := someHistory(t, 10)
		one, two := lineOf(configOf(c, log, 0)), lineOf(configOf(c, log, 0))
		b, err := one.begin(ctx, "", "")
		require.NoError(t, err)
		_, err = two.begin(ctx, "", "")
		require.ErrorIs(t, err, errLost)
		_, err = two.from(ctx)
		require.NoError(t, err)
		require.Equal(t, b.generation, two.build.generation)
		require.NoError(t, drive(ctx, two, log, 3))
		s := requireModel(t, c, log, two.Policy)
		requireOnly(t, c, s.generation) // what the slower one began is gone
	})
}

func TestABuildDoesNotReplaceWhatWentLiveMeanwhile(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		ctx := context.Background()
		_, log := someHistory(t, 10)
		slow := lineOf(configOf(c, log, 0))
		_, err := slow.from(ctx)
		require.NoError(t, err)

		rebuild, err := New(configOf(c, log, 4))
		require.NoError(t, err)
		quick := newLine(&rebuild.config, facets, true)
		require.NoError(t, drive(ctx, quick, log, 4))
		require.True(t, quick.finished())
		require.ErrorIs(t, slow.promote(ctx, slow.build), errLost)
		require.NoError(t, drive(ctx, slow, log, 4))
		require.Equal(t, quick.build.generation, requireModel(t, c, log, slow.Policy).generation)
	})
}

func TestALoadDuringAWriteIsNotTakenForDamage(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		ctx := context.Background()
		_, log := someHistory(t, 30)
		writer := lineOf(configOf(c, log, 0))
		_, err := writer.from(ctx)
		require.NoError(t, err)
		write := func() {
			page, _ := log.page(writer.build.position, 4)
			require.NoError(t, hand(ctx, writer, page))
		}
		write()
		g := writer.build.generation
		for _, command := range []string{"mget", "xrange"} {
			between := &beforeCommand{name: command, do: write}
			_, err = load(ctx, clientOf(t, c, between), facets, g, writer.Policy, 10)
			require.ErrorIs(t, err, errLost)
			_, err = load(ctx, c, facets, g, writer.Policy, 10)
			require.NoError(t, err)
		}
	})
}

// beforeCommand does something once, just before a command is sent.
type beforeCommand struct {
	name string
	do   func()
}

func (h *beforeCommand) DialHook(next redis.DialHook) redis.DialHook { return next }

func (h *beforeCommand) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if do := h.do; do != nil && cmd.Name() == h.name {
			h.do = nil
			do()
		}
		return next(ctx, cmd)
	}
}

func (h *beforeCommand) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

func TestTheSweepSparesWhatIsInUse(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		ctx := t.Context()
		live, building, dead := readmodel.Generation("live"), readmodel.Generation("building"), readmodel.Generation("dead")
		for _, g := range []readmodel.Generation{live, building, dead} {
			for _, key := range []string{g.Checkpoint(), g.Info(), g.Rows(0), g.Document("SR-1"), g.Feed()} {
				require.NoError(t, c.Set(ctx, key, "x", 0).Err())
			}
		}
		require.NoError(t, c.Set(ctx, "somebody:else", "x", 0).Err())
		n, err := sweep(ctx, c, readmodel.Facets)
		require.NoError(t, err)
		require.Zero(t, n, "without a live generation nothing is old")
		require.NoError(t, c.MSet(ctx, readmodel.LiveKey, "live", readmodel.BuildingKey, "building").Err())
		before := dump(t, c)
		n, err = sweep(ctx, c, readmodel.Facets)
		require.NoError(t, err)
		require.Equal(t, 5, n)
		for _, key := range []string{dead.Checkpoint(), dead.Info(), dead.Rows(0), dead.Document("SR-1"), dead.Feed()} {
			delete(before, key)
		}
		require.Equal(t, before, dump(t, c))
	})
}
