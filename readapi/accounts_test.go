package readapi

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
)

// cookieOf returns the Cookie header of whoever got an answer.
func cookieOf(a answer) string {
	cookie, err := http.ParseSetCookie(a.header.Get("Set-Cookie"))
	require.NoError(a.t, err, "%s", a.body)
	return cookie.Name + "=" + cookie.Value
}

// secretIn returns what follows the hash sign of a letter's link.
func secretIn(text string) string {
	_, after, _ := strings.Cut(text, "#")
	secret, _, _ := strings.Cut(after, "\n")
	return secret
}

// invited opens an account as somebody and returns its cookie and id.
func (p *portal) invited(by domain.Principal, name, rights string) (call, string) {
	p.t.Helper()
	email := strings.ToLower(name) + "@example.com"
	opened := p.as(by).post("/accounts", fmt.Sprintf(`{"name":%q,"email":%q%s}`, name, email, rights)).ok(http.StatusCreated)
	in := p.nobody().post("/session/invitation", fmt.Sprintf(`{"secret":%q,"password":"correct horse battery"}`, secretIn(p.lastLetterTo(email))))
	in.ok(http.StatusOK)
	return p.nobody().with("Cookie", cookieOf(in)), opened.text("account.id")
}

func TestAccountsFromInvitationToErasure(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	opened := p.as(anOperator).post("/accounts", `{"name":"Kim","email":"kim@juice.example","role":"fulfillment_partner","organisation":"Juice"}`)
	account := opened.ok(http.StatusCreated)
	id := account.text("account.id")
	assert.Equal(t, base+"/accounts/"+id, opened.header.Get("Location"))
	assert.Equal(t, []any{"invited", "kim@juice.example", true, "Juice"}, []any{account.text("account.standing"), account.text("account.email"), account.at("mail_sent"), account.text("account.organisation.name")})
	assert.Nil(t, account.at("link"))
	p.nobody().post("/session", `{"login":"kim@juice.example","password":"correct horse battery"}`).problem(domain.CodeUnauthenticated)

	secret := secretIn(p.lastLetterTo("kim@juice.example"))
	assert.Equal(t, "password", p.nobody().post("/session/invitation", fmt.Sprintf(`{"secret":%q,"password":"too short"}`, secret)).problem(domain.CodeInvalid).Field)
	p.nobody().post("/session/invitation", `{"secret":"made up","password":"correct horse battery"}`).problem(domain.CodeUnauthenticated)
	kim := p.nobody().with("Cookie", cookieOf(p.nobody().post("/session/invitation", fmt.Sprintf(`{"secret":%q,"name":"Kim Ahn","password":"correct horse battery"}`, secret))))
	who := kim.get("/session").ok(http.StatusOK)
	assert.Equal(t, []any{"Kim Ahn", "Juice", false}, []any{who.text("name"), who.text("scope.value"), who.at("administrator")})
	assert.Equal(t, 2, kim.get("/requests").ok(http.StatusOK).count("total"), "the scope is the organisation's")

	kim.patch("/account", `{"name":"K. Ahn"}`).ok(http.StatusOK)
	commented := kim.post("/requests/north-juice/comments", `{"text":"hello"}`).ok(http.StatusOK)
	comments := p.as(anOperator).get("/requests/north-juice/comments?after=", commented.text("position")).ok(http.StatusOK)
	assert.Equal(t, "K. Ahn", comments.text("comments.0.by.name"))

	token := kim.post("/account/tokens", `{"label":"nightly","expires_in_days":1}`).ok(http.StatusCreated)
	bearer := p.nobody().with("Authorization", "Bearer "+token.text("token"))
	bearer.get("/requests").ok(http.StatusOK)
	assert.Equal(t, []string{"nightly"}, kim.get("/account/tokens").ok(http.StatusOK).each("tokens", "label"))
	assert.Equal(t, "expires_in_days", bearer.post("/account/tokens", `{"label":"x","expires_in_days":2}`).problem(domain.CodeInvalid).Field)
	assert.Equal(t, []any{nil, token.text("expires_at")}, []any{kim.get("/account/tokens").ok(http.StatusOK).at("latest_end"), bearer.get("/account/tokens").ok(http.StatusOK).at("latest_end")})
	derived := bearer.post("/account/tokens", `{"label":"derived"}`).ok(http.StatusCreated)
	assert.Equal(t, token.text("expires_at"), derived.text("expires_at"))
	byToken := p.nobody().with("Cookie", cookieOf(p.nobody().post("/session", fmt.Sprintf(`{"token":%q}`, token.text("token")))))
	assert.Equal(t, token.text("expires_at"), byToken.post("/account/tokens", `{"label":"by the session"}`).ok(http.StatusCreated).text("expires_at"))
	assert.Equal(t, token.text("expires_at"), byToken.get("/account/tokens").ok(http.StatusOK).at("latest_end"))
	p.pass(24 * time.Hour)
	for _, c := range []call{bearer, byToken, p.nobody().with("Authorization", "Bearer "+derived.text("token"))} {
		c.get("/requests").problem(domain.CodeUnauthenticated)
	}
	token = kim.post("/account/tokens", `{"label":"nightly"}`).ok(http.StatusCreated)
	bearer = p.nobody().with("Authorization", "Bearer "+token.text("token"))
	bearer.get("/requests").ok(http.StatusOK)
	kim.command(http.MethodDelete, "/account/tokens/"+token.text("id"), "").ok(http.StatusOK)
	bearer.get("/requests").problem(domain.CodeUnauthenticated)
	kim.command(http.MethodDelete, "/account/tokens/"+token.text("id"), "").problem(domain.CodeNotFound)
	assert.Equal(t, "expires_in_days", kim.post("/account/tokens", `{"label":"x","expires_in_days":1000}`).problem(domain.CodeInvalid).Field)

	assert.Equal(t, "present", kim.post("/account/password", `{"present":"wrong","password":"staple correct horse"}`).problem(domain.CodeInvalid).Field)
	changed := kim.post("/account/password", `{"present":"correct horse battery","password":"staple correct horse"}`)
	changed.ok(http.StatusOK)
	kim.get("/requests").problem(domain.CodeUnauthenticated)
	kim = p.nobody().with("Cookie", cookieOf(changed))
	kim.get("/requests").ok(http.StatusOK)
	assert.Equal(t, http.StatusNoContent, kim.send(http.MethodDelete, "/account/sessions", "").status)
	kim.get("/requests").problem(domain.CodeUnauthenticated)

	p.nobody().post("/session/password-reset", `{"login":"nobody@juice.example"}`).ok(http.StatusAccepted)
	p.nobody().post("/session/password-reset", `{"login":"KIM@juice.example"}`).ok(http.StatusAccepted)
	again := p.nobody().with("Content-Type", "application/json").send(http.MethodPut, "/session/password-reset", fmt.Sprintf(`{"secret":%q,"password":"a third password"}`, secretIn(p.lastLetterTo("kim@juice.example"))))
	again.ok(http.StatusOK)
	kim = p.nobody().with("Cookie", cookieOf(again))

	p.as(anOperator).patch("/accounts/"+id, `{"active":false}`).ok(http.StatusOK)
	kim.get("/requests").problem(domain.CodeUnauthenticated)
	p.as(anOperator).patch("/accounts/"+id, `{"active":true}`).ok(http.StatusOK)
	erased := p.as(anOperator).command(http.MethodDelete, "/accounts/"+id, "").ok(http.StatusOK)
	assert.Equal(t, []any{"erased", "Former account", nil}, []any{erased.text("account.standing"), erased.text("account.name"), erased.at("account.email")})
	p.as(anOperator).patch("/accounts/"+id, `{"active":true}`).problem(domain.CodeRefused)
	comments = p.as(anOperator).get("/requests/north-juice/comments").ok(http.StatusOK)
	assert.Equal(t, "Former account", comments.text("comments.0.by.name"))
	for _, everything := range []string{"/accounts", "/requests/north-juice/history", "/requests/north-juice/comments"} {
		assert.NotContains(t, string(p.as(anOperator).get(everything).body), "Ahn", everything)
	}
	assert.NotContains(t, p.log.String(), "Ahn")
	assert.NotContains(t, p.log.String(), "kim@")
}

func TestWhoMayKnowOfAccounts(t *testing.T) {
	p := newPortal(t)
	p.bring(fourRequests)
	ada, _ := p.invited(anOperator, "Anna", `,"role":"fulfillment_partner","organisation":"juice","administrator":true`)
	_, bo := p.invited(anOperator, "Bo", `,"role":"fulfillment_partner","organisation":"sdi"`)
	colleague := ada.post("/accounts", `{"name":"Cleo","email":"cleo@juice.example"}`).ok(http.StatusCreated)
	assert.Equal(t, []any{"fulfillment_partner", "juice"}, []any{colleague.text("account.role"), colleague.text("account.organisation.id")}, "its own by default")
	ada.post("/accounts", `{"name":"Dan","email":"dan@sdi.example","role":"fulfillment_partner","organisation":"sdi"}`).problem(domain.CodeForbidden)
	ada.post("/accounts", `{"name":"Eve","email":"eve@juice.example","role":"operator","organisation":""}`).problem(domain.CodeForbidden)
	p.as(ofJuice).post("/accounts", `{"name":"Eve","email":"eve@juice.example"}`).problem(domain.CodeForbidden)

	known := func(c call, query string) []string {
		return c.get("/accounts", query).ok(http.StatusOK).each("accounts", "name")
	}
	juice := []string{"Anna", "Cleo", "Jan Gone", "Jim Ambersecret", "Jo Carter", "Joy Carter"}
	assert.Equal(t, juice, known(ada, ""))
	assert.Equal(t, juice, known(p.as(ofJuice), ""))
	assert.Equal(t, []string{"Bo", "Sam Dale"}, known(p.as(ofSDI), ""), "colleagues only")
	assert.Len(t, known(p.as(anOperator), ""), len(everybody)+len(staff)+3)
	assert.Equal(t, []string{"Cleo"}, known(p.as(anOperator), "?q=CLEO@"))
	assert.Empty(t, known(p.as(ofJuice), "?q=cleo@"), "addresses are for those who keep the account")
	for _, a := range p.as(ofJuice).get("/accounts").ok(http.StatusOK).list("accounts") {
		assert.Nil(t, a.(map[string]any)["email"])
	}
	ada.get("/accounts/", bo).problem(domain.CodeNotFound)
	ada.patch("/accounts/"+bo, `{"active":false}`).problem(domain.CodeNotFound)
	ada.command(http.MethodDelete, "/accounts/"+bo, "").problem(domain.CodeNotFound)
	ada.post("/accounts/"+bo+"/invitation", "").problem(domain.CodeNotFound)
	p.as(ofJuice).patch("/accounts/"+colleague.text("account.id"), `{"active":false}`).problem(domain.CodeForbidden)
	ada.patch("/accounts/"+colleague.text("account.id"), `{"organisation":"sdi"}`).problem(domain.CodeForbidden)
	assert.Equal(t, "organisation", p.as(anOperator).patch("/accounts/"+bo, `{"organisation":"northlight"}`).problem(domain.CodeInvalid).Field)
	assert.Equal(t, "email", p.as(anOperator).post("/accounts", `{"name":"Bo","email":"BO@example.com","role":"auditor"}`).problem(domain.CodeConflict).Field)
	p.as(anOperator).patch("/accounts/"+anOperator.Account, `{"active":false}`).problem(domain.CodeRefused)
}

func TestSignInIsThrottled(t *testing.T) {
	p := newPortal(t)
	p.invited(anOperator, "Zoe", `,"role":"auditor"`)
	var last answer
	for range 6 {
		last = p.nobody().post("/session", `{"login":"zoe@example.com","password":"guess after guess"}`)
	}
	last.problem(domain.CodeThrottled)
	assert.NotEmpty(t, last.header.Get("Retry-After"))
	p.nobody().post("/session", `{"login":"zoe@example.com","password":"correct horse battery"}`).problem(domain.CodeThrottled)
	p.pass(time.Minute)
	p.nobody().post("/session", `{"login":"zoe@example.com","password":"correct horse battery"}`).ok(http.StatusOK)
	for _, body := range []string{`{}`, `{"login":"x"}`, `{"password":"x"}`, `{"login":"x","password":"x","token":"x"}`} {
		p.nobody().post("/session", body).problem(domain.CodeInvalid)
	}
}

func TestOrganisationsAreRegistered(t *testing.T) {
	p := newPortal(t)
	made := p.as(anOperator).post("/organisations", `{"name":"Harbour Post","kinds":["fulfillment_partner","content_partner"]}`).ok(http.StatusCreated)
	id := made.text("id")
	assert.Equal(t, "harbour-post", id)
	renamed := p.as(anOperator).patch("/organisations/"+id, `{"name":"Harbour Media"}`).ok(http.StatusOK)
	all := p.as(anOperator).get("/organisations?after=", renamed.text("position")).ok(http.StatusOK)
	at := slices.Index(all.each("organisations", "id"), id)
	require.GreaterOrEqual(t, at, 0)
	assert.Equal(t, "Harbour Media", all.each("organisations", "name")[at])
	assert.Equal(t, id, p.as(anOperator).post("/organisations", `{"name":"harbour post","kinds":["fulfillment_partner"]}`).ok(http.StatusCreated).text("id"), "its former name leads to it")
	p.as(anOperator).patch("/organisations/never-was", `{"name":"X"}`).problem(domain.CodeNotFound)
	other := p.as(anOperator).post("/organisations", `{"name":"Quay Post","kinds":["fulfillment_partner"]}`).ok(http.StatusCreated).text("id")
	p.as(anOperator).patch("/organisations/"+other, `{"name":"HARBOUR media"}`).problem(domain.CodeConflict)
	for _, body := range []string{`{"name":"X"}`, `{"name":"X","kinds":[]}`, `{"name":"","kinds":["content_partner"]}`, `{"name":"X","kinds":["caterer"]}`} {
		p.as(anOperator).post("/organisations", body).problem(domain.CodeInvalid)
	}
	for _, who := range everybody[1:] {
		p.as(who).post("/organisations", `{"name":"X","kinds":["content_partner"]}`).problem(domain.CodeForbidden)
		p.as(who).patch("/organisations/"+id, `{"name":"X"}`).problem(domain.CodeForbidden)
	}
}
