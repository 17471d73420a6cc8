package account

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"backlot/domain"
)

// Directory knows every account and its person. It follows the event log and
// is safe for concurrent use. People are nowhere else in memory or in a read
// model: an erased one is gone with the event that erases it.
type Directory struct {
	domain.Following
	mu         sync.RWMutex
	accounts   map[string]Entry
	sessions   map[string]string // session id to account
	secrets    map[string]string // hash of a secret to account
	logins     map[string]string // folded login to account
	identities map[Identity]string
}

// Entry is an account and its person.
type Entry struct {
	ID     string
	State  State
	Person Person // zero once erased
}

// Name returns what to call the person: an erased one is called so.
func (e Entry) Name() string {
	return cmp.Or(e.Person.Name, "Former account")
}

// NewDirectory returns a directory that knows nobody.
func NewDirectory() *Directory {
	return &Directory{
		accounts: map[string]Entry{}, sessions: map[string]string{}, secrets: map[string]string{}, logins: map[string]string{},
		identities: map[Identity]string{},
	}
}

// Apply folds a page of the log into the directory. Pages come in order;
// events of other aggregates are ignored.
func (d *Directory) Apply(p domain.Page) {
	defer d.Saw(p)
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, r := range p.Events {
		switch e := r.Event.(type) {
		case Event:
			d.update(strings.TrimPrefix(r.Stream, StreamPrefix), func(a *Entry) {
				a.State = Fold(a.State, r)
				if a.State.Erased {
					a.Person = Person{}
				}
			})
		case Person:
			d.update(strings.TrimPrefix(r.Stream, PersonPrefix), func(a *Entry) {
				if !a.State.Erased {
					a.Person = e
				}
			})
		}
	}
}

// update changes one entry and what leads to it.
func (d *Directory) update(id string, change func(*Entry)) {
	a := d.accounts[id]
	a.ID = id
	d.forget(a)
	change(&a)
	d.accounts[id] = a
	for _, s := range a.State.Sessions {
		d.sessions[s.ID] = id
	}
	for _, s := range a.Person.Secrets {
		d.secrets[s.Hash] = id
	}
	if a.Person.Login != "" {
		d.logins[strings.ToLower(a.Person.Login)] = id
	}
	if a.Person.Identity != nil {
		d.identities[*a.Person.Identity] = id
	}
}

func (d *Directory) forget(a Entry) {
	for _, s := range a.State.Sessions {
		delete(d.sessions, s.ID)
	}
	for _, s := range a.Person.Secrets {
		delete(d.secrets, s.Hash)
	}
	if login := strings.ToLower(a.Person.Login); d.logins[login] == a.ID {
		delete(d.logins, login)
	}
	if i := a.Person.Identity; i != nil && d.identities[*i] == a.ID {
		delete(d.identities, *i)
	}
}

// Get returns the account with an id; ok is false for one that was never opened.
func (d *Directory) Get(id string) (Entry, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	a, ok := d.accounts[id]
	return a, ok && a.State.Exists()
}

// Principal returns the one that an account acts as; ok is false for one that
// is not let in.
func (d *Directory) Principal(id string) (domain.Principal, bool) {
	a, ok := d.Get(id)
	if !ok || !a.State.IsActive() {
		return domain.Principal{}, false
	}
	return a.State.Principal(id), true
}

// Rights returns what a principal may do about accounts.
func (d *Directory) Rights(p domain.Principal) Rights {
	r := Rights{Role: p.Role, Organisation: p.Organisation}
	if a, ok := d.Get(p.Account); ok && a.State.IsActive() {
		r.Administrator = a.State.Administrator
	}
	return r
}

// BySession returns the account that a session belongs to.
func (d *Directory) BySession(id string) (Entry, bool) { return by(d, d.sessions, id) }

// BySecret returns the account whose person has a secret with a hash.
func (d *Directory) BySecret(hash string) (Entry, bool) { return by(d, d.secrets, hash) }

// ByLogin returns the account that a login lets in.
func (d *Directory) ByLogin(login string) (Entry, bool) {
	return by(d, d.logins, strings.ToLower(strings.TrimSpace(login)))
}

// ByIdentity returns the account of somebody at an OpenID provider.
func (d *Directory) ByIdentity(i Identity) (Entry, bool) { return by(d, d.identities, i) }

func by[K comparable](d *Directory, index map[K]string, key K) (Entry, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	a, ok := d.accounts[index[key]]
	return a, ok && a.State.Exists()
}

// All returns every account, by name and id.
func (d *Directory) All() []Entry {
	d.mu.RLock()
	all := make([]Entry, 0, len(d.accounts))
	for _, a := range d.accounts {
		if a.State.Exists() {
			all = append(all, a)
		}
	}
	d.mu.RUnlock()
	slices.SortFunc(all, func(a, b Entry) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name()), strings.ToLower(b.Name())), strings.Compare(a.ID, b.ID))
	})
	return all
}

// Name returns what to call an account's person, or the id while it is unknown.
func (d *Directory) Name(id string) string {
	if a, ok := d.Get(id); ok {
		return a.Name()
	}
	return id
}

// Find returns the account whose person bears a name, in any case; ok is false
// where nobody does, or more than one.
func (d *Directory) Find(name string) (id string, ok bool) {
	name = strings.TrimSpace(name)
	if name == "" {
		return "", false
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	for _, a := range d.accounts {
		if !a.State.Exists() || !strings.EqualFold(a.Person.Name, name) {
			continue
		}
		if ok {
			return "", false
		}
		id, ok = a.ID, true
	}
	return id, ok
}

// Member returns the organisation of an account, and whether it is let in.
func (d *Directory) Member(id string) (organisation string, active, ok bool) {
	a, ok := d.Get(id)
	return a.State.Organisation, a.State.IsActive(), ok
}

// HasOperator reports whether any account is an operator's.
func (d *Directory) HasOperator() bool {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for _, a := range d.accounts {
		if a.State.Role == domain.RoleOperator && a.State.IsActive() {
			return true
		}
	}
	return false
}

// Authenticated returns the principal that a session's or token's secret stands
// for at an instant, and the session's id if it is one.
func (d *Directory) Authenticated(secret string, at time.Time) (p domain.Principal, session string, ok bool) {
	hash := HashSecret(secret)
	if a, found := d.BySession(hash); found && a.State.IsActive() {
		if _, valid := a.State.Session(hash, at); valid {
			return a.State.Principal(a.ID), hash, true
		}
	}
	if a, found := d.BySecret(hash); found && a.State.IsActive() {
		if s, valid := a.Person.Secret(SecretToken, hash, at); valid {
			_, valid = a.State.Token(s.ID, at)
			return a.State.Principal(a.ID), "", valid
		}
	}
	return domain.Principal{}, "", false
}

// TokenEnd returns when an API token ends, or a session that one began; ok is
// false for any other secret. Nothing that a token leads to outlives it.
func (d *Directory) TokenEnd(secret string, at time.Time) (end time.Time, ok bool) {
	hash := HashSecret(secret)
	if a, found := d.BySession(hash); found {
		s, valid := a.State.Session(hash, at)
		return s.ExpiresAt, valid && s.Method == MethodToken
	}
	a, _ := d.BySecret(hash)
	s, valid := a.Person.Secret(SecretToken, hash, at)
	return s.ExpiresAt, valid
}
