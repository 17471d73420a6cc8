package readapi

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// What was found in a file shows with it, and with the files that come after it.
func TestIssuesGoFromFileToFile(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	by := p.as(ofJuice)
	system := domain.Principal{Account: "inspection", Role: domain.RoleSystem}
	first := by.starts("north-juice", `{"files":[{"name":"a.wav","size":5},{"name":"b.wav","size":5}]}`)
	by.sent(first, 0, "first")
	by.sent(first, 1, "first")
	by.fileOf("north-juice", 1, fileArrived)
	p.act(system, "north-juice", sourcerequest.RecordInspection{DeliveryID: first.text("id"), Findings: []sourcerequest.Finding{
		{ID: "x", FileID: first.text("files.1.id"), Code: "Overlapping Cues", Text: "they overlap"},
	}})
	assert.Equal(t, "Clean", by.fileOf("north-juice", 0, fileClean).text("status"))
	rejected := by.fileOf("north-juice", 1, fileRejected)
	assert.NotNil(t, rejected.at("processed_at"))

	qc := `{"check":"Full","passed":false,"issues":[{"file_id":%q,"code":"Sync Drift","severity":"Issue","description":"it drifts"},{"code":"Typo","severity":"FYI","description":"of no file"}]}`
	wrong := p.as(aChecker).post("/requests/north-juice/quality-control", fmt.Sprintf(qc, "none")).problem(domain.CodeInvalid)
	assert.Equal(t, "issues[0].file_id", wrong.Field)
	p.as(aChecker).post("/requests/north-juice/quality-control", fmt.Sprintf(qc, first.text("files.0.id"))).done()
	all := by.get("/requests/north-juice/deliveries").ok(http.StatusOK)
	assert.Equal(t, []string{"it drifts"}, all.each("deliveries.0.files.0.current_issues", "text"))
	assert.Equal(t, []string{"Quality Control"}, all.each("deliveries.0.files.0.current_issues", "source"))
	assert.Equal(t, []string{"they overlap"}, all.each("deliveries.0.files.1.current_issues", "text"))
	assert.Equal(t, first.text("files.0.id"), all.text("current_issues.0.file_id"))

	second := by.starts("north-juice", `{"files":[{"name":"A.wav","size":5}]}`)
	by.sent(second, 0, "again")
	by.fileOf("north-juice", 0, fileArrived)
	p.as(aChecker).post("/requests/north-juice/quality-control", `{"check":"Full","passed":false,"issues":[{"code":"Typo","severity":"Issue","description":"of the only file"}]}`).done()
	third := by.starts("north-juice", `{"files":[{"name":"another name.wav","size":5}]}`)
	by.sent(third, 0, "third")
	by.fileOf("north-juice", 0, fileArrived)
	all = by.get("/requests/north-juice/deliveries").ok(http.StatusOK)
	assert.Equal(t, []string{"of the only file"}, all.each("deliveries.1.files.0.current_issues", "text"))
	assert.Equal(t, []string{"it drifts"}, all.each("deliveries.1.files.0.previous_issues", "text"), "of the same name")
	assert.Empty(t, all.list("deliveries.2.files.0.current_issues"))
	assert.Equal(t, []string{"of the only file"}, all.each("deliveries.2.files.0.previous_issues", "text"), "both were all of their deliveries")
	assert.Empty(t, all.list("deliveries.0.files.0.previous_issues"))
}
