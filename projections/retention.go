package projections

import "backlot/domain"

// How much of the feed is kept. A row in the feed costs about as much as one
// in a segment, so a reader that missed more rows than that is better off
// loading the segments again; the number of entries bounds what a quiet log of
// single events costs. Together the feed stays below some 9 MB and covers at
// least the last 65,536 changed rows or the last 4,096 pages.
const (
	maxFeedRows    = 65_536
	maxFeedEntries = 4_096
)

// retention remembers what is in the feed, oldest entry first.
type retention struct {
	maxEntries, maxRows int
	entries             []feedEntry
	rows                int
}

func newRetention() retention { return retention{maxEntries: maxFeedEntries, maxRows: maxFeedRows} }

type feedEntry struct {
	position domain.Position
	rows     int
}

// add notes a new entry. If entries have to go, oldest is the first one that
// stays. The newest entry always stays.
func (r *retention) add(position domain.Position, rows int) (oldest domain.Position, trim bool) {
	r.entries = append(r.entries, feedEntry{position, rows})
	r.rows += rows
	for len(r.entries) > 1 && (len(r.entries) > r.maxEntries || r.rows > r.maxRows) {
		r.rows -= r.entries[0].rows
		r.entries = r.entries[1:]
		trim = true
	}
	return r.entries[0].position, trim
}
