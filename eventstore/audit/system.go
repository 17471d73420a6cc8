package audit

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"backlot/domain"
	"backlot/domain/seal"
	"backlot/eventstore"
)

// Names that EventStoreDB gives a meaning.
const (
	systemPrefix     = "$"
	metastreamPrefix = "$$"
	typeMetadata     = "$metadata"
	typeTombstone    = "$streamDeleted"
)

func isSystem(e eventstore.RawEvent) bool {
	return strings.HasPrefix(e.Type, systemPrefix) || strings.HasPrefix(e.Stream, systemPrefix)
}

// addSystem looks for what hides a stream that is for ever from its readers.
func (v *verifier) addSystem(e eventstore.RawEvent) {
	if e.Type == typeTombstone && !strings.HasPrefix(e.Stream, systemPrefix) && !domain.IsErasable(e.Stream) {
		v.hiding[e.Stream] = hiding{tombstone: true, at: e.Position}
		return
	}
	stream, ok := strings.CutPrefix(e.Stream, metastreamPrefix)
	if !ok || e.Type != typeMetadata || strings.HasPrefix(stream, systemPrefix) || domain.IsErasable(stream) || v.hiding[stream].tombstone {
		return
	}
	var m struct {
		MaxCount       uint64 `json:"$maxCount"`
		MaxAge         uint64 `json:"$maxAge"`
		TruncateBefore uint64 `json:"$tb"`
	}
	if json.Unmarshal(e.Data, &m) != nil || m.MaxCount == 0 && m.MaxAge == 0 && m.TruncateBefore == 0 {
		delete(v.hiding, stream)
		return
	}
	v.hiding[stream] = hiding{maxCount: m.MaxCount, maxAge: m.MaxAge, before: m.TruncateBefore, at: e.Position}
}

// hiding is what metadata, or a tombstone, keeps from a stream's readers.
type hiding struct {
	tombstone bool
	maxCount  uint64
	maxAge    uint64 // s
	before    uint64
	at        domain.Position
}

// hides reports whether anything is hidden of a stream with so many events.
func (h hiding) hides(events uint64) bool {
	return h.tombstone || h.maxAge > 0 || h.before > 0 || h.maxCount > 0 && h.maxCount < events
}

func (h hiding) finding(stream string) seal.Finding {
	f := seal.Finding{Kind: seal.Removed, Stream: stream, Position: h.at}
	switch {
	case h.tombstone:
		f.Kind, f.Text = seal.StreamRemoved, fmt.Sprintf("Stream %q was deleted for good.", stream)
	case h.before == math.MaxInt64:
		f.Kind, f.Text = seal.StreamRemoved, fmt.Sprintf("Stream %q was deleted: its metadata hides all of its events.", stream)
	default:
		f.Text = fmt.Sprintf("The metadata of stream %q hides its first events from readers.", stream)
	}
	return f
}
