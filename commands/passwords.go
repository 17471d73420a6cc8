package commands

import (
	"context"
	"runtime"

	"github.com/alexedwards/argon2id"

	"backlot/domain"
)

// passwords hashes with argon2id, few at a time: each takes much memory and a
// processor for a while, so many at once would be a way to exhaust the server.
type passwords struct {
	params *argon2id.Params
	slots  chan struct{}
	decoy  string // what is compared where nobody has the login, so that it takes as long
}

// passwordParams are the second recommendation of RFC 9106: 64 MiB, 3 passes, 4 lanes.
var passwordParams = argon2id.Params{Memory: 64 << 10, Iterations: 3, Parallelism: 4, SaltLength: 16, KeyLength: 32}

func newPasswords(params argon2id.Params) (*passwords, error) {
	p := &passwords{params: &params, slots: make(chan struct{}, runtime.NumCPU())}
	var err error
	p.decoy, err = argon2id.CreateHash("nobody's password", p.params)
	return p, err
}

func (p *passwords) hash(ctx context.Context, password string) (string, error) {
	defer p.enter(ctx)()
	if ctx.Err() != nil {
		return "", notWaited(ctx)
	}
	return argon2id.CreateHash(password, p.params)
}

// matches compares with a hash; "" is nobody's and matches nothing.
func (p *passwords) matches(ctx context.Context, password, hash string) (bool, error) {
	defer p.enter(ctx)()
	if ctx.Err() != nil {
		return false, notWaited(ctx)
	}
	if hash == "" {
		_, err := argon2id.ComparePasswordAndHash(password, p.decoy)
		return false, err
	}
	return argon2id.ComparePasswordAndHash(password, hash)
}

func (p *passwords) enter(ctx context.Context) (leave func()) {
	select {
	case p.slots <- struct{}{}:
		return func() { <-p.slots }
	case <-ctx.Done():
		return func() {}
	}
}

func notWaited(ctx context.Context) error {
	return &domain.Error{Code: domain.CodeTimeout, Message: "too many are signing in at once; try again", Err: context.Cause(ctx)}
}
