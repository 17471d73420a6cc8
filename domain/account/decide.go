package account

import (
	"fmt"
	"time"

	"backlot/domain"
)

// Command is something that somebody wants of an account. Identifiers and
// instants come in with the command.
type Command interface{ accountCommand() }

type (
	// Open begins an account.
	Open struct{ Rights }

	// ChangeRights sets what the account may do.
	ChangeRights struct{ Rights }

	// SetPassword says that the person has a new password.
	SetPassword struct{}

	// SignIn begins a session.
	SignIn struct {
		Session   string // SHA-256 of the cookie's secret, hex
		Method    Method
		ExpiresAt time.Time
	}

	// SignOut ends a session, or every one ("").
	SignOut struct{ Session string }

	// IssueToken makes an API token valid.
	IssueToken struct {
		Token     string // id
		Now       time.Time
		ExpiresAt time.Time
	}

	// RevokeToken ends an API token.
	RevokeToken struct{ Token string }

	// Deactivate keeps the account out.
	Deactivate struct{}

	// Reactivate lets it in again.
	Reactivate struct{}

	// Erase ends it for good.
	Erase struct{}
)

func (Open) accountCommand()         {}
func (ChangeRights) accountCommand() {}
func (SetPassword) accountCommand()  {}
func (SignIn) accountCommand()       {}
func (SignOut) accountCommand()      {}
func (IssueToken) accountCommand()   {}
func (RevokeToken) accountCommand()  {}
func (Deactivate) accountCommand()   {}
func (Reactivate) accountCommand()   {}
func (Erase) accountCommand()        {}

// Bounds of API tokens.
const (
	MaxTokens   = 50                   // of an account at once
	MaxTokenAge = 366 * 24 * time.Hour // from its issue to its end
)

// ErrNotFound is the answer for an account that does not exist, or not for the
// one who asks.
var ErrNotFound = domain.Errorf(domain.CodeNotFound, "there is no such account")

// Decide returns the events that a command leads to, none if it would change
// nothing. The error is CodeInvalid for wrong input, CodeNotFound for an
// account that was never opened, CodeConflict for opening one twice, and
// CodeRefused when the state does not allow it.
func Decide(s State, c Command) ([]Event, error) {
	if c, ok := c.(Open); ok {
		if s.Exists() {
			return nil, domain.Errorf(domain.CodeConflict, "an account with this id exists already")
		}
		if err := c.Validate(); err != nil {
			return nil, err
		}
		return []Event{Opened(c.Rights)}, nil
	}
	if !s.Exists() {
		return nil, ErrNotFound
	}
	if s.Erased {
		if _, again := c.(Erase); again {
			return nil, nil
		}
		return nil, domain.Refused("the account was erased: nothing brings it back; open another one")
	}
	switch c := c.(type) {
	case ChangeRights:
		if err := c.Validate(); err != nil {
			return nil, err
		}
		if c.Rights == s.Rights {
			return nil, nil
		}
		return []Event{RightsChanged(c.Rights)}, nil
	case SetPassword:
		return whileActive(s, PasswordSet{})
	case SignIn:
		if c.Session == "" || c.ExpiresAt.IsZero() {
			return nil, domain.Errorf(domain.CodeInternal, "a session without an id or an end")
		}
		return whileActive(s, SignedIn(c))
	case SignOut:
		if len(s.Sessions) == 0 || c.Session != "" && !hasSession(s, c.Session) {
			return nil, nil
		}
		return []Event{SignedOut(c)}, nil
	case IssueToken:
		return decideToken(s, c)
	case RevokeToken:
		for _, t := range s.Tokens {
			if t.ID == c.Token {
				return []Event{TokenRevoked(c)}, nil
			}
		}
		return nil, domain.Errorf(domain.CodeNotFound, "there is no such token")
	case Deactivate:
		if s.Deactivated {
			return nil, nil
		}
		return []Event{Deactivated{}}, nil
	case Reactivate:
		if !s.Deactivated {
			return nil, nil
		}
		return []Event{Reactivated{}}, nil
	case Erase:
		return []Event{Erased{}}, nil
	}
	return nil, domain.Errorf(domain.CodeInternal, "no decision for %T", c)
}

func decideToken(s State, c IssueToken) ([]Event, error) {
	for _, t := range s.Tokens {
		if t.ID == c.Token {
			return nil, nil
		}
	}
	valid := 0
	for _, t := range s.Tokens {
		if t.ExpiresAt.After(c.Now) {
			valid++
		}
	}
	switch {
	case !c.ExpiresAt.After(c.Now):
		return nil, domain.Invalid("expires_at", "expires_at has passed already")
	case c.ExpiresAt.Sub(c.Now) > MaxTokenAge:
		return nil, domain.Invalid("expires_at", fmt.Sprintf("a token lives at most %d days", MaxTokenAge/(24*time.Hour)))
	case valid >= MaxTokens:
		return nil, domain.Refused(fmt.Sprintf("an account has at most %d tokens; revoke one first", MaxTokens))
	}
	return whileActive(s, TokenIssued{Token: c.Token, ExpiresAt: c.ExpiresAt.UTC()})
}

func whileActive(s State, e Event) ([]Event, error) {
	if !s.IsActive() {
		return nil, domain.Refused("the account is deactivated")
	}
	return []Event{e}, nil
}

func hasSession(s State, id string) bool {
	for _, o := range s.Sessions {
		if o.ID == id {
			return true
		}
	}
	return false
}
