package facets

import (
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

var testNow = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

var testZones = []*time.Location{time.UTC, mustZone("America/Los_Angeles"), mustZone("Asia/Tokyo")}

func mustZone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return z
}

var testPrincipals = []domain.Principal{
	{Role: domain.RoleOperator}, {Role: domain.RoleAuditor, Account: "a-kim"}, {Role: domain.RoleSystem}, {Role: domain.RoleQualityControl, Account: "a-ann"},
	{Role: domain.RoleContentPartner, Organisation: "nbcu", Account: "a-ann"}, {Role: domain.RoleContentPartner, Organisation: "juice"}, {Role: domain.RoleContentPartner, Organisation: "unheard-of"},
	{Role: domain.RoleFulfillmentPartner, Organisation: "juice", Account: "a-ann"}, {Role: domain.RoleFulfillmentPartner, Organisation: "pix", Account: "a-kim"}, {Role: domain.RoleFulfillmentPartner},
	{}, {Role: "janitor", Organisation: "juice"},
}

// valuesToTry are the values that queries give a modifier.
var valuesToTry = map[string][]string{
	"content_partner":     {"NBCU", "éclair", "juice", "Nobody & Sons", "Pixelogic", ""},
	"fulfillment_partner": {"Juice", "PIXELOGIC", "Zoo Digital", "nameless", "", "Nobody & Sons"},
	"responsible":         {"me", "ME", "kim lee", "a-kim2", "BOB", "ann éluard", "a-ghost", "A-GHOST", "a-ann", "Zoe", ""},
	"source_type":         {"AV (Muxed)", "dubs", "Audio Description", "Artwork", ""},
	"service_type":        {"Conform", "create", "Unknown"},
	"language":            {"Korean", "dutch", "ÉWÉ", "Klingon", ""},
	"country":             {"Japan", "netherlands", "Åland", "Mordor", ""},
	"movie_type":          {"Standalone", "EPISODE"},
	"status":              {"All", "Open", "redelivery requested", "Cancelled", "Processed"},
	"is_original":         {"Yes", "no"},
	"issues":              {"Has issues", "does not have issues", "typo", "AUDIO", "Burned-in Subtitles", "unheard of", ""},
	"quality_control":     {"Awaiting", "passed", "Not Passed", ""},
	"title":               {"house", "AMELIE", "pokemon", "hosue", "hause", "narco", "crwon", "strasse", "한국", "e", "zzzzzz", "the crown", "grey's", ""},
	"request_id":          {"A1000", "B999", "C998", "A997", "B996", "a1000", "nope", ""},
	"package_id":          {"500", "503", "nope", ""},
	"movie_id":            {"800", "802", "nope"},
	"due_date": {
		"2026", "2026-11", "2026-11-23", "2026-11..2026-12", "2026-11-20..", "..2026-11", "today", "tomorrow", "yesterday", "overdue",
		"this week", "next week", "last week", "this month", "next month", "last year", "next 14 days", "last 7 days", "today..", "..today", "2026-11-25..2027", "",
	},
}

func init() { valuesToTry["estimated_delivery_date"] = valuesToTry["due_date"] }

func drawSelection(t *rapid.T) url.Values {
	q := url.Values{}
	for range rapid.IntRange(0, 4).Draw(t, "modifiers") {
		m := rapid.SampledFrom(Modifiers()).Draw(t, "modifier").Name
		name := m
		if rapid.IntRange(0, 3).Draw(t, "exclude") == 0 {
			name = "-" + m
		}
		for range rapid.IntRange(1, 3).Draw(t, "values") {
			v := rapid.SampledFrom(valuesToTry[m]).Draw(t, name)
			if name == "-status" && v == "All" {
				v = "Open"
			}
			q.Add(name, v)
		}
	}
	return q
}

// world is a random data set, with its index, its reference and an instant.
type world struct {
	ref      *reference
	snapshot *Snapshot
	now      time.Time
	who      domain.Principal
	query    url.Values
	sel      Selection
}

// drawWorld draws a world of the present, or as of a moment of the past.
func drawWorld(t *rapid.T, maxRequests int) *world {
	w := drawPresent(t, maxRequests)
	if rapid.Bool().Draw(t, "in the past") {
		w.ref.requests, w.ref.present, w.snapshot = drawPast(t, w.ref.requests, rapid.Uint64().Draw(t, "past seed"), w.now, w.ref.policy)
	}
	return w
}

func drawPresent(t *rapid.T, maxRequests int) *world {
	policy := sourcerequest.DefaultPolicy()
	policy.Zone = rapid.SampledFrom(testZones).Draw(t, "zone")
	at := testNow.Add(time.Duration(rapid.IntRange(-14*24*60, 14*24*60).Draw(t, "minutes")) * time.Minute)
	if rapid.Bool().Draw(t, "midnight") {
		at = domain.DateOf(at, policy.Zone).Start(policy.Zone).Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, "ms")) * time.Millisecond)
	}
	requests := randomRequests(rapid.Uint64().Draw(t, "seed"), rapid.IntRange(0, maxRequests).Draw(t, "requests"), testNow)
	w := &world{ref: &reference{requests: requests, policy: policy, names: testNames}, now: at, who: rapid.SampledFrom(testPrincipals).Draw(t, "who"), query: drawSelection(t)}
	var err error
	w.snapshot, err = snapshotOf(requests, policy, testNames)
	require.NoError(t, err)
	w.sel, err = ParseSelection(w.query)
	require.NoError(t, err)
	return w
}

func warningTexts(warnings []Warning) []string {
	var out []string
	for _, w := range warnings {
		out = append(out, w.Code+" "+w.Modifier+" "+w.Value)
	}
	slices.Sort(out)
	return out
}

func keyText(key []*string) string {
	parts := make([]string, len(key))
	for i, k := range key {
		parts[i] = deref(k)
	}
	return strings.Join(parts, "\x00")
}

func drawGroupBy(t *rapid.T) []string {
	return rapid.SliceOfNDistinct(rapid.SampledFrom(groupingNames()), 0, 3, rapid.ID[string]).Draw(t, "group by")
}

func TestCountsEqualTheReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, 150)
		groupBy := drawGroupBy(t)
		got, err := w.snapshot.Count(CountQuery{Principal: w.who, Selection: w.sel, GroupBy: groupBy, Now: w.now})
		require.NoError(t, err)

		want := w.ref.selected(w.who, w.query, w.now)
		require.Equal(t, w.ref.tally(want.requests, w.now, want.statusGiven), got.Tally)
		slices.Sort(want.warnings)
		require.Equal(t, want.warnings, warningTexts(got.Warnings))
		require.Equal(t, len(want.near) > 0, got.NearMiss)
		if len(groupBy) == 0 {
			require.Empty(t, got.Groups)
			return
		}
		groups := w.ref.groups(want.requests, groupBy)
		require.Equal(t, len(groups), got.GroupsTotal)
		require.Len(t, got.Groups, len(groups))
		for i, g := range got.Groups {
			require.Equal(t, w.ref.tally(groups[keyText(g.Key)], w.now, want.statusGiven), g.Tally, "group %q", keyText(g.Key))
			require.NotZero(t, g.Matched)
			if i > 0 {
				require.Negative(t, compareKeys(groupBy, got.Groups[i-1].Key, g.Key), "order of groups")
			}
		}
	})
}

func compareKeys(groupBy []string, a, b []*string) int {
	for i, name := range groupBy {
		if name == "is_original" {
			name = "is_original_groups"
		}
		if c := compareLabels(name, deref(a[i]), deref(b[i]), false); c != 0 {
			return c
		}
	}
	return 0
}

func TestBucketsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, 150)
		sel := w.sel.Without("status")
		got, err := w.snapshot.Count(CountQuery{Principal: w.who, Selection: sel, GroupBy: drawGroupBy(t), Now: w.now})
		require.NoError(t, err)
		for _, tally := range append([]Tally{got.Tally}, tallies(got.Groups)...) {
			b := tally.Buckets
			require.Equal(t, b[sourcerequest.BucketRequests], b[sourcerequest.BucketCritical]+b[sourcerequest.BucketAtRisk]+b[sourcerequest.BucketOnTrack])
			require.Equal(t, b[sourcerequest.BucketRequests], b[sourcerequest.BucketAwaitingMaterials]+b[sourcerequest.BucketMaterialsAvailable])
			require.LessOrEqual(t, b[sourcerequest.BucketOverdueUndelivered], b[sourcerequest.BucketCritical])
			require.LessOrEqual(t, b[sourcerequest.BucketRequests], tally.Matched)
		}
	})
}

// TestABucketListsWhatItCounts, with and without a Status modifier.
func TestABucketListsWhatItCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, 60)
		sel := w.sel
		if rapid.Bool().Draw(t, "any status") {
			sel = mustSelect(t, "status=All")
		}
		counts, err := w.snapshot.Count(CountQuery{Principal: w.who, Selection: sel, Now: w.now})
		require.NoError(t, err)
		for b := range sourcerequest.Bucket(sourcerequest.BucketCount) {
			rows, err := w.snapshot.Rows(RowQuery{Principal: w.who, Selection: sel, Bucket: &b, Now: w.now, Limit: 1})
			require.NoError(t, err)
			require.Equal(t, counts.Buckets[b], rows.Total, b.String())
		}
	})
}

// TestAnyInstantInAnyOrder: what one query leaves behind for the next one never
// holds for an instant that it does not hold for.
func TestAnyInstantInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, 40)
		for range 12 {
			now := testNow.Add(time.Duration(rapid.IntRange(-20*24, 20*24).Draw(t, "hours")) * time.Hour)
			if rapid.Bool().Draw(t, "close") {
				now = testNow.Add(time.Duration(rapid.IntRange(-3, 3).Draw(t, "ms")) * time.Millisecond)
			}
			got, err := w.snapshot.Count(CountQuery{Principal: operator, Selection: Selection{}, Now: now})
			require.NoError(t, err)
			want := w.ref.selected(operator, nil, now)
			require.Equal(t, w.ref.tally(want.requests, now, false), got.Tally)
		}
	})
}

func tallies(groups []Group) []Tally {
	out := make([]Tally, len(groups))
	for i, g := range groups {
		out[i] = g.Tally
	}
	return out
}

func TestGroupsSortSearchAndPageEqualTheReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, 100)
		groupBy := drawGroupBy(t)
		if len(groupBy) == 0 {
			groupBy = []string{"title"}
		}
		name := rapid.SampledFrom(append([]string{"matched", "critical", "requests", "awaiting_materials"}, groupBy...)).Draw(t, "sort")
		descending := rapid.Bool().Draw(t, "descending")
		q := CountQuery{
			Principal: w.who, Selection: w.sel, GroupBy: groupBy, Now: w.now, Sort: name,
			Search: rapid.SampledFrom([]string{"", "a", "ON", "é", "2026", "house"}).Draw(t, "search"),
			Limit:  rapid.IntRange(0, 6).Draw(t, "limit"), Offset: rapid.IntRange(0, 6).Draw(t, "offset"),
		}
		if descending {
			q.Sort = "-" + name
		}
		defer func(before float64) { maxGroupOrder = before }(maxGroupOrder)
		maxGroupOrder = rapid.SampledFrom([]float64{maxGroupOrder, 0}).Draw(t, "room for the order of groups")
		got, err := w.snapshot.Count(q)
		require.NoError(t, err)

		sel := w.ref.selected(w.who, w.query, w.now)
		var want []Group
		for key, requests := range w.ref.groups(sel.requests, groupBy) {
			g := Group{Tally: w.ref.tally(requests, w.now, sel.statusGiven)}
			has := q.Search == ""
			for _, label := range strings.Split(key, "\x00") {
				g.Key = append(g.Key, &label)
				has = has || strings.Contains(fold(label), fold(q.Search))
			}
			if has {
				want = append(want, g)
			}
		}
		slices.SortFunc(want, func(a, b Group) int {
			c := 0
			if i := slices.Index(groupBy, name); i >= 0 {
				column := name
				if name == "is_original" {
					column = "is_original_groups"
				}
				c = compareLabels(column, *a.Key[i], *b.Key[i], descending)
			} else {
				c = metricOf(a, name) - metricOf(b, name)
				if descending {
					c = -c
				}
			}
			if c == 0 {
				c = compareKeys(groupBy, a.Key, b.Key)
			}
			return c
		})
		require.Equal(t, len(want), got.GroupsTotal)
		want = want[min(q.Offset, len(want)):]
		if q.Limit > 0 {
			want = want[:min(q.Limit, len(want))]
		}
		require.Len(t, got.Groups, len(want))
		for i := range want {
			require.Equal(t, keyText(want[i].Key), keyText(got.Groups[i].Key))
			require.Equal(t, want[i].Tally, got.Groups[i].Tally)
		}
	})
}

func metricOf(g Group, name string) int {
	if name == "matched" {
		return g.Matched
	}
	b, err := sourcerequest.ParseBucket(name)
	if err != nil {
		panic(err)
	}
	return g.Buckets[b]
}

func drawSort(t *rapid.T) []SortKey {
	names := rapid.SliceOfNDistinct(rapid.SampledFrom(sortNames()), 0, 3, rapid.ID[string]).Draw(t, "sort")
	var keys []SortKey
	for _, n := range names {
		keys = append(keys, SortKey{n, rapid.Bool().Draw(t, "descending")})
	}
	return keys
}

func TestRowsEqualTheReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, 150)
		q := RowQuery{Principal: w.who, Selection: w.sel, Sort: drawSort(t), Now: w.now, Limit: rapid.IntRange(1, 20).Draw(t, "limit")}
		sel := w.ref.selected(w.who, w.query, w.now)
		want := sel.requests
		if rapid.Bool().Draw(t, "bucket") {
			b := sourcerequest.Bucket(rapid.IntRange(0, sourcerequest.BucketCount-1).Draw(t, "which"))
			q.Bucket = &b
			want = slices.DeleteFunc(slices.Clone(want), func(r request) bool { return !w.ref.inBucket(r.state, b, w.now, sel.statusGiven) })
		}
		groupBy := rapid.SliceOfNDistinct(rapid.SampledFrom(groupingNames()), 0, 2, rapid.ID[string]).Draw(t, "group")
		if groups := w.ref.groups(want, groupBy); len(groups) > 0 && len(groupBy) > 0 {
			keys := make([]string, 0, len(groups))
			for k := range groups {
				keys = append(keys, k)
			}
			slices.Sort(keys)
			key := rapid.SampledFrom(keys).Draw(t, "key")
			want = groups[key]
			q.Group = map[string]string{}
			for i, l := range strings.Split(key, "\x00") {
				q.Group[groupBy[i]] = l
			}
		}
		want = w.ref.sorted(want, q.Sort, w.now)

		all, err := w.snapshot.Rows(RowQuery{Principal: q.Principal, Selection: q.Selection, Bucket: q.Bucket, Group: q.Group, Sort: q.Sort, Now: q.Now})
		require.NoError(t, err)
		require.Equal(t, ids(want), rowIDs(all.Rows))
		require.Empty(t, all.Next)
		for i := range want {
			requireRow(t, w, want[i], all.Rows[i], sel.near)
		}
		slices.Sort(sel.warnings)
		require.Equal(t, sel.warnings, warningTexts(all.Warnings))
		require.Equal(t, len(sel.near) > 0, all.NearMiss)

		// Pages by cursor, and by offset, put together are the whole.
		var byCursor, byOffset []string
		for page := q; ; {
			rows, err := w.snapshot.Rows(page)
			require.NoError(t, err)
			require.Equal(t, len(want), rows.Total)
			require.LessOrEqual(t, len(rows.Rows), q.Limit)
			byCursor = append(byCursor, rowIDs(rows.Rows)...)
			if rows.Next == "" {
				break
			}
			require.Len(t, rows.Rows, q.Limit)
			page.Cursor, page.Now = rows.Next, time.Time{}
		}
		require.Equal(t, ids(want), byCursor)
		for page := q; page.Offset <= len(want); page.Offset += q.Limit {
			rows, err := w.snapshot.Rows(page)
			require.NoError(t, err)
			byOffset = append(byOffset, rowIDs(rows.Rows)...)
		}
		require.Equal(t, ids(want), byOffset)
	})
}

func ids(requests []request) []string {
	var out []string
	for _, r := range requests {
		out = append(out, r.id)
	}
	return out
}

func rowIDs(rows []Row) []string {
	var out []string
	for _, r := range rows {
		out = append(out, r.RequestID)
	}
	return out
}

func requireRow(t require.TestingT, w *world, want request, got Row, near map[string]bool) {
	s := want.state
	partner := func(id string) Partner { return Partner{id, w.ref.partnerName(id)} }
	exp := Row{
		RequestID: want.id, PackageID: s.PackageID, MovieID: s.MovieID, Title: s.Title, MovieType: s.MovieType, IsOriginal: s.IsOriginal,
		ContentPartner: partner(s.ContentPartner), FulfillmentPartner: partner(s.FulfillmentPartner), SubAssignee: partner(s.SubAssignee), Responsible: Person{s.Responsible, personName(s.Responsible)},
		SourceType: s.SourceType, ServiceType: s.ServiceType, Language: s.Language, Countries: s.Countries,
		DueDate: s.DueDate, EstimatedDeliveryDate: s.EstimatedDeliveryDate(), MaterialStatus: s.MaterialStatus, Status: s.Status, QualityControl: s.QualityControl(), Issues: s.Issues(),
		Why: w.ref.policy.Why(s.Facts(), w.now.UnixMilli()), Revision: want.revision,
	}
	for b := range sourcerequest.Bucket(sourcerequest.BucketCount) {
		if w.ref.inBucket(s, b, w.now, false) {
			exp.Buckets |= 1 << b
		}
	}
	exact := slices.ContainsFunc(w.query["title"], func(v string) bool { return hasText(want, v) })
	exp.NearMiss = len(near) > 0 && !exact
	require.Equal(t, exp, got)
}

func TestValuesEqualTheReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, 150)
		m := rapid.SampledFrom(Modifiers()).Draw(t, "values of")
		search := rapid.SampledFrom([]string{"", "a", "ON", "é", "issues", "99"}).Draw(t, "search")
		got, err := w.snapshot.Values(ValuesQuery{Principal: w.who, Modifier: m.Name, Selection: w.sel, Search: search, Now: w.now})
		require.NoError(t, err)
		require.Equal(t, len(got.Values), got.Total)

		others := url.Values{}
		for name, v := range w.query {
			if strings.TrimPrefix(name, "-") != m.Name {
				others[name] = v
			}
		}
		if m.Name == "status" {
			others["status"] = []string{"All"}
		}
		sel := w.ref.selected(w.who, others, w.now)
		want := map[string]int{}
		for _, r := range sel.requests {
			for _, l := range w.ref.labels(r, m.Name) {
				want["="+l]++
			}
			switch {
			case m.Name == "status":
				want["=All"]++
			case m.Name == "issues" && len(r.state.Issues()) > 0:
				want["=Has issues"]++
			case m.Name == "issues":
				want["=Does not have issues"]++
			}
		}
		for l := range want {
			if !strings.Contains(fold(l[1:]), fold(search)) {
				delete(want, l)
			}
		}
		have := map[string]int{}
		for i, v := range got.Values {
			label := "="
			if v.Value != nil {
				label += *v.Value
			}
			have[label] = v.Matched
			require.True(t, i == 0 || got.Values[i-1].Matched >= v.Matched)
		}
		require.Equal(t, want, have)

		// What a value promises is what choosing it gives.
		if len(got.Values) > 0 {
			v := rapid.SampledFrom(got.Values).Draw(t, "value")
			chosen := url.Values{}
			for name, values := range w.query {
				if strings.TrimPrefix(name, "-") != m.Name {
					chosen[name] = values
				}
			}
			chosen[m.Name] = []string{deref(v.Value)}
			sel, err := ParseSelection(chosen)
			require.NoError(t, err)
			counts, err := w.snapshot.Count(CountQuery{Principal: w.who, Selection: sel, Now: w.now})
			require.NoError(t, err)
			if m.Kind == KindChoice || m.Kind == KindYesNo || m.Kind == KindExact && m.Name != "title" || m.Kind == KindDate {
				require.Equal(t, v.Matched, counts.Matched, "%s=%s", m.Name, deref(v.Value))
			} else {
				require.GreaterOrEqual(t, counts.Matched, v.Matched)
			}
		}
	})
}

// TestNothingOutsideTheScopeShows compares with an index that never had what
// the principal may not see: every answer has to be the same.
func TestNothingOutsideTheScopeShows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, 120)
		alone, err := snapshotOf(w.ref.alone(w.who), w.ref.policy, testNames)
		require.NoError(t, err)
		cq := CountQuery{Principal: w.who, Selection: w.sel, GroupBy: drawGroupBy(t), Now: w.now, Search: rapid.SampledFrom([]string{"", "a", "house"}).Draw(t, "search")}
		a, errA := w.snapshot.Count(cq)
		b, errB := alone.Count(cq)
		require.Equal(t, errB, errA)
		require.Equal(t, b, a)
		m := rapid.SampledFrom(Modifiers()).Draw(t, "values of").Name
		vq := ValuesQuery{Principal: w.who, Modifier: m, Selection: w.sel, Now: w.now, Limit: 5}
		va, errA := w.snapshot.Values(vq)
		vb, errB := alone.Values(vq)
		require.Equal(t, errB, errA)
		require.Equal(t, vb, va)
		rq := RowQuery{Principal: w.who, Selection: w.sel, Now: w.now, Sort: drawSort(t), Limit: 7}
		ra, errA := w.snapshot.Rows(rq)
		rb, errB := alone.Rows(rq)
		require.Equal(t, errB, errA)
		if ra != nil { // a cursor names the moment that its search is as of
			require.Equal(t, rb.Next == "", ra.Next == "")
			ra.Next, rb.Next = "", ""
		}
		require.Equal(t, rb, ra)
	})
}

func TestPartnersAreThoseOfTheScope(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, 20)
		want := map[string]bool{}
		for _, r := range w.ref.scope(w.who) {
			want[r.state.ContentPartner], want[r.state.FulfillmentPartner], want[r.state.SubAssignee] = true, true, true
		}
		delete(want, "")
		got := w.snapshot.Partners(w.who)
		require.Len(t, got, len(want))
		for _, id := range got {
			require.True(t, want[id], id)
		}
	})
}

// TestChangesEqualBuildingAnew applies random changes one by one, with readers
// of each snapshot, and compares with an index built from the outcome.
func TestChangesEqualBuildingAnew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 2))
		policy := sourcerequest.DefaultPolicy()
		b, w := newBuilder("g", &Config{Policy: policy, Names: testNames, Accounts: testPeople}), newWriter("g", policy)
		now := map[string]request{}
		var order []string
		var before *Snapshot
		var counted *Counts
		query := CountQuery{Principal: domain.Principal{Role: domain.RoleOperator}, GroupBy: []string{"title", "country"}, Now: testNow}
		for range rapid.IntRange(1, 12).Draw(t, "changes") {
			var batch []request
			for range r.IntN(30) {
				id := string(rune('a'+r.IntN(5))) + string(rune('0'+r.IntN(10)))
				req := randomRequest(r, id, testNow)
				if _, known := now[id]; !known {
					order = append(order, id)
				}
				now[id] = req
				batch = append(batch, req)
			}
			require.NoError(t, b.apply(w.change(w.position+1, batch...)))
			if before != nil {
				again, err := before.Count(query)
				require.NoError(t, err)
				require.Equal(t, counted, again, "a snapshot never changes")
			}
			before = b.snapshot()
			var err error
			counted, err = before.Count(query)
			require.NoError(t, err)
		}
		requests := make([]request, len(order))
		for i, id := range order {
			requests[i] = now[id]
		}
		anew, err := snapshotOf(requests, policy, testNames)
		require.NoError(t, err)
		want, err := anew.Count(query)
		require.NoError(t, err)
		require.Equal(t, want, counted)
		require.Equal(t, len(now), before.Len())
		rows, err := before.Rows(RowQuery{Principal: query.Principal, Now: testNow, Sort: []SortKey{{"title", true}, {"issues", false}}})
		require.NoError(t, err)
		wantRows, err := anew.Rows(RowQuery{Principal: query.Principal, Now: testNow, Sort: []SortKey{{"title", true}, {"issues", false}}})
		require.NoError(t, err)
		require.Equal(t, wantRows, rows)
	})
}
