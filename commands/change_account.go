package commands

import (
	"context"

	"backlot/domain"
	"backlot/domain/account"
)

// Change changes an account and its person. People change their own name;
// everything else is for those who keep the account, and not for one's own:
// that way an operator is always left. Errors: CodeNotFound, CodeForbidden,
// CodeRefused, CodeInvalid, CodeConflict where somebody has the address.
func (a *Accounts) Change(ctx context.Context, id string, c account.Change, i domain.Instruction) (account.Outcome, error) {
	var s account.State
	var err error
	own := id == i.By.Account
	if own && c.Email == nil && c.Role == nil && c.Organisation == nil && c.Administrator == nil && c.Active == nil {
		l, err := a.load(ctx, id, "")
		if err != nil {
			return account.Outcome{}, err
		}
		s = l.state
	} else if s, err = a.kept(ctx, i.By, id); err != nil {
		return account.Outcome{}, err
	}
	rights := s.Rights
	set(&rights.Role, c.Role)
	set(&rights.Organisation, c.Organisation)
	set(&rights.Administrator, c.Administrator)
	if rights != s.Rights {
		if err := a.fitting(rights); err != nil {
			return account.Outcome{}, err
		}
		if !a.Accounts.Rights(i.By).Keeps(rights) {
			return account.Outcome{}, domain.Errorf(domain.CodeForbidden, "an administrator keeps the accounts of one organisation and role only")
		}
	}
	if own && (rights != s.Rights || c.Active != nil && !*c.Active) {
		return account.Outcome{}, domain.Refused("nobody changes the rights of their own account, or deactivates it; somebody else has to")
	}
	position, err := a.changePerson(ctx, id, c, i)
	if err != nil {
		return account.Outcome{}, err
	}
	commands := []account.Command{account.ChangeRights{Rights: rights}}
	if c.Active != nil && *c.Active {
		commands = append(commands, account.Reactivate{})
	} else if c.Active != nil {
		commands = append(commands, account.Deactivate{})
	}
	out, err := change(ctx, a.Log, account.StreamPrefix+id, withoutPerson(i, rights), a.Now, account.Fold, func(s account.State) ([]account.Event, error) {
		var events []account.Event
		for _, c := range commands {
			more, err := account.Decide(s, c)
			if err != nil {
				return nil, err
			}
			events = append(events, more...)
		}
		return events, nil
	})
	if err != nil {
		return account.Outcome{}, err
	}
	answer := account.Outcome{Position: max(out.Position, position), Changed: out.Changed || position > 0, Replayed: out.Replayed}
	return answer, a.seen(ctx, answer.Position)
}

// changePerson returns the position of what it changed, 0 for nothing.
func (a *Accounts) changePerson(ctx context.Context, id string, c account.Change, i domain.Instruction) (domain.Position, error) {
	var name, email string
	var err error
	if c.Name != nil {
		if name, err = account.ValidName(*c.Name); err != nil {
			return 0, err
		}
	}
	if c.Email != nil {
		if email, err = account.ValidEmail(*c.Email); err != nil {
			return 0, err
		}
		p, err := load(ctx, a.Log, account.PersonPrefix+id, "", account.FoldPerson)
		if err != nil {
			return 0, err
		}
		if p.state.HasLogin() {
			err = a.reserve(ctx, account.LoginStream(email), id, i.By, "email")
		}
		if err != nil {
			return 0, err
		}
	}
	if name == "" && email == "" {
		return 0, nil
	}
	var former account.Person
	changed := false
	position, err := a.rewrite(ctx, id, i.By, func(p account.Person) (account.Person, bool, error) {
		former = p
		if name != "" {
			p.Name = name
		}
		if email != "" {
			if p.Email = email; p.HasLogin() {
				p.Login = email
			}
		}
		changed = p.Name != former.Name || p.Email != former.Email
		return p, changed, nil
	})
	if err != nil || !changed {
		return 0, err
	}
	if email != "" && former.Login != "" && account.LoginStream(former.Login) != account.LoginStream(email) {
		return position, a.release(ctx, account.LoginStream(former.Login), id, i.By)
	}
	return position, nil
}

func set[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}
