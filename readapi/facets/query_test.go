package facets

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

var operator = domain.Principal{Role: domain.RoleOperator}

// TestManyChunksAndWorkersEqualTheReference: as the property tests, with rows
// enough for several chunks, workers that share them, and groups enough to be
// counted by hashing.
func TestManyChunksAndWorkersEqualTheReference(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	defer func(b, w int) { batchChunks, workerChunks = b, w }(batchChunks, workerChunks)
	batchChunks, workerChunks = 1, 2
	requests := randomRequests(7, 9000, testNow)
	for i := range requests {
		requests[i].state.Title = fmt.Sprintf("%s %d", requests[i].state.Title, i%800)
		requests[i].state.PackageID = fmt.Sprint(i / 10)
	}
	ref := &reference{requests: requests, policy: sourcerequest.DefaultPolicy(), names: testNames}
	s, err := snapshotOf(requests, ref.policy, testNames)
	require.NoError(t, err)
	require.Greater(t, workers(len(s.chunks)), 1)
	critical := sourcerequest.BucketCritical
	for _, c := range []struct {
		who     domain.Principal
		query   string
		groupBy []string
		sort    string
		bucket  *sourcerequest.Bucket
	}{
		{operator, "", []string{"source_type", "language"}, "due_date", nil},
		{operator, "status=All", []string{"title", "package", "country"}, "-title,request_id", nil},
		{testPrincipals[7], "", []string{"issues", "country"}, "-request_id", &critical},
		{testPrincipals[8], "title=house+71&country=Japan&-language=Dutch", []string{"title"}, "status", nil},
		{testPrincipals[3], "due_date=next+14+days", []string{"due_month"}, "insight,-fulfillment_partner", &critical},
		{testPrincipals[3], "due_date=next+14+days&language=Dutch", []string{"due_day", "source_type"}, "due_date", nil},
		{operator, "status=All", []string{"due_day"}, "-due_date", &critical},
		{operator, "title=hosue", []string{"content_partner"}, "is_original,title", nil},
	} {
		q, err := url.ParseQuery(c.query)
		require.NoError(t, err)
		sel := mustSelect(t, c.query)
		want := ref.selected(c.who, q, testNow)
		got, err := s.Count(CountQuery{Principal: c.who, Selection: sel, GroupBy: c.groupBy, Now: testNow})
		require.NoError(t, err)
		require.Equal(t, ref.tally(want.requests, testNow, want.statusGiven), got.Tally, c.query)
		require.NotZero(t, got.Matched, c.query)
		groups := ref.groups(want.requests, c.groupBy)
		require.Equal(t, len(groups), len(got.Groups))
		for _, g := range got.Groups {
			require.Equal(t, ref.tally(groups[keyText(g.Key)], testNow, want.statusGiven), g.Tally)
		}
		sort, err := ParseSort(c.sort)
		require.NoError(t, err)
		listed := want.requests
		if c.bucket != nil {
			listed = slices.DeleteFunc(slices.Clone(listed), func(r request) bool { return !ref.inBucket(r.state, *c.bucket, testNow, want.statusGiven) })
		}
		listed = ref.sorted(listed, sort, testNow)
		for _, offset := range []int{0, 30, 2000} {
			rows, err := s.Rows(RowQuery{Principal: c.who, Selection: sel, Bucket: c.bucket, Sort: sort, Now: testNow, Limit: 25, Offset: offset})
			require.NoError(t, err)
			require.Equal(t, len(listed), rows.Total)
			page := listed[min(offset, len(listed)):]
			require.Equal(t, ids(page[:min(25, len(page))]), rowIDs(rows.Rows), "%s from %d", c.query, offset)
			require.Equal(t, len(page) > 25, rows.Next != "")
		}
	}
}

func TestEveryChunkIsWalkedOnce(t *testing.T) {
	for n := 1; n < 300; n++ {
		stride, seen := strideOf(n), map[int]bool{}
		for i := range n {
			seen[i*stride%n] = true
		}
		require.Len(t, seen, n)
	}
}

func TestWrongQueriesAreRefused(t *testing.T) {
	s, err := snapshotOf(randomRequests(1, 10, testNow), sourcerequest.DefaultPolicy(), testNames)
	require.NoError(t, err)
	count := func(q CountQuery) error { _, err := s.Count(q); return err }
	rows := func(q RowQuery) error { _, err := s.Rows(q); return err }
	values := func(q ValuesQuery) error { _, err := s.Values(q); return err }
	for _, c := range []struct {
		err            error
		field, allowed string
	}{
		{count(CountQuery{Now: testNow, GroupBy: []string{"colour"}}), "group", "due_month"},
		{count(CountQuery{Now: testNow, GroupBy: []string{"title", "title"}}), "group", ""},
		{count(CountQuery{Now: testNow, GroupBy: []string{"title"}, Sort: "language"}), "groups_sort", "title"},
		{count(CountQuery{Now: testNow, GroupBy: []string{"title"}, Sort: "--matched"}), "groups_sort", "critical"},
		{count(CountQuery{Now: testNow, Limit: -1}), "groups_limit", ""},
		{count(CountQuery{Now: testNow, Offset: -1}), "groups_offset", ""},
		{rows(RowQuery{Now: testNow, Sort: []SortKey{{"colour", false}}}), "sort", "due_date"},
		{rows(RowQuery{Now: testNow, Sort: []SortKey{{"title", false}, {"title", true}}}), "sort", ""},
		{rows(RowQuery{Now: testNow, Group: map[string]string{"colour": "red"}}), "group.colour", "language"},
		{rows(RowQuery{Now: testNow, Limit: -1}), "limit", ""},
		{rows(RowQuery{Now: testNow, Offset: -1}), "offset", ""},
		{rows(RowQuery{Now: testNow, Cursor: "x", Offset: 1}), "offset", ""},
		{values(ValuesQuery{Now: testNow, Modifier: "colour"}), "name", "language"},
		{values(ValuesQuery{Now: testNow, Modifier: "language", Limit: -1}), "limit", ""},
		{second(ParseGroupBy("language,colour")), "group", "language"},
		{second(ParseGroupBy("language,language")), "group", ""},
		{second(ParseSort("title,")), "sort", "title"},
		{second(ParseColumns("title,colour")), "columns", "countries"},
		{second(ParseColumns("title,title")), "columns", ""},
	} {
		var e *domain.Error
		require.ErrorAs(t, c.err, &e, c.field)
		require.Equal(t, domain.CodeInvalid, e.Code)
		require.Equal(t, c.field, e.Field)
		if c.allowed != "" {
			require.Contains(t, e.Allowed, c.allowed)
		}
	}
	require.Equal(t, domain.CodeInternal, domain.ErrorCode(count(CountQuery{Principal: operator})))
}

func second[T any](_ T, err error) error { return err }

func TestListsAreParsed(t *testing.T) {
	groups, err := ParseGroupBy(" source_type, language")
	require.NoError(t, err)
	require.Equal(t, []string{"source_type", "language"}, groups)
	groups, err = ParseGroupBy("")
	require.NoError(t, err)
	require.Empty(t, groups)
	keys, err := ParseSort("due_date,-title")
	require.NoError(t, err)
	require.Equal(t, []SortKey{{"due_date", false}, {"title", true}}, keys)
	columns, err := ParseColumns("")
	require.NoError(t, err)
	require.Equal(t, Columns(), columns)
	columns, err = ParseColumns("status,title")
	require.NoError(t, err)
	require.Equal(t, []Column{{"status", "Status", ColumnText}, {"title", "Title", ColumnText}}, columns)
}

func TestValuesOfRowsFitTheirColumns(t *testing.T) {
	s, err := snapshotOf(randomRequests(1, 200, testNow), sourcerequest.DefaultPolicy(), testNames)
	require.NoError(t, err)
	rows, err := s.Rows(RowQuery{Principal: operator, Now: testNow})
	require.NoError(t, err)
	seen := map[string]bool{}
	for i := range rows.Rows {
		for _, c := range Columns() {
			v := rows.Rows[i].Value(c.Name)
			if v == nil {
				continue
			}
			seen[c.Name] = true
			switch c.Kind {
			case ColumnText:
				require.IsType(t, "", v, c.Name)
			case ColumnTexts:
				require.IsType(t, []string{}, v, c.Name)
			case ColumnDate:
				require.IsType(t, domain.Date(0), v, c.Name)
			case ColumnYesNo:
				require.IsType(t, true, v, c.Name)
			}
		}
	}
	require.Len(t, seen, len(Columns()))
	require.Nil(t, (&Row{}).Value("title"))
	require.Nil(t, (&Row{}).Value("countries"))
}

func TestACursorBelongsToItsQuery(t *testing.T) {
	s, err := snapshotOf(randomRequests(1, 100, testNow), sourcerequest.DefaultPolicy(), testNames)
	require.NoError(t, err)
	critical := sourcerequest.BucketCritical
	first := RowQuery{Principal: operator, Selection: mustSelect(t, "-language=Dutch"), Sort: []SortKey{{"title", false}}, Now: testNow, Limit: 10}
	page, err := s.Rows(first)
	require.NoError(t, err)
	require.NotEmpty(t, page.Next)
	for name, change := range map[string]func(*RowQuery){
		"selection": func(q *RowQuery) { q.Selection = mustSelect(t, "-language=Korean") },
		"bucket":    func(q *RowQuery) { q.Bucket = &critical },
		"group":     func(q *RowQuery) { q.Group = map[string]string{"status": "Open"} },
		"ids":       func(q *RowQuery) { q.IDs = []string{"A1000"} },
		"no ids":    func(q *RowQuery) { q.IDs = []string{} },
		"except":    func(q *RowQuery) { q.Except = []string{"A1000"} },
		"sort":      func(q *RowQuery) { q.Sort = []SortKey{{"title", true}} },
		"more sort": func(q *RowQuery) { q.Sort = nil },
		"garbage":   func(q *RowQuery) { q.Cursor = "garbage!" },
		"empty":     func(q *RowQuery) { q.Cursor = base64.RawURLEncoding.EncodeToString([]byte("{}")) },
	} {
		q := first
		q.Cursor = page.Next
		change(&q)
		_, err := s.Rows(q)
		var e *domain.Error
		require.ErrorAs(t, err, &e, name)
		require.Equal(t, "cursor", e.Field, name)
	}
	// The clock of the first page goes on, whatever the next one says.
	q := first
	q.Cursor, q.Now = page.Next, testNow.AddDate(0, 0, 30)
	next, err := s.Rows(q)
	require.NoError(t, err)
	require.True(t, testNow.Equal(next.Now))
	// The size of a page may change.
	q.Limit = 3
	next, err = s.Rows(q)
	require.NoError(t, err)
	require.Len(t, next.Rows, 3)
}

// TestACursorOutlivesItsGeneration: the next page comes from an index with
// other codes, in which the last row of the first page has gone elsewhere and
// its labels exist no more.
func TestACursorOutlivesItsGeneration(t *testing.T) {
	for _, column := range sortNames() {
		for _, descending := range []bool{false, true} {
			requests := randomRequests(5, 60, testNow)
			ref := &reference{requests: requests, policy: sourcerequest.DefaultPolicy(), names: testNames}
			q := RowQuery{Principal: operator, Selection: mustSelect(t, "status=All"), Sort: []SortKey{{column, descending}, {"title", false}}, Now: testNow, Limit: 20}
			if column == "title" {
				q.Sort = q.Sort[:1]
			}
			s, err := snapshotOf(requests, ref.policy, testNames)
			require.NoError(t, err)
			first, err := s.Rows(q)
			require.NoError(t, err)
			order := ref.sorted(requests, q.Sort, testNow)
			require.Equal(t, ids(order[:20]), rowIDs(first.Rows))

			left := slices.Clone(order[20:])
			slices.Reverse(left)
			other, err := snapshotOf(left, ref.policy, testNames)
			require.NoError(t, err)
			q.Cursor, q.Limit = first.Next, 0
			rest, err := other.Rows(q)
			require.NoError(t, err)
			require.Equal(t, ids(order[20:]), rowIDs(rest.Rows), "by %s, descending %t", column, descending)
		}
	}
}

// FuzzCursor: whatever a cursor is made into, the answer is a page or CodeInvalid.
func FuzzCursor(f *testing.F) {
	s, err := snapshotOf(randomRequests(1, 50, testNow), sourcerequest.DefaultPolicy(), testNames)
	require.NoError(f, err)
	q := RowQuery{Principal: operator, Sort: []SortKey{{"title", true}, {"due_date", false}}, Now: testNow, Limit: 5}
	first, err := s.Rows(q)
	require.NoError(f, err)
	json, err := base64.RawURLEncoding.DecodeString(first.Next)
	require.NoError(f, err)
	f.Add(string(json))
	for _, values := range []string{`[{},{}]`, `[{"n":3},{"l":"x"}]`, `[{"l":""},{"n":18446744073709551615}]`, `[{}]`, `null`} {
		f.Add(fmt.Sprintf(`{"q":%q,"n":1795000000000,"i":"","v":%s}`, q.hash(), values))
	}
	f.Add(fmt.Sprintf(`{"q":%q,"n":-62135596800000,"i":"x","v":[{},{}]}`, q.hash()))
	f.Fuzz(func(t *testing.T, json string) {
		q := q
		q.Cursor = base64.RawURLEncoding.EncodeToString([]byte(json))
		if _, err := s.Rows(q); err != nil {
			require.Equal(t, domain.CodeInvalid, domain.ErrorCode(err))
		}
	})
}

// TestAsTheDesignSays spells out sentences of the design.
func TestAsTheDesignSays(t *testing.T) {
	policy := sourcerequest.DefaultPolicy()
	due := domain.NewDate(2026, 11, 23)
	state := func(status sourcerequest.Status) sourcerequest.State {
		return sourcerequest.State{
			Title: "House, M.D.", MovieID: "1", PackageID: "1", MovieType: sourcerequest.MovieEpisode, ContentPartner: "nbcu", SourceType: sourcerequest.SourceSubs,
			ServiceType: sourcerequest.ServiceConform, Language: "Dutch", Countries: []string{"Japan", "Netherlands"}, DueDate: due, Status: status,
			MaterialStatus: sourcerequest.MaterialReceived,
		}
	}
	var requests []request
	for i, status := range sourcerequest.Statuses() {
		requests = append(requests, request{id: fmt.Sprint(i), state: state(status)})
	}
	cards := state(sourcerequest.StatusOpen)
	cards.Title, cards.Countries = "House of Cards", []string{"Japan"}
	requests = append(requests, request{id: "cards", state: cards})
	s, err := snapshotOf(requests, policy, testNames)
	require.NoError(t, err)
	count := func(query string, now time.Time, groupBy ...string) *Counts {
		c, err := s.Count(CountQuery{Principal: operator, Selection: mustSelect(t, query), Now: now, GroupBy: groupBy})
		require.NoError(t, err)
		return c
	}
	endOfDay := time.Date(2026, 11, 23, 23, 59, 59, 999_000_000, time.UTC)

	// On 2026-11-23, a request due on 2026-11-23 is not overdue; from midnight it is.
	require.Zero(t, count("", endOfDay).Buckets[sourcerequest.BucketOverdueUndelivered])
	require.Equal(t, 3, count("", endOfDay.Add(time.Millisecond)).Buckets[sourcerequest.BucketOverdueUndelivered])
	// Without a Status modifier, all but Cancelled are matched; Requests counts the open ones.
	require.Equal(t, 6, count("", testNow).Matched)
	require.Equal(t, 3, count("", testNow).Buckets[sourcerequest.BucketRequests])
	// With any Status modifier, Requests counts the matched.
	require.Equal(t, 1, count("status=Processed", testNow).Buckets[sourcerequest.BucketRequests])
	require.Equal(t, 7, count("status=All", testNow).Buckets[sourcerequest.BucketRequests])
	require.Equal(t, 6, count("-status=Processed", testNow).Buckets[sourcerequest.BucketRequests])
	// The other six always also require open.
	require.Zero(t, count("status=Processed", testNow).Buckets[sourcerequest.BucketMaterialsAvailable])
	// overdue means that the date has passed, whatever the status.
	require.Equal(t, 6, count("due_date=overdue", endOfDay.Add(time.Millisecond)).Matched)
	// Several countries: once in each of their groups, and once in the totals.
	byCountry := count("country=netherlands", testNow, "country")
	require.Equal(t, 5, byCountry.Matched)
	require.Equal(t, "Japan", *byCountry.Groups[0].Key[0])
	require.Equal(t, 5, byCountry.Groups[0].Matched)
	require.Equal(t, 5, byCountry.Groups[1].Matched)
	// -country=X drops every request that has X.
	require.Equal(t, 1, count("-country=Netherlands", testNow).Matched)
	// No value is the key null, selected by an empty value.
	none := count("fulfillment_partner=", testNow, "fulfillment_partner", "issues")
	require.Equal(t, []*string{nil, nil}, none.Groups[0].Key)
	require.Equal(t, 6, none.Groups[0].Matched)
	// "house" finds both titles; near misses only where no title has the text.
	require.False(t, count("title=house", testNow).NearMiss)
	require.Equal(t, 6, count("title=HOUSE", testNow).Matched)
	near := count("title=hosue+crads", testNow)
	require.True(t, near.NearMiss)
	require.Equal(t, 1, near.Matched)
	require.Equal(t, WarnNearMiss, near.Warnings[0].Code)
	// Unknown and invisible values: the same empty answer with the same warning.
	stranger, err := s.Count(CountQuery{Principal: testPrincipals[8], Selection: mustSelect(t, "language=Dutch"), Now: testNow})
	require.NoError(t, err)
	require.Zero(t, stranger.Tally)
	unknown := count("language=Klingon", testNow)
	require.Zero(t, unknown.Tally)
	require.Equal(t, Warning{WarnUnknownValue, "language", "Klingon", `no source request that you can see has "Klingon" as its Language`}, unknown.Warnings[0])
	require.Equal(t, Warning{WarnUnknownValue, "language", "Dutch", `no source request that you can see has "Dutch" as its Language`}, stranger.Warnings[0])
	// An unknown alternative does not empty the answer.
	require.Equal(t, 6, count("language=Klingon&language=dutch", testNow).Matched)
}

// TestAnInvisibleTitleDoesNotStopNearMisses: that somebody else's title has
// the text must not show by the lack of near misses.
func TestAnInvisibleTitleDoesNotStopNearMisses(t *testing.T) {
	requests := randomRequests(1, 2, testNow)
	for i := range requests {
		requests[i].state.Status, requests[i].state.SubAssignee = sourcerequest.StatusOpen, ""
	}
	requests[0].state.FulfillmentPartner, requests[0].state.Title = "juice", "Hause der Lüge"
	requests[1].state.FulfillmentPartner, requests[1].state.Title = "pix", "House of Cards"
	s, err := snapshotOf(requests, sourcerequest.DefaultPolicy(), testNames)
	require.NoError(t, err)
	for who, near := range map[domain.Principal]bool{testPrincipals[7]: false, testPrincipals[8]: true} {
		rows, err := s.Rows(RowQuery{Principal: who, Selection: mustSelect(t, "title=hause"), Now: testNow})
		require.NoError(t, err)
		require.Len(t, rows.Rows, 1)
		require.Equal(t, near, rows.NearMiss)
		require.Equal(t, near, rows.Rows[0].NearMiss)
	}
}

func TestNoValueComesLastInBothDirections(t *testing.T) {
	s, err := snapshotOf(randomRequests(1, 100, testNow), sourcerequest.DefaultPolicy(), testNames)
	require.NoError(t, err)
	for _, descending := range []string{"", "-"} {
		counts, err := s.Count(CountQuery{Principal: operator, GroupBy: []string{"fulfillment_partner"}, Sort: descending + "fulfillment_partner", Now: testNow})
		require.NoError(t, err)
		require.Len(t, counts.Groups, 5)
		require.NotNil(t, counts.Groups[0].Key[0])
		require.Nil(t, counts.Groups[4].Key[0])
		rows, err := s.Rows(RowQuery{Principal: operator, Sort: []SortKey{{"fulfillment_partner", descending == "-"}}, Now: testNow})
		require.NoError(t, err)
		require.NotEmpty(t, rows.Rows[0].FulfillmentPartner)
		require.Empty(t, rows.Rows[len(rows.Rows)-1].FulfillmentPartner)
	}
}

// TestPartnersAreNamedAsTheyAreNow: rows hold ids, so a renamed organisation
// shows and is found under its new name at once.
func TestPartnersAreNamedAsTheyAreNow(t *testing.T) {
	names := orgs{"nbcu": "NBCU"}
	requests := randomRequests(1, 50, testNow)
	for i := range requests {
		requests[i].state.ContentPartner = "nbcu"
	}
	s, err := snapshotOf(requests, sourcerequest.DefaultPolicy(), names)
	require.NoError(t, err)
	names["nbcu"] = "Universal"
	c, err := s.Count(CountQuery{Principal: operator, Selection: mustSelect(t, "status=All&content_partner=universal"), GroupBy: []string{"content_partner"}, Now: testNow})
	require.NoError(t, err)
	require.Equal(t, 50, c.Matched)
	require.Equal(t, "Universal", *c.Groups[0].Key[0])
	require.Empty(t, c.Warnings)
}

// TestWhoIsResponsibleIsTheOrganisationsOwn: one request of Juice's on which
// Pixelogic helps, each with somebody of its own.
func TestWhoIsResponsibleIsTheOrganisationsOwn(t *testing.T) {
	requests := randomRequests(1, 1, testNow)
	state := &requests[0].state
	state.Status, state.ContentPartner, state.WasDelivered = sourcerequest.StatusOpen, "nbcu", true
	state.FulfillmentPartner, state.SubAssignee, state.Responsible, state.SubResponsible = "juice", "pix", "a-ann", "a-kim"
	s, err := snapshotOf(requests, sourcerequest.DefaultPolicy(), testNames)
	require.NoError(t, err)
	for who, name := range map[domain.Principal]string{
		operator:           "Ann Éluard",
		testPrincipals[1]:  "Ann Éluard", // an auditor
		testPrincipals[3]:  "",           // quality control
		testPrincipals[4]:  "",           // NBCU
		testPrincipals[7]:  "Ann Éluard", // Juice
		testPrincipals[8]:  "Kim Lee",    // Pixelogic
		{Role: "x"}:        "-",          // sees nothing
		testPrincipals[10]: "-",
	} {
		count := func(query string) int {
			c, err := s.Count(CountQuery{Principal: who, Selection: mustSelect(t, query), Now: testNow})
			require.NoError(t, err)
			return c.Matched
		}
		if name == "-" {
			require.Zero(t, count(""))
			continue
		}
		for value, found := range map[string]bool{
			"":                name == "",
			"ann+%C3%89luard": name == "Ann Éluard", "a-ann": name == "Ann Éluard",
			"Kim+Lee": name == "Kim Lee", "a-kim": name == "Kim Lee", "a-kim2": false,
			"me": name != "" && (who.Account == "a-ann" || who.Account == "a-kim" && name == "Kim Lee"),
		} {
			require.Equal(t, found, count("responsible="+value) == 1, "%v asks for %s", who, value)
			require.Equal(t, !found, count("-responsible="+value) == 1, "%v excludes %s", who, value)
		}
		values, err := s.Values(ValuesQuery{Principal: who, Modifier: "responsible", Now: testNow})
		require.NoError(t, err)
		require.Len(t, values.Values, 1)
		require.Equal(t, name, deref(values.Values[0].Value))
		rows, err := s.Rows(RowQuery{Principal: who, Group: map[string]string{"responsible": name}, Sort: []SortKey{{"responsible", false}}, Now: testNow})
		require.NoError(t, err)
		require.Len(t, rows.Rows, 1)
		require.Equal(t, name, rows.Rows[0].Responsible.Name)
	}
	mine, err := s.Count(CountQuery{Principal: testPrincipals[4], Selection: mustSelect(t, "responsible=me&responsible=a-ann"), Now: testNow})
	require.NoError(t, err)
	require.Equal(t, []string{"unknown_value responsible a-ann"}, warningTexts(mine.Warnings), "having no work is nothing to warn of")
}

func TestDamagedChangesAreRefused(t *testing.T) {
	requests := randomRequests(1, 20, testNow)
	for name, damage := range map[string]func(b *builder, w *writer) error{
		"another generation": func(b *builder, w *writer) error { w.generation = "h"; return b.apply(w.change(20)) },
		"a gap":              func(b *builder, w *writer) error { w.position++; return b.apply(w.change(20)) },
		"backwards":          func(b *builder, w *writer) error { return b.apply(w.change(5)) },
		"a code beyond its dictionary": func(b *builder, w *writer) error {
			c := w.change(20, requests[0])
			c.Rows[0].Row.Title = 1000
			return b.apply(c)
		},
		"an account beyond its dictionary": func(b *builder, w *writer) error {
			c := w.change(20, requests[0])
			c.Rows[0].Row.SubResponsible = 1000
			return b.apply(c)
		},
		"a status that is none": func(b *builder, w *writer) error {
			c := w.change(20, requests[0])
			c.Rows[0].Row.Status = 0
			return b.apply(c)
		},
		"a date out of range": func(b *builder, w *writer) error {
			c := w.change(20, requests[0])
			c.Rows[0].Row.DueDate = -1
			return b.apply(c)
		},
		"another id in a row's place": func(b *builder, w *writer) error {
			c := w.change(20, requests[0])
			c.Rows[0].Row.ID = "X"
			return b.apply(c)
		},
		"a request in two places": func(b *builder, w *writer) error {
			c := w.change(20, requests[0])
			c.Rows[0].Number = 4000
			return b.apply(c)
		},
		"a hole in a dictionary": func(b *builder, w *writer) error { return b.words.add(0, 9999, []string{"x"}) },
		"other dictionary values": func(b *builder, w *writer) error {
			return b.words.add(0, 0, []string{"", "x"})
		},
	} {
		b, w := newBuilder("g", &Config{Names: testNames, Accounts: testPeople}), newWriter("g", sourcerequest.DefaultPolicy())
		require.NoError(t, b.apply(w.change(10, requests...)))
		require.Error(t, damage(b, w), name)
	}
}
