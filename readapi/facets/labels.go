package facets

import (
	"cmp"
	"slices"
	"sort"
	"sync/atomic"
)

// labelList is an append-only list of labels by code, with their order. A
// longer version shares the arrays of the shorter one.
type labelList struct {
	text   []string
	folded []string

	base   *labelOrder // of an earlier version
	latest atomic.Pointer[labelOrder]
}

// labelOrder sorts the codes of a list by folded label, then label.
type labelOrder struct {
	codes []uint32
	rank  []uint32 // by code; equal labels have equal ranks, and ranks are dense
	first []uint32 // by rank: index in codes of the first
}

// with returns the list with more labels.
func (l *labelList) with(text, folded []string) *labelList {
	longer := &labelList{text: append(l.text, text...), folded: append(l.folded, folded...), base: l.base}
	if o := l.latest.Load(); o != nil {
		longer.base = o
	}
	return longer
}

func (l *labelList) compare(a, b uint32) int {
	if c := cmp.Compare(l.folded[a], l.folded[b]); c != 0 {
		return c
	}
	return cmp.Compare(l.text[a], l.text[b])
}

// order sorts the list on first use, starting from an earlier version's order.
func (l *labelList) order() *labelOrder {
	if o := l.latest.Load(); o != nil {
		return o
	}
	var sorted []uint32
	if l.base != nil {
		sorted = l.base.codes
	}
	added := make([]uint32, 0, len(l.text)-len(sorted))
	for code := len(sorted); code < len(l.text); code++ {
		added = append(added, uint32(code))
	}
	slices.SortFunc(added, l.compare)
	o := &labelOrder{codes: make([]uint32, 0, len(l.text)), rank: make([]uint32, len(l.text))}
	for len(sorted) > 0 || len(added) > 0 {
		if len(added) == 0 || len(sorted) > 0 && l.compare(sorted[0], added[0]) <= 0 {
			o.codes, sorted = append(o.codes, sorted[0]), sorted[1:]
		} else {
			o.codes, added = append(o.codes, added[0]), added[1:]
		}
	}
	for i, code := range o.codes {
		if i == 0 || l.text[code] != l.text[o.codes[i-1]] {
			o.first = append(o.first, uint32(i))
		}
		o.rank[code] = uint32(len(o.first) - 1)
	}
	l.latest.Store(o)
	return o
}

// seek returns how many distinct labels lie before one, and whether the list has it.
func (l *labelList) seek(label string) (before uint32, found bool) {
	o, folded := l.order(), fold(label)
	i, found := sort.Find(len(o.first), func(i int) int {
		code := o.codes[o.first[i]]
		if c := cmp.Compare(folded, l.folded[code]); c != 0 {
			return c
		}
		return cmp.Compare(label, l.text[code])
	})
	return uint32(i), found
}

func newLabelList(text []string) *labelList {
	return (&labelList{}).with(text, foldAll(text))
}

func foldAll(text []string) []string {
	folded := make([]string, len(text))
	for i, t := range text {
		folded[i] = fold(t)
	}
	return folded
}
