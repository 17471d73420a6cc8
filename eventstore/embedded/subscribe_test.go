package embedded_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"backlot/eventstore/embedded"
	"backlot/eventstore/embedded/internal/engine"
)

func subscribeAll(t testing.TB, c *esdb.Client, o esdb.SubscribeToAllOptions) *esdb.Subscription {
	t.Helper()
	sub, err := c.SubscribeToAll(testContext(t), o)
	require.NoError(t, err)
	t.Cleanup(func() { _ = sub.Close() })
	return sub
}

func subscribeStream(t testing.TB, c *esdb.Client, stream string, from esdb.StreamPosition) *esdb.Subscription {
	t.Helper()
	sub, err := c.SubscribeToStream(testContext(t), stream, esdb.SubscribeToStreamOptions{From: from})
	require.NoError(t, err)
	t.Cleanup(func() { _ = sub.Close() })
	return sub
}

// expect receives messages and compares: event types, CAUGHT-UP, BEHIND and
// CHECKPOINT.
func expect(t testing.TB, sub *esdb.Subscription, want ...string) (last *esdb.SubscriptionEvent) {
	t.Helper()
	for i, w := range want {
		last = sub.Recv()
		require.Equal(t, w, describe(last), "message %d", i)
	}
	return last
}

func describe(e *esdb.SubscriptionEvent) string {
	switch {
	case e.EventAppeared != nil:
		return e.EventAppeared.OriginalEvent().EventType
	case e.CaughtUp != nil:
		return "CAUGHT-UP"
	case e.FellBehind != nil:
		return "BEHIND"
	case e.CheckPointReached != nil:
		return "CHECKPOINT"
	default:
		return fmt.Sprintf("DROPPED: %v", e.SubscriptionDropped.Error)
	}
}

// TestSubscribeAfterARestart finds nothing in memory.
func TestSubscribeAfterARestart(t *testing.T) {
	dir := t.TempDir()
	s, err := embedded.Open(testContext(t), embedded.Options{Dir: dir})
	require.NoError(t, err)
	var written []*esdb.WriteResult
	for i, e := range numbered(3) {
		written = append(written, appendTo(t, connect(t, s), fmt.Sprintf("s-%d", i), esdb.Any{}, e))
	}
	require.NoError(t, s.Close())
	c := connect(t, openServer(t, embedded.Options{Dir: dir}))

	fromStart := subscribeAll(t, c, esdb.SubscribeToAllOptions{From: esdb.Start{}})
	expect(t, fromStart, "0", "1", "2", "CAUGHT-UP")
	fromEnd := subscribeAll(t, c, esdb.SubscribeToAllOptions{})
	expect(t, fromEnd, "CAUGHT-UP")
	after := subscribeAll(t, c, esdb.SubscribeToAllOptions{From: esdb.Position{Commit: written[1].CommitPosition, Prepare: written[1].PreparePosition}})
	expect(t, after, "2", "CAUGHT-UP")
	ofStream := subscribeStream(t, c, "s-1", esdb.Start{})
	expect(t, ofStream, "1", "CAUGHT-UP")
	appendTo(t, c, "s-1", esdb.Any{}, eventsNamed("live", "live too")...)
	for _, sub := range []*esdb.Subscription{fromStart, fromEnd, after, ofStream} {
		expect(t, sub, "live", "live too")
	}
}

func TestWhoWaitsForAStreamIsCaughtUp(t *testing.T) {
	c := newClient(t)
	sub := subscribeStream(t, c, "s", esdb.Start{})
	expect(t, sub, "CAUGHT-UP")
	appendTo(t, c, "s", esdb.NoStream{}, event("e"))
	expect(t, sub, "e")
}

func TestSlowSubscriberFallsBackToTheStore(t *testing.T) {
	c := connect(t, openServer(t, embedded.WithEngine(embedded.Options{}, engine.Options{TailEvents: 4})))
	ofAll := subscribeAll(t, c, esdb.SubscribeToAllOptions{From: esdb.Start{}})
	ofStream := subscribeStream(t, c, "s", esdb.Start{})
	expect(t, ofAll, "CAUGHT-UP")
	expect(t, ofStream, "CAUGHT-UP")

	// More than flow control lets through while nobody receives.
	const n = 200
	for i := range n {
		e := esdb.EventData{EventID: uuid.New(), EventType: fmt.Sprint(i), ContentType: esdb.ContentTypeBinary, Data: make([]byte, 50_000)}
		_, err := c.AppendToStream(context.Background(), "s", esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, e)
		require.NoError(t, err)
	}
	for _, sub := range []*esdb.Subscription{ofAll, ofStream} {
		behind := false
		for i := 0; i < n; {
			e := sub.Recv()
			behind = behind || e.FellBehind != nil
			if e.EventAppeared != nil {
				require.Equal(t, fmt.Sprint(i), describe(e))
				i++
			}
			require.Nil(t, e.SubscriptionDropped)
		}
		require.True(t, behind)
		expect(t, sub, "CAUGHT-UP")
	}
	appendTo(t, c, "s", esdb.Any{}, event("live"))
	expect(t, ofAll, "live")
	expect(t, ofStream, "live")
}
