package eventstore

import (
	"context"
	"errors"
	"io"
	"math"
	"strings"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"backlot/domain"
)

// errNoStream is a stream without events: missing, or deleted.
var errNoStream = errors.New("no such stream")

// ReadStream calls each with every event of a stream in order; a missing
// stream has none. It ends with each's first error, which it returns as it is.
// Another error is CodeUnavailable, CodeTimeout when ctx ended, or CodeInternal
// around an UndecodableError.
func (s *Store) ReadStream(ctx context.Context, stream string, each func(domain.Recorded) error) error {
	return s.ReadRaw(ctx, stream, func(raw RawEvent) error {
		r, err := s.decode(raw)
		if err != nil {
			return s.translate(ctx, ctx, "read "+stream, err)
		}
		return each(r)
	})
}

// LastEvent returns the newest event of a stream; ok is false if it has none.
// Errors are as for ReadStream.
func (s *Store) LastEvent(ctx context.Context, stream string) (last domain.Recorded, ok bool, err error) {
	what := "read the end of " + stream
	event, err := ask(ctx, s, what, func(ctx context.Context, client *esdb.Client) (*esdb.RecordedEvent, error) {
		event, err := s.readBackwards(ctx, client, stream, esdb.End{})
		if errors.Is(err, errNoStream) {
			return nil, nil
		}
		return event, err
	})
	if err != nil || event == nil {
		return domain.Recorded{}, false, err
	}
	last, err = s.decode(rawOf(event))
	if err != nil {
		return domain.Recorded{}, false, s.translate(ctx, ctx, what, err)
	}
	return last, true, nil
}

// LastRaw returns a stream's newest event that is not behind a revision, without
// decoding; ok is false if there is none. Errors are as for ReadStream.
func (s *Store) LastRaw(ctx context.Context, stream string, upTo uint64) (last RawEvent, ok bool, err error) {
	var from esdb.StreamPosition = esdb.Revision(upTo)
	if upTo > math.MaxInt64 {
		from = esdb.End{}
	}
	event, err := ask(ctx, s, "read the end of "+stream, func(ctx context.Context, client *esdb.Client) (*esdb.RecordedEvent, error) {
		event, err := s.readBackwards(ctx, client, stream, from)
		if errors.Is(err, errNoStream) {
			return nil, nil
		}
		return event, err
	})
	if err != nil || event == nil {
		return RawEvent{}, false, err
	}
	return rawOf(event), true, nil
}

// ReadRaw is ReadStream without decoding: what Verify checks.
func (s *Store) ReadRaw(ctx context.Context, stream string, each func(RawEvent) error) error {
	return s.ReadRawFrom(ctx, stream, 0, each)
}

// ReadRawFrom is ReadRaw from a revision on.
func (s *Store) ReadRawFrom(ctx context.Context, stream string, revision uint64, each func(RawEvent) error) error {
	next := revision
	if s.local != nil {
		return s.readLocally(ctx, stream, revision, each)
	}
	open := func(ctx context.Context, client *esdb.Client) (*esdb.ReadStream, error) {
		o := esdb.ReadStreamOptions{Direction: esdb.Forwards, From: esdb.Revision(next)}
		return client.ReadStream(ctx, stream, o, math.MaxInt64)
	}
	return s.readOn(ctx, "read "+stream, open, func(e *esdb.RecordedEvent) error {
		if err := each(rawOf(e)); err != nil {
			return err
		}
		next = e.EventNumber + 1
		return nil
	})
}

// opening begins a read after what the one before it gave.
type opening func(context.Context, *esdb.Client) (*esdb.ReadStream, error)

// readOn hands over what a read gives, and opens it again after a lost
// connection. It ends with each's first error, which it returns as it is.
func (s *Store) readOn(ctx context.Context, what string, open opening, each func(*esdb.RecordedEvent) error) error {
	bounded, cancel := s.bounded(ctx, 0)
	defer cancel()
	for attempt := 1; ; attempt++ {
		any, failed, err := s.readOnce(bounded, open, each)
		if failed || err == nil {
			return err
		}
		if any {
			attempt = 1
		}
		if attempt >= maxAttempts || bounded.Err() != nil || !isRetryable(bounded, err) {
			return s.translate(ctx, bounded, what, err)
		}
	}
}

// readOnce opens a read and hands over what it gives, if there is any. failed
// means that err is each's. The client runs in a goroutine of its own, since
// it can hang.
func (s *Store) readOnce(ctx context.Context, open opening, each func(*esdb.RecordedEvent) error) (any, failed bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	arrived := make(chan *esdb.RecordedEvent, 64)
	ended := make(chan error, 1)
	go func() {
		ended <- s.with(ctx, func(client *esdb.Client) error {
			return receive(func() (*esdb.ReadStream, error) { return open(ctx, client) },
				func(e *esdb.RecordedEvent) error {
					select {
					case arrived <- e:
						return nil
					case <-ctx.Done():
						return ctx.Err()
					}
				})
		})
		close(arrived)
	}()
	timer := time.NewTimer(s.timeout)
	defer timer.Stop()
	for {
		select {
		case e, more := <-arrived:
			if !more {
				if err := <-ended; !errors.Is(err, errNoStream) {
					return any, false, err
				}
				return any, false, nil
			}
			if err := each(e); err != nil {
				return any, true, err
			}
			any = true
		case <-timer.C:
			return any, false, errNoAnswer
		case <-ctx.Done():
			return any, false, context.Cause(ctx)
		}
		timer.Reset(s.timeout)
	}
}

// errEnough ends receive early, without an error.
var errEnough = errors.New("enough")

// receive hands over what a read gives. A missing or deleted stream is errNoStream.
func receive(open func() (*esdb.ReadStream, error), each func(*esdb.RecordedEvent) error) error {
	stream, err := open()
	if err != nil {
		return err
	}
	defer stream.Close()
	for {
		event, err := stream.Recv()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return missing(err)
		}
		if err := each(event.OriginalEvent()); errors.Is(err, errEnough) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// missing is errNoStream for a read of a stream that is missing or deleted.
func missing(err error) error {
	if hasCode(err, esdb.ErrorCodeResourceNotFound) || hasCode(err, esdb.ErrorCodeStreamDeleted) {
		return errNoStream
	}
	return err
}

// readBackwards returns the event at a revision, or the last one.
func (s *Store) readBackwards(ctx context.Context, client *esdb.Client, stream string, from esdb.StreamPosition) (*esdb.RecordedEvent, error) {
	var found *esdb.RecordedEvent
	o := esdb.ReadStreamOptions{Direction: esdb.Backwards, From: from}
	if s.local != nil {
		err := s.local.ReadStream(ctx, stream, o, 1, func(e *esdb.RecordedEvent) error {
			found = kept(e)
			return nil
		})
		if err = missing(err); err == nil && found == nil {
			err = errNoStream
		}
		return found, err
	}
	err := receive(func() (*esdb.ReadStream, error) { return client.ReadStream(ctx, stream, o, 1) },
		func(e *esdb.RecordedEvent) error {
			found = e
			return errEnough
		})
	if err == nil && found == nil {
		err = errNoStream
	}
	return found, err
}

// End returns the position of the last event of the log that is not a system
// event, 0 if there is none.
func (s *Store) End(ctx context.Context) (domain.Position, error) {
	return call(ctx, s, "read the end of the log", endOf)
}

func endOf(ctx context.Context, client *esdb.Client) (domain.Position, error) {
	var end domain.Position
	o := esdb.ReadAllOptions{Direction: esdb.Backwards, From: esdb.End{}}
	err := receive(func() (*esdb.ReadStream, error) { return client.ReadAll(ctx, o, math.MaxInt64) },
		func(e *esdb.RecordedEvent) error {
			if strings.HasPrefix(e.EventType, "$") {
				return nil
			}
			end = domain.Position(e.Position.Commit)
			return errEnough
		})
	return end, err
}

// decode counts what the catalog does not know.
func (s *Store) decode(raw RawEvent) (domain.Recorded, error) {
	r, err := events.decodeRecorded(raw)
	if err == nil && r.Event == nil {
		s.unknown.Add(1)
	}
	return r, err
}

func rawOf(e *esdb.RecordedEvent) RawEvent {
	return RawEvent{
		Recorded: domain.Recorded{
			Stream: e.StreamID, Revision: e.EventNumber, Position: domain.Position(e.Position.Commit), ID: e.EventID, Type: e.EventType,
		},
		Data:         e.Data,
		UserMetadata: e.UserMetadata,
	}
}
