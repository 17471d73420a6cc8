package facets

import (
	"slices"

	"backlot/domain/sourcerequest"
)

// Kind says how a modifier's values are given and matched.
type Kind string

// The kinds of modifier.
const (
	KindChoice Kind = "choice" // one of a list of labels, in any case
	KindText   Kind = "text"   // free text, contained in the title
	KindDate   Kind = "date"   // free text, see Modifier.Help
	KindYesNo  Kind = "yesno"  // Yes or No
	KindExact  Kind = "exact"  // an id, exactly
)

// Modifier is one way to narrow a search.
type Modifier struct {
	Name      string   // parameter, for example content_partner; with a hyphen before it, it excludes
	Label     string   // for example Content Partner
	Kind      Kind     //
	Open      bool     // values are not from a fixed list: an unknown one is a warning, not an error
	Values    []string // the fixed list, in the usual order; nil if there is none
	Help      string   // a sentence or two
	Samples   []string // values to show as examples
	Groupable bool     // may be used in group=
}

// Grouping is one dimension that counts can be grouped by.
type Grouping struct {
	Name  string // for group=, for example due_month
	Label string
}

const dateHelp = "A year (2017), a month (2017-04), a day (2017-04-09), a range (2017-04..2017-06, 2017-04.., ..2017-06), " +
	"or relative: today, tomorrow, yesterday, this, next or last week, month or year, next 14 days, last 7 days, overdue. Weeks begin on Monday."

var dateSamples = []string{"2026", "2026-12", "2026-12-24", "2026-10..2026-12", "this week", "next 14 days", "overdue"}

var catalogue = []Modifier{
	{Name: "content_partner", Label: "Content Partner", Kind: KindChoice, Open: true, Groupable: true,
		Help: "Requests for titles of a content partner."},
	{Name: "fulfillment_partner", Label: "Fulfillment Partner", Kind: KindChoice, Open: true, Groupable: true,
		Help: "Requests assigned to a fulfillment partner; an empty value finds those that nobody is assigned to."},
	{Name: "responsible", Label: "Responsible", Kind: KindChoice, Open: true, Groupable: true,
		Help:    "Requests that a person of your own organisation is responsible for, by name or account id; me is yourself, so that responsible=me is your own work. An empty value finds those that nobody is responsible for.",
		Samples: []string{valueMe}},
	{Name: "source_type", Label: "Source Type", Kind: KindChoice, Values: labels(sourcerequest.SourceTypes()), Groupable: true,
		Help: "Requests for a kind of asset.", Samples: []string{"Subs", "Dubs", "CC/SDH"}},
	{Name: "service_type", Label: "Service Type", Kind: KindChoice, Values: labels(sourcerequest.ServiceTypes()), Groupable: true,
		Help: "How the asset is made: conformed or created. Unknown finds those that nobody has said it of.", Samples: labels(sourcerequest.ServiceTypes())},
	{Name: "language", Label: "Language", Kind: KindChoice, Open: true, Groupable: true,
		Help: "Requests in a language.", Samples: []string{"Korean", "Dutch", "Japanese"}},
	{Name: "country", Label: "Country", Kind: KindChoice, Open: true, Groupable: true,
		Help: "Requests that a country is among the countries of.", Samples: []string{"Japan", "Netherlands"}},
	{Name: "movie_type", Label: "Movie Type", Kind: KindChoice, Values: labels(sourcerequest.MovieTypes()), Groupable: true,
		Help: "Requests for a kind of title.", Samples: labels(sourcerequest.MovieTypes())},
	{Name: "status", Label: "Status", Kind: KindChoice, Values: append([]string{statusAll}, labels(sourcerequest.Statuses())...), Groupable: true,
		Help: "Where requests stand. Without it every request but the cancelled ones is shown; All shows those too.", Samples: []string{"Open", "Redelivery Requested", statusAll}},
	{Name: "is_original", Label: "Is Original", Kind: KindYesNo, Values: []string{yes, no}, Groupable: true,
		Help: "Original titles (Yes) or licensed ones (No).", Samples: []string{yes, no}},
	{Name: "due_date", Label: "Due Date", Kind: KindDate, Help: dateHelp, Samples: dateSamples},
	{Name: "estimated_delivery_date", Label: "Estimated Delivery Date", Kind: KindDate, Help: dateHelp, Samples: dateSamples},
	{Name: "issues", Label: "Issues", Kind: KindChoice, Open: true, Groupable: true,
		Help: "Requests whose latest delivery has unresolved issues, has none, or has an issue of this code or category.", Samples: []string{hasIssues, hasNoIssues}},
	{Name: "quality_control", Label: "Quality Control", Kind: KindChoice, Values: labels(sourcerequest.QualityControlStatuses()), Groupable: true,
		Help: "How quality control stands to the latest delivery: it awaits a check, has passed it or has not. An empty value finds those with nothing to check.", Samples: labels(sourcerequest.QualityControlStatuses())},
	{Name: "title", Label: "Title", Kind: KindText, Groupable: true,
		Help: "Every title with the text in it, whatever the case and the accents. Where no title has it, near misses are shown.", Samples: []string{"house"}},
	{Name: "request_id", Label: "Request ID", Kind: KindExact, Help: "A request, by its exact id."},
	{Name: "package_id", Label: "Package ID", Kind: KindExact, Help: "The requests of a package, by its exact id."},
	{Name: "movie_id", Label: "Movie ID", Kind: KindExact, Help: "The requests for a movie, by its exact id."},
}

// Values that are no request's own.
const (
	statusAll   = "All"
	hasIssues   = "Has issues"
	hasNoIssues = "Does not have issues"
	yes, no     = "Yes", "No"
)

// Modifiers returns the catalogue in the order in which it is shown.
func Modifiers() []Modifier { return slices.Clone(catalogue) }

// ModifierNamed returns the modifier with a name; ok is false if there is none.
func ModifierNamed(name string) (m Modifier, ok bool) {
	if found := modifierOf(name); found != nil {
		return *found, true
	}
	return m, false
}

func labels[T ~string](vocabulary []T) []string {
	out := make([]string, len(vocabulary))
	for i, v := range vocabulary {
		out[i] = string(v)
	}
	return out
}
