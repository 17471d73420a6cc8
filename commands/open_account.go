package commands

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"strings"

	"backlot/domain"
	"backlot/domain/account"
)

// Open opens an account and invites its person. Sent again after a crash, it
// goes on where it was. Errors: CodeForbidden for those who do not keep such an
// account, CodeInvalid, CodeConflict where somebody has the address.
func (a *Accounts) Open(ctx context.Context, c account.Newcomer, i domain.Instruction) (account.Invitation, error) {
	if !a.Accounts.Rights(i.By).Keeps(c.Rights) {
		return account.Invitation{}, domain.Errorf(domain.CodeForbidden, "only operators open accounts, and administrators those of their own organisation and role")
	}
	var err error
	if c.Name, err = account.ValidName(c.Name); err != nil {
		return account.Invitation{}, err
	}
	if c.Email, err = account.ValidEmail(c.Email); err != nil {
		return account.Invitation{}, err
	}
	if err := a.fitting(c.Rights); err != nil {
		return account.Invitation{}, err
	}
	id := i.NewID("account")
	forEver := withoutPerson(i, c.Rights)
	l, err := a.load(ctx, id, forEver.CommandKey())
	if err != nil {
		return account.Invitation{}, err
	}
	if out, known, err := l.replay(forEver); known {
		return account.Invitation{Account: id, Position: out.Position, Replayed: true}, err
	}
	if err := a.reserve(ctx, account.LoginStream(c.Email), id, i.By, "email"); err != nil {
		return account.Invitation{}, err
	}
	secret, err := a.begin(ctx, id, account.Person{Name: c.Name, Login: c.Email, Email: c.Email}, i.By)
	if err != nil {
		return account.Invitation{}, err
	}
	out, err := a.change(ctx, id, account.Open{Rights: c.Rights}, forEver)
	if err != nil {
		return account.Invitation{}, err
	}
	opened := account.Invitation{Account: id, Position: out.Position}
	a.tell(ctx, &opened, c.Name, c.Email, secret)
	return opened, a.seen(ctx, opened.Position)
}

// Invite sends another invitation to somebody who has not used the former one,
// which then serves no more.
func (a *Accounts) Invite(ctx context.Context, id string, i domain.Instruction) (account.Invitation, error) {
	s, err := a.kept(ctx, i.By, id)
	if err != nil {
		return account.Invitation{}, err
	}
	if !s.IsActive() || s.HasPassword {
		return account.Invitation{}, domain.Refused("only somebody who has no password yet is invited; others reset theirs")
	}
	var secret string
	var person account.Person
	position, err := a.rewrite(ctx, id, i.By, func(p account.Person) (account.Person, bool, error) {
		if p.Identity != nil {
			return p, false, domain.Refused("the account has no password: its person signs in at the OpenID provider")
		}
		if p.Email == "" {
			return p, false, domain.Refused("the account has no e-mail address: give it one first")
		}
		secret, person = a.invited(p, s)
		return person, true, nil
	})
	if err != nil {
		return account.Invitation{}, err
	}
	opened := account.Invitation{Account: id, Position: position}
	a.tell(ctx, &opened, person.Name, person.Email, secret)
	return opened, a.seen(ctx, opened.Position)
}

// begin introduces a person with an invitation.
func (a *Accounts) begin(ctx context.Context, id string, p account.Person, by domain.Principal) (secret string, err error) {
	secret, p = a.invited(p, account.State{})
	return secret, a.introduce(ctx, id, p, by)
}

// introduce records a person for the first time, in a stream that keeps its
// last event only.
func (a *Accounts) introduce(ctx context.Context, id string, p account.Person, by domain.Principal) error {
	if err := a.Log.SetMaxCount(ctx, account.PersonPrefix+id, 1); err != nil {
		return err
	}
	_, err := a.rewrite(ctx, id, by, func(account.Person) (account.Person, bool, error) { return p, true, nil })
	return err
}

func (a *Accounts) invited(p account.Person, s account.State) (string, account.Person) {
	secret := newSecret(invitationPrefix)
	now := a.Now()
	return secret, p.With(account.Secret{
		ID: account.HashSecret(secret)[:16], Kind: account.SecretInvitation, Hash: account.HashSecret(secret), ExpiresAt: now.Add(invitationAge).UTC(),
	}, s.Tokens, now)
}

// tell gives the invitation to its person, or to the one who invites.
func (a *Accounts) tell(ctx context.Context, o *account.Invitation, name, email, secret string) {
	link := a.PublicURL + "/invitation#" + secret
	if a.Mail == nil {
		o.Link = link
		return
	}
	err := a.Mail.Send(ctx, email, "You are invited to Backlot", fmt.Sprintf(
		"Hello %s,\n\nan account on Backlot was opened for you. Choose your password here:\n\n%s\n\n"+
			"The link serves once, until %s. If you did not expect this mail, do nothing.\n",
		name, link, a.Now().Add(invitationAge).UTC().Format("2 January 2006, 15:04 MST")))
	if o.MailSent = err == nil; err != nil {
		a.Logger.Warn("an invitation could not be sent", slog.String("account", o.Account), slog.Any("error", err))
		o.MailFail = "the mail server did not take the invitation; send it again when it does"
	}
}

// withoutPerson leaves the person out of what an instruction keeps for ever.
// The body's hash is of the rights alone, as that of a name can be found by
// trying, and a client's key may name somebody.
func withoutPerson(i domain.Instruction, r account.Rights) domain.Instruction {
	h := sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%t", r.Role, r.Organisation, r.Administrator))
	i.Key, i.BodyHash = account.HashSecret(i.Key), hex.EncodeToString(h[:])
	return i
}

// Reserve gives a login to an account; the conflict names the field.
func (a *Accounts) reserve(ctx context.Context, stream, id string, by domain.Principal, field string) error {
	_, err := change(ctx, a.Log, stream, once(by), a.Now, account.FoldLogin, func(h account.Holder) ([]any, error) { return h.Reserve(id) })
	if domain.ErrorCode(err) == domain.CodeConflict {
		named := *asError(err)
		named.Field = field
		return &named
	}
	return err
}

// release takes a login back and forgets who had it.
func (a *Accounts) release(ctx context.Context, stream, id string, by domain.Principal) error {
	out, err := change(ctx, a.Log, stream, once(by), a.Now, account.FoldLogin, func(h account.Holder) ([]any, error) { return h.Release(id), nil })
	if err != nil || !out.Changed {
		return err
	}
	return a.Log.DeleteStream(ctx, stream)
}

func words(s string) string { return strings.ReplaceAll(s, "_", " ") }
