package facets

import "iter"

// Set is the requests that a query selects, as of its snapshot. It takes one
// bit for each request that there is.
type Set struct {
	snapshot *Snapshot
	bits     []uint64 // by row number
	count    int

	NearMiss bool // as in Counts
	Warnings []Warning
}

// setWords is how many words of bits a chunk takes.
const setWords = chunkRows / 64

// Select evaluates a query; Sort, Limit, Offset and Cursor do not matter. The
// error is CodeInvalid for a wrong Group.
func (s *Snapshot) Select(q RowQuery) (*Set, error) {
	p, err := s.plan(q.Principal, q.Selection, q.Now)
	if err != nil {
		return nil, err
	}
	if err := s.restrict(p, &q); err != nil {
		return nil, err
	}
	set := &Set{snapshot: s, bits: make([]uint64, len(s.chunks)*setWords), NearMiss: p.near != nil, Warnings: p.warnings}
	counts := make([]int, workers(len(s.chunks)))
	parallel(len(s.chunks), func(worker int, next func() (int, int)) {
		var buffer [chunkRows]uint16
		for from, to := next(); from < to; from, to = next() {
			for n := from; n < to; n++ {
				selected := p.run(s.chunks[n], uint32(n)*chunkRows, &buffer)
				counts[worker] += len(selected)
				for _, i := range selected {
					set.bits[n*setWords+int(i/64)] |= 1 << (i % 64)
				}
			}
		}
	})
	for _, n := range counts {
		set.count += n
	}
	return set, nil
}

// Len is how many requests there are in the set.
func (t *Set) Len() int { return t.count }

// Has reports whether a request is in the set.
func (t *Set) Has(id string) bool {
	n, ok := t.snapshot.find(id)
	return ok && int(n/64) < len(t.bits) && t.bits[n/64]>>(n%64)&1 == 1
}

// All yields the id of each request of the set and the revision of its row, in
// no order.
func (t *Set) All() iter.Seq2[string, uint64] {
	return func(yield func(string, uint64) bool) {
		for n, c := range t.snapshot.chunks {
			for i := range c.n {
				if t.bits[n*setWords+i/64]>>(i%64)&1 == 1 && !yield(c.ids[i], c.revision[i]) {
					return
				}
			}
		}
	}
}
