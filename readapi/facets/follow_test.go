package facets

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/internal/redistest"
	"backlot/readmodel"
)

// store writes changes to Redis as a projector does.
type store struct {
	t *testing.T
	c *redis.Client
	*writer
	state map[string]request // what was written, by id
	order []string
}

func newStore(t *testing.T, c *redis.Client, g readmodel.Generation) *store {
	s := &store{t: t, c: c, writer: newWriter(g, sourcerequest.DefaultPolicy()), state: map[string]request{}}
	_, err := c.TxPipelined(t.Context(), func(p redis.Pipeliner) error {
		p.HSet(t.Context(), g.Info(), readmodel.InfoVersion, readmodel.Version, readmodel.InfoPolicy, s.policy.Fingerprint())
		for d := range readmodel.Dictionary(readmodel.DictionaryCount) {
			p.RPush(t.Context(), g.Dictionary(d), "")
		}
		p.Set(t.Context(), g.Checkpoint(), "0", 0)
		return nil
	})
	require.NoError(t, err)
	return s
}

func (s *store) goLive() {
	require.NoError(s.t, s.c.Set(s.t.Context(), readmodel.LiveKey, string(s.generation), 0).Err())
}

// write brings requests to a position; the entry of the feed may be left out.
func (s *store) write(to domain.Position, inFeed bool, requests ...request) {
	ctx := s.t.Context()
	c := s.change(to, requests...)
	_, err := s.c.TxPipelined(ctx, func(p redis.Pipeliner) error {
		for i := range c.Rows {
			n := c.Rows[i].Number
			p.SetRange(ctx, s.generation.Rows(n/readmodel.RowsPerSegment), int64(n%readmodel.RowsPerSegment)*readmodel.RowSize, string(c.Rows[i].Row.Append(nil)))
		}
		for d, added := range c.Added {
			p.RPush(ctx, s.generation.Dictionary(d), added.Values)
		}
		if inFeed {
			fields, err := c.Fields()
			if err != nil {
				return err
			}
			p.XAdd(ctx, &redis.XAddArgs{Stream: s.generation.Feed(), ID: readmodel.FeedID(to), Values: fields})
		}
		p.Set(ctx, s.generation.Checkpoint(), to.String(), 0)
		return nil
	})
	require.NoError(s.t, err)
	for _, r := range requests {
		if _, known := s.state[r.id]; !known {
			s.order = append(s.order, r.id)
		}
		s.state[r.id] = r
	}
}

func (s *store) requests() []request {
	out := make([]request, len(s.order))
	for i, id := range s.order {
		out[i] = s.state[id]
	}
	return out
}

// runIndex runs an index until the test ends.
func runIndex(t *testing.T, c *redis.Client) *Index {
	x := New(Config{
		Redis: c, Policy: sourcerequest.DefaultPolicy(), Names: testNames, Accounts: testPeople, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Poll: 20 * time.Millisecond, Retry: 20 * time.Millisecond,
	})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- x.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		require.ErrorIs(t, <-ended, context.Canceled)
	})
	return x
}

func waitFor(t *testing.T, x *Index, p domain.Position) *Snapshot {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	require.NoError(t, x.WaitFor(ctx, p))
	return snapshot(t, x)
}

func snapshot(t *testing.T, x *Index) *Snapshot {
	t.Helper()
	s, err := x.Snapshot()
	require.NoError(t, err)
	return s
}

func waitStale(t *testing.T, x *Index, stale bool) *Snapshot {
	t.Helper()
	require.Eventually(t, func() bool { s, err := x.Snapshot(); return err == nil && s.Stale() == stale }, 20*time.Second, 2*time.Millisecond)
	return snapshot(t, x)
}

// requireHolds checks that a snapshot holds exactly these requests.
func requireHolds(t *testing.T, s *Snapshot, requests []request) {
	t.Helper()
	ref := &reference{requests: requests, policy: s.policy, names: testNames}
	who := domain.Principal{Role: domain.RoleOperator}
	rows, err := s.Rows(RowQuery{Principal: who, Selection: mustSelect(t, "status=All"), Now: testNow, Sort: []SortKey{{"request_id", false}}})
	require.NoError(t, err)
	want := ref.sorted(requests, []SortKey{{"request_id", false}}, testNow)
	require.Equal(t, ids(want), rowIDs(rows.Rows))
	for i := range want {
		requireRow(t, &world{ref: ref, now: testNow}, want[i], rows.Rows[i], nil)
		revision, ok := s.Revision(want[i].id)
		require.True(t, ok)
		require.Equal(t, want[i].revision, revision)
	}
	require.Equal(t, len(requests), s.Len())
}

func TestFollowsWhatIsWritten(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		s := newStore(t, c, "one")
		all := randomRequests(1, 700, testNow)
		s.write(100, true, all[:600]...)
		s.goLive()
		x := runIndex(t, c)
		got := waitFor(t, x, 100)
		requireHolds(t, got, all[:600])
		require.Equal(t, domain.Position(100), got.Position())
		require.False(t, waitStale(t, x, false).Stale())

		r := rand.New(rand.NewPCG(3, 3))
		for i := range 20 {
			batch := []request{randomRequest(r, all[i].id, testNow), all[600+5*i], all[601+5*i]}
			s.write(domain.Position(200+i), true, batch...)
		}
		s.write(300, true) // a page that changed nothing moves the position
		requireHolds(t, waitFor(t, x, 300), s.requests())
		requireHolds(t, got, all[:600]) // the old snapshot is what it was
		_, known := got.Revision(all[600].id)
		require.False(t, known)
	})
}

func TestAnEmptyReadModelIsServed(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		s := newStore(t, c, "one")
		s.goLive()
		x := runIndex(t, c)
		requireHolds(t, waitFor(t, x, 0), nil)
		s.write(5, true, randomRequests(1, 3, testNow)...)
		requireHolds(t, waitFor(t, x, 5), s.requests())
	})
}

func TestAGapInTheFeedLoadsAgain(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		s := newStore(t, c, "one")
		all := randomRequests(1, 60, testNow)
		s.write(100, true, all[:20]...)
		s.goLive()
		x := runIndex(t, c)
		waitFor(t, x, 100)
		s.write(110, false, all[20:40]...) // trimmed away before anybody read it
		s.write(120, true, all[40:]...)
		requireHolds(t, waitFor(t, x, 120), all)
		waitStale(t, x, false)
	})
}

// during runs a function once, between the first checkpoint that a load reads
// and its rows.
type during struct{ once func() }

func (d *during) DialHook(next redis.DialHook) redis.DialHook          { return next }
func (d *during) ProcessHook(next redis.ProcessHook) redis.ProcessHook { return next }
func (d *during) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		if once := d.once; once != nil {
			d.once = nil
			once()
		}
		return next(ctx, cmds)
	}
}

// TestAHalfLoadedStateIsNeverServed: rows are written while they are loaded, so
// that what came is of two positions; it is served when the feed has made it
// one again. What the dictionaries hold already is skipped.
func TestAHalfLoadedStateIsNeverServed(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		s := newStore(t, c, "one")
		all := randomRequests(1, 60, testNow)
		s.write(100, true, all[:40]...)
		s.goLive()
		writer := redis.NewClient(c.Options())
		defer func() { require.NoError(t, writer.Close()) }()
		s.c = writer
		c.AddHook(&during{func() {
			changed := all[3]
			changed.state.Language = "Quechua"
			s.write(110, true, append([]request{changed}, all[40:50]...)...)
			s.write(120, true, all[50:]...)
		}})
		x := New(Config{Redis: c, Policy: sourcerequest.DefaultPolicy(), Names: testNames, Accounts: testPeople, Poll: 20 * time.Millisecond})
		f, err := x.Begin(t.Context())
		require.NoError(t, err)
		require.Equal(t, domain.Position(100), f.Position())
		f.Show()
		_, err = x.Snapshot()
		require.Equal(t, domain.CodeUnavailable, domain.ErrorCode(err))
		require.NoError(t, f.Step(t.Context()))
		got := snapshot(t, x)
		require.Equal(t, domain.Position(120), got.Position())
		requireHolds(t, got, s.requests())
	})
}

// TestAnotherGenerationReplacesTheOld with other codes for everything, while
// readers ask all the time.
func TestAnotherGenerationReplacesTheOld(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		s := newStore(t, c, "one")
		all := randomRequests(1, 300, testNow)
		s.write(100, true, all...)
		s.goLive()
		x := runIndex(t, c)
		requireHolds(t, waitFor(t, x, 100), all)

		ctx, cancel := context.WithCancel(t.Context())
		query := CountQuery{Principal: testPrincipals[7], GroupBy: []string{"language", "country", "title"}, Now: testNow}
		want, err := snapshot(t, x).Count(query)
		require.NoError(t, err)
		var readers sync.WaitGroup
		wrong := make(chan string, 1)
		for range 2 {
			readers.Go(func() {
				for ctx.Err() == nil {
					s, err := x.Snapshot()
					if err != nil {
						continue
					}
					if got, err := s.Count(query); err != nil || fmt.Sprint(got.Tally, len(got.Groups)) != fmt.Sprint(want.Tally, len(want.Groups)) {
						select {
						case wrong <- fmt.Sprint(got, err):
						default:
						}
					}
				}
			})
		}
		next := newStore(t, c, "two")
		reversed := make([]request, 0, len(all))
		for i := range all {
			reversed = append(reversed, all[len(all)-1-i])
		}
		next.write(40, true, reversed[:100]...)
		next.goLive() // too early: what it lacks must not be missing for readers
		require.Equal(t, readmodel.Generation("one"), waitStale(t, x, true).generation)
		next.write(100, true, reversed[100:]...)
		got := waitStale(t, x, false)
		require.Equal(t, readmodel.Generation("two"), got.generation)
		requireHolds(t, got, all)
		cancel()
		readers.Wait()
		select {
		case w := <-wrong:
			t.Fatal("a reader saw something else: ", w)
		default:
		}
	})
}

func TestAFlushedRedisMakesAnswersStaleUntilItIsFilledAgain(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		s := newStore(t, c, "one")
		all := randomRequests(1, 100, testNow)
		s.write(50, true, all[:50]...)
		s.write(100, true, all[50:]...)
		s.goLive()
		x := runIndex(t, c)
		waitFor(t, x, 100)
		waitStale(t, x, false)

		require.NoError(t, c.FlushAll(t.Context()).Err())
		requireHolds(t, waitStale(t, x, true), all)

		again := newStore(t, c, "two")
		again.goLive() // at once, at position 0
		again.write(50, true, all[:50]...)
		got := snapshot(t, x)
		require.True(t, got.Stale())
		requireHolds(t, got, all) // older rows are not served instead of newer ones
		again.write(100, true, all[50:]...)
		requireHolds(t, waitStale(t, x, false), all)
	})
}

// TestAnOlderReplicaIsNotMixedIn: the same generation at an earlier position,
// whose later changes differ from those that were seen.
func TestAnOlderReplicaIsNotMixedIn(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		s := newStore(t, c, "one")
		all := randomRequests(1, 100, testNow)
		s.write(50, true, all[:50]...)
		s.write(100, true, all[50:]...)
		s.goLive()
		x := runIndex(t, c)
		waitFor(t, x, 100)

		require.NoError(t, c.FlushAll(t.Context()).Err())
		older := newStore(t, c, "one")
		older.write(50, true, all[:50]...)
		older.goLive()
		requireHolds(t, waitStale(t, x, true), all)
		// In other pages than before, so that codes and places differ.
		older.write(70, true, all[90:]...)
		older.write(130, true, all[50:90]...)
		requireHolds(t, waitFor(t, x, 130), all)
		waitStale(t, x, false)
	})
}

func TestAnOutageIsSurvived(t *testing.T) {
	server := redistest.Start(t)
	c := server.Client()
	s := newStore(t, c, "one")
	all := randomRequests(1, 50, testNow)
	s.write(100, true, all...)
	s.goLive()
	x := runIndex(t, c)
	waitFor(t, x, 100)
	waitStale(t, x, false)
	server.Stop()
	requireHolds(t, waitStale(t, x, true), all)
	server.Restart()
	again := newStore(t, c, "two")
	again.write(90, true, all...)
	again.goLive()
	again.write(110, true)
	requireHolds(t, waitFor(t, x, 110), all)
	waitStale(t, x, false)
}

func TestWaitForEndsWithItsContext(t *testing.T) {
	x := runIndex(t, redistest.Embedded(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.Equal(t, domain.CodeTimeout, domain.ErrorCode(x.WaitFor(ctx, 1)))
}

func TestNothingIsServedBeforeTheReadModelFits(t *testing.T) {
	c := redistest.Embedded(t)
	x := runIndex(t, c)
	_, err := x.Snapshot()
	require.Equal(t, domain.CodeUnavailable, domain.ErrorCode(err))

	s := newStore(t, c, "one")
	require.NoError(t, c.HSet(t.Context(), s.generation.Info(), readmodel.InfoPolicy, "another").Err())
	s.write(10, true, randomRequests(1, 5, testNow)...)
	s.goLive()
	require.Eventually(t, func() bool {
		_, err := x.Snapshot()
		return domain.ErrorCode(err) == domain.CodeUnavailable && containsText(err.Error(), `"another"`)
	}, 10*time.Second, 2*time.Millisecond)

	next := newStore(t, c, "two")
	next.write(10, true, randomRequests(1, 5, testNow)...)
	next.goLive()
	requireHolds(t, waitFor(t, x, 10), next.requests())
}

// TestSnapshotsAreConsistent: every change moves all requests to another
// language; no reader may ever see two.
func TestSnapshotsAreConsistent(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		s := newStore(t, c, "one")
		all := randomRequests(1, 1500, testNow)
		for i := range all {
			all[i].state.Language = "Dutch"
			all[i].state.Status = sourcerequest.StatusOpen
		}
		s.write(1, true, all...)
		s.goLive()
		x := runIndex(t, c)
		waitFor(t, x, 1)
		ctx, cancel := context.WithCancel(t.Context())
		var readers sync.WaitGroup
		problems := make([]string, 3)
		for i := range problems {
			readers.Go(func() {
				for ctx.Err() == nil && problems[i] == "" {
					moved := x.Moved()
					problems[i] = inconsistency(x, len(all))
					select { // else readers leave Redis no processor
					case <-moved:
					case <-ctx.Done():
					}
				}
			})
		}
		for p := domain.Position(2); p < 12; p++ {
			for i := range all {
				all[i].state.Language = fmt.Sprint("Language ", p)
			}
			s.write(p, true, all...)
		}
		waitFor(t, x, 11)
		cancel()
		readers.Wait()
		require.Equal(t, []string{"", "", ""}, problems)
	})
}

func inconsistency(x *Index, requests int) string {
	s, err := x.Snapshot()
	if err != nil {
		return err.Error()
	}
	who := domain.Principal{Role: domain.RoleOperator}
	counts, err := s.Count(CountQuery{Principal: who, GroupBy: []string{"language"}, Now: testNow})
	if err != nil {
		return err.Error()
	}
	if len(counts.Groups) != 1 || counts.Matched != requests {
		return fmt.Sprint(counts.Matched, " in ", len(counts.Groups), " languages at ", s.Position())
	}
	rows, err := s.Rows(RowQuery{Principal: who, Group: map[string]string{"language": *counts.Groups[0].Key[0]}, Sort: []SortKey{{"title", false}}, Now: testNow, Limit: 10})
	if err != nil || rows.Total != requests {
		return fmt.Sprint(rows.Total, " rows, ", err)
	}
	return ""
}
