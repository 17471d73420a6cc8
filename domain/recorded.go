package domain

import (
	"strconv"
	"time"

	"github.com/google/uuid"
)

// Position is a place in the whole log (the event store's commit position).
// Positions grow but are not consecutive; zero is before the first event. To
// clients it is an opaque string.
type Position uint64

// String returns the opaque form.
func (p Position) String() string { return strconv.FormatUint(uint64(p), 10) }

// ParsePosition reads the opaque form; anything else is CodeInvalid.
func ParsePosition(s string) (Position, error) {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return 0, Errorf(CodeInvalid, "%q is not a position; use one that an answer gave", s)
	}
	return Position(n), nil
}

// Metadata is what every event carries beside its data. Its JSON names are a
// storage format.
type Metadata struct {
	OccurredAt    time.Time `json:"occurredAt"`            // UTC, whole milliseconds, never earlier than the stream's previous event
	Actor         Principal `json:"actor"`                 // who did it
	CorrelationID uuid.UUID `json:"$correlationId"`        // the conversation: one user action, however many events
	CausationID   uuid.UUID `json:"$causationId"`          // the command or event that led to it
	CommandKey    string    `json:"commandKey,omitempty"`  // account and Idempotency-Key
	CommandHash   string    `json:"commandHash,omitempty"` // SHA-256 of the command's body, hex
	SchemaVersion int       `json:"schemaVersion"`         // version of the event's data
	ChainHash     string    `json:"chainHash,omitempty"`   // SHA-256 over the previous hash and this event, hex
}

// Occurrence is what folding an event needs to know beside the event itself.
type Occurrence struct {
	At       time.Time
	By       Principal
	Revision uint64 // the event's revision in its stream, from 0
}

// Recorded is an event as the log keeps it. Event is a value of one of the
// aggregates' event types, or nil when the catalog does not know Type.
type Recorded struct {
	Stream   string
	Revision uint64
	Position Position
	ID       uuid.UUID
	Type     string
	Event    any
	Metadata Metadata
}

// Occurrence returns what folding needs.
func (r Recorded) Occurrence() Occurrence {
	return Occurrence{At: r.Metadata.OccurredAt, By: r.Metadata.Actor, Revision: r.Revision}
}

// Page is a run of consecutive events of the log, as a projector gets them.
// A page may be empty and still move the position: events that the reader
// filters out count.
type Page struct {
	From     Position // the position that the page continues from
	To       Position // the position that the reader has seen once the page is applied
	Events   []Recorded
	CaughtUp bool // nothing more was in the log when the page was cut
}

// Version is where a stream stands: what an append must name to be accepted.
// The zero Version is a stream without events.
type Version struct {
	Exists    bool
	Revision  uint64 // of the last event
	ChainHash string // of the last event, hex
}

// Draft is an event that is not recorded yet. Its metadata lacks the schema
// version and the chain hash, which the log adds.
type Draft struct {
	ID       uuid.UUID
	Event    any
	Metadata Metadata
}
