package embedded_test

import (
	"errors"
	"io"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"backlot/eventstore/embedded"
)

// The Go client does not show everything that is on the wire, and does not
// send everything that other clients do.

func dial(t testing.TB, s *embedded.Server) *grpc.ClientConn {
	t.Helper()
	conn, err := grpc.NewClient(s.ClientConfiguration().Address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func stringUUID(id uuid.UUID) *shared.UUID {
	return &shared.UUID{Value: &shared.UUID_String_{String_: id.String()}}
}

func identifier(stream string) *shared.StreamIdentifier {
	return &shared.StreamIdentifier{StreamName: []byte(stream)}
}

func readRequest(o *streams.ReadReq_Options) *streams.ReadReq {
	if o.StreamOption == nil {
		o.StreamOption = &streams.ReadReq_Options_All{All: &streams.ReadReq_Options_AllOptions{
			AllOption: &streams.ReadReq_Options_AllOptions_Start{Start: &shared.Empty{}},
		}}
	}
	if o.CountOption == nil {
		o.CountOption = &streams.ReadReq_Options_Count{Count: all}
	}
	if o.FilterOption == nil {
		o.FilterOption = &streams.ReadReq_Options_NoFilter{NoFilter: &shared.Empty{}}
	}
	return &streams.ReadReq{Options: o}
}

func ofStream(stream string) *streams.ReadReq_Options_Stream {
	return &streams.ReadReq_Options_Stream{Stream: &streams.ReadReq_Options_StreamOptions{
		StreamIdentifier: identifier(stream),
		RevisionOption:   &streams.ReadReq_Options_StreamOptions_Start{Start: &shared.Empty{}},
	}}
}

// rawRead collects a plain read's messages.
func rawRead(t testing.TB, c streams.StreamsClient, o *streams.ReadReq_Options) ([]*streams.ReadResp, error) {
	t.Helper()
	stream, err := c.Read(testContext(t), readRequest(o))
	require.NoError(t, err)
	var messages []*streams.ReadResp
	for {
		m, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return messages, nil
		}
		if err != nil {
			return messages, err
		}
		messages = append(messages, m)
	}
}

// rawAppend sends an append's messages and returns the answer.
func rawAppend(t testing.TB, c streams.StreamsClient, requests ...*streams.AppendReq) (*streams.AppendResp, error) {
	t.Helper()
	stream, err := c.Append(testContext(t))
	require.NoError(t, err)
	for _, r := range requests {
		require.NoError(t, stream.Send(r))
	}
	return stream.CloseAndRecv()
}

func appendOptions(stream string, expected any) *streams.AppendReq {
	o := &streams.AppendReq_Options{StreamIdentifier: identifier(stream)}
	switch v := expected.(type) {
	case int:
		o.ExpectedStreamRevision = &streams.AppendReq_Options_Revision{Revision: uint64(v)}
	case string:
		switch v {
		case "any":
			o.ExpectedStreamRevision = &streams.AppendReq_Options_Any{Any: &shared.Empty{}}
		case "none":
			o.ExpectedStreamRevision = &streams.AppendReq_Options_NoStream{NoStream: &shared.Empty{}}
		case "exists":
			o.ExpectedStreamRevision = &streams.AppendReq_Options_StreamExists{StreamExists: &shared.Empty{}}
		}
	}
	return &streams.AppendReq{Content: &streams.AppendReq_Options_{Options: o}}
}

func proposedEvent(id *shared.UUID, metadata map[string]string) *streams.AppendReq {
	return &streams.AppendReq{Content: &streams.AppendReq_ProposedMessage_{
		ProposedMessage: &streams.AppendReq_ProposedMessage{Id: id, Metadata: metadata, Data: []byte("{}")},
	}}
}

var jsonMetadata = map[string]string{"type": "Happened", "content-type": "application/json"}
