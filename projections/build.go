package projections

import (
	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/readmodel"
)

// build is the copy in memory of one generation as of position. Folding a page
// changes it before Redis has the page: when anything fails after that, the
// build is dropped.
type build struct {
	projection   *projection
	generation   readmodel.Generation
	replaces     readmodel.Generation // live when the build was loaded
	live         bool
	position     domain.Position
	policy       sourcerequest.Policy
	numbers      map[string]uint32 // key of a row → its number
	dictionaries [readmodel.DictionaryCount]map[string]uint32
	feed         retention
	past         past
	states       *states
}

// changes is what a page does to a generation.
type changes struct {
	to        domain.Position
	documents []any                  // key, JSON, key, JSON …
	rows      []readmodel.EncodedRow // in the order of their numbers
	added     map[readmodel.Dictionary]readmodel.Added
	ended     []endedRow
	past      pastChanges
	events    int // folded
	unknown   int // of them: of a type that the catalog does not know
}

func (c *changes) code(b *build) coder {
	return func(d readmodel.Dictionary, value string) uint32 {
		values := b.dictionaries[d]
		if n, ok := values[value]; ok {
			return n
		}
		n := uint32(len(values))
		values[value] = n
		added, ok := c.added[d]
		if !ok {
			added.From = n
		}
		added.Values = append(added.Values, value)
		c.added[d] = added
		return n
	}
}
