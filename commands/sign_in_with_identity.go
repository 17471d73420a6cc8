package commands

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/google/uuid"

	"backlot/domain"
	"backlot/domain/account"
)

// SignInWithIdentity begins a session for somebody whom an OpenID provider
// knows. ask gets what it says of them; from is the network address of the one
// who tries.
//
// The identity's account is let in; an account with the same address becomes
// its account where the provider has verified the address; otherwise one is
// opened. Role and organisation are what the claims say, each time. An account
// that was opened for an identity needs these claims at every sign-in; one that
// somebody opened here keeps its rights while the provider is silent about its
// role. An erased person may come back: as a new account.
//
// Errors: an account.NotLetIn around the cause, which is CodeForbidden where
// the provider's word is not enough.
func (a *Accounts) SignInWithIdentity(ctx context.Context, ask func(context.Context) (account.Claims, error), from string) (account.Admission, error) {
	in, err := a.signInWithIdentity(ctx, ask, from)
	if err == nil {
		return in, nil
	}
	known := problemOf(err)
	a.Logger.Warn("a sign-in at the OpenID provider let nobody in", slog.String("problem", string(known.Problem)), slog.Any("error", known.Err))
	return account.Admission{}, known
}

func problemOf(err error) *account.NotLetIn {
	var known *account.NotLetIn
	if errors.As(err, &known) {
		return known
	}
	switch domain.ErrorCode(err) {
	case domain.CodeThrottled:
		return &account.NotLetIn{Problem: account.ProblemThrottled, Err: err}
	case domain.CodeUnauthenticated, domain.CodeRefused: // deactivated or erased a moment ago
		return &account.NotLetIn{Problem: account.ProblemAccount, Err: err}
	}
	return &account.NotLetIn{Problem: account.ProblemUnavailable, Err: err}
}

func (a *Accounts) signInWithIdentity(ctx context.Context, ask func(context.Context) (account.Claims, error), from string) (account.Admission, error) {
	if !a.Accounts.Ready() || !a.Organisations.Ready() {
		return account.Admission{}, domain.Errorf(domain.CodeUnavailable, "the accounts are not known yet: the log is still being read")
	}
	if err := a.addresses.try(from, a.Now()); err != nil {
		return account.Admission{}, err
	}
	c, err := ask(ctx)
	if err != nil {
		return account.Admission{}, err
	}
	if c.Identity.Issuer == "" || c.Identity.Subject == "" {
		return account.Admission{}, domain.Errorf(domain.CodeInternal, "claims of nobody")
	}
	m, err := a.member(ctx, c)
	for attempt := 1; domain.ErrorCode(err) == domain.CodeConflict && attempt < maxAttempts; attempt++ {
		m, err = a.member(ctx, c) // the identity signed in twice at once: its account is there now
	}
	if err != nil {
		return account.Admission{}, err
	}
	state, err := a.welcome(ctx, m, c)
	if err != nil {
		return account.Admission{}, err
	}
	return a.beginSession(ctx, account.Entry{ID: m.id, State: state}, account.MethodOIDC)
}

// member is the account of an identity, as far as it is there.
type member struct {
	id     string
	state  account.State
	person account.Person
	rights account.Rights // by the claims
	links  bool           // the account was somebody's before it was this identity's
}

// member finds out whose account an identity's is, and reserves the identity
// for it. Nothing else is changed, so that all of it can be done again.
func (a *Accounts) member(ctx context.Context, c account.Claims) (member, error) {
	stream := account.IdentityStream(c.Identity)
	id, err := a.holder(ctx, stream)
	if err != nil {
		return member{}, err
	}
	m, err := a.memberOf(ctx, id)
	if err != nil {
		return member{}, err
	}
	if m.state.Erased {
		if err := a.release(ctx, stream, id, portalItself); err != nil {
			return member{}, err
		}
		id = ""
	}
	if id == "" {
		if m, err = a.stranger(ctx, c); err != nil {
			return member{}, err
		}
	}
	if m.state.Exists() && !m.state.IsActive() {
		return member{}, notLetIn(account.ProblemAccount, "the account %s is deactivated", m.id)
	}
	if err := ofAnother(m.person, m.id, c.Identity); err != nil {
		return member{}, err
	}
	if m.rights, err = a.rightsBy(c, m); err != nil {
		return member{}, err
	}
	return m, a.reserve(ctx, stream, m.id, portalItself, "identity")
}

// holder returns who has a login, "" for nobody, as the log has it: the
// directory may be behind.
func (a *Accounts) holder(ctx context.Context, stream string) (string, error) {
	l, err := load(ctx, a.Log, stream, "", account.FoldLogin)
	if err != nil {
		return "", err
	}
	return string(l.state), nil
}

func (a *Accounts) memberOf(ctx context.Context, id string) (member, error) {
	if id == "" {
		return member{}, nil
	}
	l, err := a.load(ctx, id, "")
	if err != nil {
		return member{}, err
	}
	p, err := load(ctx, a.Log, account.PersonPrefix+id, "", account.FoldPerson)
	if err != nil {
		return member{}, err
	}
	return member{id: id, state: l.state, person: p.state, links: l.state.Exists() && p.state.Identity == nil}, nil
}

// stranger returns the account for an identity that has none: the one with the
// same address, or a new one.
func (a *Accounts) stranger(ctx context.Context, c account.Claims) (member, error) {
	email, err := account.ValidEmail(c.Email)
	if err != nil {
		return member{id: uuid.NewString()}, nil
	}
	id, err := a.holder(ctx, account.LoginStream(email))
	if err != nil {
		return member{}, err
	}
	m, err := a.memberOf(ctx, id)
	switch {
	case err != nil:
		return member{}, err
	case !m.state.Exists() || m.state.Erased:
		return member{id: uuid.NewString()}, nil
	case !c.EmailVerified:
		return member{}, notLetIn(account.ProblemEmail, "the account %s has this address, and the provider's claim email_verified does not say that it is the person's", id)
	}
	return m, nil
}

// rightsBy returns what the claims let an account do.
func (a *Accounts) rightsBy(c account.Claims, m member) (account.Rights, error) {
	present := m.state.Rights
	ownRights := m.state.Exists() && m.person.HasLogin() // somebody here gave them
	switch {
	case c.Role != "":
	case c.RoleClaim.Given:
		return present, notLetIn(account.ProblemRole, "the claim %s says %s: none of it is a role of this portal", c.RoleClaim.Name, quoted(c.RoleClaim.Values))
	case ownRights:
		return present, nil
	default:
		return present, notLetIn(account.ProblemRole, "the provider sends no claim %s: there has to be one that names a role", c.RoleClaim.Name)
	}
	rights := account.Rights{Role: c.Role}
	if _, partner := account.KindOf(c.Role); partner {
		if !c.Organisation.Given && ownRights && present.Role == c.Role {
			return present, nil
		}
		var err error
		if rights.Organisation, err = a.organisationBy(c); err != nil {
			return present, err
		}
	}
	rights.Administrator = present.Administrator && present.Role == rights.Role && present.Organisation == rights.Organisation
	return rights, a.fitting(rights)
}

// organisationBy returns the one organisation among the claim's that plays the
// part of the claimed role.
func (a *Accounts) organisationBy(c account.Claims) (string, error) {
	claim := c.Organisation
	if len(claim.Values) == 0 {
		return "", notLetIn(account.ProblemOrganisation, "the role %s needs an organisation, and the provider sends none in the claim %s", c.Role, claim.Name)
	}
	found := map[string]bool{}
	var id string
	for _, v := range claim.Values {
		known := strings.TrimSpace(v)
		if _, ok := a.Organisations.Get(known); !ok {
			if known, ok = a.Organisations.Find(v); !ok {
				continue
			}
		}
		if a.fitting(account.Rights{Role: c.Role, Organisation: known}) == nil {
			found[known], id = true, known
		}
	}
	switch len(found) {
	case 0:
		return "", notLetIn(account.ProblemOrganisation, "the claim %s says %s: none of it is the id or the name of a %s", claim.Name, quoted(claim.Values), words(string(c.Role)))
	case 1:
		return id, nil
	}
	return "", notLetIn(account.ProblemOrganisation, "the claim %s says %s: more than one is a %s, and an account belongs to one", claim.Name, quoted(claim.Values), words(string(c.Role)))
}

// welcome brings the account in line with the claims, opening it where needed.
// Cut off anywhere, the next sign-in goes on with it.
func (a *Accounts) welcome(ctx context.Context, m member, c account.Claims) (account.State, error) {
	if m.links {
		// Rights may grow below, so those who could get in before cannot by then.
		if _, err := a.rewrite(ctx, m.id, portalItself, func(p account.Person) (account.Person, bool, error) {
			if p.Identity != nil {
				return p, false, ofAnother(p, m.id, c.Identity)
			}
			return p.LockedOut(), p.PasswordHash != "" || len(p.Secrets) > 0, nil
		}); err != nil {
			return account.State{}, err
		}
	}
	if !m.state.Exists() {
		if err := a.Log.SetMaxCount(ctx, account.PersonPrefix+m.id, 1); err != nil {
			return account.State{}, err
		}
		if err := a.identify(ctx, m.id, c); err != nil {
			return account.State{}, err
		}
	}
	out, err := change(ctx, a.Log, account.StreamPrefix+m.id, once(portalItself), a.Now, account.Fold, func(s account.State) ([]account.Event, error) {
		var events []account.Event
		for _, command := range m.commands(s) {
			more, err := account.Decide(s, command)
			if err != nil {
				return nil, err
			}
			events = append(events, more...)
		}
		return events, nil
	})
	if err != nil {
		return account.State{}, err
	}
	if m.state.Exists() {
		err = a.identify(ctx, m.id, c)
	}
	return out.State, err
}

func (m member) commands(s account.State) []account.Command {
	if !s.Exists() {
		return []account.Command{account.Open{Rights: m.rights}}
	}
	commands := []account.Command{account.ChangeRights{Rights: m.rights}}
	if m.links {
		commands = append(commands, account.SignOut{})
		for _, t := range s.Tokens {
			commands = append(commands, account.RevokeToken{Token: t.ID})
		}
	}
	return commands
}

// identify records who the person is, as the provider has it. An address that
// it has not verified is not kept, as mail would go to whoever has it; that of
// somebody with a login stays what those who keep the account made it.
func (a *Accounts) identify(ctx context.Context, id string, c account.Claims) error {
	_, err := a.rewrite(ctx, id, portalItself, func(p account.Person) (account.Person, bool, error) {
		if err := ofAnother(p, id, c.Identity); err != nil {
			return p, false, err
		}
		now := p
		if p.Identity == nil {
			now = p.LockedOut()
			now.Identity = &c.Identity
		}
		for _, name := range []string{c.Name, p.Name, c.Identity.Subject} {
			if valid, err := account.ValidName(name); err == nil {
				now.Name = valid
				break
			}
		}
		if email, err := account.ValidEmail(c.Email); err == nil && c.EmailVerified && !now.HasLogin() {
			now.Email = email
		}
		return now, p.Identity == nil || now.Name != p.Name || now.Email != p.Email, nil
	})
	return err
}

// ofAnother is an error where a person has another identity already.
func ofAnother(p account.Person, id string, i account.Identity) error {
	if p.Identity == nil || *p.Identity == i {
		return nil
	}
	return notLetIn(account.ProblemLinked, "the account %s belongs to another identity", id)
}

func notLetIn(p account.Problem, format string, args ...any) error {
	return &account.NotLetIn{Problem: p, Err: domain.Errorf(domain.CodeForbidden, format, args...)}
}

func quoted(values []string) string {
	if len(values) == 0 {
		return "nothing"
	}
	var all []string
	for _, v := range values {
		all = append(all, fmt.Sprintf("%q", v))
	}
	return strings.Join(all, ", ")
}
