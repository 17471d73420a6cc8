package embedded

import (
	"bytes"
	"fmt"
	"math"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"backlot/eventstore/embedded/internal/engine"
)

// TestFramesAreTheProtocolsMessages compares the encoding by hand with what
// protobuf makes of the same message.
func TestFramesAreTheProtocolsMessages(t *testing.T) {
	var frame eventFrame
	rapid.Check(t, func(t *rapid.T) {
		frame.stringUUIDs = rapid.Bool().Draw(t, "string uuids")
		frame.event, frame.link = nil, nil
		if rapid.Bool().Draw(t, "event") {
			frame.event = drawRecord(t)
		}
		if frame.event == nil || rapid.Bool().Draw(t, "link") {
			frame.link = drawRecord(t)
		}
		original := frame.event
		if frame.link != nil {
			original = frame.link
		}
		want := &streams.ReadResp{Content: &streams.ReadResp_Event{Event: &streams.ReadResp_ReadEvent{
			Event:    recordedEvent(frame.event, frame.stringUUIDs),
			Link:     recordedEvent(frame.link, frame.stringUUIDs),
			Position: &streams.ReadResp_ReadEvent_CommitPosition{CommitPosition: original.Position},
		}}}
		b := frame.encode()
		var got streams.ReadResp
		if err := proto.Unmarshal(b, &got); err != nil {
			t.Fatal(err)
		}
		if !proto.Equal(want, &got) {
			t.Fatalf("want %v, got %v", want, &got)
		}
		if size := proto.Size(want); size != len(b) || cap(b) != len(b) {
			t.Fatalf("want %d bytes, got %d (cap %d)", size, len(b), cap(b))
		}
	})
}

// TestFramesDoNotShareBytes: gRPC still holds a message when the next one is
// encoded.
func TestFramesDoNotShareBytes(t *testing.T) {
	var frame eventFrame
	var encoded, copies [][]byte
	for i := range 2000 {
		frame.event = &engine.Record{Position: uint64(i), Stream: []byte("s"), Type: fmt.Appendf(nil, "type %d", i), Data: make([]byte, i)}
		b := frame.encode()
		encoded, copies = append(encoded, b), append(copies, bytes.Clone(b))
	}
	require.Equal(t, copies, encoded)
}

func drawRecord(t *rapid.T) *engine.Record {
	return &engine.Record{
		Position: rapid.Uint64().Draw(t, "position"),
		Revision: rapid.Uint64().Draw(t, "revision"),
		Created:  rapid.Int64Range(0, math.MaxInt64).Draw(t, "created"),
		ID:       uuid.UUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id")),
		JSON:     rapid.Bool().Draw(t, "json"),
		Stream:   []byte(rapid.StringN(1, -1, -1).Draw(t, "stream")),
		Type:     []byte(rapid.String().Draw(t, "type")),
		Metadata: rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "metadata"),
		Data:     rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "data"),
	}
}

func recordedEvent(r *engine.Record, stringUUIDs bool) *streams.ReadResp_ReadEvent_RecordedEvent {
	if r == nil {
		return nil
	}
	id := structuredUUID(r.ID)
	if stringUUIDs {
		id = &shared.UUID{Value: &shared.UUID_String_{String_: r.ID.String()}}
	}
	return &streams.ReadResp_ReadEvent_RecordedEvent{
		Id:               id,
		StreamIdentifier: &shared.StreamIdentifier{StreamName: r.Stream},
		StreamRevision:   r.Revision,
		PreparePosition:  r.Position,
		CommitPosition:   r.Position,
		Metadata: map[string]string{
			"type": string(r.Type), "content-type": contentTypeOf(r), "created": fmt.Sprint(r.Created),
		},
		CustomMetadata: r.Metadata,
		Data:           r.Data,
	}
}
