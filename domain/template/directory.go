package template

import (
	"strings"
	"sync"

	"backlot/domain"
	"backlot/domain/account"
)

// Directory knows the templates of every account. It follows the event log; it
// is safe for concurrent use.
type Directory struct {
	domain.Following
	mu      sync.RWMutex
	states  map[string]State           // by account
	owners  map[string]string          // account by template id
	sharers map[string]map[string]bool // by organisation: the accounts that ever shared a template in it
	homes   map[string]string          // organisation of the accounts that have moved to another one
	erased  map[string]bool            // accounts whose templates are forgotten
}

// NewDirectory returns a directory that knows no template.
func NewDirectory() *Directory {
	return &Directory{
		states: map[string]State{}, owners: map[string]string{}, sharers: map[string]map[string]bool{}, homes: map[string]string{}, erased: map[string]bool{},
	}
}

// Owned is a template and whose it is.
type Owned struct {
	Template
	Owner string // account id
}

// Apply folds a page of the log into the directory. Pages come in order;
// events of other aggregates are ignored, but for two of accounts: an erasure
// takes the templates along, since their stream is deleted and tells nobody,
// and whoever moves to another organisation shares nothing with the former one.
func (d *Directory) Apply(p domain.Page) {
	defer d.Saw(p)
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, r := range p.Events {
		switch e := r.Event.(type) {
		case account.Erased:
			d.forget(strings.TrimPrefix(r.Stream, account.StreamPrefix))
			continue
		case account.RightsChanged:
			d.homes[strings.TrimPrefix(r.Stream, account.StreamPrefix)] = e.Organisation
			continue
		}
		e, ok := r.Event.(Event)
		owner := strings.TrimPrefix(r.Stream, StreamPrefix)
		if !ok || d.erased[owner] {
			continue
		}
		d.states[owner] = Evolve(d.states[owner], e, r.Occurrence())
		switch e := e.(type) {
		case Saved:
			d.owners[e.ID] = owner
		case Shared:
			if d.sharers[e.Organisation] == nil {
				d.sharers[e.Organisation] = map[string]bool{}
			}
			d.sharers[e.Organisation][owner] = true
		case Deleted:
			delete(d.owners, e.ID)
		}
	}
}

func (d *Directory) forget(account string) {
	for _, t := range d.states[account].Templates {
		delete(d.owners, t.ID)
	}
	for _, sharers := range d.sharers {
		delete(sharers, account)
	}
	delete(d.states, account)
	d.erased[account] = true
}

// ByAccount returns what an account has saved.
func (d *Directory) ByAccount(account string) State {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.states[account]
}

// SharedWith returns the templates of other accounts that are shared with a
// principal, in no order.
func (d *Directory) SharedWith(p domain.Principal) []Owned {
	d.mu.RLock()
	defer d.mu.RUnlock()
	var shared []Owned
	for account := range d.sharers[p.Organisation] {
		if account == p.Account {
			continue
		}
		for _, t := range d.states[account].Templates {
			if d.shares(account, t, p) {
				shared = append(shared, Owned{Template: t, Owner: account})
			}
		}
	}
	return shared
}

// FindShared returns another account's template that is shared with a principal.
func (d *Directory) FindShared(id string, p domain.Principal) (Owned, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	owner, ok := d.owners[id]
	if !ok || owner == p.Account {
		return Owned{}, false
	}
	t, ok := d.states[owner].Get(id)
	return Owned{Template: t, Owner: owner}, ok && d.shares(owner, t, p)
}

// shares reports whether a template is shared with a principal, by somebody who
// has not left that organisation since.
func (d *Directory) shares(owner string, t Template, p domain.Principal) bool {
	home, moved := d.homes[owner]
	return t.SharedWith(p) && (!moved || home == p.Organisation)
}
