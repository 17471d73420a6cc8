package readapi

import (
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/account"
)

// keeps says by the matrix whether somebody keeps an account: operators all,
// administrators those of their own organisation.
func (p scopePerson) keeps(other scopePerson) bool {
	return p.role == domain.RoleOperator || p.administrator && p.organisation == other.organisation
}

// knowsAccount says whether an account exists for somebody: one's own, one that
// is kept, a colleague's; and every one for an auditor.
func (p scopePerson) knowsAccount(other scopePerson) bool {
	return p.keeps(other) || p.party() == other.party() || p.role == domain.RoleAuditor
}

// accountRows are the accounts of others and one's own.
func accountRows() []scopeRow {
	return []scopeRow{
		{operation: "listAccounts", check: checkAccountList},
		{operation: "getAccount", check: func(c *scopeCell) {
			c.eachAccount(func(p scopePerson) (scopeCall, int) {
				return scopeCall{variables: []string{p.id()}}, http.StatusOK
			}, c.who.knowsAccount)
		}},
		{operation: "changeAccount", check: func(c *scopeCell) {
			c.eachAccount(func(p scopePerson) (scopeCall, int) {
				return scopeCall{variables: []string{p.id()}, body: `{"active":true}`}, http.StatusOK
			}, c.who.keeps)
			for _, p := range scopePeople {
				if !c.who.keeps(p) {
					c.alike(lone, "zqnobodys", scopeCall{variables: []string{p.id()}, body: `{"organisation":"Zqlonefilm"}`})
				}
			}
		}},
		{
			operation: "eraseAccount",
			check:     func(c *scopeCell) { c.deniesAccounts() },
			change:    func(c *scopeCell) { c.allowsAccount(http.StatusOK) },
		},
		{
			operation: "inviteAgain",
			check:     func(c *scopeCell) { c.deniesAccounts() },
			change:    func(c *scopeCell) { c.allowsAccount(http.StatusOK) },
		},
		{operation: "openAccount", check: checkOpenAccount, change: func(c *scopeCell) {
			if c.who.role == domain.RoleOperator || c.who.administrator {
				c.status(c.call(scopeCall{body: `{"name":"Fresh","email":"` + uuid.NewString() + `@example.com"}`}), http.StatusCreated)
			}
			if c.who.role == domain.RoleOperator {
				c.status(c.call(scopeCall{body: `{"name":"Fresh","email":"x@example.com","role":"system"}`}), http.StatusBadRequest)
			}
		}},
		{operation: "getOwnAccount", check: func(c *scopeCell) {
			a := c.call(scopeCall{}).ok(http.StatusOK)
			assert.Equal(c.t, []string{c.who.id(), c.who.email()}, []string{a.text("id"), a.text("email")})
		}},
		{operation: "changeOwnAccount", check: func(c *scopeCell) {
			a := c.call(scopeCall{body: `{"name":"Zqname` + c.who.word + `"}`}).ok(http.StatusOK)
			assert.Equal(c.t, c.who.id(), a.text("account.id"))
		}},
		{operation: "changePassword", check: func(c *scopeCell) {
			c.status(c.call(scopeCall{body: `{"present":"guessed","password":"correct horse battery"}`}), http.StatusBadRequest, http.StatusConflict)
		}},
		{operation: "signOutEverywhere", check: func(*scopeCell) {}, change: func(c *scopeCell) {
			c.status(c.call(scopeCall{}), http.StatusNoContent)
		}},
		{operation: "listTokens", check: func(c *scopeCell) {
			c.status(c.call(scopeCall{}), http.StatusOK)
			c.hasShown("")
		}},
		{operation: "issueToken", check: func(*scopeCell) {}, change: func(c *scopeCell) {
			c.status(c.call(scopeCall{body: `{"label":"nightly"}`}), http.StatusCreated)
		}},
		{operation: "revokeToken", check: func(c *scopeCell) {
			for _, p := range []scopePerson{azure, olga} {
				if p.id() != c.who.id() {
					id := c.ids["token of "+p.word]
					c.alikeID(id, scopeCall{variables: []string{id}})
				}
			}
		}, change: func(c *scopeCell) {
			if id, has := c.ids["token of "+c.who.word]; has {
				c.status(c.call(scopeCall{variables: []string{id}}), http.StatusOK)
			}
		}},
	}
}

func checkAccountList(c *scopeCell) {
	want := []string{}
	for _, p := range scopePeople {
		if c.who.knowsAccount(p) {
			want = append(want, p.id())
		}
	}
	ids := func(query string) []string {
		return slices.DeleteFunc(c.call(scopeCall{query: query}).ok(http.StatusOK).each("accounts", "id"), func(id string) bool { return !strings.HasPrefix(id, "zq") })
	}
	assert.ElementsMatch(c.t, want, ids(""), "%s as %s", c.operation, c.who)
	for _, p := range scopePeople {
		if !c.who.keeps(p) && p.id() != c.who.id() {
			c.alike(p.word, "nobody", scopeCall{query: "q=zqmail" + p.word})
		}
		if !c.who.knowsAccount(p) {
			c.alike(p.word, "nobody", scopeCall{query: "q=zqname" + p.word})
		}
	}
}

// eachAccount calls about every account: those who may get the status that
// goes with the call, those who know the account 403, all others 404.
func (c *scopeCell) eachAccount(call func(scopePerson) (scopeCall, int), may func(scopePerson) bool) {
	for _, p := range scopePeople {
		c.about = ", on the account of " + p.word
		call, status := call(p)
		switch {
		case may(p):
			c.status(c.call(call), status)
		case c.who.knowsAccount(p):
			c.status(c.call(call), http.StatusForbidden)
		default:
			c.status(c.alike(p.word, "nobody", call), http.StatusNotFound)
		}
	}
	c.about = ""
}

// deniesAccounts calls about every account that the caller does not keep, and
// about one's own, which nobody ends.
func (c *scopeCell) deniesAccounts() {
	for _, p := range scopePeople {
		c.about = ", on the account of " + p.word
		call := scopeCall{variables: []string{p.id()}}
		switch {
		case c.who.keeps(p):
		case p.id() == c.who.id():
			c.status(c.call(call), http.StatusForbidden, http.StatusConflict)
		case c.who.knowsAccount(p):
			c.status(c.call(call), http.StatusForbidden)
		default:
			c.status(c.alike(p.word, "nobody", call), http.StatusNotFound)
		}
	}
	c.about = ""
}

// allowsAccount calls about an account of its own that the caller keeps.
func (c *scopeCell) allowsAccount(status int) {
	rights := account.Rights{Role: c.who.role, Organisation: c.who.organisation}
	switch {
	case c.who.role == domain.RoleOperator:
		rights = account.Rights{Role: domain.RoleFulfillmentPartner, Organisation: moon}
	case !c.who.administrator:
		return
	}
	id, email := "fresh-"+c.operation+"-"+c.who.word, uuid.NewString()+"@example.com"
	require.NoError(c.t, c.accounts.Ensure(c.t.Context(), id, "Fresh", rights))
	_, err := c.accounts.Change(c.t.Context(), id, account.Change{Email: &email}, domain.Instruction{By: anOperator, Key: id})
	require.NoError(c.t, err)
	c.status(c.call(scopeCall{variables: []string{id}}), status)
}

// checkOpenAccount tries to open accounts that the caller does not keep.
func checkOpenAccount(c *scopeCell) {
	if c.who.role == domain.RoleOperator {
		return
	}
	for _, p := range scopePeople {
		if c.who.keeps(p) {
			continue
		}
		c.about = ", like that of " + p.word
		call := scopeCall{body: `{"name":"Fresh","email":"fresh@example.com","role":"` + string(p.role) + `","organisation":"` + p.organisation + `"}`}
		c.status(c.call(call), http.StatusForbidden)
		if p.organisation != "" && p.organisation != c.who.organisation {
			c.alike(p.organisation, "zqnobodys", call)
		}
	}
	c.about = ""
}

// alikeID is alike for what has a UUID.
func (c *scopeCell) alikeID(id string, call scopeCall) {
	c.t.Helper()
	c.status(c.alike(id, uuid.NewString(), call), http.StatusNotFound)
}
