package oidc

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/stretchr/testify/require"

	"backlot/domain/account"
)

// liar is a provider that says what a test makes it say.
type liar struct {
	*httptest.Server
	key    *ecdsa.PrivateKey
	token  func() string // the ID token
	status int           // of the token endpoint
	info   map[string]any
}

func newLiar(t *testing.T) *liar {
	t.Helper()
	l := &liar{status: http.StatusOK}
	var err error
	l.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	pages := http.NewServeMux()
	say := func(path string, what func() any) {
		pages.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			if path == "/token" {
				w.WriteHeader(l.status)
			}
			_ = json.NewEncoder(w).Encode(what())
		})
	}
	say("/.well-known/openid-configuration", func() any {
		d := map[string]any{
			"issuer": l.URL, "authorization_endpoint": l.URL + "/authorize", "token_endpoint": l.URL + "/token", "jwks_uri": l.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"ES256", "HS256", "none"},
		}
		if l.info != nil {
			d["userinfo_endpoint"] = l.URL + "/userinfo"
		}
		return d
	})
	say("/keys", func() any { return jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: l.key.Public(), KeyID: "k"}}} })
	say("/token", func() any {
		return map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": l.token()}
	})
	say("/userinfo", func() any { return l.info })
	l.Server = httptest.NewServer(pages)
	t.Cleanup(l.Close)
	return l
}

func sign(t *testing.T, alg jose.SignatureAlgorithm, key any, claims map[string]any) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, (&jose.SignerOptions{}).WithHeader("kid", "k"))
	require.NoError(t, err)
	token, err := jwt.Signed(signer).Claims(claims).Serialize()
	require.NoError(t, err)
	return token
}

func TestTokensThatDoNotCount(t *testing.T) {
	stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	const secret = "a client secret of thirty-two bytes"
	without := func(name string) func(map[string]any) {
		return func(c map[string]any) { delete(c, name) }
	}
	with := func(name string, value any) func(map[string]any) {
		return func(c map[string]any) { c[name] = value }
	}
	for name, c := range map[string]struct {
		change  func(map[string]any)
		sign    func(map[string]any) string
		status  int
		info    map[string]any
		problem account.Problem
	}{
		"an honest one":                   {},
		"an honest one for several":       {change: func(c map[string]any) { c["aud"], c["azp"] = []string{"x", "backlot"}, "backlot" }},
		"an honest one with userinfo":     {info: map[string]any{"sub": "kim-1", "name": "Kim"}},
		"of another issuer":               {change: with("iss", "https://elsewhere.example"), problem: account.ProblemProvider},
		"for another client":              {change: with("aud", "other"), problem: account.ProblemProvider},
		"for several, issued to another":  {change: func(c map[string]any) { c["aud"], c["azp"] = []string{"x", "backlot"}, "x" }, problem: account.ProblemProvider},
		"for several, issued to nobody":   {change: with("aud", []string{"x", "backlot"}), problem: account.ProblemProvider},
		"for nobody":                      {change: without("aud"), problem: account.ProblemProvider},
		"expired":                         {change: with("exp", time.Now().Add(-time.Minute).Unix()), problem: account.ProblemProvider},
		"without an end":                  {change: without("exp"), problem: account.ProblemProvider},
		"of the future":                   {change: with("nbf", time.Now().Add(time.Hour).Unix()), problem: account.ProblemProvider},
		"of another attempt":              {change: with("nonce", "another"), problem: account.ProblemProvider},
		"of no attempt":                   {change: without("nonce"), problem: account.ProblemProvider},
		"about nobody":                    {change: without("sub"), problem: account.ProblemProvider},
		"with another's access token":     {change: with("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"), problem: account.ProblemProvider},
		"signed by somebody else":         {sign: func(c map[string]any) string { return sign(t, jose.ES256, stranger, c) }, problem: account.ProblemProvider},
		"signed with the client's secret": {sign: func(c map[string]any) string { return sign(t, jose.HS256, []byte(secret), c) }, problem: account.ProblemProvider},
		"not signed":                      {sign: func(map[string]any) string { return "eyJhbGciOiJub25lIn0.e30." }, problem: account.ProblemProvider},
		"no token":                        {sign: func(map[string]any) string { return "" }, problem: account.ProblemProvider},
		"somebody else's userinfo":        {info: map[string]any{"sub": "lars-1"}, problem: account.ProblemProvider},
		"a fault of the provider":         {status: http.StatusBadGateway, problem: account.ProblemUnavailable},
		"a refusal without a reason":      {status: http.StatusUnauthorized, problem: account.ProblemProvider},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLiar(t)
			l.info = c.info
			if c.status != 0 {
				l.status = c.status
			}
			p, err := New(Config{Issuer: l.URL, ClientID: "backlot", ClientSecret: secret, RedirectURL: callback})
			require.NoError(t, err)
			_, a, err := p.Begin(t.Context())
			require.NoError(t, err)
			l.token = func() string {
				claims := map[string]any{
					"iss": l.URL, "aud": "backlot", "sub": "kim-1", "nonce": a.Nonce, "iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix(),
				}
				if c.change != nil {
					claims = maps.Clone(claims)
					c.change(claims)
				}
				if c.sign != nil {
					return c.sign(claims)
				}
				return sign(t, jose.ES256, l.key, claims)
			}
			claims, err := p.Finish(t.Context(), a, "code")
			if c.problem == "" {
				require.NoError(t, err)
				require.Equal(t, account.Identity{Issuer: l.URL, Subject: "kim-1"}, claims.Identity)
				return
			}
			requireProblem(t, c.problem, err)
		})
	}
}

func TestADiscoveryDocumentOfAnotherIssuer(t *testing.T) {
	l := newLiar(t)
	p, err := New(Config{Issuer: l.URL + "/", ClientID: "backlot", RedirectURL: callback})
	require.NoError(t, err)
	_, _, err = p.Begin(t.Context())
	requireProblem(t, account.ProblemUnavailable, err)
}
