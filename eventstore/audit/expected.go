package audit

import (
	"context"
	"encoding/json"

	"io"

	"backlot/domain/seal"
	"backlot/eventstore"
)

// expected is the next event that a seal names.
type expected struct {
	seal.Entry
	isLast bool // of its seal
	seal   *sealHead
	// unknown is how many events stand here that no seal names, because a seal
	// is missing or cannot be read; the rest is not set then.
	unknown uint64
}

// sealHead is a seal without its entries.
type sealHead struct {
	revision uint64 // in the stream of seals
	count    uint64
	hash     string
	previous string // hash of the seal before, "" before the first
	known    bool   // the seal before is there
}

// named is an event's place in its stream.
type named struct {
	stream   string
	revision uint64
}

func (e expected) name() named { return named{e.Stream, e.Revision} }

// seals hands out what the stored seals name, in order, and reads them as they
// are asked for. A seal that is not as it should be is left out: the chain of
// the stream of seals tells that.
type seals struct {
	read  <-chan eventstore.RawEvent // closed at the end
	ended <-chan error
	done  bool
	err   error // how the reading ended
	queue []expected
	count uint64 // of the last seal
	hash  string // of the last seal
}

// openSeals begins to read; the context ends it.
func openSeals(ctx context.Context, store Store) *seals {
	read, ended := make(chan eventstore.RawEvent, 1), make(chan error, 1)
	go func() {
		ended <- store.ReadRaw(ctx, seal.Stream, func(e eventstore.RawEvent) error {
			select {
			case read <- e:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
		close(read)
	}()
	return &seals{read: read, ended: ended}
}

// next returns what comes next, and io.EOF behind the last seal.
func (s *seals) next() (expected, error) {
	for len(s.queue) == 0 {
		if s.done {
			return expected{}, s.err
		}
		e, more := <-s.read
		if !more {
			s.done = true
			if s.err = <-s.ended; s.err == nil {
				s.err = io.EOF
			}
			continue
		}
		s.take(e)
	}
	e := s.queue[0]
	s.queue = s.queue[1:]
	return e, nil
}

func (s *seals) take(e eventstore.RawEvent) {
	var sealed seal.Sealed
	if json.Unmarshal(e.Data, &sealed) != nil {
		return
	}
	n := uint64(len(sealed.Entries))
	if n == 0 || sealed.Count < s.count+n {
		return
	}
	head := &sealHead{revision: e.Revision, count: sealed.Count, hash: sealed.Hash, previous: s.hash, known: sealed.Count == s.count+n}
	if !head.known {
		s.queue = append(s.queue, expected{unknown: sealed.Count - n - s.count})
	}
	for i, entry := range sealed.Entries {
		s.queue = append(s.queue, expected{Entry: entry, isLast: i == len(sealed.Entries)-1, seal: head})
	}
	s.count, s.hash = sealed.Count, sealed.Hash
}
