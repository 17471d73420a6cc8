package embedded_test

import (
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"

	"backlot/eventstore/embedded"
	"backlot/eventstore/embedded/internal/engine"
)

// populateHidden appends to a stream that stays, and to one that it deletes.
func populateHidden(t testing.TB, c *esdb.Client) {
	t.Helper()
	appendTo(t, c, "kept", esdb.Any{}, eventsNamed("k1", "k2")...)
	appendTo(t, c, "deleted", esdb.Any{}, eventsNamed("d1", "d2")...)
	appendTo(t, c, "kept", esdb.Any{}, event("k3"))
	_, err := c.DeleteStream(testContext(t), "deleted", esdb.DeleteStreamOptions{ExpectedRevision: esdb.Any{}})
	require.NoError(t, err)
}

func TestScavengeLeavesGapsInTheLog(t *testing.T) {
	s := openServer(t, embedded.Options{})
	c := connect(t, s)
	populateHidden(t, c)
	before := readAll(t, c, esdb.ReadAllOptions{From: esdb.Start{}}, all)
	require.Equal(t, "k1 k2 d1 d2 k3 $metadata", types(before))
	report, err := s.Scavenge(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 2, report.Events)

	after := readAll(t, c, esdb.ReadAllOptions{From: esdb.Start{}}, all)
	require.Equal(t, "k1 k2 k3 $metadata", types(after))
	require.Equal(t, before[4].Position, after[2].Position)
	require.Equal(t, "k2 k1", types(readAll(t, c, esdb.ReadAllOptions{From: before[3].Position, Direction: esdb.Backwards}, all)))
	require.Equal(t, "k3 $metadata", types(readAll(t, c, esdb.ReadAllOptions{From: before[3].Position}, all)))
	requireNotFound(t, c, "deleted")
	result := appendTo(t, c, "deleted", esdb.Revision(1), event("d3"))
	require.EqualValues(t, 2, result.NextExpectedVersion)
	require.Equal(t, "d3", types(readStream(t, c, "deleted", esdb.ReadStreamOptions{From: esdb.Start{}}, all)))
}

// TestSubscriptionsGoOnFromARemovedPosition: whoever stood there, or reads the
// log's end that is no longer there, gets what comes next.
func TestSubscriptionsGoOnFromARemovedPosition(t *testing.T) {
	s := openServer(t, embedded.WithEngine(embedded.Options{}, engine.Options{TailEvents: 3}))
	c := connect(t, s)
	populateHidden(t, c)
	removed := readAll(t, c, esdb.ReadAllOptions{From: esdb.Start{}}, all)[2].Position
	setMetadata(t, c, "hidden", `{"$tb":100}`)
	appendTo(t, c, "hidden", esdb.Any{}, eventsNamed("h1", "h2")...)
	caughtUp, err := c.SubscribeToAll(testContext(t), esdb.SubscribeToAllOptions{From: esdb.End{}})
	require.NoError(t, err)
	defer caughtUp.Close()
	report, err := s.Scavenge(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 4, report.Events)

	behind, err := c.SubscribeToAll(testContext(t), esdb.SubscribeToAllOptions{From: removed})
	require.NoError(t, err)
	defer behind.Close()
	filtered, err := c.SubscribeToAll(testContext(t), esdb.SubscribeToAllOptions{From: removed, Filter: esdb.ExcludeSystemEventsFilter()})
	require.NoError(t, err)
	defer filtered.Close()
	require.Equal(t, []string{"k3", "$metadata", "$metadata"}, received(t, behind, 3))
	appendTo(t, c, "kept", esdb.Any{}, event("k4"))
	require.Equal(t, []string{"k4"}, received(t, behind, 1))
	require.Equal(t, []string{"k4"}, received(t, caughtUp, 1))
	require.Equal(t, []string{"k3", "k4"}, received(t, filtered, 2))
}

func received(t testing.TB, subscription *esdb.Subscription, n int) (types []string) {
	t.Helper()
	for len(types) < n {
		e := subscription.Recv()
		if e.SubscriptionDropped != nil {
			require.NoError(t, e.SubscriptionDropped.Error)
		}
		if e.EventAppeared != nil {
			types = append(types, e.EventAppeared.OriginalEvent().EventType)
		}
	}
	return types
}

func TestScavengesInTheBackground(t *testing.T) {
	for _, scavenger := range []struct {
		every time.Duration
		runs  int64
	}{
		{every: time.Hour, runs: 2}, // at the start, and when asked for
		{every: 0, runs: 1},
		{every: time.Millisecond, runs: 3},
	} {
		s := openServer(t, embedded.Options{ScavengeEvery: scavenger.every})
		c := connect(t, s)
		if scavenger.every > 0 {
			require.Eventually(t, func() bool { runs, _ := s.Scavenged(); return runs > 0 }, patience, time.Millisecond)
		}
		populateHidden(t, c)
		s.ScavengeSoon()
		require.Eventually(t, func() bool {
			runs, events := s.Scavenged()
			return runs >= scavenger.runs && events == 2
		}, patience, time.Millisecond)
		require.NoError(t, s.Close())
		_, err := s.Scavenge(t.Context())
		require.ErrorIs(t, err, engine.ErrClosed)
	}
}

func TestScavengeOfAStoppedStore(t *testing.T) {
	o := embedded.Options{Dir: t.TempDir()}
	s := openServer(t, o)
	populateHidden(t, connect(t, s))
	_, err := embedded.Scavenge(t.Context(), o)
	require.ErrorIs(t, err, embedded.ErrInUse)
	require.NoError(t, s.Close())
	report, err := embedded.Scavenge(t.Context(), o)
	require.NoError(t, err)
	require.EqualValues(t, 2, report.Events)
	require.Positive(t, report.BytesAfter)
	require.Equal(t, "k1 k2 k3 $metadata", types(readAll(t, connect(t, openServer(t, o)), esdb.ReadAllOptions{From: esdb.Start{}}, all)))
}
