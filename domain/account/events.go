package account

import (
	"time"

	"backlot/domain"
)

// The JSON names in this file are a storage format; see the event catalog.
// Nothing in it may say who somebody is: these events are never deleted.

// Event is one change of an account.
type Event interface{ accountEvent() }

type (
	// Opened began the account.
	Opened struct {
		Role          domain.Role `json:"role"`
		Organisation  string      `json:"organisation,omitempty"` // organisation id; "" for the streaming service's own people
		Administrator bool        `json:"administrator,omitempty"`
	}

	// RightsChanged set what the account may do.
	RightsChanged struct {
		Role          domain.Role `json:"role"`
		Organisation  string      `json:"organisation,omitempty"`
		Administrator bool        `json:"administrator,omitempty"`
	}

	// PasswordSet says that the person has a new password; every session ended.
	PasswordSet struct{}

	// SignedIn began a session.
	SignedIn struct {
		// Session is the SHA-256, hex, of the 256 random bits in the browser's
		// cookie: it names the session and lets nobody in.
		Session   string    `json:"session"`
		Method    Method    `json:"method"`
		ExpiresAt time.Time `json:"expiresAt"`
	}

	// SignedOut ended a session, or every one ("").
	SignedOut struct {
		Session string `json:"session,omitempty"`
	}

	// TokenIssued made an API token valid; its hash and label are the person's.
	TokenIssued struct {
		Token     string    `json:"token"` // id
		ExpiresAt time.Time `json:"expiresAt"`
	}

	// TokenRevoked ended an API token.
	TokenRevoked struct {
		Token string `json:"token"` // id
	}

	// Deactivated keeps the account out until it is reactivated. Every session
	// and token ended.
	Deactivated struct{}

	// Reactivated lets the account in again.
	Reactivated struct{}

	// Erased ended the account for good. Who it was is known to nobody any more.
	Erased struct{}
)

// Method is how somebody signed in.
type Method string

// The methods.
const (
	MethodPassword   Method = "password"
	MethodInvitation Method = "invitation"
	MethodReset      Method = "password_reset"
	MethodToken      Method = "token"
	MethodOIDC       Method = "oidc"
)

func (Opened) accountEvent()        {}
func (RightsChanged) accountEvent() {}
func (PasswordSet) accountEvent()   {}
func (SignedIn) accountEvent()      {}
func (SignedOut) accountEvent()     {}
func (TokenIssued) accountEvent()   {}
func (TokenRevoked) accountEvent()  {}
func (Deactivated) accountEvent()   {}
func (Reactivated) accountEvent()   {}
func (Erased) accountEvent()        {}
