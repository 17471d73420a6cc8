package embedded

import (
	"context"
	"errors"
	"io"
	"math"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/emptypb"

	"backlot/eventstore/embedded/internal/engine"
)

// Bounds of one batch append call.
const (
	maxOpenBatches    = 256 // begun and not final
	maxPendingBatches = 256 // final and not answered
)

// openBatch is a batch that is being received.
type openBatch struct {
	id       *shared.UUID
	stream   *shared.StreamIdentifier
	name     string
	expected engine.Expected
	echo     *streams.BatchAppendReq_Options
	deadline time.Time
	events   batch
	refused  error
}

// pendingBatch is a batch whose answer is awaited.
type pendingBatch struct {
	*openBatch
	write *engine.Pending
	err   error
}

// BatchAppend takes any number of appends over one call. They are decided in
// the order in which they become final, and answered in that order.
func (s *streamsService) BatchAppend(stream streams.Streams_BatchAppendServer) error {
	pending := make(chan pendingBatch, maxPendingBatches)
	received := make(chan error, 1)
	ctx, cancel := context.WithCancel(stream.Context())
	defer cancel()
	go func() {
		defer close(pending)
		received <- s.receiveBatches(ctx, stream, pending)
	}()
	sent := s.answerBatches(ctx, stream, pending)
	if sent != nil {
		// The receiver ends with the call; it holds nothing of the engine's.
		return answer(stream, sent)
	}
	return answer(stream, <-received)
}

func (s *streamsService) receiveBatches(ctx context.Context, stream streams.Streams_BatchAppendServer, pending chan<- pendingBatch) error {
	open := make(map[uuid.UUID]*openBatch)
	for {
		request, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		id, ok := parseUUID(request.GetCorrelationId())
		if !ok {
			return badRequest("A batch needs a correlation id.")
		}
		b := open[id]
		if b == nil {
			if len(open) == maxOpenBatches {
				return fail(codes.ResourceExhausted, "Too many batches are begun and not final.")
			}
			b = s.newBatch(request)
			open[id] = b
		}
		b.add(request.GetProposedMessages())
		if !request.GetIsFinal() {
			continue
		}
		delete(open, id)
		select {
		case pending <- s.begin(ctx, b):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (s *streamsService) newBatch(request *streams.BatchAppendReq) *openBatch {
	o := request.GetOptions()
	b := &openBatch{
		id:     request.GetCorrelationId(),
		stream: o.GetStreamIdentifier(),
		echo:   o,
		events: batch{limit: s.maxAppendSize},
	}
	if o == nil {
		b.refused = badRequest("A batch starts with its options.")
		return b
	}
	switch v := o.GetDeadlineOption().(type) {
	case *streams.BatchAppendReq_Options_Deadline:
		b.deadline = time.Now().Add(v.Deadline.AsDuration())
	case *streams.BatchAppendReq_Options_Deadline_21_10_0:
		b.deadline = v.Deadline_21_10_0.AsTime()
	}
	if b.name, b.refused = writableStream(o.GetStreamIdentifier()); b.refused != nil {
		return b
	}
	b.expected, b.refused = batchExpectation(o)
	return b
}

func batchExpectation(o *streams.BatchAppendReq_Options) (engine.Expected, error) {
	switch v := o.GetExpectedStreamPosition().(type) {
	case *streams.BatchAppendReq_Options_StreamPosition:
		return exactly(v.StreamPosition)
	case *streams.BatchAppendReq_Options_NoStream:
		return engine.NoStream, nil
	case *streams.BatchAppendReq_Options_Any:
		return engine.Any, nil
	case *streams.BatchAppendReq_Options_StreamExists:
		return engine.StreamExists, nil
	default:
		return 0, errNoExpectation
	}
}

func (b *openBatch) add(messages []*streams.BatchAppendReq_ProposedMessage) {
	for _, m := range messages {
		if b.refused != nil {
			return
		}
		if b.refused = b.events.add(m); b.refused != nil {
			b.events.events = nil
		}
	}
}

// begin queues a batch for the engine, or keeps its refusal for the answer.
func (s *streamsService) begin(ctx context.Context, b *openBatch) pendingBatch {
	if b.refused != nil {
		return pendingBatch{openBatch: b, err: b.refused}
	}
	if !b.deadline.IsZero() && !time.Now().Before(b.deadline) {
		// Refused before it is written: a late batch must not come in all the same.
		return pendingBatch{openBatch: b, err: context.DeadlineExceeded}
	}
	write, err := s.engine.BeginAppend(ctx, b.name, b.expected, b.events.events)
	b.events.events = nil
	return pendingBatch{b, write, err}
}

func (s *streamsService) answerBatches(ctx context.Context, stream streams.Streams_BatchAppendServer, pending <-chan pendingBatch) error {
	for {
		select {
		case b, ok := <-pending:
			if !ok {
				return nil
			}
			if err := stream.Send(b.response(ctx)); err != nil {
				return err
			}
		case <-s.closing:
			return errShuttingDown
		}
	}
}

// response waits for a batch.
func (b pendingBatch) response(ctx context.Context) *streams.BatchAppendResp {
	r := &streams.BatchAppendResp{CorrelationId: b.id, StreamIdentifier: b.stream}
	b.echoExpectation(r)
	result, err := b.wait(ctx)
	if err != nil {
		r.Result = &streams.BatchAppendResp_Error{Error: batchStatus(err, b.stream)}
		return r
	}
	success := new(streams.BatchAppendResp_Success)
	if result.Revision < 0 {
		success.CurrentRevisionOption = &streams.BatchAppendResp_Success_NoStream{NoStream: &emptypb.Empty{}}
	} else {
		success.CurrentRevisionOption = &streams.BatchAppendResp_Success_CurrentRevision{CurrentRevision: uint64(result.Revision)}
	}
	if result.Position == 0 {
		success.PositionOption = &streams.BatchAppendResp_Success_NoPosition{NoPosition: &emptypb.Empty{}}
	} else {
		success.PositionOption = &streams.BatchAppendResp_Success_Position{Position: &shared.AllStreamPosition{
			CommitPosition:  result.Position,
			PreparePosition: result.Position,
		}}
	}
	r.Result = &streams.BatchAppendResp_Success_{Success: success}
	return r
}

func (b pendingBatch) wait(ctx context.Context) (engine.Result, error) {
	if b.err != nil {
		return engine.Result{}, b.err
	}
	if !b.deadline.IsZero() {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, b.deadline)
		defer cancel()
	}
	return b.write.Wait(ctx)
}

func (b pendingBatch) echoExpectation(r *streams.BatchAppendResp) {
	switch v := b.echo.GetExpectedStreamPosition().(type) {
	case *streams.BatchAppendReq_Options_StreamPosition:
		r.ExpectedStreamPosition = &streams.BatchAppendResp_StreamPosition{StreamPosition: v.StreamPosition}
	case *streams.BatchAppendReq_Options_NoStream:
		r.ExpectedStreamPosition = &streams.BatchAppendResp_NoStream{NoStream: v.NoStream}
	case *streams.BatchAppendReq_Options_Any:
		r.ExpectedStreamPosition = &streams.BatchAppendResp_Any{Any: v.Any}
	case *streams.BatchAppendReq_Options_StreamExists:
		r.ExpectedStreamPosition = &streams.BatchAppendResp_StreamExists{StreamExists: v.StreamExists}
	}
}

// batchStatus says what went wrong in a message of its own, packed as the
// status' only detail.
func batchStatus(err error, stream *shared.StreamIdentifier) *status.Status {
	f := toFailure(err)
	code, detail := f.status.Code(), proto.Message(&shared.Unknown{})
	var wrong *engine.WrongRevisionError
	var deleted *engine.StreamDeletedError
	var large *tooLargeError
	switch {
	case errors.As(err, &wrong):
		code, detail = codes.AlreadyExists, batchWrongVersion(wrong)
	case errors.As(err, &deleted):
		code, detail = codes.NotFound, &shared.StreamDeleted{StreamIdentifier: stream}
	case errors.Is(err, context.DeadlineExceeded):
		detail = &shared.Timeout{}
	case errors.As(err, &large):
		detail = &shared.MaximumAppendSizeExceeded{MaxAppendSize: uint32(min(large.limit, math.MaxUint32))}
	case code == codes.InvalidArgument:
		detail = &shared.BadRequest{Message: f.status.Message()}
	}
	packed, packErr := anypb.New(detail)
	if packErr != nil {
		return &status.Status{Code: int32(code), Message: f.status.Message()}
	}
	return &status.Status{Code: int32(code), Message: f.status.Message(), Details: []*anypb.Any{packed}}
}

func batchWrongVersion(wrong *engine.WrongRevisionError) *shared.WrongExpectedVersion {
	m := new(shared.WrongExpectedVersion)
	if wrong.Current < 0 {
		m.CurrentStreamRevisionOption = &shared.WrongExpectedVersion_CurrentNoStream{CurrentNoStream: &emptypb.Empty{}}
	} else {
		m.CurrentStreamRevisionOption = &shared.WrongExpectedVersion_CurrentStreamRevision{CurrentStreamRevision: uint64(wrong.Current)}
	}
	switch wrong.Expected {
	case engine.Any:
		m.ExpectedStreamPositionOption = &shared.WrongExpectedVersion_ExpectedAny{ExpectedAny: &emptypb.Empty{}}
	case engine.StreamExists:
		m.ExpectedStreamPositionOption = &shared.WrongExpectedVersion_ExpectedStreamExists{ExpectedStreamExists: &emptypb.Empty{}}
	case engine.NoStream:
		m.ExpectedStreamPositionOption = &shared.WrongExpectedVersion_ExpectedNoStream{ExpectedNoStream: &emptypb.Empty{}}
	default:
		m.ExpectedStreamPositionOption = &shared.WrongExpectedVersion_ExpectedStreamPosition{ExpectedStreamPosition: uint64(wrong.Expected)}
	}
	return m
}
