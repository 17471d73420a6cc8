package readapi

import (
	"fmt"
	"net/http"
	"time"

	"backlot/domain"
	"backlot/domain/account"
)

type ownAccountBody struct {
	Name *string `json:"name"`
}

func (s *server) changeOwnAccount(x *exchange) error {
	var body ownAccountBody
	i, err := s.instruction(x, &body, false, false)
	if err != nil {
		return err
	}
	out, err := s.Accounts.Change(x.r.Context(), x.by.Account, account.Change{Name: body.Name}, i)
	return s.answerAccount(x, x.by.Account, out, err)
}

type passwordBody struct {
	Present  string `json:"present"`
	Password string `json:"password"`
}

func (s *server) changePassword(x *exchange) error {
	var body passwordBody
	if _, err := s.readBody(x, &body, false); err != nil {
		return err
	}
	in, err := s.Accounts.ChangePassword(x.r.Context(), x.by, body.Present, body.Password)
	return s.admit(x, in, err)
}

func (s *server) signOutEverywhere(x *exchange) error {
	if err := s.Accounts.SignOutEverywhere(x.r.Context(), x.by); err != nil {
		return err
	}
	s.setSession(x, account.Admission{})
	x.WriteHeader(http.StatusNoContent)
	return nil
}

type tokenAnswer struct {
	ID        string    `json:"id"`
	Label     string    `json:"label"`
	IssuedAt  time.Time `json:"issued_at"`
	ExpiresAt time.Time `json:"expires_at"`
}

func (s *server) listTokens(x *exchange) error {
	if err := s.awaitPeople(x); err != nil {
		return err
	}
	e, _ := s.People.Get(x.by.Account)
	tokens := []tokenAnswer{}
	for _, t := range e.State.Tokens {
		if !t.ExpiresAt.After(s.Now()) {
			continue
		}
		a := tokenAnswer{ID: t.ID, IssuedAt: instant(t.IssuedAt), ExpiresAt: instant(t.ExpiresAt)}
		for _, secret := range e.Person.Secrets {
			if secret.ID == t.ID {
				a.Label = secret.Label
			}
		}
		tokens = append(tokens, a)
	}
	a := struct {
		Tokens    []tokenAnswer `json:"tokens"`
		LatestEnd *time.Time    `json:"latest_end"`
	}{Tokens: tokens}
	if end, ok := s.tokenEnd(x); ok {
		end = instant(end)
		a.LatestEnd = &end
	}
	return x.answer(http.StatusOK, a)
}

// tokenEnd returns the latest end of a token that is asked for now, where it
// hangs on the one that asks.
func (s *server) tokenEnd(x *exchange) (time.Time, bool) {
	secret, _ := secretOf(x.r)
	if secret == "" {
		return time.Time{}, false
	}
	return s.People.TokenEnd(secret, s.Now())
}

type issueTokenBody struct {
	Label         string `json:"label"`
	ExpiresInDays *int   `json:"expires_in_days"`
}

// defaultTokenDays is how long a token lives that nobody chose an end for.
const defaultTokenDays = 90

func (s *server) issueToken(x *exchange) error {
	var body issueTokenBody
	i, err := s.instruction(x, &body, false, false)
	if err != nil {
		return err
	}
	days := defaultTokenDays
	if body.ExpiresInDays != nil {
		days = *body.ExpiresInDays
	}
	if most := int(account.MaxTokenAge / (24 * time.Hour)); days < 1 || days > most {
		return domain.Invalid("expires_in_days", fmt.Sprintf("expires_in_days is a whole number from 1 to %d", most))
	}
	ends := s.Now().Add(time.Duration(days) * 24 * time.Hour)
	if end, ok := s.tokenEnd(x); ok && end.Before(ends) {
		if body.ExpiresInDays != nil {
			return domain.Invalid("expires_in_days", fmt.Sprintf("a token that is asked for with a token, or in a session that one began, ends with it, at %s; sign in with your password, ask for fewer days, or leave the days out", instant(end).Format(time.RFC3339)))
		}
		ends = end
	}
	t, err := s.Accounts.IssueToken(x.r.Context(), body.Label, ends, i)
	if err != nil {
		return err
	}
	x.Header().Set("Location", base+"/account/tokens/"+t.ID)
	return x.answer(http.StatusCreated, struct {
		ID        string    `json:"id"`
		Label     string    `json:"label"`
		ExpiresAt time.Time `json:"expires_at"`
		Token     *string   `json:"token"`
		Position  string    `json:"position"`
	}{t.ID, t.Label, instant(t.ExpiresAt), orNull(t.Secret), t.Position.String()})
}

func (s *server) revokeToken(x *exchange) error {
	i, err := s.instruction(x, &struct{}{}, false, true)
	if err != nil {
		return err
	}
	position, err := s.Accounts.RevokeToken(x.r.Context(), x.variable("id"), i)
	if err != nil {
		return err
	}
	return x.answer(http.StatusOK, map[string]string{"position": position.String()})
}
