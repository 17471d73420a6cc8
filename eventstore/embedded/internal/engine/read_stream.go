package engine

import (
	"math"

	"github.com/cockroachdb/pebble/v2"
)

// Stream reads one stream as it stood when it was opened.
type Stream struct {
	// First and Last are the revisions that can be read; First > Last when
	// there is nothing.
	First, Last int64
	// Durable is the position up to which the stream is seen.
	Durable uint64

	engine *Engine
	number uint64
	oldest int64
	page   Page
	lookup []place
	// next page: revisions from…to, descending if back
	from, to int64
	back     bool
}

// OpenStream fails with ErrStreamNotFound or a StreamDeletedError; with the
// former, the Stream still says up to which position that holds.
func (e *Engine) OpenStream(name string) (s *Stream, err error) {
	err = e.settled(func() (err error) {
		s, err = e.openStream(name)
		return err
	})
	return s, err
}

func (e *Engine) openStream(name string) (*Stream, error) {
	s := &Stream{engine: e, Durable: e.Durable(), Last: noRevision}
	if original, ok := OriginalOf(name); ok {
		if deleted, err := isTombstoned(e.db, original, s.Durable); err != nil || deleted {
			if err == nil {
				err = &StreamDeletedError{name}
			}
			return nil, err
		}
	}
	number, found, err := getNumber(e.db, nameKey(name))
	if err != nil {
		return nil, err
	}
	if !found {
		return s, ErrStreamNotFound
	}
	s.number = number
	if s.Last, _, err = streamEnd(e.db, number, s.Durable); err != nil {
		return nil, err
	}
	if s.Last == TombstoneRevision {
		return nil, &StreamDeletedError{name}
	}
	m, _, _, err := metadataOf(e.db, name, s.Durable)
	if err != nil {
		return nil, err
	}
	s.First = max(0, m.first(s.Last))
	s.oldest = m.oldest(e.now().UnixNano() / int64(tick))
	if s.Last == noRevision || m.softDeleted() {
		return s, ErrStreamNotFound
	}
	return s, nil
}

// Forwards sets the revision, inclusive, from which Next reads on.
func (s *Stream) Forwards(from uint64) {
	s.back = false
	s.to = s.Last
	s.from = s.Last + 1
	if from <= uint64(s.Last) {
		s.from = max(s.First, int64(from))
	}
}

// Backwards sets the revision, inclusive, from which Next reads back.
func (s *Stream) Backwards(from uint64) {
	s.back = true
	s.to = s.First
	s.from = s.Last
	if from < uint64(s.Last) {
		s.from = int64(from)
	}
}

// Next returns the next page of at most limit records, which last until the
// following call. It is empty at the end.
func (s *Stream) Next(limit int) ([]Record, error) {
	limit = min(limit, pageEvents)
	s.page.reset()
	for !s.page.full(limit) {
		places, err := s.places(limit - len(s.page.Records))
		if err != nil || len(places) == 0 {
			return s.page.Records, err
		}
		for _, p := range places {
			if s.page.full(limit) {
				break
			}
			if err := s.add(p); err != nil {
				return nil, err
			}
		}
	}
	return s.page.Records, nil
}

// place is where an event stands.
type place struct {
	revision int64
	position uint64
}

// places looks up where the next revisions stand.
func (s *Stream) places(limit int) ([]place, error) {
	s.lookup = s.lookup[:0]
	low, high := s.from, s.to
	if s.back {
		low, high = s.to, s.from
	}
	if low > high {
		return nil, nil
	}
	iter, err := s.engine.db.NewIter(&pebble.IterOptions{
		LowerBound: streamKey(s.number, uint64(low)),
		UpperBound: afterStreamKey(s.number, uint64(high)),
	})
	if err != nil {
		return nil, readError(err)
	}
	defer iter.Close()
	first, next := iter.First, iter.Next
	if s.back {
		first, next = iter.Last, iter.Prev
	}
	for ok := first(); ok && len(s.lookup) < limit; ok = next() {
		s.lookup = append(s.lookup, place{int64(revisionOfKey(iter.Key())), decodeNumber(iter.Value())})
	}
	if err := iter.Error(); err != nil {
		return nil, readError(err)
	}
	return s.lookup, nil
}

// add reads one event and moves on; one that is too old, or was scavenged, is
// passed over.
func (s *Stream) add(p place) error {
	if s.back {
		s.from = p.revision - 1
	} else {
		s.from = p.revision + 1
	}
	value, closer, err := getOptional(s.engine.db, eventKey(p.position))
	if err != nil || closer == nil {
		return err
	}
	defer closer.Close()
	n := len(s.page.Records)
	if err := s.page.add(p.position, value); err != nil {
		return err
	}
	if s.page.Records[n].Created < s.oldest {
		s.page.Records = s.page.Records[:n]
	}
	return nil
}

// RevisionEnd asks for a stream's end.
const RevisionEnd = math.MaxUint64
