package organisation

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"backlot/domain"
)

// State is an organisation as its events left it.
type State struct {
	Name    string
	Kinds   []Kind
	Aliases []string
}

// Exists reports whether the organisation was registered.
func (s State) Exists() bool { return s.Name != "" }

// Evolve folds one event into the state; it is total.
func Evolve(s State, e Event) State {
	switch e := e.(type) {
	case Registered:
		return State(e)
	case KindAdded:
		if !slices.Contains(s.Kinds, e.Kind) {
			s.Kinds = append(slices.Clip(s.Kinds), e.Kind)
		}
	case Renamed:
		if s.Exists() && !slices.Contains(s.Aliases, s.Name) {
			s.Aliases = append(slices.Clip(s.Aliases), s.Name)
		}
		s.Name = e.Name
	}
	return s
}

// Fold folds one recorded event into the state.
func Fold(s State, r domain.Recorded) State {
	e, _ := r.Event.(Event)
	return Evolve(s, e)
}

// Command is something that somebody wants of an organisation.
type Command interface{ organisationCommand() }

type (
	// Ensure registers the organisation, or adds the kind that it lacks.
	Ensure struct {
		Name string
		Kind Kind
	}
	// Rename changes the name.
	Rename struct{ Name string }
)

func (Ensure) organisationCommand() {}
func (Rename) organisationCommand() {}

// Decide returns the events that a command leads to. The error is CodeInvalid
// for a wrong name or kind, CodeConflict where the stream belongs to an
// organisation with another name, CodeNotFound for renaming nobody.
func Decide(s State, c Command) ([]Event, error) {
	switch c := c.(type) {
	case Ensure:
		name, err := validName(c.Name)
		if err != nil {
			return nil, err
		}
		if c.Kind != ContentPartner && c.Kind != FulfillmentPartner {
			return nil, domain.Invalid("kind", "there is no such kind", string(ContentPartner), string(FulfillmentPartner))
		}
		switch {
		case !s.Exists():
			return []Event{Registered{Name: name, Kinds: []Kind{c.Kind}}}, nil
		case !s.AnswersTo(name):
			return nil, domain.Errorf(domain.CodeConflict, "another organisation has this id: %s", s.Name)
		case !slices.Contains(s.Kinds, c.Kind):
			return []Event{KindAdded{Kind: c.Kind}}, nil
		}
		return nil, nil
	case Rename:
		name, err := validName(c.Name)
		if err != nil {
			return nil, err
		}
		if !s.Exists() {
			return nil, domain.Errorf(domain.CodeNotFound, "there is no such organisation")
		}
		if name == s.Name {
			return nil, nil
		}
		return []Event{Renamed{Name: name}}, nil
	}
	return nil, domain.Errorf(domain.CodeInternal, "no decision for %T", c)
}

// AnswersTo reports whether the organisation bears the name, or bore it once,
// in any case.
func (s State) AnswersTo(name string) bool {
	return strings.EqualFold(s.Name, name) || slices.ContainsFunc(s.Aliases, func(a string) bool { return strings.EqualFold(a, name) })
}

const maxName = 200 // characters

func validName(name string) (string, error) {
	name = strings.TrimSpace(name)
	switch {
	case name == "":
		return "", domain.Invalid("name", "an organisation has a name")
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return "", domain.Invalid("name", "the name holds control characters or is not valid UTF-8")
	case utf8.RuneCountInString(name) > maxName:
		return "", domain.Invalid("name", fmt.Sprintf("the name has more than %d characters", maxName))
	}
	return name, nil
}

// Slug returns the id that an organisation of this name would get: its letters
// and digits in lower case with hyphens between the words.
func Slug(name string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(strings.TrimSpace(name)) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
		} else {
			gap = true
		}
	}
	if b.Len() == 0 {
		return "organisation"
	}
	return b.String()
}
