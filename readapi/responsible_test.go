package readapi

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

func portalWithStaff(t *testing.T) *portal {
	p := newPortal(t)
	p.bring(fourRequests)
	return p
}

func TestChangeResponsible(t *testing.T) {
	p := portalWithStaff(t)
	const path = "/requests/north-juice"
	etag := p.as(ofJuice).get(path).header.Get("ETag")
	mine := p.as(ofJuice).post(path+"/responsible", `{"account":"me"}`)
	assert.Equal(t, map[string]any{"account": "jo", "name": "Jo Carter"}, mine.done().at("request.responsible"))
	assert.Equal(t, etag, mine.header.Get("ETag"), "it is no field that an edit could miss")
	assert.Equal(t, false, p.as(ofJuice).post(path+"/responsible", `{"account":"jo"}`).done().at("changed"))
	p.as(anOperator).post(path+"/responsible", `{"account":"jim"}`).done()
	assert.Equal(t, "jim", p.as(ofJuice).get(path).ok(http.StatusOK).text("request.responsible.account"))

	p.as(ofSDI).post(path+"/responsible", `{"account":"me"}`).problem(domain.CodeNotFound)
	p.as(anOperator).with("If-Match", etag).patch(path, `{"sub_assignee":"SDI"}`).done()
	p.as(ofSDI).post(path+"/responsible", `{"account":"ME"}`).done()
	assert.Equal(t, "Sam Dale", p.as(ofSDI).get(path).ok(http.StatusOK).text("request.responsible.name"))
	for _, who := range []domain.Principal{anOperator, anAuditor} {
		both := p.as(who).get(path).ok(http.StatusOK)
		assert.Equal(t, []string{"jim", "sam"}, []string{both.text("request.responsible.account"), both.text("request.sub_responsible.account")})
	}
	assert.Equal(t, "jim", p.as(ofJuice).post(path+"/responsible", `{"account":"jim"}`).done().text("request.responsible.account"), "each says it of its own")

	for _, c := range []struct {
		who         domain.Principal
		body, field string
	}{
		{ofJuice, `{}`, "account"}, {ofJuice, `{"account":"sam"}`, "account"}, {ofJuice, `{"account":"nobody"}`, "account"}, {ofJuice, `{"account":"jan"}`, "account"},
		{ofJuice, `{"account":7}`, "account"}, {ofJuice, `{"account":"jo","reason":"x"}`, "reason"},
		{anOperator, `{"account":"me"}`, "account"}, {anOperator, `{"account":"ada"}`, "account"}, {anOperator, `{"account":"nina"}`, "account"},
		{anOperator, `{"account":"nobody"}`, "account"}, {anOperator, `{"account":"jan"}`, "account"},
	} {
		assert.Equal(t, c.field, p.as(c.who).post(path+"/responsible", c.body).problem(domain.CodeInvalid).Field, c.body)
	}
	foreign, unknown := p.as(ofJuice).post(path+"/responsible", `{"account":"sam"}`), p.as(ofJuice).post(path+"/responsible", `{"account":"zam"}`)
	assert.Equal(t, strings.ReplaceAll(string(unknown.body), "zam", "sam"), string(foreign.body), "another's people look as if they were not there")
	for _, who := range []domain.Principal{ofNorth, anAuditor} {
		for _, body := range []string{`{"account":"me"}`, `{"account":"jo"}`, `{"account":"nobody"}`, `{"account":null}`} {
			p.as(who).post(path+"/responsible", body).problem(domain.CodeForbidden)
		}
	}

	assert.Nil(t, p.as(ofSDI).post(path+"/responsible", `{"account":null}`).done().at("request.responsible"))
	p.as(anOperator).post(path+"/responsible", `{"account":"sam"}`).done()
	p.as(anOperator).post(path+"/responsible", `{"account":null}`).done()
	left := p.as(anOperator).get(path).ok(http.StatusOK)
	assert.Nil(t, left.at("request.responsible"))
	assert.Equal(t, "sam", left.text("request.sub_responsible.account"))
	p.as(anOperator).post(path+"/cancel", "").done()
	assert.NotContains(t, p.as(anOperator).post(path+"/responsible", `{"account":"jo"}`).problem(domain.CodeRefused).Allowed, "responsible")
}

func TestMyWork(t *testing.T) {
	p := portalWithStaff(t)
	p.as(ofJuice).post("/requests/north-juice/responsible", `{"account":"me"}`).done()
	p.as(ofJuice).post("/requests/north-juice-2/responsible", `{"account":"jim"}`).done()
	mine := p.as(ofJuice).get("/requests?responsible=me&columns=responsible").ok(http.StatusOK)
	assert.Equal(t, []string{"north-juice"}, mine.each("rows", "request_id"))
	assert.Equal(t, map[string]any{"account": "jo", "name": "Jo Carter"}, mine.at("rows.0.responsible"))
	for _, jims := range []string{"jim", "JIM+ambersecret"} {
		assert.Equal(t, 1, p.as(ofJuice).get("/buckets?responsible="+jims).ok(http.StatusOK).count("matched"), jims)
	}
	assert.Empty(t, p.as(ofSDI).get("/requests?responsible=me").ok(http.StatusOK).list("warnings"))
	groups := p.as(anAuditor).get("/buckets?group=responsible").ok(http.StatusOK)
	assert.Equal(t, []string{"Jim Ambersecret", "Jo Carter", ""}, []string{groups.text("groups.0.key.responsible"), groups.text("groups.1.key.responsible"), groups.text("groups.2.key.responsible")})
}

// The log is for ever, people's names are not: a saved search holds ids.
func TestTemplatesHoldNoNames(t *testing.T) {
	p := portalWithStaff(t)
	p.as(ofJuice).post("/requests/north-juice/responsible", `{"account":"jim"}`).done()
	saved := p.as(ofJuice).post("/templates", `{"name":"Jim's","query":"responsible=Jim+Ambersecret&-responsible=jan&responsible=Me&language=Korean"}`).ok(http.StatusCreated)
	assert.Equal(t, "-responsible=jan&language=Korean&responsible=jim&responsible=me", saved.text("template.query"))
	assert.Equal(t, []any{"Jim Ambersecret", "me"}, saved.list("template.modifiers.0.values"))
	for _, query := range []string{"responsible=Sam+Dale", "responsible=sam", "-responsible=Nobody+Knows"} {
		name, _, _ := strings.Cut(query, "=")
		assert.Equal(t, "query."+name, p.as(ofJuice).post("/templates", `{"name":"Not mine","query":"`+query+`"}`).problem(domain.CodeInvalid).Field)
	}
}

// Who is responsible within a fulfillment partner shows to nobody else, nor to
// the next one, in any answer.
func TestResponsibleStaysWithinItsOrganisation(t *testing.T) {
	p := portalWithStaff(t)
	const id = "north-juice"
	responsible := "/requests/" + id + "/responsible"
	p.as(anOperator).post(responsible, `{"account":"jim"}`).done()
	p.as(anOperator).post("/requests/north-juice-2/responsible", `{"account":"jim"}`).done()
	p.as(ofJuice).with("If-Match", p.as(ofJuice).get("/requests/"+id).header.Get("ETag")).patch("/requests/"+id, `{"sub_assignee":"SDI"}`).done()
	hides := func(who domain.Principal, secrets ...string) {
		t.Helper()
		parts := []string{"/modifiers/responsible/values", "/buckets?group=responsible", "/requests?sort=responsible&limit=1", "/requests?sort=-responsible", "/requests?responsible=", "/requests?-responsible=me"}
		for _, part := range partsOfRequest[:len(partsOfRequest)-1] {
			parts = append(parts, "/requests/"+id+part)
		}
		for _, part := range parts {
			a := p.as(who).get(part)
			a.ok(http.StatusOK)
			for _, secret := range append(secrets, "jim", "Ambersecret") {
				assert.NotContains(t, string(a.body), secret, "%s: %s", who.Account, part)
			}
		}
		known, unknown := p.as(who).get("/requests?responsible=jim"), p.as(who).get("/requests?responsible=jit")
		assert.Equal(t, strings.ReplaceAll(string(unknown.body), "jit", "jim"), string(known.body), who.Account)
		assert.Equal(t, 0, known.ok(http.StatusOK).count("total"))
	}
	hides(ofSDI, "responsible_changed")
	hides(ofNorth, "responsible_changed")
	p.as(ofSDI).post(responsible, `{"account":"me"}`).done()
	history := p.as(ofSDI).get("/requests/" + id + "/history").ok(http.StatusOK)
	assert.Equal(t, "SDI made Sam Dale responsible", history.text("entries.0.summary"))
	assert.Equal(t, map[string]any{"field": "responsible", "label": "Responsible", "from": nil, "to": "Sam Dale"}, history.at("entries.0.changes.0"))
	juices := p.as(ofJuice).get("/requests/" + id + "/history").ok(http.StatusOK)
	assert.Equal(t, []string{"sub_assigned", "responsible_changed", "opened"}, juices.each("entries", "kind"))
	assert.NotContains(t, string(p.as(ofJuice).get("/requests/"+id+"/history").body), "Sam Dale")
	assert.Equal(t, "Juice asked SDI to work on it as sub-assignee", juices.text("entries.0.summary"))

	p.act(domain.Principal{Account: "quinn", Role: domain.RoleOperator}, id, sourcerequest.Edit{FulfillmentPartner: ptr("sdi")})
	assert.Nil(t, p.as(ofSDI).get("/requests/"+id).ok(http.StatusOK).at("request.responsible"))
	hides(ofSDI)
	hides(ofNorth, "responsible_changed", "Sam Dale")
	told := p.as(anAuditor).get("/requests/" + id + "/history").ok(http.StatusOK)
	assert.Equal(t, []any{
		map[string]any{"field": "fulfillment_partner", "label": "Fulfillment partner", "from": "Juice", "to": "SDI"},
		map[string]any{"field": "sub_assignee", "label": "Sub-assignee", "from": "SDI", "to": nil},
		map[string]any{"field": "responsible", "label": "Responsible", "from": "Jim Ambersecret", "to": nil},
		map[string]any{"field": "sub_responsible", "label": "Responsible for the sub-assignee", "from": "Sam Dale", "to": nil},
	}, told.list("entries.0.changes"))
}
