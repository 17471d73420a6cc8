package readmodel

import (
	"encoding/json"
	"fmt"
	"sync"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// Document is what the details page of a request shows. It lacks the last
// imported row, nearly half of its JSON: only imports look at that, and they
// read the stream.
type Document struct {
	ID       string              `json:"id"`
	Revision uint64              `json:"revision"`        // of the latest event folded in
	Position domain.Position     `json:"position"`        // of the same event
	Since    int64               `json:"since,omitempty"` // that of its row, if it is not when the request was updated
	State    sourcerequest.State `json:"state"`
}

// MarshalDocument returns the document's JSON, packed.
func MarshalDocument(d Document) ([]byte, error) {
	d.State.LastRow = nil
	scratch := scratches.Get().(*[]byte)
	defer scratches.Put(scratch)
	b, err := appendDocument((*scratch)[:0], &d)
	if err != nil {
		return nil, err
	}
	*scratch = b
	return pack(b), nil
}

// scratches are for JSON that is packed at once.
var scratches = sync.Pool{New: func() any { return new([]byte) }}

// UnmarshalDocument is the inverse of MarshalDocument.
func UnmarshalDocument(b []byte) (d Document, err error) {
	err = unmarshal(b, &d)
	return d, err
}

func marshal(document any) ([]byte, error) {
	b, err := json.Marshal(document)
	if err != nil {
		return nil, err
	}
	return pack(b), nil
}

func unmarshal(packed []byte, document any) error {
	b, err := Unpack(packed)
	if err == nil {
		err = json.Unmarshal(b, document)
	}
	if err != nil {
		return fmt.Errorf("readmodel: a document that cannot be read: %w", err)
	}
	return nil
}
