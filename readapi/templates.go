package readapi

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"backlot/domain"
	"backlot/domain/template"
	"backlot/readapi/facets"
	"backlot/readapi/words"
)

type templateAnswer struct {
	ID        string       `json:"id"`
	Name      string       `json:"name"`
	Query     string       `json:"query"`
	Modifiers []termAnswer `json:"modifiers"`
	Groups    []string     `json:"groups"`
	Shared    bool         `json:"shared"`
	Mine      bool         `json:"mine"`
	Owner     string       `json:"owner"`
	Default   bool         `json:"default"`
	Valid     bool         `json:"valid"`
	Problem   *string      `json:"problem"`
	UpdatedAt time.Time    `json:"updated_at"`
}

type termAnswer struct {
	Name    string   `json:"name"`
	Exclude bool     `json:"exclude"`
	Values  []string `json:"values"`
}

type templateOutcomeAnswer struct {
	Position string          `json:"position"`
	Revision uint64          `json:"revision"`
	Changed  bool            `json:"changed"`
	Replayed bool            `json:"replayed"`
	Template *templateAnswer `json:"template"`
}

// parseTemplate reads what a template searches for and groups by. Errors are
// CodeInvalid; their Field is query.<modifier>, query or groups.
func parseTemplate(query string, groups []string) (facets.Selection, error) {
	q, err := url.ParseQuery(query)
	if err != nil {
		return facets.Selection{}, domain.Invalid("query", "query is not a query string like language=Korean&-country=France; percent-encode special characters")
	}
	selection, err := facets.ParseSelection(q)
	if err != nil {
		return selection, inField("query.", err)
	}
	if err := facets.CheckGroupBy(groups); err != nil {
		var e *domain.Error
		if errors.As(err, &e) {
			return selection, domain.Invalid("groups", e.Message, e.Allowed...)
		}
		return selection, err
	}
	return selection, nil
}

// templateOf is a template as somebody sees it, of whose choices it is told.
func (s *server) templateOf(by domain.Principal, choices template.State, t template.Owned) *templateAnswer {
	a := &templateAnswer{
		ID: t.ID, Name: t.Name, Query: t.Query, Modifiers: []termAnswer{}, Groups: list(t.Groups), Shared: t.SharedWith(by),
		Mine: t.Owner == by.Account, Owner: t.Owner, Default: t.ID == choices.Default, UpdatedAt: instant(t.UpdatedAt),
	}
	selection, err := parseTemplate(t.Query, t.Groups)
	if err != nil {
		a.Problem = orNull(problemOf(err, words.English).Detail)
		return a
	}
	a.Valid = true
	for _, term := range s.named(by, selection).Terms() {
		a.Modifiers = append(a.Modifiers, termAnswer{Name: term.Modifier, Exclude: term.Exclude, Values: term.Values})
	}
	return a
}

func (s *server) awaitTemplates(x *exchange) error {
	return s.awaitFollower(x, s.Templates, "templates")
}

func (s *server) listTemplates(x *exchange) error {
	if err := s.awaitTemplates(x); err != nil {
		return err
	}
	saved := s.Templates.ByAccount(x.by.Account)
	answers := []*templateAnswer{}
	for _, t := range saved.Templates {
		answers = append(answers, s.templateOf(x.by, saved, template.Owned{Template: t, Owner: x.by.Account}))
	}
	for _, t := range s.Templates.SharedWith(x.by) {
		answers = append(answers, s.templateOf(x.by, saved, t))
	}
	slices.SortFunc(answers, func(a, b *templateAnswer) int {
		if a.Mine != b.Mine {
			if a.Mine {
				return -1
			}
			return 1
		}
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.ID, b.ID))
	})
	return x.answer(http.StatusOK, map[string]any{"templates": answers})
}

func (s *server) getTemplate(x *exchange) error {
	if err := s.awaitTemplates(x); err != nil {
		return err
	}
	a := s.template(x.by, s.Templates.ByAccount(x.by.Account), x.variable("id"))
	if a == nil {
		return template.ErrNotFound
	}
	return x.answer(http.StatusOK, a)
}

// template returns an account's own template, or one that is shared with it;
// nil for any other.
func (s *server) template(by domain.Principal, saved template.State, id string) *templateAnswer {
	if own, ok := saved.Get(id); ok {
		return s.templateOf(by, saved, template.Owned{Template: own, Owner: by.Account})
	}
	if shared, ok := s.Templates.FindShared(id, by); ok {
		return s.templateOf(by, saved, shared)
	}
	return nil
}

type templateBody struct {
	Name    string   `json:"name"`
	Query   *string  `json:"query"`
	Groups  []string `json:"groups"`
	Shared  bool     `json:"shared"`
	Default *bool    `json:"default"`
}

func (b *templateBody) content(s *server, by domain.Principal) (template.Content, error) {
	query, err := s.storableQuery(by, b.Query, b.Groups)
	return template.Content{Name: b.Name, Query: query, Groups: b.Groups, Shared: b.Shared, Default: b.Default}, err
}

// storableQuery reads a saved search, and returns its query as it is kept.
// Errors are those of parseTemplate; a query has to be there.
func (s *server) storableQuery(by domain.Principal, query *string, groups []string) (string, error) {
	if query == nil {
		return "", domain.Invalid("query", "query is required: the modifiers as a query string, empty for none")
	}
	selection, err := parseTemplate(*query, groups)
	if err != nil {
		return "", err
	}
	if selection, err = s.storable(by, selection); err != nil {
		return "", inField("query.", err)
	}
	return selection.String(), nil
}

// templateContent reads what a template is to hold.
func (s *server) templateContent(x *exchange) (template.Content, domain.Instruction, error) {
	var body templateBody
	i, err := s.instruction(x, &body, false, false)
	if err != nil {
		return template.Content{}, i, err
	}
	content, err := body.content(s, x.by)
	return content, i, err
}

func (s *server) saveTemplate(x *exchange) error {
	content, i, err := s.templateContent(x)
	if err != nil {
		return err
	}
	return s.changeTemplates(x, http.StatusCreated, template.Save{ID: i.NewID("template"), Content: content}, i)
}

func (s *server) replaceTemplate(x *exchange) error {
	content, i, err := s.templateContent(x)
	if err != nil {
		return err
	}
	return s.changeTemplates(x, http.StatusOK, template.Replace{ID: x.variable("id"), Content: content}, i)
}

func (s *server) deleteTemplate(x *exchange) error {
	i, err := s.instruction(x, &struct{}{}, false, true)
	if err != nil {
		return err
	}
	return s.changeTemplates(x, http.StatusOK, template.Delete{ID: x.variable("id")}, i)
}

type defaultTemplateBody struct {
	ID nullable `json:"id"`
}

func (s *server) chooseDefaultTemplate(x *exchange) error {
	var body defaultTemplateBody
	i, err := s.instruction(x, &body, false, false)
	if err != nil {
		return err
	}
	if !body.ID.given {
		return domain.Invalid("id", "id is required: of the template to begin with, null for none")
	}
	return s.changeTemplates(x, http.StatusOK, template.ChooseDefault{ID: body.ID.value}, i)
}

// changeTemplates gives a command to the asker's templates and answers with
// what came of it.
func (s *server) changeTemplates(x *exchange, status int, c template.Command, i domain.Instruction) error {
	o, err := s.TemplateCommands.Change(x.r.Context(), c, i)
	if err != nil {
		return err
	}
	if status == http.StatusCreated {
		x.Header().Set("Location", base+"/templates/"+c.Target())
	}
	return x.answer(status, templateOutcomeAnswer{
		Position: o.Position.String(), Revision: o.Revision, Changed: o.Changed, Replayed: o.Replayed, Template: s.template(x.by, o.State, c.Target()),
	})
}
