package embedded

import (
	"errors"
	"math"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"

	"backlot/eventstore/embedded/internal/engine"
)

// Read serves reads and subscriptions, of a stream and of $all.
func (s *streamsService) Read(request *streams.ReadReq, stream streams.Streams_ReadServer) error {
	q, err := parseQuery(request)
	if err != nil {
		return answer(stream, err)
	}
	out := newSender(stream, s.engine, q)
	switch {
	case q.subscription && q.stream == "":
		err = s.subscribeAll(out, q)
	case q.subscription:
		err = s.subscribeStream(out, q)
	case q.stream == "":
		err = s.readAll(out, q)
	default:
		err = s.readStream(out, q)
	}
	return answer(stream, err)
}

// Without boundaries a plain read sends events or not-found and nothing else:
// the Go client panics on any other message.

func (s *streamsService) readStream(out *sender, q query) error {
	stream, err := s.engine.OpenStream(q.stream)
	if errors.Is(err, engine.ErrStreamNotFound) {
		return out.streamNotFound(q.stream)
	}
	if err != nil {
		return err
	}
	if q.boundaries && stream.First <= stream.Last {
		if err := out.firstRevision(uint64(stream.First)); err != nil {
			return err
		}
	}
	if q.backwards {
		stream.Backwards(q.at)
	} else {
		stream.Forwards(q.at)
	}
	if err := sendPages(out, nil, q.count, stream.Next); err != nil {
		return err
	}
	if q.boundaries {
		return out.lastRevision(uint64(stream.Last))
	}
	return nil
}

func (s *streamsService) readAll(out *sender, q query) error {
	durable := s.engine.Durable()
	var log *engine.Log
	switch {
	case q.backwards:
		log = s.engine.ReadBackwards(q.at)
	case q.from != fromEnd:
		log = s.engine.ReadForwards(q.at)
	}
	if log != nil {
		if err := sendPages(out, q.filter, q.count, log.Next); err != nil {
			return err
		}
	}
	if q.boundaries {
		return out.lastPosition(durable)
	}
	return nil
}

// sendPages sends at most count of the events that the filter lets through.
func sendPages(out *sender, f *filter, count uint64, next func(limit int) ([]engine.Record, error)) error {
	for count > 0 {
		limit := math.MaxInt
		if f == nil && count < math.MaxInt {
			limit = int(count)
		}
		records, err := next(limit)
		if err != nil {
			return err
		}
		if len(records) == 0 {
			return nil
		}
		for i := range records {
			if !f.matches(&records[i]) {
				continue
			}
			if err := out.event(&records[i]); err != nil {
				return err
			}
			if count--; count == 0 {
				return nil
			}
		}
		// A filter may let nothing through for long.
		if err := out.stream.Context().Err(); err != nil {
			return err
		}
	}
	return nil
}
