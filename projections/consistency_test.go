package projections

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/internal/redistest"
	"backlot/readmodel"
)

// history of a fixed seed, for tests that are not about the events.
func someHistory(t *testing.T, n int) (*history, *memoryLog) {
	t.Helper()
	h := newHistory()
	events := rapid.Custom(func(rt *rapid.T) []domain.Recorded { return h.draw(rt, n, 6) }).Example(1)
	// Example may try more than once.
	h = newHistory()
	for _, e := range events {
		h.position, h.at = e.Position, e.Metadata.OccurredAt
		h.revisions[e.Stream] = e.Revision + 1
	}
	return h, newMemoryLog(events...)
}

func TestPageBoundariesDoNotMatter(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		rapid.Check(t, func(rt *rapid.T) {
			log := newMemoryLog(newHistory().draw(rt, rapid.IntRange(1, 40).Draw(rt, "events"), 5)...)
			cfg := configOf(c, log, 0)
			var models []model
			for _, size := range []int{1, len(log.events), rapid.IntRange(1, 10).Draw(rt, "page")} {
				require.NoError(rt, c.FlushAll(context.Background()).Err())
				cfg.States = rapid.IntRange(1, 6).Draw(rt, "states")
				project(t, cfg, log, size)
				models = append(models, requireModel(t, c, log, cfg.Policy).model(t, c))
			}
			require.Equal(rt, models[0], models[1])
			require.Equal(rt, models[0], models[2])
		})
	})
}

func TestReplayingChangesNothing(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		_, log := someHistory(t, 40)
		l := project(t, configOf(c, log, 0), log, 7)
		before := dump(t, c)
		for from := domain.Position(0); from < log.position(); {
			page, _ := log.page(from, 9)
			require.NoError(t, hand(context.Background(), l, page))
			from = page.To
		}
		require.Equal(t, before, dump(t, c))
	})
}

func TestAPageThatOverlapsAddsOnlyWhatIsNew(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		h, log := someHistory(t, 20)
		l := project(t, configOf(c, log, 0), log, 7)
		log.append(h.record("sourceRequest-SR-1", sourcerequest.Commented{CommentID: "new", Text: "once"}))
		page, _ := log.page(0, 100)
		require.NoError(t, hand(context.Background(), l, page))
		requireModel(t, c, log, l.Policy)
	})
}

func TestAHoleInTheLogIsRefused(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		_, log := someHistory(t, 20)
		l := lineOf(configOf(c, log, 0))
		ctx := context.Background()
		_, err := l.from(ctx)
		require.NoError(t, err)
		before := dump(t, c)
		page, _ := log.page(log.events[3].Position, 5)
		require.Error(t, hand(ctx, l, page))
		require.Equal(t, before, dump(t, c))
	})
}

func TestTheFeedTurnsEachStateIntoTheNext(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		rapid.Check(t, func(rt *rapid.T) {
			ctx := context.Background()
			require.NoError(rt, c.FlushAll(ctx).Err())
			log := newMemoryLog(newHistory().draw(rt, rapid.IntRange(1, 40).Draw(rt, "events"), 5)...)
			l := lineOf(configOf(c, log, 0))
			position, err := l.from(ctx)
			require.NoError(rt, err)
			reader := readSnapshot(t, c, l.build.generation)
			for position < log.position() {
				page, _ := log.page(position, rapid.IntRange(1, 8).Draw(rt, "page"))
				require.NoError(rt, hand(ctx, l, page))
				entries, err := c.XRange(ctx, reader.generation.Feed(), "("+readmodel.FeedID(position), "+").Result()
				require.NoError(rt, err)
				require.Len(rt, entries, 1)
				reader.apply(t, entries[0])
				require.Equal(rt, readSnapshot(t, c, reader.generation), reader)
				position = page.To
			}
			l.sweeps.Wait()
		})
	})
}

func TestTwoProjectorsDoNoHarm(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		h, log := someHistory(t, 60)
		one, _ := running(t, configOf(clientOf(t, c), log, 1))
		two, _ := running(t, configOf(clientOf(t, c), log, 3))
		for i := range 40 {
			log.append(h.record("sourceRequest-SR-1", sourcerequest.Commented{CommentID: fmt.Sprint(i), Text: "again"}))
		}
		waitFor(t, c, log)
		s := requireModel(t, c, log, sourcerequest.DefaultPolicy())
		entries, err := c.XRange(t.Context(), s.generation.Feed(), "-", "+").Result()
		require.NoError(t, err)
		reader := &snapshot{generation: s.generation}
		for d := range reader.dictionaries {
			reader.dictionaries[d] = []string{""}
		}
		for _, e := range entries {
			reader.apply(t, e)
		}
		require.Equal(t, s, reader)
		t.Logf("pages: %d and %d", one.Progress().Pages, two.Progress().Pages)
	})
}

func TestALostGuardLeavesNothingBehind(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		ctx := context.Background()
		_, log := someHistory(t, 20)
		touch := &toucher{}
		l := lineOf(configOf(clientOf(t, c, touch), log, 0))
		position, err := l.from(ctx)
		require.NoError(t, err)
		page, _ := log.page(position, 5)
		require.NoError(t, hand(ctx, l, page))
		// Even the same value, written by somebody else, is a change.
		before, g := dump(t, c), l.build.generation
		touch.before = func() { require.NoError(t, c.Set(ctx, g.Checkpoint(), page.To.String(), 0).Err()) }
		next, _ := log.page(page.To, 5)
		require.ErrorIs(t, hand(ctx, l, next), errLost)
		require.Equal(t, before, dump(t, c))
		touch.before = nil
		require.NoError(t, drive(ctx, l, log, 5))
		requireModel(t, c, log, l.Policy)
	})
}

// toucher does something just before a transaction is sent.
type toucher struct{ before func() }

func (h *toucher) DialHook(next redis.DialHook) redis.DialHook { return next }

func (h *toucher) ProcessHook(next redis.ProcessHook) redis.ProcessHook { return next }

func (h *toucher) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		if h.before != nil && cmds[0].Name() == "multi" {
			h.before()
		}
		return next(ctx, cmds)
	}
}

// A projector is killed at each round trip to Redis of its life: while it
// loads, begins a generation beside a live one of another policy, writes pages,
// promotes, removes the old one. The next one finishes the work.
func TestAKilledProjectorIsContinued(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		_, log := someHistory(t, 12)
		const pageSize = 3
		for variant := range 4 {
			lost, ahead := variant&1 != 0, variant&2 != 0
			for trips := 0; ; trips++ {
				require.Less(t, trips, 200)
				require.NoError(t, c.FlushAll(t.Context()).Err())
				old := configOf(c, log, 0)
				old.Policy.AtRiskDays = 9
				project(t, old, log, pageSize)

				ctx, cancel := context.WithCancel(context.Background())
				k := &killer{left: trips, lost: lost, killed: cancel}
				l := lineOf(configOf(clientOf(t, c, k), log, 0))
				if ahead {
					l.aheadOf = 0
				}
				err := drive(ctx, l, log, pageSize)
				l.mu.Lock()
				l.forget() // as the end of its run does
				l.mu.Unlock()
				cancel()

				survivor := project(t, configOf(c, log, 0), log, pageSize)
				s := requireModel(t, c, log, survivor.Policy)
				requireOnly(t, c, s.generation)
				events, infoErr := c.HGet(t.Context(), s.generation.Info(), readmodel.InfoEvents).Int()
				require.NoError(t, infoErr)
				require.Equal(t, ofRequests(log.events), events)
				if err == nil && !k.dead {
					require.Greater(t, trips, 20) // it really was killed at many places
					break
				}
			}
		}
	})
}

func ofRequests(events []domain.Recorded) (n int) {
	for _, e := range events {
		if _, ok := sourcerequest.IDOf(e.Stream); ok {
			n++
		}
	}
	return n
}

// requireOnly checks that Redis holds one generation and nothing else.
func requireOnly(t testing.TB, c *redis.Client, g readmodel.Generation) {
	t.Helper()
	keys, err := c.Keys(context.Background(), "*").Result()
	require.NoError(t, err)
	for _, key := range keys {
		if key != readmodel.LiveKey {
			require.Truef(t, strings.HasPrefix(key, "backlot:{"+string(g)+"}:"), "%s is left over; live is %s", key, g)
		}
	}
}
