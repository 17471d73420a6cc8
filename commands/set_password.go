package commands

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"backlot/domain"
	"backlot/domain/account"
)

var errSecretServed = domain.Errorf(domain.CodeUnauthenticated, "this link has served or has expired; ask for another one")

// AcceptInvitation sets the first password of somebody invited, with a name of
// their own choice ("" keeps the given one), and signs them in. Errors:
// CodeUnauthenticated for a link that serves no more, CodeInvalid.
func (a *Accounts) AcceptInvitation(ctx context.Context, secret, name, password, from string) (account.Admission, error) {
	if name != "" {
		var err error
		if name, err = account.ValidName(name); err != nil {
			return account.Admission{}, err
		}
	}
	return a.redeem(ctx, account.SecretInvitation, secret, password, from, account.MethodInvitation, func(p account.Person) account.Person {
		if name != "" {
			p.Name = name
		}
		return p
	})
}

// ResetPassword sets another password with the link that RequestReset sent, and
// signs in. Errors: as for AcceptInvitation.
func (a *Accounts) ResetPassword(ctx context.Context, secret, password, from string) (account.Admission, error) {
	return a.redeem(ctx, account.SecretReset, secret, password, from, account.MethodReset, func(p account.Person) account.Person { return p })
}

// redeem lets a secret serve once.
func (a *Accounts) redeem(ctx context.Context, kind account.SecretKind, secret, password, from string, m account.Method, edit func(account.Person) account.Person) (account.Admission, error) {
	if !a.Accounts.Ready() {
		return account.Admission{}, domain.Errorf(domain.CodeUnavailable, "the accounts are not known yet: the log is still being read")
	}
	if err := a.addresses.try(from, a.Now()); err != nil {
		return account.Admission{}, err
	}
	hash := account.HashSecret(secret)
	e, found := a.Accounts.BySecret(hash)
	if !found || !e.State.IsActive() {
		return account.Admission{}, errSecretServed
	}
	if _, serves := e.Person.Secret(kind, hash, a.Now()); !serves {
		return account.Admission{}, errSecretServed
	}
	if err := account.ValidatePassword(password, edit(e.Person)); err != nil {
		return account.Admission{}, err
	}
	hashed, err := a.passwords.hash(ctx, password)
	if err != nil {
		return account.Admission{}, err
	}
	by := e.State.Principal(e.ID)
	_, err = a.rewrite(ctx, e.ID, by, func(p account.Person) (account.Person, bool, error) {
		if _, serves := p.Secret(kind, hash, a.Now()); !serves {
			return p, false, errSecretServed
		}
		return edit(p).WithPassword(hashed), true, nil
	})
	if err != nil {
		return account.Admission{}, err
	}
	return a.passwordSet(ctx, e, m)
}

// ChangePassword sets another password for somebody who knows the present one.
// Every session ends; the answer is a new one. Errors: CodeRefused for a wrong
// present password, CodeInvalid, CodeThrottled.
func (a *Accounts) ChangePassword(ctx context.Context, by domain.Principal, present, password string) (account.Admission, error) {
	e, ok := a.Accounts.Get(by.Account)
	if !ok || e.Person.PasswordHash == "" {
		return account.Admission{}, domain.Refused("the account has no password: it signs in by other means")
	}
	if err := a.logins.try(by.Account, a.Now()); err != nil {
		return account.Admission{}, err
	}
	match, err := a.passwords.matches(ctx, present, e.Person.PasswordHash)
	if err != nil {
		return account.Admission{}, err
	}
	if !match {
		return account.Admission{}, domain.Invalid("present", "this is not the present password")
	}
	a.logins.succeeded(by.Account)
	if err := account.ValidatePassword(password, e.Person); err != nil {
		return account.Admission{}, err
	}
	hashed, err := a.passwords.hash(ctx, password)
	if err != nil {
		return account.Admission{}, err
	}
	if _, err := a.rewrite(ctx, e.ID, by, func(p account.Person) (account.Person, bool, error) { return p.WithPassword(hashed), true, nil }); err != nil {
		return account.Admission{}, err
	}
	return a.passwordSet(ctx, e, account.MethodPassword)
}

func (a *Accounts) passwordSet(ctx context.Context, e account.Entry, m account.Method) (account.Admission, error) {
	if _, err := a.change(ctx, e.ID, account.SetPassword{}, once(e.State.Principal(e.ID))); err != nil {
		return account.Admission{}, err
	}
	return a.beginSession(ctx, e, m)
}

// RequestReset mails somebody a link to choose another password. Nobody learns
// from it whether the login is known. Errors: CodeThrottled, CodeRefused where
// mail is not set up.
func (a *Accounts) RequestReset(ctx context.Context, login, from string) error {
	if a.Mail == nil {
		return domain.Refused("this portal sends no mail; ask an operator or your administrator for another invitation")
	}
	if err := a.addresses.try(from, a.Now()); err != nil {
		return err
	}
	login = strings.ToLower(strings.TrimSpace(login))
	if err := a.resets.try(account.LoginStream(login), a.Now()); err != nil {
		return err
	}
	e, found := a.Accounts.ByLogin(login)
	if !found || !e.State.IsActive() || e.Person.Email == "" || e.Person.Identity != nil {
		return nil // an identity's account has no password: who may come in is its provider's to say
	}
	// The answer does not wait for the mail: the time it takes would tell.
	a.running.Go(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), mailPatience)
		defer cancel()
		if err := a.sendReset(ctx, e); err != nil {
			a.Logger.Warn("a reset of a password could not be sent", slog.String("account", e.ID), slog.Any("error", err))
		}
	})
	return nil
}

func (a *Accounts) sendReset(ctx context.Context, e account.Entry) error {
	secret := newSecret(resetPrefix)
	now := a.Now()
	var person account.Person
	position, err := a.rewrite(ctx, e.ID, e.State.Principal(e.ID), func(p account.Person) (account.Person, bool, error) {
		if p.Identity != nil {
			return p, false, domain.Refused("the account has no password: its person signs in at the OpenID provider")
		}
		person = p.With(account.Secret{
			ID: account.HashSecret(secret)[:16], Kind: account.SecretReset, Hash: account.HashSecret(secret), ExpiresAt: now.Add(resetAge).UTC(),
		}, e.State.Tokens, now)
		return person, true, nil
	})
	if err == nil {
		err = a.seen(ctx, position) // the link has to serve when it arrives
	}
	if err != nil {
		return err
	}
	return a.Mail.Send(ctx, person.Email, "Choose another password for Backlot", fmt.Sprintf(
		"Hello %s,\n\nsomebody, probably you, wants another password for your account on Backlot. Choose it here:\n\n%s\n\n"+
			"The link serves once, for an hour. If it was not you, do nothing: your password stays as it is.\n",
		person.Name, a.PublicURL+"/reset#"+secret))
}
