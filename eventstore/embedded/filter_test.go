package embedded_test

import (
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func TestCheckpoints(t *testing.T) {
	c := newClient(t)
	appendTo(t, c, "a", esdb.Any{}, event("match"))
	appendTo(t, c, "b", esdb.Any{}, numbered(10)...)
	everything := readAll(t, c, esdb.ReadAllOptions{}, all)
	o := esdb.SubscribeToAllOptions{
		From: esdb.Start{}, MaxSearchWindow: 2, CheckpointInterval: 2, // every 4 events considered
		Filter: &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: []string{"a"}},
	}
	sub := subscribeAll(t, c, o)
	expect(t, sub, "match")
	require.Equal(t, everything[3].Position, *expect(t, sub, "CHECKPOINT").CheckPointReached)
	require.Equal(t, everything[7].Position, *expect(t, sub, "CHECKPOINT").CheckPointReached)
	// On catching up it says how far it came, though the interval is not over.
	last := *expect(t, sub, "CHECKPOINT").CheckPointReached
	require.Equal(t, everything[10].Position, last)
	expect(t, sub, "CAUGHT-UP")

	// Live, the count goes on; who starts at a checkpoint misses nothing and
	// gets nothing twice.
	appendTo(t, c, "b", esdb.Any{}, numbered(3)...)
	appendTo(t, c, "a", esdb.Any{}, event("live"))
	expect(t, sub, "live", "CHECKPOINT")
	appendTo(t, c, "b", esdb.Any{}, event("other"))

	o.From = last
	resumed := subscribeAll(t, c, o)
	expect(t, resumed, "live", "CHECKPOINT", "CHECKPOINT", "CAUGHT-UP")
}

func TestNoCheckpointRightAfterAnEvent(t *testing.T) {
	c := newClient(t)
	appendTo(t, c, "a", esdb.Any{}, numbered(2)...)
	sub := subscribeAll(t, c, esdb.SubscribeToAllOptions{From: esdb.Start{}, Filter: esdb.ExcludeSystemEventsFilter()})
	expect(t, sub, "0", "1", "CAUGHT-UP")
	// Unfiltered subscriptions have none at all.
	setMetadata(t, c, "a", `{}`)
	expect(t, subscribeAll(t, c, esdb.SubscribeToAllOptions{From: esdb.Start{}}), "0", "1", "$metadata", "CAUGHT-UP")
}

func TestWindowWithoutLimit(t *testing.T) {
	c := newClient(t)
	appendTo(t, c, "b", esdb.Any{}, numbered(40)...)
	sub := subscribeAll(t, c, esdb.SubscribeToAllOptions{
		From: esdb.Start{}, MaxSearchWindow: esdb.NoMaxSearchWindow,
		Filter: &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: []string{"a"}},
	})
	expect(t, sub, "CHECKPOINT", "CHECKPOINT", "CAUGHT-UP")
}

func TestBadFiltersAreRefused(t *testing.T) {
	c := newClient(t)
	for _, regex := range []string{"(", `^(?!\$)`} {
		_, err := c.SubscribeToAll(testContext(t), esdb.SubscribeToAllOptions{
			From: esdb.Start{}, Filter: &esdb.SubscriptionFilter{Type: esdb.EventFilterType, Regex: regex},
		})
		var esdbErr *esdb.Error
		require.ErrorAs(t, err, &esdbErr)
		require.Equal(t, codes.InvalidArgument, status.Code(esdbErr.Err()))
		require.ErrorContains(t, err, "regular expression")
	}
}
