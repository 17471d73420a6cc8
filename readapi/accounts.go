package readapi

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"time"

	"backlot/domain"
	"backlot/domain/account"
)

// Accounts are the use cases of those who use the portal.
type Accounts interface {
	// Authenticate knows who a session's or token's secret stands for;
	// CodeUnauthenticated if nobody.
	Authenticate(ctx context.Context, secret string) (domain.Principal, error)
	SignIn(ctx context.Context, login, password, from string) (account.Admission, error)
	SignInWithToken(ctx context.Context, token, from string) (account.Admission, error)
	SignInWithIdentity(ctx context.Context, ask func(context.Context) (account.Claims, error), from string) (account.Admission, error)
	SignOut(ctx context.Context, secret string) error
	SignOutEverywhere(ctx context.Context, by domain.Principal) error
	AcceptInvitation(ctx context.Context, secret, name, password, from string) (account.Admission, error)
	RequestReset(ctx context.Context, login, from string) error
	ResetPassword(ctx context.Context, secret, password, from string) (account.Admission, error)
	ChangePassword(ctx context.Context, by domain.Principal, present, password string) (account.Admission, error)
	IssueToken(ctx context.Context, label string, expiresAt time.Time, i domain.Instruction) (account.IssuedToken, error)
	RevokeToken(ctx context.Context, id string, i domain.Instruction) (domain.Position, error)
	Open(ctx context.Context, n account.Newcomer, i domain.Instruction) (account.Invitation, error)
	Invite(ctx context.Context, id string, i domain.Instruction) (account.Invitation, error)
	Change(ctx context.Context, id string, c account.Change, i domain.Instruction) (account.Outcome, error)
	Erase(ctx context.Context, id string, i domain.Instruction) (account.Outcome, error)
}

// Standings of an account.
const (
	standingInvited     = "invited"
	standingActive      = "active"
	standingDeactivated = "deactivated"
	standingErased      = "erased"
)

type accountAnswer struct {
	ID            string         `json:"id"`
	Name          string         `json:"name"`
	Email         *string        `json:"email"`
	Role          domain.Role    `json:"role"`
	Organisation  *partnerAnswer `json:"organisation"`
	Administrator bool           `json:"administrator"`
	Standing      string         `json:"standing"`
	OpenedAt      time.Time      `json:"opened_at"`
	Keeps         bool           `json:"keeps"`
}

// account describes an account to somebody who knows it. Addresses are for
// those who keep it, and for oneself.
func (s *server) account(by domain.Principal, e account.Entry) accountAnswer {
	keeps := s.People.Rights(by).Keeps(e.State.Rights)
	a := accountAnswer{
		ID: e.ID, Name: e.Name(), Role: e.State.Role, Organisation: s.partner(e.State.Organisation), Administrator: e.State.Administrator,
		Standing: standingOf(e), OpenedAt: instant(e.State.OpenedAt), Keeps: keeps,
	}
	if keeps || e.ID == by.Account {
		a.Email = orNull(e.Person.Email)
	}
	return a
}

func standingOf(e account.Entry) string {
	switch {
	case e.State.Erased:
		return standingErased
	case e.State.Deactivated:
		return standingDeactivated
	case e.Person.Login != "" && e.Person.PasswordHash == "" && e.Person.Identity == nil:
		return standingInvited
	}
	return standingActive
}

// knownAccount returns the account that the path names, if the asker may know it.
func (s *server) knownAccount(x *exchange) (account.Entry, error) {
	if err := s.awaitPeople(x); err != nil {
		return account.Entry{}, err
	}
	e, ok := s.People.Get(x.variable("id"))
	if !ok || e.ID != x.by.Account && !s.People.Rights(x.by).Knows(e.State.Rights) {
		return account.Entry{}, account.ErrNotFound
	}
	return e, nil
}

func (s *server) listAccounts(x *exchange) error {
	search, err := x.search("q")
	if err != nil {
		return err
	}
	if err := s.awaitPeople(x); err != nil {
		return err
	}
	rights := s.People.Rights(x.by)
	accounts := []accountAnswer{}
	for _, e := range s.People.All() {
		if e.ID != x.by.Account && !rights.Knows(e.State.Rights) {
			continue
		}
		a := s.account(x.by, e)
		if email := ""; search != "" {
			if a.Email != nil {
				email = *a.Email
			}
			if text := strings.ToLower(a.Name + "\n" + email + "\n" + s.Organisations.Name(e.State.Organisation)); !strings.Contains(text, strings.ToLower(search)) {
				continue
			}
		}
		accounts = append(accounts, a)
	}
	return x.answer(http.StatusOK, map[string]any{"accounts": accounts})
}

func (s *server) getAccount(x *exchange) error {
	e, err := s.knownAccount(x)
	if err != nil {
		return err
	}
	return x.answer(http.StatusOK, s.account(x.by, e))
}

func (s *server) getOwnAccount(x *exchange) error {
	if err := s.awaitPeople(x); err != nil {
		return err
	}
	e, _ := s.People.Get(x.by.Account)
	return x.answer(http.StatusOK, s.account(x.by, e))
}

type openAccountBody struct {
	Name          string      `json:"name"`
	Email         string      `json:"email"`
	Role          domain.Role `json:"role"`
	Organisation  string      `json:"organisation"`
	Administrator bool        `json:"administrator"`
}

type invitationAnswer struct {
	Account  accountAnswer `json:"account"`
	Position string        `json:"position"`
	Replayed bool          `json:"replayed"`
	MailSent bool          `json:"mail_sent"`
	MailFail *string       `json:"mail_failure"`
	Link     *string       `json:"link"`
}

func (s *server) openAccount(x *exchange) error {
	var body openAccountBody
	i, err := s.instruction(x, &body, false, false)
	if err != nil {
		return err
	}
	body.Role = cmp.Or(body.Role, x.by.Role)
	n := account.Newcomer{Name: body.Name, Email: body.Email, Rights: account.Rights{Role: body.Role, Administrator: body.Administrator}}
	if n.Organisation, err = s.organisationOfAccount(x.by, body.Organisation, n.Role); err != nil {
		return err
	}
	if n.Organisation == "" && body.Organisation == "" && x.by.Organisation != "" {
		n.Organisation = x.by.Organisation
	}
	invitation, err := s.Accounts.Open(x.r.Context(), n, i)
	if err != nil {
		return err
	}
	x.Header().Set("Location", base+"/accounts/"+invitation.Account)
	return s.answerInvitation(x, http.StatusCreated, invitation)
}

// organisationOfAccount returns the id of the organisation that an account's
// role makes it belong to. Who is no operator names the own one alone: which
// others there are shows in no answer.
func (s *server) organisationOfAccount(by domain.Principal, given string, role domain.Role) (string, error) {
	kind, partner := account.KindOf(role)
	if given == "" {
		return "", nil
	}
	if !partner {
		return "", account.Rights{Role: role, Organisation: given}.Validate()
	}
	id, err := s.organisationOf(by, "organisation", given, kind)
	if by.Role != domain.RoleOperator && (err != nil || id != by.Organisation) {
		return "", domain.Errorf(domain.CodeForbidden, "only operators keep the accounts of other organisations")
	}
	return id, err
}

func (s *server) inviteAgain(x *exchange) error {
	i, err := s.instruction(x, &struct{}{}, false, true)
	if err != nil {
		return err
	}
	invitation, err := s.Accounts.Invite(x.r.Context(), x.variable("id"), i)
	if err != nil {
		return err
	}
	return s.answerInvitation(x, http.StatusOK, invitation)
}

func (s *server) answerInvitation(x *exchange, status int, i account.Invitation) error {
	e, _ := s.People.Get(i.Account)
	return x.answer(status, invitationAnswer{
		Account: s.account(x.by, e), Position: i.Position.String(), Replayed: i.Replayed,
		MailSent: i.MailSent, MailFail: orNull(i.MailFail), Link: orNull(i.Link),
	})
}

type changeAccountBody struct {
	Name          *string      `json:"name"`
	Email         *string      `json:"email"`
	Role          *domain.Role `json:"role"`
	Organisation  nullable     `json:"organisation"`
	Administrator *bool        `json:"administrator"`
	Active        *bool        `json:"active"`
}

func (s *server) changeAccount(x *exchange) error {
	var body changeAccountBody
	i, err := s.instruction(x, &body, false, false)
	if err != nil {
		return err
	}
	e, err := s.knownAccount(x)
	if err != nil {
		return err
	}
	c := account.Change{Name: body.Name, Email: body.Email, Role: body.Role, Administrator: body.Administrator, Active: body.Active}
	if body.Organisation.given {
		role := e.State.Role
		if body.Role != nil {
			role = *body.Role
		}
		id, err := s.organisationOfAccount(x.by, body.Organisation.value, role)
		if err != nil {
			return err
		}
		c.Organisation = &id
	}
	out, err := s.Accounts.Change(x.r.Context(), e.ID, c, i)
	return s.answerAccount(x, e.ID, out, err)
}

func (s *server) eraseAccount(x *exchange) error {
	i, err := s.instruction(x, &struct{}{}, false, true)
	if err != nil {
		return err
	}
	out, err := s.Accounts.Erase(x.r.Context(), x.variable("id"), i)
	return s.answerAccount(x, x.variable("id"), out, err)
}

func (s *server) answerAccount(x *exchange, id string, out account.Outcome, err error) error {
	if err != nil {
		return err
	}
	e, _ := s.People.Get(id)
	return x.answer(http.StatusOK, struct {
		Account  accountAnswer `json:"account"`
		Position string        `json:"position"`
		Changed  bool          `json:"changed"`
		Replayed bool          `json:"replayed"`
	}{s.account(x.by, e), out.Position.String(), out.Changed, out.Replayed})
}

// awaitPeople returns once the accounts are known, up to the position that
// after= names.
func (s *server) awaitPeople(x *exchange) error {
	if err := s.awaitFollower(x, s.People, "accounts"); err != nil {
		return err
	}
	return s.awaitOrganisations(x)
}
