package projections

import (
	"backlot/domain/sourcerequest"
	"backlot/readmodel"
)

// Codes of the fixed vocabularies: from 1 in their usual order.
var (
	statusCodes         = vocabulary(sourcerequest.Statuses())
	materialStatusCodes = vocabulary(sourcerequest.MaterialStatuses())
	qualityControlCodes = vocabulary(sourcerequest.QualityControlStatuses())
	movieTypeCodes      = vocabulary(sourcerequest.MovieTypes())
	serviceTypeCodes    = vocabulary(sourcerequest.ServiceTypes())
	sourceTypeCodes     = vocabulary(sourcerequest.SourceTypes())
)

func vocabulary[T ~string](labels []T) map[T]uint8 {
	codes := make(map[T]uint8, len(labels))
	for i, l := range labels {
		codes[l] = uint8(i + 1)
	}
	return codes
}

// RowOf returns the facet row of a request. code finds a value's code in a
// dictionary, adding it if it is new.
func RowOf(s *sourcerequest.State, id string, revision uint64, code func(readmodel.Dictionary, string) uint32, policy sourcerequest.Policy) readmodel.Row {
	facts := s.Facts()
	instants := policy.Instants(facts)
	return readmodel.Row{
		ID:                 id,
		Title:              code(readmodel.Titles, readmodel.TitleValue(s.MovieID, s.Title)),
		Package:            code(readmodel.Packages, s.PackageID),
		ContentPartner:     code(readmodel.Partners, s.ContentPartner),
		FulfillmentPartner: code(readmodel.Partners, s.FulfillmentPartner),
		SubAssignee:        code(readmodel.Partners, s.SubAssignee),
		Responsible:        code(readmodel.Accounts, s.Responsible),
		SubResponsible:     code(readmodel.Accounts, s.SubResponsible),
		Language:           code(readmodel.Languages, s.Language),
		CountrySet:         code(readmodel.CountrySets, readmodel.SetValue(s.Countries)),
		IssueSet:           code(readmodel.IssueSets, readmodel.SetValue(s.Issues())),
		SourceType:         sourceTypeCodes[s.SourceType],
		ServiceType:        serviceTypeCodes[s.ServiceType],
		MovieType:          movieTypeCodes[s.MovieType],
		Status:             statusCodes[s.Status],
		MaterialStatus:     materialStatusCodes[s.MaterialStatus],
		QualityControl:     qualityControlCodes[s.QualityControl()],
		Flags:              flagsOf(s, facts),
		DueDate:            facts.DueDate,
		EstimatedDate:      facts.EstimatedDate,
		Critical:           instants.Critical,
		AtRisk:             instants.AtRisk,
		Overdue:            instants.Overdue,
		RedeliveryAsked:    facts.RedeliveryAsked,
		Revision:           revision,
	}
}

func flagsOf(s *sourcerequest.State, facts sourcerequest.Facts) readmodel.Flags {
	var flags readmodel.Flags
	for _, f := range [...]struct {
		flag readmodel.Flags
		set  bool
	}{
		{readmodel.FlagOriginal, s.IsOriginal},
		{readmodel.FlagUsableMaterials, facts.UsableMaterials},
		{readmodel.FlagMaterialRejected, facts.MaterialRejected},
		{readmodel.FlagWasDelivered, s.WasDelivered},
		{readmodel.FlagOpen, facts.Open},
	} {
		if f.set {
			flags |= f.flag
		}
	}
	return flags
}
