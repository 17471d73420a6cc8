package template

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"backlot/domain"
)

// Content is what an account says of a template of its own.
type Content struct {
	Name    string
	Query   string   // the modifiers as a canonical query string
	Groups  []string // names of groupings
	Shared  bool     // in the organisation of whoever says so
	Default *bool    // whether it is the one to begin with; nil leaves the choice as it is
}

// Command is something that an account wants of its templates.
type Command interface {
	// Target returns the id of the template that the command is about, "" for none.
	Target() string
}

type (
	// Save begins a template.
	Save struct {
		ID string
		Content
	}
	// Replace changes a template to what is said now.
	Replace struct {
		ID string
		Content
	}
	// ChooseDefault makes a template the one to begin with.
	ChooseDefault struct {
		ID       string // "" for none
		SharedBy string // the account that shares it with this one; "" for the account's own
	}
	// Delete ends a template.
	Delete struct{ ID string }
)

// Target implements Command.
func (c Save) Target() string { return c.ID }

// Target implements Command.
func (c Replace) Target() string { return c.ID }

// Target implements Command.
func (c ChooseDefault) Target() string { return c.ID }

// Target implements Command.
func (c Delete) Target() string { return c.ID }

// MaxTemplates bounds how many templates an account has.
const MaxTemplates = 200

const (
	maxName   = 80     // characters
	maxQuery  = 16_000 // bytes
	maxGroups = 20
)

// ErrNotFound is the error for a template that is neither the account's own nor
// shared with it.
var ErrNotFound = domain.Errorf(domain.CodeNotFound, "there is no such template")

// Decide returns the events that a command of an account leads to. The error is
// CodeInvalid for wrong content, CodeConflict for a name that another template
// of the account has, CodeRefused for one template too many, CodeNotFound for a
// template that the account does not have.
func Decide(s State, by domain.Principal, c Command) ([]Event, error) {
	switch c := c.(type) {
	case Save:
		return save(s, by, c)
	case Replace:
		return replace(s, by, c)
	case ChooseDefault:
		if _, own := s.Get(c.ID); c.ID != "" && !own && c.SharedBy == "" {
			return nil, ErrNotFound
		}
		if c.ID == s.Default {
			return nil, nil
		}
		return []Event{DefaultChosen{ID: c.ID}}, nil
	case Delete:
		if _, own := s.Get(c.ID); !own {
			return nil, ErrNotFound
		}
		return []Event{Deleted(c)}, nil
	}
	return nil, domain.Errorf(domain.CodeInternal, "no decision for %T", c)
}

func save(s State, by domain.Principal, c Save) ([]Event, error) {
	content, err := s.checked(c.ID, c.Content)
	if err != nil {
		return nil, err
	}
	if _, own := s.Get(c.ID); own {
		return nil, domain.Errorf(domain.CodeConflict, "the template exists already")
	}
	if len(s.Templates) >= MaxTemplates {
		return nil, domain.Refused(fmt.Sprintf("an account has at most %d templates; delete one first", MaxTemplates), "delete")
	}
	events := []Event{Saved{ID: c.ID, Name: content.Name, Query: content.Query, Groups: content.Groups}}
	return settled(events, s, Template{ID: c.ID}, by, content)
}

func replace(s State, by domain.Principal, c Replace) ([]Event, error) {
	t, own := s.Get(c.ID)
	if !own {
		return nil, ErrNotFound
	}
	content, err := s.checked(c.ID, c.Content)
	if err != nil {
		return nil, err
	}
	var events []Event
	if content.Name != t.Name {
		events = append(events, Renamed{ID: c.ID, Name: content.Name})
	}
	if content.Query != t.Query || !slices.Equal(content.Groups, t.Groups) {
		events = append(events, QueryChanged{ID: c.ID, Query: content.Query, Groups: content.Groups})
	}
	return settled(events, s, t, by, content)
}

// settled adds what becomes of the sharing of a template and of the default.
func settled(events []Event, s State, t Template, by domain.Principal, c Content) ([]Event, error) {
	if c.Shared {
		organisation, ok := sharingIn(by)
		if !ok {
			return nil, domain.Invalid("shared", "the account has no organisation to share a template with", "false")
		}
		if !t.SharedWith(by) {
			events = append(events, Shared{ID: t.ID, Organisation: organisation})
		}
	} else if t.Shared {
		events = append(events, Unshared{ID: t.ID})
	}
	if c.Default != nil {
		switch {
		case *c.Default && s.Default != t.ID:
			events = append(events, DefaultChosen{ID: t.ID})
		case !*c.Default && s.Default == t.ID:
			events = append(events, DefaultChosen{})
		}
	}
	return events, nil
}

// checked returns the content of a template with its name trimmed.
func (s State) checked(id string, c Content) (Content, error) {
	c.Name = strings.TrimSpace(c.Name)
	switch {
	case c.Name == "":
		return c, domain.Invalid("name", "a template has a name")
	case !utf8.ValidString(c.Name) || strings.ContainsFunc(c.Name, unicode.IsControl):
		return c, domain.Invalid("name", "the name holds control characters or is not valid UTF-8")
	case utf8.RuneCountInString(c.Name) > maxName:
		return c, domain.Invalid("name", fmt.Sprintf("the name has more than %d characters", maxName))
	case len(c.Query) > maxQuery:
		return c, domain.Invalid("query", fmt.Sprintf("the modifiers have %d bytes as a query string; at most %d", len(c.Query), maxQuery))
	case len(c.Groups) > maxGroups:
		return c, domain.Invalid("groups", fmt.Sprintf("a template groups by at most %d groupings", maxGroups))
	}
	for _, t := range s.Templates {
		if t.ID != id && strings.EqualFold(t.Name, c.Name) {
			e := domain.Errorf(domain.CodeConflict, "another template of yours has the name %q; names differ in more than case", t.Name)
			e.Field = "name"
			return c, e
		}
	}
	return c, nil
}
