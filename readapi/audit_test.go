package readapi

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"backlot/commands"
	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// auditors are those of everybody who may search the audit log.
var auditors = []domain.Principal{anOperator, anAuditor, ofJuice, ofSDI, ofNorth, ofSouth}

// again is the portal with another configuration over the same data.
func (p *portal) again(c Config, change func(*Config)) *portal {
	p.t.Helper()
	c.Metrics = prometheus.NewRegistry()
	change(&c)
	handler, err := New(c)
	require.NoError(p.t, err)
	other := &portal{
		t: p.t, document: p.document, router: p.router, store: p.store, redis: p.redis, directory: p.directory, templates: p.templates, people: p.people, accounts: p.accounts, index: p.index, log: p.log, handler: handler,
	}
	other.clock.Store(p.clock.Load())
	return other
}

// live lets people do this and that with the four requests, hours apart, as far
// as the domain lets them.
func (p *portal) live(seed uint64, n int) {
	p.t.Helper()
	requests := commands.NewSourceRequests(commands.Config{Log: p.store, Organisations: p.directory, Now: p.now})
	random := rand.New(rand.NewPCG(seed, 1))
	last := domain.Position(0)
	for i := range n {
		p.pass(time.Duration(random.IntN(5)) * time.Hour)
		id := sight[0].sees[random.IntN(len(sight[0].sees))]
		maker, other := ofJuice, ofSDI
		if random.IntN(2) == 0 {
			maker, other = ofSDI, ofJuice
		}
		text, delivery, sha := fmt.Sprint("-text ", i), fmt.Sprint("d", i), strings.Repeat("ab", 32)
		act := func(by domain.Principal, c sourcerequest.Command) {
			o, err := requests.Change(p.t.Context(), id, c, domain.Instruction{By: by, Key: uuid.NewString()})
			if err == nil {
				last = max(last, o.Position)
			}
		}
		switch random.IntN(9) {
		case 0:
			act(maker, sourcerequest.ChangeMaterialStatus{MaterialStatus: sourcerequest.MaterialRejected, Reason: text})
			act(maker, sourcerequest.ChangeMaterialStatus{MaterialStatus: sourcerequest.MaterialAccepted})
		case 1:
			act(maker, sourcerequest.ChangeEstimatedDeliveryDate{Date: domain.DateOf(p.now(), time.UTC) + 5, Reason: text})
		case 2:
			act(anOperator, sourcerequest.Edit{FulfillmentPartner: &maker.Organisation})
		case 3:
			act(maker, sourcerequest.Edit{SubAssignee: &other.Organisation})
			act(other, sourcerequest.AddComment{CommentID: "helper" + delivery, Text: text})
		case 4:
			act(maker, sourcerequest.StartDelivery{DeliveryID: delivery, Method: sourcerequest.MethodAPI, Files: []sourcerequest.DeclaredFile{{ID: "f", Name: "f.wav", Size: 1, SHA256: sha}}})
			act(maker, sourcerequest.DeliverFile{DeliveryID: delivery, FileID: "f", Size: 1, SHA256: sha})
			act(maker, sourcerequest.CompleteDelivery{DeliveryID: delivery})
			act(domain.Principal{Account: "inspection", Role: domain.RoleSystem}, sourcerequest.RecordInspection{DeliveryID: delivery})
			act(anOperator, sourcerequest.RequestRedelivery{Reasons: []string{text}})
		case 5:
			act(anOperator, sourcerequest.Cancel{Reason: text})
			act(anOperator, sourcerequest.Reinstate{})
		case 6:
			act(maker, sourcerequest.ChangeResponsible{Organisation: maker.Organisation, Account: maker.Account})
		default:
			act(everybody[random.IntN(len(everybody))], sourcerequest.AddComment{CommentID: delivery, Text: text})
		}
	}
	p.await(last.String())
}

func partnerID(p *portal, name string) *string {
	id, ok := p.directory.Find(name)
	require.True(p.t, ok, name)
	return &id
}

// pages reads a search to its end.
func (c call) pages(query url.Values) (entries []any, pages int) {
	t := c.portal.t
	t.Helper()
	query = maps.Clone(query)
	for {
		page := c.get("/audit?", query.Encode()).ok(http.StatusOK)
		entries = append(entries, page.list("entries")...)
		pages++
		if page.at("next") == nil {
			return entries, pages
		}
		require.Less(t, pages, 10_000)
		query.Set("cursor", page.text("next"))
	}
}

// loop is a search as a plain loop over the histories of all requests, which
// it reads once.
func (c call) loop(query url.Values, histories map[string][]any) []any {
	t := c.portal.t
	t.Helper()
	selection := url.Values{"status": {"All"}, "limit": {"1000"}}
	for name, values := range query {
		if isModifier(strings.TrimPrefix(name, "-")) {
			selection[name] = values
		}
	}
	var entries []any
	for _, id := range c.get("/requests?", selection.Encode()).ok(http.StatusOK).each("rows", "request_id") {
		if by := query.Get("partner"); by != "" {
			r := c.portal.as(anOperator).get("/requests/", id).ok(http.StatusOK)
			names := []string{r.text("request.content_partner.name"), r.text("request.fulfillment_partner.name"), r.text("request.sub_assignee.name")}
			if !slices.Contains(names, by) {
				continue
			}
		}
		key := c.header.Get("Authorization") + id
		if histories[key] == nil {
			histories[key] = c.get("/requests/", id, "/history").ok(http.StatusOK).list("entries")
		}
		for _, item := range histories[key] {
			e := object(maps.Clone(item.(map[string]any)))
			at, err := time.Parse(time.RFC3339, e.text("at"))
			require.NoError(t, err)
			from, until := bounds(query)
			if actor := query.Get("actor"); actor != "" && e.text("actor.account") != actor ||
				query.Get("organisation") != "" && e.text("actor.organisation.name") != query.Get("organisation") ||
				query.Has("kind") && !slices.Contains(strings.Split(query.Get("kind"), ","), e.text("kind")) ||
				at.Before(from) || !at.Before(until) {
				continue
			}
			e["request_id"] = id
			entries = append(entries, map[string]any(e))
		}
	}
	slices.SortFunc(entries, func(a, b any) int { return positionIn(t, b) - positionIn(t, a) })
	return entries
}

// bounds returns the first moment of from and the one after the last of until.
func bounds(query url.Values) (from, until time.Time) {
	until = latest
	if v := query.Get("from"); v != "" {
		from, _ = time.Parse(time.DateOnly, v)
	}
	if v := query.Get("until"); v != "" {
		until, _ = time.Parse(time.DateOnly, v)
		until = until.AddDate(0, 0, 1)
	}
	return from, until
}

func positionIn(t require.TestingT, entry any) int {
	p, err := domain.ParsePosition(object(entry.(map[string]any)).text("position"))
	require.NoError(t, err)
	return int(p)
}

// plain leaves of an entry what the history has, and its request.
func plain(entries []any) []any {
	out := []any{}
	for _, item := range entries {
		e := map[string]any{}
		for k, v := range item.(map[string]any) {
			if k != "title" && k != "source_type" && k != "language" {
				e[k] = v
			}
		}
		out = append(out, e)
	}
	return out
}

func drawAudit(t *rapid.T, first time.Time, days int) url.Values {
	q := url.Values{}
	maybe := func(name string, values ...string) {
		if rapid.IntRange(0, 2).Draw(t, name+"?") == 0 {
			q.Set(name, rapid.SampledFrom(values).Draw(t, name))
		}
	}
	maybe("actor", "ada", "jo", "sam", "nina", "nobody")
	maybe("organisation", "Juice", "SDI", "Northlight")
	maybe("partner", "Juice", "SDI", "Northlight", "Southgate")
	maybe("kind", "commented", "assigned,sub_assigned", "opened", "cancelled,reinstated,file_delivered", "unknown")
	maybe("language", "Korean", "Dutch", "Klingon")
	maybe("-status", "Cancelled")
	day := func(name string, from int) int {
		n := rapid.IntRange(from, days).Draw(t, name)
		q.Set(name, first.AddDate(0, 0, n).Format(time.DateOnly))
		return n
	}
	from := 0
	if rapid.Bool().Draw(t, "from?") {
		from = day("from", 0)
	}
	if rapid.Bool().Draw(t, "until?") {
		day("until", from)
	}
	return q
}

// A search is a plain loop over all histories, whatever is asked, by whom, how
// long the pages are, and how little of the log an answer looks at.
func TestAuditSearchEqualsALoopOverAllHistories(t *testing.T) {
	defer func(n int) { fewRequests = n }(fewRequests)
	var config Config
	p := newPortal(t, func(c *Config) { config = *c })
	p.bring(fourRequests)
	p.live(1, 40)
	days := int(p.now().Sub(noon).Hours()/24) + 1
	impatient := p.again(config, func(c *Config) { c.AuditTime = time.Nanosecond })
	bounded := p.again(config, func(c *Config) { c.AuditScan = 17 })
	portals := []*portal{p, bounded, p, bounded, p, bounded, impatient}
	found := 0
	histories := map[string][]any{}
	rapid.Check(t, func(t *rapid.T) {
		fewRequests = rapid.SampledFrom([]int{0, 500}).Draw(t, "few")
		who := rapid.SampledFrom(auditors).Draw(t, "who")
		query := drawAudit(t, noon, days)
		want := p.as(who).loop(query, histories)
		query.Set("limit", fmt.Sprint(rapid.IntRange(1, 60).Draw(t, "limit")))
		searched := rapid.SampledFrom(portals).Draw(t, "portal")
		got, _ := searched.as(who).pages(query)
		require.Equal(t, plain(want), plain(got), "%s %s", who.Account, query.Encode())

		// The export is the same, the oldest first.
		query.Del("limit")
		lines := exported(t, searched.as(who).get("/audit/export?format=jsonl&", query.Encode()))
		slices.Reverse(lines)
		require.Len(t, lines, len(want))
		for i, line := range lines {
			requireLine(t, object(want[i].(map[string]any)), line)
		}
		found += len(want)
	})
	assert.Greater(t, found, 100)
}

// exported returns the lines of an export as JSON Lines.
func exported(t require.TestingT, a answer) (lines []object) {
	require.Equal(t, http.StatusOK, a.status, "%s", a.body)
	require.Equal(t, "application/x-ndjson", a.header.Get("Content-Type"))
	schema := a.portal.document.Components.Schemas["AuditLine"].Value
	scanner := bufio.NewScanner(bytes.NewReader(a.body))
	for scanner.Scan() {
		var line object
		require.NoError(t, json.Unmarshal(scanner.Bytes(), &line))
		require.NoError(t, schema.VisitJSON(map[string]any(line)), "%s", scanner.Text())
		lines = append(lines, line)
	}
	require.NoError(t, scanner.Err())
	return lines
}

func requireLine(t require.TestingT, entry, line object) {
	for _, same := range []string{"position", "at", "request_id", "revision", "kind", "summary", "reason", "text", "correlation_id"} {
		require.Equal(t, entry.at(same), line.at(same), same)
	}
	require.Equal(t, entry.text("id"), line.text("event_id"))
	require.Equal(t, entry.text("actor.account"), line.text("account"))
	require.Equal(t, entry.text("actor.role"), line.text("role"))
	require.Equal(t, entry.text("actor.organisation.id"), line.text("organisation_id"))
	require.Equal(t, entry.text("actor.organisation.name"), line.text("organisation"))
	require.Len(t, line.list("changes"), len(entry.list("changes")))
	for i, c := range entry.list("changes") {
		change := maps.Clone(c.(map[string]any))
		delete(change, "label")
		require.Equal(t, change, line.at(fmt.Sprint("changes.", i)))
	}
	require.Len(t, line.text("chain_hash"), 64)
}

func TestAuditEntriesCanBeReadOnTheirOwn(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	p.pass(24 * time.Hour)
	p.as(ofJuice).post("/requests/north-juice/estimated-delivery-date", `{"date":"2026-12-02","reason":"our machine broke"}`).done()
	p.pass(24 * time.Hour)
	etag := p.as(anOperator).get("/requests/north-juice").header.Get("ETag")
	edited := p.as(anOperator).with("If-Match", etag).patch("/requests/north-juice", `{"title":"House of Cards 2"}`).done()

	all := p.as(anOperator).get("/audit?after=", edited.text("position")).ok(http.StatusOK)
	assert.Len(t, all.list("entries"), 6)
	assert.Equal(t, edited.text("position"), all.text("entries.0.position"))
	assert.Equal(t, "House of Cards 2", all.text("entries.0.title"))
	assert.Equal(t, "House of Cards", all.text("entries.1.title"), "as it was then")
	assert.Equal(t, "north-juice", all.text("entries.1.request_id"))
	assert.Equal(t, "Dubs", all.text("entries.1.source_type"))
	assert.Equal(t, "Korean", all.text("entries.1.language"))
	assert.Equal(t, "Juice moved the estimated delivery date from 24 Nov 2026 to 2 Dec 2026: our machine broke", all.text("entries.1.summary"))
	assert.Nil(t, all.at("next"))
	assert.Equal(t, "0", all.text("scanned_to.position"))
	assert.Equal(t, "2026-11-20T12:00:00Z", all.text("scanned_to.at"))

	for query, summaries := range map[string]int{
		"actor=jo": 1, "organisation=juice": 1, "organisation=" + *partnerID(p, "Juice"): 1, "organisation=JUICE": 1, "kind=opened": 4, "kind=opened,fields_edited": 5,
		"from=2026-11-21": 2, "from=2026-11-21T12:00:00.001Z": 1, "until=2026-11-21": 5, "until=2026-11-20": 4, "from=2026-11-21&until=2026-11-21": 1,
		"partner=Southgate": 1, "partner=SDI": 2, "language=Korean": 4, "title=house+of+cards+2": 3, "status=Open&kind=opened": 2, "source_type=Subs&-language=Dutch": 1,
	} {
		assert.Len(t, p.as(anAuditor).get("/audit?", query).ok(http.StatusOK).list("entries"), summaries, query)
	}
	near := p.as(anAuditor).get("/audit?title=hosue").ok(http.StatusOK)
	assert.Equal(t, true, near.at("near_miss"))
	assert.Equal(t, "title", near.text("warnings.0.modifier"))
	assert.Equal(t, "unknown_value", p.as(anAuditor).get("/audit?language=Klingon").ok(http.StatusOK).text("warnings.0.code"))

	// What was done on a cancelled request is found as well.
	p.as(anOperator).post("/requests/south-sdi/cancel", `{}`).done()
	assert.Equal(t, []string{"cancelled", "opened"}, p.as(ofSouth).get("/audit").ok(http.StatusOK).each("entries", "kind"))
	assert.Empty(t, p.as(ofSouth).get("/audit?status=Open").ok(http.StatusOK).list("entries"))
}

func TestWrongAuditQueries(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	cursor := p.as(anOperator).get("/audit?limit=1").ok(http.StatusOK).text("next")
	require.NotEmpty(t, cursor)
	for _, path := range []string{"/audit?", "/audit/export?"} {
		for query, field := range map[string]string{
			"kind=painted": "kind", "kind=": "kind", "kind=opened,": "kind", "from=yesterday": "from", "until=2026-13-01": "until", "from=2026-11-22&until=2026-11-21": "until",
			"actor=": "actor", "actor=" + strings.Repeat("x", 201): "actor", "organisation=Nobody+Knows": "organisation", "partner=Nobody+Knows": "partner",
			"status=Lost": "status", "colour=red": "colour", "now=now": "now", "after=x": "after", "actor=a&actor=b": "actor",
		} {
			problem := p.as(anOperator).get(path, query).problem(domain.CodeInvalid)
			assert.Equal(t, field, problem.Field, query)
			if field == "kind" {
				assert.Equal(t, auditKinds(), problem.Allowed)
			}
		}
	}
	for query, field := range map[string]string{
		"limit=0": "limit", "limit=1001": "limit", "cursor=": "cursor", "cursor=x": "cursor", "cursor=e30": "cursor",
		"limit=1&actor=ada&cursor=" + cursor: "cursor", "limit=1&partner=Juice&cursor=" + cursor: "cursor", "format=csv": "format",
	} {
		assert.Equal(t, field, p.as(anOperator).get("/audit?", query).problem(domain.CodeInvalid).Field, query)
	}
	assert.Equal(t, []string{"csv", "jsonl"}, p.as(anOperator).get("/audit/export?format=xlsx").problem(domain.CodeInvalid).Allowed)
	p.as(anOperator).get("/audit?limit=3&cursor=", cursor).ok(http.StatusOK)

	// A partner does not learn which organisations there are.
	for _, field := range []string{"organisation", "partner"} {
		unknown, hidden := p.as(ofSouth).get("/audit?", field, "=Nobody+Knows"), p.as(ofSouth).get("/audit?", field, "=Juice")
		assert.Equal(t, string(unknown.body), string(hidden.body))
		assert.Empty(t, hidden.ok(http.StatusOK).list("entries"))
	}
}

func TestAuditStaysInScope(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	for _, s := range sight {
		if s.who.Role == domain.RoleQualityControl {
			p.as(s.who).get("/audit").problem(domain.CodeForbidden)
			p.as(s.who).get("/audit/export").problem(domain.CodeForbidden)
			continue
		}
		seen := p.as(s.who).get("/audit").ok(http.StatusOK).each("entries", "request_id")
		assert.ElementsMatch(t, s.sees, seen, s.who.Account)
		for _, id := range sight[0].sees {
			page := p.as(s.who).get("/audit?request_id=", id)
			if slices.Contains(s.sees, id) {
				assert.Len(t, page.ok(http.StatusOK).list("entries"), 1)
				continue
			}
			never := p.as(s.who).get("/audit?request_id=never-was")
			assert.Equal(t, string(never.body), string(page.body), "what is hidden looks like what never was")
		}
	}
}

// After a reassignment the former partner finds nothing more, and the new one
// nothing of what the former one did: in the log and in few streams alike.
func TestAuditAfterAReassignment(t *testing.T) {
	defer func(n int) { fewRequests = n }(fewRequests)
	p := newPortal(t)
	p.bring(fourRequests)
	const id = "north-juice"
	p.as(ofJuice).post("/requests/"+id+"/comments", `{"text":"our secret"}`).done()
	p.as(ofNorth).post("/requests/"+id+"/comments", `{"text":"from the studio"}`).done()
	p.as(anOperator).with("If-Match", p.as(anOperator).get("/requests/"+id).header.Get("ETag")).patch("/requests/"+id, `{"fulfillment_partner":"SDI"}`).done()
	for _, fewRequests = range []int{0, 500} {
		for _, path := range []string{"/audit", "/audit/export?format=csv", "/audit/export?format=jsonl"} {
			former, now := string(p.as(ofJuice).get(path).body), string(p.as(ofSDI).get(path).body)
			assert.NotContains(t, strings.ReplaceAll(former, id+"-2", ""), id)
			assert.NotContains(t, now, "our secret")
			assert.NotContains(t, now, `"jo"`)
			assert.Contains(t, now, "from the studio")
			assert.Contains(t, now, "from another partner to SDI")
		}
		assert.Empty(t, p.as(ofSDI).get("/audit?actor=jo").ok(http.StatusOK).list("entries"))
		assert.Empty(t, p.as(ofSDI).get("/audit?organisation=Juice").ok(http.StatusOK).list("entries"))
		assert.Len(t, p.as(ofNorth).get("/audit?actor=jo").ok(http.StatusOK).list("entries"), 1)
	}
}

// countedLog counts what is read of the log.
type countedLog struct {
	Log
	read int
}

func (l *countedLog) ReadBackwards(ctx context.Context, before domain.Position, each func(domain.Recorded, time.Time) error) error {
	return l.Log.ReadBackwards(ctx, before, func(r domain.Recorded, recorded time.Time) error {
		l.read++
		return each(r, recorded)
	})
}

// countedStreams counts how often a request's stream is read.
type countedStreams struct {
	Streams
	read map[string]int
}

func (s *countedStreams) ReadStream(ctx context.Context, stream string, each func(domain.Recorded) error) error {
	if _, ok := sourcerequest.IDOf(stream); ok {
		s.read[stream]++
	}
	return s.Streams.ReadStream(ctx, stream, each)
}

// An answer looks at a bounded part of the log, says how far it came, and reads
// no stream twice.
func TestAuditSearchIsBounded(t *testing.T) {
	log, streams := &countedLog{}, &countedStreams{read: map[string]int{}}
	p := newPortal(t, func(c *Config) {
		log.Log, streams.Streams = c.Log, c.Streams
		c.Log, c.Streams, c.AuditScan = log, streams, 20
	})
	p.bring(fourRequests)
	p.live(2, 100)
	query, pages, before := url.Values{"actor": {"nobody"}}, 0, latest
	for {
		log.read = 0
		page := p.as(anOperator).get("/audit?", query.Encode()).ok(http.StatusOK)
		require.LessOrEqual(t, log.read, 20)
		require.Empty(t, page.list("entries"))
		pages++
		if page.at("next") == nil {
			assert.Equal(t, "0", page.text("scanned_to.position"))
			break
		}
		if page.at("scanned_to.at") != nil { // something of a request was there
			at, err := time.Parse(time.RFC3339, page.text("scanned_to.at"))
			require.NoError(t, err)
			require.False(t, at.After(before))
			before = at
		}
		query.Set("cursor", page.text("next"))
	}
	assert.Greater(t, pages, 2)
	assert.Empty(t, streams.read, "nothing was wanted of any of them")

	page := p.as(anOperator).get("/audit?limit=10").ok(http.StatusOK)
	assert.Len(t, page.list("entries"), 10)
	assert.LessOrEqual(t, len(streams.read), 4)
	for stream, times := range streams.read {
		assert.Equal(t, 1, times, stream)
	}

	// What came before the period is not looked at.
	p.pass(48 * time.Hour)
	p.as(anOperator).post("/requests/north-sdi/comments", `{"text":"today"}`).done()
	log.read = 0
	page = p.as(anOperator).get("/audit?from=", p.now().Format(time.DateOnly)).ok(http.StatusOK)
	assert.Equal(t, []string{"today"}, page.each("entries", "text"))
	assert.Nil(t, page.at("next"))
	assert.Equal(t, 3, log.read, "the comment, its text, and one that is too old")
}

// New events do not move the pages of a search that has begun.
func TestAuditPagesStandStill(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	first := p.as(anOperator).get("/audit?limit=2").ok(http.StatusOK)
	p.as(anOperator).post("/requests/north-sdi/comments", `{"text":"new"}`).done()
	second := p.as(anOperator).get("/audit?limit=2&cursor=", first.text("next")).ok(http.StatusOK)
	assert.Equal(t, first.text("position"), second.text("position"))
	assert.ElementsMatch(t, sight[0].sees, append(first.each("entries", "request_id"), second.each("entries", "request_id")...))
}

func TestAuditExportAsCSV(t *testing.T) {
	p := newPortal(t)
	p.bring(strings.ReplaceAll(fourRequests, "Southgate", "=Southgate"))
	p.as(anOperator).post("/requests/north-sdi/comments", `{"text":"=HYPERLINK(\"http://x\")"}`).done()
	p.as(anOperator).post("/requests/north-sdi/comments", `{"text":"two, \"quoted\"\nlines"}`).done()
	p.as(ofSDI).post("/requests/south-sdi/estimated-delivery-date", `{"date":"2026-12-26","reason":"-1 day"}`).done()
	a := p.as(anOperator).get("/audit/export")
	require.Equal(t, http.StatusOK, a.status)
	assert.Equal(t, `attachment; filename="audit.csv"`, a.header.Get("Content-Disposition"))
	records := a.records()
	require.Equal(t, auditColumns, records[0])
	require.Len(t, records, 8)
	var fields []string
	for name := range p.document.Components.Schemas["AuditLine"].Value.Properties {
		fields = append(fields, name)
	}
	assert.ElementsMatch(t, fields, auditColumns)
	cell := func(row int, column string) string { return records[row][slices.Index(auditColumns, column)] }
	assert.Equal(t, `'=HYPERLINK("http://x")`, cell(5, "text"))
	assert.Equal(t, "two, \"quoted\"\nlines", cell(6, "text"))
	assert.Equal(t, "'-1 day", cell(7, "reason"))
	assert.Equal(t, "estimated_delivery_date: 2026-12-24 → 2026-12-26", cell(7, "changes"))
	assert.Equal(t, "SourceRequestEstimatedDeliveryDateChanged.v1", cell(7, "event_type"))
	assert.Equal(t, "SDI", cell(7, "organisation"))
	assert.Equal(t, "sam", cell(7, "account"))
	opened := slices.IndexFunc(records, func(r []string) bool { return r[slices.Index(auditColumns, "request_id")] == "south-sdi" })
	assert.Contains(t, cell(opened, "changes"), "content_partner: – → =Southgate")
	for _, record := range records {
		for _, c := range record {
			assert.False(t, c != "" && strings.ContainsAny(c[:1], "=+-@\t\r"), c)
		}
	}
	lines := exported(t, p.as(anOperator).get("/audit/export?format=jsonl"))
	assert.Equal(t, `=HYPERLINK("http://x")`, lines[4].text("text"), "JSON is nobody's formula")
}

// The search names people, as the history does; the export never.
func TestAuditExportHoldsNoNamesOfPeople(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	p.as(ofJuice).post("/requests/north-juice/responsible", `{"account":"me"}`).done()
	name := p.people.Name(ofJuice.Account)
	require.NotEqual(t, ofJuice.Account, name)
	assert.Contains(t, string(p.as(ofJuice).get("/audit").body), name)
	for _, format := range []string{"csv", "jsonl"} {
		body := string(p.as(ofJuice).get("/audit/export?format=", format).body)
		assert.NotContains(t, body, name)
		assert.Contains(t, body, "made jo responsible")
		assert.NotContains(t, string(p.as(ofNorth).get("/audit/export?format=", format).body), "responsible")
	}
}

func TestDocumentKnowsEveryKindOfEvent(t *testing.T) {
	var kinds []string
	for _, k := range loadDocument(t).Components.Schemas["EventKind"].Value.Enum {
		kinds = append(kinds, k.(string))
	}
	assert.Equal(t, auditKinds(), kinds)
}
