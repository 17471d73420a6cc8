package projections

import (
	"time"

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
		w := &wholeRequest{State: d.State, since: d.Since}
		if w.since == 0 {
			w.since = sinceOf(d.State.UpdatedAt)
		}
		return &request{revision: d.Revision, position: d.Position, state: w}, err
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

type wholeRequest struct {
	sourcerequest.State
	since int64 // that of its row
}

// sinceOf returns the first whole millisecond at which what happened at an
// instant has happened.
func sinceOf(t time.Time) int64 {
	ms := t.UnixMilli()
	if t.After(time.UnixMilli(ms)) {
		ms++
	}
	return ms
}

func (w *wholeRequest) evolve(id string, e sourcerequest.Event, o domain.Occurrence, v versions) *readmodel.Ended {
	at := sinceOf(o.At)
	if at <= v.horizon { // who asks is told that this is not kept, so it does not matter when it was
		existed := w.Exists()
		w.State = sourcerequest.Evolve(w.State, e, o)
		ended := &readmodel.Ended{Until: at, Row: readmodel.Row{Since: w.since}}
		w.since = at
		if !existed {
			return nil
		}
		return ended
	}
	if !w.Exists() {
		w.State, w.since = sourcerequest.Evolve(w.State, e, o), at
		return nil
	}
	before := RowOf(&w.State, id, 0, v.code, v.policy)
	w.State = sourcerequest.Evolve(w.State, e, o)
	if RowOf(&w.State, id, 0, v.code, v.policy) == before {
		return nil
	}
	before.Since, w.since = w.since, at
	if before.Since >= at {
		return nil
	}
	return &readmodel.Ended{Until: at, Row: before}
}

func (w *wholeRequest) marshal(id string, r *request) ([]byte, error) {
	d := readmodel.Document{ID: id, Revision: r.revision, Position: r.position, State: w.State}
	if w.since != sinceOf(w.UpdatedAt) {
		d.Since = w.since
	}
	return readmodel.MarshalDocument(d)
}

// rows returns no row of a request of which no event said how it was opened.
func (w *wholeRequest) rows(id string, r *request, code coder, policy sourcerequest.Policy) []keyedRow {
	if !w.Exists() {
		return nil
	}
	row := RowOf(&w.State, id, r.revision, code, policy)
	row.Since = w.since
	return []keyedRow{{id, row.Append(make([]byte, 0, readmodel.RowSize))}}
}
