package facets

import (
	"fmt"
	"sync"
	"time"

	"backlot/domain"
)

// moment is what a snapshot as of a moment has beside its rows.
type moment struct {
	at      int64 // Unix ms
	present *Snapshot

	throughout bool // of Trend: what stood at any moment

	once   sync.Once
	places map[uint32]uint32 // by row number: where the version is, of those that have ended
}

// moments are the snapshots as of a few moments that were made of one snapshot:
// somebody who looks at the past asks for counts, rows and values of one moment.
type moments struct {
	mu   sync.Mutex
	made []*Snapshot // the latest one last
}

const maxMoments = 4

// PastFrom is the earliest moment that AsOf can answer for.
func (s *Snapshot) PastFrom() time.Time { return time.UnixMilli(s.pastFrom).UTC() }

// AsOf returns the rows as they were at a moment, which is not in the future, in
// whole milliseconds. Who may see a request is decided by how it is and by how
// it was: what was taken from somebody is gone from their past as well. The error
// is CodeNotKept with the earliest moment that can be asked about.
func (s *Snapshot) AsOf(at time.Time) (*Snapshot, error) {
	t := at.UnixMilli()
	if err := s.keeps(at); err != nil {
		return nil, err
	}
	s.moments.mu.Lock()
	defer s.moments.mu.Unlock()
	for _, m := range s.moments.made {
		if m.then.at == t {
			served := *m
			served.stale = s.stale
			return &served, nil
		}
	}
	m := s.asOf(t)
	s.moments.made = append(s.moments.made, m)
	if len(s.moments.made) > maxMoments {
		s.moments.made = s.moments.made[1:]
	}
	served := *m
	return &served, nil
}

// keeps returns CodeNotKept for a moment before the past that is kept.
func (s *Snapshot) keeps(at time.Time) error {
	if at.UnixMilli() >= s.pastFrom {
		return nil
	}
	earliest := s.PastFrom().Format("2006-01-02T15:04:05.999Z07:00")
	return &domain.Error{Code: domain.CodeNotKept, Field: "as_of", Allowed: []string{earliest},
		Message: fmt.Sprintf("searches can look back as far as %s, not %s", earliest, at.UTC().Format(time.RFC3339Nano))}
}

// asOf hides the rows that were not so at the moment yet, and adds the versions
// that were and are not any more.
func (s *Snapshot) asOf(t int64) *Snapshot {
	m := *s
	m.then = &moment{at: t, present: s}
	shown := make([]*chunk, len(s.chunks)+len(s.past))
	counts := make([]int, len(shown))
	parallel(len(shown), func(_ int, next func() (int, int)) {
		for from, to := next(); from < to; from, to = next() {
			for n := from; n < to; n++ {
				if n < len(s.chunks) {
					shown[n], counts[n] = s.chunks[n].at(t)
				} else {
					shown[n], counts[n] = s.past[n-len(s.chunks)].endedAt(t)
				}
			}
		}
	})
	m.chunks, m.length, m.past, m.moments = shown[:len(s.chunks):len(shown)], 0, nil, nil
	for n, c := range shown {
		m.length += counts[n]
		if n >= len(s.chunks) && counts[n] > 0 {
			m.chunks = append(m.chunks, c)
		}
	}
	return &m
}

// at shows the rows of a chunk that were at a moment as they are now, and how
// many these are. Even if they are all, it is another chunk, as the classes of
// the one that it shows are those of the present.
func (c *chunk) at(t int64) (*chunk, int) {
	shown := &chunk{columns: c.columns, of: c}
	if c.lastSince > t {
		status := new(byteColumn)
		for i := range c.n & (2*chunkRows - 1) {
			i &= chunkMask
			status[i] = c.status[i] & -bit(c.since[i] <= t)
		}
		shown.status = status
	}
	return shown, shown.rows()
}

// endedAt shows the versions of a chunk that stood at a moment.
func (c *chunk) endedAt(t int64) (*chunk, int) {
	if c.lastUntil <= t {
		return nil, 0
	}
	shown := &chunk{columns: c.columns, of: c}
	status := new(byteColumn)
	for i := range c.n & (2*chunkRows - 1) {
		i &= chunkMask
		status[i] = c.status[i] & -(bit(c.since[i] <= t) & bit(t < c.until[i]))
	}
	shown.status = status
	return shown, shown.rows()
}

// rows counts the places that hold a row.
func (c *chunk) rows() int {
	n := 0
	for _, status := range c.status[:c.n] {
		n += int(bit(status != 0))
	}
	return n
}

// find returns the place of a request's row, which may hold none.
func (s *Snapshot) find(id string) (uint32, bool) {
	n, ok := s.ids.find(id)
	if !ok || s.then == nil {
		return n, ok
	}
	if live := int(n / chunkRows); live < len(s.then.present.chunks) && s.chunks[live].status[n%chunkRows] != 0 {
		return n, true
	}
	s.then.once.Do(func() { s.then.places = s.endedPlaces() })
	place, ok := s.then.places[n]
	return place, ok
}

func (s *Snapshot) endedPlaces() map[uint32]uint32 {
	places := map[uint32]uint32{}
	for n := len(s.then.present.chunks); n < len(s.chunks); n++ {
		c := s.chunks[n]
		for i := range c.n {
			if c.status[i] != 0 {
				places[c.number[i]] = uint32(n*chunkRows + i)
			}
		}
	}
	return places
}

// presently accepts versions of requests that are in the scope as they are now.
type presently struct {
	present *Snapshot
	scope   []filter
}

func (f presently) narrow(c *chunk, _ uint32, selected []uint16) []uint16 {
	if c.number == nil {
		return selected // the row is as it is now
	}
	k := 0
	var one [1]uint16
rows:
	for _, i := range selected {
		n := c.number[i&chunkMask]
		if int(n/chunkRows) >= len(f.present.chunks) {
			continue
		}
		for _, g := range f.scope {
			one[0] = uint16(n % chunkRows)
			if len(g.narrow(f.present.chunks[n/chunkRows], n-n%chunkRows, one[:])) == 0 {
				continue rows
			}
		}
		selected[k] = i
		k++
	}
	return selected[:k]
}
