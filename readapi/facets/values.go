package facets

import (
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

// Values are the answer to a ValuesQuery: fixed vocabularies in their usual
// order, others with the most matches first.
type Values struct {
	Values   []Value
	Total    int // before Limit
	Warnings []Warning
}

// Values returns the values of one modifier with what each would match. Dates
// are listed by month.
func (s *Snapshot) Values(q ValuesQuery) (*Values, error) {
	return nil, domain.Errorf(domain.CodeInternal, "not written yet")
}
