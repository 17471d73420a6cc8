package embedded_test

import (
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/emptypb"

	"backlot/eventstore/embedded"
)

func openBatchAppend(t testing.TB, s *embedded.Server) streams.Streams_BatchAppendClient {
	t.Helper()
	stream, err := streams.NewStreamsClient(dial(t, s)).BatchAppend(testContext(t))
	require.NoError(t, err)
	return stream
}

func batchOf(id *shared.UUID, o *streams.BatchAppendReq_Options, final bool, types ...string) *streams.BatchAppendReq {
	r := &streams.BatchAppendReq{CorrelationId: id, Options: o, IsFinal: final}
	for _, typ := range types {
		r.ProposedMessages = append(r.ProposedMessages, &streams.BatchAppendReq_ProposedMessage{
			Id:       stringUUID(uuid.New()),
			Metadata: map[string]string{"type": typ, "content-type": "application/json"},
			Data:     []byte("{}"),
		})
	}
	return r
}

func batchAny(stream string) *streams.BatchAppendReq_Options {
	return &streams.BatchAppendReq_Options{
		StreamIdentifier:       identifier(stream),
		ExpectedStreamPosition: &streams.BatchAppendReq_Options_Any{Any: &emptypb.Empty{}},
		DeadlineOption:         &streams.BatchAppendReq_Options_Deadline{Deadline: durationpb.New(time.Minute)},
	}
}

func TestIncompleteBatchesAreRefused(t *testing.T) {
	s := openServer(t, embedded.Options{})
	batches := openBatchAppend(t, s)
	incomplete := batchOf(stringUUID(uuid.New()), batchAny("s"), true, "x")
	delete(incomplete.ProposedMessages[0].Metadata, "content-type")
	noExpectation := batchAny("s")
	noExpectation.ExpectedStreamPosition = nil
	for sentence, request := range map[string]*streams.BatchAppendReq{
		"Required Metadata Property 'content-type' is missing.": incomplete,
		"A batch starts with its options.":                      batchOf(stringUUID(uuid.New()), nil, true, "x"),
		"An expected revision is required.":                     batchOf(stringUUID(uuid.New()), noExpectation, true, "x"),
	} {
		require.NoError(t, batches.Send(request))
		r, err := batches.Recv()
		require.NoError(t, err)
		require.EqualValues(t, codes.InvalidArgument, r.GetError().GetCode())
		require.Len(t, r.GetError().GetDetails(), 1)
		got, err := r.GetError().GetDetails()[0].UnmarshalNew()
		require.NoError(t, err)
		require.True(t, proto.Equal(&shared.BadRequest{Message: sentence}, got), "%v", got)
	}
	require.NoError(t, batches.Send(batchOf(stringUUID(uuid.New()), batchAny("s"), true, "fine")))
	r, err := batches.Recv()
	require.NoError(t, err)
	require.NotNil(t, r.GetSuccess())
	require.NotNil(t, r.GetAny(), "the expectation comes back")
}
