package conformance

import (
	"strings"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/gossip"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

var protocolCases = []testCase{
	{"server/says its version and methods", protoFeatures, serverFeatures},
	{"server/gossips about a leader that is alive", "protocol: gossip.proto", gossips},
	{"server/an event without type is refused with trailers", serverErrors, missingType},
	{"server/what it does not offer is Unimplemented, with a sentence", grpcStatus, whatIsNotOffered},
}

func serverFeatures(s *session) {
	version, err := s.client.GetServerVersion()
	require.NoError(s, err)
	require.GreaterOrEqual(s, version.Major, 20)

	features, err := serverfeatures.NewServerFeaturesClient(s.conn).GetSupportedMethods(s.context(), &shared.Empty{})
	require.NoError(s, err)
	methods := make(map[string][]string)
	for _, m := range features.GetMethods() {
		// Clients compare in lower case.
		methods[m.GetServiceName()+"/"+m.GetMethodName()] = m.GetFeatures()
	}
	for _, method := range []string{"read", "append", "batchappend", "delete", "tombstone"} {
		require.Contains(s, methods, "event_store.client.streams.streams/"+method)
	}
	require.Contains(s, methods["event_store.client.streams.streams/batchappend"], "deadline_duration")
}

func gossips(s *session) {
	info, err := gossip.NewGossipClient(s.conn).Read(s.context(), &shared.Empty{})
	require.NoError(s, err)
	leaders := 0
	for _, m := range info.GetMembers() {
		if m.GetState() == gossip.MemberInfo_Leader && m.GetIsAlive() {
			leaders++
			require.NotEmpty(s, m.GetHttpEndPoint().GetAddress())
			require.NotZero(s, m.GetHttpEndPoint().GetPort())
		}
	}
	require.Equal(s, 1, leaders)
}

func missingType(s *session) {
	var trailer metadata.MD
	writing, err := s.streams.Append(s.context(), grpc.Trailer(&trailer))
	require.NoError(s, err)
	require.NoError(s, writing.Send(&streams.AppendReq{Content: &streams.AppendReq_Options_{Options: &streams.AppendReq_Options{
		StreamIdentifier:       identifier(s.stream("s")),
		ExpectedStreamRevision: &streams.AppendReq_Options_Any{Any: &shared.Empty{}},
	}}}))
	require.NoError(s, writing.Send(&streams.AppendReq{Content: &streams.AppendReq_ProposedMessage_{
		ProposedMessage: &streams.AppendReq_ProposedMessage{Id: stringUUID(uuid.New()), Metadata: map[string]string{"content-type": "application/json"}},
	}}))
	_, err = writing.CloseAndRecv()
	require.Equal(s, codes.InvalidArgument, status.Code(err), "%v", err)
	require.Equal(s, []string{"missing-required-metadata-property"}, trailer.Get("exception"))
	s.requireNotFound(s.stream("s"))
}

func whatIsNotOffered(s *session) {
	stream := s.stream("s")
	if s.features.Complete {
		require.NoError(s, s.client.CreatePersistentSubscription(s.context(), stream, "group", esdb.PersistentStreamSubscriptionOptions{}))
		require.NoError(s, s.client.DeletePersistentSubscription(s.context(), stream, "group", esdb.DeletePersistentSubscriptionOptions{}))
		return
	}
	err := s.client.CreatePersistentSubscription(s.context(), stream, "group", esdb.PersistentStreamSubscriptionOptions{})
	s.requireCode(esdb.ErrorCodeUnsupportedFeature, err)
	for _, method := range []string{
		"/event_store.client.persistent_subscriptions.PersistentSubscriptions/Create",
		"/event_store.client.projections.Projections/Create",
		"/event_store.client.operations.Operations/StartScavenge",
		"/event_store.client.streams.Streams/Nonsense",
	} {
		err := s.conn.Invoke(s.context(), method, &shared.Empty{}, &shared.Empty{})
		require.Equal(s, codes.Unimplemented, status.Code(err), "%s: %v", method, err)
		sentence := status.Convert(err).Message()
		require.Contains(s, sentence, method)
		require.Greater(s, strings.Count(sentence, " "), 3, sentence)
		require.True(s, strings.HasSuffix(sentence, "."), sentence)
	}
}
