package readapi

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// sight is what each of everybody sees of fourRequests.
var sight = []struct {
	who           domain.Principal
	sees          []string
	organisations []string
	languages     map[string]int
}{
	{anOperator, []string{"north-juice", "north-juice-2", "north-sdi", "south-sdi"}, []string{"Juice", "Northlight", "SDI", "Southgate"}, map[string]int{"Dutch": 2, "Korean": 2}},
	{anAuditor, []string{"north-juice", "north-juice-2", "north-sdi", "south-sdi"}, []string{"Juice", "Northlight", "SDI", "Southgate"}, map[string]int{"Dutch": 2, "Korean": 2}},
	{aChecker, []string{"north-juice-2", "north-sdi"}, []string{"Juice", "Northlight", "SDI"}, map[string]int{"Dutch": 1, "Korean": 1}},
	{ofJuice, []string{"north-juice", "north-juice-2"}, []string{"Juice", "Northlight"}, map[string]int{"Korean": 2}},
	{ofSDI, []string{"north-sdi", "south-sdi"}, []string{"Northlight", "SDI", "Southgate"}, map[string]int{"Dutch": 2}},
	{ofNorth, []string{"north-juice", "north-juice-2", "north-sdi"}, []string{"Juice", "Northlight", "SDI"}, map[string]int{"Dutch": 1, "Korean": 2}},
	{ofSouth, []string{"south-sdi"}, []string{"SDI", "Southgate"}, map[string]int{"Dutch": 1}},
}

var partsOfRequest = []string{"", "/deliveries", "/quality-control", "/comments", "/materials", "/history", "/history?at=2026-11-20", "/history?at=2026-11-01"}

// Who may not give a command learns nothing of organisations from its answer.
func TestRightsComeBeforeOrganisations(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	for _, c := range []struct {
		who  domain.Principal
		body string
	}{
		{ofNorth, `{"sub_assignee":"%s"}`}, {ofNorth, `{"fulfillment_partner":"%s"}`}, {ofJuice, `{"fulfillment_partner":"%s"}`}, {ofJuice, `{"content_partner":"%s"}`},
	} {
		var answers []string
		for _, name := range []string{"Southgate", "SDI", "Nobody Knows"} {
			a := p.as(c.who).with("If-Match", `"0"`).patch("/requests/north-juice", replaced(c.body, name))
			a.problem(domain.CodeForbidden)
			answers = append(answers, string(a.body))
		}
		assert.Equal(t, answers[0], answers[1])
		assert.Equal(t, answers[0], answers[2])
	}
}

// After a reassignment the former partner sees nothing more, and the new one
// nothing of what the former one did there.
func TestReassignment(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	const id = "north-juice"
	p.as(ofJuice).post("/requests/"+id+"/comments", `{"text":"our secret"}`).done()
	p.as(ofNorth).post("/requests/"+id+"/comments", `{"text":"from the studio"}`).done()
	p.as(ofJuice).post("/requests/"+id+"/estimated-delivery-date", `{"date":"2026-12-02","reason":"our machine broke"}`).done()
	p.act(ofJuice, id, sourcerequest.StartDelivery{DeliveryID: "d", Method: sourcerequest.MethodAPI, Files: []sourcerequest.DeclaredFile{{ID: "f", Name: "juice-secret.wav", Size: 1, SHA256: strings.Repeat("ab", 32)}}})
	p.act(ofJuice, id, sourcerequest.DeliverFile{DeliveryID: "d", FileID: "f", Size: 1, SHA256: strings.Repeat("ab", 32)})
	p.act(ofJuice, id, sourcerequest.CompleteDelivery{DeliveryID: "d"})
	p.act(domain.Principal{Account: "inspection", Role: domain.RoleSystem}, id, sourcerequest.RecordInspection{DeliveryID: "d"})
	p.as(aChecker).post("/requests/"+id+"/quality-control", `{"check":"Full","passed":false,"issues":[{"code":"Subtitle Drift","category":"Timed Text","severity":"FYI","description":"it drifts"}]}`).done()
	issue := p.as(ofJuice).get("/requests/" + id + "/quality-control").ok(http.StatusOK).text("quality_controls.0.issues.0.id")
	p.as(ofJuice).post("/requests/"+id+"/quality-control/issues/"+issue+"/answer", `{"answer":"Will Fix","note":"juice note"}`).done()

	seen := p.as(ofJuice).get("/requests/" + id).ok(http.StatusOK)
	assert.Equal(t, 2, seen.count("counts.comments"))
	assert.Equal(t, 1, seen.count("counts.deliveries"))

	p.pass(time.Second)
	moved := p.as(anOperator).with("If-Match", seen.text("request.etag")).patch("/requests/"+id, `{"fulfillment_partner":"SDI"}`).done()
	position := moved.text("position")
	for _, part := range partsOfRequest {
		p.as(ofJuice).get("/requests/", id, part).problem(domain.CodeNotFound)
	}
	details := p.as(ofSDI).get("/requests/", id, "?after=", position).ok(http.StatusOK)
	assert.Equal(t, "SDI", details.text("request.fulfillment_partner.name"))
	assert.Equal(t, 1, details.count("counts.comments"))
	assert.Equal(t, 0, details.count("counts.deliveries"))
	assert.Equal(t, []string{"from the studio"}, p.as(ofSDI).get("/requests/"+id+"/comments").ok(http.StatusOK).each("comments", "text"))
	assert.Empty(t, p.as(ofSDI).get("/requests/"+id+"/deliveries").ok(http.StatusOK).list("deliveries"))
	assert.Nil(t, p.as(ofSDI).get("/requests/"+id+"/deliveries").ok(http.StatusOK).at("current_issues.0.delivery_id"))
	qc := p.as(ofSDI).get("/requests/" + id + "/quality-control").ok(http.StatusOK)
	assert.Equal(t, "it drifts", qc.text("quality_controls.0.issues.0.description"))
	assert.Nil(t, qc.at("quality_controls.0.issues.0.answer"))
	assert.Nil(t, qc.at("quality_controls.0.issues.0.answered_by"))
	assert.Nil(t, qc.at("quality_controls.0.delivery_id"))
	for _, part := range partsOfRequest[:len(partsOfRequest)-1] {
		body := string(p.as(ofSDI).get("/requests/", id, part).body)
		for _, secret := range []string{"our secret", "our machine broke", "juice-secret", "juice note", "Juice", `"id":"juice"`} {
			assert.NotContains(t, body, secret, part)
		}
	}
	history := p.as(ofSDI).get("/requests/" + id + "/history").ok(http.StatusOK)
	assert.Equal(t, "An operator moved the request from another partner to SDI", history.text("entries.0.summary"))
	past := p.as(ofSDI).get("/requests/", id, "/history?at=", "2026-11-20T12:00:00.500Z").ok(http.StatusOK)
	assert.Equal(t, "another partner", past.text("as_of.request.fulfillment_partner.name"))
	// The operator still sees it all.
	assert.Contains(t, string(p.as(anOperator).get("/requests/"+id+"/history").body), "our secret")
}

// The id of a replacing request is told only to those who see that one too.
func TestUpgradesOutOfSight(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	p.as(anOperator).post("/requests/north-juice-2/upgrade", `{"replaced_by":"south-sdi"}`).done()
	assert.Equal(t, "south-sdi", p.as(anOperator).get("/requests/north-juice-2/history").ok(http.StatusOK).text("entries.0.changes.1.to"))
	for _, part := range []string{"", "/history", "/history?at=2026-11-20"} {
		for _, who := range []domain.Principal{ofJuice, ofNorth, aChecker} {
			a := p.as(who).get("/requests/north-juice-2", part)
			a.ok(http.StatusOK)
			assert.NotContains(t, string(a.body), "south-sdi")
		}
	}
	assert.Equal(t, "An operator closed the request in favour of another one", p.as(ofJuice).get("/requests/north-juice-2/history").ok(http.StatusOK).text("entries.0.summary"))
}
