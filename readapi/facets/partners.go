package facets

import "backlot/domain"

// Partners returns the ids of the organisations on the requests that the
// principal sees, sub-assignees included, each once and in no order.
func (s *Snapshot) Partners(p domain.Principal) []string {
	all := plan{statuses: allStatuses(), filters: s.scope(p)}
	seen := make([]bool, len(s.words.partners))
	var buffer [chunkRows]uint16
	for n, c := range s.chunks {
		for _, i := range all.run(c, uint32(n)*chunkRows, &buffer) {
			seen[c.contentPartner[i]], seen[c.fulfillmentPartner[i]], seen[c.subAssignee[i]] = true, true, true
		}
	}
	var ids []string
	for code, is := range seen {
		if is && code != 0 {
			ids = append(ids, s.words.partners[code])
		}
	}
	return ids
}
