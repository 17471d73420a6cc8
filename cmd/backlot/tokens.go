package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"

	"backlot/domain"
)

// tokens know who an API token belongs to, by its hash. Accounts that are kept
// in the event store will take their place.
type tokens map[[sha256.Size]byte]domain.Principal

func (t tokens) add(token string, p domain.Principal) { t[sha256.Sum256([]byte(token))] = p }

// Authenticate returns the token's principal, or CodeUnauthenticated.
func (t tokens) Authenticate(_ context.Context, token string) (domain.Principal, error) {
	if p, ok := t[sha256.Sum256([]byte(token))]; ok {
		return p, nil
	}
	return domain.Principal{}, domain.Errorf(domain.CodeUnauthenticated, "the token is unknown; sign in with one that the server's operator gave you")
}

// bootstrapOperator is who the bootstrap token belongs to.
var bootstrapOperator = domain.Principal{Account: "bootstrap", Role: domain.RoleOperator}

func newToken() string { return rand.Text() }
