package facets

import (
	"slices"
)

// A filter keeps the places of a chunk's selection vector that it accepts, in
// place. base is the number of the chunk's first row.
type filter interface {
	narrow(c *chunk, base uint32, selected []uint16) []uint16
}

type (
	codesOf func(*columns) *codeColumn
	bytesOf func(*columns) *byteColumn
)

// byCode accepts rows by a table over the codes of a column: 1 is accepted.
type byCode struct {
	column codesOf
	table  []uint8
	by     posted // that the column is
}

func (f *byCode) narrow(c *chunk, _ uint32, selected []uint16) []uint16 {
	return narrowTable(f.column(&c.columns), f.table, selected)
}

// byByte accepts rows by a table over the values of a column.
type byByte struct {
	column bytesOf
	table  [256]uint8
}

func (f *byByte) narrow(c *chunk, _ uint32, selected []uint16) []uint16 {
	return narrowTable(f.column(&c.columns), f.table[:], selected)
}

// narrowTable writes every place and moves on only if it is accepted: without
// a branch it takes the same time whatever the selectivity.
func narrowTable[T uint8 | uint32](column *[chunkRows]T, table []uint8, selected []uint16) []uint16 {
	k := 0
	for _, i := range selected {
		selected[k] = i
		k += int(table[column[i&chunkMask]])
	}
	return selected[:k]
}

// byteTest accepts the rows whose byte in a column has a 1 in a table.
type byteTest struct {
	column *byteColumn
	table  *[256]uint8
}

// narrowBytes keeps the places that pass every test. Several at once look at
// their columns without waiting for each other, and write each place once.
func narrowBytes(tests []byteTest, selected []uint16) []uint16 {
	for len(tests) > 0 && len(selected) > 0 {
		k := 0
		switch a := tests[0]; len(tests) {
		case 1:
			for _, i := range selected {
				selected[k] = i
				k += int(a.table[a.column[i&chunkMask]])
			}
		case 2:
			b := tests[1]
			for _, i := range selected {
				selected[k] = i
				i &= chunkMask
				k += int(a.table[a.column[i]] & b.table[b.column[i]])
			}
		default:
			b, c, d := tests[1], tests[2], tests[min(3, len(tests)-1)]
			for _, i := range selected {
				selected[k] = i
				i &= chunkMask
				k += int(a.table[a.column[i]] & b.table[b.column[i]] & c.table[c.column[i]] & d.table[d.column[i]])
			}
		}
		selected, tests = selected[:k], tests[min(4, len(tests)):]
	}
	return selected
}

// assigned accepts the rows that a fulfillment partner works on.
type assigned struct{ partner uint32 }

func (f assigned) narrow(c *chunk, _ uint32, selected []uint16) []uint16 {
	k := 0
	for _, i := range selected {
		selected[k] = i
		if c.fulfillmentPartner[i&chunkMask] == f.partner || c.subAssignee[i&chunkMask] == f.partner {
			k++
		}
	}
	return selected[:k]
}

// byNumber accepts the rows with given numbers, or all others.
type byNumber struct {
	numbers []uint32 // sorted, each once
	exclude bool
}

func (f *byNumber) narrow(_ *chunk, base uint32, selected []uint16) []uint16 {
	here := f.within(base)
	if len(here) == 0 {
		if f.exclude {
			return selected
		}
		return selected[:0]
	}
	k := 0
	for _, i := range selected {
		selected[k] = i
		if _, found := slices.BinarySearch(here, base+uint32(i)); found != f.exclude {
			k++
		}
	}
	return selected[:k]
}

// inClasses accepts rows by their class at an instant.
type inClasses struct {
	now   int64
	table [classSlots]uint8
}

func (f *inClasses) narrow(c *chunk, _ uint32, selected []uint16) []uint16 {
	return narrowTable(c.classesAt(f.now), f.table[:], selected)
}

// A lister is a filter whose rows a chunk can list without looking at the others.
type lister interface {
	filter
	// count returns how many places list would append, or, once it is beyond a
	// bound, more than that. ok is false if the chunk cannot list them after all.
	count(c *chunk, base uint32, bound int) (n int, ok bool)
	// list appends the places that the filter accepts, each once and in no order;
	// places without a row may be among them.
	list(c *chunk, base uint32, places []uint16) []uint16
}

func (f *byCode) count(c *chunk, _ uint32, bound int) (n int, ok bool) {
	if f.by == notPosted {
		return 0, false
	}
	p := c.postings(f.by)
	for k, code := range p.codes {
		if f.table[code] == 1 {
			if n += len(p.of(k)); n > bound {
				break
			}
		}
	}
	return n, true
}

func (f *byCode) list(c *chunk, _ uint32, places []uint16) []uint16 {
	p := c.postings(f.by)
	for k, code := range p.codes {
		if f.table[code] == 1 {
			places = append(places, p.of(k)...)
		}
	}
	return places
}

func (f assigned) count(c *chunk, _ uint32, _ int) (n int, ok bool) {
	return len(c.postings(byFulfillmentPartner).with(f.partner)) + len(c.postings(bySubAssignee).with(f.partner)), true
}

// list takes those that the partner helps itself with once.
func (f assigned) list(c *chunk, _ uint32, places []uint16) []uint16 {
	places = append(places, c.postings(byFulfillmentPartner).with(f.partner)...)
	for _, i := range c.postings(bySubAssignee).with(f.partner) {
		if c.fulfillmentPartner[i&chunkMask] != f.partner {
			places = append(places, i)
		}
	}
	return places
}

func (f *byNumber) count(_ *chunk, base uint32, _ int) (n int, ok bool) {
	return len(f.within(base)), !f.exclude
}

func (f *byNumber) list(_ *chunk, base uint32, places []uint16) []uint16 {
	for _, number := range f.within(base) {
		places = append(places, uint16(number-base))
	}
	return places
}

// within returns the numbers that lie in a chunk.
func (f *byNumber) within(base uint32) []uint32 {
	first, _ := slices.BinarySearch(f.numbers, base)
	end, _ := slices.BinarySearch(f.numbers, base+chunkRows)
	return f.numbers[first:end]
}

// nothing accepts no row.
type nothing struct{}

func (nothing) narrow(_ *chunk, _ uint32, selected []uint16) []uint16 { return selected[:0] }
