package facets

import (
	"encoding/binary"
	"sync/atomic"

	"backlot/domain/sourcerequest"
)

// Counting all rows by groups whose number and class fit into sixteen bits takes
// eight rows at a time: their codes and classes are bytes, and the places of
// their counts are made in the four lanes of a word.
const (
	packedCounts = 1 << 16
	packedGroups = packedCounts / classSlots
)

// narrowColumn is a column of codes that are all less than 256, as bytes.
type narrowColumn struct {
	of *codeColumn // that it is a copy of; a chunk's column changes by becoming another
	byteColumn
}

// narrowColumns are a chunk's copies, each made when it is first asked for.
type narrowColumns [postedCount]atomic.Pointer[narrowColumn]

// bytesBy returns the codes of a column, which fit into bytes, as such.
func (c *chunk) bytesBy(by posted) *byteColumn {
	if c.of != nil {
		return c.of.bytesBy(by)
	}
	column := postedColumns[by](&c.columns)
	n := c.narrow[by].Load()
	if n == nil || n.of != column {
		n = &narrowColumn{of: column}
		for i, code := range column {
			n.byteColumn[i] = uint8(code)
		}
		c.narrow[by].Store(n)
	}
	return &n.byteColumn
}

// packable reports whether rows can be counted by these dimensions eight at a
// time: at most two, of codes that are their ordinals and fit into a byte.
func packable(dims []*dimension, radix uint64) bool {
	if len(dims) > 2 || radix > packedGroups {
		return false
	}
	for _, d := range dims {
		if d.table == nil || d.bytes == nil && d.by == notPosted || d.radix > 1<<8 {
			return false
		}
		for code := range min(uint32(len(d.table)), d.radix) {
			if d.table[code] != code {
				return false
			}
		}
	}
	return true
}

// packedColumn returns the ordinals of a chunk's rows; the dimension is packable.
func (d *dimension) packedColumn(c *chunk) *byteColumn {
	if d.bytes != nil {
		return d.bytes(&c.columns)
	}
	return c.bytesBy(d.by)
}

// lanes spread the rows over as many histograms: neighbours that are counted at
// one place wait for each other.
const lanes = 8

var (
	laneOfRow byteColumn
	noOrdinal byteColumn
)

func init() {
	for i := range laneOfRow {
		laneOfRow[i] = uint8(i % lanes)
	}
}

// tallyAll is tally for a plan that selects all rows, by dimensions that are
// packable. Cancelled rows are counted with the others, and forgotten at the end
// if they are not matched.
func (s *Snapshot) tallyAll(p *plan, dims []*dimension, radix uint64) (total histogram, groups *groupCounts) {
	columnsOf := func(c *chunk) packed {
		p := packed{a: &laneOfRow, b: &noOrdinal, classes: c.classesAt(p.now), n: c.n}
		switch len(dims) {
		case 1:
			p.b = dims[0].packedColumn(c)
		case 2:
			p.a, p.b = dims[0].packedColumn(c), dims[1].packedColumn(c)
		}
		return p
	}
	places, weight := radix*lanes, radix // that are counted at, and how far apart those of the first column are
	if len(dims) == 2 {
		places, weight = radix, uint64(dims[1].radix)
	}
	parts := make([]*groupCounts, workers(len(s.chunks)))
	parallel(len(s.chunks), func(worker int, next func() (int, int)) {
		part := newGroupCounts(places)
		counts := (*[packedCounts]uint32)(part.counts[:packedCounts])
		touched := uint8(0)
		for from, to := next(); from < to; from, to = next() {
			following := columnsOf(s.chunks[from])
			for n := from; n < to; n++ {
				columns := following
				if n+1 < to {
					following = columnsOf(s.chunks[n+1])
					touched += following.touch()
				}
				countPacked(counts, columns, weight<<classBits)
			}
		}
		parts[worker] = part
		lastTouched.Store(uint32(touched))
	})
	groups = parts[0]
	for _, part := range parts[1:] {
		if part != nil {
			groups.merge(part)
			part.release()
		}
	}
	first := groups.counts[:radix*classSlots]
	for rest := groups.counts[len(first):]; len(rest) > 0; rest = rest[len(first):] {
		for i, n := range rest[:len(first)] {
			first[i] += n
		}
	}
	groups.counts = first
	cancelled := p.statuses[statusCode(sourcerequest.StatusCancelled)] == 1
	for at := 0; at < len(first); at += classSlots {
		first[at+classNoRow] = 0
		if !cancelled {
			first[at+classCancelled] = 0
		}
		for class, n := range first[at : at+classSlots] {
			total[class] += n
		}
	}
	if len(dims) == 0 {
		groups.release()
		return total, nil
	}
	return total, groups
}

// packed is what of a chunk is counted.
type packed struct {
	a, b, classes *byteColumn
	n             int
}

// touch reads where columns begin, so that they are on their way from memory while
// those of the chunk before are counted: a twentieth of the time.
func (p packed) touch() uint8 {
	const line = 64 // bytes
	return p.a[0] + p.b[0] + p.classes[0] + p.a[line] + p.b[line] + p.classes[line]
}

// lastTouched makes the compiler believe that somebody wants what touch returns.
var lastTouched atomic.Uint32

// countPacked counts the first rows, and up to seven places after them that have
// none.
func countPacked(counts *[packedCounts]uint32, p packed, weight uint64) {
	const even = 0x00FF00FF00FF00FF
	a, b, classes := p.a, p.b, p.classes
	for i := 0; i < p.n; i += 8 {
		i := i & (chunkMask &^ 7)
		x, y, z := binary.LittleEndian.Uint64(a[i:]), binary.LittleEndian.Uint64(b[i:]), binary.LittleEndian.Uint64(classes[i:])
		// No lane overflows: each is the place of a count.
		at := (x&even)*weight + y&even<<classBits + z&even
		counts[uint16(at)]++
		counts[uint16(at>>16)]++
		counts[uint16(at>>32)]++
		counts[uint16(at>>48)]++
		at = (x>>8&even)*weight + y>>8&even<<classBits + z>>8&even
		counts[uint16(at)]++
		counts[uint16(at>>16)]++
		counts[uint16(at>>32)]++
		counts[uint16(at>>48)]++
	}
}
