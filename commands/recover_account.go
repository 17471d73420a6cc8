package commands

import (
	"context"
	"crypto/rand"

	"backlot/domain"
	"backlot/domain/account"
)

// Recover lets somebody in again who holds the machine and nothing else: it
// reactivates the account of a login and returns a password of its making.
// Every session ends. Errors: CodeNotFound. It needs the directory to be ready.
func (a *Accounts) Recover(ctx context.Context, login string) (password string, err error) {
	e, found := a.Accounts.ByLogin(login)
	if !found || e.State.Erased {
		return "", domain.Errorf(domain.CodeNotFound, "nobody signs in as %q", login)
	}
	password = rand.Text()
	hash, err := a.passwords.hash(ctx, password)
	if err != nil {
		return "", err
	}
	if _, err := a.change(ctx, e.ID, account.Reactivate{}, once(portalItself)); err != nil {
		return "", err
	}
	if _, err := a.rewrite(ctx, e.ID, portalItself, func(p account.Person) (account.Person, bool, error) { return p.WithPassword(hash), true, nil }); err != nil {
		return "", err
	}
	_, err = a.change(ctx, e.ID, account.SetPassword{}, once(portalItself))
	return password, err
}
