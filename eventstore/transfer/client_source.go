package transfer

import (
	"context"
	"errors"
	"io"
	"math"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"backlot/domain"
)

// answerTime is how long an event store may take for the next step.
const answerTime = 30 * time.Second

// clientSource reads $all of an EventStoreDB.
type clientSource struct {
	client *esdb.Client
	closer io.Closer // what serves the client, nil for none
}

// Read implements Source. The client runs in a goroutine of its own, since it
// can hang whatever its context says.
func (s *clientSource) Read(ctx context.Context, from uint64, each func(Event) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	events := make(chan Event, 1024)
	ended := make(chan error, 1)
	go func() {
		ended <- s.receive(ctx, from, events)
		close(events)
	}()
	timer := time.NewTimer(answerTime)
	defer timer.Stop()
	for {
		select {
		case e, more := <-events:
			if !more {
				if err := <-ended; err != nil {
					return unavailable("the event store cannot be read", err)
				}
				return nil
			}
			if err := each(e); err != nil {
				return err
			}
			timer.Reset(answerTime)
		case <-timer.C:
			return domain.Errorf(domain.CodeUnavailable, "the event store did not answer within %s", answerTime)
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (s *clientSource) receive(ctx context.Context, from uint64, events chan<- Event) error {
	o := esdb.ReadAllOptions{Direction: esdb.Forwards, From: esdb.Start{}}
	if from > 0 {
		o.From = esdb.Position{Commit: from, Prepare: from}
	}
	stream, err := s.client.ReadAll(ctx, o, math.MaxInt64)
	if err != nil {
		return err
	}
	defer stream.Close()
	for {
		resolved, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		select {
		case events <- eventOf(resolved.OriginalEvent()):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func eventOf(r *esdb.RecordedEvent) Event {
	return Event{
		Stream: r.StreamID, Revision: r.EventNumber, Position: r.Position.Commit, ID: r.EventID, Type: r.EventType,
		JSON: r.ContentType == "application/json", Created: r.CreatedDate, Data: r.Data, Metadata: r.UserMetadata,
	}
}

func unavailable(message string, err error) error {
	var known *domain.Error
	if errors.As(err, &known) || errors.Is(err, context.Canceled) {
		return err
	}
	return &domain.Error{Code: domain.CodeUnavailable, Message: message, Err: err}
}

// Close implements Source.
func (s *clientSource) Close() error {
	err := s.client.Close()
	if s.closer != nil {
		err = errors.Join(err, s.closer.Close())
	}
	return err
}
