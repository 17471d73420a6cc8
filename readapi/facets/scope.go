package facets

import (
	"backlot/domain"
	"backlot/readmodel"
)

// scope returns the filters that leave what the principal may see: the rules
// of sourcerequest.Visible over rows. They come before all others, so that
// neither an answer nor the time it takes depends on what lies outside.
func (s *Snapshot) scope(p domain.Principal) []filter {
	scope := s.scopeOfRows(p)
	if s.then != nil && len(scope) > 0 {
		scope = append(scope, presently{s.then.present, s.then.present.scope(p)})
	}
	return scope
}

func (s *Snapshot) scopeOfRows(p domain.Principal) []filter {
	switch p.Role {
	case domain.RoleOperator, domain.RoleAuditor, domain.RoleSystem:
		return nil
	case domain.RoleContentPartner:
		table := make([]uint8, len(s.words.partners))
		if code := s.organisation(p); int(code) < len(table) {
			table[code] = 1
		}
		return []filter{&byCode{contentPartners, table, byContentPartner}}
	case domain.RoleFulfillmentPartner:
		return []filter{assigned{s.organisation(p)}}
	case domain.RoleQualityControl:
		return []filter{flagged(readmodel.FlagWasDelivered, true)}
	}
	return []filter{nothing{}}
}

// nobodys is the code of no partner.
const nobodys = ^uint32(0)

// organisation returns the code of the principal's organisation.
func (s *Snapshot) organisation(p domain.Principal) uint32 {
	if code, ok := s.words.partner(p.Organisation); ok && p.Organisation != "" {
		return code
	}
	return nobodys
}

// flagged accepts rows that have a flag, or that have it not.
func flagged(flag readmodel.Flags, want bool) *byByte {
	f := &byByte{column: flagBytes}
	for v := range f.table {
		if readmodel.Flags(v).Has(flag) == want {
			f.table[v] = 1
		}
	}
	return f
}

func titles(c *columns) *codeColumn              { return c.title }
func packages(c *columns) *codeColumn            { return c.pack }
func contentPartners(c *columns) *codeColumn     { return c.contentPartner }
func fulfillmentPartners(c *columns) *codeColumn { return c.fulfillmentPartner }
func subAssignees(c *columns) *codeColumn        { return c.subAssignee }
func responsibles(c *columns) *codeColumn        { return c.responsible }
func subResponsibles(c *columns) *codeColumn     { return c.subResponsible }
func languages(c *columns) *codeColumn           { return c.language }
func countrySets(c *columns) *codeColumn         { return c.countrySet }
func issueSets(c *columns) *codeColumn           { return c.issueSet }
func dueDates(c *columns) *codeColumn            { return c.dueDate }
func estimatedDates(c *columns) *codeColumn      { return c.estimatedDate }
func sourceTypes(c *columns) *byteColumn         { return c.sourceType }
func serviceTypes(c *columns) *byteColumn        { return c.serviceType }
func movieTypes(c *columns) *byteColumn          { return c.movieType }
func statuses(c *columns) *byteColumn            { return c.status }
func materialStatuses(c *columns) *byteColumn    { return c.materialStatus }
func qualityControls(c *columns) *byteColumn     { return c.qualityControl }
func flagBytes(c *columns) *byteColumn           { return c.flags }
