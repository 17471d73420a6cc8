package eventstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/pprof"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
)

// slack is what a loaded machine may add to a deadline.
const slack = 5 * time.Second

// persist appends until it succeeds, with the same drafts, and requires every
// call to return in time and every failure to be one that says try again.
func persist(t testing.TB, ctx context.Context, s *Store, stream string, v domain.Version, drafts []domain.Draft) domain.Version {
	for ctx.Err() == nil {
		began := time.Now()
		after, _, err := s.Append(ctx, stream, v, drafts)
		if took := time.Since(began); took > s.timeout+slack {
			t.Errorf("an append took %v", took)
		}
		if err == nil {
			return after
		}
		if code := domain.ErrorCode(err); code != domain.CodeUnavailable && ctx.Err() == nil {
			t.Errorf("append: %v", err)
			return v
		}
		wait(ctx, 0)
	}
	return v
}

// followed collects what Follow applies.
type followed struct {
	mu  sync.Mutex
	log checkLog
	t   testing.TB
	got chan struct{} // has a value when there is more
}

func (f *followed) apply(p domain.Page) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.log.add(f.t, p)
	select {
	case f.got <- struct{}{}:
	default:
	}
	return nil
}

// until waits for a condition on what was applied.
func (f *followed) until(ctx context.Context, reached func(*checkLog) bool) {
	f.t.Helper()
	for {
		f.mu.Lock()
		done := reached(&f.log)
		f.mu.Unlock()
		if done {
			return
		}
		select {
		case <-f.got:
		case <-ctx.Done():
			require.FailNow(f.t, "not reached", "at %d with %d events", f.log.at, len(f.log.events))
		}
	}
}

// follow runs Follow until the test ends.
func follow(t testing.TB, s *Store, prefixes ...string) *followed {
	f := &followed{t: t, got: make(chan struct{}, 1)}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Follow(ctx, 0, prefixes, f.apply) }()
	t.Cleanup(func() {
		cancel()
		require.ErrorIs(t, <-ended, context.Canceled)
	})
	return f
}

// requireSurvival writes and follows while disturb does its worst a few times,
// and requires that everything is there once, in order, and chained.
func requireSurvival(t *testing.T, ctx context.Context, s *Store, times int, disturb func(int)) {
	t.Helper()
	all, some := follow(t, s), follow(t, s, "sourceRequest-1", "sourceRequest-3")
	const streams = 4
	var versions [streams]domain.Version
	var stopped atomic.Bool
	var writers sync.WaitGroup
	for w := range streams {
		writers.Go(func() {
			for i := 0; !stopped.Load(); i += 2 {
				versions[w] = persist(t, ctx, s, fmt.Sprintf("sourceRequest-%d", w), versions[w], comments(w*1_000_000+i, 2))
			}
		})
	}
	for i := range times {
		all.until(ctx, func(l *checkLog) bool { return len(l.events) >= (i+1)*50 })
		disturb(i)
	}
	stopped.Store(true)
	writers.Wait()
	require.NoError(t, ctx.Err())
	end, err := s.End(ctx)
	require.NoError(t, err)
	for f, streams := range map[*followed][]int{all: {0, 1, 2, 3}, some: {1, 3}} {
		f.until(ctx, func(l *checkLog) bool { return l.at >= end })
		next := map[string]uint64{}
		for _, r := range f.log.events {
			require.Equal(t, next[r.Stream], r.Revision)
			next[r.Stream]++
		}
		require.Len(t, next, len(streams))
		for _, w := range streams {
			require.Equal(t, versions[w].Revision+1, next[fmt.Sprintf("sourceRequest-%d", w)])
		}
	}
	for w := range streams {
		previous := ""
		require.NoError(t, s.ReadRaw(ctx, fmt.Sprintf("sourceRequest-%d", w), func(raw RawEvent) (err error) {
			previous, err = Verify(previous, raw)
			return err
		}))
	}
}

func TestFollowThroughRestartsHasNeitherGapNorRepetition(t *testing.T) {
	g, ctx := newGate(t), testContext(t)
	s := connect(t, Config{Client: g.configuration(), CallTimeout: 2 * time.Second})
	requireSurvival(t, ctx, s, 3, func(int) { g.restart() })
}

func TestDroppedSubscriptionResumes(t *testing.T) {
	g, ctx := newGate(t), testContext(t)
	s := connect(t, Config{Client: g.configuration()})
	f := follow(t, s)
	var checkpoint atomic.Uint64
	asked := make(chan struct{}, 100)
	messages := subscribe(t, ctx, s, SubscriberConfig{From: func(context.Context) (domain.Position, error) {
		asked <- struct{}{}
		return domain.Position(checkpoint.Load()), nil
	}})
	var log checkLog
	var v domain.Version
	for i := range 5 {
		v = persist(t, ctx, s, "sourceRequest-0", v, comments(i, 1))
		for len(log.events) <= i {
			msg, page := next(t, ctx, messages)
			log.add(t, page)
			checkpoint.Store(uint64(page.To))
			msg.Ack()
		}
		f.until(ctx, func(l *checkLog) bool { return len(l.events) == i+1 })
		g.cut()
	}
	requireWhole(t, log.events, 1, 5)
	requireWhole(t, f.log.events, 1, 5)
	require.GreaterOrEqual(t, len(asked), 4, "the checkpoint is asked for after every drop")
}

func TestCallsDuringAnOutageAreUnavailableAndHealAfterwards(t *testing.T) {
	for name, close := range map[string]func(*gate){"refused": (*gate).shut, "silent": (*gate).silence} {
		t.Run(name, func(t *testing.T) {
			g, ctx := newGate(t), testContext(t)
			s := connect(t, Config{Client: g.configuration(), CallTimeout: 200 * time.Millisecond})
			s.conn.patience = 100 * time.Millisecond
			v := persist(t, ctx, s, "sourceRequest-1", domain.Version{}, comments(0, 1))
			before := runtime.NumGoroutine()

			close(g)
			requireUnavailable(t, ctx, s, v)

			g.open()
			v = persist(t, ctx, s, "sourceRequest-1", v, comments(1, 1))
			require.EqualValues(t, 1, v.Revision)
			require.Len(t, readAll(t, s, "sourceRequest-1"), 2)
			requireGoroutines(t, before+10)
		})
	}
}

// requireUnavailable makes every kind of call a few times and requires each to
// say in time that the event store is not there. v is where sourceRequest-1
// stands.
func requireUnavailable(t *testing.T, ctx context.Context, s *Store, v domain.Version) {
	t.Helper()
	var calls sync.WaitGroup
	for what, call := range map[string]func() error{
		"Append": func() error { _, _, err := s.Append(ctx, "sourceRequest-1", v, comments(1, 1)); return err },
		"open": func() error {
			_, _, err := s.Append(ctx, "sourceRequest-2", domain.Version{}, comments(9, 1))
			return err
		},
		"ReadStream":  func() error { return s.ReadStream(ctx, "sourceRequest-1", func(domain.Recorded) error { return nil }) },
		"LastEvent":   func() error { _, _, err := s.LastEvent(ctx, "sourceRequest-1"); return err },
		"End":         func() error { _, err := s.End(ctx); return err },
		"SetMaxCount": func() error { return s.SetMaxCount(ctx, "sourceRequest-1", 7) },
	} {
		calls.Go(func() {
			for range 5 {
				began := time.Now()
				err := call()
				if code := domain.ErrorCode(err); code != domain.CodeUnavailable {
					t.Errorf("%s: %v", what, err)
				}
				if took := time.Since(began); took > s.timeout+slack {
					t.Errorf("%s took %v", what, took)
				}
			}
		})
	}
	calls.Wait()
}

// requireGoroutines waits until there are no more than n.
func requireGoroutines(t testing.TB, n int) {
	t.Helper()
	if !assert.Eventually(t, func() bool { return runtime.NumGoroutine() <= n }, patience, 10*time.Millisecond) {
		var stacks bytes.Buffer
		require.NoError(t, pprof.Lookup("goroutine").WriteTo(&stacks, 1))
		require.FailNow(t, "goroutines of an outage stay behind", "more than %d: %s", n, &stacks)
	}
}

func TestManyCallersThroughManyOutages(t *testing.T) {
	g, ctx := newGate(t), testContext(t)
	s := connect(t, Config{Client: g.configuration(), CallTimeout: time.Second})
	s.conn.patience = 50 * time.Millisecond
	persist(t, ctx, s, "sourceRequest-0", domain.Version{}, comments(0, 1))
	before := runtime.NumGoroutine()

	run, stop := context.WithCancel(ctx)
	var callers sync.WaitGroup
	var answered atomic.Int64
	for range 20 {
		callers.Go(func() {
			for run.Err() == nil {
				_, found, err := s.LastEvent(ctx, "sourceRequest-0")
				if code := domain.ErrorCode(err); err != nil && code != domain.CodeUnavailable {
					t.Errorf("last event: %v", err)
				}
				if err == nil {
					if !found {
						t.Error("the event is gone")
					}
					answered.Add(1)
				} else {
					wait(run, 0)
				}
			}
		})
	}
	for range 10 {
		reached := answered.Load() + 50
		require.Eventually(t, func() bool { return answered.Load() > reached }, patience, time.Millisecond, "it does not heal")
		g.shut()
		_, err := s.End(ctx)
		require.Equal(t, domain.CodeUnavailable, domain.ErrorCode(err))
		g.open()
	}
	stop()
	callers.Wait()
	// A call that is caught in the middle makes the client library forget a
	// connection, which is a few goroutines. One hung call an outage and
	// caller would be 200.
	requireGoroutines(t, before+40)
}

func TestConnectBeforeTheServerIsThere(t *testing.T) {
	g, ctx := newGate(t), testContext(t)
	g.shut()
	s := connect(t, Config{Client: g.configuration()})
	f := follow(t, s)
	go g.open()
	persist(t, ctx, s, "sourceRequest-1", domain.Version{}, comments(0, 1))
	f.until(ctx, func(l *checkLog) bool { return len(l.events) == 1 })
}

func TestCloseEndsEverything(t *testing.T) {
	for name, close := range map[string]func(*gate){"while open": (*gate).open, "while refused": (*gate).shut, "while silent": (*gate).silence} {
		t.Run(name, func(t *testing.T) {
			g, ctx := newGate(t), testContext(t)
			s, err := Connect(Config{Client: g.configuration()})
			require.NoError(t, err)
			persist(t, ctx, s, "sourceRequest-1", domain.Version{}, comments(0, 1))
			ended := make(chan error, 2)
			applied := make(chan struct{}, 100)
			go func() {
				ended <- s.Follow(ctx, 0, nil, func(domain.Page) error { applied <- struct{}{}; return nil })
			}()
			<-applied
			messages := subscribe(t, ctx, s, SubscriberConfig{From: from(0)})
			next(t, ctx, messages)

			close(g)
			go func() {
				_, err := s.End(ctx)
				for err == nil {
					_, err = s.End(ctx)
				}
				ended <- err
			}()
			require.NoError(t, s.Close())
			for range 2 {
				require.Equal(t, domain.CodeUnavailable, domain.ErrorCode(<-ended))
			}
			_, _, err = s.Append(ctx, "sourceRequest-1", domain.Version{}, comments(0, 1))
			require.Equal(t, domain.CodeUnavailable, domain.ErrorCode(err))
		})
	}
}

func TestCallersOwnContext(t *testing.T) {
	s := openStore(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, _, err := s.LastEvent(ctx, "sourceRequest-1")
	require.Equal(t, domain.CodeTimeout, domain.ErrorCode(err))
	require.ErrorIs(t, err, context.Canceled)
	err = s.ReadStream(ctx, "sourceRequest-1", func(domain.Recorded) error { return nil })
	require.Equal(t, domain.CodeTimeout, domain.ErrorCode(err))
	require.ErrorIs(t, s.Follow(ctx, 0, nil, func(domain.Page) error { return nil }), context.Canceled)
}

func TestFollow(t *testing.T) {
	s, ctx := openStore(t), testContext(t)
	write(t, ctx, s, 3, 50, 10)
	mine := errors.New("no more")
	var log checkLog
	err := s.Follow(ctx, 0, nil, func(p domain.Page) error {
		log.add(t, p)
		if p.CaughtUp {
			return mine
		}
		return nil
	})
	require.Equal(t, mine, err)
	requireWhole(t, log.events, 3, 50)

	appendRaw(t, s, "sourceRequest-9", domain.Version{}, "SourceRequestCommented.v1", `{}`, `[]`)
	err = s.Follow(ctx, log.at, nil, func(p domain.Page) error { log.add(t, p); return nil })
	var bad *UndecodableError
	require.ErrorAs(t, err, &bad)
	require.Equal(t, domain.CodeInternal, domain.ErrorCode(err))
	require.Equal(t, "metadata", bad.Part)
	require.Len(t, log.events, 150)
}

func TestFollowedPositionMovesWithWhatNoPrefixMatches(t *testing.T) {
	s, ctx := openStore(t), testContext(t)
	write(t, ctx, s, 3, 50, 10)
	f := follow(t, s, "organisation-")
	end, err := s.End(ctx)
	require.NoError(t, err)
	f.until(ctx, func(l *checkLog) bool { return l.caughtUp && l.at >= end })
	_, p, err := s.Append(ctx, "other", domain.Version{}, comments(1, 1))
	require.NoError(t, err)
	f.until(ctx, func(l *checkLog) bool { return l.at >= p })
	require.Empty(t, f.log.events)
}

func TestParseAddress(t *testing.T) {
	for uri, address := range map[string]string{
		"esdb://127.0.0.1:2113?tls=false":                    "127.0.0.1:2113",
		"esdb://admin:secret@events.example":                 "events.example:2113",
		"esdb+discover://events.example:2113?tls=true":       "events.example:2113",
		"esdb://a:1,b:2,c:3?tls=false&maxDiscoverAttempts=2": "",
	} {
		c, err := ParseAddress(uri)
		require.NoError(t, err, uri)
		require.Equal(t, address, c.Address)
		require.Greater(t, c.MaxDiscoverAttempts, 1_000_000)
	}
	for _, uri := range []string{"", "events.example:2113", "http://events.example", "esdb://", "esdb://a:port", "esdb://admin:se cret@a", "esdb://admin:secret@[::1", "esdb://a?tls=perhaps"} {
		_, err := ParseAddress(uri)
		var e *domain.Error
		require.ErrorAs(t, err, &e, uri)
		require.Equal(t, domain.CodeInvalid, e.Code)
		require.Contains(t, e.Message, "esdb://127.0.0.1:2113")
		require.NotContains(t, e.Error(), "cret", "a password is not repeated")
	}
}

func TestConfig(t *testing.T) {
	for name, cfg := range map[string]Config{
		"no client":        {},
		"negative timeout": {Client: &esdb.Configuration{}, CallTimeout: -1},
		"key without cert": {Client: &esdb.Configuration{UserKeyFile: "key.pem"}},
	} {
		_, err := Connect(cfg)
		require.Equal(t, domain.CodeInvalid, domain.ErrorCode(err), name)
	}
}
