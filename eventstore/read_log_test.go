package eventstore

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"backlot/domain"
)

// logOf reads the log in one direction from a position.
func logOf(t testing.TB, read func(context.Context, domain.Position, EachOfLog) error, from domain.Position) []domain.Recorded {
	t.Helper()
	var events []domain.Recorded
	require.NoError(t, read(testContext(t), from, func(r domain.Recorded, recorded time.Time) error {
		require.WithinDuration(t, time.Now(), recorded, patience)
		events = append(events, r)
		return nil
	}))
	return events
}

func TestReadLogInBothDirections(t *testing.T) {
	s, ctx := openStore(t), testContext(t)
	require.Empty(t, logOf(t, s.ReadBackwards, 0))
	require.Empty(t, logOf(t, s.ReadForwards, 0))

	var versions [3]domain.Version
	for i := range 30 {
		stream := fmt.Sprintf("sourceRequest-%d", i%3)
		v, _, err := s.Append(ctx, stream, versions[i%3], comments(10*i, 1+i%4))
		require.NoError(t, err)
		versions[i%3] = v
	}
	appendRaw(t, s, "other", domain.Version{}, "$system", "{}", "")
	var streamed []domain.Recorded
	for i := range versions {
		streamed = append(streamed, readAll(t, s, fmt.Sprintf("sourceRequest-%d", i))...)
	}
	slices.SortFunc(streamed, func(a, b domain.Recorded) int { return int(a.Position) - int(b.Position) })

	forwards := logOf(t, s.ReadForwards, 0)
	require.Equal(t, streamed, forwards, "all but system events")
	backwards := logOf(t, s.ReadBackwards, 0)
	slices.Reverse(backwards)
	require.Equal(t, forwards, backwards)

	for i, r := range forwards {
		require.Equal(t, forwards[i+1:], append([]domain.Recorded{}, logOf(t, s.ReadForwards, r.Position)...))
		earlier := append([]domain.Recorded{}, logOf(t, s.ReadBackwards, r.Position)...)
		slices.Reverse(earlier)
		require.Equal(t, forwards[:i], earlier)
	}
}

func TestReadLogReturnsTheCallersErrorAsItIs(t *testing.T) {
	s, ctx := openStore(t), testContext(t)
	_, _, err := s.Append(ctx, "sourceRequest-1", domain.Version{}, comments(0, 500))
	require.NoError(t, err)
	mine := errors.New("enough")
	for _, read := range []func(context.Context, domain.Position, EachOfLog) error{s.ReadBackwards, s.ReadForwards} {
		n := 0
		err := read(ctx, 0, func(domain.Recorded, time.Time) error {
			if n++; n == 3 {
				return mine
			}
			return nil
		})
		require.Equal(t, mine, err)
		require.Equal(t, 3, n)
	}
}

// A connection that is lost on the way costs no event and doubles none.
func TestReadLogGoesOnAfterALostConnection(t *testing.T) {
	g, ctx := newGate(t), testContext(t)
	s := connect(t, Config{Client: g.configuration()})
	var v domain.Version
	for i := range 3 {
		var err error
		v, _, err = s.Append(ctx, "sourceRequest-1", v, comments(1000*i, 1000))
		require.NoError(t, err)
	}
	for _, read := range []func(context.Context, domain.Position, EachOfLog) error{s.ReadBackwards, s.ReadForwards} {
		var revisions []uint64
		require.NoError(t, read(ctx, 0, func(r domain.Recorded, _ time.Time) error {
			revisions = append(revisions, r.Revision)
			if len(revisions)%1000 == 500 {
				g.cut()
			}
			return nil
		}))
		slices.Sort(revisions)
		require.Len(t, revisions, 3000)
		require.Len(t, slices.Compact(revisions), 3000)
	}
}

func TestReadLogFromAServerThatStops(t *testing.T) {
	c, ctx := newCluster(t, 1), testContext(t)
	s := c.connect(Config{CallTimeout: 100 * time.Millisecond}, 0)
	_, _, err := s.Append(ctx, "sourceRequest-1", domain.Version{}, comments(0, 20))
	require.NoError(t, err)
	before := runtime.NumGoroutine()
	c.onAnswer(func(ctx context.Context, m proto.Message) (proto.Message, error) {
		if e := m.(*streams.ReadResp).GetEvent(); e.GetEvent().GetStreamRevision() == 10 {
			return delay(ctx, m, patience)
		}
		return m, nil
	})
	for _, read := range []func(context.Context, domain.Position, EachOfLog) error{s.ReadBackwards, s.ReadForwards} {
		n := 0
		err := read(ctx, 0, func(domain.Recorded, time.Time) error { n++; return nil })
		require.Equal(t, domain.CodeUnavailable, domain.ErrorCode(err), "%v", err)
		require.Positive(t, n)

		short, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
		err = read(short, 0, func(domain.Recorded, time.Time) error { return nil })
		cancel()
		require.Equal(t, domain.CodeTimeout, domain.ErrorCode(err), "%v", err)
	}
	requireGoroutines(t, before+10)
}
