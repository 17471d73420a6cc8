package facets

import (
	"time"

	"backlot/domain"
	"backlot/readmodel"
)

// Crossings returns the ids of the open requests, whoever may see them, that an instant after from and not after
// to (Unix ms) made At Risk, Critical or overdue, in no order.
func (s *Snapshot) Crossings(from, to int64) []string {
	var found []string
	within := func(t int64) bool { return from < t && t <= to }
	for _, c := range s.chunks {
		for i, status := range c.status[:c.n] {
			if !within(c.critical[i]) && !within(c.atRisk[i]) && !within(c.overdue[i]) {
				continue
			}
			if status != 0 && readmodel.Flags(c.flags[i]).Has(readmodel.FlagOpen) {
				found = append(found, c.ids[i])
			}
		}
	}
	return found
}

// Visible returns which of some requests a principal sees.
func (s *Snapshot) Visible(p domain.Principal, ids []string, now time.Time) (map[string]bool, error) {
	visible := map[string]bool{}
	l, err := s.List(RowQuery{Principal: p, IDs: ids, Now: now})
	if err != nil {
		return nil, err
	}
	for _, c := range l.page {
		visible[s.chunks[c.row/chunkRows].ids[c.row%chunkRows]] = true
	}
	return visible, nil
}
