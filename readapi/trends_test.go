package readapi

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"backlot/domain"
)

// Each point of a trend is what /buckets answers as of its moment.
func TestTrends(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	for _, step := range []func() answer{
		func() answer {
			return p.as(ofJuice).post("/requests/north-juice/material-status", `{"material_status":"Received"}`)
		},
		func() answer {
			return p.as(anOperator).post("/requests", strings.Replace(openedByHand, "{", `{"request_id":"by-hand",`, 1))
		},
		func() answer { return p.as(anOperator).post("/requests/south-sdi/cancel", `{"reason":"no rights"}`) },
		func() answer { return p.as(anOperator).post("/requests/south-sdi/reinstate", `{}`) },
	} {
		p.pass(25 * time.Hour)
		p.await(step().done().text("position"))
	}
	for _, who := range []domain.Principal{anOperator, ofJuice, ofSDI, ofNorth, aChecker} {
		for _, selection := range []string{"", "&status=All", "&due_date=overdue", "&language=Dutch&-source_type=Dubs", "&request_id=south-sdi&request_id=north-juice"} {
			a := p.as(who).get("/trends?from=2026-11-15&every=day" + selection).ok(http.StatusOK)
			assert.Equal(t, "2026-11-24", a.text("to"))
			assert.Equal(t, "UTC", a.text("zone"))
			assert.Len(t, a.list("points"), 10)
			for _, one := range a.list("points") {
				point := object(one.(map[string]any))
				then := p.as(who).get("/buckets?as_of=" + point.text("at") + selection).ok(http.StatusOK)
				assert.Equal(t, then.at("matched"), point.at("matched"), "%s %s", point.text("day"), selection)
				assert.Equal(t, then.at("buckets"), point.at("buckets"), "%s %s", point.text("day"), selection)
			}
		}
	}
	a := p.as(anOperator).get("/trends").ok(http.StatusOK)
	assert.Equal(t, "2026-10-21", a.text("from"))
	assert.Len(t, a.list("points"), 35)
	assert.Equal(t, "2026-11-23T23:59:59.999Z", a.text("points.33.at"))
	assert.Equal(t, a.text("now"), a.text("points.34.at"))
	assert.Equal(t, []any{0.0, 4.0, 5.0}, []any{a.at("points.29.matched"), a.at("points.30.matched"), a.at("points.34.matched")})

	for query, field := range map[string]string{
		"from=2026-11-25": "from", "to=2026-11-25": "to", "from=yesterday": "from", "to=11": "to", "from=2025-01-01": "from", "every=week": "every",
		"from=2026-11-03&to=2026-11-02": "from", "language=a&as_of=2026-11-02": "as_of",
	} {
		assert.Equal(t, field, p.as(ofJuice).get("/trends?"+query).problem(domain.CodeInvalid).Field, query)
	}
}

// Without from, a trend begins where the past that is kept does.
func TestATrendBeginsWhereThePastDoes(t *testing.T) {
	p := newPortal(t)
	p.clock.Add(-(36 * 24 * time.Hour).Milliseconds())
	p.bring(fourRequests)
	p.pass(time.Hour)
	p.await(p.as(ofJuice).post("/requests/north-juice/material-status", `{"material_status":"Received"}`).done().text("position"))
	p.clock.Store(noon.UnixMilli())
	p.as(anOperator).post("/rebuild", "").ok(http.StatusOK)
	const early = "/trends?from=2026-10-14&to=2026-11-02"
	assert.Eventually(t, func() bool { return p.as(ofJuice).get(early).status != http.StatusOK }, 10*time.Second, time.Millisecond)
	assert.Equal(t, "from", p.as(ofJuice).get(early).problem(domain.CodeNotKept).Field)
	assert.Equal(t, "2026-10-15", p.as(ofJuice).get("/trends?to=2026-11-02").ok(http.StatusOK).text("from"))
}
