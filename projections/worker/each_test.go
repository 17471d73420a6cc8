package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/checkpoint"
	"backlot/domain/sourcerequest"
)

// slow acts on each event; those of some requests take until they are let go.
type slow struct {
	acted
	gates map[string]chan struct{}
}

func newSlow(held ...int) *slow {
	s := &slow{gates: map[string]chan struct{}{}}
	for _, n := range held {
		s.gates[sourcerequest.StreamOf(fmt.Sprint("SR-", n))] = make(chan struct{})
	}
	return s
}

func (s *slow) letGo(n int) { close(s.gates[sourcerequest.StreamOf(fmt.Sprint("SR-", n))]) }

func (s *slow) each(ctx context.Context, r domain.Recorded) error {
	err := s.act(ctx, []domain.Recorded{r})
	if gate := s.gates[r.Stream]; gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return err
}

func newEach(t *testing.T, log Log, s *slow, change ...func(*Config)) *Worker {
	t.Helper()
	c := Config{
		Log: log, Name: "test", Account: "tester", Prefixes: []string{sourcerequest.StreamPrefix}, Each: s.each,
		Patience: 150 * time.Millisecond, Now: func() time.Time { return noon }, Logger: slog.New(slog.DiscardHandler),
	}
	for _, f := range change {
		f(&c)
	}
	w, err := New(c)
	require.NoError(t, err)
	return w
}

func (l *testLog) eventually(what string, is func() bool) {
	l.t.Helper()
	require.Eventually(l.t, is, 20*time.Second, time.Millisecond, what)
}

// beats is how often the checkpoint was moved, and to which stream's event.
func (l *testLog) beats() (uint64, string) {
	last, ok, err := l.LastEvent(context.Background(), checkpoint.StreamOf("test"))
	require.NoError(l.t, err)
	if !ok {
		return 0, ""
	}
	return last.Revision + 1, last.Event.(checkpoint.Moved).Stream
}

func TestTheCheckpointStandsBeforeWhatIsNotDone(t *testing.T) {
	log, s := newLog(t), newSlow(3)
	log.grow(10)
	w := newEach(t, log, s)
	stop := run(t, w)
	log.eventually("later events are begun meanwhile", func() bool { return len(s.times()) == 10 })
	log.eventually("what is before it is done", func() bool { _, at := log.beats(); return at == "sourceRequest-SR-2" })
	require.Equal(t, noon, w.Progress().Waiting)
	log.grow(1)
	log.eventually("and so are new ones", func() bool { return len(s.times()) == 11 })
	stop()
	_, at := log.beats()
	require.Equal(t, "sourceRequest-SR-2", at)

	// The next one begins what was not done anew.
	s.letGo(3)
	again := newEach(t, log, s)
	run(t, again)
	log.waitFor(again)
	for stream, n := range s.times() {
		want := 2
		if stream == "sourceRequest-SR-1" || stream == "sourceRequest-SR-2" {
			want = 1
		}
		require.Equal(t, want, n, stream)
	}
	log.eventually("nothing waits", func() bool { return again.Progress().Waiting.IsZero() })
}

// Whoever stands by sees that another one is at work, however long that takes,
// also on the first event of all.
func TestStandingByWhileAnotherOneTakesLong(t *testing.T) {
	log, s := newLog(t), newSlow(1)
	log.grow(1)
	first, second := newEach(t, log, s), newEach(t, log, s)
	second.passive = true
	stop := run(t, first)
	run(t, second)
	log.eventually("it lives", func() bool { n, at := log.beats(); return n > 12 && at == "" })
	require.Equal(t, 1, s.times()["sourceRequest-SR-1"])
	require.False(t, second.Progress().Active)
	s.letGo(1)
	log.waitFor(first)
	log.waitFor(second)
	log.grow(1)
	stop()
	log.waitFor(second)
	log.eventually("it takes over", func() bool { return second.Progress().Active || s.times()["sourceRequest-SR-2"] > 0 })
}

func TestNotMoreAtATimeThanTheWindow(t *testing.T) {
	log, s := newLog(t), newSlow(1)
	log.grow(9)
	w := newEach(t, log, s, func(c *Config) { c.Window = 4 })
	run(t, w)
	log.eventually("four are begun", func() bool { return len(s.times()) == 4 })
	n, _ := log.beats()
	log.eventually("and no more, for a while", func() bool { now, _ := log.beats(); return now > n+3 })
	require.Len(t, s.times(), 4)
	s.letGo(1)
	log.waitFor(w)
	require.Len(t, s.times(), 9)
}

func TestWhatFailsIsBegunAnew(t *testing.T) {
	log, s := newLog(t), newSlow()
	s.fail(errors.New("the world is away"))
	w := newEach(t, log, s)
	run(t, w)
	log.grow(2)
	log.eventually("it says so", func() bool { return w.Progress().Failure == "the world is away" })
	s.fail(nil)
	log.waitFor(w)
	require.Greater(t, s.times()["sourceRequest-SR-1"], 1)
	log.eventually("and is well again", func() bool { return w.Progress().Failure == "" })
}

// Many events that need nothing done cost few checkpoints.
func TestManyEventsMoveTheCheckpointSeldom(t *testing.T) {
	log, s := newLog(t), newSlow(1_100) // the last one is not done, so something is always left
	log.grow(1_100)
	w := newEach(t, log, s, func(c *Config) { c.Patience = time.Hour })
	run(t, w)
	log.eventually("all are begun", func() bool { return len(s.times()) == 1_100 })
	log.eventually("most are settled", func() bool { n, _ := log.beats(); return n > 0 })
	n, _ := log.beats()
	require.LessOrEqual(t, n, uint64(2))
	s.letGo(1_100)
	log.waitFor(w)
}

func TestTwoAtOnceFindOut(t *testing.T) {
	log, s := newLog(t), newSlow()
	workers := []*Worker{newEach(t, log, s), newEach(t, log, s)}
	var once sync.WaitGroup
	for _, w := range workers {
		once.Go(func() { run(t, w) })
	}
	once.Wait()
	log.grow(20)
	for _, w := range workers {
		log.waitFor(w)
	}
	log.eventually("one stands by", func() bool { return workers[0].Progress().Active != workers[1].Progress().Active })
	for stream, n := range s.times() {
		require.LessOrEqual(t, n, 2, stream)
	}
}
