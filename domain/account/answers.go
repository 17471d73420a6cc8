package account

import (
	"time"

	"backlot/domain"
)

// Admission is a session that began. Secret is for the browser alone.
type Admission struct {
	Principal domain.Principal
	Secret    string
	ExpiresAt time.Time
	Position  domain.Position
}

// Newcomer is somebody to let in.
type Newcomer struct {
	Name  string
	Email string
	Rights
}

// Invitation is how somebody was told of an account.
type Invitation struct {
	Account  string // id
	Position domain.Position
	MailSent bool
	MailFail string // why not, for the one who invites; "" where mail is not set up
	Link     string // for the one who invites to pass on; only where mail is not set up
	Replayed bool   // the key was known: this is the account that it opened
}

// Change sets what is not nil of an account and its person.
type Change struct {
	Name          *string
	Email         *string
	Role          *domain.Role
	Organisation  *string
	Administrator *bool
	Active        *bool
}

// Outcome is the answer to a change.
type Outcome struct {
	Position domain.Position
	Changed  bool // false when there was nothing to change
	Replayed bool // the key was known
}

// IssuedToken is an API token. Its secret is shown once.
type IssuedToken struct {
	ID        string
	Secret    string // "" where the key was known: it was shown then
	Label     string
	ExpiresAt time.Time
	Position  domain.Position
}
