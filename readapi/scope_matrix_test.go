package readapi

import (
	"slices"

	"backlot/domain"
)

// relation is how somebody stands to a request.
type relation string

// The relations. A former one is like none at all.
const (
	runsPortal    relation = "operator"
	audits        relation = "auditor"
	checksIt      relation = "quality control, delivered"
	checksItNot   relation = "quality control, not delivered"
	ownTitle      relation = "own title"
	formerlyTitle relation = "formerly own title"
	assigned      relation = "assigned"
	subAssigned   relation = "sub-assigned"
	formerly      relation = "formerly assigned"
	formerlySub   relation = "formerly sub-assigned"
	foreign       relation = "foreign"
)

// right is a row of the matrix "Who may see and do what".
type right string

// The rows, as far as the API has them.
const (
	toSee             right = "sees"
	toRun             right = "open, import, assign, due date, cancel, reinstate, upgrade"
	toSubAssign       right = "sub-assign"
	toWork            right = "EDD, material status, service type, deliver, answer a QC issue"
	toProvide         right = "provide materials"
	toCheck           right = "QC results, ask for redelivery"
	toComment         right = "comment"
	toNameResponsible right = "an assignee within one's organisation"
)

// matrix is the design's, written out again: who has which right.
var matrix = map[right][]relation{
	toSee:             {runsPortal, audits, checksIt, ownTitle, assigned, subAssigned},
	toRun:             {runsPortal},
	toSubAssign:       {runsPortal, assigned},
	toWork:            {runsPortal, assigned, subAssigned},
	toProvide:         {runsPortal, ownTitle},
	toCheck:           {runsPortal, checksIt},
	toComment:         {runsPortal, ownTitle, assigned, subAssigned, checksIt},
	toNameResponsible: {runsPortal, assigned, subAssigned},
}

// auditRoles may search and export what was done on the requests that they see.
var auditRoles = []domain.Role{domain.RoleOperator, domain.RoleAuditor, domain.RoleContentPartner, domain.RoleFulfillmentPartner}

func (r relation) may(do right) bool { return slices.Contains(matrix[do], r) }

// relation returns how a person stands to the request.
func (r *scopeRequest) relation(p scopePerson) relation {
	switch p.role {
	case domain.RoleOperator:
		return runsPortal
	case domain.RoleAuditor:
		return audits
	case domain.RoleQualityControl:
		if r.delivered {
			return checksIt
		}
		return checksItNot
	}
	if is, related := r.partners[p.organisation]; related {
		return is
	}
	return foreign
}
