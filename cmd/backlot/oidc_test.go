package main

import (
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"backlot/internal/oidctest"
)

// TestSingleSignOn starts the portal while its OpenID provider is away.
func TestSingleSignOn(t *testing.T) {
	const public = "https://portal.example"
	there := oidctest.Start(t)
	there.Register("backlot", "s3cret", public+"/api/v1/session/oidc/callback")
	there.Know(oidctest.User{Subject: "kim-1", Name: "Kim Ahn", Email: "kim@ops.example", Verified: true, Claims: map[string]any{"access": map[string]any{"groups": []string{"staff", "backlot-ops"}}}})
	there.Away(true)
	t.Setenv("BACKLOT_OIDC_CLIENT_SECRET", "s3cret")
	p := start(t, t.TempDir(), "--public-url", public+"/", "--oidc-issuer", there.Issuer, "--oidc-client-id", "backlot", "--oidc-role-claim", "access.groups", "--oidc-role-map", "backlot-ops=operator,books=auditor", "--oidc-name", "Studio ID")

	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	browser := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	goesTo := func(path string) string {
		t.Helper()
		a, err := browser.Get(p.url + path)
		require.NoError(t, err)
		require.NoError(t, a.Body.Close())
		require.Equal(t, http.StatusFound, a.StatusCode)
		return a.Header.Get("Location")
	}
	require.Equal(t, "/?sign_in_problem=unavailable", goesTo("/api/v1/session/oidc"))
	there.Away(false)
	back := there.SignIn(goesTo("/api/v1/session/oidc?return="+url.QueryEscape("/?status=Open")), "kim-1")
	require.Equal(t, "/?status=Open", goesTo(back.RequestURI()))

	a, err := browser.Get(p.url + "/api/v1/session")
	require.NoError(t, err)
	var session struct {
		Name, Role string
		OIDC       struct{ Name string }
	}
	require.NoError(t, json.NewDecoder(a.Body).Decode(&session))
	require.NoError(t, a.Body.Close())
	require.Equal(t, []string{"Kim Ahn", "operator", "Studio ID"}, []string{session.Name, session.Role, session.OIDC.Name})
}

func TestWrongFlagsOfSingleSignOn(t *testing.T) {
	for message, flags := range map[string][]string{
		"--oidc-issuer is missing":          {"--oidc-client-id", "backlot"},
		"--oidc-role-map":                   {"--oidc-issuer", "https://id.example", "--oidc-client-id", "backlot", "--oidc-role-map", "ops=boss"},
		"is not reached over TLS":           {"--oidc-issuer", "http://id.example", "--oidc-client-id", "backlot"},
		"needs the client id that the port": {"--oidc-issuer", "https://id.example"},
	} {
		out, err := exec.Command(binary, append([]string{"serve", "--listen", "127.0.0.1:0", "--data", t.TempDir()}, flags...)...).CombinedOutput()
		require.Error(t, err)
		require.Contains(t, string(out), message)
	}
}
