package organisation

import (
	"strings"
	"sync"
	"unicode"

	"backlot/domain"
)

// StreamPrefix begins the name of every organisation's stream; the id follows.
const StreamPrefix = "organisation-"

// Directory knows every organisation by id and by name. It follows the event
// log; it is safe for concurrent use.
type Directory struct {
	domain.Following
	mu     sync.RWMutex
	byID   map[string]State
	byName map[string]string // folded name or alias to id
}

// NewDirectory returns a directory that knows nobody.
func NewDirectory() *Directory {
	return &Directory{byID: map[string]State{}, byName: map[string]string{}}
}

// Apply folds a page of the log into the directory. Pages come in order;
// events of other aggregates are ignored.
func (d *Directory) Apply(p domain.Page) {
	defer d.Saw(p)
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, r := range p.Events {
		e, ok := r.Event.(Event)
		if !ok {
			continue
		}
		id := strings.TrimPrefix(r.Stream, StreamPrefix)
		s := Evolve(d.byID[id], e)
		d.byID[id] = s
		d.claim(s.Name, id, true)
		for _, a := range s.Aliases {
			d.claim(a, id, false)
		}
	}
}

// claim lets a name lead to an organisation. Whoever bears the name takes it
// from whoever bore it once; between equals the first one keeps it.
func (d *Directory) claim(name, id string, bears bool) {
	key := fold(name)
	holder, taken := d.byName[key]
	if !taken || bears && fold(d.byID[holder].Name) != key {
		d.byName[key] = id
	}
}

// fold maps names that differ in case only, as strings.EqualFold sees it, to
// one key: each letter to the least of its forms.
func fold(name string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
			least = min(least, f)
		}
		return least
	}, name)
}

// Name returns the organisation's name, or its id while it is unknown.
func (d *Directory) Name(id string) string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if s, ok := d.byID[id]; ok {
		return s.Name
	}
	return id
}

// Get returns the organisation with an id.
func (d *Directory) Get(id string) (State, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	s, ok := d.byID[id]
	return s, ok
}

// Find returns the id of the organisation with a name or alias, in any case.
func (d *Directory) Find(name string) (id string, ok bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	id, ok = d.byName[fold(strings.TrimSpace(name))]
	return id, ok
}

// All returns a copy of every organisation by id.
func (d *Directory) All() map[string]State {
	d.mu.RLock()
	defer d.mu.RUnlock()
	all := make(map[string]State, len(d.byID))
	for id, s := range d.byID {
		all[id] = s
	}
	return all
}
