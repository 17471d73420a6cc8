package facets

import "slices"

// IDs lists the ids of the requests that a query selects, in their own order;
// Sort, Limit, Offset and Cursor do not matter. The error is CodeInvalid for a
// wrong Group.
func (s *Snapshot) IDs(q RowQuery) ([]string, error) {
	set, err := s.Select(q)
	if err != nil {
		return nil, err
	}
	ids := make([]string, 0, set.Len())
	for id := range set.All() {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids, nil
}
