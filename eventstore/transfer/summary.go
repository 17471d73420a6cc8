package transfer

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"backlot/domain"
	"backlot/eventstore"
)

// Summary is what a log holds, as a digest of each stream, with its hash chains
// checked on the way. It takes some 300 bytes of memory a stream.
type Summary struct {
	Events  int64
	Streams int
	// Chained events carried a hash that fits the event before. Unanchored
	// ones are the first that is left of a truncated stream, whose hash
	// nothing can be compared with.
	Chained    int64
	Unanchored int64

	broken      []error // the first break of each stream
	withCreated bool
	streams     map[string]*streamSummary
}

type streamSummary struct {
	events     int64
	last       uint64
	digest     [sha256.Size]byte // of everything
	metadata   [sha256.Size]byte // of what metadata says, without ids
	saying     int64             // events in metadata
	chain      string            // hash of the last event, hex
	isChained  bool
	isBroken   bool
	incomplete bool // the event before is missing
	// restart is the last event that begins a chain anew, 0 for none; what was
	// before must have been cut off by metadata.
	restart      uint64
	restartError error
	cutOff       int64 // largest $tb, of a stream of metadata
}

// NewSummary makes an empty one; withCreated compares times of creation too,
// which an EventStoreDB gives anew.
func NewSummary(withCreated bool) *Summary {
	return &Summary{withCreated: withCreated, streams: make(map[string]*streamSummary)}
}

// Add takes the next event of the log.
func (s *Summary) Add(e Event) {
	if e.isFiller() {
		return
	}
	st := s.streams[e.Stream]
	if st == nil {
		st = new(streamSummary)
		s.streams[strings.Clone(e.Stream)] = st
		s.Streams++
	}
	s.Events++
	st.incomplete = !e.isTombstone() && (st.events == 0 && e.Revision > 0 || st.events > 0 && e.Revision != st.last+1)
	s.checkChain(st, e)
	st.events++
	st.last = e.Revision
	h := sha256.New()
	h.Write(st.digest[:])
	s.digest(h, e)
	h.Sum(st.digest[:0])
	if e.Type == typeMetadata {
		h.Reset()
		h.Write(st.metadata[:])
		writeNumber(h, e.Revision)
		h.Write(canonicalJSON(e.Data))
		h.Sum(st.metadata[:0])
		st.saying++
		st.cutOff = max(st.cutOff, truncateBefore(e))
	}
}

type writer interface{ Write([]byte) (int, error) }

func (s *Summary) digest(h writer, e Event) {
	writeNumber(h, e.Revision)
	if e.isTombstone() {
		return // its id is the server's
	}
	_, _ = h.Write(e.ID[:])
	if s.withCreated {
		writeNumber(h, uint64(e.Created.UnixNano()))
	}
	isJSON := uint64(0)
	if e.JSON {
		isJSON = 1
	}
	writeNumber(h, isJSON)
	for _, part := range [][]byte{[]byte(e.Type), e.Data, e.Metadata} {
		writeNumber(h, uint64(len(part)))
		_, _ = h.Write(part)
	}
}

func writeNumber(h writer, n uint64) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], n)
	_, _ = h.Write(b[:])
}

// checkChain verifies the hash of an event. Streams that carry none are other
// people's.
func (s *Summary) checkChain(st *streamSummary, e Event) {
	var m struct {
		ChainHash string `json:"chainHash"`
	}
	hasHash := bytes.Contains(e.Metadata, []byte(`"chainHash"`)) && json.Unmarshal(e.Metadata, &m) == nil && m.ChainHash != ""
	if e.isTombstone() || !hasHash && !st.isChained {
		return
	}
	defer func() { st.chain = m.ChainHash }()
	st.isChained = true
	raw := eventstore.RawEvent{
		Recorded: domain.Recorded{Stream: e.Stream, Revision: e.Revision, Position: domain.Position(e.Position), ID: e.ID, Type: e.Type},
		Data:     e.Data, UserMetadata: e.Metadata,
	}
	_, err := eventstore.Verify(st.chain, raw)
	if err != nil && e.Revision > 0 {
		if _, first := eventstore.Verify("", raw); first == nil {
			if st.events > 0 {
				st.restart, st.restartError = e.Revision, err
			}
			err = nil
		}
	}
	switch {
	case err == nil:
		s.Chained++
	case st.incomplete && hasHash:
		s.Unanchored++
	case !st.isBroken:
		st.isBroken = true
		s.broken = append(s.broken, err)
	}
}

// Broken has the first break of each stream whose chain is broken. A chain may
// begin anew only where metadata has cut off what was before.
func (s *Summary) Broken() []error {
	broken := slices.Clone(s.broken)
	for stream, st := range s.streams {
		if st.restart == 0 || st.isBroken {
			continue
		}
		if m := s.streams[metastreamPrefix+stream]; m == nil || uint64(m.cutOff) < st.restart {
			broken = append(broken, st.restartError)
		}
	}
	return broken
}

// ChainError is nil when no chain is broken.
func (s *Summary) ChainError() error {
	broken := s.Broken()
	if len(broken) == 0 {
		return nil
	}
	return &domain.Error{
		Code:    domain.CodeRefused,
		Message: fmt.Sprintf("the hash chains of %d streams are broken; the first: %v", len(broken), broken[0]),
		Err:     broken[0],
	}
}

// shownDifferences is how many streams an error names.
const shownDifferences = 10

// Missing compares a copy with what was copied: every stream must have the
// same events. What else the copy holds does not matter. The error is
// CodeRefused and names the streams.
func (s *Summary) Missing(from *Summary) error {
	var differences []string
	for stream, want := range from.streams {
		if why := s.streams[stream].difference(want); why != "" {
			differences = append(differences, fmt.Sprintf("%q %s", stream, why))
		}
	}
	if len(differences) == 0 {
		return nil
	}
	slices.Sort(differences)
	n := len(differences)
	return domain.Errorf(domain.CodeRefused, "%d streams of the copy are not what was copied: %s", n, strings.Join(differences[:min(n, shownDifferences)], "; "))
}

func (st *streamSummary) difference(want *streamSummary) string {
	switch {
	case st == nil:
		return "is missing"
	case st.events != want.events || st.last != want.last:
		return fmt.Sprintf("has %d events up to revision %d instead of %d up to %d", st.events, st.last, want.events, want.last)
	case st.digest == want.digest:
		return ""
	case st.saying == st.events && want.saying == want.events && st.metadata == want.metadata:
		return "" // a server wrote the same metadata by itself, under another id
	default:
		return "has other events"
	}
}
