package oidc

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"

	gooidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"

	"backlot/domain"
	"backlot/domain/account"
)

// Provider is an OpenID provider where people sign in. It is safe for
// concurrent use.
type Provider struct {
	Config
	discovering singleflight.Group

	mu    sync.Mutex
	known *discovered // nil until the provider was reached
}

// discovered is what the provider says of itself.
type discovered struct {
	provider *gooidc.Provider
	verifier *gooidc.IDTokenVerifier
	oauth    oauth2.Config
}

// New returns a provider. It is not talked to before somebody signs in, so that
// the portal starts while the provider is away. The error says which part of
// the configuration is wrong.
func New(c Config) (*Provider, error) {
	if err := c.setDefaults(); err != nil {
		return nil, fmt.Errorf("oidc: %w", err)
	}
	return &Provider{Config: c}, nil
}

// Name is what people know the provider as.
func (p *Provider) Name() string { return p.Config.Name }

// Begin returns the URL at the provider where a sign-in goes on, and what the
// browser has to remember meanwhile. The error is an account.NotLetIn where the
// provider is away.
func (p *Provider) Begin(ctx context.Context) (url string, a account.Attempt, err error) {
	d, err := p.discover(ctx)
	if err != nil {
		return "", account.Attempt{}, err
	}
	a = account.Attempt{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier()}
	return d.oauth.AuthCodeURL(a.State, gooidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)), a, nil
}

// Finish redeems the code that the provider sent the browser back with, and
// returns what the provider says of the person. The caller has seen to it that
// the answer belongs to the attempt. The error is an account.NotLetIn.
func (p *Provider) Finish(ctx context.Context, a account.Attempt, code string) (account.Claims, error) {
	d, err := p.discover(ctx)
	if err != nil {
		return account.Claims{}, err
	}
	ctx = gooidc.ClientContext(ctx, p.Client)
	token, err := d.oauth.Exchange(ctx, code, oauth2.VerifierOption(a.Verifier))
	if err != nil {
		return account.Claims{}, exchangeFailed(err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return account.Claims{}, wrong("the provider's answer holds no ID token", nil)
	}
	id, err := p.verify(ctx, d, raw, a.Nonce)
	if err != nil {
		return account.Claims{}, err
	}
	if id.AccessTokenHash != "" {
		if err := id.VerifyAccessToken(token.AccessToken); err != nil {
			return account.Claims{}, wrong("the access token is not the ID token's", err)
		}
	}
	claims := map[string]any{}
	if err := id.Claims(&claims); err != nil {
		return account.Claims{}, wrong("the ID token's claims cannot be read", err)
	}
	if err := p.complete(ctx, d, token, id.Subject, claims); err != nil {
		return account.Claims{}, err
	}
	return p.read(account.Identity{Issuer: id.Issuer, Subject: id.Subject}, claims), nil
}

// discover asks the provider for its endpoints, once; one that is away is asked
// again at the next sign-in. One who gives up waiting does not disturb others.
func (p *Provider) discover(ctx context.Context) (*discovered, error) {
	p.mu.Lock()
	known := p.known
	p.mu.Unlock()
	if known != nil {
		return known, nil
	}
	answer := p.discovering.DoChan("", func() (any, error) {
		d, err := p.ask(gooidc.ClientContext(context.WithoutCancel(ctx), p.Client))
		if err != nil {
			return nil, err
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.known = d
		return d, nil
	})
	select {
	case r := <-answer:
		if r.Err != nil {
			return nil, away(r.Err)
		}
		return r.Val.(*discovered), nil
	case <-ctx.Done():
		return nil, away(ctx.Err())
	}
}

func (p *Provider) ask(ctx context.Context) (*discovered, error) {
	provider, err := gooidc.NewProvider(ctx, p.Issuer)
	if err != nil {
		return nil, err
	}
	var says struct {
		Methods []string `json:"token_endpoint_auth_methods_supported"`
	}
	if err := provider.Claims(&says); err != nil {
		return nil, err
	}
	endpoint := provider.Endpoint()
	// Said, not found out by trying: a code that came with the wrong style may
	// not serve a second time.
	endpoint.AuthStyle = oauth2.AuthStyleInHeader
	if p.ClientSecret == "" || len(says.Methods) > 0 && !slices.Contains(says.Methods, "client_secret_basic") {
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	return &discovered{
		provider: provider,
		verifier: provider.Verifier(&gooidc.Config{ClientID: p.ClientID, Now: p.Now}),
		oauth:    oauth2.Config{ClientID: p.ClientID, ClientSecret: p.ClientSecret, Endpoint: endpoint, RedirectURL: p.RedirectURL, Scopes: p.Scopes},
	}, nil
}

// verify checks an ID token: signature, issuer, audience, expiry and nonce.
func (p *Provider) verify(ctx context.Context, d *discovered, raw, nonce string) (*gooidc.IDToken, error) {
	id, err := d.verifier.Verify(ctx, raw)
	if err != nil {
		return nil, wrong("the ID token does not count", err)
	}
	var says struct {
		AuthorizedParty string `json:"azp"`
	}
	if err := id.Claims(&says); err != nil {
		return nil, wrong("the ID token's claims cannot be read", err)
	}
	switch {
	case subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(nonce)) != 1:
		return nil, wrong("the ID token is of another attempt", nil)
	case (len(id.Audience) > 1 || says.AuthorizedParty != "") && says.AuthorizedParty != p.ClientID:
		return nil, wrong("the ID token was issued to another client", nil)
	case id.Subject == "":
		return nil, wrong("the ID token is about nobody", nil)
	}
	return id, nil
}

// complete adds what the userinfo endpoint says, where the ID token leaves
// something out. What the ID token says stands.
func (p *Provider) complete(ctx context.Context, d *discovered, token *oauth2.Token, subject string, claims map[string]any) error {
	whole := true
	for _, name := range []string{"name", "email", p.RoleClaim, p.OrganisationClaim} {
		_, there := find(claims, name)
		whole = whole && there
	}
	if whole || d.provider.UserInfoEndpoint() == "" {
		return nil
	}
	info, err := d.provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return away(err)
	}
	if info.Subject != subject {
		return wrong("the userinfo is about somebody else than the ID token", nil)
	}
	more := map[string]any{}
	if err := info.Claims(&more); err != nil {
		return wrong("the userinfo cannot be read", err)
	}
	if _, there := claims["email"]; there {
		delete(more, "email_verified") // it is about the other address
	}
	for name, value := range more {
		if _, there := claims[name]; !there {
			claims[name] = value
		}
	}
	return nil
}

func exchangeFailed(err error) error {
	var refused *oauth2.RetrieveError
	switch {
	case !errors.As(err, &refused):
		return away(err)
	case refused.ErrorCode == "invalid_grant":
		return &account.NotLetIn{Problem: account.ProblemAttempt, Err: &domain.Error{Code: domain.CodeForbidden, Message: "the provider's code has served, has expired or is another browser's", Err: code(refused)}}
	case refused.Response != nil && refused.Response.StatusCode >= http.StatusInternalServerError:
		return away(code(refused))
	}
	return wrong("the provider does not accept the portal as its client", code(refused))
}

// code leaves out the provider's text: it may name somebody.
func code(e *oauth2.RetrieveError) error {
	status := 0
	if e.Response != nil {
		status = e.Response.StatusCode
	}
	return fmt.Errorf("the token endpoint answered %d %q", status, e.ErrorCode)
}

func away(err error) error {
	return &account.NotLetIn{Problem: account.ProblemUnavailable, Err: &domain.Error{Code: domain.CodeUnavailable, Message: "the OpenID provider does not answer as it should; try again", Err: err}}
}

func wrong(message string, err error) error {
	return &account.NotLetIn{Problem: account.ProblemProvider, Err: &domain.Error{Code: domain.CodeForbidden, Message: message, Err: err}}
}
