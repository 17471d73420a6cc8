package notification

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"backlot/domain"
	"backlot/domain/account"
)

// Owned is a rule and whose it is.
type Owned struct {
	Account string
	Rule    *Rule // never changed
}

// Directory knows every account's rules, and what is on its way to it. It
// follows the event log and is safe for concurrent use.
type Directory struct {
	domain.Following
	mu     sync.RWMutex
	rules  map[string]Rules   // by account
	byKind map[string][]Owned // by account and rule; nil after a change
	daily  []Owned
	onWay  map[string]*Deliveries // by account: only what is on its way
	erased map[string]bool
}

// NewDirectory returns a directory that knows nothing.
func NewDirectory() *Directory {
	return &Directory{rules: map[string]Rules{}, onWay: map[string]*Deliveries{}, erased: map[string]bool{}}
}

// Apply folds a page of the log into the directory. Pages come in order; events
// of other aggregates are ignored, but for erasures, which take everything
// along, since deleted streams tell nobody.
func (d *Directory) Apply(p domain.Page) {
	defer d.Saw(p)
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, r := range p.Events {
		switch e := r.Event.(type) {
		case account.Erased:
			of := strings.TrimPrefix(r.Stream, account.StreamPrefix)
			delete(d.rules, of)
			delete(d.onWay, of)
			d.erased[of], d.byKind = true, nil
		case RuleEvent:
			if of := strings.TrimPrefix(r.Stream, RulesPrefix); !d.erased[of] {
				d.rules[of], d.byKind = FoldRules(d.rules[of], r), nil
			}
		case Queued:
			d.deliver(r, e.ID)
		case Claimed:
			d.deliver(r, e.ID)
		case Tried:
			d.deliver(r, e.ID)
		}
	}
}

func (d *Directory) deliver(r domain.Recorded, id uuid.UUID) {
	of := strings.TrimPrefix(r.Stream, DeliveriesPrefix)
	if d.erased[of] {
		return
	}
	s := d.onWay[of]
	if s == nil {
		s = &Deliveries{}
		d.onWay[of] = s
	}
	*s = FoldDeliveries(*s, r)
	if s.forgetDone(id); len(s.byID) == 0 {
		delete(d.onWay, of)
	}
}

// ByAccount returns an account's rules.
func (d *Directory) ByAccount(account string) Rules {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.rules[account]
}

// About returns the rules about a kind, whosever they are: read only.
func (d *Directory) About(kind string) []Owned {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.index()
	return d.byKind[kind]
}

// Daily returns the rules that give a digest a day, whosever they are: read only.
func (d *Directory) Daily() []Owned {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.index()
	return d.daily
}

// index finds the rules by kind, after a change.
func (d *Directory) index() {
	if d.byKind != nil {
		return
	}
	d.byKind, d.daily = map[string][]Owned{}, nil
	for account, s := range d.rules {
		for i := range s.Rules {
			r := &s.Rules[i]
			if r.Daily {
				d.daily = append(d.daily, Owned{account, r})
			}
			for _, kind := range r.Kinds {
				d.byKind[kind] = append(d.byKind[kind], Owned{account, r})
			}
		}
	}
	for _, rules := range d.byKind {
		slices.SortFunc(rules, func(a, b Owned) int {
			return cmp.Or(strings.Compare(a.Account, b.Account), strings.Compare(a.Rule.ID, b.Rule.ID))
		})
	}
}

// OnItsWay is a delivery that is still to be made, and to whom.
type OnItsWay struct {
	Account string
	Delivery
}

// Due returns what is to be delivered at an instant and that nobody has claimed,
// oldest first, and when there is more to do if nothing new comes up; that is
// zero if nothing is on its way otherwise.
func (d *Directory) Due(now time.Time) (due []OnItsWay, next time.Time) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for account, s := range d.onWay {
		for _, id := range s.ids {
			of := s.byID[id]
			at := of.Due
			if of.ClaimedUntil.After(at) {
				at = of.ClaimedUntil
			}
			switch {
			case !at.After(now):
				due = append(due, OnItsWay{account, *of})
			case next.IsZero() || at.Before(next):
				next = at
			}
		}
	}
	slices.SortFunc(due, func(a, b OnItsWay) int {
		return cmp.Or(a.QueuedAt.Compare(b.QueuedAt), strings.Compare(a.ID.String(), b.ID.String()))
	})
	return due, next
}

// OnItsWay returns a delivery to an account that is still to be made.
func (d *Directory) OnItsWay(account string, id uuid.UUID) (Delivery, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if s := d.onWay[account]; s != nil {
		return s.Get(id)
	}
	return Delivery{}, false
}

// Counts returns how many rules there are, and how many deliveries are on their way.
func (d *Directory) Counts() (rules, onTheirWay int) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for _, s := range d.rules {
		rules += len(s.Rules)
	}
	for _, s := range d.onWay {
		onTheirWay += len(s.byID)
	}
	return rules, onTheirWay
}
