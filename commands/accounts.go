package commands

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/google/uuid"

	"backlot/domain"
	"backlot/domain/account"
	"backlot/domain/organisation"
)

// AccountLog is what the use cases of accounts need of the event store.
type AccountLog interface {
	Log
	// SetMaxCount limits a stream to its last n events.
	SetMaxCount(ctx context.Context, stream string, n int) error
}

// Mailer sends mail.
type Mailer interface {
	// Send mails a plain text to one person.
	Send(ctx context.Context, to, subject, text string) error
}

// AccountsConfig is what the use cases of accounts work with.
type AccountsConfig struct {
	Log           AccountLog
	Accounts      *account.Directory
	Organisations *organisation.Directory
	Mail          Mailer                      // nil: invitations are handed to whoever invites, and passwords are not reset by mail
	PublicURL     string                      // where people reach the portal, without a slash at the end
	Scavenge      func(context.Context) error // lets what was deleted leave the disk; nil where the store does that by itself
	Passwords     argon2id.Params             // default: RFC 9106's second recommendation
	SessionAge    time.Duration               // default 7 days
	Now           func() time.Time            // default time.Now
	Logger        *slog.Logger                // default slog.Default
}

// Accounts are the use cases of those who use the portal. Safe for concurrent use.
type Accounts struct {
	AccountsConfig
	passwords *passwords
	logins    *throttle         // by login
	addresses *throttle         // by network address
	resets    *throttle         // by login, of mails sent
	static    map[string]string // hash of a token that this process trusts, to account
	running   sync.WaitGroup
}

// Close waits for mail under way.
func (a *Accounts) Close() error {
	a.running.Wait()
	return nil
}

// How often a sign-in may be tried: people mistype, and an office shares an address.
const (
	loginBurst, loginEvery     = 5, 30 * time.Second
	addressBurst, addressEvery = 50, 2 * time.Second
	resetBurst, resetEvery     = 3, 10 * time.Minute
)

// How long secrets serve.
const (
	defaultSessionAge = 7 * 24 * time.Hour
	invitationAge     = 7 * 24 * time.Hour
	resetAge          = time.Hour
	directoryPatience = 5 * time.Second
	mailPatience      = 30 * time.Second
)

// NewAccounts returns the use cases over an event log.
func NewAccounts(c AccountsConfig) (*Accounts, error) {
	if c.Log == nil || c.Accounts == nil || c.Organisations == nil {
		return nil, errors.New("commands: Log, Accounts and Organisations are required")
	}
	c.SessionAge = cmp.Or(c.SessionAge, defaultSessionAge)
	c.Passwords = cmp.Or(c.Passwords, passwordParams)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	p, err := newPasswords(c.Passwords)
	if err != nil {
		return nil, err
	}
	return &Accounts{
		AccountsConfig: c, passwords: p, static: map[string]string{},
		logins: newThrottle(loginEvery, loginBurst), addresses: newThrottle(addressEvery, addressBurst), resets: newThrottle(resetEvery, resetBurst),
	}, nil
}

// newSecret returns 256 random bits for one holder; prefix tells people and
// scanners of leaked secrets what it is.
func newSecret(prefix string) string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // it never fails
	return prefix + base64.RawURLEncoding.EncodeToString(b[:])
}

// Prefixes of what the portal gives out.
const (
	sessionPrefix    = "bls_"
	tokenPrefix      = "blt_"
	invitationPrefix = "bli_"
	resetPrefix      = "blr_"
)

// once is an instruction for what nobody sends twice under one key.
func once(by domain.Principal) domain.Instruction {
	return domain.Instruction{By: by, Key: uuid.NewString()}
}

// change gives an account a command.
func (a *Accounts) change(ctx context.Context, id string, c account.Command, i domain.Instruction) (Outcome[account.State], error) {
	return change(ctx, a.Log, account.StreamPrefix+id, i, a.Now, account.Fold, func(s account.State) ([]account.Event, error) {
		return account.Decide(s, c)
	})
}

// load folds an account's stream, watching for a command key.
func (a *Accounts) load(ctx context.Context, id, commandKey string) (*loaded[account.State], error) {
	return load(ctx, a.Log, account.StreamPrefix+id, commandKey, account.Fold)
}

// rewrite records an account's person anew. The stream remembers no keys, as it
// holds one event only: edit decides whether there is anything to change.
func (a *Accounts) rewrite(ctx context.Context, id string, by domain.Principal, edit func(account.Person) (account.Person, bool, error)) (domain.Position, error) {
	out, err := change(ctx, a.Log, account.PersonPrefix+id, once(by), a.Now, account.FoldPerson, func(p account.Person) ([]account.Person, error) {
		edited, changed, err := edit(p)
		if err != nil || !changed {
			return nil, err
		}
		return []account.Person{edited}, nil
	})
	return out.Position, err
}

// seen returns once this process knows what happened up to a position, so that
// whoever caused it can go on with what came of it.
func (a *Accounts) seen(ctx context.Context, p domain.Position) error {
	ctx, cancel := context.WithTimeout(ctx, directoryPatience)
	defer cancel()
	return a.Accounts.WaitFor(ctx, p)
}

// kept loads an account that a principal keeps. The error is CodeNotFound for
// one that it may not know of, CodeForbidden for one that others keep.
func (a *Accounts) kept(ctx context.Context, by domain.Principal, id string) (account.State, error) {
	l, err := a.load(ctx, id, "")
	if err != nil {
		return account.State{}, err
	}
	r := a.Accounts.Rights(by)
	switch {
	case !l.state.Exists() || !r.Knows(l.state.Rights) && by.Account != id:
		return account.State{}, account.ErrNotFound
	case !r.Keeps(l.state.Rights):
		return account.State{}, domain.Errorf(domain.CodeForbidden, "only operators and the administrators of its own organisation may do this to an account")
	}
	return l.state, nil
}

// fitting checks that the rights' organisation plays the part that the role needs.
func (a *Accounts) fitting(r account.Rights) error {
	if err := r.Validate(); err != nil {
		return err
	}
	kind, partner := account.KindOf(r.Role)
	if !partner {
		return nil
	}
	o, ok := a.Organisations.Get(r.Organisation)
	if !ok {
		return domain.Invalid("organisation", "there is no organisation \""+r.Organisation+"\"")
	}
	for _, k := range o.Kinds {
		if k == kind {
			return nil
		}
	}
	return domain.Invalid("organisation", o.Name+" is not a "+words(string(kind)))
}
