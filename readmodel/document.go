package readmodel

import (
	"encoding/json"
	"fmt"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// Document is what the details page of a request shows. It lacks the last
// imported row, nearly half of its JSON: only imports look at that, and they
// read the stream.
type Document struct {
	ID       string              `json:"id"`
	Revision uint64              `json:"revision"` // of the latest event folded in
	Position domain.Position     `json:"position"` // of the same event
	State    sourcerequest.State `json:"state"`
}

// MarshalDocument returns the document's JSON.
func MarshalDocument(d Document) ([]byte, error) {
	d.State.LastRow = nil
	return json.Marshal(d)
}

// UnmarshalDocument reads a document's JSON.
func UnmarshalDocument(b []byte) (Document, error) {
	var d Document
	if err := json.Unmarshal(b, &d); err != nil {
		return d, fmt.Errorf("readmodel: a document that cannot be read: %w", err)
	}
	return d, nil
}
