package domain

// Role is what an account may do; DESIGN's matrix "Who may see and do what".
type Role string

// The roles. A sub-assignee is not a role: it is a fulfillment partner that
// another one asked to help with a request.
const (
	RoleOperator           Role = "operator"
	RoleContentPartner     Role = "content_partner"
	RoleFulfillmentPartner Role = "fulfillment_partner"
	RoleQualityControl     Role = "quality_control"
	RoleAuditor            Role = "auditor"
	RoleSystem             Role = "system" // inspection, timers and other workers of the portal itself
)

// Roles lists the roles that an account can have.
func Roles() []Role {
	return []Role{RoleOperator, RoleContentPartner, RoleFulfillmentPartner, RoleQualityControl, RoleAuditor}
}

// Principal is who asks: every query and every command takes one. The zero
// Principal sees and may do nothing.
type Principal struct {
	Account      string `json:"account"`                // account id, never a name
	Organisation string `json:"organisation,omitempty"` // organisation id; empty for the streaming service's own people
	Role         Role   `json:"role"`
}

// SeesAll reports whether the principal's scope is every request.
func (p Principal) SeesAll() bool {
	return p.Role == RoleOperator || p.Role == RoleAuditor || p.Role == RoleSystem
}
