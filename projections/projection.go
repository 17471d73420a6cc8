package projections

import (
	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/readmodel"
)

// projection is what a read model makes of the events of source requests.
type projection struct {
	readmodel.Model
	// empty returns what is kept of a request without events.
	empty func() folded
	// parse reads a document, of which marshal is the inverse.
	parse func(document []byte) (*request, error)
	// begins reports whether an event after the first of a request without a row can
	// make its first one. Then its past is folded from its stream, else the event is
	// left alone, as no document is kept. nil: every request has a document.
	begins func(e sourcerequest.Event) bool
	// decode reads the key of a row and the codes in it.
	decode func(row []byte) (key string, codes []codeOf, err error)
}

// folded is what a read model keeps of a request.
type folded interface {
	// evolve folds one event, nil if the catalog does not know it, and returns the
	// version of the request's row that it ended, if such are kept.
	evolve(id string, e sourcerequest.Event, o domain.Occurrence, v versions) *readmodel.Ended
	// marshal returns the document of a request, nil to keep none.
	marshal(id string, r *request) ([]byte, error)
	// rows returns those rows that events may have changed since it was last
	// asked, with codes that it takes from the build's dictionaries.
	rows(id string, r *request, code coder, policy sourcerequest.Policy) []keyedRow
}

// coder finds a value's code in a dictionary, adding it if it is new.
type coder func(readmodel.Dictionary, string) uint32

// keyedRow is a row and the name by which its number is known.
type keyedRow struct {
	key   string
	bytes []byte
}

// codeOf is a code in a row and the dictionary that it is of.
type codeOf struct {
	dictionary readmodel.Dictionary
	code       uint32
}
