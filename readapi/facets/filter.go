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
	numbers []uint32 // sorted
	exclude bool
}

func (f *byNumber) narrow(_ *chunk, base uint32, selected []uint16) []uint16 {
	first, _ := slices.BinarySearch(f.numbers, base)
	end, _ := slices.BinarySearch(f.numbers, base+chunkRows)
	here := f.numbers[first:end]
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

// nothing accepts no row.
type nothing struct{}

func (nothing) narrow(_ *chunk, _ uint32, selected []uint16) []uint16 { return selected[:0] }
