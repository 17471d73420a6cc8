package readapi

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/qualitycontrol"
	"backlot/domain/sourcerequest"
)

func TestTheCatalogueOfIssueTypes(t *testing.T) {
	p := newPortal(t)
	japanese := p.as(ofJuice).with("Accept-Language", "ja")
	assert.Equal(t, "ファイルが別の作品、シーズン、またはエピソードのものです。", japanese.get("/quality-control/issue-types/wrong-asset").ok(http.StatusOK).text("meaning"))
	assert.Equal(t, []string{"Audio Distortion"}, japanese.get("/quality-control/issue-types?q=歪み").ok(http.StatusOK).each("issue_types", "code"), "by the reader's words")
	assert.Equal(t, []string{"Typo", "On-Screen Typo"}, japanese.get("/quality-control/issue-types?q=typo").ok(http.StatusOK).each("issue_types", "code"))
	all := p.as(ofJuice).get("/quality-control/issue-types").ok(http.StatusOK)
	require.Len(t, all.list("issue_types"), len(qualitycontrol.Types()))
	for _, help := range all.each("issue_types", "help") {
		article := p.as(anAuditor).get(strings.TrimPrefix(help, base)).ok(http.StatusOK)
		assert.Equal(t, help, article.text("help"))
		assert.NotEmpty(t, article.text("finding"))
		assert.NotEmpty(t, article.text("fixing"))
	}
	assert.Equal(t, []string{"Sync Drift", "Subtitle Drift"}, p.as(aChecker).get("/quality-control/issue-types?q=Drift").ok(http.StatusOK).each("issue_types", "code")[:2])
	assert.Equal(t, []string{"Subtitle Drift"}, p.as(aChecker).get("/quality-control/issue-types?q=drift&category=timed+text&source_type=cc/sdh").ok(http.StatusOK).each("issue_types", "code"))
	assert.Empty(t, p.as(aChecker).get("/quality-control/issue-types?q=unheard+of").ok(http.StatusOK).list("issue_types"))

	for _, code := range []string{"Dialogue Out of Sync", "dialogue_out_of_sync", "DIALOGUE-OUT-OF-SYNC"} {
		assert.Equal(t, "Dialogue Out of Sync", p.as(aChecker).get("/quality-control/issue-types/"+url.PathEscape(code)).ok(http.StatusOK).text("code"))
	}
	unknown := p.as(aChecker).get("/quality-control/issue-types/out-of-sync").problem(domain.CodeNotFound)
	assert.Equal(t, "Dialogue Out of Sync", unknown.Allowed[0])
	category := p.as(aChecker).get("/quality-control/issue-types?category=Smell").problem(domain.CodeInvalid)
	assert.Equal(t, "category", category.Field)
	assert.Equal(t, labels(qualitycontrol.Categories()), category.Allowed)
	p.as(aChecker).get("/quality-control/issue-types?source_type=Smell").problem(domain.CodeInvalid)
	p.as(aChecker).get("/quality-control/issue-types?q=" + strings.Repeat("x", 201)).problem(domain.CodeInvalid)
	p.as(aChecker).get("/quality-control/issue-types?kind=Audio").problem(domain.CodeInvalid)
	p.nobody().get("/quality-control/issue-types").problem(domain.CodeUnauthenticated)
}

// deliver completes a delivery of one file.
func deliver(p *portal, by domain.Principal, id, delivery string) {
	sha := strings.Repeat("ab", 32)
	p.act(by, id, sourcerequest.StartDelivery{DeliveryID: delivery, Method: sourcerequest.MethodAPI, Files: []sourcerequest.DeclaredFile{{ID: "f", Name: "a.wav", Size: 1, SHA256: sha}}})
	p.act(by, id, sourcerequest.DeliverFile{DeliveryID: delivery, FileID: "f", Size: 1, SHA256: sha})
	p.act(by, id, sourcerequest.CompleteDelivery{DeliveryID: delivery})
}

func TestIssuesWithTimecodesUntilTheirFixIsConfirmed(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	const id = "north-juice"
	deliver(p, ofJuice, id, "d1")

	wrong := p.as(aChecker).post("/requests/"+id+"/quality-control", `{"check":"Full","passed":false,"frame_rate":"29.97 DF","issues":[
		{"code":"Typo","severity":"Issue","timecode_in":"00:01:00;01","description":"a typo"}]}`).problem(domain.CodeInvalid)
	assert.Equal(t, "issues[0].timecode_in", wrong.Field)
	assert.Contains(t, wrong.Detail, "each minute but each tenth begins with frame 02")
	wrong = p.as(aChecker).post("/requests/"+id+"/quality-control", `{"check":"Full","passed":false,"issues":[{"code":"out of sync","severity":"Issue","description":"late"}]}`).problem(domain.CodeInvalid)
	assert.Equal(t, "issues[0].code", wrong.Field)
	assert.Equal(t, "Dialogue Out of Sync", wrong.Allowed[0])

	qc := p.as(aChecker).post("/requests/"+id+"/quality-control", `{"check":"Full","passed":false,"frame_rate":"29.97 DF","issues":[
		{"code":"dialogue_out_of_sync","severity":"Blocker","timecode_in":"1000000","timecode_out":"01:00:00;15","description":"three frames late"},
		{"code":"Typo","category":"Timed Text","severity":"FYI","description":"a name"}]}`).done()
	assert.Equal(t, "Redelivery Requested", qc.text("request.status"))
	result := p.as(ofJuice).get("/requests/" + id + "/quality-control").ok(http.StatusOK)
	assert.Equal(t, "29.97 DF", result.text("quality_controls.0.frame_rate"))
	first := "quality_controls.0.issues.0."
	assert.Equal(t, "Dialogue Out of Sync", result.text(first+"code"))
	assert.Equal(t, "Sync", result.text(first+"category"))
	assert.Equal(t, "/api/v1/quality-control/issue-types/dialogue-out-of-sync", result.text(first+"help"))
	assert.Equal(t, "01:00:00;00", result.text(first+"timecode_in"))
	assert.Equal(t, 107_892, result.count(first+"frame_in"))
	assert.InDelta(t, 3599.9964, result.at(first+"seconds_in"), 0)
	assert.Equal(t, 107_907, result.count(first+"frame_out"))
	assert.InDelta(t, 3600.4969, result.at(first+"seconds_out"), 0)
	assert.Nil(t, result.at("quality_controls.0.issues.1.frame_in"))

	issue := result.text(first + "id")
	p.as(ofJuice).post("/requests/"+id+"/quality-control/issues/"+issue+"/answer", `{"answer":"Will Fix"}`).done()
	deliveries := p.as(ofJuice).get("/requests/" + id + "/deliveries").ok(http.StatusOK)
	assert.Equal(t, []string{issue}, deliveries.each("current_issues", "id")[:1])
	assert.Len(t, deliveries.list("current_issues"), 2)
	assert.Empty(t, deliveries.list("previous_issues"))
	assert.Equal(t, "d1", deliveries.text("current_issues.0.delivery_id"))
	assert.Equal(t, false, deliveries.at("current_issues.0.resolved"))

	deliver(p, ofJuice, id, "d2")
	deliveries = p.as(ofJuice).get("/requests/" + id + "/deliveries").ok(http.StatusOK)
	assert.Empty(t, deliveries.list("current_issues"))
	assert.Len(t, deliveries.list("previous_issues"), 2)
	assert.Equal(t, "Will Fix", deliveries.text("previous_issues.0.answer"))
	assert.Equal(t, false, deliveries.at("previous_issues.0.resolved"))
	assert.Equal(t, false, deliveries.at("previous_issues.0.answerable"))

	fixed := p.as(aChecker).post("/requests/"+id+"/quality-control", `{"check":"Fix","passed":true}`).done()
	deliveries = p.as(ofNorth).get("/requests/" + id + "/deliveries").ok(http.StatusOK)
	assert.Equal(t, true, deliveries.at("previous_issues.0.resolved"))
	assert.Equal(t, fixed.text("quality_control_id"), deliveries.text("previous_issues.0.confirmed_by"))
	result = p.as(ofNorth).get("/requests/" + id + "/quality-control").ok(http.StatusOK)
	assert.Equal(t, true, result.at(first+"previous"))
	assert.NotEmpty(t, result.text(first+"confirmed_at"))
	assert.Empty(t, result.list("quality_controls.1.issues"))
}
