package oidc

import (
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/account"
	"backlot/internal/oidctest"
)

const callback = "http://portal.example/api/v1/session/oidc/callback"

var kim = oidctest.User{
	Subject: "kim-1", Name: "Kim Ahn", Email: "kim@juniper.example", Verified: true,
	Claims: map[string]any{"role": "fulfillment_partner", "organisation": "Juniper Post"},
}

// newProvider returns a provider over a real one that knows kim.
func newProvider(t *testing.T, configure ...func(*Config)) (*Provider, *oidctest.Provider) {
	t.Helper()
	there := oidctest.Start(t)
	there.Register("backlot", "s3cret & more", callback)
	there.Register("other", "0ther", callback)
	there.Know(kim)
	c := Config{Issuer: there.Issuer, ClientID: "backlot", ClientSecret: "s3cret & more", RedirectURL: callback, Scopes: []string{"profile", "email"}}
	for _, change := range configure {
		change(&c)
	}
	p, err := New(c)
	require.NoError(t, err)
	return p, there
}

// signIn is the whole flow of one person.
func signIn(t *testing.T, p *Provider, there *oidctest.Provider, subject string) (account.Claims, error) {
	t.Helper()
	to, a, err := p.Begin(t.Context())
	require.NoError(t, err)
	back := there.SignIn(to, subject)
	require.Equal(t, a.State, back.Query().Get("state"))
	require.NotEmpty(t, back.Query().Get("code"), "%s", back)
	return p.Finish(t.Context(), a, back.Query().Get("code"))
}

func requireProblem(t *testing.T, problem account.Problem, err error) {
	t.Helper()
	var e *account.NotLetIn
	require.ErrorAs(t, err, &e)
	require.Equal(t, problem, e.Problem, "%v", err)
	require.NotEqual(t, domain.CodeInternal, domain.ErrorCode(err))
}

func TestSigningIn(t *testing.T) {
	p, there := newProvider(t)
	want := account.Claims{
		Identity: account.Identity{Issuer: there.Issuer, Subject: "kim-1"}, Name: "Kim Ahn", Email: "kim@juniper.example", EmailVerified: true,
		Role:         domain.RoleFulfillmentPartner,
		RoleClaim:    account.Claim{Name: "role", Given: true, Values: []string{"fulfillment_partner"}},
		Organisation: account.Claim{Name: "organisation", Given: true, Values: []string{"Juniper Post"}},
	}
	got, err := signIn(t, p, there, "kim-1")
	require.NoError(t, err)
	assert.Equal(t, want, got)

	there.InUserinfo(true)
	got, err = signIn(t, p, there, "kim-1")
	require.NoError(t, err)
	assert.Equal(t, want, got, "what is not in the ID token is asked for")
}

func TestTheRequestHasPKCEStateAndNonce(t *testing.T) {
	p, _ := newProvider(t)
	to, a, err := p.Begin(t.Context())
	require.NoError(t, err)
	u, err := url.Parse(to)
	require.NoError(t, err)
	q := u.Query()
	assert.Equal(t, []string{"code", "backlot", callback, "openid profile email", "S256", a.State, a.Nonce}, []string{
		q.Get("response_type"), q.Get("client_id"), q.Get("redirect_uri"), q.Get("scope"), q.Get("code_challenge_method"), q.Get("state"), q.Get("nonce"),
	})
	assert.NotContains(t, to, a.Verifier)
	_, b, err := p.Begin(t.Context())
	require.NoError(t, err)
	for _, part := range [][2]string{{a.State, b.State}, {a.Nonce, b.Nonce}, {a.Verifier, b.Verifier}} {
		assert.NotEqual(t, part[0], part[1])
		assert.GreaterOrEqual(t, len(part[0]), 26, "130 bits")
	}
}

func TestACodeServesItsOwnAttemptOnce(t *testing.T) {
	p, there := newProvider(t)
	to, a, err := p.Begin(t.Context())
	require.NoError(t, err)
	code := there.SignIn(to, "kim-1").Query().Get("code")
	_, other, err := p.Begin(t.Context())
	require.NoError(t, err)
	_, err = p.Finish(t.Context(), other, code)
	requireProblem(t, account.ProblemAttempt, err) // another verifier

	wrongNonce := a
	wrongNonce.Nonce = other.Nonce
	_, err = p.Finish(t.Context(), wrongNonce, code)
	requireProblem(t, account.ProblemProvider, err)
	assert.ErrorContains(t, err, "another attempt")

	_, err = p.Finish(t.Context(), a, code)
	requireProblem(t, account.ProblemAttempt, err) // it has served
	_, err = p.Finish(t.Context(), a, "made-up")
	requireProblem(t, account.ProblemAttempt, err)
}

func TestAnotherClientsCode(t *testing.T) {
	p, there := newProvider(t)
	q, err := New(Config{Issuer: there.Issuer, ClientID: "other", ClientSecret: "0ther", RedirectURL: callback})
	require.NoError(t, err)
	to, a, err := q.Begin(t.Context())
	require.NoError(t, err)
	_, err = p.Finish(t.Context(), a, there.SignIn(to, "kim-1").Query().Get("code"))
	requireProblem(t, account.ProblemAttempt, err)
}

func TestAWrongClientSecret(t *testing.T) {
	p, there := newProvider(t, func(c *Config) { c.ClientSecret = "wrong" })
	_, err := signIn(t, p, there, "kim-1")
	requireProblem(t, account.ProblemProvider, err)
}

func TestAnExpiredToken(t *testing.T) {
	p, there := newProvider(t)
	there.Lifetime(-time.Minute)
	_, err := signIn(t, p, there, "kim-1")
	requireProblem(t, account.ProblemProvider, err)
	assert.ErrorContains(t, err, "expired")
}

func TestKeysRotate(t *testing.T) {
	p, there := newProvider(t)
	for range 3 {
		// Right after a fetch of keys has ended, the library can still take it for
		// one under way and wait for no newer one.
		require.Eventually(t, func() bool {
			_, err := signIn(t, p, there, "kim-1")
			return err == nil
		}, 5*time.Second, time.Millisecond)
		there.Rotate()
	}
}

func TestAProviderThatIsAway(t *testing.T) {
	p, there := newProvider(t)
	there.Away(true)
	_, _, err := p.Begin(t.Context())
	requireProblem(t, account.ProblemUnavailable, err)
	_, err = p.Finish(t.Context(), account.Attempt{}, "code")
	requireProblem(t, account.ProblemUnavailable, err)
	there.Away(false)
	_, err = signIn(t, p, there, "kim-1")
	require.NoError(t, err, "it is back")

	to, a, err := p.Begin(t.Context())
	require.NoError(t, err)
	code := there.SignIn(to, "kim-1").Query().Get("code")
	there.Away(true)
	_, err = p.Finish(t.Context(), a, code)
	requireProblem(t, account.ProblemUnavailable, err)
	there.Away(false)
	_, err = p.Finish(t.Context(), a, code)
	require.NoError(t, err)
}
