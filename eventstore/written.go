package eventstore

import (
	"bytes"
	"time"

	"github.com/google/uuid"

	"backlot/domain"
)

// readWritten reads metadata that has the form in which prepare writes it, which
// half the time of decoding a log would go into otherwise. ok is false for
// anything else, escapes and letters beyond ASCII among it: then a JSON decoder
// has to say what it is.
func readWritten(data []byte) (m domain.Metadata, ok bool) {
	r := writtenReader{rest: data, ok: true}
	r.expect(`{"occurredAt":"`)
	m.OccurredAt = r.time()
	r.expect(`,"actor":{"account":"`)
	m.Actor.Account = string(r.text())
	if r.has(`,"organisation":"`) {
		m.Actor.Organisation = string(r.text())
	}
	r.expect(`,"role":"`)
	m.Actor.Role = domain.Role(r.text())
	r.expect(`},"$correlationId":"`)
	m.CorrelationID = r.uuid()
	r.expect(`,"$causationId":"`)
	m.CausationID = r.uuid()
	if r.has(`,"commandKey":"`) {
		m.CommandKey = string(r.text())
	}
	if r.has(`,"commandHash":"`) {
		m.CommandHash = string(r.text())
	}
	r.expect(`,"schemaVersion":`)
	m.SchemaVersion = r.digits()
	if r.has(`,"chainHash":"`) {
		m.ChainHash = string(r.text())
	}
	r.expect(`}`)
	return m, r.ok && len(r.rest) == 0
}

// writtenReader reads on until something is not as it is written.
type writtenReader struct {
	rest []byte
	ok   bool
}

func (r *writtenReader) has(s string) bool {
	if len(r.rest) < len(s) || string(r.rest[:len(s)]) != s {
		return false
	}
	r.rest = r.rest[len(s):]
	return true
}

func (r *writtenReader) expect(s string) { r.ok = r.has(s) && r.ok }

// text reads to the end of a string.
func (r *writtenReader) text() []byte {
	end := bytes.IndexByte(r.rest, '"')
	if end < 0 {
		r.ok = false
		return nil
	}
	text := r.rest[:end]
	for _, c := range text {
		if c < ' ' || c == '\\' || c > '~' {
			r.ok = false
			return nil
		}
	}
	r.rest = r.rest[end+1:]
	return text
}

func (r *writtenReader) time() (t time.Time) {
	r.ok = t.UnmarshalText(r.text()) == nil && r.ok
	return t
}

func (r *writtenReader) uuid() (id uuid.UUID) {
	r.ok = id.UnmarshalText(r.text()) == nil && r.ok
	return id
}

// digits reads a number without a sign that is small enough for any int.
func (r *writtenReader) digits() (n int) {
	i := 0
	for ; i < len(r.rest) && r.rest[i] >= '0' && r.rest[i] <= '9'; i++ {
		n = 10*n + int(r.rest[i]-'0')
	}
	r.ok = r.ok && i > 0 && i < 10 && (r.rest[0] != '0' || i == 1)
	r.rest = r.rest[i:]
	return n
}
