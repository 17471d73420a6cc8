package embedded_test

import (
	"fmt"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"backlot/eventstore/embedded"
)

func TestFilter(t *testing.T) {
	c := newClient(t)
	for _, e := range [][2]string{
		{"order-1", "Opened"}, {"order-2", "Opened"}, {"person-1", "Named"}, {"order-1", "Closed"}, {"person-1", "$odd"}, {"order-12", "ReOpened"},
	} {
		appendTo(t, c, e[0], esdb.Any{}, event(e[1]))
	}
	setMetadata(t, c, "order-1", `{}`)
	for name, test := range map[string]struct {
		filter *esdb.SubscriptionFilter
		want   []string
	}{
		"no system events":   {esdb.ExcludeSystemEventsFilter(), []string{"Opened", "Opened", "Named", "Closed", "ReOpened"}},
		"type prefix":        {&esdb.SubscriptionFilter{Type: esdb.EventFilterType, Prefixes: []string{"Op"}}, []string{"Opened", "Opened"}},
		"type prefixes":      {&esdb.SubscriptionFilter{Type: esdb.EventFilterType, Prefixes: []string{"Op", "Cl"}}, []string{"Opened", "Opened", "Closed"}},
		"type regex":         {&esdb.SubscriptionFilter{Type: esdb.EventFilterType, Regex: "pened$"}, []string{"Opened", "Opened", "ReOpened"}},
		"stream prefix":      {&esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: []string{"order-1"}}, []string{"Opened", "Closed", "ReOpened"}},
		"stream regex":       {&esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Regex: `^order-\d$`}, []string{"Opened", "Opened", "Closed"}},
		"metadata by stream": {&esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: []string{"$$"}}, []string{"$metadata"}},
	} {
		t.Run(name, func(t *testing.T) {
			// A window so large that the only checkpoint can be the last.
			sub := subscribeAll(t, c, esdb.SubscribeToAllOptions{From: esdb.Start{}, Filter: test.filter, MaxSearchWindow: 1000})
			for {
				got := sub.Recv()
				if got.CheckPointReached != nil {
					continue
				}
				if len(test.want) == 0 {
					require.Equal(t, "CAUGHT-UP", describe(got))
					return
				}
				require.Equal(t, test.want[0], describe(got))
				test.want = test.want[1:]
			}
		})
	}
}

func TestFilterGoesOnLive(t *testing.T) {
	c := newClient(t)
	sub := subscribeAll(t, c, esdb.SubscribeToAllOptions{
		From: esdb.Start{}, MaxSearchWindow: 1000, Filter: &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: []string{"a"}},
	})
	expect(t, sub, "CAUGHT-UP")
	appendTo(t, c, "b", esdb.Any{}, event("no"))
	appendTo(t, c, "a", esdb.Any{}, event("yes"))
	expect(t, sub, "yes")
}

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

func TestFilteredRead(t *testing.T) {
	s := openServer(t, embedded.Options{})
	c := connect(t, s)
	for i := range 50 {
		appendTo(t, c, fmt.Sprintf("s-%d", i%5), esdb.Any{}, event(fmt.Sprint(i)))
	}
	raw := streams.NewStreamsClient(dial(t, s))
	messages, err := rawRead(t, raw, &streams.ReadReq_Options{
		CountOption: &streams.ReadReq_Options_Count{Count: 3},
		FilterOption: &streams.ReadReq_Options_Filter{Filter: &streams.ReadReq_Options_FilterOptions{
			Filter: &streams.ReadReq_Options_FilterOptions_StreamIdentifier{
				StreamIdentifier: &streams.ReadReq_Options_FilterOptions_Expression{Prefix: []string{"s-3"}},
			},
			Window:                       &streams.ReadReq_Options_FilterOptions_Max{Max: 32},
			CheckpointIntervalMultiplier: 1,
		}},
	})
	require.NoError(t, err)
	var got []string
	for _, e := range eventsIn(messages) {
		got = append(got, e.GetMetadata()["type"])
	}
	require.Equal(t, []string{"3", "8", "13"}, got)
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
