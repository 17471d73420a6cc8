package readapi

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"backlot/domain"
	"backlot/domain/organisation"
)

// Partners are the use cases that change organisations.
type Partners interface {
	// Ensure returns the id of the organisation with a name, registering it, or
	// adding the kind, where needed.
	Ensure(ctx context.Context, name string, kind organisation.Kind, i domain.Instruction) (string, error)
	// Rename changes the name; the former one stays as an alias.
	Rename(ctx context.Context, id, name string, i domain.Instruction) (domain.Position, error)
}

type registerOrganisationBody struct {
	Name  string              `json:"name"`
	Kinds []organisation.Kind `json:"kinds"`
}

func (s *server) registerOrganisation(x *exchange) error {
	var body registerOrganisationBody
	i, err := s.instruction(x, &body, false, false)
	if err != nil {
		return err
	}
	if x.by.Role != domain.RoleOperator {
		return domain.Errorf(domain.CodeForbidden, "Only operators register organisations.")
	}
	if len(body.Kinds) == 0 {
		return domain.Invalid("kinds", "kinds is required: what the organisation does", string(organisation.ContentPartner), string(organisation.FulfillmentPartner))
	}
	var id string
	for _, kind := range body.Kinds {
		if id, err = s.Partners.Ensure(x.r.Context(), body.Name, kind, i); err != nil {
			return err
		}
	}
	x.Header().Set("Location", base+"/organisations/"+id)
	return x.answer(http.StatusCreated, map[string]string{"id": id})
}

type renameOrganisationBody struct {
	Name string `json:"name"`
}

func (s *server) renameOrganisation(x *exchange) error {
	var body renameOrganisationBody
	i, err := s.instruction(x, &body, false, false)
	if err != nil {
		return err
	}
	if x.by.Role != domain.RoleOperator {
		return domain.Errorf(domain.CodeForbidden, "Only operators rename organisations.")
	}
	position, err := s.Partners.Rename(x.r.Context(), x.variable("id"), body.Name, i)
	if err != nil {
		return err
	}
	return x.answer(http.StatusOK, map[string]string{"id": x.variable("id"), "position": position.String()})
}

type organisationAnswer struct {
	ID    string              `json:"id"`
	Name  string              `json:"name"`
	Kinds []organisation.Kind `json:"kinds"`
}

func (s *server) listOrganisations(x *exchange) error {
	known := func(string) bool { return true }
	if x.by.SeesAll() {
		if err := s.awaitOrganisations(x); err != nil {
			return err
		}
	} else {
		inScope, err := s.organisationsInScope(x)
		if err != nil {
			return err
		}
		known = func(id string) bool { return inScope[id] }
	}
	organisations := []organisationAnswer{}
	for id, o := range s.Organisations.All() {
		if known(id) {
			organisations = append(organisations, organisationAnswer{ID: id, Name: o.Name, Kinds: list(o.Kinds)})
		}
	}
	slices.SortFunc(organisations, func(a, b organisationAnswer) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.ID, b.ID))
	})
	return x.answer(http.StatusOK, map[string]any{"organisations": organisations})
}

// organisationsInScope returns the ids of the asker's own organisation and of
// those on the requests that it sees.
func (s *server) organisationsInScope(x *exchange) (map[string]bool, error) {
	snapshot, err := s.snapshot(x)
	if err != nil {
		return nil, err
	}
	ids := map[string]bool{x.by.Organisation: true}
	for _, id := range snapshot.Partners(x.by) {
		ids[id] = true
	}
	return ids, nil
}

// organisationOf returns the id of the organisation that a command names by id
// or name, which has to be of a kind. Only to those who see all, one of another
// kind is another than one that is not there.
func (s *server) organisationOf(by domain.Principal, field, given string, kind organisation.Kind) (string, error) {
	given = strings.TrimSpace(given)
	id := given
	o, ok := s.Organisations.Get(given)
	if !ok {
		if id, ok = s.Organisations.Find(given); ok {
			o, ok = s.Organisations.Get(id)
		}
	}
	switch {
	case given == "":
		return "", nil
	case !ok && !s.Organisations.Ready():
		return "", domain.Errorf(domain.CodeUnavailable, "The organisations are not known yet: the log is still being read.")
	case !ok, !slices.Contains(o.Kinds, kind) && !by.SeesAll():
		return "", domain.Invalid(field, "there is no "+strings.ReplaceAll(string(kind), "_", " ")+" \""+given+"\"")
	case !slices.Contains(o.Kinds, kind):
		return "", domain.Invalid(field, o.Name+" is not a "+strings.ReplaceAll(string(kind), "_", " "))
	}
	return id, nil
}
