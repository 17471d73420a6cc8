package embedded_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
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

func batchExact(stream string, revision uint64) *streams.BatchAppendReq_Options {
	return &streams.BatchAppendReq_Options{
		StreamIdentifier:       identifier(stream),
		ExpectedStreamPosition: &streams.BatchAppendReq_Options_StreamPosition{StreamPosition: revision},
	}
}

func TestBatchAppend(t *testing.T) {
	s := openServer(t, embedded.Options{})
	c := connect(t, s)
	batches := openBatchAppend(t, s)

	// Two batches in pieces, interleaved; ids of either form come back as sent.
	a, b := stringUUID(uuid.New()), &shared.UUID{Value: &shared.UUID_Structured_{
		Structured: &shared.UUID_Structured{MostSignificantBits: -1, LeastSignificantBits: 7},
	}}
	require.NoError(t, batches.Send(batchOf(a, batchAny("a"), false, "a0")))
	require.NoError(t, batches.Send(batchOf(b, batchAny("b"), false, "b0")))
	require.NoError(t, batches.Send(batchOf(a, nil, false, "a1", "a2")))
	require.NoError(t, batches.Send(batchOf(b, nil, true, "b1")))
	require.NoError(t, batches.Send(batchOf(a, nil, true)))

	first, err := batches.Recv()
	require.NoError(t, err)
	require.True(t, proto.Equal(b, first.GetCorrelationId()))
	require.EqualValues(t, 1, first.GetSuccess().GetCurrentRevision())
	require.Equal(t, "b", string(first.GetStreamIdentifier().GetStreamName()))
	require.NotNil(t, first.GetAny())
	second, err := batches.Recv()
	require.NoError(t, err)
	require.True(t, proto.Equal(a, second.GetCorrelationId()))
	require.EqualValues(t, 2, second.GetSuccess().GetCurrentRevision())

	events := readAll(t, c, esdb.ReadAllOptions{}, all)
	require.Equal(t, "b0 b1 a0 a1 a2", types(events))
	require.Equal(t, events[4].Position.Commit, second.GetSuccess().GetPosition().GetCommitPosition())
}

// TestBatchesAreDecidedInOrder pipelines batches that each expect the one
// before.
func TestBatchesAreDecidedInOrder(t *testing.T) {
	s := openServer(t, embedded.Options{})
	batches := openBatchAppend(t, s)
	const n = 500
	sent := make(chan error, 1)
	go func() {
		defer close(sent)
		for i := range n {
			o := batchAny("s")
			if i > 0 {
				o = batchExact("s", uint64(i-1))
			}
			if err := batches.Send(batchOf(stringUUID(uuid.New()), o, true, fmt.Sprint(i))); err != nil {
				sent <- err
				return
			}
		}
	}()
	for i := range n {
		r, err := batches.Recv()
		require.NoError(t, err)
		require.EqualValues(t, i, r.GetSuccess().GetCurrentRevision(), "%v", r)
	}
	require.NoError(t, <-sent)
}

func TestBatchErrors(t *testing.T) {
	s := openServer(t, embedded.Options{MaxAppendSize: 1000})
	c := connect(t, s)
	appendTo(t, c, "s", esdb.Any{}, numbered(2)...)
	appendTo(t, c, "gone", esdb.Any{}, event("e"))
	tombstone(t, c, "gone", esdb.Any{})
	batches := openBatchAppend(t, s)

	large := batchOf(stringUUID(uuid.New()), batchAny("s"), true, "large")
	large.ProposedMessages[0].Data = make([]byte, 2000)
	incomplete := batchOf(stringUUID(uuid.New()), batchAny("s"), true, "x")
	delete(incomplete.ProposedMessages[0].Metadata, "content-type")
	late := batchAny("late")
	late.DeadlineOption = &streams.BatchAppendReq_Options_Deadline{Deadline: durationpb.New(-time.Second)}
	noStream := batchAny("s")
	noStream.ExpectedStreamPosition = &streams.BatchAppendReq_Options_NoStream{NoStream: &emptypb.Empty{}}

	for name, test := range map[string]struct {
		request *streams.BatchAppendReq
		code    codes.Code
		detail  proto.Message
	}{
		"exact": {batchOf(stringUUID(uuid.New()), batchExact("s", 9), true, "x"), codes.FailedPrecondition, &shared.WrongExpectedVersion{
			CurrentStreamRevisionOption:  &shared.WrongExpectedVersion_CurrentStreamRevision{CurrentStreamRevision: 1},
			ExpectedStreamPositionOption: &shared.WrongExpectedVersion_ExpectedStreamPosition{ExpectedStreamPosition: 9},
		}},
		"no stream": {batchOf(stringUUID(uuid.New()), noStream, true, "x"), codes.FailedPrecondition, &shared.WrongExpectedVersion{
			CurrentStreamRevisionOption:  &shared.WrongExpectedVersion_CurrentStreamRevision{CurrentStreamRevision: 1},
			ExpectedStreamPositionOption: &shared.WrongExpectedVersion_ExpectedNoStream{ExpectedNoStream: &emptypb.Empty{}},
		}},
		"missing": {batchOf(stringUUID(uuid.New()), batchExact("missing", 0), true, "x"), codes.FailedPrecondition, &shared.WrongExpectedVersion{
			CurrentStreamRevisionOption:  &shared.WrongExpectedVersion_CurrentNoStream{CurrentNoStream: &emptypb.Empty{}},
			ExpectedStreamPositionOption: &shared.WrongExpectedVersion_ExpectedStreamPosition{ExpectedStreamPosition: 0},
		}},
		"tombstoned":   {batchOf(stringUUID(uuid.New()), batchAny("gone"), true, "x"), codes.NotFound, &shared.StreamDeleted{StreamIdentifier: identifier("gone")}},
		"too large":    {large, codes.InvalidArgument, &shared.MaximumAppendSizeExceeded{MaxAppendSize: 1000}},
		"incomplete":   {incomplete, codes.InvalidArgument, &shared.BadRequest{Message: "Required Metadata Property 'content-type' is missing."}},
		"past its due": {batchOf(stringUUID(uuid.New()), late, true, "x"), codes.DeadlineExceeded, &shared.Timeout{}},
	} {
		require.NoError(t, batches.Send(test.request))
		r, err := batches.Recv()
		require.NoError(t, err)
		require.EqualValues(t, test.code, r.GetError().GetCode(), name)
		require.Len(t, r.GetError().GetDetails(), 1)
		got, err := r.GetError().GetDetails()[0].UnmarshalNew()
		require.NoError(t, err)
		require.True(t, proto.Equal(test.detail, got), "%s: %v", name, got)
	}
	// The call goes on after all that.
	require.NoError(t, batches.Send(batchOf(stringUUID(uuid.New()), batchExact("s", 1), true, "fine")))
	r, err := batches.Recv()
	require.NoError(t, err)
	require.NotNil(t, r.GetSuccess())
	require.NoError(t, batches.CloseSend())
	require.Equal(t, "0 1 fine", types(readStream(t, c, "s", esdb.ReadStreamOptions{}, all)))
}
