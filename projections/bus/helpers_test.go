package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/eventstore"
	"backlot/eventstore/embedded"
	"backlot/projections/worker"
)

// testLog is an event store with requests in it.
type testLog struct {
	*eventstore.Store
	t        *testing.T
	versions map[string]domain.Version
	ids      []string // of the published events, in the order of the log
	end      domain.Position
}

func newLog(t *testing.T) *testLog {
	t.Helper()
	server, err := embedded.Open(t.Context(), embedded.Options{Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { _ = server.Close() })
	store, err := eventstore.Connect(eventstore.Config{Client: server.ClientConfiguration()})
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close() })
	return &testLog{Store: store, t: t, versions: map[string]domain.Version{}}
}

// record appends one event.
func (l *testLog) record(stream string, event any) {
	l.t.Helper()
	id := uuid.New()
	version, position, err := l.Append(context.Background(), stream, l.versions[stream], []domain.Draft{{
		ID: id, Event: event, Metadata: domain.Metadata{OccurredAt: at, Actor: domain.Principal{Account: "a-1", Role: domain.RoleOperator}},
	}})
	require.NoError(l.t, err)
	l.versions[stream] = version
	if _, ok := sourcerequest.IDOf(stream); ok {
		l.end = position
		if !stays[event.(sourcerequest.Event).Kind()] {
			l.ids = append(l.ids, id.String())
		}
	}
}

// grow appends n events of a few requests, with events of other streams and
// events that stay inside among them.
func (l *testLog) grow(n int) {
	l.t.Helper()
	for i := range n {
		stream := sourcerequest.StreamOf(fmt.Sprintf("SR-%d", rand.N(7)))
		switch {
		case !l.versions[stream].Exists:
			l.record(stream, examples[0])
		case i%11 == 5:
			l.record("person-p", examples[rand.N(len(examples))])
		default:
			l.record(stream, examples[1+rand.N(len(examples)-1)])
		}
	}
	l.record("sourceRequest-SR-0", sourcerequest.Cancelled{}) // a checkpoint can stand at the end
}

// published is a message as it stands in a Redis Stream.
type published struct {
	ID       string
	Subject  string
	Revision uint64
	payload  string
}

func read(t testing.TB, c redis.Cmdable, stream string) []published {
	t.Helper()
	entries, err := c.XRange(context.Background(), stream, "-", "+").Result()
	require.NoError(t, err)
	out := make([]published, len(entries))
	for i, e := range entries {
		out[i] = publishedOf(t, e.Values["payload"].(string))
	}
	return out
}

func publishedOf(t testing.TB, payload string) published {
	t.Helper()
	m := published{payload: payload}
	require.NoError(t, json.Unmarshal([]byte(payload), &m))
	return m
}

// requireAll holds that nothing is missing and that, repetitions dropped, each
// request's messages are in order; it returns how many repetitions there are.
func (l *testLog) requireAll(messages []published) (repeated int) {
	l.t.Helper()
	first := map[string]string{}
	last := map[string]uint64{}
	for _, m := range messages {
		if before, known := first[m.ID]; known {
			require.JSONEq(l.t, before, m.payload, "a repetition says the same")
			repeated++
			continue
		}
		first[m.ID] = m.payload
		if before, any := last[m.Subject]; any {
			require.Greater(l.t, m.Revision, before, "order of %s", m.Subject)
		}
		last[m.Subject] = m.Revision
	}
	for i, id := range l.ids {
		_, out := first[id]
		require.True(l.t, out, "event %d of %d is missing", i, len(l.ids))
	}
	require.Equal(l.t, len(l.ids), len(first), "and nothing else")
	return repeated
}

const testStream = "backlot.test"

func target(t testing.TB, c *redis.Client) Target {
	t.Helper()
	parsed, err := ParseTarget("redis://"+c.Options().Addr, testStream, 1_000_000)
	require.NoError(t, err)
	return parsed
}

func configOf(log worker.Log, to Target) Config {
	return Config{Log: log, Target: to, Patience: 50 * time.Millisecond, Logger: slog.New(slog.DiscardHandler)}
}

// running runs a publisher until stop or the end of the test.
func running(t testing.TB, cfg Config) (p *Publisher, stop func()) {
	t.Helper()
	p, err := New(cfg)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		require.ErrorIs(t, <-ended, context.Canceled)
	})
	t.Cleanup(stop)
	return p, stop
}

// waitFor waits until the checkpoint that any of the publishers knows stands
// at the end of the log.
func waitFor(l *testLog, publishers ...*Publisher) {
	l.t.Helper()
	require.Eventually(l.t, func() bool {
		for _, p := range publishers {
			if p.Progress().Position >= l.end {
				return true
			}
		}
		return false
	}, 20*time.Second, time.Millisecond)
}

var errKilled = errors.New("killed")

// killing is a log under a publisher that ends when it moves its checkpoint
// for the nth time: before the store has it, or after.
type killing struct {
	*eventstore.Store
	left  int
	after bool
	kill  func()
}

func (k *killing) Append(ctx context.Context, stream string, expected domain.Version, drafts []domain.Draft) (domain.Version, domain.Position, error) {
	if k.left--; k.left > 0 {
		return k.Store.Append(ctx, stream, expected, drafts)
	}
	if k.after {
		_, _, _ = k.Store.Append(ctx, stream, expected, drafts)
	}
	k.kill()
	return domain.Version{}, 0, errKilled
}
