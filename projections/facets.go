package projections

import (
	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/readmodel"
)

// facets is the read model of searches: the state of each request as its
// document, and a row of it.
var facets = &projection{
	Model: readmodel.Facets,
	empty: func() folded { return &wholeRequest{} },
	parse: func(document []byte) (*request, error) {
		d, err := readmodel.UnmarshalDocument(document)
		return &request{revision: d.Revision, position: d.Position, state: &wholeRequest{d.State}}, err
	},
	decode: func(b []byte) (string, []codeOf, error) {
		var row readmodel.Row
		err := row.Decode(b)
		return row.ID, []codeOf{
			{readmodel.Titles, row.Title}, {readmodel.Packages, row.Package}, {readmodel.Partners, row.ContentPartner},
			{readmodel.Partners, row.FulfillmentPartner}, {readmodel.Partners, row.SubAssignee}, {readmodel.Languages, row.Language},
			{readmodel.Accounts, row.Responsible}, {readmodel.Accounts, row.SubResponsible},
			{readmodel.CountrySets, row.CountrySet}, {readmodel.IssueSets, row.IssueSet},
		}, err
	},
}

type wholeRequest struct{ sourcerequest.State }

func (w *wholeRequest) evolve(e sourcerequest.Event, o domain.Occurrence) {
	w.State = sourcerequest.Evolve(w.State, e, o)
}

func (w *wholeRequest) marshal(id string, r *request) ([]byte, error) {
	return readmodel.MarshalDocument(readmodel.Document{ID: id, Revision: r.revision, Position: r.position, State: w.State})
}

// rows returns no row of a request of which no event said how it was opened.
func (w *wholeRequest) rows(id string, r *request, code coder, policy sourcerequest.Policy) []keyedRow {
	if !w.Exists() {
		return nil
	}
	row := RowOf(&w.State, id, r.revision, code, policy)
	return []keyedRow{{id, row.Append(make([]byte, 0, readmodel.RowSize))}}
}
