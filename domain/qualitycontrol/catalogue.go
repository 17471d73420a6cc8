package qualitycontrol

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"backlot/domain"
)

// Severity is how bad an issue is. Its values are the labels that people see
// and a storage format.
type Severity string

// The severities.
const (
	SeverityFYI     Severity = "FYI"
	SeverityIssue   Severity = "Issue"
	SeverityBlocker Severity = "Blocker"
)

// Severities returns the severities, mildest first.
func Severities() []Severity { return []Severity{SeverityFYI, SeverityIssue, SeverityBlocker} }

// Category is the part of an asset that an issue concerns. Its values are the
// labels that people see and a storage format.
type Category string

// The categories.
const (
	Audio     Category = "Audio"
	Sync      Category = "Sync"
	TimedText Category = "Timed Text"
	Content   Category = "Content"
	Video     Category = "Video"
	Colour    Category = "Colour"
	Technical Category = "Technical"
	Asset     Category = "Asset"
)

// Categories returns the categories in the order in which the catalogue has them.
func Categories() []Category {
	return []Category{Audio, Sync, TimedText, Content, Video, Colour, Technical, Asset}
}

// Type is a type of issue and its help article.
type Type struct {
	Code        string // the label that people see, and what events hold: it is never changed
	Category    Category
	Severity    Severity // the usual one; an instance may be milder or worse
	Meaning     string   // what it is
	Finding     string   // how it is found
	Fixing      string   // how it is put right
	SourceTypes []string // labels of the source types that may have it
}

// Slug is the code in lower case with hyphens, as paths have it.
func (t Type) Slug() string { return slug(t.Code) }

// Types returns the catalogue: by category, the most frequent types first.
func Types() []Type {
	out := slices.Clone(types)
	for i := range out {
		out[i].SourceTypes = slices.Clone(out[i].SourceTypes)
	}
	return out
}

// Find returns the type with a code, written as a label or as a slug, in any
// case; false if there is none.
func Find(code string) (Type, bool) {
	s := slug(code)
	for _, t := range types {
		if t.Slug() == s {
			t.SourceTypes = slices.Clone(t.SourceTypes)
			return t, true
		}
	}
	return Type{}, false
}

// ParseCategory finds a category by its label in any case; CodeInvalid otherwise.
func ParseCategory(s string) (Category, error) {
	var labels []string
	for _, c := range Categories() {
		if strings.EqualFold(strings.TrimSpace(s), string(c)) {
			return c, nil
		}
		labels = append(labels, string(c))
	}
	return "", domain.Invalid("category", fmt.Sprintf("category does not know %q; one of: %s", s, strings.Join(labels, ", ")), labels...)
}

// Selection says which types are wanted; what is zero does not select.
type Selection struct {
	Text       string // words that code, category or article have, without regard to case
	Category   Category
	SourceType string // label of one that may have the issue

	Article func(Type) string // the article in another language, which may have the words instead; nil for none
}

// Search returns the selected types: those with the text in their code first,
// those that only have it in another language last, otherwise in the order of the
// catalogue.
func Search(s Selection) []Type {
	words := strings.Fields(strings.ToLower(s.Text))
	all := func(in string) bool {
		in = strings.ToLower(in)
		return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(in, w) })
	}
	var named, told, translated []Type
	for _, t := range Types() {
		switch {
		case s.Category != "" && t.Category != s.Category:
		case s.SourceType != "" && !slices.Contains(t.SourceTypes, s.SourceType):
		case all(t.Code):
			named = append(named, t)
		case all(strings.Join([]string{t.Code, string(t.Category), t.Meaning, t.Finding, t.Fixing}, " ")):
			told = append(told, t)
		case s.Article != nil && all(t.Code+" "+s.Article(t)):
			translated = append(translated, t)
		}
	}
	return slices.Concat(named, told, translated)
}

// Nearest returns the codes that resemble what somebody wrote, at most n, the
// nearest first: by what would have to be typed differently in its words, then
// in the whole.
func Nearest(code string, n int) []string {
	const enough = 64 // letters; no code is as long
	written := slug(code)
	written = written[:min(len(written), enough)]
	type candidate struct {
		code         string
		words, whole int
	}
	var found []candidate
	for _, t := range types {
		c := candidate{code: t.Code, whole: edits(written, t.Slug())}
		for word := range strings.SplitSeq(written, "-") {
			nearest := len(word)
			for its := range strings.SplitSeq(t.Slug(), "-") {
				nearest = min(nearest, edits(word, its))
			}
			c.words += nearest
		}
		found = append(found, c)
	}
	slices.SortStableFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.words, b.words), cmp.Compare(a.whole, b.whole))
	})
	codes := make([]string, 0, n)
	for _, c := range found[:min(n, len(found))] {
		codes = append(codes, c.code)
	}
	return codes
}

// slug keeps the letters and digits of a code and puts one hyphen for whatever
// stands between them.
func slug(code string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(code), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}), "-")
}

// edits is the Levenshtein distance: how many letters would have to be put in,
// left out or changed.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			changed := diagonal
			if a[i] != b[j] {
				changed++
			}
			diagonal = row[j+1]
			row[j+1] = min(changed, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
