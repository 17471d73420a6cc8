package projections

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"backlot/domain/sourcerequest"
	"backlot/internal/redistest"
	"backlot/readmodel"
)

func configOf(c redis.UniversalClient, log *memoryLog, pageSize int) Config {
	return Config{
		Redis: c, Subscribe: log.subscribe(pageSize), PageOf: pageOf, ReadStream: log.ReadStream, Policy: sourcerequest.DefaultPolicy(),
		Logger: slog.New(slog.DiscardHandler), CheckEvery: time.Millisecond, KeepPast: 100 * 365 * 24 * time.Hour,
		Wait: func(ctx context.Context, _ time.Duration) error { return wait(ctx, time.Millisecond) },
	}
}

// running runs a projector until the test ends or stop is called.
func running(t testing.TB, cfg Config) (p *Projector, stop func()) {
	t.Helper()
	return runningFor(t, cfg, facets)
}

func runningFor(t testing.TB, cfg Config, of *projection) (p *Projector, stop func()) {
	t.Helper()
	p, err := newProjector(cfg, of)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		require.NoError(t, <-ended)
	})
	t.Cleanup(stop)
	return p, stop
}

// waitFor waits until the live read model stands at the end of the log.
func waitFor(t testing.TB, c *redis.Client, log *memoryLog) {
	t.Helper()
	waitForModel(t, c, log, readmodel.Facets)
}

func waitForModel(t testing.TB, c *redis.Client, log *memoryLog, m readmodel.Model) {
	t.Helper()
	ctx := context.Background()
	require.Eventually(t, func() bool {
		live := readmodel.Generation(c.Get(ctx, m.LiveKey()).Val())
		return live != "" && c.Get(ctx, live.Checkpoint()).Val() == log.position().String()
	}, 20*time.Second, time.Millisecond)
}

func TestTheReadModelFollowsTheLog(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		rapid.Check(t, func(rt *rapid.T) {
			require.NoError(rt, c.FlushAll(context.Background()).Err())
			h := newHistory()
			log := newMemoryLog(h.draw(rt, rapid.IntRange(0, 40).Draw(rt, "before"), 5)...)
			cfg := configOf(c, log, rapid.IntRange(1, 30).Draw(rt, "page"))
			cfg.States = rapid.IntRange(1, 6).Draw(rt, "states")
			_, stop := running(t, cfg)
			waitFor(t, c, log)
			requireModel(t, c, log, cfg.Policy)
			log.append(h.draw(rt, 5, 5)...)
			waitFor(t, c, log)
			stop()
			requireModel(t, c, log, cfg.Policy)
		})
	})
}

func TestManyRequestsFillSegments(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		h, log := newHistory(), newMemoryLog()
		for i := range 3*readmodel.RowsPerSegment + 7 {
			log.append(h.record(sourcerequest.StreamOf(fmt.Sprintf("SR-%d", i)), opened(i)))
		}
		p, _ := running(t, configOf(c, log, 200))
		waitFor(t, c, log)
		requireModel(t, c, log, sourcerequest.DefaultPolicy())
		require.Eventually(t, func() bool { return p.Progress().Ready() }, 5*time.Second, time.Millisecond)
		require.Equal(t, 3*readmodel.RowsPerSegment+7, p.Progress().Rows)
	})
}

func opened(i int) sourcerequest.Opened {
	return sourcerequest.Opened{
		PackageID: fmt.Sprintf("P%d", i/5), MovieID: fmt.Sprintf("M%d", i/9), Title: fmt.Sprintf("Title %d", i/9), MovieType: sourcerequest.MovieEpisode,
		ContentPartner: "org-a", FulfillmentPartner: fmt.Sprintf("org-%d", i%7), SourceType: sourcerequest.SourceTypes()[i%14],
		ServiceType: sourcerequest.ServiceCreate, Language: fmt.Sprintf("Language %d", i%31), Countries: []string{"Canada", "Japan"},
		DueDate: 20_000, MaterialStatus: sourcerequest.MaterialReceived, Status: sourcerequest.StatusOpen, Import: true,
	}
}
