package projections

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/internal/redistest"
	"backlot/readmodel"
)

func TestAnotherPolicyBuildsANewGeneration(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		ctx := context.Background()
		_, log := someHistory(t, 40)
		first := project(t, configOf(c, log, 0), log, 7)
		old := requireModel(t, c, log, first.Policy)

		cfg := configOf(c, log, 0)
		cfg.Policy.AtRiskDays, cfg.Policy.RedeliveryDeadline = 30, time.Hour
		l := lineOf(cfg)
		position, err := l.from(ctx)
		require.NoError(t, err)
		require.Zero(t, position)
		page, _ := log.page(position, 7)
		require.NoError(t, hand(ctx, l, page))
		// Until it has caught up, readers see the old one whole.
		require.Equal(t, old, requireModel(t, c, log, first.Policy))
		require.NoError(t, drive(ctx, l, log, 7))
		s := requireModel(t, c, log, cfg.Policy)
		requireOnly(t, c, s.generation)
	})
}

func TestAnotherVersionBuildsANewGeneration(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		_, log := someHistory(t, 20)
		l := project(t, configOf(c, log, 0), log, 7)
		old := l.build.generation
		require.NoError(t, c.HSet(t.Context(), old.Info(), readmodel.InfoVersion, "0").Err())
		project(t, configOf(c, log, 0), log, 7)
		s := requireModel(t, c, log, l.Policy)
		require.NotEqual(t, old, s.generation)
		requireOnly(t, c, s.generation)
	})
}

func TestADamagedGenerationIsReplaced(t *testing.T) {
	for name, damage := range map[string]func(ctx context.Context, c *redis.Client, g readmodel.Generation) error{
		"a segment is missing": func(ctx context.Context, c *redis.Client, g readmodel.Generation) error {
			return c.Del(ctx, g.Rows(0)).Err()
		},
		"a dictionary is missing": func(ctx context.Context, c *redis.Client, g readmodel.Generation) error {
			return c.Del(ctx, g.Dictionary(readmodel.Partners)).Err()
		},
		"a dictionary is short": func(ctx context.Context, c *redis.Client, g readmodel.Generation) error {
			return c.RPop(ctx, g.Dictionary(readmodel.Titles)).Err()
		},
		"the feed is missing": func(ctx context.Context, c *redis.Client, g readmodel.Generation) error {
			return c.Del(ctx, g.Feed()).Err()
		},
		"a row is blank": func(ctx context.Context, c *redis.Client, g readmodel.Generation) error {
			return c.SetRange(ctx, g.Rows(0), 0, string(make([]byte, readmodel.RowSize))).Err()
		},
		"a segment ends within a row": func(ctx context.Context, c *redis.Client, g readmodel.Generation) error {
			return c.Append(ctx, g.Rows(0), "x").Err()
		},
		"the checkpoint is no position": func(ctx context.Context, c *redis.Client, g readmodel.Generation) error {
			return c.Set(ctx, g.Checkpoint(), "soon", 0).Err()
		},
	} {
		t.Run(name, func(t *testing.T) {
			redistest.Each(t, func(t *testing.T, c *redis.Client) {
				_, log := someHistory(t, 40)
				l := project(t, configOf(c, log, 0), log, 40)
				old := l.build.generation
				require.NoError(t, damage(t.Context(), c, old))
				project(t, configOf(c, log, 0), log, 40)
				s := requireModel(t, c, log, l.Policy)
				require.NotEqual(t, old, s.generation)
				requireOnly(t, c, s.generation)
			})
		})
	}
}

func TestDamageIsNoticedWhileWriting(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		for _, part := range []func(readmodel.Generation) string{
			func(g readmodel.Generation) string { return g.Rows(0) },
			func(g readmodel.Generation) string { return g.Dictionary(readmodel.Titles) },
		} {
			require.NoError(t, c.FlushAll(t.Context()).Err())
			h, log := newHistory(), newMemoryLog()
			for i := range 20 {
				log.append(h.record(fmt.Sprintf("sourceRequest-SR-%d", i), opened(i)))
			}
			l := project(t, configOf(c, log, 0), log, 40)
			old := l.build.generation
			require.NoError(t, c.Del(t.Context(), part(old)).Err())
			title := "A new title"
			log.append(h.record("sourceRequest-SR-1", sourcerequest.FieldsEdited{Title: &title}))
			require.NoError(t, drive(context.Background(), l, log, 7))
			require.NotEqual(t, old, requireModel(t, c, log, l.Policy).generation)
		}
	})
}

func TestARebuildReplacesTheLiveGenerationWhileTheLogGrows(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		h, log := someHistory(t, 60)
		cfg := configOf(c, log, 5)
		p, _ := running(t, cfg)
		waitFor(t, c, log)
		old := c.Get(t.Context(), readmodel.LiveKey).Val()

		grown := make(chan struct{})
		go func() {
			defer close(grown)
			for i := range 50 {
				log.append(h.record("sourceRequest-SR-1", sourcerequest.Commented{CommentID: fmt.Sprint(i), Text: "meanwhile"}))
			}
		}()
		require.NoError(t, p.Rebuild(t.Context()))
		<-grown
		waitFor(t, c, log)
		s := requireModel(t, c, log, cfg.Policy)
		require.NotEqual(t, old, string(s.generation))
		require.Eventually(t, func() bool {
			now := p.Progress()
			return now.Ready() && now.Generation == s.generation && now.Position == log.position()
		}, 10*time.Second, time.Millisecond, "the running projector continues with the new generation")
		requireOnly(t, c, s.generation)
	})
}

func TestARebuildNeedsNoRunningProjector(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		_, log := someHistory(t, 30)
		p, err := New(configOf(c, log, 7))
		require.NoError(t, err)
		require.NoError(t, p.Rebuild(t.Context()))
		first := requireModel(t, c, log, sourcerequest.DefaultPolicy())
		require.NoError(t, p.Rebuild(t.Context()))
		second := requireModel(t, c, log, sourcerequest.DefaultPolicy())
		require.NotEqual(t, first.generation, second.generation)
		requireOnly(t, c, second.generation)
	})
}

func TestAnInterruptedRebuildLeavesTheLiveGeneration(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		_, log := someHistory(t, 30)
		cfg := configOf(c, log, 7)
		l := project(t, cfg, log, 7)
		ctx, cancel := context.WithCancel(t.Context())
		cfg.PageOf = func(m *message.Message) (domain.Page, error) {
			cancel()
			return pageOf(m)
		}
		p, err := New(cfg)
		require.NoError(t, err)
		require.Equal(t, domain.CodeUnavailable, domain.ErrorCode(p.Rebuild(ctx)))
		require.Equal(t, l.build.generation, requireModel(t, c, log, cfg.Policy).generation)
	})
}

func TestAnEventThatCannotBeReadStopsTheProjector(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		_, log := someHistory(t, 30)
		cfg := configOf(c, log, 7)
		bad := errors.New("event 7 of sourceRequest-SR-1 is no JSON")
		pages := 0
		cfg.PageOf = func(m *message.Message) (domain.Page, error) {
			if pages++; pages == 3 {
				return domain.Page{}, bad
			}
			return pageOf(m)
		}
		p, err := New(cfg)
		require.NoError(t, err)
		err = p.Run(t.Context())
		require.ErrorIs(t, err, bad)
		require.Equal(t, domain.CodeInternal, domain.ErrorCode(err))
		require.False(t, p.Progress().Ready())
		building := readmodel.Generation(c.Get(t.Context(), readmodel.BuildingKey).Val())
		require.Equal(t, log.events[13].Position, readSnapshot(t, c, building).position, "what came before it is there")
	})
}

func TestAMissingOrOlderDocumentIsFoldedFromItsStream(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		for name, harm := range map[string]func(key string) error{
			"missing": func(key string) error { return c.Del(t.Context(), key).Err() },
			"no JSON": func(key string) error { return c.Set(t.Context(), key, "{", 0).Err() },
			"older": func(key string) error {
				return c.Set(t.Context(), key, `{"id":"SR-1","revision":0,"position":0,"state":{}}`, 0).Err()
			},
			"no model": func(key string) error { return c.Set(t.Context(), key, `[]`, 0).Err() },
		} {
			require.NoError(t, c.FlushAll(t.Context()).Err())
			h, log := newHistory(), newMemoryLog()
			log.append(h.record("sourceRequest-SR-1", opened(1)))
			for i := range 5 {
				log.append(h.record("sourceRequest-SR-1", sourcerequest.Commented{CommentID: fmt.Sprint(i), Text: "a"}))
			}
			l := project(t, configOf(c, log, 0), log, 3)
			require.NoError(t, harm(l.build.generation.Document("SR-1")), name)
			log.append(h.record("sourceRequest-SR-1", sourcerequest.Cancelled{}))
			project(t, configOf(c, log, 0), log, 3) // with an empty memory
			requireModel(t, c, log, l.Policy)
		}
	})
}

func TestProgressCounts(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		h, log := newHistory(), newMemoryLog()
		log.append(h.record("sourceRequest-SR-1", opened(1)), h.record("organisation-x", struct{}{}),
			h.record("sourceRequest-SR-1", nil), h.record("sourceRequest-SR-2", nil))
		l := project(t, configOf(c, log, 0), log, 2)
		require.Equal(t, Progress{
			Generation: l.build.generation, Live: true, Position: log.position(), CaughtUp: true,
			Rows: 1, Pages: 2, Events: 3, Unknown: 2,
		}, *l.progress.Load())
		requireModel(t, c, log, l.Policy)
	})
}

func TestAProjectorStaysReadyUntilItStartsOver(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		ctx := context.Background()
		h, log := someHistory(t, 10)
		l := project(t, configOf(c, log, 0), log, 4)
		require.True(t, l.progress.Load().Ready())
		live := func() domain.Page {
			// A subscriber need not say with each live page that it is the last.
			e := h.record("sourceRequest-SR-1", nil)
			return domain.Page{From: l.build.position, To: e.Position, Events: []domain.Recorded{e}}
		}
		require.NoError(t, hand(ctx, l, live()))
		require.True(t, l.progress.Load().Ready())
		require.NoError(t, c.FlushAll(ctx).Err())
		require.ErrorIs(t, hand(ctx, l, live()), errLost)
		require.False(t, l.progress.Load().Ready())
		_, err := l.from(ctx)
		require.NoError(t, err)
		page, _ := log.page(0, 3)
		require.NoError(t, hand(ctx, l, page))
		require.False(t, l.progress.Load().Ready())
	})
}

func TestAStreamThatIsNoRequestIsLeftOut(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		h, log := newHistory(), newMemoryLog()
		log.append(h.record("sourceRequest-", opened(1)), h.record("sourceRequest-"+strings.Repeat("x", 33), opened(2)), h.record("sourceRequest-a b", opened(3)))
		l := project(t, configOf(c, log, 0), log, 2)
		s := readSnapshot(t, c, l.build.generation)
		require.Equal(t, log.position(), s.position)
		require.Empty(t, s.rows)
		require.Zero(t, l.progress.Load().Events)
	})
}

func TestEventsOfOthersMoveTheCheckpointAndTheFeed(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		h, log := someHistory(t, 20)
		l := project(t, configOf(c, log, 0), log, 5)
		log.append(h.record("organisation-x", struct{}{}))
		require.NoError(t, drive(context.Background(), l, log, 5))
		s := requireModel(t, c, log, l.Policy)
		last, err := c.XRevRangeN(t.Context(), s.generation.Feed(), "+", "-", 1).Result()
		require.NoError(t, err)
		require.Equal(t, readmodel.FeedID(log.position()), last[0].ID)
	})
}

func TestANewProjectorNamesWhatItLacks(t *testing.T) {
	_, err := New(Config{})
	require.Equal(t, domain.CodeInternal, domain.ErrorCode(err))
	for _, field := range []string{"Redis", "Subscribe", "PageOf", "ReadStream", "Policy.Zone"} {
		require.ErrorContains(t, err, "Config."+field+" is missing")
	}
}
