package facets

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"backlot/domain"
)

// ValuesQuery asks for the values of a modifier.
type ValuesQuery struct {
	Principal domain.Principal
	Modifier  string    // its name; CodeInvalid if unknown
	Selection Selection // the other modifiers; what it says of this one is left out
	Search    string    // only values with the text in them, whatever the case and the accents
	Limit     int       // at most so many; 0 for all
	Now       time.Time // required
}

// Value is a value of a modifier and what it would match.
type Value struct {
	Value   *string // as the modifier takes it; nil for no value, which an empty one selects
	Matched int     // requests that it would match, given the other modifiers
}

// Values are the answer to a ValuesQuery: the values that match anything, the
// most frequent first, then in their usual order.
type Values struct {
	Values   []Value
	Total    int // before Limit
	Warnings []Warning
}

// Values returns the values of one modifier with what each would match. Dates
// are listed by month.
func (s *Snapshot) Values(q ValuesQuery) (*Values, error) {
	m := modifierOf(q.Modifier)
	if m == nil {
		return nil, domain.Invalid("name", fmt.Sprintf("there is no modifier %q", q.Modifier), modifierNames()...)
	}
	if err := checkPage(q.Limit, 0, "limit", ""); err != nil {
		return nil, err
	}
	p, err := s.plan(q.Principal, q.Selection.Without(m.Name), q.Now)
	if err != nil {
		return nil, err
	}
	v := &Values{Warnings: p.warnings}
	if m.Name == "request_id" {
		v.Values, v.Total = s.idValues(p, strings.TrimSpace(q.Search), q.Limit)
		return v, nil
	}
	if m.Name == "status" {
		// Each status would lift the default that leaves the cancelled ones out.
		p.statuses = allStatuses()
	}
	dims := []*dimension{s.dimension(p, m.Name)}
	total, counts, err := s.tally(p, dims)
	if err != nil {
		return nil, err
	}
	defer counts.release()
	var all Tally
	all.add(total[:], false)
	type counted struct {
		Value
		rank uint32
	}
	var found []counted
	rank, text := dims[0].ranks(), fold(q.Search)
	none := 0
	counts.each(func(group uint64, classes []uint32) {
		var t Tally
		t.add(classes, false)
		o := uint32(group)
		if o == 0 {
			none = t.Matched
		}
		if strings.Contains(dims[0].folded(o), text) {
			found = append(found, counted{Value{dims[0].key(o), t.Matched}, rank(o)})
		}
	})
	for _, special := range specialValues(m.Name, all.Matched, none) {
		if special.Matched > 0 && strings.Contains(fold(*special.Value), text) {
			found = append(found, counted{special, 0})
		}
	}
	v.Total = len(found)
	found = window(found, 0, pageEnd(len(found), 0, q.Limit), func(a, b counted) int {
		return cmp.Or(cmp.Compare(b.Matched, a.Matched), cmp.Compare(a.rank, b.rank), strings.Compare(deref(a.Value.Value), deref(b.Value.Value)))
	})
	v.Values = make([]Value, len(found))
	for i := range found {
		v.Values[i] = found[i].Value
	}
	return v, nil
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// specialValues are the values of a modifier that are no request's own.
func specialValues(modifier string, all, none int) []Value {
	value := func(v string, n int) Value { return Value{&v, n} }
	switch modifier {
	case "status":
		return []Value{value(statusAll, all)}
	case "issues":
		return []Value{value(hasIssues, all-none), value(hasNoIssues, none)}
	}
	return nil
}

// idValues returns the ids of the selected requests that have the text in
// them, in any case, in order.
func (s *Snapshot) idValues(p *plan, search string, limit int) ([]Value, int) {
	search = strings.ToLower(search)
	parts := make([][]string, workers(len(s.chunks)))
	parallel(len(s.chunks), func(worker int, next func() (int, int)) {
		var buffer [chunkRows]uint16
		for from, to := next(); from < to; from, to = next() {
			for n := from; n < to; n++ {
				for _, i := range p.run(s.chunks[n], uint32(n)*chunkRows, &buffer) {
					if id := s.chunks[n].ids[i]; strings.Contains(strings.ToLower(id), search) {
						parts[worker] = append(parts[worker], id)
					}
				}
			}
		}
	})
	ids := slices.Concat(parts...)
	total := len(ids)
	ids = window(ids, 0, pageEnd(len(ids), 0, limit), strings.Compare)
	values := make([]Value, len(ids))
	for i := range ids {
		values[i] = Value{&ids[i], 1}
	}
	return values, total
}
