package finding

import (
	"fmt"
	"slices"
	"strings"

	"backlot/domain"
)

// Area is the kind of file that a type of finding concerns. Its values are the
// labels that people see.
type Area string

// The areas.
const (
	AnyFile    Area = "Any File"
	TimedText  Area = "Timed Text"
	IMF        Area = "IMF"
	VideoAudio Area = "Video and Audio"
	Artwork    Area = "Artwork"
)

// Areas returns the areas in the order in which the catalogue has them.
func Areas() []Area { return []Area{AnyFile, TimedText, IMF, VideoAudio, Artwork} }

// Type is a type of finding.
type Type struct {
	Code    string // the label that people see, and what events hold: it is never changed
	Area    Area
	Hard    bool   // cannot be overridden: the asset has to be delivered again
	Meaning string // what is wrong
	Fixing  string // what to do
}

// Slug is the code in lower case with hyphens, as paths have it.
func (t Type) Slug() string { return slug(t.Code) }

// Types returns the catalogue, by area.
func Types() []Type { return slices.Clone(types) }

// Find returns the type with a code, written as a label or as a slug, in any
// case; false if there is none.
func Find(code string) (Type, bool) {
	s := slug(code)
	i := slices.IndexFunc(types, func(t Type) bool { return t.Slug() == s })
	if i < 0 {
		return Type{}, false
	}
	return types[i], true
}

// ParseArea finds an area by its label in any case; CodeInvalid otherwise.
func ParseArea(s string) (Area, error) {
	var labels []string
	for _, a := range Areas() {
		if strings.EqualFold(strings.TrimSpace(s), string(a)) {
			return a, nil
		}
		labels = append(labels, string(a))
	}
	return "", domain.Invalid("area", fmt.Sprintf("area does not know %q; one of: %s", s, strings.Join(labels, ", ")), labels...)
}

// slug keeps the letters and digits of a code and puts one hyphen for whatever
// stands between them.
func slug(code string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(code), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}), "-")
}
