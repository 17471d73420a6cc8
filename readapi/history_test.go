package readapi

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

func TestHistoryReadsLikeAStory(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	const path = "/requests/north-juice"
	day := 24 * time.Hour
	steps := []func() answer{
		func() answer {
			return p.as(ofJuice).post(path+"/material-status", `{"material_status":"Rejected","reason":"no sound"}`)
		},
		func() answer { return p.as(ofNorth).post(path+"/comments", `{"text":"New files come on Monday."}`) },
		func() answer {
			return p.as(ofJuice).post(path+"/material-status", `{"material_status":"Accepted"}`)
		},
		func() answer {
			return p.as(ofJuice).post(path+"/estimated-delivery-date", `{"date":"2026-11-28","reason":"subtitles need a second pass"}`)
		},
		func() answer {
			etag := p.as(anOperator).get(path).header.Get("ETag")
			return p.as(anOperator).with("If-Match", etag).patch(path, `{"due_date":"2026-11-30","sub_assignee":"SDI"}`)
		},
		func() answer { return p.as(anOperator).post(path+"/cancel", `{"reason":"no rights"}`) },
		func() answer { return p.as(anOperator).post(path+"/reinstate", `{}`) },
	}
	for _, step := range steps {
		p.pass(day)
		step().done()
	}
	history := p.as(anOperator).get(path + "/history").ok(http.StatusOK)
	assert.Equal(t, []string{
		"An operator reinstated the request as Open",
		"An operator cancelled the request: no rights",
		"An operator asked SDI to work on it as sub-assignee",
		"An operator changed the due date from 24 Nov 2026 to 30 Nov 2026",
		"Juice moved the estimated delivery date from 24 Nov 2026 to 28 Nov 2026: subtitles need a second pass",
		"Juice changed the material status from Rejected to Accepted",
		"Northlight commented: New files come on Monday.",
		"Juice changed the material status from Not Received to Rejected: no sound",
		"An operator imported the request for Dubs in Korean of “House of Cards”, due on 24 Nov 2026, assigned to Juice",
	}, history.each("entries", "summary"))
	assert.Nil(t, history.at("as_of"))
	assert.Equal(t, "2026-11-24T12:00:00Z", history.text("entries.4.at"))
	assert.Equal(t, "Juice", history.text("entries.4.actor.organisation.name"))
	assert.Equal(t, "subtitles need a second pass", history.text("entries.4.reason"))
	assert.Equal(t, map[string]any{"field": "estimated_delivery_date", "label": "Estimated delivery date", "from": "2026-11-24", "to": "2026-11-28"}, history.at("entries.4.changes.0"))
	assert.Equal(t, map[string]any{"field": "sub_assignee", "label": "Sub-assignee", "from": nil, "to": "SDI"}, history.at("entries.2.changes.0"))
	assert.Equal(t, "New files come on Monday.", history.text("entries.6.text"))
	assert.Equal(t, history.text("entries.2.correlation_id"), history.text("entries.3.correlation_id"), "one edit")
	assert.Equal(t, history.text("entries.0.position"), history.text("position"))

	before := p.as(anOperator).get(path + "/history?at=2026-11-24T11:59:59.999Z").ok(http.StatusOK)
	assert.Len(t, before.list("entries"), 4)
	assert.Equal(t, "2026-11-24", before.text("as_of.request.estimated_delivery_date"))
	assert.Equal(t, "Accepted", before.text("as_of.request.material_status"))
	assert.Equal(t, []any{"requests", "on_track", "materials_available"}, before.list("as_of.buckets"))
	assert.Equal(t, 1, before.count("as_of.counts.comments"))
	on := p.as(anOperator).get(path + "/history?at=2026-11-24T12:00:00Z").ok(http.StatusOK)
	assert.Equal(t, "2026-11-28", on.text("as_of.request.estimated_delivery_date"))
	assert.Equal(t, []any{"requests", "critical", "materials_available"}, on.list("as_of.buckets"))
	assert.Equal(t, []string{"edd_after_due_soon"}, on.each("as_of.why", "key"))
	whole := p.as(anOperator).get(path + "/history?at=2026-11-24").ok(http.StatusOK)
	assert.Len(t, whole.list("entries"), 5, "a day means its end")
	assert.Equal(t, "2026-11-24T23:59:59.999Z", whole.text("as_of.at"))

	early := p.as(anOperator).get(path + "/history?at=2026-11-20T11:59:59Z").problem(domain.CodeNotFound)
	assert.Equal(t, "at", early.Field)
	assert.Contains(t, early.Detail, "2026-11-20T12:00:00Z")
	for _, wrong := range []string{"yesterday", "2026-13-01", "2026-11-24T12:00:00", ""} {
		assert.Equal(t, "at", p.as(anOperator).get(path+"/history?at="+wrong).problem(domain.CodeInvalid).Field)
	}
}

func TestHistoryIsToldInTheReadersLanguage(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	const path = "/requests/north-juice/history"
	p.as(ofJuice).post("/requests/north-juice/material-status", `{"material_status":"Rejected","reason":"no sound"}`).done()
	answered := p.as(ofJuice).with("Accept-Language", "fr, ja-JP;q=0.9, en;q=0.8").get(path + "?at=2026-11-24")
	japanese := answered.ok(http.StatusOK)
	assert.Equal(t, []string{
		"Juice が素材ステータスを「未受領」から「却下」に変更しました: no sound",
		"オペレーターが「House of Cards」の吹き替え (Korean) のリクエストをインポートしました: 納期 2026年11月24日、割り当て先 Juice",
	}, japanese.each("entries", "summary"))
	assert.Equal(t, map[string]any{"field": "material_status", "label": "素材ステータス", "from": "Not Received", "to": "Rejected"}, japanese.at("entries.0.changes.0"))
	assert.Equal(t, "no sound", japanese.text("entries.0.reason"))
	assert.Equal(t, "素材が却下された", japanese.text("as_of.why.0.label"))
	assert.Equal(t, "ja", answered.header.Get("Content-Language"))
	assert.Equal(t, "Accept-Language", answered.header.Get("Vary"))
	for _, language := range []string{"", "en-GB, ja", "de"} {
		answered := p.as(ofJuice).with("Accept-Language", language).get(path)
		english := answered.ok(http.StatusOK)
		assert.Equal(t, "Juice changed the material status from Not Received to Rejected: no sound", english.text("entries.0.summary"))
		assert.Equal(t, "Material status", english.text("entries.0.changes.0.label"))
		assert.Equal(t, "en", answered.header.Get("Content-Language"))
	}
	audit := p.as(ofJuice).with("Accept-Language", "ja").get("/audit?limit=1").ok(http.StatusOK)
	assert.Equal(t, "Juice が素材ステータスを「未受領」から「却下」に変更しました: no sound", audit.text("entries.0.summary"))
	lanes := p.as(ofJuice).with("Accept-Language", "ja").get("/timeline?request_id=north-juice").ok(http.StatusOK)
	assert.Contains(t, lanes.text("lanes.0.marks.0.summary"), "インポートしました")
	export := p.as(ofJuice).with("Accept-Language", "ja").get("/audit/export?format=csv")
	assert.Contains(t, string(export.body), "changed the material status", "exports stay English")
}

// An event of a later version of the portal is shown as what it is, and the
// rest of the history and the details stay readable.
func TestHistoryShowsEventsThatItDoesNotKnow(t *testing.T) {
	p := newPortal(t, func(c *Config) { c.Streams = withUnknown{c.Streams} })
	p.bring(fourRequests)
	history := p.as(ofNorth).get("/requests/north-juice/history").ok(http.StatusOK)
	assert.Equal(t, []string{"unknown", "opened"}, history.each("entries", "kind"))
	assert.Equal(t, "V9.Painted", history.text("entries.0.event_type"))
	assert.Contains(t, history.text("entries.0.summary"), "V9.Painted")
	past := p.as(ofNorth).get("/requests/north-juice/history?at=2026-11-21").ok(http.StatusOK)
	assert.Equal(t, "Open", past.text("as_of.request.status"))
}

// withUnknown adds an event of unknown type to the end of every stream.
type withUnknown struct{ Streams }

func (s withUnknown) ReadStream(ctx context.Context, stream string, each func(domain.Recorded) error) error {
	var last domain.Recorded
	err := s.Streams.ReadStream(ctx, stream, func(r domain.Recorded) error { last = r; return each(r) })
	if err != nil || last.Type == "" {
		return err
	}
	last.Type, last.Event, last.ID = "V9.Painted", nil, uuid.New()
	last.Revision++
	return each(last)
}

func TestDetailsSayWhy(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	details := p.as(ofJuice).get("/requests/north-juice?now=2026-11-22T00:00:00Z").ok(http.StatusOK)
	assert.Equal(t, []any{"requests", "at_risk", "awaiting_materials"}, details.list("buckets"))
	assert.Equal(t, []any{map[string]any{"key": "no_materials", "label": sourcerequest.RuleNoMaterials.Label(), "bucket": "at_risk"}}, details.list("why"))
	assert.Equal(t, "2026-11-22T00:00:00Z", details.text("now"))
	late := p.as(ofJuice).get("/requests/north-juice?now=2026-11-25T00:00:00Z").ok(http.StatusOK)
	assert.Equal(t, []any{"requests", "critical", "awaiting_materials", "overdue_undelivered"}, late.list("buckets"))
	assert.Equal(t, []string{"due_date_passed", "edd_passed"}, late.each("why", "key"))
	require.Equal(t, false, late.at("stale"))
}

func TestDeliveriesAndMaterials(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	const id = "north-juice"
	p.act(ofNorth, id, sourcerequest.ProvideMaterials{Materials: []sourcerequest.MaterialFile{{ID: "m", Kind: sourcerequest.MaterialAudio, Name: "stems.wav", Size: 12}}})
	p.act(ofJuice, id, sourcerequest.StartDelivery{DeliveryID: "d", Method: sourcerequest.MethodAPI, Files: []sourcerequest.DeclaredFile{{ID: "f", Name: "dub.wav", Size: 7}}})
	d := p.as(ofNorth).get("/requests/" + id + "/deliveries").ok(http.StatusOK)
	assert.Equal(t, "dub.wav", d.text("deliveries.0.files.0.name"))
	assert.Nil(t, d.at("deliveries.0.files.0.delivered_at"))
	assert.Nil(t, d.at("deliveries.0.completed_at"))
	assert.Equal(t, "Juice", d.text("deliveries.0.started_by.organisation.name"))
	m := p.as(ofJuice).get("/requests/" + id + "/materials").ok(http.StatusOK)
	assert.Equal(t, "stems.wav", m.text("materials.0.name"))
	assert.Equal(t, "Northlight", m.text("materials.0.provided_by.organisation.name"))
	assert.Equal(t, 1, p.as(ofJuice).get("/requests/"+id).ok(http.StatusOK).count("counts.materials"))
}
