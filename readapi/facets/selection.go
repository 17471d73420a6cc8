package facets

import (
	"net/url"

	"backlot/domain"
)

// Selection is a set of modifiers, parsed and checked. Relative dates stay
// relative: they are resolved by the now of each query. The zero Selection
// selects everything but the cancelled requests.
type Selection struct {
	terms []term
}

// ParseSelection reads modifiers: `language=Korean&language=Dutch&-country=France`.
// A repeated modifier means either value, different modifiers mean both, a
// name with a hyphen before it excludes, an empty value stands for none. Every
// parameter has to be a modifier: take paging and the like out before.
//
// An unknown modifier, or a value outside a fixed vocabulary, is CodeInvalid
// with Field and Allowed. Unknown values of open vocabularies are Warnings of
// the answers.
func ParseSelection(q url.Values) (Selection, error) {
	return Selection{}, domain.Errorf(domain.CodeInternal, "not written yet")
}

// String returns the selection in a canonical form: equal selections give
// equal strings. It is a query string that ParseSelection reads.
func (s Selection) String() string { return "" }

type term struct{}
