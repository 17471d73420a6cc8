package eventstore

import (
	"context"
	"runtime"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"backlot/domain"
)

// delay is how a server is slow: its answers take that long.
func delay(ctx context.Context, m proto.Message, d time.Duration) (proto.Message, error) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return m, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func TestServerThatNeverAnswersInTime(t *testing.T) {
	c, ctx := newCluster(t, 1), testContext(t)
	s := c.connect(Config{CallTimeout: 100 * time.Millisecond}, 0)
	f := follow(t, s)
	v := persist(t, ctx, s, "sourceRequest-1", domain.Version{}, comments(0, 1))
	f.until(ctx, func(l *checkLog) bool { return len(l.events) == 1 })
	before := runtime.NumGoroutine()

	c.onAnswer(func(ctx context.Context, m proto.Message) (proto.Message, error) {
		return delay(ctx, m, patience)
	})
	late := follow(t, s) // cannot even subscribe
	requireUnavailable(t, ctx, s, v)

	c.onAnswer(nil)
	persist(t, ctx, s, "sourceRequest-1", v, comments(1, 1))
	for _, f := range []*followed{f, late} {
		f.until(ctx, func(l *checkLog) bool { return len(l.events) == 2 })
	}
	requireGoroutines(t, before+10)
}

func TestServerThatIsSlowButInTime(t *testing.T) {
	t.Parallel()
	c, ctx := newCluster(t, 1), testContext(t)
	s := c.connect(Config{CallTimeout: time.Second}, 0)
	s.conn.patience = time.Second
	c.onAnswer(func(ctx context.Context, m proto.Message) (proto.Message, error) {
		return delay(ctx, m, 25*time.Millisecond)
	})
	f, p := follow(t, s), project(t, s, 10)
	v, _, err := s.Append(ctx, "sourceRequest-1", domain.Version{}, comments(0, 50))
	require.NoError(t, err)
	require.Len(t, readAll(t, s, "sourceRequest-1"), 50, "the time is for each event, not for all of them")
	_, _, err = s.Append(ctx, "sourceRequest-1", v, comments(50, 1))
	require.NoError(t, err)
	for _, f := range []*followed{f, p} {
		f.until(ctx, func(l *checkLog) bool { return len(l.events) == 51 && l.caughtUp })
		requireWhole(t, f.log.events, 1, 51)
	}
}

func TestReadThatTrickles(t *testing.T) {
	c, ctx := newCluster(t, 1), testContext(t)
	s := c.connect(Config{CallTimeout: 200 * time.Millisecond}, 0)
	_, _, err := c.connect(Config{}, 0).Append(ctx, "sourceRequest-1", domain.Version{}, comments(0, 100))
	require.NoError(t, err)
	before := runtime.NumGoroutine()

	read := func(ctx context.Context) (events int, took time.Duration, err error) {
		began := time.Now()
		err = s.ReadStream(ctx, "sourceRequest-1", func(domain.Recorded) error { events++; return nil })
		return events, time.Since(began), err
	}
	c.onAnswer(func(ctx context.Context, m proto.Message) (proto.Message, error) {
		return delay(ctx, m, 20*time.Millisecond)
	})
	impatient, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
	defer cancel()
	n, took, err := read(impatient)
	require.Equal(t, domain.CodeTimeout, domain.ErrorCode(err), "%v", err)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Less(t, took, 300*time.Millisecond+slack)
	require.Positive(t, n)
	require.Less(t, n, 100)

	c.onAnswer(func(ctx context.Context, m proto.Message) (proto.Message, error) {
		if e := m.(*streams.ReadResp).GetEvent(); e.GetEvent().GetStreamRevision() >= 10 {
			return delay(ctx, m, patience)
		}
		return m, nil
	})
	n, took, err = read(ctx)
	require.Equal(t, domain.CodeUnavailable, domain.ErrorCode(err), "%v", err)
	require.Less(t, took, s.timeout+slack)
	require.Equal(t, 10, n, "what came is not handed over twice")

	// A receiver may take its time; the server is not to blame.
	c.onAnswer(nil)
	n = 0
	require.NoError(t, s.ReadStream(ctx, "sourceRequest-1", func(domain.Recorded) error {
		if n++; n == 50 {
			_, _ = delay(ctx, nil, 2*s.timeout)
		}
		return nil
	}))
	require.Equal(t, 100, n)
	requireGoroutines(t, before+10)
}

// Bytes that come one by one keep the connection alive and lead nowhere.
func TestBytesThatTrickle(t *testing.T) {
	g, ctx := newGate(t), testContext(t)
	s := connect(t, Config{Client: g.configuration(), CallTimeout: 200 * time.Millisecond})
	s.conn.patience = 50 * time.Millisecond
	v := persist(t, ctx, s, "sourceRequest-1", domain.Version{}, comments(0, 1))
	before := runtime.NumGoroutine()
	g.trickle(true)
	requireUnavailable(t, ctx, s, v)
	g.trickle(false)
	v = persist(t, ctx, s, "sourceRequest-1", v, comments(1, 1))
	require.EqualValues(t, 1, v.Revision)
	requireGoroutines(t, before+20)
}

func TestCallersDeadlineIsKeptWhateverTheServerDoes(t *testing.T) {
	c, ctx := newCluster(t, 1), testContext(t)
	s := c.connect(Config{CallTimeout: patience}, 0)
	persist(t, ctx, s, "sourceRequest-1", domain.Version{}, comments(0, 1))
	c.onAnswer(func(ctx context.Context, m proto.Message) (proto.Message, error) {
		return delay(ctx, m, patience)
	})
	before := runtime.NumGoroutine()
	for what, call := range map[string]func(context.Context) error{
		"Append": func(ctx context.Context) error {
			_, _, err := s.Append(ctx, "s", domain.Version{}, comments(1, 1))
			return err
		},
		"ReadStream": func(ctx context.Context) error {
			return s.ReadStream(ctx, "sourceRequest-1", func(domain.Recorded) error { return nil })
		},
		"End":       func(ctx context.Context) error { _, err := s.End(ctx); return err },
		"LastEvent": func(ctx context.Context) error { _, _, err := s.LastEvent(ctx, "sourceRequest-1"); return err },
	} {
		short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		began := time.Now()
		err := call(short)
		cancel()
		require.Equal(t, domain.CodeTimeout, domain.ErrorCode(err), "%s: %v", what, err)
		require.ErrorIs(t, err, context.DeadlineExceeded, what)
		require.Less(t, time.Since(began), slack, what)
	}
	requireGoroutines(t, before+10)
}
