package readapi

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/account"
	"backlot/internal/oidctest"
	"backlot/oidc"
)

// single is a portal whose people sign in at a real provider, and a browser.
type single struct {
	*portal
	there   *oidctest.Provider
	cookies map[string]*http.Cookie
}

var kim = oidctest.User{
	Subject: "kim-1", Name: "Kim Ahn", Email: "kim@juice.example", Verified: true,
	Claims: map[string]any{"realm_access": map[string]any{"roles": []string{"staff", "post"}}, "organisation": "Juice"},
}

func newSingle(t *testing.T) *single {
	t.Helper()
	s := &single{there: oidctest.Start(t), cookies: map[string]*http.Cookie{}}
	s.there.Know(kim)
	s.portal = newPortal(t, signedInAt(t, s.there))
	s.bring(fourRequests)
	return s
}

// signedInAt configures a portal whose people sign in at a provider.
func signedInAt(t *testing.T, there *oidctest.Provider) func(*Config) {
	t.Helper()
	const back = "https://portal.example" + SingleSignOnCallback
	there.Register("backlot", "s3cret", back)
	roles, err := oidc.ParseRoles("ops=operator,post=fulfillment_partner,books=auditor")
	require.NoError(t, err)
	provider, err := oidc.New(oidc.Config{
		Issuer: there.Issuer, ClientID: "backlot", ClientSecret: "s3cret", RedirectURL: back, Name: "Studio ID", RoleClaim: "realm_access.roles", Roles: roles,
	})
	require.NoError(t, err)
	return func(c *Config) { c.SingleSignOn = provider }
}

// get asks as the browser does: with the cookies that the path gets.
func (s *single) get(path string) answer {
	s.t.Helper()
	c := s.nobody()
	var sent []string
	for _, k := range s.cookies {
		if strings.HasPrefix(path, k.Path) {
			sent = append(sent, k.Name+"="+k.Value)
		}
	}
	if len(sent) > 0 {
		c = c.with("Cookie", strings.Join(sent, "; "))
	}
	a := c.get(path)
	for _, k := range (&http.Response{Header: a.header}).Cookies() {
		if s.cookies[k.Name] = k; k.MaxAge < 0 {
			delete(s.cookies, k.Name)
		}
	}
	return a
}

// goesTo requires a redirect and returns where it leads.
func (a answer) goesTo() string {
	a.t.Helper()
	require.Equal(a.t, http.StatusFound, a.status, "%s", a.body)
	return a.header.Get("Location")
}

// back is the path that the provider sent the browser back to.
func back(u *url.URL) string { return u.RequestURI() }

// signIn is the whole way of the browser, from the link to the page.
func (s *single) signIn(subject, path string) string {
	s.t.Helper()
	to := s.get(singleSignOn + path).goesTo()
	require.True(s.t, strings.HasPrefix(to, s.there.Issuer), to)
	return s.get(back(s.there.SignIn(to, subject))).goesTo()
}

func (s *single) session() object {
	s.t.Helper()
	return s.get(base + "/session").ok(http.StatusOK)
}

func TestSingleSignOn(t *testing.T) {
	s := newSingle(t)
	assert.Equal(t, "Studio ID", s.session().text("oidc.name"))
	to := s.get(singleSignOn + "?return=" + url.QueryEscape("/?status=Open#r1")).goesTo()
	remembered := s.cookies[attemptCookie]
	assert.Equal(t, []any{true, http.SameSiteLaxMode, singleSignOn, 600, false}, []any{remembered.HttpOnly, remembered.SameSite, remembered.Path, remembered.MaxAge, remembered.Secure})
	there := s.there.SignIn(to, "kim-1")
	assert.Equal(t, "/?status=Open#r1", s.get(back(there)).goesTo())
	assert.NotContains(t, s.cookies, attemptCookie)
	assert.Equal(t, http.SameSiteStrictMode, s.cookies[sessionCookie].SameSite)

	in := s.session()
	assert.Equal(t, []string{"Kim Ahn", "fulfillment_partner", "Juice"}, []string{in.text("name"), in.text("role"), in.text("organisation.name")})
	id := in.text("account")
	me := s.as(anOperator).get("/accounts/", id).ok(http.StatusOK)
	assert.Equal(t, []string{standingActive, "kim@juice.example"}, []string{me.text("standing"), me.text("email")})
	assert.Equal(t, 2, s.get(base+"/requests?limit=1").ok(http.StatusOK).count("total"), "what Juice sees")

	moved := kim
	moved.Name, moved.Claims = "Kim Lee", map[string]any{"realm_access": map[string]any{"roles": []string{"books"}}}
	s.there.Know(moved)
	assert.Equal(t, "/", s.signIn("kim-1", ""))
	in = s.session()
	assert.Equal(t, []string{id, "Kim Lee", "auditor"}, []string{in.text("account"), in.text("name"), in.text("role")})

	assert.NotContains(t, s.log.String(), "kim@juice")
	assert.NotContains(t, s.log.String(), "Kim")
}

func TestAnAnswerToNobodysAttempt(t *testing.T) {
	s := newSingle(t)
	const attempt = "/?sign_in_problem=attempt"
	assert.Equal(t, attempt, s.get(SingleSignOnCallback+"?state=&code=x").goesTo(), "none was begun")
	assert.Equal(t, attempt, s.get(SingleSignOnCallback).goesTo())
	to := s.get(singleSignOn).goesTo()
	mine := s.cookies[attemptCookie]

	attackers := newBrowser(s)
	theirs := attackers.there.SignIn(attackers.get(singleSignOn).goesTo(), "kim-1")
	assert.Equal(t, attempt, s.get(back(theirs)).goesTo(), "another browser's answer signs nobody in here")
	assert.Equal(t, mine, s.cookies[attemptCookie], "nor does it end one's own attempt")
	assert.False(t, s.session()["signed_in"].(bool))

	answer := back(s.there.SignIn(to, "kim-1"))
	assert.Equal(t, attempt, s.get(strings.Replace(answer, "state=", "state=x", 1)).goesTo())
	assert.Equal(t, "/", s.get(answer).goesTo())
	assert.Equal(t, attempt, s.get(answer).goesTo(), "once")
	s.cookies[attemptCookie] = mine
	assert.Equal(t, attempt, s.get(answer).goesTo(), "the code has served")
	for _, broken := range []string{"", "!", "e30", "bnVsbA"} {
		s.cookies[attemptCookie] = &http.Cookie{Name: attemptCookie, Value: broken, Path: singleSignOn}
		assert.Equal(t, attempt, s.get(answer).goesTo(), broken)
	}
}

// newBrowser is somebody else at the same portal.
func newBrowser(s *single) *single {
	return &single{portal: s.portal, there: s.there, cookies: map[string]*http.Cookie{}}
}

func TestWhatASignInLeadsTo(t *testing.T) {
	s := newSingle(t)
	for _, path := range []string{
		"//evil.example", "https://evil.example/", `/\evil.example`, `\\evil.example`, "/\t/evil.example", "evil.example", "javascript:alert(1)", "http:evil.example",
		"/api/v1/requests/export.csv", "/api", "/metrics", "/%zz", "?x", "///evil.example", "/\x00", "//user@evil.example", "/%61pi/v1/session",
	} {
		a := s.get(singleSignOn + "?return=" + url.QueryEscape(path))
		assert.Equal(t, "return", a.problem(domain.CodeInvalid).Field, path)
	}
	long := "/?title=" + strings.Repeat("a", maxReturn)
	for path, leads := range map[string]string{"/": "/", "": "/", "/r/x?status=Open&language=Korean": "/r/x?status=Open&language=Korean", "/ä?q=ä b": "/%C3%A4?q=%C3%A4%20b", long: "/", "/?next=//x": "/?next=//x"} {
		b := newBrowser(s)
		assert.Equal(t, leads, b.signIn("kim-1", "?return="+url.QueryEscape(path)))
	}
	// Nor does a cookie that somebody tampered with lead elsewhere.
	to := s.get(singleSignOn).goesTo()
	there := s.there.SignIn(to, "kim-1")
	a, ok := attemptOf(&http.Request{Header: http.Header{"Cookie": {s.cookies[attemptCookie].String()}}})
	require.True(t, ok)
	a.Return = "//evil.example"
	value, err := json.Marshal(a)
	require.NoError(t, err)
	s.cookies[attemptCookie].Value = base64.RawURLEncoding.EncodeToString(value)
	assert.Equal(t, "/?sign_in_problem=attempt", s.get(back(there)).goesTo())
}

func TestWhoIsNotLetIn(t *testing.T) {
	s := newSingle(t)
	claims := func(organisation string, roles ...string) map[string]any {
		return map[string]any{"realm_access": map[string]any{"roles": roles}, "organisation": organisation}
	}
	s.as(anOperator).post("/accounts", `{"name":"Lea","email":"lea@juice.example","role":"fulfillment_partner","organisation":"Juice"}`).done()
	for problem, u := range map[account.Problem]oidctest.User{
		account.ProblemRole:         {Claims: claims("Juice", "staff")},
		account.ProblemOrganisation: {Claims: claims("Nowhere", "post")},
		account.ProblemEmail:        {Claims: claims("Juice", "post"), Email: "LEA@juice.example"},
	} {
		u.Subject, u.Name = "somebody", "Somebody Secret"
		s.there.Know(u)
		assert.Equal(t, "/?sign_in_problem="+string(problem), s.signIn("somebody", ""))
	}
	lea := oidctest.User{Subject: "lea-1", Name: "Lea Moss", Email: "LEA@juice.example", Verified: true, Claims: claims("Juice", "post")}
	s.there.Know(lea)
	b := newBrowser(s)
	assert.Equal(t, "/", b.signIn("lea-1", ""), "the invited account is hers")
	id := b.session().text("account")
	who := s.as(anOperator).get("/accounts/", id).ok(http.StatusOK)
	assert.Equal(t, []string{"Lea Moss", "lea@juice.example", standingActive}, []string{who.text("name"), who.text("email"), who.text("standing")})

	s.as(anOperator).patch("/accounts/"+id, `{"active":false}`).done()
	assert.False(t, b.session()["signed_in"].(bool))
	assert.Equal(t, "/?sign_in_problem=account", b.signIn("lea-1", ""))

	to := s.get(singleSignOn).goesTo()
	assert.Equal(t, "/?sign_in_problem=denied", s.get(back(s.there.Deny(to))).goesTo(), "and nothing of what the provider wrote")
	for refusal, problem := range map[string]account.Problem{"temporarily_unavailable": account.ProblemUnavailable, "invalid_scope": account.ProblemProvider, "": account.ProblemProvider, "<script>": account.ProblemProvider} {
		to, err := url.Parse(s.get(singleSignOn).goesTo())
		require.NoError(t, err)
		q := url.Values{"state": {to.Query().Get("state")}, "error": {refusal}, "session_state": {"x"}, "iss": {s.there.Issuer}}
		assert.Equal(t, "/?sign_in_problem="+string(problem), s.get(SingleSignOnCallback+"?"+q.Encode()).goesTo())
	}
	assert.False(t, s.session()["signed_in"].(bool))
	for _, secret := range []string{"Secret", "LEA@", "lea@", "Moss"} {
		assert.NotContains(t, s.log.String(), secret)
	}
}

func TestAProviderThatIsAway(t *testing.T) {
	s := newSingle(t)
	s.there.Away(true)
	assert.Equal(t, "/?sign_in_problem=unavailable", s.get(singleSignOn).goesTo())
	assert.NotContains(t, s.cookies, attemptCookie)
	s.there.Away(false)
	to := s.get(singleSignOn).goesTo()
	answer := back(s.there.SignIn(to, "kim-1"))
	s.there.Away(true)
	assert.Equal(t, "/?sign_in_problem=unavailable", s.get(answer).goesTo())
	s.there.Away(false)
	assert.Equal(t, "/", s.signIn("kim-1", ""))
}

func TestSingleSignOnIsThrottled(t *testing.T) {
	s := newSingle(t)
	const address = "192.0.2.1" // of httptest's requests
	for range 100 {
		_, err := s.accounts.SignInWithIdentity(t.Context(), func(context.Context) (account.Claims, error) { return account.Claims{}, errBroken }, address)
		require.Error(t, err)
	}
	assert.Equal(t, "/?sign_in_problem=throttled", s.signIn("kim-1", ""))
	s.pass(time.Minute)
	assert.Equal(t, "/", s.signIn("kim-1", ""))
}

func TestAPortalWithoutSingleSignOn(t *testing.T) {
	p := newPortal(t)
	p.nobody().get(singleSignOn).problem(domain.CodeNotFound)
	p.nobody().get(SingleSignOnCallback + "?state=x&code=y&scope=openid").problem(domain.CodeNotFound)
	assert.Nil(t, p.nobody().get("/session").ok(http.StatusOK).at("oidc"))
}
