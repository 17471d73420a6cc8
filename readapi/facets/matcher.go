package facets

import (
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// Matcher says of single requests whether modifiers select them: for those who
// look at one request and many selections, as a search looks at one selection
// and many requests. It agrees with the search but for near misses, which help
// somebody who types and mean nothing to a rule. It is safe for concurrent use.
type Matcher struct {
	names    Names
	accounts AccountNames
	zone     *time.Location

	mu       sync.RWMutex
	compiled map[string]compiled // by query string
}

// maxCompiled bounds the selections that a Matcher remembers.
const maxCompiled = 100_000

type compiled struct {
	conditions  []condition
	statusGiven bool
	err         error
}

// condition is what a term wants of a request.
type condition func(*Subject, domain.Principal) bool

// NewMatcher returns a matcher for a portal in a zone.
func NewMatcher(names Names, accounts AccountNames, zone *time.Location) *Matcher {
	return &Matcher{names: names, accounts: accounts, zone: zone, compiled: map[string]compiled{}}
}

// Subject is a request at an instant that selections are held against.
type Subject struct {
	m     *Matcher
	id    string
	state sourcerequest.State
	today domain.Date

	asker  domain.Principal // who asked last, and whether they see the request
	sees   bool
	asked  bool
	title  string // folded, once asked for
	folded bool
	issues []string
	listed bool
}

// Of returns a request as it is at an instant. It is for one goroutine.
func (m *Matcher) Of(id string, s sourcerequest.State, at time.Time) *Subject {
	return &Subject{m: m, id: id, state: s, today: todayOf(at, m.zone)}
}

// Matches reports whether the modifiers of a query string select the request
// for a principal, in whose scope it has to be. The error is that of
// ParseSelection.
func (r *Subject) Matches(query string, p domain.Principal) (bool, error) {
	c := r.m.compile(query)
	if c.err != nil || !r.seenBy(p) || !c.statusGiven && r.state.Status == sourcerequest.StatusCancelled {
		return false, c.err
	}
	for _, holds := range c.conditions {
		if !holds(r, p) {
			return false, nil
		}
	}
	return true, nil
}

func (r *Subject) seenBy(p domain.Principal) bool {
	if !r.asked || r.asker != p {
		r.asker, r.sees, r.asked = p, sourcerequest.Visible(p, r.state), true
	}
	return r.sees
}

func (m *Matcher) compile(query string) compiled {
	m.mu.RLock()
	c, known := m.compiled[query]
	m.mu.RUnlock()
	if known {
		return c
	}
	c = m.parse(query)
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.compiled) >= maxCompiled {
		clear(m.compiled)
	}
	m.compiled[query] = c
	return c
}

func (m *Matcher) parse(query string) (c compiled) {
	q, err := url.ParseQuery(query)
	if err != nil {
		c.err = domain.Invalid("query", "query is not a query string like language=Korean&-country=France")
		return c
	}
	sel, err := ParseSelection(q)
	if err != nil {
		c.err = err
		return c
	}
	for i := range sel.terms {
		t := &sel.terms[i]
		c.statusGiven = c.statusGiven || t.modifier.Name == "status"
		holds := m.anyOf(t)
		if t.exclude {
			included := holds
			holds = func(r *Subject, p domain.Principal) bool { return !included(r, p) }
		}
		c.conditions = append(c.conditions, holds)
	}
	return c
}

// anyOf returns whether a request has one of a term's values.
func (m *Matcher) anyOf(t *term) condition {
	if t.modifier.Kind == KindDate {
		return dated(t)
	}
	wants := make([]condition, len(t.values))
	for i, value := range t.values {
		wants[i] = m.wants(t.modifier.Name, value)
	}
	return func(r *Subject, p domain.Principal) bool {
		return slices.ContainsFunc(wants, func(holds condition) bool { return holds(r, p) })
	}
}

func dated(t *term) condition {
	estimated := t.modifier.Name == "estimated_delivery_date"
	return func(r *Subject, _ domain.Principal) bool {
		day := r.state.DueDate
		if estimated {
			day = r.state.EstimatedDeliveryDate()
		}
		return slices.ContainsFunc(t.days, func(value days) bool {
			from, to := value(r.today)
			if from == noDay && to == noDay {
				return day.IsZero()
			}
			return !day.IsZero() && from <= day && day <= min(to, maxDay)
		})
	}
}

// wants returns what a value of a modifier means.
func (m *Matcher) wants(modifier, value string) condition {
	is := func(of func(*sourcerequest.State) string) condition {
		return func(r *Subject, _ domain.Principal) bool { return value != "" && of(&r.state) == value }
	}
	switch modifier {
	case "status":
		if value == statusAll {
			return func(*Subject, domain.Principal) bool { return true }
		}
		return is(func(s *sourcerequest.State) string { return string(s.Status) })
	case "source_type":
		return is(func(s *sourcerequest.State) string { return string(s.SourceType) })
	case "service_type":
		return is(func(s *sourcerequest.State) string { return string(s.ServiceType) })
	case "movie_type":
		return is(func(s *sourcerequest.State) string { return string(s.MovieType) })
	case "quality_control":
		return func(r *Subject, _ domain.Principal) bool { return string(r.state.QualityControl()) == value } // "" as well
	case "is_original":
		return func(r *Subject, _ domain.Principal) bool {
			return value == yes && r.state.IsOriginal || value == no && !r.state.IsOriginal
		}
	case "request_id":
		return func(r *Subject, _ domain.Principal) bool { return r.id == value }
	case "package_id":
		return func(r *Subject, _ domain.Principal) bool { return r.state.PackageID == value }
	case "movie_id":
		return func(r *Subject, _ domain.Principal) bool { return r.state.MovieID == value }
	case "language":
		return func(r *Subject, _ domain.Principal) bool { return strings.EqualFold(r.state.Language, value) }
	case "country":
		has := hasName(value)
		return func(r *Subject, _ domain.Principal) bool { return has(r.state.Countries) }
	case "issues":
		has := hasIssue(value)
		return func(r *Subject, _ domain.Principal) bool { return has(r.issuesOf()) }
	case "content_partner":
		return func(r *Subject, _ domain.Principal) bool { return namesPartner(m.names, value)(r.state.ContentPartner) }
	case "fulfillment_partner":
		return func(r *Subject, _ domain.Principal) bool {
			return namesPartner(m.names, value)(r.state.FulfillmentPartner)
		}
	case "responsible":
		return func(r *Subject, p domain.Principal) bool {
			return namesPerson(m.accounts, value, p.Account)(sourcerequest.SeenBy(p, r.state).Responsible)
		}
	default: // title
		text := fold(value)
		if text == "" {
			return func(r *Subject, _ domain.Principal) bool { return r.state.Title == "" }
		}
		return func(r *Subject, _ domain.Principal) bool { return strings.Contains(r.foldedTitle(), text) }
	}
}

func (r *Subject) foldedTitle() string {
	if !r.folded {
		r.title, r.folded = fold(r.state.Title), true
	}
	return r.title
}

func (r *Subject) issuesOf() []string {
	if !r.listed {
		r.issues, r.listed = r.state.Issues(), true
	}
	return r.issues
}
