package engine

import (
	"math"

	"github.com/cockroachdb/pebble/v2"
)

// Log reads events in order of position, as far as they are on disk.
type Log struct {
	// Durable is the position up to which the log is seen.
	Durable uint64

	engine *Engine
	page   Page
	bounds pebble.IterOptions
	back   bool
}

// ReadForwards reads from a position, inclusive, up to what is durable now.
func (e *Engine) ReadForwards(from uint64) *Log {
	durable := e.Durable()
	return &Log{Durable: durable, engine: e, bounds: pebble.IterOptions{
		LowerBound: eventKey(from),
		UpperBound: afterEventKey(durable),
	}}
}

// ReadAfter reads from a position, exclusive, up to what is durable now.
func (e *Engine) ReadAfter(position uint64) *Log {
	durable := e.Durable()
	return &Log{Durable: durable, engine: e, bounds: pebble.IterOptions{
		LowerBound: afterEventKey(position),
		UpperBound: afterEventKey(durable),
	}}
}

// ReadBackwards reads from before a position back to the first event.
func (e *Engine) ReadBackwards(before uint64) *Log {
	durable := e.Durable()
	upper := afterEventKey(durable)
	if before <= durable {
		upper = eventKey(before)
	}
	return &Log{Durable: durable, engine: e, back: true, bounds: pebble.IterOptions{
		LowerBound: []byte{prefixEvent},
		UpperBound: upper,
	}}
}

// End is the position before everything and after everything.
const End = math.MaxUint64

// Next returns the next page of at most limit records, which last until the
// following call. It is empty at the end.
func (l *Log) Next(limit int) ([]Record, error) {
	l.page.reset()
	limit = min(limit, pageEvents)
	iter, err := l.engine.db.NewIter(&l.bounds)
	if err != nil {
		return nil, readError(err)
	}
	defer iter.Close()
	first, next := iter.First, iter.Next
	if l.back {
		first, next = iter.Last, iter.Prev
	}
	for ok := first(); ok && !l.page.full(limit); ok = next() {
		value, err := iter.ValueAndErr()
		if err != nil {
			return nil, readError(err)
		}
		if err := l.page.add(positionOfKey(iter.Key()), value); err != nil {
			return nil, err
		}
	}
	if err := iter.Error(); err != nil {
		return nil, readError(err)
	}
	if n := len(l.page.Records); n > 0 {
		last := l.page.Records[n-1].Position
		if l.back {
			l.bounds.UpperBound = eventKey(last)
		} else {
			l.bounds.LowerBound = afterEventKey(last)
		}
	}
	return l.page.Records, nil
}
