package account

import (
	"slices"
	"time"

	"backlot/domain"
)

// StreamPrefix begins the name of every account's stream; the id follows.
const StreamPrefix = "account-"

// Rights are what an account may do.
type Rights struct {
	Role          domain.Role
	Organisation  string // organisation id; "" for the streaming service's own people
	Administrator bool   // keeps the accounts of its own organisation; operators keep all
}

// State is an account as its events left it. The zero State was never opened.
// A State is a value: folding never changes the slices of an earlier one.
type State struct {
	Rights
	OpenedAt    time.Time
	HasPassword bool
	Deactivated bool
	Erased      bool
	Sessions    []Session // oldest first, the expired ones as far as events came since
	Tokens      []Token   // oldest first
}

// Session is a browser that somebody signed in with.
type Session struct {
	ID        string // SHA-256 of the cookie's secret, hex
	Method    Method
	BeganAt   time.Time
	ExpiresAt time.Time
}

// Token is an API token.
type Token struct {
	ID        string
	IssuedAt  time.Time
	ExpiresAt time.Time
}

// Exists reports whether the account was opened.
func (s State) Exists() bool { return s.Role != "" }

// IsActive reports whether the account is let in.
func (s State) IsActive() bool { return s.Exists() && !s.Deactivated && !s.Erased }

// Principal returns the one that the account acts as.
func (s State) Principal(id string) domain.Principal {
	return domain.Principal{Account: id, Organisation: s.Organisation, Role: s.Role}
}

// maxSessions is how many sessions an account has at once; the oldest goes.
const maxSessions = 50

// Evolve folds one event into the state; it is total.
func Evolve(s State, e Event, at time.Time) State {
	if e, ok := e.(Opened); ok {
		return State{Rights: Rights(e), OpenedAt: at}
	}
	if !s.Exists() {
		return s
	}
	switch e := e.(type) {
	case RightsChanged:
		s.Rights = Rights(e)
	case PasswordSet:
		s.HasPassword, s.Sessions = true, nil
	case SignedIn:
		s.Sessions = slices.DeleteFunc(slices.Clone(s.Sessions), func(o Session) bool { return !o.ExpiresAt.After(at) || o.ID == e.Session })
		s.Sessions = append(s.Sessions, Session{ID: e.Session, Method: e.Method, BeganAt: at, ExpiresAt: e.ExpiresAt})
		if n := len(s.Sessions); n > maxSessions {
			s.Sessions = s.Sessions[n-maxSessions:]
		}
	case SignedOut:
		s.Sessions = slices.DeleteFunc(slices.Clone(s.Sessions), func(o Session) bool { return e.Session == "" || o.ID == e.Session })
	case TokenIssued:
		s.Tokens = slices.DeleteFunc(slices.Clone(s.Tokens), func(o Token) bool { return !o.ExpiresAt.After(at) || o.ID == e.Token })
		s.Tokens = append(s.Tokens, Token{ID: e.Token, IssuedAt: at, ExpiresAt: e.ExpiresAt})
	case TokenRevoked:
		s.Tokens = slices.DeleteFunc(slices.Clone(s.Tokens), func(o Token) bool { return o.ID == e.Token })
	case Deactivated:
		s.Deactivated, s.Sessions, s.Tokens = true, nil, nil
	case Reactivated:
		s.Deactivated = false
	case Erased:
		s.Erased, s.HasPassword, s.Sessions, s.Tokens = true, false, nil, nil
	}
	return s
}

// Fold folds one recorded event into the state.
func Fold(s State, r domain.Recorded) State {
	e, _ := r.Event.(Event)
	return Evolve(s, e, r.Metadata.OccurredAt)
}

// Session returns the session with an id that has not ended at an instant.
func (s State) Session(id string, at time.Time) (Session, bool) {
	i := slices.IndexFunc(s.Sessions, func(o Session) bool { return o.ID == id && o.ExpiresAt.After(at) })
	if i < 0 {
		return Session{}, false
	}
	return s.Sessions[i], true
}

// Token returns the token with an id that has not expired at an instant.
func (s State) Token(id string, at time.Time) (Token, bool) {
	i := slices.IndexFunc(s.Tokens, func(o Token) bool { return o.ID == id && o.ExpiresAt.After(at) })
	if i < 0 {
		return Token{}, false
	}
	return s.Tokens[i], true
}
