package facets

import (
	"time"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// CountQuery asks for counts.
type CountQuery struct {
	Principal domain.Principal // whose scope is counted
	Selection Selection
	GroupBy   []string  // names of Groupings, none for totals only; CodeInvalid if unknown or twice
	Now       time.Time // required

	// Of the groups:
	Sort   string // matched, a bucket's key, or the name of one of GroupBy, with - before it descending; default: by GroupBy in order
	Search string // only groups with the text in one of their keys, whatever the case and the accents
	Limit  int    // at most so many; 0 for all
	Offset int    // leave out the first so many
}

// Tally is how many requests were matched, and in each bucket.
type Tally struct {
	Matched int
	Buckets [sourcerequest.BucketCount]int // index: sourcerequest.Bucket
}

// Group is the tally of one combination of values.
type Group struct {
	Key []*string // one label for each of CountQuery.GroupBy, nil for no value
	Tally
}

// Counts are the answer to a CountQuery.
type Counts struct {
	Tally              // of all, each request once
	Groups      []Group // those with anything matched
	GroupsTotal int     // how many groups there are after Search and before Limit and Offset
	NearMiss    bool    // no title has the text asked for: these are near misses
	Warnings    []Warning
}

// Codes of warnings.
const (
	WarnUnknownValue = "unknown_value" // no request that the asker may see has the value
	WarnNearMiss     = "near_miss"     // no title has the text; titles with similar words were taken
)

// Warning is something that the asker should know about an answer.
type Warning struct {
	Code     string
	Modifier string // as given, with its hyphen if it excludes
	Value    string // as given
	Message  string // a sentence
}

// Groupings returns what counts can be grouped by, in the order in which it is shown.
func Groupings() []Grouping { return nil }

// ParseGroupBy reads a comma-separated list of grouping names. Unknown and
// repeated names are CodeInvalid with Field group and Allowed.
func ParseGroupBy(list string) ([]string, error) {
	return nil, domain.Errorf(domain.CodeInternal, "not written yet")
}

// Count counts what a query selects. The error is CodeInvalid for a wrong
// GroupBy, Sort, Limit or Offset.
func (s *Snapshot) Count(q CountQuery) (*Counts, error) {
	return nil, domain.Errorf(domain.CodeInternal, "not written yet")
}
