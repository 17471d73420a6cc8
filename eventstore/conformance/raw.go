package conformance

import (
	"encoding/binary"
	"errors"
	"io"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func stringUUID(id uuid.UUID) *shared.UUID {
	return &shared.UUID{Value: &shared.UUID_String_{String_: id.String()}}
}

func structuredUUID(id uuid.UUID) *shared.UUID {
	return &shared.UUID{Value: &shared.UUID_Structured_{Structured: &shared.UUID_Structured{
		MostSignificantBits:  int64(binary.BigEndian.Uint64(id[:8])),
		LeastSignificantBits: int64(binary.BigEndian.Uint64(id[8:])),
	}}}
}

func identifier(stream string) *shared.StreamIdentifier {
	return &shared.StreamIdentifier{StreamName: []byte(stream)}
}

func ofStream(stream string) *streams.ReadReq_Options_Stream {
	return &streams.ReadReq_Options_Stream{Stream: &streams.ReadReq_Options_StreamOptions{
		StreamIdentifier: identifier(stream),
		RevisionOption:   &streams.ReadReq_Options_StreamOptions_Start{Start: &shared.Empty{}},
	}}
}

// readRequest fills in what the protocol wants of every read.
func readRequest(o *streams.ReadReq_Options) *streams.ReadReq {
	if o.CountOption == nil {
		o.CountOption = &streams.ReadReq_Options_Count{Count: everything}
	}
	if o.FilterOption == nil {
		o.FilterOption = &streams.ReadReq_Options_NoFilter{NoFilter: &shared.Empty{}}
	}
	if o.UuidOption == nil {
		o.UuidOption = &streams.ReadReq_Options_UUIDOption{Content: &streams.ReadReq_Options_UUIDOption_Structured{Structured: &shared.Empty{}}}
	}
	return &streams.ReadReq{Options: o}
}

// rawRead collects a plain read's messages.
func (s *session) rawRead(o *streams.ReadReq_Options) []*streams.ReadResp {
	s.Helper()
	reading, err := s.streams.Read(s.context(), readRequest(o))
	require.NoError(s, err)
	var messages []*streams.ReadResp
	for {
		m, err := reading.Recv()
		if errors.Is(err, io.EOF) {
			return messages
		}
		require.NoError(s, err)
		messages = append(messages, m)
	}
}
