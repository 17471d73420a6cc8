package seal

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"backlot/domain"
)

// Stream holds the seals.
const Stream = "seals"

// MaxEntries and MaxBytes bound what one seal names, so that it stays well
// below what an event store takes in one append.
const (
	MaxEntries = 4096
	MaxBytes   = 512 << 10 // of the entries' texts
)

// Sealed is the event that a seal is. Its JSON names are a storage format.
type Sealed struct {
	Position domain.Position `json:"position"` // of the last event that it covers, in the log that it was made in
	Count    uint64          `json:"count"`    // of all events that are covered so far
	Hash     string          `json:"hash"`     // Rolling.Hash after them, hex
	Entries  []Entry         `json:"entries"`  // the events since the seal before, in the order of the log
}

// Entry names an event that is sealed. Its JSON is a string.
type Entry struct {
	Stream   string
	Revision uint64
	Hash     Prefix
}

// Prefix is the beginning of a chain hash: enough to tell events apart. The
// proof is the rolling hash.
type Prefix [8]byte

// MarshalText writes "12 0123456789abcdef sourceRequest-1": revision, prefix
// of the hash, stream. It is a storage format.
func (e Entry) MarshalText() ([]byte, error) {
	b := make([]byte, 0, 40+len(e.Stream))
	b = strconv.AppendUint(b, e.Revision, 10)
	b = append(b, ' ')
	b = hex.AppendEncode(b, e.Hash[:])
	b = append(b, ' ')
	return append(b, e.Stream...), nil
}

// UnmarshalText reads what MarshalText wrote.
func (e *Entry) UnmarshalText(text []byte) error {
	revision, rest, _ := strings.Cut(string(text), " ")
	hash, stream, ok := strings.Cut(rest, " ")
	n, err := strconv.ParseUint(revision, 10, 64)
	if !ok || err != nil || len(hash) != hex.EncodedLen(len(e.Hash)) {
		return fmt.Errorf("%q names no sealed event", text)
	}
	if _, err := hex.Decode(e.Hash[:], []byte(hash)); err != nil {
		return fmt.Errorf("%q names no sealed event", text)
	}
	e.Stream, e.Revision = stream, n
	return nil
}

// Covers reports whether seals cover an event: those of streams that are for
// ever, but no system events and not the seals themselves.
func Covers(stream, eventType string) bool {
	return !strings.HasPrefix(stream, "$") && !strings.HasPrefix(eventType, "$") && stream != Stream && !domain.IsErasable(stream)
}

// Listed is a seal without its entries: what is exported and signed.
type Listed struct {
	Revision     uint64 // in the stream of seals
	Position     domain.Position
	Count        uint64
	Hash         string // hex
	SealedAt     time.Time
	LastStream   string // of the last event that it covers
	LastRevision uint64
}

// ListedOf returns what is listed of a recorded seal; ok is false if it is none.
func ListedOf(r domain.Recorded) (l Listed, ok bool) {
	s, ok := r.Event.(Sealed)
	if !ok || len(s.Entries) == 0 {
		return Listed{}, false
	}
	last := s.Entries[len(s.Entries)-1]
	return Listed{
		Revision: r.Revision, Position: s.Position, Count: s.Count, Hash: s.Hash, SealedAt: r.Metadata.OccurredAt,
		LastStream: last.Stream, LastRevision: last.Revision,
	}, true
}

// appendPrefixed adds bytes after their length, 8 bytes, big-endian.
func appendPrefixed(b []byte, what string) []byte {
	b = binary.BigEndian.AppendUint64(b, uint64(len(what)))
	return append(b, what...)
}
