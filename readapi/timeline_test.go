package readapi

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// A request that was postponed, delivered, failed and delivered again is told
// in that order, and how it stood in between.
func TestTimelineTellsHowARequestCameToBe(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	const id, path = "north-juice", "/requests/north-juice"
	system := domain.Principal{Account: "inspection", Role: domain.RoleSystem}
	deliver := func(delivery string) {
		p.act(ofJuice, id, sourcerequest.StartDelivery{DeliveryID: delivery, Method: sourcerequest.MethodAPI, Files: []sourcerequest.DeclaredFile{{ID: "f" + delivery, Name: "a.wav", Size: 1, SHA256: strings.Repeat("ab", 32)}}})
		p.act(ofJuice, id, sourcerequest.DeliverFile{DeliveryID: delivery, FileID: "f" + delivery, Size: 1, SHA256: strings.Repeat("ab", 32)})
		p.act(ofJuice, id, sourcerequest.CompleteDelivery{DeliveryID: delivery})
	}
	for _, step := range []func(){
		func() { p.as(ofJuice).post(path+"/material-status", `{"material_status":"Accepted"}`).done() },
		func() { p.as(ofNorth).post(path+"/comments", `{"text":"not on a timeline"}`).done() },
		func() {
			p.as(ofJuice).post(path+"/estimated-delivery-date", `{"date":"2026-11-25","reason":"slow"}`).done()
		},
		func() { deliver("d1") },
		func() {
			p.as(aChecker).post(path+"/quality-control", `{"check":"Full","passed":false,"issues":[{"code":"Subtitle Drift","category":"Timed Text","severity":"Issue","description":"it drifts"}]}`).done()
		},
		func() { deliver("d2") },
		func() { p.act(system, id, sourcerequest.RecordInspection{DeliveryID: "d2"}) },
	} {
		p.pass(12 * time.Hour) // since noon of 20 November
		step()
	}
	position := p.as(anOperator).get(path + "/history").ok(http.StatusOK).text("position")
	answered := p.as(ofJuice).get("/timeline?package_id=p1&status=All&now=2026-11-27T00:00:00Z&after=" + position)
	a := answered.ok(http.StatusOK)
	assert.Equal(t, 2, a.count("total"))
	assert.Equal(t, []string{"north-juice", "north-juice-2"}, a.each("lanes", "request_id"), "by source type")
	assert.Equal(t, "2026-11-25T00:00:00Z", a.text("lanes.0.due_date_passes_at"))
	assert.Equal(t, "2026-11-26T00:00:00Z", a.text("lanes.0.estimated_delivery_date_passes_at"))
	assert.Equal(t, "Processed", a.text("lanes.0.status"))

	var marks []string
	for _, m := range a.list("lanes.0.marks") {
		mark := object(m.(map[string]any))
		passed := ""
		if v := mark.at("passed"); v != nil {
			passed = fmt.Sprintf(" passed=%v", v)
		}
		marks = append(marks, strings.TrimSuffix(strings.TrimPrefix(mark.text("at"), "2026-11-"), ":00:00Z")+" "+mark.text("kind")+passed+" → "+mark.text("status"))
	}
	assert.Equal(t, []string{
		"20T12 opened → Open",
		"21T00 material_status_changed → Open",
		"22T00 estimated_delivery_date_changed → Open",
		"22T12 delivery_completed → Delivered",
		"23T00 quality_control_recorded passed=false → Delivered",
		"23T00 redelivery_requested → Redelivery Requested",
		"23T12 delivery_completed → Delivered",
		"24T00 delivery_inspected passed=true → Processed",
	}, marks)
	assert.Equal(t, map[string]any{"field": "estimated_delivery_date", "label": "Estimated delivery date", "from": "2026-11-24", "to": "2026-11-25"}, a.at("lanes.0.marks.2.changes.0"))
	assert.Contains(t, a.text("lanes.0.marks.2.summary"), "slow")
	assert.NotContains(t, string(answered.body), "not on a timeline")

	var spans []string
	for _, s := range a.list("lanes.0.spans") {
		span := object(s.(map[string]any))
		spans = append(spans, fmt.Sprintf("%s %s %v %v", span.text("from"), span.text("status"), span.at("insight"), span.at("overdue")))
	}
	assert.Equal(t, []string{
		"2026-11-20T12:00:00Z Open at_risk false", // five days left and no materials
		"2026-11-21T00:00:00Z Open on_track false",
		"2026-11-22T00:00:00Z Open critical false", // two days left, and expected after the due date
		"2026-11-22T12:00:00Z Delivered <nil> false",
		"2026-11-23T00:00:00Z Redelivery Requested critical false",
		"2026-11-23T12:00:00Z Delivered <nil> false",
		"2026-11-24T00:00:00Z Processed <nil> false",
	}, spans)

	few := p.as(ofJuice).get("/timeline?package_id=p1&status=All&limit=1").ok(http.StatusOK)
	assert.Equal(t, 2, few.count("total"))
	assert.Len(t, few.list("lanes"), 1)
	assert.Equal(t, "limit", p.as(ofJuice).get("/timeline?limit=501").problem(domain.CodeInvalid).Field)
}

// What another partner did before is on nobody else's timeline, and a request
// that the log has moved elsewhere is on it no more, whatever the index has yet.
func TestTimelineIsWithinTheScope(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	const id = "north-juice"
	p.pass(time.Hour)
	p.act(ofJuice, id, sourcerequest.StartDelivery{DeliveryID: "d", Method: sourcerequest.MethodAPI, Files: []sourcerequest.DeclaredFile{{ID: "f", Name: "a.wav", Size: 1, SHA256: strings.Repeat("ab", 32)}}})
	p.act(ofJuice, id, sourcerequest.DeliverFile{DeliveryID: "d", FileID: "f", Size: 1, SHA256: strings.Repeat("ab", 32)})
	p.act(ofJuice, id, sourcerequest.CompleteDelivery{DeliveryID: "d"})
	mine := p.as(ofJuice).get("/timeline?request_id=" + id).ok(http.StatusOK)
	require.Equal(t, 1, mine.count("total"))

	p.pass(time.Hour)
	moved := p.as(anOperator).with("If-Match", p.as(anOperator).get("/requests/"+id).header.Get("ETag")).patch("/requests/"+id, `{"fulfillment_partner":"SDI"}`).done().text("position")
	gone := p.as(ofJuice).get("/timeline?request_id=" + id).ok(http.StatusOK)
	assert.Empty(t, gone.list("lanes"))
	assert.Equal(t, 0, gone.count("total"))
	theirs := p.as(ofSDI).get("/timeline?request_id=" + id + "&status=All&after=" + moved)
	assert.Equal(t, []string{"opened"}, theirs.ok(http.StatusOK).each("lanes.0.marks", "kind"))
	for _, secret := range []string{"Juice", "a.wav"} {
		assert.NotContains(t, string(theirs.body), secret)
	}
	assert.Contains(t, p.as(anOperator).get("/timeline?request_id="+id+"&status=All&after="+moved).ok(http.StatusOK).each("lanes.0.marks", "kind"), "delivery_completed")
}

// BenchmarkTimeline is a package of 200 requests of 15 events each.
func BenchmarkTimeline(b *testing.B) {
	p := newPortal(b)
	var file strings.Builder
	fmt.Fprintln(&file, fileHeader)
	for i := range 200 {
		fmt.Fprintf(&file, "r%d,p1,m1,House of Cards,Standalone,Yes,Northlight,Juice,Dubs,Create,Language %d,Japan,2026-12-24,2026-12-24,Accepted,Open\n", i, i)
	}
	p.bring(file.String())
	for i := range 200 {
		id := fmt.Sprintf("r%d", i)
		for day := range 5 {
			p.act(ofJuice, id, sourcerequest.ChangeEstimatedDeliveryDate{Date: domain.DateOf(noon, time.UTC) + domain.Date(40+day), Reason: "a second pass"})
		}
		for round := range 2 {
			d := fmt.Sprintf("d%d", round)
			p.act(ofJuice, id, sourcerequest.StartDelivery{DeliveryID: d, Method: sourcerequest.MethodAPI, Files: []sourcerequest.DeclaredFile{{ID: "f" + d, Name: "a.wav", Size: 1, SHA256: strings.Repeat("ab", 32)}}})
			p.act(ofJuice, id, sourcerequest.DeliverFile{DeliveryID: d, FileID: "f" + d, Size: 1, SHA256: strings.Repeat("ab", 32)})
			p.act(ofJuice, id, sourcerequest.CompleteDelivery{DeliveryID: d})
			p.act(anOperator, id, sourcerequest.RequestRedelivery{Scope: sourcerequest.RedeliveryFull, Reasons: []string{"it drifts"}})
		}
		p.act(ofJuice, id, sourcerequest.ChangeMaterialStatus{MaterialStatus: sourcerequest.MaterialRejected, Reason: "no sound"})
	}
	const path = "/timeline?package_id=p1&status=All"
	require.Len(b, p.as(ofJuice).get(path).ok(http.StatusOK).list("lanes"), 200)
	var size int
	for b.Loop() {
		r := httptest.NewRequest(http.MethodGet, base+path, nil)
		r.Header.Set("Authorization", "Bearer token-of-"+ofJuice.Account)
		w := httptest.NewRecorder()
		p.handler.ServeHTTP(w, r)
		size = w.Body.Len()
	}
	b.ReportMetric(float64(size), "bytes/answer")
}
