package oidctest

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/stretchr/testify/require"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// stay keeps a browser where it is, so that a test sees each redirect.
var stay = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// SignIn does what a browser does with the URL that a client sent it to: the
// person fills in the provider's form. The answer is where the provider then
// sends the browser: back to the client.
func (p *Provider) SignIn(authorize, subject string) *url.URL {
	p.t.Helper()
	return p.submit(authorize, url.Values{"subject": {subject}})
}

// Deny is the same for a person who says no.
func (p *Provider) Deny(authorize string) *url.URL {
	p.t.Helper()
	return p.submit(authorize, url.Values{"deny": {"yes"}})
}

func (p *Provider) submit(authorize string, form url.Values) *url.URL {
	p.t.Helper()
	login := p.follow(stay.Get(authorize))
	form.Set("request", login.Query().Get("request"))
	next := p.follow(stay.Post(p.Issuer+login.Path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode())))
	if next.Host != strings.TrimPrefix(p.Issuer, "http://") {
		return next
	}
	return p.follow(stay.Get(next.String()))
}

// follow returns where an answer sends the browser.
func (p *Provider) follow(a *http.Response, err error) *url.URL {
	p.t.Helper()
	require.NoError(p.t, err)
	defer func() { _ = a.Body.Close() }()
	require.Equal(p.t, http.StatusFound, a.StatusCode, "%s", a.Request.URL)
	to, err := a.Location()
	require.NoError(p.t, err)
	return to
}

// login takes the provider's form.
func (p *Provider) login(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	in, ok := p.requests[r.FormValue("request")]
	_, known := p.users[r.FormValue("subject")]
	switch {
	case !ok:
		http.Error(w, "no such sign-in", http.StatusBadRequest)
	case r.FormValue("deny") != "":
		back := in.RedirectURI + "?" + url.Values{"error": {string(oidc.AccessDenied)}, "error_description": {"Kim said no"}, "state": {in.State}}.Encode()
		http.Redirect(w, r, back, http.StatusFound)
	case !known:
		http.Error(w, "no such person", http.StatusForbidden)
	default:
		in.subject = r.FormValue("subject")
		http.Redirect(w, r, p.Issuer+op.DefaultEndpoints.Authorization.Relative()+"/callback?id="+in.id, http.StatusFound)
	}
}
