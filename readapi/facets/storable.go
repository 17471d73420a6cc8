package facets

import (
	"fmt"
	"slices"

	"backlot/domain"
)

// Storable returns the selection as it may be written down for good: with
// account ids in the place of people's names, which have to go when somebody is
// erased. known says which accounts the principal may name although they are
// responsible for nothing that it sees. What is neither such an account's id
// nor the name of somebody responsible is CodeInvalid; its Field is the
// modifier as it was given.
func (s *Snapshot) Storable(p domain.Principal, sel Selection, known func(account string) bool) (Selection, error) {
	own := s.responsibility(p)
	return sel.replaced(func(t *term, value string) ([]string, error) {
		switch {
		case isSpecial(t.modifier.Name, value):
			return []string{valueMe}, nil
		case value == "" || known(value):
			return []string{value}, nil
		}
		var ids []string
		for _, code := range s.seenCodes(p, own, own.codes(s, value)) {
			ids = append(ids, s.words.accounts[code])
		}
		if ids == nil {
			return nil, domain.Invalid(t.name(), fmt.Sprintf("nobody that you can see is called %q; name the account by its id", value))
		}
		return ids, nil
	})
}

// Named is the inverse of Storable: it returns the selection with the present
// names of people in the place of their account ids. An id stays where its name
// is that of several, or of nobody whom the principal sees.
func (s *Snapshot) Named(p domain.Principal, sel Selection) Selection {
	own := s.responsibility(p)
	named, _ := sel.replaced(func(t *term, value string) ([]string, error) { // which never fails
		name := s.accountName(value)
		seen := s.seenCodes(p, own, own.codes(s, name))
		if len(seen) == 1 && s.words.accounts[seen[0]] == value && !isSpecial(t.modifier.Name, name) {
			return []string{name}, nil
		}
		return []string{value}, nil
	})
	return named
}

// seenCodes returns those of some accounts that are responsible for a request
// that the principal sees, as far as it may know.
func (s *Snapshot) seenCodes(p domain.Principal, own responsibility, codes []uint32) []uint32 {
	each := make([][]uint32, len(codes))
	for i := range codes {
		each[i] = codes[i : i+1]
	}
	var seen []uint32
	for i, found := range s.visible(s.scope(p), &byCode{column: own.column}, len(s.words.accounts), each) {
		if found {
			seen = append(seen, codes[i])
		}
	}
	return seen
}

// replaced returns the selection with other values of the modifier responsible.
func (s Selection) replaced(by func(t *term, value string) ([]string, error)) (Selection, error) {
	out := Selection{terms: slices.Clone(s.terms)}
	for i := range out.terms {
		t := &out.terms[i]
		if t.modifier.Name != "responsible" {
			continue
		}
		var values []string
		for _, v := range t.values {
			others, err := by(t, v)
			if err != nil {
				return Selection{}, err
			}
			values = append(values, others...)
		}
		slices.Sort(values)
		t.values = slices.Compact(values)
	}
	return out, nil
}
