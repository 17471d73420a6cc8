package projections

import "backlot/domain"

// request is a source request as its events up to revision left it.
type request struct {
	revision uint64
	position domain.Position // of the event with that revision
	state    folded
}

// states keeps the requests that were used recently, at most limit of them. It
// has a young and an old half: a use moves a request to the young one, and
// when that is full, the old one is forgotten. That is cheaper than a list in
// the order of use and forgets nearly the same ones.
type states struct {
	half       int
	young, old map[string]*request
}

func newStates(limit int) *states {
	return &states{half: max(1, limit/2), young: map[string]*request{}}
}

func (s *states) get(id string) *request {
	if r, ok := s.young[id]; ok {
		return r
	}
	r, ok := s.old[id]
	if !ok {
		return nil
	}
	delete(s.old, id)
	s.put(id, r)
	return r
}

func (s *states) put(id string, r *request) {
	if _, ok := s.young[id]; !ok && len(s.young) >= s.half {
		s.old, s.young = s.young, make(map[string]*request, s.half)
	}
	s.young[id] = r
}
