package embedded_test

import (
	"math"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"backlot/eventstore/embedded"
)

// A wrong version is a result of an append, in two sets of fields: clients
// before 20.6.1 read the others.
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
