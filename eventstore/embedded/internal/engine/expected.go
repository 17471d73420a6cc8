package engine

import "fmt"

// Expected is the revision that a stream must have for a write to happen: an
// exact one, or one of the constants.
type Expected int64

// What a writer can expect of a stream besides an exact revision.
const (
	Any          Expected = -2
	NoStream     Expected = -1
	StreamExists Expected = -4
	// NeverStream is NoStream, but not of one that was deleted: its first event
	// would have another revision than 0.
	NeverStream Expected = -5
)

// noRevision is the revision before the first event, and of no stream.
const noRevision = -1

// String says the expectation in words.
func (e Expected) String() string {
	switch e {
	case Any:
		return "any"
	case NoStream:
		return "no stream"
	case StreamExists:
		return "stream exists"
	case NeverStream:
		return "no stream ever"
	default:
		return fmt.Sprintf("revision %d", int64(e))
	}
}
