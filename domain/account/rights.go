package account

import (
	"slices"

	"backlot/domain"
	"backlot/domain/organisation"
)

// KindOf returns the kind of organisation that a role belongs to; ok is false
// for the roles of the streaming service's own people.
func KindOf(r domain.Role) (kind organisation.Kind, ok bool) {
	switch r {
	case domain.RoleContentPartner:
		return organisation.ContentPartner, true
	case domain.RoleFulfillmentPartner:
		return organisation.FulfillmentPartner, true
	}
	return "", false
}

// Validate checks that the rights fit one another; CodeInvalid.
func (r Rights) Validate() error {
	if !slices.Contains(domain.Roles(), r.Role) {
		var roles []string
		for _, role := range domain.Roles() {
			roles = append(roles, string(role))
		}
		return domain.Invalid("role", "there is no such role", roles...)
	}
	_, partner := KindOf(r.Role)
	switch {
	case partner && r.Organisation == "":
		return domain.Invalid("organisation", "a partner's account belongs to an organisation")
	case !partner && r.Organisation != "":
		return domain.Invalid("organisation", "the streaming service's own people belong to no organisation")
	case !partner && r.Administrator:
		return domain.Invalid("administrator", "only a partner's account keeps the accounts of its organisation; operators keep all")
	}
	return nil
}

// Keeps reports whether an account with these rights keeps those that have the
// others: opens, changes, deactivates and erases them. Source: the matrix "Who
// may see and do what" of the design.
func (r Rights) Keeps(other Rights) bool {
	if r.Role == domain.RoleOperator {
		return true
	}
	return r.Administrator && r.Role == other.Role && r.Organisation == other.Organisation
}

// Knows reports whether an account with these rights may know that the other
// one exists: one it keeps, or a colleague.
func (r Rights) Knows(other Rights) bool {
	return r.Keeps(other) || r.Role == other.Role && r.Organisation == other.Organisation || r.Role == domain.RoleAuditor
}
