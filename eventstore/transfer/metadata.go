package transfer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"reflect"

	"github.com/google/uuid"
)

// deletesStream reports whether an event is metadata that hides all of its
// stream, which is how an EventStoreDB deletes one that can be continued.
func deletesStream(e Event) bool { return truncateBefore(e) == math.MaxInt64 }

// truncateBefore is the revision before which metadata hides its stream's
// events, 0 for none.
func truncateBefore(e Event) int64 {
	var m struct {
		TruncateBefore int64 `json:"$tb"`
	}
	if e.Type != typeMetadata || !e.JSON || json.Unmarshal(e.Data, &m) != nil {
		return 0
	}
	return max(0, m.TruncateBefore)
}

// sameJSON compares values, not how they are written.
func sameJSON(a, b []byte) bool {
	x, err := parseJSON(a)
	if err != nil {
		return bytes.Equal(a, b)
	}
	y, err := parseJSON(b)
	return err == nil && reflect.DeepEqual(x, y)
}

// canonicalJSON writes a value in the one way that encoding/json has for it;
// what is no JSON stays as it is.
func canonicalJSON(data []byte) []byte {
	v, err := parseJSON(data)
	if err != nil {
		return data
	}
	out, err := json.Marshal(v)
	if err != nil {
		return data
	}
	return out
}

func parseJSON(data []byte) (v any, err error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber() // $tb is larger than a float can hold
	err = d.Decode(&v)
	return v, err
}

// filler stands at a revision whose event the source's server had removed.
func filler(stream string, revision uint64) Event {
	return Event{
		Stream: stream, Revision: revision, Type: typeFiller, JSON: true, Data: []byte("{}"),
		ID: uuid.NewSHA1(uuid.NameSpaceOID, fmt.Appendf(nil, "%s@%d", stream, revision)),
	}
}
