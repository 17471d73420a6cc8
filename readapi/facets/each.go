package facets

import "time"

// Listing is what a RowQuery selects, in its order, with the rows still to be
// made: it holds 16 bytes for each of them.
type Listing struct {
	Total    int       // as in Rows
	Now      time.Time // as in Rows
	NearMiss bool      // as in Counts
	Warnings []Warning

	snapshot *Snapshot
	plan     *plan
	page     []candidate
}

// List evaluates a query whose rows are then read one after the other. The
// error is that of Rows.
func (s *Snapshot) List(q RowQuery) (*Listing, error) {
	l, err := s.list(&q)
	if err != nil {
		return nil, err
	}
	return &Listing{Total: l.total, Now: q.Now, NearMiss: l.plan.near != nil, Warnings: l.plan.warnings, snapshot: s, plan: l.plan, page: l.page}, nil
}

// Each calls each with every row of the page in order, and stops at its first
// error. The row is another one at the next call.
func (l *Listing) Each(each func(*Row) error) error {
	for _, c := range l.page {
		row := l.snapshot.row(l.plan, c.row)
		if err := each(&row); err != nil {
			return err
		}
	}
	return nil
}
