package audit

import (
	"errors"
	"fmt"

	"backlot/domain"
	"backlot/domain/seal"
	"backlot/eventstore"
)

// chain is how far a stream was verified.
type chain struct {
	last     uint64 // revision of the last event, also of a stream without hashes
	at       domain.Position
	next     uint64 // revision
	hash     string // of the last event, hex
	chained  bool   // an event carried a hash
	erasable bool
	broken   bool
	gapFrom  uint64 // first revision that was missed, while gapTo is not 0
	gapTo    uint64 // behind the last one
}

func (c *chain) add(e eventstore.RawEvent, carried string, found *findings) {
	switch {
	case c.erasable:
		c.addErasable(e, carried, found)
	case e.Revision < c.next:
		c.addLate(e, found)
	case e.Revision > c.next:
		if !c.broken {
			c.broken, c.gapFrom, c.gapTo = true, c.next, e.Revision
			found.add(seal.Finding{
				Kind: seal.Removed, Stream: e.Stream, Revision: c.next, Position: e.Position,
				Text: fmt.Sprintf("Stream %q lacks %s; the next event that is there has revision %d.", e.Stream, revisions(c.next, e.Revision), e.Revision),
			})
		}
		c.next, c.hash = e.Revision+1, carried
	default:
		c.verify(e, found, c.hash)
		c.next, c.hash = e.Revision+1, carried
	}
}

// addLate takes an event that should have come before.
func (c *chain) addLate(e eventstore.RawEvent, found *findings) {
	switch {
	case c.gapTo > 0 && e.Revision >= c.gapFrom && e.Revision < c.gapTo:
		found.replace(seal.Finding{
			Kind: seal.Reordered, Stream: e.Stream, Revision: c.gapFrom, Position: e.Position,
			Text: fmt.Sprintf("Event %d of stream %q stands behind event %d in the log.", e.Revision, e.Stream, c.next-1),
		})
		c.gapTo = 0
	case !c.broken:
		c.broken = true
		found.add(seal.Finding{
			Kind: seal.Inserted, Stream: e.Stream, Revision: e.Revision, Position: e.Position,
			Text: fmt.Sprintf("A second event of stream %q has revision %d.", e.Stream, e.Revision),
		})
	}
}

// addErasable takes an event of a stream that may begin late, or anew.
func (c *chain) addErasable(e eventstore.RawEvent, carried string, found *findings) {
	switch {
	case e.Revision == c.next && c.hash != "":
		c.verify(e, found, c.hash, "")
	case e.Revision == 0:
		c.verify(e, found, "")
	}
	c.next, c.hash = e.Revision+1, carried
}

// verify computes the event's hash, after each of the hashes that may be the
// one before.
func (c *chain) verify(e eventstore.RawEvent, found *findings, previous ...string) {
	if c.broken {
		return
	}
	var first error
	for _, p := range previous {
		_, err := eventstore.Verify(p, e)
		if err == nil {
			return
		}
		if first == nil {
			first = err
		}
	}
	c.broken = true
	reason := first.Error()
	var broken *eventstore.BrokenChainError
	if errors.As(first, &broken) {
		reason = broken.Reason
	}
	found.add(seal.Finding{
		Kind: seal.Altered, Stream: e.Stream, Revision: e.Revision, Position: e.Position,
		Text: fmt.Sprintf("Event %d of stream %q is not what was recorded, or does not follow the event before it: %s.", e.Revision, e.Stream, reason),
	})
}

// revisions names those from one up to, not including, another.
func revisions(from, to uint64) string {
	if to == from+1 {
		return fmt.Sprintf("event %d", from)
	}
	return fmt.Sprintf("events %d to %d", from, to-1)
}
