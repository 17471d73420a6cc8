package readapi

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/finding"
	"backlot/domain/sourcerequest"
)

func TestTheCatalogueOfFindings(t *testing.T) {
	p := newPortal(t)
	all := p.as(ofJuice).get("/inspection/finding-types").ok(http.StatusOK)
	require.Len(t, all.list("finding_types"), len(finding.Types()))
	for _, help := range all.each("finding_types", "help") {
		found := p.as(anAuditor).get(strings.TrimPrefix(help, base)).ok(http.StatusOK)
		assert.Equal(t, help, found.text("help"))
		assert.NotEmpty(t, found.text("fixing"))
	}
	some := p.as(aChecker).get("/inspection/finding-types?area=imf").ok(http.StatusOK)
	assert.Contains(t, some.each("finding_types", "code"), "Missing Asset Map")
	assert.NotContains(t, some.each("finding_types", "code"), "No Cues")
	assert.Equal(t, true, p.as(aChecker).get("/inspection/finding-types/decode_error").ok(http.StatusOK).at("hard"))
	japanese := p.as(ofJuice).with("Accept-Language", "ja")
	assert.Equal(t, "映像または音声をデコードできません。", japanese.get("/inspection/finding-types/decode_error").ok(http.StatusOK).text("meaning"))
	assert.Equal(t, "ファイルの種類が、リクエストのソースの種類と異なります。", japanese.get("/inspection/finding-types").ok(http.StatusOK).text("finding_types.0.meaning"))
	p.as(aChecker).get("/inspection/finding-types/decode").problem(domain.CodeNotFound)
	wrong := p.as(aChecker).get("/inspection/finding-types?area=Smell").problem(domain.CodeInvalid)
	assert.Equal(t, labels(finding.Areas()), wrong.Allowed)
	p.nobody().get("/inspection/finding-types").problem(domain.CodeUnauthenticated)
}

func TestAVerdictFromElsewhereAndItsFindingsOverridden(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	const id = "north-juice"
	deliver(p, ofJuice, id, "d1")
	const verdict = "/requests/" + id + "/deliveries/d1/inspection"

	p.as(ofJuice).post(verdict, `{"findings":[]}`).problem(domain.CodeForbidden)
	p.as(aChecker).post(verdict, `{}`).problem(domain.CodeForbidden)
	assert.Equal(t, "findings", p.as(anOperator).post(verdict, `{}`).problem(domain.CodeInvalid).Field)
	wrong := p.as(anOperator).post(verdict, `{"findings":[{"code":"blacks","text":"black"}]}`).problem(domain.CodeInvalid)
	assert.Equal(t, "findings[0].code", wrong.Field)
	assert.Contains(t, wrong.Allowed, "Commercial Blacks")
	wrong = p.as(anOperator).post(verdict, `{"findings":[{"code":"Commercial Blacks","text":"black","file_id":"g"}]}`).problem(domain.CodeInvalid)
	assert.Equal(t, "findings[0].file_id", wrong.Field)
	p.as(anOperator).post("/requests/"+id+"/deliveries/d9/inspection", `{"findings":[]}`).problem(domain.CodeNotFound)

	given := p.as(anOperator).post(verdict, `{"findings":[
		{"file_id":"f","code":"commercial_blacks","where":"00:10:00:00","text":"Black for 3 s"},{"code":"Telecine Detected","text":"3:2 pulldown"}],
		"examined":[{"file_id":"f","as":"Video and audio","note":"the first hour"}]}`).done()
	assert.Equal(t, "Redelivery Requested", given.text("request.status"))
	assert.Equal(t, []any{"00:10:00:00: Black for 3 s", "3:2 pulldown"}, given.at("request.redelivery.reasons"))
	seen := p.as(ofJuice).get("/requests/" + id + "/deliveries?after=" + given.text("position")).ok(http.StatusOK)
	first := "deliveries.0.findings.0."
	assert.Equal(t, "Commercial Blacks", seen.text(first+"code"))
	assert.Equal(t, false, seen.at(first+"hard"))
	assert.Equal(t, true, seen.at(first+"overridable"))
	assert.Equal(t, "/api/v1/inspection/finding-types/commercial-blacks", seen.text(first+"help"))
	assert.Equal(t, "the first hour", seen.text("deliveries.0.examined.0.note"))
	assert.Equal(t, false, p.as(ofNorth).get("/requests/"+id+"/deliveries").ok(http.StatusOK).at(first+"overridable"))

	findings := seen.each("deliveries.0.findings", "id")
	override := func(finding string) string {
		return "/requests/" + id + "/deliveries/d1/findings/" + finding + "/override"
	}
	p.as(ofNorth).post(override(findings[0]), `{"reason":"fine"}`).problem(domain.CodeForbidden)
	p.as(ofSDI).post(override(findings[0]), `{"reason":"fine"}`).problem(domain.CodeNotFound)
	p.as(ofJuice).post(override("nothing"), `{"reason":"fine"}`).problem(domain.CodeNotFound)
	assert.Equal(t, "reason", p.as(ofJuice).post(override(findings[0]), `{"reason":" "}`).problem(domain.CodeInvalid).Field)
	once := p.as(ofJuice).post(override(findings[0]), `{"reason":"it is a fade"}`).done()
	assert.Equal(t, "Redelivery Requested", once.text("request.status"), "one still stands")
	all := p.as(anOperator).post(override(findings[1]), `{"reason":"there is no other master"}`).done()
	assert.Equal(t, "Processed", all.text("request.status"))

	history := string(p.as(ofJuice).get("/requests/" + id + "/history").body)
	assert.Contains(t, history, "it is a fade")
	assert.Contains(t, history, "there is no other master")
	seen = p.as(ofJuice).get("/requests/" + id + "/deliveries?after=" + all.text("position")).ok(http.StatusOK)
	assert.Equal(t, "it is a fade", seen.text(first+"override_reason"))
	assert.Equal(t, false, seen.at(first+"overridable"))

	hard := p.as(anOperator).post(verdict, `{"findings":[{"code":"Decode Error","text":"It stops"}]}`).done()
	seen = p.as(ofJuice).get("/requests/" + id + "/deliveries?after=" + hard.text("position")).ok(http.StatusOK)
	assert.Equal(t, true, seen.at(first+"hard"))
	p.as(anOperator).post(override(seen.text(first+"id")), `{"reason":"fine"}`).problem(domain.CodeRefused)
	clean := p.as(anOperator).post(verdict, `{"findings":[]}`).done()
	assert.Equal(t, "Processed", clean.text("request.status"))
}

// Who took the request over sees nothing of the former partner's delivery, and
// learns nothing of it by overriding.
func TestAnotherPartnersFindingsCannotBeOverridden(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	const id = "north-juice"
	deliver(p, ofJuice, id, "d1")
	p.act(domain.Principal{Account: "inspection", Role: domain.RoleSystem}, id, sourcerequest.RecordInspection{
		DeliveryID: "d1", Findings: []sourcerequest.Finding{{ID: "n1", FileID: "f", Code: finding.EmptyCue, Text: "An empty cue"}},
	})
	p.as(anOperator).with("If-Match", p.as(anOperator).get("/requests/"+id).ok(http.StatusOK).text("request.etag")).patch("/requests/"+id, `{"fulfillment_partner":"SDI"}`).done()
	hidden := p.as(ofSDI).post("/requests/"+id+"/deliveries/d1/findings/n1/override", `{"reason":"fine"}`)
	hidden.problem(domain.CodeNotFound)
	missing := p.as(ofSDI).post("/requests/"+id+"/deliveries/d2/findings/n1/override", `{"reason":"fine"}`)
	assert.Equal(t, strings.ReplaceAll(missing.comparable(), "d2", "d1"), hidden.comparable())
}
