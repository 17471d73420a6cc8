package readapi

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/commands"
	"backlot/domain"
	"backlot/domain/template"
)

var ofJuiceToo = domain.Principal{Account: "joy", Organisation: ofJuice.Organisation, Role: domain.RoleFulfillmentPartner}

func templatesPortal(t *testing.T) *portal {
	p := newPortal(t)
	require.Eventually(t, p.templates.Ready, 10*time.Second, time.Millisecond)
	return p
}

// templates lists what somebody sees, after whatever was done last.
func (c call) templates(after object) object {
	c.portal.t.Helper()
	return c.get("/templates?after=" + after.text("position")).ok(http.StatusOK)
}

func (c call) put(path, body string) answer { return c.command(http.MethodPut, path, body) }

func (c call) delete(path string) answer { return c.command(http.MethodDelete, path, "") }

const koreanDubs = `{"name":"Korean dubs","query":"source_type=dubs&language=Korean&-country=France&-country=","groups":["country","due_month"]}`

func TestALifeOfATemplate(t *testing.T) {
	p := templatesPortal(t)
	jo, joy := p.as(ofJuice), p.as(ofJuiceToo)
	assert.Empty(t, jo.get("/templates").ok(http.StatusOK).list("templates"))

	made := jo.post("/templates", koreanDubs)
	saved := made.ok(http.StatusCreated)
	id := saved.text("template.id")
	assert.Equal(t, base+"/templates/"+id, made.header.Get("Location"))
	want := object{
		"id": id, "name": "Korean dubs", "query": "-country=&-country=France&language=Korean&source_type=Dubs", "groups": []any{"country", "due_month"},
		"modifiers": []any{
			map[string]any{"name": "source_type", "exclude": false, "values": []any{"Dubs"}},
			map[string]any{"name": "language", "exclude": false, "values": []any{"Korean"}},
			map[string]any{"name": "country", "exclude": true, "values": []any{"", "France"}},
		},
		"shared": false, "mine": true, "owner": "jo", "default": false, "valid": true, "problem": nil, "updated_at": "2026-11-20T12:00:00Z",
	}
	assert.Equal(t, map[string]any(want), saved.at("template"))
	assert.Equal(t, []any{map[string]any(want)}, jo.templates(saved).list("templates"))
	assert.Equal(t, want, jo.get("/templates/", id, "?after=", saved.text("position")).ok(http.StatusOK))
	assert.Empty(t, joy.templates(saved).list("templates"))

	// The query is one that searches take.
	p.bring(fourRequests)
	jo.get("/buckets?" + want.text("query") + "&group=country,due_month").ok(http.StatusOK)

	p.pass(time.Hour)
	shared := jo.put("/templates/"+id, `{"name":"Dubs","query":"source_type=Dubs","shared":true,"default":true}`).ok(http.StatusOK)
	assert.Equal(t, true, shared.at("changed"))
	for path, value := range map[string]any{"name": "Dubs", "query": "source_type=Dubs", "groups": []any{}, "shared": true, "default": true, "updated_at": "2026-11-20T13:00:00Z"} {
		assert.Equal(t, value, shared.at("template."+path), path)
	}
	assert.Equal(t, false, jo.put("/templates/"+id, `{"name":"Dubs ","query":"source_type=dubs","shared":true}`).ok(http.StatusOK).at("changed"))

	mine := joy.post("/templates", `{"name":"zebra","query":""}`).ok(http.StatusCreated)
	seen := joy.templates(mine)
	assert.Equal(t, []string{"zebra", "Dubs"}, seen.each("templates", "name"), "one's own come first")
	assert.Equal(t, false, seen.at("templates.1.mine"))
	assert.Equal(t, "jo", seen.at("templates.1.owner"))
	assert.Equal(t, false, seen.at("templates.1.default"), "the default is each account's own choice")
	chosen := joy.put("/templates/default", `{"id":"`+id+`"}`).ok(http.StatusOK)
	assert.Equal(t, id, chosen.text("template.id"))
	assert.Equal(t, true, joy.templates(chosen).at("templates.1.default"))

	gone := jo.delete("/templates/" + id).ok(http.StatusOK)
	assert.Nil(t, gone.at("template"))
	assert.Empty(t, jo.templates(gone).list("templates"))
	left := joy.templates(gone)
	assert.Equal(t, []string{"zebra"}, left.each("templates", "name"))
	assert.Equal(t, false, left.at("templates.0.default"))
	none := joy.put("/templates/default", `{"id":null}`).ok(http.StatusOK)
	assert.Nil(t, none.at("template"))
	jo.get("/templates/" + id).problem(domain.CodeNotFound)
}

// Only who may see a template learns that there is one.
func TestTemplatesStayInTheOrganisation(t *testing.T) {
	p := templatesPortal(t)
	shared := p.as(ofJuice).post("/templates", `{"name":"Shared","query":"","shared":true}`).ok(http.StatusCreated)
	own := p.as(ofJuice).post("/templates", `{"name":"Own","query":""}`).ok(http.StatusCreated)
	ours := p.as(anAuditor).post("/templates", `{"name":"Ours","query":"","shared":true}`).ok(http.StatusCreated)
	require.NoError(t, p.templates.WaitFor(t.Context(), positionOf(t, ours)))
	replace := `{"name":"Taken","query":""}`

	id := shared.text("template.id")
	for _, a := range []answer{p.as(ofJuiceToo).put("/templates/"+id, replace), p.as(ofJuiceToo).delete("/templates/" + id)} {
		assert.Contains(t, a.problem(domain.CodeForbidden).Detail, "account jo,")
	}
	for _, c := range []struct {
		who domain.Principal
		id  string
	}{
		{ofJuiceToo, own.text("template.id")}, {ofSDI, id}, {ofNorth, id}, {anOperator, id}, {anAuditor, id},
		{ofJuice, ours.text("template.id")}, {ofNorth, ours.text("template.id")},
	} {
		for _, send := range []func(id string) answer{
			func(id string) answer { return p.as(c.who).get("/templates/" + id) },
			func(id string) answer { return p.as(c.who).put("/templates/"+id, replace) },
			func(id string) answer { return p.as(c.who).delete("/templates/" + id) },
			func(id string) answer { return p.as(c.who).put("/templates/default", `{"id":"`+id+`"}`) },
		} {
			hidden := send(c.id)
			hidden.problem(domain.CodeNotFound)
			assert.Equal(t, string(send(uuid.NewString()).body), string(hidden.body), "what is hidden looks like what never was")
		}
	}
	for who, names := range map[domain.Principal][]string{
		ofJuice: {"Own", "Shared"}, ofJuiceToo: {"Shared"}, ofSDI: {}, ofNorth: {}, anOperator: {"Ours"}, aChecker: {"Ours"}, anAuditor: {"Ours"},
	} {
		assert.Equal(t, names, p.as(who).get("/templates").ok(http.StatusOK).each("templates", "name"), who.Account)
	}
}

func positionOf(t *testing.T, o object) domain.Position {
	t.Helper()
	at, err := domain.ParsePosition(o.text("position"))
	require.NoError(t, err)
	return at
}

func TestWhatIsNoTemplate(t *testing.T) {
	p := templatesPortal(t)
	jo := p.as(ofJuice)
	id := jo.post("/templates", `{"name":"Dutch","query":""}`).ok(http.StatusCreated).text("template.id")
	for _, c := range []struct{ body, field, detail string }{
		{`{"query":""}`, "name", "has a name"},
		{`{"name":"x"}`, "query", "query is required"},
		{`{"name":"x","query":"colour=red"}`, "query.colour", `"colour"`},
		{`{"name":"x","query":"-status=Opened"}`, "query.-status", "Opened"},
		{`{"name":"x","query":"due_date=soon"}`, "query.due_date", "soon"},
		{`{"name":"x","query":"language=%zz"}`, "query", "percent-encode"},
		{`{"name":"x","query":"","groups":["language","colour"]}`, "groups", `"colour"`},
		{`{"name":"x","query":"","groups":[""]}`, "groups", `""`},
		{`{"name":"x","query":"","groups":["language","language"]}`, "groups", "twice"},
		{`{"name":"` + strings.Repeat("x", 81) + `","query":""}`, "name", "80"},
		{`{"name":"x","query":"","default":null}`, "default", "null"},
		{`{"name":"x","query":"","colour":"red"}`, "colour", "colour"},
	} {
		for _, a := range []answer{jo.post("/templates", c.body), jo.put("/templates/"+id, c.body)} {
			problem := a.problem(domain.CodeInvalid)
			assert.Equal(t, c.field, problem.Field, c.body)
			assert.Contains(t, problem.Detail, c.detail, c.body)
		}
	}
	assert.Contains(t, jo.post("/templates", `{"name":"x","query":"","groups":["colour"]}`).problem(domain.CodeInvalid).Allowed, "due_month")
	assert.Equal(t, "name", jo.post("/templates", `{"name":"DUTCH","query":""}`).problem(domain.CodeConflict).Field)
	assert.Equal(t, "id", jo.put("/templates/default", `{}`).problem(domain.CodeInvalid).Field)
	assert.Equal(t, "after", jo.get("/templates?after=soon").problem(domain.CodeInvalid).Field)
	jo.with("Idempotency-Key", "").post("/templates", koreanDubs).problem(domain.CodePreconditionRequired)
	jo.with("Idempotency-Key", "").delete("/templates/" + id).problem(domain.CodePreconditionRequired)
	jo.post("/templates/default", `{}`).problem(codeMethodNotAllowed)
}

func TestTemplateCommandsAreIdempotent(t *testing.T) {
	p := templatesPortal(t)
	jo := p.as(ofJuice)
	first := jo.with("Idempotency-Key", "k").post("/templates", koreanDubs).ok(http.StatusCreated)
	again := jo.with("Idempotency-Key", "k").post("/templates", koreanDubs).ok(http.StatusCreated)
	assert.Equal(t, true, again.at("replayed"))
	assert.Equal(t, first.at("template"), again.at("template"))
	jo.with("Idempotency-Key", "k").post("/templates", `{"name":"x","query":""}`).problem(domain.CodeKeyReused)
	id := first.text("template.id")
	gone := jo.with("Idempotency-Key", "d").delete("/templates/" + id).ok(http.StatusOK)
	assert.Equal(t, gone.text("position"), jo.with("Idempotency-Key", "d").delete("/templates/"+id).ok(http.StatusOK).text("position"))
	assert.Empty(t, jo.templates(gone).list("templates"))
}

// What a vocabulary does not hold any more is said, and can be put right.
func TestATemplateThatDoesNotParseAnyMore(t *testing.T) {
	p := templatesPortal(t)
	use := commands.NewTemplates(p.store, p.templates, p.now)
	for id, c := range map[string]template.Content{
		"query":  {Name: "Query", Query: "source_type=Wire+Recording"},
		"groups": {Name: "Groups", Query: "language=Dutch", Groups: []string{"colour"}},
	} {
		o, err := use.Change(t.Context(), template.Save{ID: id, Content: c}, domain.Instruction{By: ofJuice, Key: id})
		require.NoError(t, err)
		require.NoError(t, p.templates.WaitFor(t.Context(), o.Position))
	}
	jo := p.as(ofJuice)
	listed := jo.get("/templates").ok(http.StatusOK)
	assert.Equal(t, []string{"Groups", "Query"}, listed.each("templates", "name"))
	for n, reason := range []string{`"colour"`, `"Wire Recording"`} {
		at := object(listed.list("templates")[n].(map[string]any))
		assert.Equal(t, false, at.at("valid"))
		assert.Contains(t, at.text("problem"), reason)
		assert.Empty(t, at.list("modifiers"))
	}
	assert.Equal(t, "source_type=Wire+Recording", listed.text("templates.1.query"))
	right := jo.put("/templates/query", `{"name":"Query","query":"source_type=Dubs"}`).ok(http.StatusOK)
	assert.Equal(t, true, right.at("template.valid"))
	assert.Nil(t, right.at("template.problem"))
}
