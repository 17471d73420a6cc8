package template

import (
	"slices"
	"time"

	"backlot/domain"
)

// StreamPrefix begins the name of every account's stream of templates; the
// account id follows.
const StreamPrefix = domain.TemplatesStreamPrefix

// StreamOf names the stream of an account's templates.
func StreamOf(account string) string { return StreamPrefix + account }

// Template is a saved search.
type Template struct {
	ID           string
	Name         string
	Query        string   // the modifiers as a canonical query string, "" for none
	Groups       []string // names of groupings
	Shared       bool
	Organisation string    // that it is shared in; empty for the streaming service's own people
	UpdatedAt    time.Time // of its last change, UTC
}

// SharedWith reports whether the template is shared in the principal's
// organisation. The streaming service's own people count as one.
func (t Template) SharedWith(p domain.Principal) bool {
	organisation, ok := sharingIn(p)
	return t.Shared && ok && t.Organisation == organisation
}

// sharingIn returns where a principal shares templates; ok is false for a
// partner's account without an organisation.
func sharingIn(p domain.Principal) (organisation string, ok bool) {
	own := p.Role == domain.RoleOperator || p.Role == domain.RoleQualityControl || p.Role == domain.RoleAuditor
	return p.Organisation, own || p.Organisation != ""
}

// State is what an account has saved, as its events left it.
type State struct {
	Templates []Template // in the order in which they were saved
	Default   string     // id of the one to begin with, "" for none; it may be another account's
}

// Get returns the account's own template with an id.
func (s State) Get(id string) (Template, bool) {
	i := s.index(id)
	if i < 0 {
		return Template{}, false
	}
	return s.Templates[i], true
}

func (s State) index(id string) int {
	return slices.IndexFunc(s.Templates, func(t Template) bool { return t.ID == id })
}

// Evolve folds one event into the state; it is total.
func Evolve(s State, e Event, o domain.Occurrence) State {
	switch e := e.(type) {
	case Saved:
		if s.index(e.ID) < 0 {
			s.Templates = append(slices.Clip(s.Templates), Template{ID: e.ID, Name: e.Name, Query: e.Query, Groups: e.Groups, UpdatedAt: o.At})
		}
	case Renamed:
		return s.with(e.ID, o, func(t *Template) { t.Name = e.Name })
	case QueryChanged:
		return s.with(e.ID, o, func(t *Template) { t.Query, t.Groups = e.Query, e.Groups })
	case Shared:
		return s.with(e.ID, o, func(t *Template) { t.Shared, t.Organisation = true, e.Organisation })
	case Unshared:
		return s.with(e.ID, o, func(t *Template) { t.Shared, t.Organisation = false, "" })
	case DefaultChosen:
		s.Default = e.ID
	case Deleted:
		if s.index(e.ID) < 0 {
			return s
		}
		s.Templates = slices.DeleteFunc(slices.Clone(s.Templates), func(t Template) bool { return t.ID == e.ID })
		if s.Default == e.ID {
			s.Default = ""
		}
	}
	return s
}

// with returns the state with one template changed.
func (s State) with(id string, o domain.Occurrence, change func(*Template)) State {
	if i := s.index(id); i >= 0 {
		s.Templates = slices.Clone(s.Templates)
		change(&s.Templates[i])
		s.Templates[i].UpdatedAt = o.At
	}
	return s
}

// Fold folds one recorded event into the state.
func Fold(s State, r domain.Recorded) State {
	e, _ := r.Event.(Event)
	return Evolve(s, e, r.Occurrence())
}
