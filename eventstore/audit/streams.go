package audit

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"

	"golang.org/x/sync/errgroup"

	"backlot/domain"
	"backlot/domain/seal"
	"backlot/eventstore"
)

// readers is how many streams are read at once. More are no faster on two
// cores, and would take the event store from everybody else.
const readers = 8

// compareStreams looks whether the streams show what the log holds.
func (v *verifier) compareStreams(ctx context.Context, store Store, o Options) error {
	if o.Streams != nil {
		return o.Streams(ctx, v.found.add)
	}
	group, reading := errgroup.WithContext(ctx)
	group.SetLimit(readers)
	var mu sync.Mutex
	for stream, c := range v.streams {
		if reading.Err() != nil {
			break
		}
		group.Go(func() error {
			s := &shown{store: store, stream: stream, chain: c, logEnd: v.at}
			f, wrong, err := s.compare(reading, o.Deep)
			if err == nil && wrong {
				mu.Lock()
				defer mu.Unlock()
				v.found.add(f)
			}
			return err
		})
	}
	return errors.Join(group.Wait(), ctx.Err())
}

// shown is a stream as its readers see it, beside what the log led to.
type shown struct {
	store  Store
	stream string
	chain  *chain
	logEnd domain.Position
}

// mayVanish reports whether the stream may show less than the log has: what is
// erased, and what others wrote and truncate as they like.
func (s *shown) mayVanish() bool { return s.chain.erasable || !s.chain.chained }

// compare reads the end of the stream, or all of it. Of a stream that may vanish
// only the end counts, if there is one.
func (s *shown) compare(ctx context.Context, deep bool) (f seal.Finding, wrong bool, err error) {
	if deep && !s.mayVanish() {
		return s.compareAll(ctx)
	}
	last, ok, err := s.store.LastRaw(ctx, s.stream, math.MaxUint64)
	if err == nil && ok && last.Stream == s.stream && last.Revision > s.chain.last && last.Position > s.logEnd {
		// The stream has grown since.
		last, ok, err = s.store.LastRaw(ctx, s.stream, s.chain.last)
	}
	switch {
	case err != nil:
		return f, false, err
	case !ok && s.mayVanish():
		return f, false, nil
	case !ok:
		return s.hidden(0, "it shows nothing"), true, nil
	case last.Stream == s.stream && last.Revision < s.chain.last:
		return s.hidden(last.Revision+1, fmt.Sprintf("it ends with event %d", last.Revision)), true, nil
	}
	f, wrong = s.compareLast(last)
	return f, wrong, nil
}

// compareLast compares what stands at the revision of the log's last event.
func (s *shown) compareLast(e eventstore.RawEvent) (seal.Finding, bool) {
	if f, wrong := s.compareName(e, s.chain.last); wrong {
		return f, true
	}
	if carried, _ := eventstore.CarriedHash(e); s.chain.chained && s.chain.last == s.chain.next-1 && carried != s.chain.hash {
		return s.hidden(e.Revision, "another event is shown in its place"), true
	}
	return seal.Finding{}, false
}

// compareName looks whether an event is the one of the stream that it is shown as.
func (s *shown) compareName(e eventstore.RawEvent, revision uint64) (seal.Finding, bool) {
	if e.Stream == s.stream && e.Revision == revision {
		return seal.Finding{}, false
	}
	return s.hidden(revision, fmt.Sprintf("event %d of stream %q is shown in its place", e.Revision, e.Stream)), true
}

// compareAll reads the stream from its first event to the log's last one. That
// each follows the one before it by its hash was computed along the log; here
// the same hashes have to be in the same order.
func (s *shown) compareAll(ctx context.Context) (f seal.Finding, wrong bool, err error) {
	next := uint64(0)
	err = s.store.ReadRaw(ctx, s.stream, func(e eventstore.RawEvent) error {
		switch {
		case e.Stream == s.stream && e.Revision > next:
			f, wrong = s.hidden(next, fmt.Sprintf("it goes on with event %d", e.Revision)), true
		case next < s.chain.last:
			f, wrong = s.compareName(e, next)
		default:
			f, wrong = s.compareLast(e)
		}
		if wrong || next == s.chain.last {
			return errFound
		}
		next++
		return nil
	})
	switch {
	case errors.Is(err, errFound):
		return f, wrong, nil
	case err != nil:
		return f, false, err
	case next == 0:
		return s.hidden(0, "it shows nothing"), true, nil
	}
	return s.hidden(next, fmt.Sprintf("it ends with event %d", next-1)), true, nil
}

// hidden finds that a stream does not show an event of its own.
func (s *shown) hidden(revision uint64, instead string) seal.Finding {
	at := domain.Position(0)
	if revision == s.chain.last {
		at = s.chain.at
	}
	return seal.Finding{
		Kind: seal.Hidden, Stream: s.stream, Revision: revision, Position: at,
		Text: fmt.Sprintf("Stream %q does not show event %d, although the log has its events up to %d: %s.", s.stream, revision, s.chain.last, instead),
	}
}
