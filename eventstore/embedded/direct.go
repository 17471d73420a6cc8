package embedded

import (
	"context"
	"errors"
	"time"
	"unicode/utf8"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"google.golang.org/grpc/codes"

	"backlot/eventstore/embedded/internal/engine"
)

// These are calls of the client's, answered without gRPC: for whoever is in
// this process and asks so often that gRPC would cost more than the store. The
// errors have the codes that the client would give them: ClientCode.

// AppendToStream is the client's.
func (s *Server) AppendToStream(ctx context.Context, stream string, o esdb.AppendToStreamOptions, events ...esdb.EventData) (*esdb.WriteResult, error) {
	revision, err := expectation(o.ExpectedRevision)
	if err != nil {
		return nil, err
	}
	return s.write(ctx, stream, revision, events)
}

// AppendToNewStream is AppendToStream for esdb.NoStream, but that a stream which
// was deleted is at a wrong version: its revisions go on where they were.
func (s *Server) AppendToNewStream(ctx context.Context, stream string, events ...esdb.EventData) (*esdb.WriteResult, error) {
	return s.write(ctx, stream, engine.NeverStream, events)
}

func (s *Server) write(ctx context.Context, stream string, expected engine.Expected, events []esdb.EventData) (*esdb.WriteResult, error) {
	exit, err := s.visitors.enter()
	if err != nil {
		return nil, err
	}
	defer exit()
	result, err := s.append(ctx, stream, expected, events)
	if err != nil {
		return nil, direct(ctx, err)
	}
	if result.Revision < 0 {
		return &esdb.WriteResult{NextExpectedVersion: 1}, nil // as the client says it
	}
	return &esdb.WriteResult{CommitPosition: result.Position, PreparePosition: result.Position, NextExpectedVersion: uint64(result.Revision)}, nil
}

func (s *Server) append(ctx context.Context, stream string, expected engine.Expected, events []esdb.EventData) (engine.Result, error) {
	name, err := writable(stream)
	if err != nil {
		return engine.Result{}, err
	}
	b := batch{limit: s.streams.maxAppendSize, events: make([]engine.Event, 0, len(events))}
	for i := range events {
		e := &events[i]
		id := e.EventID
		if id == uuid.Nil { // as the client has it
			id = uuid.New()
		}
		if !utf8.ValidString(e.EventType) {
			return engine.Result{}, errTypeNotUTF8
		}
		if err := b.take(engine.Event{ID: id, Type: e.EventType, JSON: e.ContentType == esdb.ContentTypeJson, Data: e.Data, Metadata: e.Metadata}); err != nil {
			return engine.Result{}, err
		}
	}
	return s.engine.Append(ctx, name, expected, b.events)
}

func expectation(expected esdb.ExpectedRevision) (engine.Expected, error) {
	switch v := expected.(type) {
	case esdb.StreamRevision:
		return exactly(v.Value)
	case esdb.NoStream:
		return engine.NoStream, nil
	case esdb.Any, nil: // as the client has it
		return engine.Any, nil
	case esdb.StreamExists:
		return engine.StreamExists, nil
	}
	return 0, errNoExpectation
}

// ReadStream calls each with at most count events of a stream, until it returns
// an error, which is passed on. The event and its bytes are its only until it
// returns. Links are not resolved.
func (s *Server) ReadStream(ctx context.Context, stream string, o esdb.ReadStreamOptions, count uint64, each func(*esdb.RecordedEvent) error) error {
	exit, err := s.visitors.enter()
	if err != nil {
		return err
	}
	defer exit()
	name, err := readable(stream)
	if err != nil {
		return err
	}
	opened, err := s.engine.OpenStream(name)
	if err != nil {
		return direct(ctx, err)
	}
	revision, err := revisionOf(o)
	if err != nil {
		return err
	}
	if o.Direction == esdb.Backwards {
		opened.Backwards(revision)
	} else {
		opened.Forwards(revision)
	}
	var event esdb.RecordedEvent
	for count > 0 {
		records, err := opened.Next(int(min(count, maxCount)))
		if err != nil {
			return direct(ctx, err)
		}
		if len(records) == 0 {
			return nil
		}
		for i := range records {
			describe(&event, &records[i], nil)
			if err := each(&event); err != nil {
				return err
			}
		}
		count -= uint64(len(records))
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// maxCount is more than a page holds.
const maxCount = 1 << 20

func revisionOf(o esdb.ReadStreamOptions) (uint64, error) {
	switch v := o.From.(type) {
	case esdb.StreamRevision:
		return v.Value, nil
	case esdb.Start:
		return 0, nil
	case esdb.End:
		return engine.RevisionEnd, nil
	case nil: // as the client has it
		if o.Direction == esdb.Backwards {
			return engine.RevisionEnd, nil
		}
		return 0, nil
	}
	return 0, badRequest("A read begins at a revision, the start or the end.")
}

// SubscribeToAll follows the log behind a position until ctx or the server ends
// or took returns an error, which is passed on. took gets the events that came
// at once, whose bytes are its only until it returns; said gets the rest of what
// a subscription says. Checkpoints may be further apart than the filter has it
// where events or other checkpoints follow at once. The context that they get
// ends when the server closes. Links are not resolved.
func (s *Server) SubscribeToAll(ctx context.Context, o esdb.SubscribeToAllOptions, took func(context.Context, []esdb.RecordedEvent) error, said func(context.Context, esdb.SubscriptionEvent) error) error {
	ctx, exit, err := s.visitors.stay(ctx)
	if err != nil {
		return err
	}
	defer exit()
	cursor := uint64(0)
	switch v := o.From.(type) {
	case esdb.Position:
		cursor = v.Commit
	case esdb.End:
		cursor = s.engine.Durable()
	}
	var f *filter
	if o.Filter != nil {
		window := uint64(max(o.MaxSearchWindow, 0))
		if window == 0 {
			window = defaultWindow
		}
		if f, err = newFilter(o.Filter.Type == esdb.EventFilterType, o.Filter.Prefixes, o.Filter.Regex, window, uint64(max(o.CheckpointInterval, 1))); err != nil {
			return err
		}
	}
	out := &visitor{ctx: ctx, took: took, said: said, types: map[string]string{}}
	err = s.streams.follow(ctx, out, cursor, &allSource{engine: s.engine, out: out, filter: f})
	if out.refused != nil {
		return out.refused
	}
	return direct(ctx, err)
}

// visitor is the receiver of a subscription without gRPC.
type visitor struct {
	ctx    context.Context
	took   func(context.Context, []esdb.RecordedEvent) error
	said   func(context.Context, esdb.SubscriptionEvent) error
	types  map[string]string // names of event types, which are few
	events []esdb.RecordedEvent
	passed uint64 // the newest checkpoint, if it is behind the newest event

	refused error // of took or said
}

func (v *visitor) event(r *engine.Record) error {
	v.events = append(v.events, esdb.RecordedEvent{})
	describe(&v.events[len(v.events)-1], r, v.types)
	v.passed = 0
	return nil
}

func (v *visitor) checkpoint(position uint64) error {
	v.passed = position
	return nil
}

func (v *visitor) flush() error {
	if len(v.events) > 0 {
		v.refused = v.took(v.ctx, v.events)
		clear(v.events)
		v.events = v.events[:0]
	}
	if v.passed == 0 || v.refused != nil {
		return v.refused
	}
	position := esdb.Position{Commit: v.passed, Prepare: v.passed}
	v.passed = 0
	return v.say(esdb.SubscriptionEvent{CheckPointReached: &position})
}

func (v *visitor) say(e esdb.SubscriptionEvent) error {
	v.refused = v.said(v.ctx, e)
	return v.refused
}

func (v *visitor) caughtUp() error {
	if err := v.flush(); err != nil {
		return err
	}
	return v.say(esdb.SubscriptionEvent{CaughtUp: &esdb.Subscription{}})
}

func (v *visitor) fellBehind() error {
	if err := v.flush(); err != nil {
		return err
	}
	return v.say(esdb.SubscriptionEvent{FellBehind: &esdb.Subscription{}})
}

// describe fills an event from a record, whose bytes it shares.
func describe(e *esdb.RecordedEvent, r *engine.Record, types map[string]string) {
	typ, known := types[string(r.Type)]
	if !known {
		typ = string(r.Type)
		if types != nil && len(types) < maxKnownTypes {
			types[typ] = typ
		}
	}
	*e = esdb.RecordedEvent{
		EventID: r.ID, EventType: typ, ContentType: contentTypeOf(r), StreamID: string(r.Stream), EventNumber: r.Revision,
		Position:    esdb.Position{Commit: r.Position, Prepare: r.Position},
		CreatedDate: time.Unix(0, r.Created*int64(tick)).UTC(), Data: r.Data, UserMetadata: r.Metadata,
	}
}

// tick is the unit of a record's time of creation.
const tick = 100 * time.Nanosecond

// direct makes the error of a call without gRPC.
func direct(ctx context.Context, err error) error {
	var deleted *engine.StreamDeletedError
	var wrong *engine.WrongRevisionError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(err, &deleted):
		return coded{toFailure(err), esdb.ErrorCodeStreamDeleted}
	case errors.As(err, &wrong):
		return coded{toFailure(err), esdb.ErrorCodeWrongExpectedVersion}
	case errors.Is(err, engine.ErrStreamNotFound):
		return coded{fail(codes.NotFound, "The stream has no events."), esdb.ErrorCodeResourceNotFound}
	}
	return toFailure(err)
}

// coded is a failure for which the client has a code.
type coded struct {
	*failure
	code esdb.ErrorCode
}

// ClientCode returns the code that the client gives such an error.
func (c coded) ClientCode() esdb.ErrorCode { return c.code }
