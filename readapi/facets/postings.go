package facets

import (
	"slices"
	"sync/atomic"
)

// posted are the columns by whose codes a chunk can list its rows: those of
// which a question or a scope often wants a few values.
type posted uint8

const (
	notPosted posted = iota
	byContentPartner
	byFulfillmentPartner
	bySubAssignee
	byLanguage
	byTitle
	byPackage
	postedCount
)

var postedColumns = [postedCount]codesOf{
	byContentPartner: contentPartners, byFulfillmentPartner: fulfillmentPartners, bySubAssignee: subAssignees, byLanguage: languages,
	byTitle: titles, byPackage: packages,
}

// postedAs returns the column of a modifier or grouping, if it is posted.
func postedAs(name string) posted {
	switch name {
	case "content_partner":
		return byContentPartner
	case "fulfillment_partner":
		return byFulfillmentPartner
	case "language":
		return byLanguage
	case "title", "movie_id":
		return byTitle
	case "package_id":
		return byPackage
	}
	return notPosted
}

// maxListed is what a chunk's rows that a filter lists are fewer than: if they
// are more, a pass over all of them costs no more. Tests change it.
var maxListed = chunkRows / 2

// postings are the places of a chunk's rows by their codes in one column, those
// without a row included: the rows with codes[k] are at
// places[starts[k]:starts[k+1]], in order. They take 2 bytes a row, and 6 for
// each code that the chunk has.
type postings struct {
	codes  []uint32 // each once, in no order
	starts []uint16
	places [chunkRows]uint16
}

// newPostings sorts the places by counting. The codes of a chunk are few and
// may be any, so they are numbered first, by open addressing.
func newPostings(column *codeColumn, n int) *postings {
	const slots = 2 * chunkRows // a power of two, never full
	var (
		table   [slots]uint16 // number of a code + 1
		numbers [chunkRows]uint16
		codes   [chunkRows]uint32
		counts  [chunkRows + 1]uint16
	)
	known := 0
	for i, code := range column[:n] {
		at := code * 0x9E3779B1 >> 21
		for table[at] != 0 && codes[table[at]-1] != code {
			at = (at + 1) % slots
		}
		if table[at] == 0 {
			codes[known] = code
			known++
			table[at] = uint16(known)
		}
		numbers[i] = table[at] - 1
		counts[table[at]]++
	}
	p := &postings{codes: slices.Clone(codes[:known]), starts: make([]uint16, known+1)}
	for k := range known {
		counts[k+1] += counts[k]
	}
	copy(p.starts, counts[:known+1])
	for i, number := range numbers[:n] {
		p.places[counts[number]] = uint16(i)
		counts[number]++
	}
	return p
}

// of returns the places of the rows with the kth code.
func (p *postings) of(k int) []uint16 { return p.places[p.starts[k]:p.starts[k+1]] }

// postingLists are a chunk's postings, each made when it is first asked for.
type postingLists [postedCount]atomic.Pointer[postings]

// postings returns the chunk's postings by a column.
func (c *chunk) postings(by posted) *postings {
	if c.of != nil {
		return c.of.postings(by)
	}
	p := c.lists[by].Load()
	if p == nil {
		p = newPostings(postedColumns[by](&c.columns), c.n)
		c.lists[by].Store(p)
	}
	return p
}

// inherit takes over the classes and the postings of the chunk that this one is
// a copy of.
func (c *chunk) inherit(of *chunk) {
	c.classes.Store(of.classes.Load())
	for by := range of.lists {
		c.lists[by].Store(of.lists[by].Load())
		c.narrow[by].Store(of.narrow[by].Load())
	}
}

// postedCodes are those by which a row is posted.
func (c *chunk) postedCodes(i int) (codes [postedCount]uint32) {
	for by := notPosted + 1; by < postedCount; by++ {
		codes[by] = postedColumns[by](&c.columns)[i]
	}
	return codes
}

// forget drops the postings in which the row's place is not right any more:
// before are its codes until now, and n the places that were in use.
func (c *chunk) forget(i int, before [postedCount]uint32, n int) {
	for by := notPosted + 1; by < postedCount; by++ {
		if c.lists[by].Load() != nil && (i >= n || before[by] != postedColumns[by](&c.columns)[i]) {
			c.lists[by].Store(nil)
		}
	}
}

// with returns the places of the rows with a code.
func (p *postings) with(code uint32) []uint16 {
	if k := slices.Index(p.codes, code); k >= 0 {
		return p.of(k)
	}
	return nil
}
