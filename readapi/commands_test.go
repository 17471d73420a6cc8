package readapi

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

const openedByHand = `{"package_id":"p9","movie_id":"m9","title":"Night Ferry","movie_type":"Standalone","is_original":false,"content_partner":"northlight",
	"fulfillment_partner":"juice","source_type":"Subs","language":"Dutch","countries":["Netherlands","Belgium"],"due_date":"2026-12-24"}`

func TestOpen(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	a := p.as(anOperator).post("/requests", openedByHand)
	o := a.done()
	id := o.text("request_id")
	assert.Equal(t, base+"/requests/"+id, a.header.Get("Location"))
	assert.Equal(t, `"0"`, a.header.Get("ETag"))
	details := p.as(ofJuice).get("/requests/" + id).ok(http.StatusOK)
	assert.Equal(t, o.at("request"), details.at("request"))
	assert.Equal(t, "Juice", details.text("request.fulfillment_partner.name"))
	assert.Equal(t, "northlight", details.text("request.content_partner.id"))
	assert.Equal(t, "2026-12-24", details.text("request.estimated_delivery_date"))
	assert.Equal(t, false, details.at("request.estimated_delivery_date_moved"))

	named := strings.Replace(openedByHand, "{", `{"request_id":"by-hand","estimated_delivery_date":null,`, 1)
	assert.Equal(t, "by-hand", p.as(anOperator).post("/requests", named).done().text("request_id"))
	p.as(anOperator).post("/requests", named).problem(domain.CodeConflict)

	for _, test := range []struct{ from, to, field string }{
		{`"title":"Night Ferry"`, `"title":" "`, "title"},
		{`"northlight"`, `"Nobody Knows"`, "content_partner"},
		{`"juice"`, `"Northlight"`, "fulfillment_partner"},
		{`"Subs"`, `"Subtitles"`, "source_type"},
		{`"countries":["Netherlands","Belgium"]`, `"countries":[]`, "countries"},
		{`"due_date":"2026-12-24"`, `"due_date":"24.12.2026"`, "due_date"},
		{`"due_date":"2026-12-24"`, `"due_date":null`, "due_date"},
		{`"is_original":false,`, ``, "is_original"},
		{`{"package_id"`, `{"request_id":"a b","package_id"`, "request_id"},
	} {
		problem := p.as(anOperator).post("/requests", strings.Replace(openedByHand, test.from, test.to, 1)).problem(domain.CodeInvalid)
		assert.Equal(t, test.field, problem.Field, problem.Detail)
	}
}

// A request's whole life through HTTP, and what it accepts at each turn.
func TestLifeOfARequest(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	actions := func(who domain.Principal, id string) []any {
		return p.as(who).get("/requests/" + id).ok(http.StatusOK).list("actions")
	}
	assert.Equal(t, []any{"edit", "responsible", "material-status", "materials", "estimated-delivery-date", "deliver", "comment", "cancel"}, actions(anOperator, "north-juice"))
	assert.Equal(t, []any{"edit", "responsible", "material-status", "estimated-delivery-date", "deliver", "comment"}, actions(ofJuice, "north-juice"))
	assert.Equal(t, []any{"materials", "comment"}, actions(ofNorth, "north-juice"))
	assert.Empty(t, actions(anAuditor, "north-juice"))
	assert.Equal(t, []any{"quality-control", "redelivery", "comment"}, actions(aChecker, "north-sdi"))

	edd := p.as(ofJuice).post("/requests/north-juice/estimated-delivery-date", `{"date":"2026-12-01","reason":"late"}`).done()
	assert.Equal(t, "2026-12-01", edd.text("request.estimated_delivery_date"))
	p.as(ofJuice).post("/requests/north-juice/estimated-delivery-date", `{"date":"2026-12-01"}`).problem(domain.CodeInvalid)
	p.as(ofNorth).post("/requests/north-juice/estimated-delivery-date", `{"date":"2026-12-01","reason":"late"}`).problem(domain.CodeForbidden)
	same := p.as(ofJuice).post("/requests/north-juice/estimated-delivery-date", `{"date":"2026-12-01","reason":"again"}`).done()
	assert.Equal(t, false, same.at("changed"))

	comment := p.as(ofNorth).post("/requests/north-juice/comments", `{"text":"please hurry"}`).done()
	require.NotEmpty(t, comment.text("comment_id"))
	assert.Equal(t, []string{comment.text("comment_id")}, p.as(ofJuice).get("/requests/north-juice/comments").ok(http.StatusOK).each("comments", "id"))
	p.as(ofJuice).post("/requests/north-juice/material-status", `{"material_status":"Rejected"}`).problem(domain.CodeInvalid)

	refused := p.as(aChecker).post("/requests/north-sdi/redelivery", `{"scope":"Half","reasons":["x"]}`).problem(domain.CodeInvalid)
	assert.Equal(t, "scope", refused.Field)
	assert.Equal(t, []string{"Full", "Metadata Only"}, refused.Allowed)
	qc := p.as(aChecker).post("/requests/north-sdi/quality-control", `{"check":"Spot","passed":false,"issues":[
		{"code":"Subtitle Drift","category":"Timed Text","severity":"Issue","timecode_in":"00:01:00:00","description":"it drifts"}]}`).done()
	assert.Equal(t, "Redelivery Requested", qc.text("request.status"))
	controls := p.as(ofSDI).get("/requests/north-sdi/quality-control").ok(http.StatusOK)
	assert.Equal(t, qc.text("quality_control_id"), controls.text("quality_controls.0.id"))
	assert.Equal(t, true, controls.at("quality_controls.0.issues.0.answerable"))
	assert.Equal(t, false, p.as(ofNorth).get("/requests/north-sdi/quality-control").ok(http.StatusOK).at("quality_controls.0.issues.0.answerable"))
	issue := controls.text("quality_controls.0.issues.0.id")
	p.as(ofSDI).post("/requests/north-sdi/quality-control/issues/"+issue+"/answer", `{"answer":"Best Possible","note":"it is"}`).done()
	controls = p.as(ofSDI).get("/requests/north-sdi/quality-control").ok(http.StatusOK)
	assert.Equal(t, "Best Possible", controls.text("quality_controls.0.issues.0.answer"))
	assert.Equal(t, "SDI", controls.text("quality_controls.0.issues.0.answered_by.organisation.name"))
	p.as(ofSDI).post("/requests/north-sdi/quality-control/issues/none/answer", `{"answer":"Best Possible"}`).problem(domain.CodeNotFound)

	assert.Equal(t, "Cancelled", p.as(anOperator).post("/requests/north-juice/cancel", ``).done().text("request.status"))
	gone := p.as(anOperator).get("/requests/north-juice").ok(http.StatusOK)
	assert.Equal(t, "Open", gone.text("request.status_before_cancel"))
	assert.Equal(t, []any{"comment", "reinstate"}, gone.list("actions"))
	assert.Empty(t, gone.list("editable_fields"))
	no := p.as(ofJuice).post("/requests/north-juice/material-status", `{"material_status":"Received"}`).problem(domain.CodeRefused)
	assert.Equal(t, []string{"comment", "reinstate"}, no.Allowed)
	assert.Equal(t, "Open", p.as(anOperator).post("/requests/north-juice/reinstate", `{"reason":"rights are back"}`).done().text("request.status"))

	upgraded := p.as(anOperator).post("/requests/north-juice-2/upgrade", `{"open":`+openedByHand+`}`).done()
	replacement := upgraded.text("request.upgraded_to")
	assert.Equal(t, "Upgraded", upgraded.text("request.status"))
	assert.Equal(t, "north-juice-2", p.as(anOperator).get("/requests/"+replacement).ok(http.StatusOK).text("request.upgrades"))
	p.as(anOperator).post("/requests/north-sdi/upgrade", `{}`).problem(domain.CodeInvalid)
	wrong := p.as(anOperator).post("/requests/south-sdi/upgrade", `{"open":{"is_original":true,"content_partner":"Nobody Knows"}}`).problem(domain.CodeInvalid)
	assert.Equal(t, "open.content_partner", wrong.Field)
}

func TestEditAndIfMatch(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	const path = "/requests/north-juice"
	a := p.as(anOperator).get(path)
	etag := a.header.Get("ETag")
	require.Equal(t, etag, a.ok(http.StatusOK).text("request.etag"))

	missing := p.as(anOperator).patch(path, `{"title":"x"}`).problem(domain.CodePreconditionRequired)
	assert.Equal(t, "If-Match", missing.Field)
	for _, wrong := range []string{"0", `W/"0"`, "*", `"0", "1"`, `"-1"`, `"00"`} {
		assert.Equal(t, "If-Match", p.as(anOperator).with("If-Match", wrong).patch(path, `{"title":"x"}`).problem(domain.CodeInvalid).Field, wrong)
	}
	// A comment is no field change: the edit still goes through.
	p.as(ofNorth).post(path+"/comments", `{"text":"hi"}`).done()
	edited := p.as(anOperator).with("If-Match", etag).patch(path, `{"title":"House of Cards, Part 2","countries":["Japan"]}`)
	assert.Equal(t, "House of Cards, Part 2", edited.done().text("request.title"))
	assert.NotEqual(t, etag, edited.header.Get("ETag"))

	failed := p.as(anOperator).with("If-Match", etag).patch(path, `{"title":"Mine"}`)
	problem := failed.problem(domain.CodePreconditionFailed)
	require.NotNil(t, problem.Current)
	assert.Equal(t, "House of Cards, Part 2", problem.Current.Title)
	assert.Equal(t, edited.header.Get("ETag"), problem.Current.ETag)
	assert.Equal(t, problem.Current.ETag, failed.header.Get("ETag"))
	// Other commands take If-Match too, but need none.
	p.as(ofJuice).with("If-Match", etag).post(path+"/material-status", `{"material_status":"Received"}`).problem(domain.CodePreconditionFailed)

	etag = edited.header.Get("ETag")
	assert.Equal(t, []any{"service_type", "sub_assignee"}, p.as(ofJuice).get(path).ok(http.StatusOK).list("editable_fields"))
	helped := p.as(ofJuice).with("If-Match", etag).patch(path, `{"sub_assignee":"sdi","service_type":"Conform"}`).done()
	assert.Equal(t, "SDI", helped.text("request.sub_assignee.name"))
	assert.Equal(t, []string{"Juice", "Northlight", "SDI"}, p.as(ofJuice).get("/organisations").ok(http.StatusOK).each("organisations", "name"))
	assert.Equal(t, 1, p.as(ofSDI).get("/requests?fulfillment_partner=Juice").ok(http.StatusOK).count("total"), "the modifier means the assignee")
	assert.Equal(t, []any{"service_type"}, p.as(ofSDI).get(path).ok(http.StatusOK).list("editable_fields"))
	p.as(ofSDI).with("If-Match", helped.text("request.etag")).patch(path, `{"sub_assignee":null}`).problem(domain.CodeForbidden)
	ended := p.as(ofJuice).with("If-Match", helped.text("request.etag")).patch(path, `{"sub_assignee":null}`).done()
	assert.Nil(t, ended.at("request.sub_assignee"))
	p.as(ofSDI).get(path).problem(domain.CodeNotFound)
	// Who asked for help still knows whom it asked.
	assert.Equal(t, []string{"Juice ended the sub-assignment of SDI", "Juice asked SDI to work on it as sub-assignee"},
		p.as(ofJuice).get(path+"/history").ok(http.StatusOK).each("entries", "summary")[:2])
	free := p.as(anOperator).with("If-Match", ended.text("request.etag")).patch(path, `{"fulfillment_partner":null}`).done()
	assert.Nil(t, free.at("request.fulfillment_partner"))
}

func TestIdempotency(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	const path = "/requests/north-juice/comments"
	missing := p.as(ofJuice).with("Idempotency-Key", "").post(path, `{"text":"once"}`).problem(domain.CodePreconditionRequired)
	assert.Equal(t, "Idempotency-Key", missing.Field)
	for _, wrong := range []string{strings.Repeat("k", 129), "ключ", "a\tb"} {
		assert.Equal(t, "Idempotency-Key", p.as(ofJuice).with("Idempotency-Key", wrong).post(path, `{"text":"once"}`).problem(domain.CodeInvalid).Field)
	}
	once := p.as(ofJuice).with("Idempotency-Key", "k 1")
	first := once.post(path, `{"text":"once"}`).done()
	again := once.post(path, `{ "text" : "on\u0063e" }`).done()
	assert.Equal(t, false, first.at("replayed"))
	assert.Equal(t, true, again.at("replayed"))
	for _, same := range []string{"position", "revision", "comment_id", "request"} {
		assert.Equal(t, first.at(same), again.at(same), same)
	}
	once.post(path, `{"text":"twice"}`).problem(domain.CodeKeyReused)
	once.post("/requests/north-juice/material-status", `{"material_status":"Received"}`).problem(domain.CodeKeyReused)
	// Another account's key is another key.
	p.as(ofNorth).with("Idempotency-Key", "k 1").post(path, `{"text":"twice"}`).done()
	assert.Equal(t, []string{"once", "twice"}, p.as(ofJuice).get(path).ok(http.StatusOK).each("comments", "text"))

	opening := p.as(anOperator).with("Idempotency-Key", "k 2")
	one, two := opening.post("/requests", openedByHand).done(), opening.post("/requests", openedByHand).done()
	assert.Equal(t, one.text("request_id"), two.text("request_id"))
	assert.Equal(t, true, two.at("replayed"))
	assert.Equal(t, 5, p.as(anOperator).get("/requests").ok(http.StatusOK).count("total"))
}

// Every change is an operation of its own in the log, and all that one HTTP
// request led to shares its correlation.
func TestCorrelation(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	a := p.as(aChecker).post("/requests/north-sdi/quality-control", `{"check":"Full","passed":false,"issues":[{"code":"Typo","severity":"Issue","description":"c"}]}`)
	a.done()
	var correlations []string
	require.NoError(t, p.store.ReadStream(t.Context(), sourcerequest.StreamOf("north-sdi"), func(r domain.Recorded) error {
		correlations = append(correlations, r.Metadata.CorrelationID.String())
		return nil
	}))
	require.Len(t, correlations, 3)
	assert.Equal(t, []string{a.header.Get("X-Request-Id"), a.header.Get("X-Request-Id")}, correlations[1:])
}
