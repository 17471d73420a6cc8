package deliveries

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"backlot/domain"
	"backlot/domain/figures"
	"backlot/domain/sourcerequest"
	"backlot/readmodel"
)

// visible is the scope in words: what a principal sees of one who is looked at
// in some part.
func visible(who domain.Principal, as As, p plain) bool {
	partner := p.partner
	if as == AsSubAssignee {
		if partner = p.maker; partner == "" {
			return false
		}
	}
	switch who.Role {
	case domain.RoleOperator, domain.RoleAuditor, domain.RoleQualityControl:
		return true
	case domain.RoleContentPartner:
		return p.content == who.Organisation
	case domain.RoleFulfillmentPartner:
		return who.Organisation != "" && partner == who.Organisation && (p.assignee == who.Organisation || p.sub == who.Organisation)
	}
	return false
}

func value(q Query, parameter string, p plain) string {
	switch parameter {
	case "fulfillment_partner":
		if q.As == AsSubAssignee {
			return testOrgs.Name(p.maker)
		}
		return testOrgs.Name(p.partner)
	case "content_partner":
		return testOrgs.Name(p.content)
	case "source_type":
		return labelOf(sourcerequest.SourceTypes(), p.SourceType)
	case "service_type":
		return labelOf(sourcerequest.ServiceTypes(), p.ServiceType)
	case "inspection":
		return labelOf(sourcerequest.Verdicts(), p.Inspection)
	case "language":
		return p.language
	}
	panic(parameter)
}

// selected are the deliveries of a query, with the part that each has in a
// figure, by looking at every one of them.
func selected(q Query, f figures.Figure, all []plain) map[string]figures.Part {
	found := map[string]figures.Part{}
	for _, p := range all {
		day := p.Day
		if f == figures.BlockerTime {
			day = p.BlockerDay
		}
		if !visible(q.Principal, q.As, p) || day == 0 || day < q.From || q.To != 0 && day > q.To {
			continue
		}
		wanted := true
		for parameter, v := range map[string]*string{"fulfillment_partner": q.FulfillmentPartner, "content_partner": q.ContentPartner, "source_type": q.SourceType, "service_type": q.ServiceType, "language": q.Language, "inspection": q.Inspection} {
			wanted = wanted && (v == nil || strings.EqualFold(*v, value(q, parameter, p)))
		}
		if wanted {
			facts := p.Facts()
			found[p.Key()] = facts.PartIn(f, q.Now.UnixMilli())
		}
	}
	return found
}

func tally(parts map[string]figures.Part) (t figures.Tally) {
	for _, p := range parts {
		t.Add(p, 1)
	}
	return t
}

func drawQuery(t *rapid.T) Query {
	maybe := func(name string, values ...string) *string {
		if rapid.IntRange(0, 2).Draw(t, name+" given") > 0 {
			return nil
		}
		v := rapid.SampledFrom(values).Draw(t, name)
		return &v
	}
	q := Query{
		Principal: rapid.SampledFrom([]domain.Principal{
			{Role: domain.RoleOperator}, {Role: domain.RoleAuditor}, {Role: domain.RoleFulfillmentPartner, Organisation: "juice"}, {Role: domain.RoleFulfillmentPartner, Organisation: "pix"},
			{Role: domain.RoleFulfillmentPartner, Organisation: "unheard of"}, {Role: domain.RoleFulfillmentPartner}, {Role: domain.RoleContentPartner, Organisation: "nbcu"}, {Role: domain.RoleQualityControl}, {},
		}).Draw(t, "who"),
		As:                 rapid.SampledFrom([]As{AsAssignee, AsSubAssignee}).Draw(t, "as"),
		FulfillmentPartner: maybe("fulfillment partner", "Juice", "pixelogic", "Nobody", ""), ContentPartner: maybe("content partner", "NBCU", "Gaumont"),
		SourceType: maybe("source type", "AV (Muxed)", "dubs"), ServiceType: maybe("service type", "Create", ""), Language: maybe("language", "korean", "Klingon", "ÉWÉ"), Inspection: maybe("inspection", "findings", "Clean", ""),
		Now: testNow.Add(time.Duration(rapid.IntRange(-100, 100).Draw(t, "now")) * time.Hour),
	}
	if rapid.Bool().Draw(t, "from given") {
		q.From = testToday - domain.Date(rapid.IntRange(0, 100).Draw(t, "from"))
	}
	if rapid.Bool().Draw(t, "to given") {
		q.To = max(q.From, testToday-domain.Date(rapid.IntRange(0, 100).Draw(t, "to")))
	}
	return q
}

func TestFiguresAreThoseOfEachDelivery(t *testing.T) {
	all := randomDeliveries(1, 2500)
	s, err := snapshotOf(all, testOrgs)
	require.NoError(t, err)
	require.Equal(t, 2500, s.Len())
	seen := figures.Tally{}
	rapid.Check(t, func(t *rapid.T) {
		q := drawQuery(t)
		a, err := s.Measure(q, nil, 0, 10)
		require.NoError(t, err)
		for f := range figures.Figure(figures.Count) {
			parts := selected(q, f, all)
			want := tally(parts)
			require.Equal(t, want, a.Measures[f].Tally, "%s of %+v", f, q)
			seen.Numerator, seen.Waiting, seen.Unknown = seen.Numerator+want.Numerator, seen.Waiting+want.Waiting, seen.Unknown+want.Unknown
			var waits []int64
			for _, p := range all {
				if _, is := parts[p.Key()]; is && f == figures.BlockerTime && p.Flags.Has(readmodel.DeliveryRedelivered) {
					waits = append(waits, p.Wait)
				}
			}
			slices.Sort(waits)
			require.Equal(t, waits, a.Measures[f].Redelivered)

			number := Number(rapid.SampledFrom(Numbers()).Draw(t, "number"))
			want2 := 0
			for _, p := range parts {
				if slices.Contains(numbers[number], p) {
					want2++
				}
			}
			var keys []string
			for cursor := ""; ; {
				l, err := s.List(q, f, number, cursor, 1+rapid.IntRange(20, 600).Draw(t, "limit"))
				require.NoError(t, err)
				require.Equal(t, want2, l.Total)
				for _, d := range l.Rows {
					key := readmodel.DeliveryKey(d.RequestID, uint16(d.Number))
					require.Contains(t, numbers[number], parts[key])
					require.Equal(t, parts[key], d.Part)
					keys = append(keys, key)
				}
				if cursor = l.Next; cursor == "" {
					break
				}
				require.NotEmpty(t, l.Rows)
			}
			require.Len(t, keys, want2)
			slices.Sort(keys)
			require.Len(t, slices.Compact(keys), want2, "none is there twice")
		}
	})
	require.NotZero(t, seen.Numerator)
	require.NotZero(t, seen.Waiting)
	require.NotZero(t, seen.Unknown)
}

func TestGroupsAddUp(t *testing.T) {
	all := randomDeliveries(2, 1500)
	s, err := snapshotOf(all, testOrgs)
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		q := drawQuery(t)
		by := rapid.Permutation(Groupings()).Draw(t, "groupings")[:rapid.IntRange(1, 3).Draw(t, "how many")]
		a, err := s.Measure(q, by, 0, 1<<30)
		require.NoError(t, err)
		require.Equal(t, len(a.Groups), a.GroupsTotal)
		var sum [figures.Count]figures.Tally
		for n, g := range a.Groups {
			if n > 0 {
				require.Negative(t, compareLabels(a.Groups[n-1].Key, g.Key))
			}
			narrowed, impossible := q, false
			for i, name := range by {
				v := ""
				if g.Key[i] != nil {
					v = *g.Key[i]
				}
				switch name {
				case "fulfillment_partner":
					narrowed.FulfillmentPartner = &v
				case "content_partner":
					narrowed.ContentPartner = &v
				case "source_type":
					narrowed.SourceType = &v
				case "service_type":
					narrowed.ServiceType = &v
				case "language":
					narrowed.Language = &v
				case "week":
					day, err := domain.ParseDate(v)
					require.NoError(t, err)
					require.Equal(t, time.Monday, day.Weekday())
					impossible = !narrow(&narrowed, day, day+6) || impossible
				case "month":
					day, err := domain.ParseDate(v + "-01")
					require.NoError(t, err)
					end := day.Start(time.UTC).AddDate(0, 1, -1)
					impossible = !narrow(&narrowed, day, domain.DateOf(end, time.UTC)) || impossible
				}
			}
			require.False(t, impossible)
			for f := range figures.Figure(figures.Count) {
				require.Equal(t, tally(selected(narrowed, f, all)), g.Measures[f].Tally, "%s of %v by %v", f, g.Key, by)
				sum[f].Numerator += g.Measures[f].Numerator
				sum[f].Denominator += g.Measures[f].Denominator
				sum[f].Waiting += g.Measures[f].Waiting
				sum[f].Unknown += g.Measures[f].Unknown
			}
		}
		for f := range sum {
			require.Equal(t, a.Measures[f].Tally, sum[f])
		}
	})
}

// narrow cuts a query's period down; it reports whether anything is left.
func narrow(q *Query, from, to domain.Date) bool {
	q.From = max(q.From, from)
	if q.To == 0 || q.To > to {
		q.To = to
	}
	return q.From <= q.To
}

func TestPagesOfGroups(t *testing.T) {
	s, err := snapshotOf(randomDeliveries(3, 300), testOrgs)
	require.NoError(t, err)
	q := Query{Principal: domain.Principal{Role: domain.RoleOperator}, Now: testNow}
	whole, err := s.Measure(q, []string{"week"}, 0, 1000)
	require.NoError(t, err)
	var paged []Group
	for offset := 0; ; offset += 4 {
		a, err := s.Measure(q, []string{"week"}, offset, 4)
		require.NoError(t, err)
		require.Equal(t, len(whole.Groups), a.GroupsTotal)
		require.Equal(t, whole.Measures, a.Measures)
		if len(a.Groups) == 0 {
			break
		}
		paged = append(paged, a.Groups...)
	}
	require.Equal(t, whole.Groups, paged)
}

func TestListsAreNewestFirst(t *testing.T) {
	all := randomDeliveries(4, 400)
	s, err := snapshotOf(all, testOrgs)
	require.NoError(t, err)
	q := Query{Principal: domain.Principal{Role: domain.RoleOperator}, Now: testNow}
	byKey := map[string]plain{}
	for _, p := range all {
		byKey[p.Key()] = p
	}
	for f, at := range map[figures.Figure]func(plain) int64{figures.RedeliveryRate: func(p plain) int64 { return p.At }, figures.BlockerTime: func(p plain) int64 { return p.Blocker }} {
		l, err := s.List(q, f, Denominator, "", 1000)
		require.NoError(t, err)
		require.NotEmpty(t, l.Rows)
		require.True(t, slices.IsSortedFunc(l.Rows, func(a, b Delivery) int {
			return cmp.Or(cmp.Compare(at(byKey[key(b)]), at(byKey[key(a)])), cmp.Compare(a.RequestID, b.RequestID), cmp.Compare(a.Number, b.Number))
		}))
		for _, d := range l.Rows {
			p := byKey[key(d)]
			assert.Equal(t, Partner{p.partner, testOrgs.Name(p.partner)}, d.Partner)
			assert.Equal(t, p.maker, d.SubAssignee.ID)
			assert.Equal(t, p.content, d.ContentPartner.ID)
			assert.Equal(t, p.language, d.Language)
			assert.Equal(t, labelOf(sourcerequest.SourceTypes(), p.SourceType), d.SourceType)
			assert.Equal(t, labelOf(sourcerequest.ServiceTypes(), p.ServiceType), d.ServiceType)
			assert.Equal(t, labelOf(sourcerequest.Causes(), p.Cause), d.Cause)
			assert.Equal(t, labelOf(sourcerequest.RedeliveryScopes(), p.Scope), d.Scope)
			assert.Equal(t, int(p.Files), d.Files)
			assert.Equal(t, labelOf(sourcerequest.Verdicts(), p.Inspection), d.Inspection)
			assert.Equal(t, p.At, d.DeliveredAt.UnixMilli())
			assert.Equal(t, p.SentBack != 0, !d.SentBackAt.IsZero())
			assert.Equal(t, p.Blocker != 0, !d.BlockerAt.IsZero())
			assert.Equal(t, p.Number == 1 && !p.Flags.Has(readmodel.DeliveryUnknown), d.OnTime != nil)
			switch {
			case p.Blocker == 0:
				assert.Zero(t, d.BlockerWait)
			case p.Flags.Has(readmodel.DeliveryWaits):
				assert.Equal(t, testNow.UnixMilli()-p.Wait, d.BlockerWait.Milliseconds())
			default:
				assert.Equal(t, p.Wait, d.BlockerWait.Milliseconds())
			}
		}
	}
}

func key(d Delivery) string { return readmodel.DeliveryKey(d.RequestID, uint16(d.Number)) }

// A value that nobody has and one that only others have say the same.
func TestWarningsTellNothingOfOthers(t *testing.T) {
	s, err := snapshotOf(randomDeliveries(5, 300), testOrgs)
	require.NoError(t, err)
	juice := domain.Principal{Role: domain.RoleFulfillmentPartner, Organisation: "juice"}
	ask := func(who domain.Principal, partner string, from domain.Date) []Warning {
		a, err := s.Measure(Query{Principal: who, FulfillmentPartner: &partner, From: from, Now: testNow}, nil, 0, 1)
		require.NoError(t, err)
		l, err := s.List(Query{Principal: who, FulfillmentPartner: &partner, From: from, Now: testNow}, figures.RedeliveryRate, Denominator, "", 1)
		require.NoError(t, err)
		require.Equal(t, a.Warnings, l.Warnings)
		return a.Warnings
	}
	theirs, nobodys := ask(juice, "Pixelogic", 0), ask(juice, "Nobody", 0)
	require.Len(t, theirs, 1)
	require.Equal(t, strings.ReplaceAll(fmt.Sprint(nobodys), "Nobody", "Pixelogic"), fmt.Sprint(theirs))
	require.Empty(t, ask(juice, "Juice", 0))
	require.Empty(t, ask(juice, "juice", testToday+50), "it has deliveries, if none of that time")
}

func TestWhatCannotBeAsked(t *testing.T) {
	s, err := snapshotOf(randomDeliveries(6, 50), testOrgs)
	require.NoError(t, err)
	q := Query{Principal: domain.Principal{Role: domain.RoleOperator}, Now: testNow}
	field := func(err error) string {
		var e *domain.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, domain.CodeInvalid, e.Code)
		return e.Field
	}
	backwards, unknown := q, q
	backwards.From, backwards.To = 20_000, 19_999
	_, err = s.Measure(backwards, nil, 0, 1)
	assert.Equal(t, "to", field(err))
	subs := "Sub"
	unknown.SourceType = &subs
	_, err = s.Measure(unknown, nil, 0, 1)
	assert.Equal(t, "source_type", field(err))
	_, err = ParseGroupBy("month,due_month")
	assert.Equal(t, "group", field(err))
	_, err = ParseGroupBy("month,month")
	assert.Equal(t, "group", field(err))
	_, err = ParseNumber("half")
	assert.Equal(t, "number", field(err))
	_, err = ParseAs("")
	assert.Equal(t, "as", field(err))

	l, err := s.List(q, figures.RedeliveryRate, Denominator, "", 10)
	require.NoError(t, err)
	require.NotEmpty(t, l.Next)
	_, err = s.List(q, figures.OnTimeRate, Denominator, l.Next, 10)
	assert.Equal(t, "cursor", field(err))
	for _, cursor := range []string{"?", "bm90aGluZw", "e30"} {
		_, err = s.List(q, figures.RedeliveryRate, Denominator, cursor, 10)
		assert.Equal(t, "cursor", field(err))
	}
}

func TestChangesThatDoNotFit(t *testing.T) {
	some := randomDeliveries(7, 5)
	for name, damage := range map[string]func(b *builder, w *writer) error{
		"another generation": func(b *builder, w *writer) error { w.generation = "other"; return b.Apply(w.entry(20)) },
		"a gap":              func(b *builder, w *writer) error { w.position++; return b.Apply(w.entry(20)) },
		"backwards":          func(b *builder, w *writer) error { return b.Apply(w.entry(5)) },
		"a code beyond its dictionary": func(b *builder, w *writer) error {
			w.codes[readmodel.Partners]["ghost"] = 99
			some[0].partner = "ghost"
			return b.Apply(w.entry(20, some[0]))
		},
		"a language beyond its dictionary": func(b *builder, w *writer) error {
			w.codes[readmodel.Languages]["ghost"] = 99
			some[1].language = "ghost"
			return b.Apply(w.entry(20, some[1]))
		},
		"another delivery in a row's place": func(b *builder, w *writer) error {
			w.numbers["X1"] = 0
			return b.Apply(w.entry(20, plain{Delivery: readmodel.Delivery{ID: "X1", Number: 1, Day: 1}}))
		},
		"a source type that is none": func(b *builder, w *writer) error {
			return b.Apply(w.entry(20, plain{Delivery: readmodel.Delivery{ID: "X2", Number: 1, Day: 1, SourceType: 200}}))
		},
		"a delivery without a day": func(b *builder, w *writer) error {
			return b.Apply(w.entry(20, plain{Delivery: readmodel.Delivery{ID: "X2", Number: 1}}))
		},
		"a hole in a dictionary":  func(b *builder, _ *writer) error { return b.Add(readmodel.Partners, 9999, []string{"x"}) },
		"other dictionary values": func(b *builder, _ *writer) error { return b.Add(readmodel.Partners, 0, []string{"x"}) },
	} {
		b, w := newTestBuilder(testOrgs), newWriter("deliveries.g")
		require.NoError(t, b.Apply(w.entry(10, some[2:]...)))
		require.Error(t, damage(b, w), name)
	}
}

func TestTheFirstAndTheLastDayBelongToAPeriod(t *testing.T) {
	p := randomDelivery(rand.New(rand.NewPCG(1, 1)), "A1", 1)
	p.Blocker, p.BlockerDay, p.Flags = p.At, p.Day, readmodel.DeliveryFirst|readmodel.DeliveryRedelivered
	s, err := snapshotOf([]plain{p}, testOrgs)
	require.NoError(t, err)
	for _, c := range []struct {
		from, to domain.Date
		want     int
	}{{p.Day, p.Day, 1}, {p.Day, 0, 1}, {0, p.Day, 1}, {p.Day + 1, 0, 0}, {0, p.Day - 1, 0}} {
		a, err := s.Measure(Query{Principal: domain.Principal{Role: domain.RoleOperator}, From: c.from, To: c.to, Now: testNow}, nil, 0, 1)
		require.NoError(t, err)
		for f := range figures.Figure(figures.Count) {
			assert.Equal(t, c.want, a.Measures[f].Denominator, "%s from %s to %s", f, c.from, c.to)
		}
	}
}

func TestDeliveriesOfOneInstantArePagedByNumber(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	one, two, other := randomDelivery(r, "A1", 2), randomDelivery(r, "A1", 3), randomDelivery(r, "A0", 4)
	two.At, two.Day, other.At, other.Day = one.At, one.Day, one.At, one.Day
	s, err := snapshotOf([]plain{two, one, other}, testOrgs)
	require.NoError(t, err)
	var keys []string
	for cursor := ""; ; {
		l, err := s.List(Query{Principal: domain.Principal{Role: domain.RoleOperator}, Now: testNow}, figures.RedeliveryRate, Denominator, cursor, 1)
		require.NoError(t, err)
		require.Len(t, l.Rows, 1)
		keys = append(keys, key(l.Rows[0]))
		if cursor = l.Next; cursor == "" {
			break
		}
	}
	require.Equal(t, []string{"A0/4", "A1/2", "A1/3"}, keys)
}

func TestASnapshotDoesNotChange(t *testing.T) {
	all := randomDeliveries(8, 100)
	b, w := newTestBuilder(testOrgs), newWriter("deliveries.g")
	require.NoError(t, b.Apply(w.entry(10, all...)))
	s := b.Snapshot()
	q := Query{Principal: domain.Principal{Role: domain.RoleOperator}, Now: testNow}
	before, err := s.Measure(q, Groupings()[:3], 0, 1000)
	require.NoError(t, err)
	for i := range all {
		all[i].partner, all[i].SentBack, all[i].Flags = "newcomer", 1, 0
	}
	require.NoError(t, b.Apply(w.entry(20, all...)))
	after, err := s.Measure(q, Groupings()[:3], 0, 1000)
	require.NoError(t, err)
	require.Equal(t, before, after)
	require.EqualValues(t, 10, s.Position())
}
