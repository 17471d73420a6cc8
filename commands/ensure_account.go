package commands

import (
	"context"
	"crypto/rand"

	"backlot/domain"
	"backlot/domain/account"
)

// Ensure opens an account of the portal's own making under a fixed id, unless
// it is there: for automation and for the demo.
func (a *Accounts) Ensure(ctx context.Context, id, name string, r account.Rights) error {
	l, err := a.load(ctx, id, "")
	if err != nil {
		return err
	}
	position := l.position
	if !l.state.Exists() {
		if err := a.introduce(ctx, id, account.Person{Name: name}, portalItself); err != nil {
			return err
		}
		out, err := a.change(ctx, id, account.Open{Rights: r}, once(portalItself))
		if err != nil && domain.ErrorCode(err) != domain.CodeConflict {
			return err
		}
		position = out.Position
	}
	return a.seen(ctx, position)
}

// Trust lets a token of this process in as an account. Not safe beside
// Authenticate: call it before serving.
func (a *Accounts) Trust(token, id string) { a.static[account.HashSecret(token)] = id }

// FirstLogin is what the operator signs in with that the first start makes.
const FirstLogin = "operator"

// FirstOperator opens an operator's account when no operator is there, and
// returns its password; "" when one is. It needs the directory to be ready.
func (a *Accounts) FirstOperator(ctx context.Context) (password string, err error) {
	if a.Accounts.HasOperator() {
		return "", nil
	}
	// One key, so that a start that was cut off is gone on with.
	i := domain.Instruction{By: portalItself, Key: "first operator"}
	id := i.NewID("account")
	switch err := a.reserve(ctx, account.LoginStream(FirstLogin), id, portalItself, "login"); {
	case domain.ErrorCode(err) == domain.CodeConflict:
		return "", nil // another process was quicker
	case err != nil:
		return "", err
	}
	password = rand.Text()
	hash, err := a.passwords.hash(ctx, password)
	if err != nil {
		return "", err
	}
	if err := a.introduce(ctx, id, account.Person{Name: "Operator", Login: FirstLogin, PasswordHash: hash}, portalItself); err != nil {
		return "", err
	}
	if _, err := a.change(ctx, id, account.Open{Rights: account.Rights{Role: domain.RoleOperator}}, i); err != nil {
		return "", err
	}
	out, err := a.change(ctx, id, account.SetPassword{}, once(portalItself))
	if err != nil {
		return "", err
	}
	return password, a.seen(ctx, out.Position)
}
