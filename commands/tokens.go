package commands

import (
	"context"
	"time"

	"backlot/domain"
	"backlot/domain/account"
)

// IssueToken makes an API token for one's own account. Errors: CodeInvalid,
// CodeRefused when there are too many.
func (a *Accounts) IssueToken(ctx context.Context, label string, expiresAt time.Time, i domain.Instruction) (account.IssuedToken, error) {
	label, err := account.ValidLabel(label)
	if err != nil {
		return account.IssuedToken{}, err
	}
	id, now := i.NewID("token"), a.Now()
	i = withoutPerson(i, account.Rights{}) // a label may name somebody
	out, err := a.change(ctx, i.By.Account, account.IssueToken{Token: id, Now: now, ExpiresAt: expiresAt}, i)
	if err != nil {
		return account.IssuedToken{}, err
	}
	t, _ := out.State.Token(id, now)
	issued := account.IssuedToken{ID: id, Label: label, ExpiresAt: t.ExpiresAt, Position: out.Position}
	// The secret comes after: with another token issued at the same time, the
	// one that is written last must find the first one valid.
	position, err := a.rewrite(ctx, i.By.Account, i.By, func(p account.Person) (account.Person, bool, error) {
		for _, s := range p.Secrets {
			if s.ID == id {
				return p, false, nil
			}
		}
		l, err := a.load(ctx, i.By.Account, "")
		if err != nil {
			return p, false, err
		}
		if _, valid := l.state.Token(id, now); !valid {
			return p, false, nil // revoked meanwhile
		}
		issued.Secret = newSecret(tokenPrefix)
		return p.With(account.Secret{
			ID: id, Kind: account.SecretToken, Hash: account.HashSecret(issued.Secret), Label: label, ExpiresAt: t.ExpiresAt,
		}, l.state.Tokens, now), true, nil
	})
	if err != nil {
		return account.IssuedToken{}, err
	}
	issued.Position = max(issued.Position, position)
	return issued, a.seen(ctx, issued.Position)
}

// RevokeToken ends an API token of one's own account; CodeNotFound.
func (a *Accounts) RevokeToken(ctx context.Context, id string, i domain.Instruction) (domain.Position, error) {
	out, err := a.change(ctx, i.By.Account, account.RevokeToken{Token: id}, i)
	if err != nil {
		return 0, err
	}
	return out.Position, a.seen(ctx, out.Position)
}
