package sourcerequest

import "backlot/domain"

// AuthorizeAudit says whether the principal may search and export what was
// done on the requests that it sees: nil, or CodeForbidden. Source: the row
// "audit export and search" of the design's matrix.
func AuthorizeAudit(p domain.Principal) error {
	switch p.Role {
	case domain.RoleOperator, domain.RoleAuditor, domain.RoleSystem, domain.RoleContentPartner, domain.RoleFulfillmentPartner:
		return nil
	}
	return domain.Errorf(domain.CodeForbidden, "the role %s may not search or export the audit log", p.Role)
}
