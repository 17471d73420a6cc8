package facets

import (
	"fmt"

	"backlot/readmodel"
)

// pastBuilder keeps the versions of rows that ended, in chunks like those of
// the rows, in the order in which they ended.
type pastBuilder struct {
	chunks []*chunk
	owned  bool   // no snapshot has the last chunk, so it may be written
	begun  bool   // next is known
	next   uint32 // number of the version after the last
	from   int64  // Unix ms: of what ended after it, nothing is missing
}

// end adds versions that ended, the first with a number. Those that are there
// already are passed over.
func (b *builder) end(from uint32, rows []byte, checked bool) error {
	p := &b.past
	if !p.begun {
		p.begun, p.next = true, from
	}
	if from > p.next {
		return fmt.Errorf("facets: ended versions continue at %d, but end at %d", from, p.next)
	}
	rows = rows[min(len(rows), int(p.next-from)*readmodel.EndedSize):]
	var e readmodel.Ended
	for ; len(rows) > 0; rows = rows[readmodel.EndedSize:] {
		if err := e.Decode(rows[:readmodel.EndedSize]); err != nil {
			return err
		}
		if checked {
			if err := b.check(&e.Row); err != nil {
				return err
			}
		}
		if err := b.putEnded(&e); err != nil {
			return err
		}
		p.next++
	}
	return nil
}

func (b *builder) putEnded(e *readmodel.Ended) error {
	n, i := int(e.Number/chunkRows), int(e.Number%chunkRows)
	if n >= len(b.chunks) || b.chunks[n].ids[i] != e.Row.ID {
		return fmt.Errorf("facets: a version of %s that ended is said to be of row %d", e.Row.ID, e.Number)
	}
	e.Row.ID = b.chunks[n].ids[i]
	p := &b.past
	last := len(p.chunks) - 1
	switch {
	case last < 0 || p.chunks[last].n == chunkRows:
		c := newChunk()
		c.number, c.until = &noCodes, &noInstants
		p.chunks, p.owned, last = append(p.chunks, c), true, last+1
	case !p.owned:
		p.chunks[last], p.owned = p.chunks[last].clone(), true
	}
	return p.chunks[last].putEnded(e)
}

func (c *chunk) putEnded(e *readmodel.Ended) error {
	i := c.n
	if err := c.put(i, &e.Row); err != nil {
		return err
	}
	w := rowWriter{own: &c.own, i: i, turn: endedTurn}
	write(&w, &c.number, e.Number)
	write(&w, &c.until, e.Until)
	c.lastUntil = max(c.lastUntil, e.Until)
	return nil
}

// endedTurn is that of the first column that only ended versions have.
const endedTurn = 30

// PutPast implements mirror.Past.
func (b *builder) PutPast(from uint32, rows []byte) error { return b.end(from, rows, false) }

// ForgetPast implements mirror.Past.
func (b *builder) ForgetPast(until int64) {
	p := &b.past
	if until <= p.from {
		return
	}
	p.from = until
	for len(p.chunks) > 0 && p.chunks[0].n == chunkRows && p.chunks[0].lastUntil <= until {
		p.chunks = p.chunks[1:]
	}
}
