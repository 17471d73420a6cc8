package notify

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"backlot/domain"
	"backlot/domain/account"
	"backlot/domain/notification"
	"backlot/domain/organisation"
	"backlot/domain/sourcerequest"
	"backlot/readapi/facets"
)

var opened = sourcerequest.Opened{
	PackageID: "p", MovieID: "m", Title: "House of Cards", MovieType: sourcerequest.MovieStandalone, ContentPartner: "northlight", FulfillmentPartner: "juice",
	SourceType: sourcerequest.SourceDubs, ServiceType: sourcerequest.ServiceUnknown, Language: "Korean", Countries: []string{"Japan"},
	DueDate: domain.NewDate(2026, 12, 10), MaterialStatus: sourcerequest.MaterialReceived, Status: sourcerequest.StatusOpen,
}

func requestOf(change func(*sourcerequest.Opened), events ...sourcerequest.Event) sourcerequest.State {
	o := opened
	change(&o)
	s := sourcerequest.Evolve(sourcerequest.State{}, o, domain.Occurrence{At: noon})
	for _, e := range events {
		s = sourcerequest.Evolve(s, e, domain.Occurrence{At: noon})
	}
	return s
}

func due(day domain.Date) sourcerequest.State {
	return requestOf(func(o *sourcerequest.Opened) { o.DueDate = day })
}

func TestWhatAnEventMoves(t *testing.T) {
	policy := sourcerequest.DefaultPolicy()
	calm, past := due(domain.NewDate(2026, 12, 10)), due(domain.NewDate(2026, 11, 20))
	today := due(domain.NewDate(2026, 11, 23))
	late := requestOf(func(*sourcerequest.Opened) {}, sourcerequest.EstimatedDeliveryDateChanged{Date: domain.NewDate(2026, 12, 20)})
	midnight := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		before, after sourcerequest.State
		at, spoken    time.Time
		now           time.Time
		want          []crossing
	}{
		"nothing":                   {calm, calm, noon, noon, noon, nil},
		"a request that is late":    {sourcerequest.State{}, past, noon, noon, noon, []crossing{{"became_critical", noon, false}, {"became_overdue", noon, false}}},
		"at risk at once":           {calm, late, noon, noon, noon, []crossing{{"became_at_risk", noon, false}}},
		"it was at risk":            {late, late, noon, noon, noon, nil},
		"critical, then at risk":    {past, late, noon, noon, noon, nil},
		"better":                    {past, calm, noon, noon, noon, nil},
		"the clock will say it":     {calm, today, noon, noon, midnight.Add(-1), nil},
		"the clock may have missed": {calm, today, noon, noon, midnight, []crossing{{"became_critical", midnight, false}, {"became_overdue", midnight, false}}},
		"it was before, and told":   {today, calm, midnight.Add(time.Minute), midnight, midnight.Add(time.Minute), nil},
		"it was before, and not":    {today, calm, midnight.Add(time.Minute), midnight.Add(-1), midnight.Add(time.Minute), []crossing{{"became_critical", midnight, true}, {"became_overdue", midnight, true}}},
		"closed": {past, requestOf(func(o *sourcerequest.Opened) {
			o.DueDate, o.Status = domain.NewDate(2026, 11, 20), sourcerequest.StatusDelivered
		}), noon, noon, noon, nil},
		"an event that changes none": {today, today, midnight.Add(time.Minute), midnight.Add(-1), midnight.Add(time.Minute), nil},
	} {
		assert.Equal(t, c.want, moved(policy, c.before, c.after, c.at, c.spoken, c.now), name)
	}
}

// Whatever the dates, the clock and the event together say once that a request
// has become Critical, wherever the clock's looks fall.
func TestTheClockAndEventsMissNothing(t *testing.T) {
	policy := sourcerequest.DefaultPolicy()
	rapid.Check(t, func(t *rapid.T) {
		day := func(name string) domain.Date {
			return domain.NewDate(2026, 11, 23) + domain.Date(rapid.IntRange(-3, 3).Draw(t, name))
		}
		before, after := due(day("before")), due(day("after"))
		at := noon.Add(time.Duration(rapid.IntRange(-36, 36).Draw(t, "at")) * time.Hour)
		start := noon.Add(-48 * time.Hour)
		told := map[string]int{}
		tell := func(kind string, instant time.Time) { told[kind+" "+instant.UTC().Format(time.RFC3339)]++ }
		end := noon.Add(96 * time.Hour)
		// The clock looks every few hours; the event is seen at some of its looks.
		for spoken := start; spoken.Before(end); {
			next := spoken.Add(time.Duration(rapid.IntRange(1, 30).Draw(t, "look")) * time.Hour)
			state := before
			if !at.After(next) {
				state = after
			}
			if at.After(spoken) && !at.After(next) {
				for _, c := range moved(policy, before, after, at, spoken, next) {
					tell(c.kind, c.at)
				}
			}
			for kind, instant := range crossingsOf(policy, state) {
				if spoken.UnixMilli() < instant && instant <= next.UnixMilli() {
					tell(kind, time.UnixMilli(instant))
				}
			}
			spoken = next
		}
		for _, kind := range []string{notification.KindBecameCritical, notification.KindBecameOverdue} {
			was, is := crossingsOf(policy, before)[kind], crossingsOf(policy, after)[kind]
			if was > start.UnixMilli() && was <= at.UnixMilli() {
				require.Contains(t, told, kind+" "+time.UnixMilli(was).UTC().Format(time.RFC3339))
			}
			if is > at.UnixMilli() {
				require.Contains(t, told, kind+" "+time.UnixMilli(is).UTC().Format(time.RFC3339))
			}
			if is <= at.UnixMilli() && was > at.UnixMilli() {
				require.Contains(t, told, kind+" "+at.UTC().Format(time.RFC3339))
			}
		}
	})
}

// One event, held against ten thousand rules of a hundred accounts that are all
// about its kind.
func BenchmarkEventAgainstManyRules(b *testing.B) {
	rules, people, partners := notification.NewDirectory(), account.NewDirectory(), organisation.NewDirectory()
	page := domain.Page{To: 1, CaughtUp: true}
	for a := range 100 {
		id := fmt.Sprint("account-", a)
		role, of := domain.RoleFulfillmentPartner, "juice"
		if a%2 == 0 {
			role, of = domain.RoleOperator, ""
		}
		page.Events = append(page.Events, domain.Recorded{Stream: account.StreamPrefix + id, Event: account.Opened{Role: role, Organisation: of}})
		for n := range 100 {
			query := fmt.Sprintf("language=Korean&package_id=%d", n)
			if n%2 == 0 {
				query = fmt.Sprintf("title=cards+%d&-country=France&due_date=2026", n)
			}
			page.Events = append(page.Events, domain.Recorded{
				Stream: notification.RulesOf(id),
				Event:  notification.RuleSaved{ID: uuid.NewString(), Content: notification.Content{Name: fmt.Sprint(n), Kinds: []string{"commented"}, Query: query, Zone: "UTC"}},
			})
		}
	}
	rules.Apply(page)
	people.Apply(page)
	matcher := facets.NewMatcher(partners, people, time.UTC)
	c := Config{Rules: rules, People: people, SubjectOf: func(id string, s sourcerequest.State, at time.Time) Subject { return matcher.Of(id, s, at) }}
	state := due(domain.NewDate(2026, 12, 10))
	b.ReportAllocs()
	for b.Loop() {
		c.newBatch().match(matching{
			kind: "commented", id: "SR-1", state: state, at: noon, position: 2, actor: domain.Principal{Account: "somebody"}, event: sourcerequest.Commented{},
			before: func(*notification.Rule) bool { return true },
		})
	}
}
