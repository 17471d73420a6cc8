package facets

import (
	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/readmodel"
)

// Snapshot is all rows at one log position. It never changes; every answer of
// one snapshot is consistent with every other.
type Snapshot struct {
	generation readmodel.Generation
	position   domain.Position
	chunks     []*chunk
	length     int
	words      *dictionaries
	ids        *idIndex
	names      Names
	accounts   AccountNames
	policy     sourcerequest.Policy
	stale      bool

	past     []*chunk // versions that ended, in the order in which they did
	pastFrom int64    // Unix ms: of those that ended after it, none is missing
	moments  *moments
	then     *moment // of a snapshot as of a moment, else nil
}

// Position is the log position that the rows stand at.
func (s *Snapshot) Position() domain.Position { return s.position }

// Stale reports that the snapshot may be behind the log for longer than usual:
// Redis could not be reached, or its read model is being loaded again.
func (s *Snapshot) Stale() bool { return s.stale }

// Len is the number of source requests, whoever may see them.
func (s *Snapshot) Len() int { return s.length }

// Revision returns the revision of the latest event folded into a request's
// row, whoever may see it; a document with an older one is behind.
func (s *Snapshot) Revision(id string) (uint64, bool) {
	c, i, ok := s.locate(id)
	if !ok {
		return 0, false
	}
	return c.revision[i], true
}
