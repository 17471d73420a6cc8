package conformance

import (
	"fmt"
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
	"google.golang.org/protobuf/types/known/timestamppb"
)

// The Go client has no batch append; other official clients write by nothing
// else.
var batchCases = []testCase{
	{"batch append/in pieces, interleaved, ids of either form", protoStreams + ", BatchAppendReq", batchesInPieces},
	{"batch append/each expects the one before", serverBatch, batchesInOrder},
	{"batch append/what goes wrong is the only detail of a status", serverBatch, batchErrors},
	{"batch append/is idempotent", docsIdempotency, repeatedBatch},
}

func (s *session) openBatches() streams.Streams_BatchAppendClient {
	s.Helper()
	batches, err := s.streams.BatchAppend(s.context())
	require.NoError(s, err)
	s.Cleanup(func() { _ = batches.CloseSend() })
	return batches
}

// to makes options that expect anything of a stream.
func (s *session) to(stream string) *streams.BatchAppendReq_Options {
	return &streams.BatchAppendReq_Options{
		StreamIdentifier:       identifier(s.stream(stream)),
		ExpectedStreamPosition: &streams.BatchAppendReq_Options_Any{Any: &emptypb.Empty{}},
		DeadlineOption:         &streams.BatchAppendReq_Options_Deadline{Deadline: durationpb.New(time.Minute)},
	}
}

func (s *session) toExactly(stream string, revision uint64) *streams.BatchAppendReq_Options {
	o := s.to(stream)
	o.ExpectedStreamPosition = &streams.BatchAppendReq_Options_StreamPosition{StreamPosition: revision}
	return o
}

func batch(id *shared.UUID, o *streams.BatchAppendReq_Options, final bool, types ...string) *streams.BatchAppendReq {
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

func batchesInPieces(s *session) {
	batches := s.openBatches()
	a, b := stringUUID(uuid.New()), structuredUUID(uuid.New())
	for _, r := range []*streams.BatchAppendReq{
		batch(a, s.to("a"), false, "a0"),
		batch(b, s.to("b"), false, "b0"),
		batch(a, nil, false, "a1", "a2"),
		batch(b, nil, true, "b1"),
		batch(a, nil, true),
	} {
		require.NoError(s, batches.Send(r))
	}
	answers := make(map[string]*streams.BatchAppendResp)
	for range 2 {
		r, err := batches.Recv()
		require.NoError(s, err)
		answers[string(r.GetStreamIdentifier().GetStreamName())] = r
	}
	for name, want := range map[string]struct {
		id    *shared.UUID
		types string
	}{"a": {a, "a0 a1 a2"}, "b": {b, "b0 b1"}} {
		r, found := answers[s.stream(name)], s.readStream(s.stream(name))
		require.True(s, proto.Equal(want.id, r.GetCorrelationId()), "%v", r)
		require.Equal(s, want.types, types(found))
		require.EqualValues(s, len(found)-1, r.GetSuccess().GetCurrentRevision())
		require.GreaterOrEqual(s, r.GetSuccess().GetPosition().GetCommitPosition(), found[0].Position.Commit)
	}
}

// batchesInOrder pipelines, so that nothing is acknowledged before the next one
// is sent.
func batchesInOrder(s *session) {
	batches := s.openBatches()
	const n = 300
	sent := make(chan error, 1)
	go func() {
		defer close(sent)
		for i := range n {
			o := s.to("s")
			if i > 0 {
				o = s.toExactly("s", uint64(i-1))
			}
			if err := batches.Send(batch(stringUUID(uuid.New()), o, true, fmt.Sprint(i))); err != nil {
				sent <- err
				return
			}
		}
	}()
	for i := range n {
		r, err := batches.Recv()
		require.NoError(s, err)
		require.NotNil(s, r.GetSuccess(), "%v", r)
		require.EqualValues(s, i, r.GetSuccess().GetCurrentRevision())
	}
	require.NoError(s, <-sent)
}

func batchErrors(s *session) {
	s.append(s.stream("s"), esdb.NoStream{}, numbered(2)...)
	s.append(s.stream("gone"), esdb.NoStream{}, event("e"))
	s.tombstone(s.stream("gone"), esdb.Any{})
	batches := s.openBatches()

	id := func() *shared.UUID { return stringUUID(uuid.New()) }
	large := batch(id(), s.to("s"), true, "large")
	large.ProposedMessages[0].Data = make([]byte, s.features.MaxAppendSize+1)
	late, lateToday := s.to("late"), s.to("late")
	late.DeadlineOption = &streams.BatchAppendReq_Options_Deadline{Deadline: durationpb.New(-time.Second)}
	lateToday.DeadlineOption = &streams.BatchAppendReq_Options_Deadline_21_10_0{Deadline_21_10_0: timestamppb.New(time.Now().Add(-24 * time.Hour))}
	noStream, exists := s.to("s"), s.to("missing")
	noStream.ExpectedStreamPosition = &streams.BatchAppendReq_Options_NoStream{NoStream: &emptypb.Empty{}}
	exists.ExpectedStreamPosition = &streams.BatchAppendReq_Options_StreamExists{StreamExists: &emptypb.Empty{}}

	at1 := &shared.WrongExpectedVersion_CurrentStreamRevision{CurrentStreamRevision: 1}
	for _, c := range []struct {
		name    string
		request *streams.BatchAppendReq
		code    codes.Code
		detail  proto.Message
	}{
		{"exact", batch(id(), s.toExactly("s", 9), true, "x"), codes.AlreadyExists, &shared.WrongExpectedVersion{
			CurrentStreamRevisionOption:  at1,
			ExpectedStreamPositionOption: &shared.WrongExpectedVersion_ExpectedStreamPosition{ExpectedStreamPosition: 9},
		}},
		{"no stream", batch(id(), noStream, true, "x"), codes.AlreadyExists, &shared.WrongExpectedVersion{
			CurrentStreamRevisionOption:  at1,
			ExpectedStreamPositionOption: &shared.WrongExpectedVersion_ExpectedNoStream{ExpectedNoStream: &emptypb.Empty{}},
		}},
		{"stream exists", batch(id(), exists, true, "x"), codes.AlreadyExists, &shared.WrongExpectedVersion{
			CurrentStreamRevisionOption:  &shared.WrongExpectedVersion_CurrentNoStream{CurrentNoStream: &emptypb.Empty{}},
			ExpectedStreamPositionOption: &shared.WrongExpectedVersion_ExpectedStreamExists{ExpectedStreamExists: &emptypb.Empty{}},
		}},
		{"tombstoned", batch(id(), s.to("gone"), true, "x"), codes.NotFound, &shared.StreamDeleted{StreamIdentifier: identifier(s.stream("gone"))}},
		{"too large", large, codes.InvalidArgument, &shared.MaximumAppendSizeExceeded{MaxAppendSize: uint32(s.features.MaxAppendSize)}},
		{"past its due", batch(id(), late, true, "x"), codes.DeadlineExceeded, &shared.Timeout{}},
		{"past its due, told as an instant", batch(id(), lateToday, true, "x"), codes.DeadlineExceeded, &shared.Timeout{}},
	} {
		require.NoError(s, batches.Send(c.request), c.name)
		r, err := batches.Recv()
		require.NoError(s, err, c.name)
		require.EqualValues(s, c.code, r.GetError().GetCode(), "%s: %v", c.name, r)
		require.Len(s, r.GetError().GetDetails(), 1, c.name)
		got, err := r.GetError().GetDetails()[0].UnmarshalNew()
		require.NoError(s, err, c.name)
		require.True(s, proto.Equal(c.detail, got), "%s: %v", c.name, got)
	}
	// The call goes on after all that, and a late batch was not written.
	require.NoError(s, batches.Send(batch(id(), s.toExactly("s", 1), true, "fine")))
	r, err := batches.Recv()
	require.NoError(s, err)
	require.NotNil(s, r.GetSuccess(), "%v", r)
	require.Equal(s, "0 1 fine", types(s.readStream(s.stream("s"))))
	s.requireNotFound(s.stream("late"))
}

func repeatedBatch(s *session) {
	batches := s.openBatches()
	request := batch(stringUUID(uuid.New()), s.to("s"), true, "a", "b")
	var first *streams.BatchAppendResp
	for i := range 3 {
		request.CorrelationId = stringUUID(uuid.New())
		require.NoError(s, batches.Send(request))
		r, err := batches.Recv()
		require.NoError(s, err)
		require.EqualValues(s, 1, r.GetSuccess().GetCurrentRevision(), "%v", r)
		if i == 0 {
			first = r
		}
		require.Equal(s, first.GetSuccess().GetPosition().GetCommitPosition(), r.GetSuccess().GetPosition().GetCommitPosition())
	}
	require.Equal(s, "a b", types(s.readStream(s.stream("s"))))
}
