package readapi

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/figures"
	"backlot/domain/sourcerequest"
	"backlot/readmodel"
)

// measured is a portal in which partners have delivered, at noon of days of
// November 2026. All requests are due on the 24th.
type measured struct{ *portal }

func newMeasured(t *testing.T) measured {
	p := measured{newPortal(t)}
	var file strings.Builder
	fmt.Fprintln(&file, fileHeader)
	for _, row := range []string{"one,Juice,Subs,Open", "two,Juice,Dubs,Open", "three,Juice,Dubs,Open", "four,SDI,Dubs,Open", "five,SDI,Dubs,Open", "old,Juice,Subs,Processed", "waiting,SDI,Subs,Redelivery Requested", "never,Juice,Subs,Open"} {
		f := strings.Split(row, ",")
		fmt.Fprintf(&file, "%s,p,m,Title of %[1]s,Standalone,Yes,Northlight,%s,%s,Create,Korean,Japan,2026-11-24,,Not Received,%s\n", f[0], f[1], f[2], f[3])
	}
	p.bring(file.String())
	return p
}

// on moves the clock to noon of a day of November.
func (p measured) on(day int) {
	p.clock.Store(time.Date(2026, 11, day, 12, 0, 0, 0, time.UTC).UnixMilli())
}

func (p measured) delivers(who domain.Principal, id string) {
	p.t.Helper()
	delivery := uuid.NewString()
	p.act(who, id, sourcerequest.StartDelivery{DeliveryID: delivery, Method: sourcerequest.MethodAPI, Files: []sourcerequest.DeclaredFile{{ID: "f", Name: "a.mov"}}})
	p.act(who, id, sourcerequest.DeliverFile{DeliveryID: delivery, FileID: "f", SHA256: strings.Repeat("ab", 32)})
	p.act(who, id, sourcerequest.CompleteDelivery{DeliveryID: delivery})
}

func (p measured) fails(id string, severity sourcerequest.Severity) {
	p.t.Helper()
	p.act(aChecker, id, sourcerequest.RecordQualityControl{ResultID: uuid.NewString(), Check: sourcerequest.CheckFull, Issues: []sourcerequest.Issue{{ID: uuid.NewString(), Code: "typo", Severity: severity, Description: "wrong"}}})
}

// happens: three deliveries of Juice, one of them late and one sent back with a
// blocker and redelivered the next day; two of SDI, one sent back with a
// blocker that waits. The last delivery is on the 26th.
func (p measured) happens() {
	p.t.Helper()
	p.on(21)
	p.delivers(ofJuice, "one")
	p.on(22)
	p.fails("one", sourcerequest.SeverityBlocker)
	p.delivers(ofSDI, "four")
	p.on(23)
	p.delivers(ofJuice, "one")
	p.delivers(ofSDI, "five")
	p.act(anOperator, "five", sourcerequest.RequestRedelivery{Scope: sourcerequest.RedeliveryMetadataOnly, Reasons: []string{"a name"}})
	p.on(24)
	p.delivers(ofJuice, "two")
	p.on(25)
	p.delivers(ofJuice, "three")
	p.fails("four", sourcerequest.SeverityBlocker)
	p.on(26)
	p.delivers(ofSDI, "five")
}

// numbers are a figure of an answer, as numerator/denominator, waiting and unknown.
func numbers(a object) (all []string) {
	for _, f := range a.list("figures") {
		o := object(f.(map[string]any))
		all = append(all, fmt.Sprintf("%d/%d %d %d", o.count("numerator"), o.count("denominator"), o.count("waiting"), o.count("unknown")))
	}
	return all
}

func TestPartnerFigures(t *testing.T) {
	p := newMeasured(t)
	p.happens()
	operator := p.as(anOperator)
	for query, want := range map[string][]string{
		"":                           {"3/7 0 2", "4/5 0 2", "2/7 0 2", "1/1 1 0"},
		"?fulfillment_partner=Juice": {"1/4 0 1", "2/3 0 1", "1/4 0 1", "1/1 0 0"},
		"?fulfillment_partner=juice&from=2026-11-22":                      {"0/3 0 0", "1/2 0 0", "0/3 0 0", "1/1 0 0"},
		"?fulfillment_partner=SDI":                                        {"2/3 0 1", "2/2 0 1", "1/3 0 1", "0/0 1 0"},
		"?fulfillment_partner=SDI&now=2026-11-27T12:00:00Z":               {"2/3 0 1", "2/2 0 1", "1/3 0 1", "0/0 1 0"},
		"?fulfillment_partner=SDI&now=2026-11-27T12:00:00.001Z":           {"2/3 0 1", "2/2 0 1", "1/3 0 1", "0/1 0 0"},
		"?from=2026-11-22&to=2026-11-23":                                  {"2/3 0 0", "2/2 0 0", "1/3 0 0", "1/1 0 0"},
		"?source_type=dubs":                                               {"2/5 0 0", "3/4 0 0", "1/5 0 0", "0/0 1 0"},
		"?language=korean&service_type=Create&content_partner=Northlight": {"3/7 0 2", "4/5 0 2", "2/7 0 2", "1/1 1 0"},
		"?as=sub_assignee":                                                {"0/0 0 0", "0/0 0 0", "0/0 0 0", "0/0 0 0"},
		"?language=Klingon":                                               {"0/0 0 0", "0/0 0 0", "0/0 0 0", "0/0 0 0"},
	} {
		a := operator.get("/partner-figures", query).ok(http.StatusOK)
		assert.Equal(t, want, numbers(a), query)
	}

	a := operator.get("/partner-figures?fulfillment_partner=Juice&from=2026-11-01&to=2026-11-30").ok(http.StatusOK)
	assert.Equal(t, "UTC", a.text("zone"))
	assert.Equal(t, "2026-11-01", a.text("from"))
	rate, time48 := object(a.list("figures")[figures.RedeliveryRate].(map[string]any)), object(a.list("figures")[figures.BlockerTime].(map[string]any))
	assert.InDelta(t, 0.25, rate.at("share"), 1e-9)
	assert.InDelta(t, 0.03, rate.at("target.share"), 1e-9)
	assert.Equal(t, false, rate.at("target.at_least"))
	assert.Equal(t, false, rate.at("met"))
	assert.Nil(t, rate.at("time"))
	assert.Equal(t, true, time48.at("met"))
	assert.EqualValues(t, 48*3600, time48.at("time.limit"))
	assert.EqualValues(t, 24*3600, time48.at("time.median"))
	assert.EqualValues(t, 24*3600, time48.at("time.p90"))

	nothing := operator.get("/partner-figures?fulfillment_partner=Nobody").ok(http.StatusOK)
	assert.Nil(t, object(nothing.list("figures")[0].(map[string]any)).at("share"))
	assert.Nil(t, object(nothing.list("figures")[0].(map[string]any)).at("met"))
	assert.Equal(t, []string{"fulfillment_partner"}, nothing.each("warnings", "modifier"))
}

func TestPartnersSideBySide(t *testing.T) {
	p := newMeasured(t)
	p.happens()
	a := p.as(anAuditor).get("/partner-figures?group=fulfillment_partner").ok(http.StatusOK)
	assert.Equal(t, []string{"Juice", "SDI"}, a.each("groups", "key.fulfillment_partner"))
	assert.Equal(t, 2, a.count("groups_total"))
	juice, sdi := a.list("groups")[0].(map[string]any), a.list("groups")[1].(map[string]any)
	assert.EqualValues(t, 4, object(juice["figures"].([]any)[0].(map[string]any)).count("denominator"))
	assert.EqualValues(t, 3, object(sdi["figures"].([]any)[0].(map[string]any)).count("denominator"))
	second := p.as(anAuditor).get("/partner-figures?group=fulfillment_partner&groups_offset=1&groups_limit=1").ok(http.StatusOK)
	assert.Equal(t, []string{"SDI"}, second.each("groups", "key.fulfillment_partner"))
	assert.Equal(t, []string{"2026-11-16", "2026-11-23"}, p.as(anOperator).get("/partner-figures?group=week").ok(http.StatusOK).each("groups", "key.week"))
	assert.Equal(t, []string{"2026-11"}, p.as(anOperator).get("/partner-figures?group=month,language").ok(http.StatusOK).each("groups", "key.month"))
	assert.Nil(t, p.as(anOperator).get("/partner-figures").ok(http.StatusOK).at("groups"))
}

func TestTheRequestsBehindANumber(t *testing.T) {
	p := newMeasured(t)
	p.happens()
	operator := p.as(anOperator)
	for query, want := range map[string][]string{
		"redelivery_rate/requests":                                        {"five 2", "three 1", "two 1", "five 1", "one 2", "four 1", "one 1"},
		"redelivery_rate/requests?number=numerator":                       {"five 1", "four 1", "one 1"},
		"redelivery_rate/requests?number=unknown":                         {"old 1", "waiting 1"},
		"on_time_rate/requests?number=remainder":                          {"three 1"},
		"on_time_rate/requests?fulfillment_partner=SDI":                   {"five 1", "four 1"},
		"blocker_share/requests?number=numerator&to=2026-11-21":           {"one 1"},
		"blocker_time/requests?number=waiting":                            {"four 1"},
		"blocker_time/requests?number=numerator":                          {"one 1"},
		"blocker_time/requests?number=remainder":                          {},
		"blocker_time/requests?number=remainder&now=2026-12-01T00:00:00Z": {"four 1"},
	} {
		a := operator.get("/partner-figures/", query).ok(http.StatusOK)
		got := []string{}
		for _, r := range a.list("rows") {
			row := object(r.(map[string]any))
			got = append(got, fmt.Sprintf("%s %d", row.text("request_id"), row.count("delivery")))
			assert.Equal(t, "Title of "+row.text("request_id"), row.text("title"))
		}
		assert.Equal(t, want, got, query)
		assert.Equal(t, len(want), a.count("total"), query)
	}

	var paged []string
	for cursor, now := "", ""; ; {
		a := operator.get("/partner-figures/redelivery_rate/requests?limit=3", cursor).ok(http.StatusOK)
		paged = append(paged, a.each("rows", "request_id")...)
		assert.Equal(t, 7, a.count("total"))
		if now == "" {
			now = a.text("now")
		}
		assert.Equal(t, now, a.text("now"), "all pages are of one instant")
		if a.at("next") == nil {
			break
		}
		cursor = "&cursor=" + a.text("next")
		p.pass(time.Hour)
	}
	assert.Equal(t, []string{"five", "three", "two", "five", "one", "four", "one"}, paged)

	row := object(operator.get("/partner-figures/blocker_time/requests?number=numerator").ok(http.StatusOK).list("rows")[0].(map[string]any))
	for field, want := range map[string]any{
		"fulfillment_partner.name": "Juice", "content_partner.name": "Northlight", "source_type": "Subs", "language": "Korean", "counts": "numerator", "sub_assignee": nil,
		"delivered_at": "2026-11-21T12:00:00Z", "imported_at": nil, "due_date": "2026-11-24", "on_time": true, "first": true, "cause": "Quality Control", "scope": "Full",
		"sent_back_at": "2026-11-22T12:00:00Z", "blocker_at": "2026-11-22T12:00:00Z", "blocker_seconds": 24. * 3600, "blocker_waits": false, "blocker_redelivered": true,
	} {
		assert.Equal(t, want, row.at(field), field)
	}
	unknown := object(operator.get("/partner-figures/on_time_rate/requests?number=unknown").ok(http.StatusOK).list("rows")[0].(map[string]any))
	assert.Nil(t, unknown.at("delivered_at"))
	assert.Equal(t, "2026-11-20T12:00:00Z", unknown.at("imported_at"))
	assert.Nil(t, unknown.at("on_time"))
	assert.Equal(t, false, unknown.at("first"))
}

func TestTheRequestsBehindANumberAsAFile(t *testing.T) {
	p := newMeasured(t)
	p.happens()
	a := p.as(anOperator).get("/partner-figures/redelivery_rate/requests.csv?number=numerator")
	records := a.records()
	require.Len(t, records, 4)
	assert.Equal(t, figureColumns, records[0])
	assert.Equal(t, []string{
		"four", "Title of four", "1", "numerator", "SDI", "", "Northlight", "Dubs", "Create", "Korean", "2026-11-22T12:00:00Z", "", "Yes", "2026-11-24", "Yes",
		"2026-11-25T12:00:00Z", "Quality Control", "Full", "2026-11-25T12:00:00Z", fmt.Sprint(24 * 3600), "Yes", "No",
	}, records[2])
	assert.Contains(t, a.header.Get("Content-Disposition"), "backlot-redelivery_rate-numerator-2026-11-26.csv")

	whole := p.as(anOperator).get("/partner-figures/redelivery_rate/requests.csv").records()
	require.Len(t, whole, 8)
	defer func(was int) { filePage = was }(filePage)
	filePage = 3
	assert.Equal(t, whole, p.as(anOperator).get("/partner-figures/redelivery_rate/requests.csv").records(), "a page after the other")
}

// After a reassignment the one that delivered sees nothing more, whoever sees
// everything still counts it for that one, and the new one answers for nothing
// of it.
func TestFiguresAfterAReassignment(t *testing.T) {
	p := newMeasured(t)
	p.happens()
	sdi := "sdi"
	p.act(anOperator, "one", sourcerequest.Edit{FulfillmentPartner: &sdi})
	assert.Equal(t, []string{"1/4 0 1", "2/3 0 1", "1/4 0 1", "1/1 0 0"}, numbers(p.as(anOperator).get("/partner-figures?fulfillment_partner=Juice").ok(http.StatusOK)))
	assert.Equal(t, []string{"0/2 0 1", "1/2 0 1", "0/2 0 1", "0/0 0 0"}, numbers(p.as(ofJuice).get("/partner-figures").ok(http.StatusOK)))
	assert.Equal(t, []string{"2/3 0 1", "2/2 0 1", "1/3 0 1", "0/0 1 0"}, numbers(p.as(ofSDI).get("/partner-figures").ok(http.StatusOK)))
	assert.Equal(t, []string{"3/7 0 2", "4/5 0 2", "2/7 0 2", "1/1 1 0"}, numbers(p.as(ofNorth).get("/partner-figures").ok(http.StatusOK)))
	assert.Equal(t, []string{"0/0 0 0", "0/0 0 0", "0/0 0 0", "0/0 0 0"}, numbers(p.as(ofSouth).get("/partner-figures").ok(http.StatusOK)))
	p.as(aChecker).get("/partner-figures").problem(domain.CodeForbidden)

	p.act(anOperator, "never", sourcerequest.Edit{SubAssignee: &sdi})
	p.delivers(ofSDI, "never")
	assert.Equal(t, "0/3 0 1", numbers(p.as(ofJuice).get("/partner-figures").ok(http.StatusOK))[0], "the assignee answers for it")
	assert.Equal(t, "2/3 0 1", numbers(p.as(ofSDI).get("/partner-figures").ok(http.StatusOK))[0])
	assert.Equal(t, "0/1 0 0", numbers(p.as(ofSDI).get("/partner-figures?as=sub_assignee").ok(http.StatusOK))[0])
	row := object(p.as(ofSDI).get("/partner-figures/redelivery_rate/requests?as=sub_assignee").ok(http.StatusOK).list("rows")[0].(map[string]any))
	assert.Equal(t, "Juice", row.text("fulfillment_partner.name"))
	assert.Equal(t, "SDI", row.text("sub_assignee.name"))
}

func TestFiguresThatCannotBeAsked(t *testing.T) {
	p := newMeasured(t)
	operator := p.as(anOperator)
	for query, field := range map[string]string{
		"?from=yesterday": "from", "?to=2026-02-30": "to", "?from=2026-11-02&to=2026-11-01": "to", "?as=boss": "as", "?group=title": "group", "?group=week,week": "group",
		"?source_type=Sub": "source_type", "?service_type=Make": "service_type", "?title=x": "title", "?groups_limit=0": "groups_limit", "?now=noon": "now", "?after=soon": "after",
		"/on_time_rate/requests?number=all": "number", "/on_time_rate/requests?limit=5000": "limit", "/on_time_rate/requests?cursor=x": "cursor", "/on_time_rate/requests?cursor=": "cursor",
	} {
		assert.Equal(t, field, operator.get("/partner-figures", query).problem(domain.CodeInvalid).Field, query)
	}
	assert.Contains(t, operator.get("/partner-figures/speed/requests").problem(domain.CodeNotFound).Allowed, "blocker_time")
	p.nobody().get("/partner-figures").problem(domain.CodeUnauthenticated)
}

// Rebuilding builds the deliveries anew as well, and a flushed Redis has them
// again.
func TestFiguresOutliveTheirReadModel(t *testing.T) {
	p := newMeasured(t)
	p.happens()
	before := numbers(p.as(anOperator).get("/partner-figures").ok(http.StatusOK))
	live := func() string { return p.redis.Get(t.Context(), readmodel.Deliveries.LiveKey()).Val() }
	first := live()
	p.as(anOperator).post("/rebuild", "").ok(http.StatusOK)
	require.NotEqual(t, first, live())
	require.NoError(t, p.redis.FlushAll(t.Context()).Err())
	p.delivers(ofJuice, "never")
	after := numbers(p.as(anOperator).get("/partner-figures?to=2026-11-25").ok(http.StatusOK))
	assert.Equal(t, "3/6 0 2", after[0], "without the two of the 26th")
	assert.Equal(t, "3/7 0 2", before[0])
	all := p.as(anOperator).get("/partner-figures").ok(http.StatusOK)
	assert.Equal(t, "3/8 0 2", numbers(all)[0])
}

func TestTheDeliveriesOfAllRequests(t *testing.T) {
	p := newMeasured(t)
	p.happens()
	ids := func(who domain.Principal, query string) []string {
		return p.as(who).get("/deliveries?"+query).ok(http.StatusOK).each("rows", "request_id")
	}
	inspector := domain.Principal{Account: "quinn", Role: domain.RoleQualityControl}
	all := ids(anOperator, "")
	assert.Len(t, all, 7)
	assert.Equal(t, all, ids(inspector, ""), "quality control sees what was delivered")
	p.as(inspector).get("/partner-figures").problem(domain.CodeForbidden)
	assert.Equal(t, p.as(anOperator).get("/partner-figures/redelivery_rate/requests?number=numerator").ok(http.StatusOK).each("rows", "request_id"), ids(anOperator, "sent_back=Yes"))
	assert.Len(t, ids(anOperator, "sent_back=No"), len(all)-len(ids(anOperator, "sent_back=Yes")))
	p.as(anOperator).get("/deliveries?sent_back=Maybe").problem(domain.CodeInvalid)
	p.as(anOperator).get("/deliveries?inspection=Dirty").problem(domain.CodeInvalid)

	var verdicts int
	for _, verdict := range labels(sourcerequest.Verdicts()) {
		a := p.as(anOperator).get("/deliveries?inspection=" + verdict).ok(http.StatusOK)
		for _, said := range a.each("rows", "inspection") {
			assert.Equal(t, verdict, said)
		}
		verdicts += len(a.list("rows"))
	}
	assert.Equal(t, len(all), verdicts, "each has one verdict")
	row := object(p.as(anOperator).get("/deliveries").ok(http.StatusOK).list("rows")[0].(map[string]any))
	assert.Equal(t, 1., row.at("files"))
	before := object(p.as(anOperator).get("/deliveries?sent_back=Unknown").ok(http.StatusOK).list("rows")[0].(map[string]any))
	assert.Nil(t, before.at("files"))
	assert.Nil(t, before.at("inspection"))

	records := p.as(inspector).get("/deliveries.csv").records()
	assert.Equal(t, foundColumns, records[0])
	assert.Len(t, records, len(all)+1)
}
