package readapi

import (
	"fmt"
	"slices"
	"strings"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/readapi/facets"
)

// personAnswer is somebody by account.
type personAnswer struct {
	Account string `json:"account"`
	Name    string `json:"name"`
}

// person returns somebody by account id, nil for "".
func (v view) person(account string) *personAnswer {
	if account == "" {
		return nil
	}
	return &personAnswer{Account: account, Name: v.displayName(account)}
}

func rowPerson(p facets.Person) *personAnswer {
	if p.Account == "" {
		return nil
	}
	return &personAnswer{Account: p.Account, Name: p.Name}
}

// me stands for the account of whoever asks.
const me = "me"

type responsibleBody struct {
	Account nullable `json:"account"`
}

func (b *responsibleBody) command(s *server, i domain.Instruction) (sourcerequest.Command, error) {
	c := sourcerequest.ChangeResponsible{Organisation: i.By.Organisation, Account: b.Account.value}
	if !b.Account.given {
		return c, domain.Invalid("account", "account is required: me, an account id, or null for nobody")
	}
	if c.Account == "" {
		return c, nil
	}
	mine := strings.EqualFold(c.Account, me)
	if mine {
		c.Account = i.By.Account
	}
	if i.By.Organisation != "" {
		return c, s.checkColleague(c)
	}
	if mine {
		return c, domain.Invalid("account", "you work for no fulfillment partner; name an account of the one that works on the request")
	}
	var err error
	c.Organisation, err = s.employerOf(c.Account)
	return c, err
}

// checkColleague refuses an account that is not an active one of the
// organisation. Another organisation's account is as if it did not exist.
func (s *server) checkColleague(c sourcerequest.ChangeResponsible) error {
	switch organisation, active, ok := s.People.Member(c.Account); {
	case !ok || organisation != c.Organisation:
		return domain.Invalid("account", fmt.Sprintf("there is no account %q in your organisation", c.Account))
	case !active:
		return notActive(c.Account)
	}
	return nil
}

// employerOf returns the organisation of an active account.
func (s *server) employerOf(account string) (string, error) {
	switch organisation, active, ok := s.People.Member(account); {
	case !ok:
		return "", domain.Invalid("account", fmt.Sprintf("there is no account %q", account))
	case organisation == "":
		return "", domain.Invalid("account", fmt.Sprintf("the account %q is of no fulfillment partner", account))
	case !active:
		return "", notActive(account)
	default:
		return organisation, nil
	}
}

func notActive(account string) error {
	return domain.Invalid("account", fmt.Sprintf("the account %q is not active", account))
}

// storable returns a selection as it may be written down for good: with account
// ids in the place of people's names. The error is CodeInvalid for a name that
// nobody bears whom the asker may know of.
func (s *server) storable(by domain.Principal, sel facets.Selection) (facets.Selection, error) {
	if !namesPeople(sel) {
		return sel, nil
	}
	snapshot, err := s.Index.Snapshot()
	if err != nil {
		return sel, err
	}
	return snapshot.Storable(by, sel, func(account string) bool {
		organisation, _, ok := s.People.Member(account)
		return ok && (by.SeesAll() || organisation == by.Organisation)
	})
}

// named returns a selection that was written down with names in the place of
// account ids, as far as they are known.
func (s *server) named(by domain.Principal, sel facets.Selection) facets.Selection {
	snapshot, err := s.Index.Snapshot()
	if err != nil || !namesPeople(sel) {
		return sel
	}
	return snapshot.Named(by, sel)
}

func namesPeople(sel facets.Selection) bool {
	return slices.ContainsFunc(sel.Terms(), func(t facets.Term) bool { return t.Modifier == "responsible" })
}
