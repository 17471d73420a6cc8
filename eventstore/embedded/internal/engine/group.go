package engine

import "github.com/cockroachdb/pebble/v2"

// Bounds of what one batch takes from the queue; a single request may exceed
// the bytes.
const (
	maxGroupRequests = 512
	maxGroupBytes    = 4 << 20
)

type requestKind int

const (
	appendEvents requestKind = iota
	deleteStream
	tombstoneStream
	importEvents
	scavengeHidden
)

type request struct {
	kind     requestKind
	stream   string
	expected Expected
	records  [][]byte // encoded, not yet stamped
	imported []Imported
	hidden   []hiddenEvent
	spans    []byte // of everything that the scavenge removed, encoded
	written  int    // of imported, or removed of hidden; may be read after a result
	done     chan outcome
}

type outcome struct {
	result Result
	err    error
}

// group is a number of requests that were decided together and go to disk
// together.
type group struct {
	batch   *pebble.Batch // nil when nothing is to be written
	records []Record
	replies []reply

	erase      *pebble.Batch // what a scavenge removes; nil for nothing
	eraseUntil uint64        // the last position of that
}

type reply struct {
	to      *request
	outcome outcome
}

func (g *group) answer() {
	for _, r := range g.replies {
		r.to.done <- r.outcome
	}
}

func (g *group) fail(err error) {
	for _, r := range g.replies {
		r.to.done <- outcome{err: err}
	}
}
