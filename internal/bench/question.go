package bench

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// kind is what a question asks for.
type kind int

const (
	askCounts kind = iota // in the buckets, of all and of each group
	askRows               // the first of a bucket, by due date, and how many there are
	askValues             // of the country, the most frequent first
)

// question is what every system is asked, in no system's language.
type question struct {
	name    string
	label   string
	kind    kind
	group   []string
	filters []filter
	now     []time.Time // taken in turn
}

// filter restricts a question; one of its forms is used.
type filter struct {
	column   string // a modifier with single values
	values   []string
	exclude  bool
	from, to domain.Date // of the due date, both included
	title    string      // text in the title
	near     string      // a word that no title has: those with words within two edits
}

// Rows are listed with these columns.
var listed = []string{"request_id", "title", "fulfillment_partner", "language", "due_date", "status"}

const (
	listedRows   = 100
	listedBucket = sourcerequest.BucketCritical
	maxGroups    = 100_000
	maxValues    = 1_000
)

func onlyNow() []time.Time { return []time.Time{Now} }

func onlyPartner() filter {
	return filter{column: "fulfillment_partner", values: []string{postHouses[2].name}}
}

// questions are those that DESIGN's table and the modifiers of the trade suggest.
func questions() []question {
	partnersEpisodes := []filter{
		onlyPartner(), {column: "movie_type", values: []string{"Episode"}}, {column: "is_original", values: []string{"Yes"}},
		{column: "source_type", values: []string{"Subs", "Dubs"}},
	}
	dates := []filter{
		{from: domain.NewDate(2026, time.December, 1), to: domain.NewDate(2027, time.January, 15)},
		{column: "movie_type", values: []string{"Standalone"}}, {column: "language", values: []string{"Korean", "Dutch", "Thai"}},
		{column: "service_type", values: []string{"Unknown"}, exclude: true},
	}
	return []question{
		{name: "totals", label: "totals", now: onlyNow()},
		{name: "one-dimension", label: "group by language", group: []string{"language"}, now: onlyNow()},
		{name: "two-dimensions", label: "group by source type × language", group: []string{"source_type", "language"}, now: onlyNow()},
		// The index keeps each row's buckets until the next of them changes;
		// between these two days many do, so each answer is made of the instants.
		{name: "two-days-in-turn", label: "group by source type × language, another day each time", group: []string{"source_type", "language"}, now: []time.Time{Now, Now.AddDate(0, 0, 9)}},
		{name: "one-partner", label: "one partner, by source type × language", group: []string{"source_type", "language"}, filters: []filter{onlyPartner()}, now: onlyNow()},
		{name: "partner-modifiers", label: "one partner and three modifiers, by language", group: []string{"language"}, filters: partnersEpisodes, now: onlyNow()},
		{name: "dates-modifiers", label: "a date range and three modifiers, by partner", group: []string{"fulfillment_partner"}, filters: dates, now: onlyNow()},
		{name: "title-text", label: "a text in the title", filters: []filter{{title: "lighthouse"}}, now: onlyNow()},
		{name: "title-near", label: "a misspelt title", filters: []filter{{near: "ligthouse"}}, now: onlyNow()},
		{name: "bucket-rows", label: "the first 100 critical by due date", kind: askRows, now: onlyNow()},
		{name: "values", label: "countries of one partner with counts", kind: askValues, filters: []filter{onlyPartner()}, now: onlyNow()},
	}
}

// modifiers are the question's filters as the portal's modifiers.
func (q question) modifiers() url.Values {
	v := url.Values{}
	for _, f := range q.filters {
		switch {
		case f.title != "":
			v.Set("title", f.title)
		case f.near != "":
			v.Set("title", f.near)
		case f.column == "":
			v.Set("due_date", f.from.String()+".."+f.to.String())
		case f.exclude:
			v["-"+f.column] = f.values
		default:
			v[f.column] = f.values
		}
	}
	return v
}

// path is the question as the portal's API takes it.
func (q question) path(now time.Time) string {
	v := q.modifiers()
	v.Set("now", now.Format(time.RFC3339))
	switch q.kind {
	case askRows:
		v.Set("bucket", listedBucket.String())
		v.Set("sort", "due_date")
		v.Set("limit", fmt.Sprint(listedRows))
		v.Set("columns", strings.Join(listed, ","))
		return "/requests?" + v.Encode()
	case askValues:
		v.Set("limit", fmt.Sprint(maxValues))
		return "/modifiers/country/values?" + v.Encode()
	}
	if len(q.group) > 0 {
		v.Set("group", strings.Join(q.group, ","))
		v.Set("groups_limit", fmt.Sprint(maxGroups))
	}
	return "/buckets?" + v.Encode()
}

// Answers.

// tally is how many were matched, and in each bucket.
type tally [1 + sourcerequest.BucketCount]int64

// answer is what a question comes to, the same whoever was asked.
type answer struct {
	counts map[string]tally // by the labels of the group; "" of all
	values map[string]int64
	total  int64
	rows   []string
}

const glue = " | "

// noValue is the label of a group without one.
const noValue = "(none)"

// sum fills in the counts of all from those of the groups, of which each row is
// in one.
func (a *answer) sum() {
	var all tally
	for _, t := range a.counts {
		for i, n := range t {
			all[i] += n
		}
	}
	a.counts[""] = all
}

// maxDifferences is how many are told.
const maxDifferences = 8

// differences says what is in one answer and not the same in another; "" if
// they are equal.
func (a *answer) differences(b *answer) string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if a.total != b.total {
		add("total %d and %d", a.total, b.total)
	}
	compare(a.counts, b.counts, "group", add)
	compare(a.values, b.values, "value", add)
	for i := range max(len(a.rows), len(b.rows)) {
		var left, right string
		if i < len(a.rows) {
			left = a.rows[i]
		}
		if i < len(b.rows) {
			right = b.rows[i]
		}
		if left != right {
			add("row %d: %q and %q", i, left, right)
		}
	}
	if len(out) > maxDifferences {
		out = append(out[:maxDifferences], fmt.Sprintf("and %d more", len(out)-maxDifferences))
	}
	return strings.Join(out, "\n")
}

func compare[T comparable](a, b map[string]T, what string, add func(string, ...any)) {
	for k, v := range a {
		if other, ok := b[k]; !ok || other != v {
			add("%s %q: %v and %v", what, k, v, other)
		}
	}
	for k, v := range b {
		if _, ok := a[k]; !ok {
			add("%s %q: nothing and %v", what, k, v)
		}
	}
}
