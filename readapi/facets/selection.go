package facets

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"backlot/domain"
)

// Selection is a set of modifiers, parsed and checked. Relative dates stay
// relative: they are resolved by the now of each query. The zero Selection
// selects everything but the cancelled requests.
type Selection struct {
	terms []term // in the order of the catalogue, including before excluding
}

// term is one modifier with its values, which are alternatives.
type term struct {
	modifier *Modifier
	exclude  bool
	values   []string // trimmed, sorted, each once; fixed vocabularies in their own spelling
	days     []days   // of a date modifier, one for each value
}

// name is the modifier as it was given.
func (t *term) name() string {
	if t.exclude {
		return "-" + t.modifier.Name
	}
	return t.modifier.Name
}

func modifierOf(name string) *Modifier {
	i := slices.IndexFunc(catalogue, func(m Modifier) bool { return m.Name == name })
	if i < 0 {
		return nil
	}
	return &catalogue[i]
}

// ParseSelection reads modifiers: `language=Korean&language=Dutch&-country=France`.
// A repeated modifier means either value, different modifiers mean both, a
// name with a hyphen before it excludes, an empty value stands for none. Every
// parameter has to be a modifier: take paging and the like out before.
//
// An unknown modifier, a value outside a fixed vocabulary, and more or longer
// values than anybody types are CodeInvalid with Field and Allowed. Unknown values of open vocabularies are Warnings of
// the answers.
func ParseSelection(q url.Values) (Selection, error) {
	var s Selection
	for _, parameter := range sortedKeys(q) {
		name, exclude := strings.CutPrefix(parameter, "-")
		m := modifierOf(name)
		if m == nil {
			return Selection{}, domain.Invalid(parameter, fmt.Sprintf("there is no modifier %q", parameter), modifierNames()...)
		}
		t := term{modifier: m, exclude: exclude}
		for _, value := range q[parameter] {
			v, err := t.canonical(value)
			if err != nil {
				return Selection{}, err
			}
			t.values = append(t.values, v)
		}
		slices.Sort(t.values)
		t.values = slices.Compact(t.values)
		if n := maxValuesOf(m); len(t.values) > n {
			return Selection{}, domain.Invalid(parameter, fmt.Sprintf("%s has %d values; at most %d", parameter, len(t.values), n))
		}
		if len(t.values) == 0 {
			continue
		}
		if m.Kind == KindDate {
			for _, v := range t.values {
				d, err := parseDays(v)
				if err != nil {
					err.Field = parameter
					return Selection{}, err
				}
				t.days = append(t.days, d)
			}
		}
		s.terms = append(s.terms, t)
	}
	return s, nil
}

// Bounds of what a selection can ask for. A title costs a search of all of
// them, and a second one for near misses.
const (
	maxValues      = 1000
	maxTitles      = 20
	maxValueLength = 300 // characters
)

func maxValuesOf(m *Modifier) int {
	if m.Kind == KindText {
		return maxTitles
	}
	return maxValues
}

// canonical checks a value and returns it in its usual spelling, if it has one.
func (t *term) canonical(value string) (string, error) {
	switch {
	case !utf8.ValidString(value):
		return "", domain.Invalid(t.name(), t.name()+" is not valid UTF-8")
	case utf8.RuneCountInString(value) > maxValueLength:
		return "", domain.Invalid(t.name(), fmt.Sprintf("%s has a value of more than %d characters", t.name(), maxValueLength))
	}
	value = strings.TrimSpace(value)
	switch {
	case t.modifier.Kind == KindDate:
		return strings.Join(strings.Fields(strings.ToLower(value)), " "), nil
	case t.modifier.Open || len(t.modifier.Values) == 0 || value == "":
		return value, nil
	}
	for _, v := range t.modifier.Values {
		if !strings.EqualFold(v, value) {
			continue
		}
		if v == statusAll && t.exclude {
			return "", domain.Invalid(t.name(), "all statuses cannot be excluded: nothing would be left", t.modifier.Values[1:]...)
		}
		return v, nil
	}
	return "", domain.Invalid(t.name(), fmt.Sprintf("%s is one of %s, not %q", t.modifier.Name, strings.Join(t.modifier.Values, ", "), value), t.modifier.Values...)
}

// String returns the selection in a canonical form: equal selections give
// equal strings. It is a query string that ParseSelection reads.
func (s Selection) String() string {
	q := url.Values{}
	for _, t := range s.terms {
		q[t.name()] = t.values
	}
	return q.Encode()
}

// Term is what a selection says of one modifier.
type Term struct {
	Modifier string
	Exclude  bool
	Values   []string // alternatives; "" stands for no value
}

// Terms returns what the selection says, in the order of the catalogue.
func (s Selection) Terms() []Term {
	terms := make([]Term, len(s.terms))
	for i, t := range s.terms {
		terms[i] = Term{Modifier: t.modifier.Name, Exclude: t.exclude, Values: slices.Clone(t.values)}
	}
	return terms
}

// Without returns the selection without what it says of a modifier.
func (s Selection) Without(modifier string) Selection {
	return Selection{terms: slices.DeleteFunc(slices.Clone(s.terms), func(t term) bool { return t.modifier.Name == modifier })}
}

// sortedKeys returns the parameters in the order of the catalogue, unknown
// ones first, so that the same input always has the same error.
func sortedKeys(q url.Values) []string {
	names := modifierNames()
	keys := make([]string, 0, len(q))
	for k := range q {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int {
		i, j := slices.Index(names, strings.TrimPrefix(a, "-")), slices.Index(names, strings.TrimPrefix(b, "-"))
		if i != j {
			return i - j
		}
		return strings.Compare(b, a) // "name" before "-name"
	})
	return keys
}

func modifierNames() []string {
	names := make([]string, len(catalogue))
	for i := range catalogue {
		names[i] = catalogue[i].Name
	}
	return names
}
