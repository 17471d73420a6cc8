package projections

import (
	"context"
	"fmt"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"backlot/domain"
	"backlot/internal/redistest"
	"backlot/readmodel"
)

func TestRetentionKeepsTheNewestEntriesWithinItsLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := newRetention()
		sizes := rapid.SliceOfN(rapid.OneOf(rapid.IntRange(0, 10), rapid.IntRange(0, 2*maxFeedRows)), 1, 50).Draw(t, "sizes")
		if rapid.Bool().Draw(t, "quiet") {
			sizes = append(make([]int, maxFeedEntries), sizes...)
		}
		first := 0 // of what should be kept
		for i, n := range sizes {
			oldest, trim := r.add(domain.Position(i+1), n)
			before := first
			for sum := 0; ; first++ {
				sum = 0
				for _, m := range sizes[first : i+1] {
					sum += m
				}
				if first == i || (sum <= maxFeedRows && i+1-first <= maxFeedEntries) {
					break
				}
			}
			if oldest != domain.Position(first+1) || trim != (first != before) {
				t.Fatalf("after entry %d: oldest %d, trim %v; want %d, %v", i+1, oldest, trim, first+1, first != before)
			}
		}
	})
}

func TestTheFeedIsTrimmed(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		ctx := context.Background()
		h, log := newHistory(), newMemoryLog()
		cfg := configOf(c, log, 0)
		l := lineOf(cfg)
		_, err := l.from(ctx)
		require.NoError(t, err)
		lengthAfter := func(events ...domain.Recorded) int64 {
			require.NoError(t, hand(ctx, l, domain.Page{From: l.build.position, To: h.position, Events: events}))
			n, err := c.XLen(ctx, l.build.generation.Feed()).Result()
			require.NoError(t, err)
			return n
		}
		const pageSize, pages = 64, 5
		l.build.feed.maxRows = pages*pageSize + 10
		for i := range pages + 2 {
			page := make([]domain.Recorded, pageSize)
			for j := range page {
				page[j] = h.record(fmt.Sprintf("sourceRequest-SR-%d", i*pageSize+j), opened(i))
			}
			require.EqualValues(t, min(i+1, pages), lengthAfter(page...))
		}
		// A restarted projector knows what the feed holds.
		l = lineOf(cfg)
		_, err = l.from(ctx)
		require.NoError(t, err)
		require.Equal(t, pages*pageSize, l.build.feed.rows)
		l.build.feed.maxEntries = pages
		require.EqualValues(t, pages, lengthAfter(h.record("organisation-x", nil)))
		require.EqualValues(t, pages, lengthAfter(h.record("organisation-x", nil)))
		last, err := c.XRevRangeN(ctx, l.build.generation.Feed(), "+", "-", 1).Result()
		require.NoError(t, err)
		require.Equal(t, readmodel.FeedID(h.position), last[0].ID)
	})
}
