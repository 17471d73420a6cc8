package commands

import (
	"context"
	"strings"
	"time"

	"backlot/domain"
	"backlot/domain/account"
)

var errWrongLogin = domain.Errorf(domain.CodeUnauthenticated, "this login and password do not belong together")

// Authenticate returns who a session's or token's secret stands for. Errors:
// CodeUnauthenticated, CodeUnavailable while the accounts are not known yet.
func (a *Accounts) Authenticate(_ context.Context, secret string) (domain.Principal, error) {
	if !a.Accounts.Ready() {
		return domain.Principal{}, domain.Errorf(domain.CodeUnavailable, "the accounts are not known yet: the log is still being read")
	}
	if p, _, ok := a.Accounts.Authenticated(secret, a.Now()); ok {
		return p, nil
	}
	if id, ok := a.static[account.HashSecret(secret)]; ok {
		if p, active := a.Accounts.Principal(id); active {
			return p, nil
		}
	}
	return domain.Principal{}, domain.Errorf(domain.CodeUnauthenticated, "the token or session is unknown or has ended; sign in again")
}

// SignIn begins a session for a login and its password. from is the network
// address of the one who tries. Errors: CodeUnauthenticated, the same whatever
// is wrong; CodeThrottled after too many tries.
func (a *Accounts) SignIn(ctx context.Context, login, password, from string) (account.Admission, error) {
	if !a.Accounts.Ready() {
		return account.Admission{}, domain.Errorf(domain.CodeUnavailable, "the accounts are not known yet: the log is still being read")
	}
	login = strings.ToLower(strings.TrimSpace(login))
	if err := a.addresses.try(from, a.Now()); err != nil {
		return account.Admission{}, err
	}
	if err := a.logins.try(account.LoginStream(login), a.Now()); err != nil {
		return account.Admission{}, err
	}
	e, found := a.Accounts.ByLogin(login)
	match, err := a.passwords.matches(ctx, password, e.Person.PasswordHash)
	if err != nil {
		return account.Admission{}, err
	}
	if !found || !match || !e.State.IsActive() {
		return account.Admission{}, errWrongLogin
	}
	a.logins.succeeded(account.LoginStream(login))
	return a.beginSession(ctx, e, account.MethodPassword)
}

// SignInWithToken begins a session for whoever holds an API token. It ends with
// the token at the latest.
func (a *Accounts) SignInWithToken(ctx context.Context, token, from string) (account.Admission, error) {
	if err := a.addresses.try(from, a.Now()); err != nil {
		return account.Admission{}, err
	}
	p, err := a.Authenticate(ctx, strings.TrimSpace(token))
	if err != nil {
		return account.Admission{}, err
	}
	e, _ := a.Accounts.Get(p.Account)
	ends := a.Now().Add(a.SessionAge)
	if end, ok := a.Accounts.TokenEnd(strings.TrimSpace(token), a.Now()); ok && end.Before(ends) {
		ends = end
	}
	return a.beginSessionUntil(ctx, e, account.MethodToken, ends)
}

// SignOut ends the session of a secret, if it is one.
func (a *Accounts) SignOut(ctx context.Context, secret string) error {
	p, session, ok := a.Accounts.Authenticated(secret, a.Now())
	if !ok || session == "" {
		return nil
	}
	return a.signOut(ctx, p, session)
}

// SignOutEverywhere ends every session of an account.
func (a *Accounts) SignOutEverywhere(ctx context.Context, by domain.Principal) error {
	return a.signOut(ctx, by, "")
}

func (a *Accounts) signOut(ctx context.Context, by domain.Principal, session string) error {
	out, err := a.change(ctx, by.Account, account.SignOut{Session: session}, once(by))
	if err != nil {
		return err
	}
	return a.seen(ctx, out.Position)
}

func (a *Accounts) beginSession(ctx context.Context, e account.Entry, m account.Method) (account.Admission, error) {
	return a.beginSessionUntil(ctx, e, m, a.Now().Add(a.SessionAge))
}

func (a *Accounts) beginSessionUntil(ctx context.Context, e account.Entry, m account.Method, ends time.Time) (account.Admission, error) {
	secret := newSecret(sessionPrefix)
	p := e.State.Principal(e.ID)
	c := account.SignIn{Session: account.HashSecret(secret), Method: m, ExpiresAt: ends.UTC().Truncate(time.Second)}
	out, err := a.change(ctx, e.ID, c, once(p))
	if domain.ErrorCode(err) == domain.CodeRefused {
		return account.Admission{}, errWrongLogin // deactivated a moment ago
	}
	if err != nil {
		return account.Admission{}, err
	}
	if err := a.seen(ctx, out.Position); err != nil {
		return account.Admission{}, err
	}
	return account.Admission{Principal: out.State.Principal(e.ID), Secret: secret, ExpiresAt: c.ExpiresAt, Position: out.Position}, nil
}
