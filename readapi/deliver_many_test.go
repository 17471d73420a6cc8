package readapi

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"backlot/domain"
)

const toMatch = fileHeader + `
SR-1,PK-77,8001,Night Ferry,Standalone,Yes,Northlight,Juice,Dubs,Create,Korean,Japan,2026-11-24,,Received,Open
SR-2,PK-77,8001,Night Ferry,Standalone,Yes,Northlight,Juice,Subs,Create,Korean,Japan,2026-11-24,,Received,Open
SR-3,PK-77,8001,Night Ferry,Standalone,Yes,Northlight,Juice,Subs,Create,Dutch,Japan,2026-11-24,,Received,Open
SR-4,PK-78,8002,Café Olé,Standalone,Yes,Northlight,Juice,CC/SDH,Create,Portuguese (Brazil),Japan,2026-11-24,,Received,Redelivery Requested
SR-5,PK-77,8001,Night Ferry,Standalone,Yes,Northlight,Juice,Dubs,Create,Dutch,Japan,2026-11-24,,Received,Delivered
SR-6,PK-79,8003,Night Ferry Two,Standalone,Yes,Southgate,SDI,Dubs,Create,Dutch,Japan,2026-11-24,,Received,Open
`

func TestFilesAreMatchedToRequests(t *testing.T) {
	p := newPortal(t)
	p.bring(toMatch)
	match := func(who domain.Principal, name string) object {
		t.Helper()
		a := p.as(who).with("Content-Type", "application/json").send(http.MethodPost, "/deliveries/match", fmt.Sprintf(`{"files":[{"name":%q,"size":7}]}`, name)).ok(http.StatusOK)
		return a.at("files.0").(map[string]any)
	}
	for name, want := range map[string]string{
		"SR-1.wav": "SR-1", "sr-1_final.wav": "SR-1", "SR-3/anything.ttml": "SR-3", `SR-3\anything.ttml`: "SR-3", "x_SR-2_y.ttml": "SR-2",
		"PK-77_kor_dub.wav": "SR-1", "pk-77.ko.subs.ttml": "SR-2", "8001-nld-sub.srt": "SR-3", "PK-78.scc": "", "PK-78_sdh.scc": "SR-4",
		"Night_Ferry_Korean_Dub_51.wav": "SR-1", "night.ferry.NL.subtitles.ttml": "SR-3", "cafe ole pt cc.scc": "SR-4",
		"Night Ferry.wav": "", "SR-5.wav": "", "SR-6.wav": "", "night ferry two nld dub.wav": "", "nothing at all.wav": "", "SR-11.wav": "", "a.wav": "",
	} {
		m := match(ofJuice, name)
		assert.Equal(t, want, m.text("match"), "%s: %v", name, m)
	}
	id := match(ofJuice, "SR-1.wav")
	assert.Equal(t, []any{"the name has its request id"}, id.list("candidates.0.reasons"))
	assert.EqualValues(t, 1, id.at("candidates.0.confidence"))
	assert.Equal(t, []any{"a folder has its package id", "a folder has its movie id", "the name says Dubs"}, match(ofJuice, "PK-77/8001/dub.wav").list("candidates.0.reasons"))
	unclear := match(ofJuice, "Night Ferry.wav")
	assert.Equal(t, true, unclear.at("ambiguous"))
	assert.Equal(t, []string{"SR-1", "SR-2", "SR-3"}, unclear.each("candidates", "request_id"))
	assert.Equal(t, "SR-6", match(ofSDI, "night ferry two nld dub.wav").text("match"))
	assert.Equal(t, "SR-6", match(anOperator, "SR-6.wav").text("match"))
	both := match(anOperator, "SR-1 and SR-6.wav")
	assert.Equal(t, true, both.at("ambiguous"))
	assert.Nil(t, both.at("match"))

	ask := p.as(ofJuice).with("Content-Type", "application/json")
	ask.send(http.MethodPost, "/deliveries/match", `{"files":[]}`).problem(domain.CodeInvalid)
	ask.send(http.MethodPost, "/deliveries/match", `{"files":[{"name":""}]}`).problem(domain.CodeInvalid)
	p.as(ofNorth).with("Content-Type", "application/json").send(http.MethodPost, "/deliveries/match", `{"files":[{"name":"SR-1.wav"}]}`).problem(domain.CodeForbidden)
}

func TestDeliveriesOfManyBegin(t *testing.T) {
	p := newPortal(t)
	p.bring(toMatch)
	by := p.as(ofJuice).with("Idempotency-Key", "many")
	const body = `{"deliveries":[
		{"request_id":"SR-1","files":[{"name":"a.wav","size":5}]},
		{"request_id":"SR-5","files":[{"name":"a.wav","size":5}]},
		{"request_id":"SR-6","files":[{"name":"a.wav","size":5}]},
		{"request_id":"none","files":[{"name":"a.wav","size":5}]},
		{"request_id":"SR-2","files":[{"name":" ","size":5}]},
		{"request_id":"SR-3","complete":"manually","method":"Browser","files":[{"name":"a.wav","size":5},{"name":"b.wav","size":6}]}]}`
	a := by.post("/deliveries", body).done()
	assert.Equal(t, 2, a.count("started"))
	assert.Equal(t, 4, a.count("refused"))
	var statuses []int
	for n := range 6 {
		statuses = append(statuses, a.count(fmt.Sprintf("outcomes.%d.status", n)))
	}
	assert.Equal(t, []int{201, 409, 404, 404, 400, 201}, statuses)
	assert.Equal(t, "refused", a.text("outcomes.1.problem.code"))
	assert.Equal(t, a.at("outcomes.2.problem"), a.at("outcomes.3.problem"), "what is hidden and what never was")
	assert.Equal(t, "files[0].name", a.text("outcomes.4.problem.field"))
	assert.Equal(t, "API", a.text("outcomes.0.delivery.method"))
	assert.Equal(t, "Browser", a.text("outcomes.5.delivery.method"))
	again := by.post("/deliveries", body).ok(http.StatusOK)
	assert.Equal(t, a.at("outcomes"), again.at("outcomes"))
	ids := map[string]bool{}
	for _, path := range []string{"outcomes.0.delivery.files.0.id", "outcomes.5.delivery.files.0.id", "outcomes.5.delivery.files.1.id"} {
		ids[a.text(path)] = true
	}
	assert.Len(t, ids, 3)

	juice := p.as(ofJuice)
	juice.sent(a.at("outcomes.0.delivery").(map[string]any), 0, "right")
	juice.fileOf("SR-1", 0, fileArrived)
	assert.Equal(t, "Delivered", juice.statusOf("SR-1"))
	assert.Equal(t, "Open", juice.statusOf("SR-3"))
	wrong := juice.post("/deliveries", `{"deliveries":[{"request_id":"SR-3","files":[{"name":"a.wav"}]}]}`).problem(domain.CodeInvalid)
	assert.Equal(t, "deliveries[0].files[0].size", wrong.Field)
	juice.post("/deliveries", `{"deliveries":[]}`).problem(domain.CodeInvalid)
	juice.with("Idempotency-Key", "").post("/deliveries", body).problem(domain.CodePreconditionRequired)
	p.as(ofNorth).post("/deliveries", body).problem(domain.CodeForbidden)
}
