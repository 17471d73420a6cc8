package facets

import (
	"strings"

	"backlot/readmodel"
)

// setList is a dictionary of sets of names: the countries or the issues of a
// request. Element 0 is none: the empty set has it as its only member.
type setList struct {
	joined   *labelList // by set code: the names with commas between them, to sort by
	names    [][]string // by set code
	members  [][]uint32 // by set code: element codes
	elements *labelList // by element code
}

type setBuilder struct {
	list   *setList
	byName map[string]uint32
}

func newSetBuilder() *setBuilder {
	return &setBuilder{list: &setList{joined: &labelList{}, elements: newLabelList([]string{""})}, byName: map[string]uint32{"": 0}}
}

func (b *setBuilder) add(values []string) {
	next := *b.list
	joined := make([]string, len(values))
	var fresh []string
	for i, v := range values {
		names := readmodel.SplitSet(v)
		joined[i] = strings.Join(names, ", ")
		members := []uint32{0}
		if len(names) > 0 {
			members = make([]uint32, len(names))
		}
		for m, name := range names {
			code, known := b.byName[name]
			if !known {
				code = uint32(len(next.elements.text) + len(fresh))
				b.byName[name] = code
				fresh = append(fresh, name)
			}
			members[m] = code
		}
		next.names, next.members = append(next.names, names), append(next.members, members)
	}
	next.joined = next.joined.with(joined, foldAll(joined))
	if len(fresh) > 0 {
		next.elements = next.elements.with(fresh, foldAll(fresh))
	}
	b.list = &next
}
