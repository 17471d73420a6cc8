package projections

import (
	"time"

	"backlot/domain"
	"backlot/domain/figures"
	"backlot/domain/sourcerequest"
	"backlot/readmodel"
)

// deliveries is the read model of partner figures: a row of each completed
// delivery, and as the document of a request with deliveries what is needed to
// fold on. Without any, its past is folded when it is delivered.
var deliveries = &projection{
	Model: readmodel.Deliveries,
	empty: func() folded { return &deliveredRequest{} },
	parse: func(document []byte) (*request, error) {
		d, err := readmodel.UnmarshalDeliveries(document)
		return &request{revision: d.Revision, position: d.Position, state: &deliveredRequest{State: d.State}}, err
	},
	begins: func(e sourcerequest.Event) bool {
		switch e.(type) {
		case sourcerequest.Opened, sourcerequest.DeliveryCompleted:
			return true
		}
		return false
	},
	decode: func(b []byte) (string, []codeOf, error) {
		var row readmodel.Delivery
		err := row.Decode(b)
		if row.ID == "" {
			return "", nil, err
		}
		return row.Key(), []codeOf{
			{readmodel.Partners, row.Partner}, {readmodel.Partners, row.Maker}, {readmodel.Partners, row.ContentPartner},
			{readmodel.Partners, row.FulfillmentPartner}, {readmodel.Partners, row.SubAssignee}, {readmodel.Languages, row.Language},
		}, err
	},
}

type deliveredRequest struct {
	figures.State
	changed bool // since rows was asked
}

func (d *deliveredRequest) evolve(_ string, e sourcerequest.Event, o domain.Occurrence, _ versions) *readmodel.Ended {
	if figures.DependOn(e) {
		d.State, d.changed = figures.Evolve(d.State, e, o), true
	}
	return nil
}

// marshal returns nothing for a request without deliveries.
func (d *deliveredRequest) marshal(id string, r *request) ([]byte, error) {
	if len(d.Deliveries) == 0 {
		return nil, nil
	}
	return readmodel.MarshalDeliveries(readmodel.DeliveriesDocument{ID: id, Revision: r.revision, Position: r.position, State: d.State})
}

func (d *deliveredRequest) rows(id string, _ *request, code coder, policy sourcerequest.Policy) []keyedRow {
	if !d.changed {
		return nil
	}
	d.changed = false
	rows := make([]keyedRow, len(d.Deliveries))
	for i := range d.Deliveries {
		row := deliveryRow(&d.State, id, i, code, policy.Zone)
		rows[i] = keyedRow{row.Key(), row.Append(make([]byte, 0, readmodel.DeliverySize))}
	}
	return rows
}

var (
	causeCodes   = vocabulary(sourcerequest.Causes())
	verdictCodes = vocabulary(sourcerequest.Verdicts())
	scopeCodes   = vocabulary(sourcerequest.RedeliveryScopes())
)

// deliveryRow returns the row of a request's delivery, counted from 0.
func deliveryRow(s *figures.State, id string, i int, code coder, zone *time.Location) readmodel.Delivery {
	r, d := &s.Request, &s.Deliveries[i]
	row := readmodel.Delivery{
		ID: id, Number: uint16(i + 1),
		SourceType: sourceTypeCodes[r.SourceType], ServiceType: serviceTypeCodes[r.ServiceType],
		Cause: causeCodes[d.Cause], Scope: scopeCodes[d.Scope],
		Partner: code(readmodel.Partners, d.Partner), Maker: code(readmodel.Partners, d.Maker),
		ContentPartner: code(readmodel.Partners, r.ContentPartner), FulfillmentPartner: code(readmodel.Partners, r.FulfillmentPartner),
		SubAssignee: code(readmodel.Partners, r.SubAssignee), Language: code(readmodel.Languages, r.Language),
		DueDate: d.DueDate, Day: d.Day(zone), BlockerDay: d.BlockerDay(zone),
		Files: uint16(min(d.Files, 1<<16-1)), Inspection: verdictCodes[d.Inspection],
		At: d.At, SentBack: d.SentBack, Blocker: d.Blocker, Wait: d.Wait.Elapsed,
	}
	if d.Wait.Running {
		row.Wait = d.Wait.Since
	}
	for _, f := range [...]struct {
		flag readmodel.DeliveryFlags
		set  bool
	}{
		{readmodel.DeliveryUnknown, d.Unknown}, {readmodel.DeliveryFirst, d.First}, {readmodel.DeliveryOnTime, d.Facts(zone).OnTime},
		{readmodel.DeliveryWaits, d.Wait.Running}, {readmodel.DeliveryRedelivered, d.Wait.Redelivered},
	} {
		if f.set {
			row.Flags |= f.flag
		}
	}
	return row
}
