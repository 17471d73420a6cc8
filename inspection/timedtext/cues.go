package timedtext

import (
	"fmt"
	"slices"
	"time"

	"backlot/domain/finding"
)

// What a cue can plausibly be.
const (
	shortest = 200 * time.Millisecond // nobody reads faster
	longest  = 20 * time.Second       // no line is spoken for so long
	latest   = 12 * time.Hour         // no programme is so long
)

// rounding is what two neighbouring cues may overlap: times were rounded.
const rounding = time.Millisecond

// cue is a text that shows for a time in a place.
type cue struct {
	begin, end time.Duration
	line       int
	place      string // cues in different places do not hide each other
}

func (c cue) where() string { return fmt.Sprintf("line %d, %s", c.line, clock(c.begin)) }

// clock writes a time as people read it.
func clock(d time.Duration) string {
	d = d.Round(time.Millisecond)
	return fmt.Sprintf("%02d:%02d:%02d.%03d", d/time.Hour, d/time.Minute%60, d/time.Second%60, d/time.Millisecond%1000)
}

// cues gathers the cues of a file and looks at each.
type cues struct {
	l    *finding.List
	list []cue
	last cue // in the file
	any  bool
}

// full notes once that there are too many, and reports it.
func (c *cues) full(where string) bool {
	if len(c.list) < maxCues {
		return false
	}
	c.l.Add(finding.ExcessiveStructure, where, "The file has more than %d cues.", maxCues)
	return true
}

// add looks at a cue whose times are known. Empty says that it has no text.
func (c *cues) add(q cue, empty bool) {
	c.any = true
	switch length := q.end - q.begin; {
	case length <= 0:
		c.l.Add(finding.CueEndsBeforeBegin, q.where(), "The cue ends at %s and begins at %s.", clock(q.end), clock(q.begin))
		return
	case length < shortest || length > longest:
		c.l.Add(finding.ImplausibleDuration, q.where(), "The cue shows for %s; plausible are %s to %s.", length.Round(time.Millisecond), shortest, longest)
	}
	if q.begin > latest {
		c.l.Add(finding.ImplausibleTime, q.where(), "The cue begins after %s, and no programme is so long.", latest)
	}
	if empty {
		c.l.Add(finding.EmptyCue, q.where(), "The cue has no text.")
	}
	if len(c.list) > 0 && q.begin < c.last.begin && q.place == c.last.place {
		c.l.Add(finding.CuesOutOfOrder, q.where(), "The cue begins before the one above it, which begins at %s.", clock(c.last.begin))
	}
	c.last = q
	c.list = append(c.list, q)
}

// finish looks at all of them together.
func (c *cues) finish() {
	if !c.any {
		c.l.Add(finding.NoCues, "", "The file has no cue.")
		return
	}
	slices.SortStableFunc(c.list, func(a, b cue) int { return int(a.begin - b.begin) })
	until := map[string]cue{}
	for _, q := range c.list {
		before, is := until[q.place]
		// Two speakers who speak at once have cues with the same times.
		together := q.begin == before.begin && q.end == before.end
		if is && !together && before.end-q.begin > rounding {
			c.l.Add(finding.OverlappingCues, q.where(), "The cue begins before the one of line %d ends, at %s.", before.line, clock(before.end))
		}
		if !is || q.end > before.end {
			until[q.place] = q
		}
	}
}
