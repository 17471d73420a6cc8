package eventstore

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	jsonv1 "github.com/go-json-experiment/json/v1"

	"backlot/domain"
)

// unmarshal is the one place where events and metadata are parsed: as by
// encoding/json, with the decoder that takes its place in Go 1.27, which is
// quicker and allocates less.
func unmarshal(data []byte, v any) error { return jsonv1.Unmarshal(data, v) }

// marshal keeps &, < and > as they are: they are in every other label, and
// nothing here ends up in a script element.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'}), nil
}

var (
	errNotInCatalog = errors.New("not in the event catalog")
	errNoObject     = errors.New("not a JSON object")
)

// encode returns the persisted name, the schema version and the data of an event.
func (c *catalog) encode(event any) (name string, version int, data []byte, err error) {
	p, ok := c.byType[reflect.TypeOf(event)]
	if !ok {
		return "", 0, nil, fmt.Errorf("%T: %w", event, errNotInCatalog)
	}
	data, err = marshal(event)
	return p.name, p.version, data, err
}

// decode returns the event as its newest shape; known is false, without an
// error, for names that are not in the catalog.
func (c *catalog) decode(name string, data []byte) (event any, known bool, err error) {
	p, known := c.byName[name]
	if !known {
		return nil, false, nil
	}
	if !isObject(data) {
		return nil, true, errNoObject
	}
	event, err = p.decode(data)
	if err != nil {
		return nil, true, err
	}
	return event, true, nil
}

// isObject catches null, which would decode to an event without anything in it.
func isObject(data []byte) bool {
	data = bytes.TrimLeft(data, " \t\r\n")
	return len(data) > 0 && data[0] == '{'
}

// RawEvent is an event as the log has it, not decoded.
type RawEvent struct {
	domain.Recorded        // Event and Metadata are not set
	Data            []byte // JSON
	UserMetadata    []byte // JSON of domain.Metadata
}

// Decode reads an event that was read without decoding. An unknown type leaves
// Event nil. The error is CodeInternal around an UndecodableError.
func Decode(raw RawEvent) (domain.Recorded, error) {
	r, err := events.decodeRecorded(raw)
	if err != nil {
		return r, &domain.Error{Code: domain.CodeInternal, Message: "an event cannot be read", Err: err}
	}
	return r, nil
}

// decodeRecorded fills Event and Metadata. An unknown type leaves Event nil
// and its metadata as far as it can be read. The error is an UndecodableError.
func (c *catalog) decodeRecorded(raw RawEvent) (domain.Recorded, error) {
	r := raw.Recorded
	event, known, err := c.decode(r.Type, raw.Data)
	if err != nil {
		return r, undecodable(r, "data", err)
	}
	r.Event = event
	if err := decodeMetadata(raw.UserMetadata, &r.Metadata); err != nil && known {
		return r, undecodable(r, "metadata", err)
	}
	return r, nil
}

func decodeMetadata(data []byte, m *domain.Metadata) error {
	if written, ok := readWritten(data); ok {
		*m = written
		return nil
	}
	if !isObject(data) {
		return errNoObject
	}
	if err := unmarshal(data, m); err != nil {
		*m = domain.Metadata{}
		return err
	}
	return nil
}

// UndecodableError is an event of a known type that cannot be read. Whoever
// folds or projects the log has to stop in front of it.
type UndecodableError struct {
	Stream   string
	Revision uint64
	Position domain.Position
	Type     string
	Part     string // "data" or "metadata"
	Err      error
}

func undecodable(r domain.Recorded, part string, err error) error {
	return &UndecodableError{Stream: r.Stream, Revision: r.Revision, Position: r.Position, Type: r.Type, Part: part, Err: err}
}

// Error implements error.
func (e *UndecodableError) Error() string {
	return fmt.Sprintf("event %d of stream %q (%s, position %s) cannot be decoded: its %s: %v",
		e.Revision, e.Stream, e.Type, e.Position, e.Part, e.Err)
}

// Unwrap returns the cause.
func (e *UndecodableError) Unwrap() error { return e.Err }
