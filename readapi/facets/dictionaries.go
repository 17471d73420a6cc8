package facets

import (
	"fmt"
	"slices"

	"backlot/readmodel"
)

// dictionaries are the values that the rows of a snapshot refer to by code.
type dictionaries struct {
	titles    *titleList
	packages  *labelList
	partners  []string // organisation ids; their names come from Names
	languages *labelList
	countries *setList
	issues    *setList
	accounts  []string // account ids; their names come from AccountNames
}

// size returns how many codes a dictionary has.
func (d *dictionaries) size(of readmodel.Dictionary) int {
	switch of {
	case readmodel.Titles:
		return len(d.titles.same)
	case readmodel.Packages:
		return len(d.packages.text)
	case readmodel.Partners:
		return len(d.partners)
	case readmodel.Languages:
		return len(d.languages.text)
	case readmodel.CountrySets:
		return len(d.countries.names)
	case readmodel.Accounts:
		return len(d.accounts)
	default:
		return len(d.issues.names)
	}
}

// partner returns the code of an organisation id.
func (d *dictionaries) partner(id string) (uint32, bool) {
	i := slices.Index(d.partners, id)
	return uint32(i), i >= 0
}

// dictionaryBuilder makes versions of the dictionaries as they grow.
type dictionaryBuilder struct {
	now       dictionaries
	values    [readmodel.DictionaryCount][]string // as Redis has them, to check overlaps
	titles    *titleBuilder
	countries *setBuilder
	issues    *setBuilder
}

func newDictionaryBuilder() *dictionaryBuilder {
	b := &dictionaryBuilder{titles: newTitleBuilder(), countries: newSetBuilder(), issues: newSetBuilder()}
	b.now = dictionaries{packages: &labelList{}, languages: &labelList{}}
	for d := range readmodel.Dictionary(readmodel.DictionaryCount) {
		b.append(d, []string{""})
	}
	return b
}

// add appends values from a code on. Values that are there already have to be
// the same; a hole before the first one is an error.
func (b *dictionaryBuilder) add(to readmodel.Dictionary, from uint32, values []string) error {
	have := uint32(len(b.values[to]))
	if from > have {
		return fmt.Errorf("facets: %s continue at code %d, but end at %d", to, from, have)
	}
	overlap := min(have-from, uint32(len(values)))
	if !slices.Equal(b.values[to][from:from+overlap], values[:overlap]) {
		return fmt.Errorf("facets: %s from code %d on are not those that were loaded", to, from)
	}
	values = values[overlap:]
	if len(values) == 0 {
		return nil
	}
	b.append(to, values)
	return nil
}

func (b *dictionaryBuilder) append(to readmodel.Dictionary, values []string) {
	b.values[to] = append(b.values[to], values...)
	switch to {
	case readmodel.Titles:
		b.titles.add(values)
	case readmodel.Packages:
		b.now.packages = b.now.packages.with(values, foldAll(values))
	case readmodel.Partners:
		b.now.partners = b.values[to]
	case readmodel.Languages:
		b.now.languages = b.now.languages.with(values, foldAll(values))
	case readmodel.CountrySets:
		b.countries.add(values)
	case readmodel.IssueSets:
		b.issues.add(values)
	case readmodel.Accounts:
		b.now.accounts = b.values[to]
	}
	b.now.titles, b.now.countries, b.now.issues = b.titles.list, b.countries.list, b.issues.list
}
