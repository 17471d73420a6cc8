package embedded

import (
	"unicode/utf16"
	"unicode/utf8"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"

	"backlot/eventstore/embedded/internal/engine"
)

// Keys of the system metadata of an event.
const (
	metadataType        = "type"
	metadataContentType = "content-type"
	metadataCreated     = "created"

	contentTypeJSON   = "application/json"
	contentTypeBinary = "application/octet-stream"
)

// proposed is an event as either kind of append carries it.
type proposed interface {
	GetId() *shared.UUID
	GetMetadata() map[string]string
	GetCustomMetadata() []byte
	GetData() []byte
}

// batch gathers the events of one append and limits their size.
type batch struct {
	events []engine.Event
	size   int
	limit  int
}

func (b *batch) add(p proposed) error {
	id, ok := parseUUID(p.GetId())
	if !ok {
		return badRequest("An event needs a UUID.")
	}
	typ, ok := p.GetMetadata()[metadataType]
	if !ok {
		return missingMetadata(metadataType)
	}
	if !utf8.ValidString(typ) {
		return errTypeNotUTF8
	}
	contentType, ok := p.GetMetadata()[metadataContentType]
	if !ok {
		return missingMetadata(metadataContentType)
	}
	return b.take(engine.Event{ID: id, Type: typ, JSON: contentType == contentTypeJSON, Data: p.GetData(), Metadata: p.GetCustomMetadata()})
}

func (b *batch) take(e engine.Event) error {
	b.size += len(e.Data) + len(e.Metadata) + typeSize(e.Type)
	if b.size > b.limit {
		return &tooLargeError{b.limit}
	}
	b.events = append(b.events, e)
	return nil
}

var errTypeNotUTF8 = badRequest("An event type must be UTF-8.")

// typeSize is what EventStoreDB counts for a type: UTF-16, in bytes.
func typeSize(typ string) int {
	n := 0
	for _, r := range typ {
		n += 2 * utf16.RuneLen(r)
	}
	return n
}
