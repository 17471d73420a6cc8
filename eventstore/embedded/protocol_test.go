package embedded_test

import (
	"strings"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/gossip"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"backlot/eventstore/embedded"
)

func TestGossip(t *testing.T) {
	s := openServer(t, embedded.Options{Listen: "127.0.0.1:0"})
	conn, err := grpc.NewClient(s.Addr(), grpc.WithTransportCredentials(insecureCredentials))
	require.NoError(t, err)
	defer conn.Close()
	info, err := gossip.NewGossipClient(conn).Read(testContext(t), &shared.Empty{})
	require.NoError(t, err)
	require.Len(t, info.GetMembers(), 1)
	member := info.GetMembers()[0]
	require.Equal(t, gossip.MemberInfo_Leader, member.GetState())
	require.True(t, member.GetIsAlive())
	require.Equal(t, s.Addr(), member.GetHttpEndPoint().GetAddress()+":"+portOf(s.Addr()))

	// A client that was told to discover a cluster finds the one node.
	config, err := esdb.ParseConnectionString("esdb+discover://" + s.Addr() + "?tls=false")
	require.NoError(t, err)
	config.Logger = esdb.NoopLogging()
	c, err := esdb.NewClient(config)
	require.NoError(t, err)
	defer c.Close()
	appendTo(t, c, "s", esdb.Any{}, event("e"))
}

func portOf(address string) string { return address[strings.LastIndex(address, ":")+1:] }

func TestUnimplementedSaysWhatToDoInstead(t *testing.T) {
	conn := dial(t, openServer(t, embedded.Options{}))
	for method, sentence := range map[string]string{
		"/event_store.client.persistent_subscriptions.PersistentSubscriptions/Create": "keep the position yourself",
		"/event_store.client.projections.Projections/Create":                          "subscribe to $all with a filter",
	} {
		err := conn.Invoke(testContext(t), method, &shared.Empty{}, &shared.Empty{})
		require.Equal(t, codes.Unimplemented, status.Code(err))
		require.ErrorContains(t, err, sentence)
	}
}

func TestMalformedRequests(t *testing.T) {
	s := openServer(t, embedded.Options{})
	raw := streams.NewStreamsClient(dial(t, s))
	event := proposedEvent(stringUUID(uuid.New()), jsonMetadata)
	for name, requests := range map[string][]*streams.AppendReq{
		"nothing":          {},
		"no options":       {event},
		"no expectation":   {appendOptions("s", nil), event},
		"options twice":    {appendOptions("s", "any"), appendOptions("s", "any")},
		"no id":            {appendOptions("s", "any"), proposedEvent(nil, jsonMetadata)},
		"bad id":           {appendOptions("s", "any"), proposedEvent(&shared.UUID{Value: &shared.UUID_String_{String_: "x"}}, jsonMetadata)},
		"no type":          {appendOptions("s", "any"), proposedEvent(stringUUID(uuid.New()), map[string]string{"content-type": "application/json"})},
		"no content type":  {appendOptions("s", "any"), proposedEvent(stringUUID(uuid.New()), map[string]string{"type": "x"})},
		"revision too big": {appendOptions("s", -1), event},
	} {
		_, err := rawAppend(t, raw, requests...)
		require.Equal(t, codes.InvalidArgument, status.Code(err), "%s: %v", name, err)
	}
	for name, o := range map[string]*streams.ReadReq_Options{
		"backwards subscription": {CountOption: &streams.ReadReq_Options_Subscription{}, ReadDirection: streams.ReadReq_Options_Backwards},
		"no name":                {StreamOption: ofStream("")},
		"filtered stream": {StreamOption: ofStream("s"), FilterOption: &streams.ReadReq_Options_Filter{
			Filter: &streams.ReadReq_Options_FilterOptions{},
		}},
		"empty filter": {FilterOption: &streams.ReadReq_Options_Filter{Filter: &streams.ReadReq_Options_FilterOptions{}}},
	} {
		_, err := rawRead(t, raw, o)
		require.Equal(t, codes.InvalidArgument, status.Code(err), "%s: %v", name, err)
	}
	_, err := raw.Delete(testContext(t), &streams.DeleteReq{})
	require.Equal(t, codes.InvalidArgument, status.Code(err))
	_, err = raw.Tombstone(testContext(t), &streams.TombstoneReq{Options: &streams.TombstoneReq_Options{StreamIdentifier: identifier("$$s")}})
	require.Equal(t, codes.InvalidArgument, status.Code(err))
}
