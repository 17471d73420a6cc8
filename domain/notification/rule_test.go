package notification_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/account"
	. "backlot/domain/notification"
)

var dawn = time.Date(2026, 12, 1, 6, 0, 0, 0, time.UTC)

// log cuts pages: one for each call, positions of 10 each.
type log struct{ at domain.Position }

func (l *log) page(stream string, events ...any) domain.Page {
	p := domain.Page{From: l.at, To: l.at + 10}
	l.at = p.To
	for _, e := range events {
		p.Events = append(p.Events, domain.Recorded{Stream: stream, ID: uuid.New(), Event: e, Position: p.To, Metadata: domain.Metadata{OccurredAt: dawn}})
	}
	return p
}

func content(name string) Content {
	return Content{Name: name, Kinds: []string{"opened"}, Query: "language=Korean", Hour: 8, Zone: "UTC"}
}

func given(events ...RuleEvent) (s Rules) {
	for _, e := range events {
		s = FoldRules(s, domain.Recorded{Event: e, Position: 7, Metadata: domain.Metadata{OccurredAt: dawn}})
	}
	return s
}

func with(change func(*Content)) Content {
	c := content("Korean")
	change(&c)
	return c
}

func TestDecisionsAboutRules(t *testing.T) {
	saved := given(RuleSaved{"k", content("Korean")}, RuleSaved{"d", content("Dutch")})
	var full Rules
	for n := range MaxRules {
		full = FoldRules(full, domain.Recorded{Event: RuleSaved{fmt.Sprint(n), content(fmt.Sprint("rule ", n))}})
	}
	for name, c := range map[string]struct {
		given Rules
		when  RuleCommand
		then  []RuleEvent
		code  domain.Code
		field string
	}{
		"the first one":   {Rules{}, SaveRule{"k", content(" Korean ")}, []RuleEvent{RuleSaved{"k", content("Korean")}}, "", ""},
		"kinds in order":  {Rules{}, SaveRule{"k", with(func(c *Content) { c.Kinds = []string{"became_overdue", "opened", "opened"} })}, []RuleEvent{RuleSaved{"k", with(func(c *Content) { c.Kinds = []string{"opened", "became_overdue"} })}}, "", ""},
		"it exists":       {saved, SaveRule{"k", content("Another")}, nil, domain.CodeConflict, ""},
		"a name twice":    {saved, SaveRule{"x", content("DUTCH")}, nil, domain.CodeConflict, "name"},
		"one too many":    {full, SaveRule{"x", content("x")}, nil, domain.CodeRefused, ""},
		"replaced":        {saved, ReplaceRule{"k", content("Corean")}, []RuleEvent{RuleReplaced{"k", content("Corean")}}, "", ""},
		"nothing changed": {saved, ReplaceRule{"k", content("Korean")}, nil, "", ""},
		"another's name":  {saved, ReplaceRule{"k", content("dutch")}, nil, domain.CodeConflict, "name"},
		"its own name":    {saved, ReplaceRule{"k", content("KOREAN")}, []RuleEvent{RuleReplaced{"k", content("KOREAN")}}, "", ""},
		"none to replace": {saved, ReplaceRule{"x", content("x")}, nil, domain.CodeNotFound, ""},
		"deleted":         {saved, DeleteRule{"k"}, []RuleEvent{RuleDeleted{"k"}}, "", ""},
		"none to delete":  {given(RuleSaved{"k", content("Korean")}, RuleDeleted{"k"}), DeleteRule{"k"}, nil, domain.CodeNotFound, ""},
		"no name":         {Rules{}, SaveRule{"k", with(func(c *Content) { c.Name = " " })}, nil, domain.CodeInvalid, "name"},
		"a long name":     {Rules{}, SaveRule{"k", with(func(c *Content) { c.Name = strings.Repeat("ä", 81) })}, nil, domain.CodeInvalid, "name"},
		"no line":         {Rules{}, SaveRule{"k", with(func(c *Content) { c.Name = "a\nb" })}, nil, domain.CodeInvalid, "name"},
		"a long query":    {Rules{}, SaveRule{"k", with(func(c *Content) { c.Query = strings.Repeat("x", 16_001) })}, nil, domain.CodeInvalid, "query"},
		"no kind":         {Rules{}, SaveRule{"k", with(func(c *Content) { c.Kinds = nil })}, nil, domain.CodeInvalid, "kinds"},
		"no digest":       {Rules{}, SaveRule{"k", with(func(c *Content) { c.Kinds = []string{KindDigest} })}, nil, domain.CodeInvalid, "kinds[0]"},
		"an hour":         {Rules{}, SaveRule{"k", with(func(c *Content) { c.Hour = -1 })}, nil, domain.CodeInvalid, "hour"},
		"a zone":          {Rules{}, SaveRule{"k", with(func(c *Content) { c.Zone = "" })}, nil, domain.CodeInvalid, "zone"},
		"a long address":  {Rules{}, SaveRule{"k", with(func(c *Content) { c.Webhook = "https://h.example/" + strings.Repeat("x", 2000) })}, nil, domain.CodeInvalid, "webhook_url"},
	} {
		events, err := DecideRule(c.given, c.when)
		assert.Equal(t, c.code, domain.ErrorCode(err), name)
		assert.Equal(t, c.then, events, name)
		if c.field != "" {
			var e *domain.Error
			require.ErrorAs(t, err, &e, name)
			assert.Equal(t, c.field, e.Field, name)
		}
	}
}

// A digest comes once a calendar day of its zone, at its hour, also on days on
// which the clock skips that hour or shows it twice.
func TestDigestsAreDueOnceADay(t *testing.T) {
	for _, c := range []Content{{Hour: 2, Zone: "Europe/Berlin"}, {Hour: 8, Zone: "Europe/Berlin"}, {Hour: 0, Zone: "America/Sao_Paulo"}, {Hour: 23, Zone: "Asia/Kolkata"}, {Hour: 3, Zone: "Australia/Lord_Howe"}, {Hour: 0, Zone: "Africa/Cairo"}} {
		zone, err := time.LoadLocation(c.Zone)
		require.NoError(t, err)
		days := map[string]time.Time{}
		var last time.Time
		from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		for at := from; at.Before(from.AddDate(1, 0, 0)); at = at.Add(15 * time.Minute) {
			due, err := c.DigestDue(at)
			require.NoError(t, err)
			require.False(t, due.After(at))
			require.False(t, due.Before(last), "time does not go back")
			last = due
			day := due.In(zone).Format(time.DateOnly)
			if known, seen := days[day]; seen {
				require.Equal(t, known, due, "%s in %s", day, c.Zone)
			}
			days[day] = due
			hour := due.In(zone).Hour()
			require.True(t, hour == c.Hour || hour == c.Hour+1 || hour == c.Hour-1 || c.Hour == 0 && hour == 23, "%d instead of %d", hour, c.Hour)
		}
		assert.InDelta(t, 366, len(days), 1, c.Zone)
	}
	_, err := (&Content{Zone: "Mars/Olympus"}).DigestDue(dawn)
	assert.Error(t, err)
	due, err := (&Content{Hour: 7, Zone: "Europe/Berlin"}).DigestDue(dawn.Add(-time.Millisecond))
	require.NoError(t, err)
	assert.Equal(t, dawn.Add(-24*time.Hour), due)
	due, err = (&Content{Hour: 7, Zone: "Europe/Berlin"}).DigestDue(dawn)
	require.NoError(t, err)
	assert.Equal(t, dawn, due)
}

func TestIdsTellNotificationsApart(t *testing.T) {
	event := Notified{Rule: "r", Request: "SR-1", Kind: "file_delivered", At: dawn, Revision: 4}
	same := event
	same.At = dawn.Add(time.Hour)
	assert.Equal(t, NewID(event), NewID(same))
	clock := Notified{Rule: "r", Request: "SR-1", Kind: KindBecameCritical, At: dawn, Revision: 4}
	later := clock
	later.Revision = 9
	assert.Equal(t, NewID(clock), NewID(later), "the clock and an event say the same of the same instant")
	ids := map[uuid.UUID]bool{}
	for _, n := range []Notified{
		event, clock, {Rule: "s", Request: "SR-1", Kind: "file_delivered", At: dawn, Revision: 4}, {Rule: "r", Request: "SR-2", Kind: "file_delivered", At: dawn, Revision: 4},
		{Rule: "r", Request: "SR-1", Kind: "commented", At: dawn, Revision: 4}, {Rule: "r", Request: "SR-1", Kind: "file_delivered", At: dawn, Revision: 5},
		{Rule: "r", Request: "SR-1", Kind: KindBecameCritical, At: dawn.Add(time.Millisecond), Revision: 4},
		{Rule: "r", Kind: KindDigest, At: dawn}, {Rule: "r", Kind: KindDigest, At: dawn.Add(24 * time.Hour)},
	} {
		ids[NewID(n)] = true
	}
	assert.Len(t, ids, 9)
	assert.NotEqual(t, DeliveryID(NewID(event), ChannelMail), DeliveryID(NewID(event), ChannelWebhook))
}

func TestADigestNamesEachRequestOnce(t *testing.T) {
	var of []Notified
	for n := range MaxDigestItems + 3 {
		of = append(of, Notified{Request: fmt.Sprint(n), Kind: "commented", Revision: 1})
	}
	of = append(of, Notified{Request: "0", Kind: "commented", Revision: 5, By: domain.Principal{Organisation: "juice", Role: domain.RoleFulfillmentPartner}}, Notified{Request: "0", Kind: "opened"})
	d := DigestOf(false, of)
	assert.Equal(t, MaxDigestItems+3, d.Total)
	assert.Len(t, d.Items, MaxDigestItems)
	assert.Equal(t, DigestItem{Request: "0", Events: []DigestEvent{{"commented", 5, "juice"}, {Kind: "opened"}}}, d.Items[0])
	n := d.Items[0].Notified(d.Items[0].Events[0])
	assert.Equal(t, Notified{Request: "0", Kind: "commented", Revision: 5, By: domain.Principal{Organisation: "juice", Role: domain.RoleFulfillmentPartner}}, n)
}

func TestTheDirectoryKnowsRulesByKind(t *testing.T) {
	var l log
	d := NewDirectory()
	about := func(kind string) (of []string) {
		for _, o := range d.About(kind) {
			of = append(of, o.Account+"/"+o.Rule.ID)
		}
		return of
	}
	d.Apply(l.page(RulesOf("june"), RuleSaved{"b", content("b")}, RuleSaved{"a", with(func(c *Content) { c.Kinds, c.Daily = []string{"opened", "commented"}, true })}))
	d.Apply(l.page(RulesOf("adam"), RuleSaved{"z", content("z")}))
	assert.Equal(t, []string{"adam/z", "june/a", "june/b"}, about("opened"))
	assert.Equal(t, []string{"june/a"}, about("commented"))
	assert.Len(t, d.Daily(), 1)
	assert.Equal(t, domain.Position(10), d.ByAccount("june").Rules[0].Since)
	d.Apply(l.page(RulesOf("june"), RuleReplaced{"a", content("a")}, RuleDeleted{"b"}))
	assert.Equal(t, []string{"adam/z", "june/a"}, about("opened"))
	assert.Empty(t, about("commented"))
	assert.Empty(t, d.Daily())
	assert.Equal(t, domain.Position(30), d.ByAccount("june").Rules[0].Since)
	d.Apply(l.page(account.StreamPrefix+"june", account.Erased{}))
	d.Apply(l.page(RulesOf("june"), RuleSaved{"late", content("late")}))
	assert.Equal(t, []string{"adam/z"}, about("opened"))
}

func TestTheDirectoryKnowsWhatIsOnItsWay(t *testing.T) {
	var l log
	d := NewDirectory()
	message := Message{ID: uuid.New(), Channel: ChannelWebhook, Notified: Notified{Rule: "r", Kind: "opened", Request: "SR-1"}}
	other := Message{ID: uuid.New(), Channel: ChannelMail}
	stream := DeliveriesOf("june")
	d.Apply(l.page(stream, Queued{message}, Queued{other}, Tried{ID: other.ID, Try: 1, Outcome: OutcomeDelivered}))
	due, next := d.Due(dawn.Add(-time.Second))
	assert.Empty(t, due)
	assert.Equal(t, dawn, next)
	due, next = d.Due(dawn)
	require.Len(t, due, 1)
	assert.Equal(t, []any{"june", message}, []any{due[0].Account, due[0].Message})
	assert.True(t, next.IsZero())
	d.Apply(l.page(stream, Claimed{message.ID, dawn.Add(time.Minute)}))
	due, next = d.Due(dawn)
	assert.Empty(t, due, "somebody else does")
	assert.Equal(t, dawn.Add(time.Minute), next)
	d.Apply(l.page(stream, Tried{ID: message.ID, Try: 1, Outcome: OutcomeRetry, Next: dawn.Add(time.Hour), Message: &message}))
	due, next = d.Due(dawn.Add(time.Minute))
	assert.Empty(t, due)
	assert.Equal(t, dawn.Add(time.Hour), next)
	onItsWay, ok := d.OnItsWay("june", message.ID)
	assert.True(t, ok)
	assert.Equal(t, 1, onItsWay.Failed)
	d.Apply(l.page(stream, Tried{ID: message.ID, Try: 2, Outcome: OutcomeGivenUp}))
	_, left := d.Counts()
	assert.Zero(t, left)
	d.Apply(l.page(stream, Queued{message}))
	again, _ := d.OnItsWay("june", message.ID)
	assert.Zero(t, again.Failed, "once more from the beginning")
	d.Apply(l.page(account.StreamPrefix+"june", account.Erased{}))
	_, left = d.Counts()
	assert.Zero(t, left)
}

// What the stream has cut off of a message is in its last failed try.
func TestADeliveryIsKnownByItsLastTry(t *testing.T) {
	message := Message{ID: uuid.New(), Notified: Notified{Rule: "r"}}
	fold := func(events ...any) (s Deliveries) {
		for _, e := range events {
			s = FoldDeliveries(s, domain.Recorded{Event: e, Metadata: domain.Metadata{OccurredAt: dawn}})
		}
		return s
	}
	tried := Tried{ID: message.ID, Try: 7, Outcome: OutcomeRetry, Next: dawn.Add(time.Hour), Message: &message}
	d, ok := fold(tried).Get(message.ID)
	require.True(t, ok)
	assert.Equal(t, []any{message, 7, true, dawn.Add(time.Hour)}, []any{d.Message, d.Failed, d.OnItsWay(), d.Due})
	_, ok = fold(Claimed{ID: message.ID, Until: dawn}, Tried{ID: message.ID, Outcome: OutcomeDelivered}).Get(message.ID)
	assert.False(t, ok)
	all := fold(Queued{message}, tried, Queued{Message{ID: uuid.New(), Notified: Notified{Rule: "other"}}}, Queued{message})
	assert.Len(t, all.OfRule("r"), 1)
	assert.Len(t, all.OfRule("r")[0].Tries, 1)
	assert.True(t, slices.ContainsFunc(all.OfRule("other"), func(d Delivery) bool { return d.Due.Equal(dawn) }))
}

func TestDigestsGather(t *testing.T) {
	id := uuid.New()
	n := func(rule string, at time.Time) Notified { return Notified{Rule: rule, Kind: "opened", At: at} }
	digest := Digested{Notified{Rule: "a", Kind: KindDigest, At: dawn}}
	var s Digests
	for _, e := range []any{Gathered{n("a", dawn.Add(-time.Hour))}, Gathered{n("a", dawn.Add(time.Second))}, Gathered{n("b", dawn.Add(-time.Hour))}, digest, Gathered{n("a", dawn.Add(-time.Minute))}} {
		s = FoldDigests(s, domain.Recorded{ID: id, Event: e})
	}
	assert.Equal(t, []Notified{n("a", dawn.Add(time.Second)), n("b", dawn.Add(-time.Hour)), n("a", dawn.Add(-time.Minute))}, s.Waiting, "what came late waits for the next one")
	assert.Equal(t, dawn, s.Last["a"])
	assert.Equal(t, map[uuid.UUID]Notified{id: digest.Notified}, s.Untold)
	s = FoldDigests(s, domain.Recorded{Event: DigestTold{Rule: "a", At: dawn}})
	assert.Empty(t, s.Untold)
}
