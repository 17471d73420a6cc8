package commands

import (
	"context"
	"errors"
	"log/slog"

	"backlot/domain"
	"backlot/domain/account"
	"backlot/domain/notification"
	"backlot/domain/template"
)

// Erase ends an account for good and forgets who its person was: the name, the
// address, the password, every secret, the saved searches, which may be named
// after anybody, and what it wanted to be told of leave the store. What the account did
// stays, with its id. An erasure that was cut off goes on when it is sent
// again, and at the next start. Errors: CodeNotFound, CodeForbidden,
// CodeRefused for one's own account.
func (a *Accounts) Erase(ctx context.Context, id string, i domain.Instruction) (account.Outcome, error) {
	if id == i.By.Account {
		return account.Outcome{}, domain.Refused("nobody erases their own account; somebody else has to")
	}
	if _, err := a.kept(ctx, i.By, id); err != nil {
		return account.Outcome{}, err
	}
	out, err := a.change(ctx, id, account.Erase{}, i)
	if err != nil {
		return account.Outcome{}, err
	}
	if err := a.forget(ctx, id, i.By); err != nil {
		return account.Outcome{}, err
	}
	a.Logger.Info("an account was erased", slog.String("account", id), slog.String("by", i.By.Account))
	return account.Outcome{Position: out.Position, Changed: out.Changed, Replayed: out.Replayed}, a.seen(ctx, out.Position)
}

// forget deletes what leads to the person.
func (a *Accounts) forget(ctx context.Context, id string, by domain.Principal) error {
	any := false
	for _, stream := range ownStreams(id) {
		_, exists, err := a.Log.LastEvent(ctx, stream)
		if err != nil {
			return err
		}
		if err := a.Log.DeleteStream(ctx, stream); err != nil {
			return err
		}
		any = any || exists
	}
	person, err := a.forgetPerson(ctx, id, by)
	if err != nil || a.Scavenge == nil || !any && !person {
		return err
	}
	return a.Scavenge(ctx)
}

// ownStreams are those that an account's person filled, or that tell of it.
func ownStreams(id string) []string {
	return []string{
		template.StreamOf(id), notification.RulesOf(id), notification.InboxOf(id), notification.MarksOf(id),
		notification.DigestsOf(id), notification.DeliveriesOf(id), notification.SecretsOf(id),
	}
}

// forgetPerson deletes the person's own stream last, as it says what else there
// is. It reports whether there was one.
func (a *Accounts) forgetPerson(ctx context.Context, id string, by domain.Principal) (bool, error) {
	stream := account.PersonPrefix + id
	last, exists, err := a.Log.LastEvent(ctx, stream)
	if err != nil || !exists {
		return false, err
	}
	p, _ := last.Event.(account.Person)
	if p.Login != "" {
		err = a.release(ctx, account.LoginStream(p.Login), id, by)
	}
	if p.Identity != nil {
		err = errors.Join(err, a.release(ctx, account.IdentityStream(*p.Identity), id, by))
	}
	if err != nil {
		return false, err
	}
	return true, a.Log.DeleteStream(ctx, stream)
}

// FinishErasures forgets those whose erasure was cut off. It needs the
// directory to be ready.
func (a *Accounts) FinishErasures(ctx context.Context) error {
	for _, e := range a.Accounts.All() {
		if !e.State.Erased {
			continue
		}
		if err := a.forget(ctx, e.ID, portalItself); err != nil {
			return err
		}
	}
	return nil
}

// portalItself is who acts where nobody asked for it.
var portalItself = domain.Principal{Account: "backlot", Role: domain.RoleSystem}
