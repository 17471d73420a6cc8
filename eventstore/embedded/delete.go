package embedded

import (
	"context"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"backlot/eventstore/embedded/internal/engine"
)

// Delete hides a stream; it can be continued.
func (s *streamsService) Delete(ctx context.Context, request *streams.DeleteReq) (*streams.DeleteResp, error) {
	options := request.GetOptions()
	name, err := deletableStream(options.GetStreamIdentifier())
	if err != nil {
		return nil, answer(unaryCall{ctx}, err)
	}
	var expected engine.Expected
	switch v := options.GetExpectedStreamRevision().(type) {
	case *streams.DeleteReq_Options_Revision:
		expected, err = exactly(v.Revision)
	case *streams.DeleteReq_Options_NoStream:
		expected = engine.NoStream
	case *streams.DeleteReq_Options_Any:
		expected = engine.Any
	case *streams.DeleteReq_Options_StreamExists:
		expected = engine.StreamExists
	default:
		err = errNoExpectation
	}
	if err != nil {
		return nil, answer(unaryCall{ctx}, err)
	}
	result, err := s.engine.Delete(ctx, name, expected)
	if err != nil {
		return nil, answer(unaryCall{ctx}, err)
	}
	return &streams.DeleteResp{PositionOption: &streams.DeleteResp_Position_{Position: &streams.DeleteResp_Position{
		CommitPosition:  result.Position,
		PreparePosition: result.Position,
	}}}, nil
}

// Tombstone ends a stream for good.
func (s *streamsService) Tombstone(ctx context.Context, request *streams.TombstoneReq) (*streams.TombstoneResp, error) {
	options := request.GetOptions()
	name, err := deletableStream(options.GetStreamIdentifier())
	if err != nil {
		return nil, answer(unaryCall{ctx}, err)
	}
	var expected engine.Expected
	switch v := options.GetExpectedStreamRevision().(type) {
	case *streams.TombstoneReq_Options_Revision:
		expected, err = exactly(v.Revision)
	case *streams.TombstoneReq_Options_NoStream:
		expected = engine.NoStream
	case *streams.TombstoneReq_Options_Any:
		expected = engine.Any
	case *streams.TombstoneReq_Options_StreamExists:
		expected = engine.StreamExists
	default:
		err = errNoExpectation
	}
	if err != nil {
		return nil, answer(unaryCall{ctx}, err)
	}
	result, err := s.engine.Tombstone(ctx, name, expected)
	if err != nil {
		return nil, answer(unaryCall{ctx}, err)
	}
	return &streams.TombstoneResp{PositionOption: &streams.TombstoneResp_Position_{Position: &streams.TombstoneResp_Position{
		CommitPosition:  result.Position,
		PreparePosition: result.Position,
	}}}, nil
}

type unaryCall struct{ ctx context.Context }

func (c unaryCall) SetTrailer(md metadata.MD) { _ = grpc.SetTrailer(c.ctx, md) }
