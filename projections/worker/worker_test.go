package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/eventstore"
	"backlot/eventstore/embedded"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// testLog is an event store with requests in it.
type testLog struct {
	*eventstore.Store
	t   *testing.T
	n   int
	end domain.Position
}

func newLog(t *testing.T) *testLog {
	t.Helper()
	server, err := embedded.Open(t.Context(), embedded.Options{Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { _ = server.Close() })
	store, err := eventstore.Connect(eventstore.Config{Client: server.ClientConfiguration()})
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close() })
	return &testLog{Store: store, t: t}
}

// grow appends an event to each of n new requests.
func (l *testLog) grow(n int) {
	l.t.Helper()
	for range n {
		l.n++
		_, position, err := l.Append(context.Background(), sourcerequest.StreamOf(fmt.Sprint("SR-", l.n)), domain.Version{}, []domain.Draft{{
			ID: uuid.New(), Event: sourcerequest.Cancelled{}, Metadata: domain.Metadata{OccurredAt: noon},
		}})
		require.NoError(l.t, err)
		l.end = position
	}
}

// acted is what workers acted on, in order.
type acted struct {
	mu      sync.Mutex
	streams []string
	fails   error
}

func (a *acted) act(_ context.Context, events []domain.Recorded) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, r := range events {
		a.streams = append(a.streams, r.Stream)
	}
	return a.fails
}

func (a *acted) times() map[string]int {
	a.mu.Lock()
	defer a.mu.Unlock()
	times := map[string]int{}
	for _, s := range a.streams {
		times[s]++
	}
	return times
}

func (a *acted) fail(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.fails = err
}

func newWorker(t *testing.T, log Log, a *acted) *Worker {
	t.Helper()
	w, err := New(Config{
		Log: log, Name: "test", Account: "tester", Prefixes: []string{sourcerequest.StreamPrefix}, Act: a.act,
		Patience: 50 * time.Millisecond, Now: func() time.Time { return noon }, Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	return w
}

// run runs a worker until stop or the end of the test.
func run(t *testing.T, w *Worker) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		require.ErrorIs(t, <-ended, context.Canceled)
	})
	t.Cleanup(stop)
	return stop
}

func (l *testLog) waitFor(w *Worker) {
	l.t.Helper()
	require.Eventually(l.t, func() bool { return w.Progress().Position >= l.end }, 20*time.Second, time.Millisecond)
}

func TestAWorkerGoesOnWhereItWas(t *testing.T) {
	log, a := newLog(t), &acted{}
	log.grow(5)
	for range 3 {
		w := newWorker(t, log, a)
		stop := run(t, w)
		log.waitFor(w)
		stop()
		log.grow(2)
	}
	w := newWorker(t, log, a)
	run(t, w)
	log.waitFor(w)
	require.True(t, w.Progress().Active)
	require.Len(t, a.times(), log.n)
	for stream, n := range a.times() {
		require.Equal(t, 1, n, stream)
	}
}

func TestAFailureIsToldAndTriedAgain(t *testing.T) {
	log, a := newLog(t), &acted{}
	a.fail(errors.New("the world is away"))
	w := newWorker(t, log, a)
	run(t, w)
	log.grow(1)
	require.Eventually(t, func() bool { return w.Progress().Failure == "the world is away" }, 20*time.Second, time.Millisecond)
	require.Zero(t, w.Progress().Position)
	a.fail(nil)
	log.waitFor(w)
	require.Eventually(t, func() bool { return w.Progress().Failure == "" }, 20*time.Second, time.Millisecond)
	require.Greater(t, a.times()["sourceRequest-SR-1"], 1)
}

func TestOneOfTwoStandsBy(t *testing.T) {
	log, a := newLog(t), &acted{}
	first, second := newWorker(t, log, a), newWorker(t, log, a)
	first.Patience, second.Patience = time.Second, time.Second // longer than a page takes on a busy machine
	stop := run(t, first)
	run(t, second)
	for range 5 {
		log.grow(3)
		log.waitFor(first)
		log.waitFor(second)
	}
	require.Eventually(t, func() bool { return first.Progress().Active != second.Progress().Active }, 20*time.Second, time.Millisecond)
	before := len(a.times())
	log.grow(1)
	log.waitFor(first)
	log.waitFor(second)
	require.Equal(t, before+1, len(a.times()))
	require.Equal(t, 1, a.times()[sourcerequest.StreamOf(fmt.Sprint("SR-", log.n))])
	if first.Progress().Active {
		stop()
		log.grow(1)
		log.waitFor(second)
		require.True(t, second.Progress().Active, "it takes over")
	}
}

// A copy of a log has other positions: the checkpoint names its event.
func TestACheckpointHoldsInACopyOfTheLog(t *testing.T) {
	log := newLog(t)
	log.grow(10)
	w := newWorker(t, log, &acted{})
	w.at = place{at: time.Now()}
	r, _, err := log.LastEvent(t.Context(), "sourceRequest-SR-7")
	require.NoError(t, err)
	of := r
	of.Position = 1 << 40
	require.NoError(t, w.save(t.Context(), of))
	loaded, err := w.load(t.Context(), place{})
	require.NoError(t, err)
	require.Equal(t, r.Position, loaded.position)

	of.Revision++
	require.NoError(t, w.save(t.Context(), of))
	_, err = w.load(t.Context(), place{})
	require.ErrorContains(t, err, "which is not there")
}

func TestWhatAWorkerNeeds(t *testing.T) {
	_, err := New(Config{Name: "test"})
	require.Equal(t, domain.CodeInternal, domain.ErrorCode(err))
}
