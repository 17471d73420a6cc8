package engine

import (
	"context"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"
)

// scavengeEvents is how many events a scavenge removes at once: the decider
// looks at all of them between two appends.
const scavengeEvents = 128

// ScavengeReport says what a scavenge did.
type ScavengeReport struct {
	// Events that were removed.
	Events int64
	// BytesBefore and BytesAfter are the sizes of the store's files together.
	BytesBefore, BytesAfter int64
}

// Scavenge removes the events that no read of their stream can return any more:
// those of deleted and tombstoned streams, before $tb, beyond $maxCount, older
// than $maxAge now, and superseded metadata. When it returns without an error,
// no file of the store holds them. What was hidden when it began is removed;
// appends and reads go on meanwhile. Only reads of the log notice: it has gaps
// where the events were. A stream goes on at the revision where it was, also if
// nothing is left of it.
//
// An interrupted scavenge is finished by the next one. Two run one after the
// other. The error is ErrDiskFull, ErrClosed or the context's, or says that the
// store failed.
func (e *Engine) Scavenge(ctx context.Context) (ScavengeReport, error) {
	if e.reading {
		return ScavengeReport{}, ErrReadOnly
	}
	ctx, cancel := e.untilClosing(ctx)
	defer cancel()
	select {
	case e.scavenging <- struct{}{}:
		defer func() { <-e.scavenging }()
	case <-ctx.Done():
		return ScavengeReport{}, context.Cause(ctx)
	}
	if ctx.Err() != nil {
		return ScavengeReport{}, context.Cause(ctx)
	}
	s := &scavenge{engine: e}
	var err error
	if s.report.BytesBefore, err = e.size(); err != nil {
		return ScavengeReport{}, err
	}
	if err = s.run(ctx); err == nil {
		s.report.BytesAfter, err = e.size()
	}
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return s.report, err
}

// untilClosing ends with ErrClosed when the engine closes.
func (e *Engine) untilClosing(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	ended := make(chan struct{})
	go func() {
		select {
		case <-e.closing:
			cancel(ErrClosed)
		case <-ended:
		}
	}()
	return ctx, func() {
		close(ended)
		cancel(nil)
	}
}

// scavenge is one run.
type scavenge struct {
	engine *Engine
	report ScavengeReport
	hidden []hiddenEvent // found and not yet removed
	spans  spans         // of what was removed and may still be in files
}

// hiddenEvent is an event that cannot be read any more.
type hiddenEvent struct {
	stream   string
	number   uint64
	revision uint64
	position uint64
	created  int64
	isGone   bool // only the index still has it
}

func (s *scavenge) run(ctx context.Context) error {
	var err error
	if s.spans, err = readSpans(s.engine.db); err != nil {
		return err
	}
	if err := s.find(ctx); err != nil {
		return err
	}
	if err := s.remove(ctx); err != nil {
		return err
	}
	if len(s.spans) == 0 {
		return nil
	}
	return s.dispose(ctx)
}

// add takes a hidden event, and removes when there are enough of them.
func (s *scavenge) add(ctx context.Context, h hiddenEvent) error {
	s.hidden = append(s.hidden, h)
	if len(s.hidden) < scavengeEvents {
		return nil
	}
	return s.remove(ctx)
}

// remove has the decider look again at what was found, since metadata may have
// changed, and remove what is still hidden.
func (s *scavenge) remove(ctx context.Context) error {
	if len(s.hidden) == 0 {
		return nil
	}
	for _, h := range s.hidden {
		s.spans = s.spans.with(h.position)
	}
	r := &request{kind: scavengeHidden, hidden: s.hidden, spans: s.spans.encode()}
	s.hidden = nil // the decider may still look at them when ctx has ended
	if _, err := s.engine.submit(ctx, r); err != nil {
		return err
	}
	s.report.Events += int64(r.written)
	return nil
}

// scavenge decides which events are removed. What it reads of the store must
// be complete, and is when everything decided has been applied.
func (d *decider) scavenge(r *request) (Result, error) {
	d.flush()
	erase := d.engine.db.NewBatch()
	var seen visibility
	name, until := "", uint64(0)
	for _, h := range r.hidden {
		if h.stream != name {
			var err error
			if seen, err = d.engine.visibilityOf(h.stream, h.number, End); err != nil {
				return Result{}, errors.Join(err, erase.Close())
			}
			name = h.stream
		}
		if !seen.hides(h.revision, h.created) {
			continue
		}
		err := erase.Delete(eventKey(h.position), nil)
		if err == nil && int64(h.revision) != seen.last {
			// The last one says where the stream goes on.
			err = erase.Delete(streamKey(h.number, h.revision), nil)
		}
		if err != nil {
			return Result{}, d.engine.fail(err)
		}
		until = max(until, h.position)
		if !h.isGone {
			r.written++
		}
	}
	if erase.Empty() {
		return Result{}, erase.Close()
	}
	for _, entry := range [...]struct{ key, value []byte }{
		{formatKey, encodeNumber(formatScavenged)},
		{endKey, encodeNumber(d.lastPosition)},
		{spansKey, r.spans},
	} {
		if err := erase.Set(entry.key, entry.value, nil); err != nil {
			return Result{}, d.engine.fail(err)
		}
	}
	d.group.erase, d.group.eraseUntil = erase, until
	return Result{}, nil
}

// erase removes events when everything that was decided before is on disk and
// can be read: who reads sees what hides them before they are gone. The scavenge
// sees to it that the removal itself gets to disk.
func (e *Engine) erase(g *group) error {
	e.erasures.Add(1)
	if err := e.db.Apply(g.erase, pebble.NoSync); err != nil {
		return fmt.Errorf("scavenge: %w", err)
	}
	e.tail.forget(g.eraseUntil)
	return g.erase.Close()
}
