package embedded_test

import (
	"math"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"backlot/eventstore/embedded"
)

// A wrong version is a result of an append, in two sets of fields, and an error
// with trailers of a delete.

func TestWrongExpectedVersionFields(t *testing.T) {
	s := openServer(t, embedded.Options{})
	appendTo(t, connect(t, s), "s", esdb.NoStream{}, numbered(2)...)
	raw := streams.NewStreamsClient(dial(t, s))

	type message = streams.AppendResp_WrongExpectedVersion
	empty := &shared.Empty{}
	for name, test := range map[string]struct {
		stream   string
		expected any
		want     *message
	}{
		"exact": {"s", 7, &message{
			CurrentRevisionOption:         &streams.AppendResp_WrongExpectedVersion_CurrentRevision{CurrentRevision: 1},
			CurrentRevisionOption_20_6_0:  &streams.AppendResp_WrongExpectedVersion_CurrentRevision_20_6_0{CurrentRevision_20_6_0: 1},
			ExpectedRevisionOption:        &streams.AppendResp_WrongExpectedVersion_ExpectedRevision{ExpectedRevision: 7},
			ExpectedRevisionOption_20_6_0: &streams.AppendResp_WrongExpectedVersion_ExpectedRevision_20_6_0{ExpectedRevision_20_6_0: 7},
		}},
		"no stream": {"s", "none", &message{
			CurrentRevisionOption:         &streams.AppendResp_WrongExpectedVersion_CurrentRevision{CurrentRevision: 1},
			CurrentRevisionOption_20_6_0:  &streams.AppendResp_WrongExpectedVersion_CurrentRevision_20_6_0{CurrentRevision_20_6_0: 1},
			ExpectedRevisionOption:        &streams.AppendResp_WrongExpectedVersion_ExpectedNoStream{ExpectedNoStream: empty},
			ExpectedRevisionOption_20_6_0: &streams.AppendResp_WrongExpectedVersion_ExpectedRevision_20_6_0{ExpectedRevision_20_6_0: math.MaxUint64},
		}},
		"stream exists": {"missing", "exists", &message{
			CurrentRevisionOption:         &streams.AppendResp_WrongExpectedVersion_CurrentNoStream{CurrentNoStream: empty},
			CurrentRevisionOption_20_6_0:  &streams.AppendResp_WrongExpectedVersion_NoStream_20_6_0{NoStream_20_6_0: empty},
			ExpectedRevisionOption:        &streams.AppendResp_WrongExpectedVersion_ExpectedStreamExists{ExpectedStreamExists: empty},
			ExpectedRevisionOption_20_6_0: &streams.AppendResp_WrongExpectedVersion_StreamExists_20_6_0{StreamExists_20_6_0: empty},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			response, err := rawAppend(t, raw, appendOptions(test.stream, test.expected), proposedEvent(stringUUID(uuid.New()), jsonMetadata))
			require.NoError(t, err)
			require.True(t, proto.Equal(test.want, response.GetWrongExpectedVersion()), response.String())
		})
	}
}

func TestWrongVersionOfADelete(t *testing.T) {
	s := openServer(t, embedded.Options{})
	appendTo(t, connect(t, s), "s", esdb.NoStream{}, numbered(2)...)
	raw := streams.NewStreamsClient(dial(t, s))
	check := func(err error, trailer metadata.MD) {
		require.Equal(t, codes.FailedPrecondition, status.Code(err))
		require.Equal(t, []string{"wrong-expected-version"}, trailer.Get("exception"))
		require.Equal(t, []string{"s"}, trailer.Get("stream-name"))
		require.Equal(t, []string{"5"}, trailer.Get("expected-version"))
		require.Equal(t, []string{"1"}, trailer.Get("actual-version"))
	}
	var trailer metadata.MD
	_, err := raw.Delete(testContext(t), &streams.DeleteReq{Options: &streams.DeleteReq_Options{
		StreamIdentifier: identifier("s"), ExpectedStreamRevision: &streams.DeleteReq_Options_Revision{Revision: 5},
	}}, grpc.Trailer(&trailer))
	check(err, trailer)
	_, err = raw.Tombstone(testContext(t), &streams.TombstoneReq{Options: &streams.TombstoneReq_Options{
		StreamIdentifier: identifier("s"), ExpectedStreamRevision: &streams.TombstoneReq_Options_Revision{Revision: 5},
	}}, grpc.Trailer(&trailer))
	check(err, trailer)
}
