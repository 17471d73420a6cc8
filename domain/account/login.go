package account

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"backlot/domain"
)

// LoginPrefix begins the name of the stream in which a login is reserved; the
// login's hash follows, since a stream's name outlives its events.
const LoginPrefix = domain.LoginStreamPrefix

const loginLabel = "backlot login 1\n"

// LoginStream returns the stream in which a login is reserved. Case makes no
// difference.
func LoginStream(login string) string {
	return LoginPrefix + loginHash("login", strings.ToLower(login))
}

// IdentityStream returns the stream in which an identity is reserved.
func IdentityStream(i Identity) string { return LoginPrefix + loginHash("oidc", i.Issuer, i.Subject) }

func loginHash(parts ...string) string {
	h := sha256.Sum256([]byte(loginLabel + strings.Join(parts, "\x00")))
	return hex.EncodeToString(h[:])
}

type (
	// LoginReserved gave a login to an account.
	LoginReserved struct {
		Account string `json:"account"` // id
	}

	// LoginReleased made it free again.
	LoginReleased struct{}
)

// Holder is the account that has a login, "" for nobody.
type Holder string

// FoldLogin folds one recorded event of a login's stream.
func FoldLogin(h Holder, r domain.Recorded) Holder {
	switch e := r.Event.(type) {
	case LoginReserved:
		return Holder(e.Account)
	case LoginReleased:
		return ""
	}
	return h
}

// Reserve gives a login to an account; CodeConflict where another one has it.
func (h Holder) Reserve(account string) ([]any, error) {
	switch string(h) {
	case account:
		return nil, nil
	case "":
		return []any{LoginReserved{Account: account}}, nil
	}
	return nil, domain.Errorf(domain.CodeConflict, "somebody signs in with this already")
}

// Release takes a login back from an account that has it.
func (h Holder) Release(account string) []any {
	if string(h) != account {
		return nil
	}
	return []any{LoginReleased{}}
}
