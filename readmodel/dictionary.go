package readmodel

import (
	"slices"
	"strings"
)

// Dictionary names a list of values that rows refer to by code. Code 0 of
// every dictionary is the empty value.
type Dictionary uint8

// The dictionaries. Titles hold TitleValue pairs; country sets and issue sets
// hold SetValue lists; the partners' holds organisation ids, and the accounts'
// holds account ids and never anybody's name.
const (
	Titles Dictionary = iota
	Packages
	Partners // content and fulfillment partners and sub-assignees
	Languages
	CountrySets
	IssueSets
	Accounts            // of those who are responsible
	DictionaryCount int = iota
)

var dictionaryNames = [DictionaryCount]string{"titles", "packages", "partners", "languages", "country_sets", "issue_sets", "accounts"}

// String returns the dictionary's name in keys and feed entries.
func (d Dictionary) String() string { return dictionaryNames[d] }

// separator cannot occur in names: the domain refuses control characters.
const separator = "\x1f"

// TitleValue is the value of a title: the pair of movie id and title.
func TitleValue(movieID, title string) string { return movieID + separator + title }

// SplitTitle is the inverse of TitleValue.
func SplitTitle(value string) (movieID, title string) {
	movieID, title, _ = strings.Cut(value, separator)
	return movieID, title
}

// SetValue is the value of a set of names: sorted, each once; "" is the empty set.
func SetValue(names []string) string {
	if !slices.IsSorted(names) {
		names = slices.Sorted(slices.Values(names))
	}
	return strings.Join(slices.Compact(slices.Clone(names)), separator)
}

// SplitSet is the inverse of SetValue.
func SplitSet(value string) []string {
	if value == "" {
		return nil
	}
	return strings.Split(value, separator)
}
