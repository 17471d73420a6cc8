package facets

import (
	"time"

	"backlot/domain"
)

// Changes are the rows that differ between two snapshots at two instants: an
// event changed them, or the clock moved them to other buckets.
type Changes struct {
	before, after *Snapshot
	all           bool     // another generation: no row is known to be the same
	bits          []uint64 // by row number
	chunks        []int    // those with a row that changed
	count         int
}

// Since compares the snapshot at an instant with an earlier one at an earlier
// instant. What they share costs nothing but a look at each chunk.
func (s *Snapshot) Since(before *Snapshot, then, now time.Time) *Changes {
	c := &Changes{before: before, after: s}
	if before.generation != s.generation {
		c.all = true
		return c
	}
	c.bits = make([]uint64, len(s.chunks)*setWords)
	from, to := then.UnixMilli(), now.UnixMilli()
	for n, chunk := range s.chunks {
		count := c.count
		if n >= len(before.chunks) {
			for i := range chunk.n {
				c.note(n, i, chunk.status[i] != 0)
			}
		} else {
			old := before.chunks[n]
			was, is := old.classesAt(from), chunk.classesAt(to) // in this order: the later ones are kept
			if old == chunk && was == is {
				continue
			}
			for i := range chunk.n {
				c.note(n, i, old.revision[i] != chunk.revision[i] || old.status[i] != chunk.status[i] || was[i] != is[i])
			}
		}
		if c.count > count {
			c.chunks = append(c.chunks, n)
		}
	}
	return c
}

func (c *Changes) note(chunk, i int, changed bool) {
	if changed {
		c.bits[chunk*setWords+i/64] |= 1 << (i % 64)
		c.count++
	}
}

// All reports that no row is known to be the same: the rows were built anew.
func (c *Changes) All() bool { return c.all }

// None reports that no row changed.
func (c *Changes) None() bool { return !c.all && c.count == 0 }

// Touch reports whether any of the changed rows is one that the principal may
// see, or could see before.
func (c *Changes) Touch(p domain.Principal) bool {
	return c.all || c.count > 0 && (c.visible(c.before, p) || c.visible(c.after, p))
}

func (c *Changes) visible(s *Snapshot, p domain.Principal) bool {
	scope := s.scope(p)
	var buffer [chunkRows]uint16
	for _, n := range c.chunks {
		if n >= len(s.chunks) {
			continue
		}
		chunk, selected := s.chunks[n], buffer[:0]
		for i := range chunk.n {
			if c.bits[n*setWords+i/64]>>(i%64)&1 == 1 && chunk.status[i] != 0 {
				selected = append(selected, uint16(i))
			}
		}
		for _, f := range scope {
			selected = f.narrow(chunk, uint32(n)*chunkRows, selected)
		}
		if len(selected) > 0 {
			return true
		}
	}
	return false
}

// Has reports whether a request's row changed.
func (c *Changes) Has(id string) bool {
	n, ok := c.after.ids.find(id)
	return c.all || ok && int(n/64) < len(c.bits) && c.bits[n/64]>>(n%64)&1 == 1
}

// Difference is how what a query selects has changed, as request ids.
type Difference struct {
	Entered []string // selected now and not before
	Changed []string // selected before and now, and not what they were
	Left    []string // not selected any more
	Many    bool     // they are more than were asked for, or nobody can tell: the lists are empty
}

// None reports that the query selects what it did, unchanged.
func (d *Difference) None() bool {
	return !d.Many && len(d.Entered)+len(d.Changed)+len(d.Left) == 0
}

// WithoutRows returns a set to compare later ones with, which does not keep the
// rows of its snapshot from being forgotten. It can do nothing else but Len.
func (t *Set) WithoutRows() *Set { return &Set{bits: t.bits, count: t.count} }

// Since compares what a query selects with what it selected before the changes,
// and lists up to most requests.
func (t *Set) Since(before *Set, c *Changes, most int) Difference {
	if c.all {
		return Difference{Many: t.count+before.count > 0}
	}
	var d Difference
	for w, now := range t.bits {
		var then uint64
		if w < len(before.bits) {
			then = before.bits[w]
		}
		differs := now ^ then | now&c.bits[w]
		for i := 0; differs != 0; i, differs = i+1, differs>>1 {
			if differs&1 == 0 {
				continue
			}
			if most--; most < 0 {
				return Difference{Many: true}
			}
			id := t.snapshot.chunks[w/setWords].ids[w%setWords*64+i]
			switch {
			case then>>i&1 == 0:
				d.Entered = append(d.Entered, id)
			case now>>i&1 == 0:
				d.Left = append(d.Left, id)
			default:
				d.Changed = append(d.Changed, id)
			}
		}
	}
	return d
}
