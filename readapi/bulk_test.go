package readapi

import (
	"bufio"
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/job"
)

// report waits for the end of a job and returns it, once everything that it led
// to can be read.
func (a answer) report(who domain.Principal) object {
	a.t.Helper()
	id := a.ok(http.StatusAccepted).text("id")
	require.Equal(a.t, base+"/jobs/"+id, a.header.Get("Location"))
	last := a.portal.progress(who, id)
	require.Equal(a.t, string(job.Finished), last.text("phase"), "%v", last)
	a.portal.await(last.text("position"))
	return last
}

// progress reads a job's events and returns the last one.
func (p *portal) progress(who domain.Principal, id string) (last object) {
	p.t.Helper()
	events := p.as(who).get("/jobs/", id, "/events")
	require.Equal(p.t, http.StatusOK, events.status, "%s", events.body)
	schema := p.document.Components.Schemas["Job"].Value
	lines := bufio.NewScanner(bytes.NewReader(events.body))
	for lines.Scan() {
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			last = answer{t: p.t, status: http.StatusOK, body: []byte(data)}.ok(http.StatusOK)
			require.NoError(p.t, schema.VisitJSON(map[string]any(last)))
		}
	}
	return last
}

func (p *portal) refusalsOf(who domain.Principal, id string) object {
	return p.as(who).get("/jobs/", id, "/refusals").ok(http.StatusOK)
}

func TestOneActionForEverythingThatASearchMatches(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	const body = `{"query":"language=Korean&-status=Processed","date":"2026-12-01","reason":"the actor is ill"}`
	a := p.as(ofJuice).with("Idempotency-Key", "k").post("/bulk/estimated-delivery-date", body)
	report := a.report(ofJuice)
	assert.Equal(t, "estimated-delivery-date", report.text("action"))
	assert.Equal(t, 1, report.count("total"))
	assert.Equal(t, 1, report.count("changed"))
	assert.Equal(t, "-status=Processed&language=Korean", report.text("query"))
	assert.NotEmpty(t, report.text("chosen_at"))
	details := p.as(ofJuice).get("/requests/north-juice").ok(http.StatusOK)
	assert.Equal(t, "2026-12-01", details.text("request.estimated_delivery_date"))
	assert.Contains(t, p.as(ofJuice).get("/requests/north-juice/history").ok(http.StatusOK).text("entries.0.summary"), "the actor is ill")

	// The key gets its job again, and another body under it nothing.
	again := p.as(ofJuice).with("Idempotency-Key", "k").post("/bulk/estimated-delivery-date", body).ok(http.StatusAccepted)
	assert.Equal(t, map[string]any(report), map[string]any(again))
	p.as(ofJuice).with("Idempotency-Key", "k").post("/bulk/estimated-delivery-date", strings.Replace(body, "ill", "well", 1)).problem(domain.CodeKeyReused)

	// Buckets and groups select as in a list, and nothing outside the scope is there.
	assert.Equal(t, 1, p.as(ofJuice).post("/bulk/comment", `{"query":"bucket=at_risk&group.language=Korean&status=All","text":"hurry"}`).report(ofJuice).count("total"))
	assert.Equal(t, 2, p.as(ofJuice).post("/bulk/comment", `{"query":"?status=All","text":"hello"}`).report(ofJuice).count("changed"))
	assert.Equal(t, 1, p.as(ofJuice).post("/bulk/comment", `{"query":"","except":["north-juice","south-sdi"],"text":"hello"}`).report(ofJuice).count("changed"))
	assert.Equal(t, 0, p.as(ofJuice).post("/bulk/comment", `{"query":"language=Dutch","text":"hello"}`).report(ofJuice).count("total"))
	assert.Equal(t, 4, p.as(anOperator).post("/bulk/comment", `{"query":"","text":"hello"}`).report(anOperator).count("changed"))
}

func TestARequestThatIsHiddenIsRefusedAsOneThatNeverWas(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	a := p.as(ofJuice).post("/bulk/comment", `{"ids":["south-sdi","north-juice","never-was","north-juice","north-sdi"],"text":"hello"}`)
	report := a.report(ofJuice)
	assert.Equal(t, 4, report.count("total"), "each counts once")
	assert.Equal(t, 1, report.count("changed"))
	refusals := p.refusalsOf(ofJuice, report.text("id"))
	assert.Equal(t, []string{"never-was", "north-sdi", "south-sdi"}, refusals.each("refusals", "request_id"))
	for _, r := range refusals.list("refusals") {
		r.(map[string]any)["request_id"] = ""
		assert.Equal(t, refusals.list("refusals")[0], r)
	}
	page := p.as(ofJuice).get("/jobs/", report.text("id"), "/refusals?limit=2").ok(http.StatusOK)
	assert.Equal(t, 2, page.count("next"))
	page = p.as(ofJuice).get("/jobs/", report.text("id"), "/refusals?limit=2&offset=2").ok(http.StatusOK)
	assert.Equal(t, []string{"south-sdi"}, page.each("refusals", "request_id"))
	assert.Nil(t, page.at("next"))
}

func TestEveryActionForMany(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	for _, c := range []struct {
		who              domain.Principal
		action, body     string
		changed, refused int
	}{
		{anOperator, "edit", `{"ids":["north-juice","south-sdi"],"due_date":"2026-12-30","language":"Frisian"}`, 2, 0},
		{anOperator, "edit", `{"ids":["north-juice"],"language":"Frisian"}`, 0, 0},
		{ofJuice, "edit", `{"query":"status=Open","service_type":"Conform"}`, 1, 0},
		{anOperator, "assign", `{"ids":["north-juice"],"fulfillment_partner":"SDI","sub_assignee":"Juice"}`, 1, 0},
		{ofSDI, "assign", `{"query":"status=Open","sub_assignee":null}`, 1, 0},
		{anOperator, "responsible", `{"ids":["north-juice"],"account":null}`, 0, 0},
		{ofSDI, "material-status", `{"query":"status=Open","material_status":"Rejected","reason":"no sound"}`, 2, 0},
		{ofSDI, "estimated-delivery-date", `{"rows":[{"request_id":"south-sdi","date":"2027-01-02"},{"request_id":"north-juice","date":"2027-01-03"},{"request_id":"north-sdi","date":"2027-01-04"}],"reason":"late"}`, 2, 1},
		{aChecker, "redelivery", `{"query":"","reasons":["drift"]}`, 2, 0},
		{anOperator, "cancel", `{"query":"","except":["south-sdi"],"reason":"withdrawn"}`, 3, 0},
		{anOperator, "reinstate", `{"query":"status=All"}`, 3, 1},
		{ofNorth, "comment", `{"ids":["north-juice"],"text":"thank you"}`, 1, 0},
	} {
		report := p.as(c.who).post("/bulk/"+c.action, c.body).report(c.who)
		assert.Equal(t, c.changed, report.count("changed"), "%s %s", c.action, c.body)
		assert.Equal(t, c.refused, report.count("refused"), "%s %s", c.action, c.body)
		assert.Equal(t, report.count("total"), report.count("done"))
	}
	assert.Equal(t, "2027-01-03", p.as(ofSDI).get("/requests/north-juice").ok(http.StatusOK).text("request.estimated_delivery_date"))
	assert.Equal(t, "2027-01-02", p.as(ofSDI).get("/requests/south-sdi").ok(http.StatusOK).text("request.estimated_delivery_date"))
}

// What could succeed for nobody or nothing is refused before it is a job.
func TestJobsThatCannotSucceedAreNotAccepted(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	for _, c := range []struct {
		who          domain.Principal
		action, body string
		code         domain.Code
		field        string
	}{
		{ofNorth, "estimated-delivery-date", `{"query":"","date":"2026-12-01","reason":"late"}`, domain.CodeForbidden, ""},
		{ofJuice, "cancel", `{"ids":["x"]}`, domain.CodeForbidden, ""},
		{anAuditor, "comment", `{"query":"","text":"hello"}`, domain.CodeForbidden, ""},
		{ofJuice, "edit", `{"query":"","fulfillment_partner":"Nobody Knows"}`, domain.CodeForbidden, ""},
		{ofJuice, "edit", `{"query":"","due_date":"2026-12-01"}`, domain.CodeForbidden, ""},
		{ofJuice, "comment", `{"text":"hello"}`, domain.CodeInvalid, "ids"},
		{ofJuice, "comment", `{"ids":[],"text":"hello"}`, domain.CodeInvalid, "ids"},
		{ofJuice, "comment", `{"ids":["x"],"query":"","text":"hello"}`, domain.CodeInvalid, "ids"},
		{ofJuice, "comment", `{"ids":["x"],"except":["x"],"text":"hello"}`, domain.CodeInvalid, "except"},
		{ofJuice, "comment", `{"ids":["x","a b","c d"],"text":"hello"}`, domain.CodeInvalid, "ids"},
		{ofJuice, "comment", `{"query":"","except":["a b"],"text":"hello"}`, domain.CodeInvalid, "except"},
		{ofJuice, "comment", `{"ids":["x"],"text":" "}`, domain.CodeInvalid, "text"},
		{ofJuice, "comment", `{"query":"colour=red","text":"hello"}`, domain.CodeInvalid, "query.colour"},
		{ofJuice, "comment", `{"query":"status=Lost","text":"hello"}`, domain.CodeInvalid, "query.status"},
		{ofJuice, "comment", `{"query":"bucket=lost","text":"hello"}`, domain.CodeInvalid, "query.bucket"},
		{ofJuice, "comment", `{"query":"sort=title","text":"hello"}`, domain.CodeInvalid, "query.sort"},
		{ofJuice, "comment", `{"query":"%zz","text":"hello"}`, domain.CodeInvalid, "query"},
		{anOperator, "edit", `{"ids":["x"]}`, domain.CodeInvalid, ""},
		{anOperator, "edit", `{"ids":["x"],"countries":[]}`, domain.CodeInvalid, "countries"},
		{anOperator, "edit", `{"ids":["x"],"service_type":"Half"}`, domain.CodeInvalid, "service_type"},
		{anOperator, "assign", `{"ids":["x"]}`, domain.CodeInvalid, "fulfillment_partner"},
		{anOperator, "assign", `{"ids":["x"],"fulfillment_partner":"Nobody Knows"}`, domain.CodeInvalid, "fulfillment_partner"},
		{anOperator, "assign", `{"ids":["x"],"fulfillment_partner":"SDI","sub_assignee":"SDI"}`, domain.CodeInvalid, "sub_assignee"},
		{ofSDI, "material-status", `{"ids":["x"],"material_status":"Rejected"}`, domain.CodeInvalid, "reason"},
		{ofSDI, "estimated-delivery-date", `{"ids":["x"],"date":"2026-12-01"}`, domain.CodeInvalid, "reason"},
		{ofSDI, "estimated-delivery-date", `{"ids":["x"],"reason":"late"}`, domain.CodeInvalid, "date"},
		{ofSDI, "estimated-delivery-date", `{"rows":[],"reason":"late"}`, domain.CodeInvalid, "rows"},
		{ofSDI, "estimated-delivery-date", `{"rows":[{"request_id":"x","date":"2026-12-01"}],"date":"2026-12-01","reason":"late"}`, domain.CodeInvalid, "date"},
		{ofSDI, "estimated-delivery-date", `{"rows":[{"request_id":"x"}],"reason":"late"}`, domain.CodeInvalid, "rows[0].date"},
		{ofSDI, "estimated-delivery-date", `{"rows":[{"request_id":"a b","date":"2026-12-01"}],"reason":"late"}`, domain.CodeInvalid, "rows[0].request_id"},
		{ofSDI, "estimated-delivery-date", `{"rows":[{"request_id":"x","date":"2026-12-01"},{"request_id":"x","date":"2026-12-02"}],"reason":"late"}`, domain.CodeInvalid, "rows[1].request_id"},
		{aChecker, "redelivery", `{"ids":["x"],"reasons":[]}`, domain.CodeInvalid, "reasons"},
	} {
		problem := p.as(c.who).post("/bulk/"+c.action, c.body).problem(c.code)
		assert.Equal(t, c.field, problem.Field, "%s %s: %s", c.action, c.body, problem.Detail)
	}
	p.as(anOperator).post("/bulk/delete", `{"ids":["x"]}`).problem(domain.CodeNotFound)
	p.as(anOperator).with("Idempotency-Key", "").post("/bulk/cancel", `{"ids":["x"]}`).problem(domain.CodePreconditionRequired)
	assert.Len(t, p.as(anOperator).get("/jobs").ok(http.StatusOK).list("jobs"), 1, "the import")
}

func TestJobsOfOneselfAndOfOthers(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	var ids []string
	var last object
	for range 3 {
		p.pass(time.Second)
		last = p.as(ofJuice).post("/bulk/comment", `{"ids":["north-juice"],"text":"hello"}`).report(ofJuice)
		ids = append([]string{last.text("id")}, ids...)
	}
	position := last.text("position")
	mine := p.as(ofJuice).get("/jobs?limit=2&after=", position).ok(http.StatusOK)
	assert.Equal(t, ids[:2], mine.each("jobs", "id"))
	rest := p.as(ofJuice).get("/jobs?limit=2&cursor=", mine.text("next")).ok(http.StatusOK)
	assert.Equal(t, ids[2:], rest.each("jobs", "id"))
	assert.Nil(t, rest.at("next"))
	assert.Len(t, p.as(anAuditor).get("/jobs?after=", position).ok(http.StatusOK).list("jobs"), 4)
	assert.Empty(t, p.as(ofSDI).get("/jobs?after=", position).ok(http.StatusOK).list("jobs"))
	p.as(ofJuice).get("/jobs?cursor=x").problem(domain.CodeInvalid)
	for _, part := range []string{"", "/refusals", "/events"} {
		hidden := p.as(ofSDI).get("/jobs/", ids[0], part)
		hidden.problem(domain.CodeNotFound)
		assert.Equal(t, string(p.as(ofSDI).get("/jobs/none", part).body), string(hidden.body))
		assert.Equal(t, http.StatusOK, p.as(anAuditor).get("/jobs/", ids[0], part).status)
	}
	p.as(ofSDI).post("/jobs/"+ids[0]+"/stop", "").problem(domain.CodeNotFound)
	p.as(anAuditor).post("/jobs/"+ids[0]+"/stop", "").problem(domain.CodeForbidden)
	for _, who := range []domain.Principal{ofJuice, anOperator} {
		p.as(who).post("/jobs/"+ids[0]+"/stop", `{"reason":"enough"}`).problem(domain.CodeRefused)
	}
	p.as(anOperator).post("/jobs/none/stop", "").problem(domain.CodeNotFound)
}

// A job's record is for ever, and so names nobody.
func TestARecordedSearchNamesAccountsAndNotPeople(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	assert.Equal(t, 1, p.as(ofJuice).post("/bulk/responsible", `{"query":"status=Open","account":"me"}`).report(ofJuice).count("changed"))
	report := p.as(ofJuice).post("/bulk/comment", `{"query":"responsible=jo+carter&group.responsible=Jo+Carter","text":"mine"}`).report(ofJuice)
	assert.Equal(t, 1, report.count("changed"))
	assert.Equal(t, "responsible=jo&group.responsible=jo", report.text("query"))
	assert.Equal(t, "responsible=me", p.as(ofJuice).post("/bulk/comment", `{"query":"responsible=me","text":"mine"}`).report(ofJuice).text("query"))
	assert.Equal(t, "-status=Cancelled", p.as(ofJuice).post("/bulk/comment", `{"query":"","text":"mine"}`).report(ofJuice).text("query"))
	for _, query := range []string{"responsible=Zoe+Nobody", "group.responsible=Zoe+Nobody"} {
		problem := p.as(ofJuice).post("/bulk/comment", replaced(`{"query":"%s","text":"mine"}`, query)).problem(domain.CodeInvalid)
		assert.Equal(t, "query."+strings.Split(query, "=")[0], problem.Field)
	}
}
