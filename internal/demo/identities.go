package demo

import "backlot/domain"

// Identity is somebody to sign in as.
type Identity struct {
	Label     string // what the sign-in page shows
	Name      string // of the person
	Token     string
	Principal domain.Principal
}

// Identities returns one person of each role. Their tokens are no secrets: a
// demo server says so on the screen.
func Identities() []Identity {
	return []Identity{
		{"Operator", "Olga Brandt", "demo-operator", domain.Principal{Account: "demo-operator", Role: domain.RoleOperator}},
		{"Post house: Juniper Post", "June Adeyemi", "demo-juniper", domain.Principal{Account: "demo-juniper", Organisation: "juniper-post", Role: domain.RoleFulfillmentPartner}},
		{"Post house: Lantern Localisation", "Lars Nakata", "demo-lantern", domain.Principal{Account: "demo-lantern", Organisation: "lantern-localisation", Role: domain.RoleFulfillmentPartner}},
		{"Studio: Halden Pictures", "Hanna Solberg", "demo-halden", domain.Principal{Account: "demo-halden", Organisation: "halden-pictures", Role: domain.RoleContentPartner}},
		{"Quality control", "Quinn Moreau", "demo-qc", domain.Principal{Account: "demo-qc", Role: domain.RoleQualityControl}},
		{"Auditor", "Aude Lindqvist", "demo-auditor", domain.Principal{Account: "demo-auditor", Role: domain.RoleAuditor}},
	}
}
