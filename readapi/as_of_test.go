package readapi

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// A search as of a moment is what the same search answered then.
func TestSearchesAsOfAMoment(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	searches := []string{
		"/buckets?group=source_type,language", "/buckets?status=All&group=status", "/requests?sort=-due_date,title", "/requests?bucket=critical",
		"/requests?request_id=north-juice", "/modifiers/language/values?", "/modifiers/request_id/values?", "/requests/export.csv?",
	}
	type seen struct {
		at      string
		answers []string
	}
	people := []domain.Principal{anOperator, aChecker, ofJuice, ofSDI, ofNorth}
	see := func(extra string) (all []string) {
		for _, who := range people {
			for _, search := range searches {
				a := p.as(who).get(search + "&" + extra)
				require.Equal(t, http.StatusOK, a.status, "%s", a.body)
				body := string(a.body)
				if a.header.Get("Content-Type") == "application/json" {
					body = strings.Replace(body, a.ok(http.StatusOK).text("position"), "", 1)
				}
				all = append(all, body)
			}
		}
		return all
	}
	var past []seen
	for _, step := range []func() answer{
		func() answer {
			return p.as(ofJuice).post("/requests/north-juice/material-status", `{"material_status":"Received"}`)
		},
		func() answer {
			return p.as(ofJuice).post("/requests/north-juice/estimated-delivery-date", `{"date":"2026-11-28","reason":"subtitles need a second pass"}`)
		},
		func() answer {
			return p.as(anOperator).post("/requests", strings.Replace(openedByHand, "{", `{"request_id":"by-hand",`, 1))
		},
		func() answer { return p.as(anOperator).post("/requests/south-sdi/cancel", `{"reason":"no rights"}`) },
		func() answer { return p.as(ofNorth).post("/requests/north-juice/comments", `{"text":"Well?"}`) },
		func() answer { return p.as(anOperator).post("/requests/south-sdi/reinstate", `{}`) },
	} {
		p.pass(20 * time.Hour)
		at := p.now().Format(time.RFC3339Nano)
		past = append(past, seen{at, see("now=" + at)})
		p.pass(time.Hour)
		p.await(step().done().text("position"))
	}
	for _, then := range past {
		assert.Equal(t, then.answers, see("as_of="+then.at), then.at)
	}

	a := p.as(anOperator).get("/buckets?as_of=2026-11-20T11:59:59.999Z").ok(http.StatusOK)
	assert.Equal(t, 0, a.count("matched"), "before there was anything")
	assert.Equal(t, "2026-11-20T11:59:59.999Z", a.text("now"))
	assert.Equal(t, p.as(anOperator).get("/buckets").ok(http.StatusOK).text("position"), a.text("position"))
	assert.Equal(t, false, a.at("stale"))
}

// What was taken from a partner is gone from its past as well, and the one who
// has it now was not in it before.
func TestThePastOfARequestThatWasReassigned(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	p.pass(time.Hour)
	then := "&as_of=" + p.now().Format(time.RFC3339)
	p.pass(time.Hour)
	sdi := "sdi"
	p.act(anOperator, "north-juice", sourcerequest.Edit{FulfillmentPartner: &sdi})
	idsOf := func(who domain.Principal, when string) []string {
		return p.as(who).get("/requests?sort=request_id"+when).ok(http.StatusOK).each("rows", "request_id")
	}
	assert.Equal(t, []string{"north-juice-2"}, idsOf(ofJuice, ""))
	assert.Equal(t, []string{"north-juice-2"}, idsOf(ofJuice, then))
	assert.Equal(t, []string{"north-juice", "north-sdi", "south-sdi"}, idsOf(ofSDI, ""))
	assert.Equal(t, []string{"north-sdi", "south-sdi"}, idsOf(ofSDI, then))
	assert.Equal(t, []string{"north-juice", "north-juice-2", "north-sdi"}, idsOf(ofNorth, then))
	assert.Equal(t, 1, p.as(ofJuice).get("/buckets?"+then[1:]).ok(http.StatusOK).count("matched"))
	values := p.as(ofJuice).get("/modifiers/source_type/values?" + then[1:]).ok(http.StatusOK)
	assert.Equal(t, []string{"Subs"}, values.each("values", "value"))
}

func TestMomentsThatCannotBeAskedAbout(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	for query, field := range map[string]string{
		"as_of=yesterday":            "as_of",
		"as_of=2026-11-19":           "as_of",
		"as_of=2026-11-20T12:00:01Z": "as_of",
		"as_of=2026-11-20T12:00:00Z&now=2026-11-20T12:00:00Z":   "now",
		"as_of=2026-11-20T12:00:00Z&as_of=2026-11-20T12:00:00Z": "as_of",
	} {
		problem := p.as(ofJuice).get("/buckets?" + query).problem(domain.CodeInvalid)
		assert.Equal(t, field, problem.Field, query)
	}
	p.as(ofJuice).get("/live?as_of=2026-11-20T12:00:00Z").problem(domain.CodeInvalid)

	p.pass(time.Hour)
	p.await(p.as(ofJuice).post("/requests/north-juice/material-status", `{"material_status":"Received"}`).done().text("position"))
	p.pass(36 * 24 * time.Hour) // now what ended then is not kept any more, when something else happens
	p.await(p.as(ofJuice).post("/requests/north-juice/comments", `{"text":"Well?"}`).done().text("position"))
	p.as(ofJuice).get("/buckets?as_of=2026-11-20T12:30:00Z").ok(http.StatusOK)

	cursor := p.as(anOperator).get("/requests?limit=1&as_of=2026-11-20T12:30:00Z").ok(http.StatusOK).text("next")
	p.as(anOperator).get("/requests?limit=1&as_of=2026-11-20T12:30:00Z&cursor=" + cursor).ok(http.StatusOK)
	assert.Equal(t, "cursor", p.as(anOperator).get("/requests?limit=1&as_of=2026-11-20T12:31:00Z&cursor="+cursor).problem(domain.CodeInvalid).Field)
	assert.Equal(t, "cursor", p.as(anOperator).get("/requests?limit=1&cursor="+cursor).problem(domain.CodeInvalid).Field)
}

// The earliest moment is named when the past that is kept begins later.
func TestThePastThatIsNotKept(t *testing.T) {
	p := newPortal(t)
	p.clock.Add(-(40 * 24 * time.Hour).Milliseconds())
	p.bring(fourRequests)
	p.pass(time.Hour)
	p.await(p.as(ofJuice).post("/requests/north-juice/material-status", `{"material_status":"Received"}`).done().text("position"))
	p.clock.Store(noon.UnixMilli())
	p.as(anOperator).post("/rebuild", "").ok(http.StatusOK)
	const before = "/buckets?as_of=2026-10-11T12:30:00Z"
	require.Eventually(t, func() bool { return p.as(ofJuice).get(before).status != http.StatusOK }, 10*time.Second, time.Millisecond, "the index serves what was built")
	problem := p.as(ofJuice).get(before).problem(domain.CodeNotKept)
	assert.Equal(t, http.StatusUnprocessableEntity, problem.Status)
	assert.Equal(t, []string{"2026-10-11T13:00:00Z"}, problem.Allowed)
	assert.Contains(t, problem.Detail, "2026-10-11T13:00:00Z")
	p.as(ofJuice).get("/buckets?as_of=2026-10-11T13:00:00Z").ok(http.StatusOK)
}
