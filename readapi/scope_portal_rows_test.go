package readapi

import (
	"net/http"
	"time"

	"backlot/domain"
)

// portalRows are what is about no request: the portal itself, its
// organisations, and what needs nobody to be signed in.
func portalRows() []scopeRow {
	public := func(operation string) scopeRow {
		return scopeRow{operation: operation, check: func(c *scopeCell) { c.status(c.call(scopeCall{}), http.StatusOK) }}
	}
	rows := []scopeRow{
		onlyFor(onlyOperators, "rebuildReadModels", scopeCall{}, scopeCall{}),
		onlyFor(onlyOperators, "scavengeEventStore", scopeCall{}, scopeCall{}),
		onlyFor(onlyOperators, "registerOrganisation", scopeCall{body: `{"name":"Zqlonefilm","kinds":["content_partner"]}`},
			scopeCall{body: `{"name":"Fresh Post","kinds":["fulfillment_partner"]}`}),
		onlyFor(onlyOperators, "renameOrganisation", scopeCall{variables: []string{lone}, body: `{"name":"Taken"}`},
			scopeCall{variables: []string{"fresh-post"}, body: `{"name":"Fresher Post"}`}),
		onlyFor(operatorsAndAuditors, "listSeals", scopeCall{}, scopeCall{}),
		onlyFor(operatorsAndAuditors, "sealLog", scopeCall{}, scopeCall{}),
		onlyFor(operatorsAndAuditors, "verifyLog", scopeCall{}, scopeCall{}),
		openRequestRow(),
		{operation: "getSession", check: func(c *scopeCell) { c.status(c.call(scopeCall{}), http.StatusOK) }},
		{operation: "signIn", check: func(c *scopeCell) {
			c.pass(time.Hour) // guesses are throttled
			c.alike(c.who.word, "nobody", scopeCall{body: `{"login":"` + c.who.email() + `","password":"a guess at a password"}`})
		}},
		{operation: "acceptInvitation", check: func(c *scopeCell) {
			c.status(c.call(scopeCall{body: `{"secret":"made up","name":"X","password":"correct horse battery"}`}), http.StatusUnauthorized)
		}},
		{operation: "resetPassword", check: func(c *scopeCell) {
			c.status(c.call(scopeCall{body: `{"secret":"made up","password":"correct horse battery"}`}), http.StatusUnauthorized)
		}},
		{operation: "requestPasswordReset", check: func(*scopeCell) {}, change: func(c *scopeCell) {
			c.pass(time.Hour)
			c.alike(c.who.word, "nobody", scopeCall{body: `{"login":"` + c.who.email() + `"}`})
		}},
		{operation: "beginSingleSignOn", check: func(c *scopeCell) { c.status(c.call(scopeCall{}), http.StatusFound) }},
		{operation: "finishSingleSignOn", check: func(c *scopeCell) {
			c.status(c.call(scopeCall{query: "state=made-up&code=made-up"}), http.StatusFound)
		}},
		{operation: "signOut", check: func(c *scopeCell) { c.status(c.call(scopeCall{}), http.StatusNoContent) }},
	}
	for _, operation := range []string{"discoverUploads", "getAsyncAPI", "getOpenAPI", "getHealth", "getReadiness", "getMetrics"} {
		rows = append(rows, public(operation))
	}
	return rows
}

// openRequestRow also sees that nobody but operators learns which ids are
// taken.
func openRequestRow() scopeRow {
	const body = `"title":"New","package_id":"p","movie_id":"m","movie_type":"Standalone","is_original":true,"content_partner":"Zqnordfilm","source_type":"Dubs","language":"Korean","countries":["Japan"],"due_date":"2026-12-24"}`
	row := onlyFor(onlyOperators, "openRequest", scopeCall{body: `{"request_id":"zqidbramble",` + body}, scopeCall{body: "{" + body})
	denied := row.check
	row.check = func(c *scopeCell) {
		denied(c)
		if c.who.role != domain.RoleOperator {
			c.alike("bramble", never, scopeCall{body: `{"request_id":"zqidbramble",` + body})
			c.alike(lone, "zqnobodys", scopeCall{body: `{"content_partner":"Zqlonefilm"}`})
			return
		}
		c.status(c.call(scopeCall{body: `{"request_id":"zqidbramble",` + body}), http.StatusConflict)
	}
	return row
}
