package embedded

import (
	"errors"
	"io"
	"math"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"

	"backlot/eventstore/embedded/internal/engine"
)

// maxDiscarded bounds what is read of an append that is refused already.
const maxDiscarded = 64 << 20

// Append takes the stream and the expectation first, then the events one by
// one, and writes them when the client is through.
func (s *streamsService) Append(stream streams.Streams_AppendServer) error {
	response, err := s.append(stream)
	if err != nil {
		discard(stream)
		return answer(stream, err)
	}
	return stream.SendAndClose(response)
}

func (s *streamsService) append(stream streams.Streams_AppendServer) (*streams.AppendResp, error) {
	first, err := stream.Recv()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	options := first.GetOptions()
	if options == nil {
		return nil, badRequest("An append starts with its options.")
	}
	name, err := writableStream(options.GetStreamIdentifier())
	if err != nil {
		return nil, err
	}
	expected, err := appendExpectation(options)
	if err != nil {
		return nil, err
	}
	events, err := s.receive(stream)
	if err != nil {
		return nil, err
	}
	result, err := s.engine.Append(stream.Context(), name, expected, events)
	var wrong *engine.WrongRevisionError
	if errors.As(err, &wrong) {
		return wrongExpectedVersion(wrong), nil
	}
	if err != nil {
		return nil, err
	}
	return appended(result), nil
}

func (s *streamsService) receive(stream streams.Streams_AppendServer) ([]engine.Event, error) {
	b := batch{limit: s.maxAppendSize}
	for {
		request, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return b.events, nil
		}
		if err != nil {
			return nil, err
		}
		message := request.GetProposedMessage()
		if message == nil {
			err = badRequest("After its options, an append carries events.")
		} else {
			err = b.add(message)
		}
		if err != nil {
			return nil, err
		}
	}
}

// discard lets the client finish sending: one that is interrupted reports the
// interruption instead of the reason.
func discard(stream streams.Streams_AppendServer) {
	for n := 0; n < maxDiscarded; {
		request, err := stream.Recv()
		if err != nil {
			return
		}
		n += len(request.GetProposedMessage().GetData()) + len(request.GetProposedMessage().GetCustomMetadata()) + 1
	}
}

func appendExpectation(options *streams.AppendReq_Options) (engine.Expected, error) {
	switch v := options.GetExpectedStreamRevision().(type) {
	case *streams.AppendReq_Options_Revision:
		return exactly(v.Revision)
	case *streams.AppendReq_Options_NoStream:
		return engine.NoStream, nil
	case *streams.AppendReq_Options_Any:
		return engine.Any, nil
	case *streams.AppendReq_Options_StreamExists:
		return engine.StreamExists, nil
	default:
		return 0, errNoExpectation
	}
}

var errNoExpectation = badRequest("An expected revision is required.")

func exactly(revision uint64) (engine.Expected, error) {
	if revision > math.MaxInt64 {
		return 0, badRequest("An expected revision is at most 9223372036854775807.")
	}
	return engine.Expected(revision), nil
}

func appended(result engine.Result) *streams.AppendResp {
	success := new(streams.AppendResp_Success)
	if result.Revision < 0 {
		success.CurrentRevisionOption = &streams.AppendResp_Success_NoStream{NoStream: &shared.Empty{}}
	} else {
		success.CurrentRevisionOption = &streams.AppendResp_Success_CurrentRevision{CurrentRevision: uint64(result.Revision)}
	}
	if result.Position == 0 {
		success.PositionOption = &streams.AppendResp_Success_NoPosition{NoPosition: &shared.Empty{}}
	} else {
		success.PositionOption = &streams.AppendResp_Success_Position{Position: &streams.AppendResp_Position{
			CommitPosition:  result.Position,
			PreparePosition: result.Position,
		}}
	}
	return &streams.AppendResp{Result: &streams.AppendResp_Success_{Success: success}}
}

// wrongExpectedVersion is a result, not an error. Older clients read the
// fields named after version 20.6.0.
func wrongExpectedVersion(wrong *engine.WrongRevisionError) *streams.AppendResp {
	type message = streams.AppendResp_WrongExpectedVersion
	m := new(message)
	empty := &shared.Empty{}
	if wrong.Current < 0 {
		m.CurrentRevisionOption = &streams.AppendResp_WrongExpectedVersion_CurrentNoStream{CurrentNoStream: empty}
		m.CurrentRevisionOption_20_6_0 = &streams.AppendResp_WrongExpectedVersion_NoStream_20_6_0{NoStream_20_6_0: empty}
	} else {
		current := uint64(wrong.Current)
		m.CurrentRevisionOption = &streams.AppendResp_WrongExpectedVersion_CurrentRevision{CurrentRevision: current}
		m.CurrentRevisionOption_20_6_0 = &streams.AppendResp_WrongExpectedVersion_CurrentRevision_20_6_0{CurrentRevision_20_6_0: current}
	}
	switch wrong.Expected {
	case engine.Any:
		m.ExpectedRevisionOption = &streams.AppendResp_WrongExpectedVersion_ExpectedAny{ExpectedAny: empty}
		m.ExpectedRevisionOption_20_6_0 = &streams.AppendResp_WrongExpectedVersion_Any_20_6_0{Any_20_6_0: empty}
	case engine.StreamExists:
		m.ExpectedRevisionOption = &streams.AppendResp_WrongExpectedVersion_ExpectedStreamExists{ExpectedStreamExists: empty}
		m.ExpectedRevisionOption_20_6_0 = &streams.AppendResp_WrongExpectedVersion_StreamExists_20_6_0{StreamExists_20_6_0: empty}
	case engine.NoStream:
		// The old fields know no such expectation; the revision before 0 it was.
		m.ExpectedRevisionOption = &streams.AppendResp_WrongExpectedVersion_ExpectedNoStream{ExpectedNoStream: empty}
		m.ExpectedRevisionOption_20_6_0 = &streams.AppendResp_WrongExpectedVersion_ExpectedRevision_20_6_0{ExpectedRevision_20_6_0: math.MaxUint64}
	default:
		expected := uint64(wrong.Expected)
		m.ExpectedRevisionOption = &streams.AppendResp_WrongExpectedVersion_ExpectedRevision{ExpectedRevision: expected}
		m.ExpectedRevisionOption_20_6_0 = &streams.AppendResp_WrongExpectedVersion_ExpectedRevision_20_6_0{ExpectedRevision_20_6_0: expected}
	}
	return &streams.AppendResp{Result: &streams.AppendResp_WrongExpectedVersion_{WrongExpectedVersion: m}}
}
