package readapi

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"backlot/domain"
	"backlot/domain/figures"
	"backlot/readapi/deliveries"
	"backlot/readapi/export"
)

// foundDeliveryAnswer is a completed delivery in the list across requests.
type foundDeliveryAnswer struct {
	RequestID      string         `json:"request_id"`
	Title          *string        `json:"title"`
	Delivery       int            `json:"delivery"`
	Files          *int           `json:"files"`
	Inspection     *string        `json:"inspection"`
	Partner        *partnerAnswer `json:"fulfillment_partner"`
	SubAssignee    *partnerAnswer `json:"sub_assignee"`
	ContentPartner *partnerAnswer `json:"content_partner"`
	SourceType     *string        `json:"source_type"`
	ServiceType    *string        `json:"service_type"`
	Language       *string        `json:"language"`
	DeliveredAt    *time.Time     `json:"delivered_at"`
	ImportedAt     *time.Time     `json:"imported_at"`
	DueDate        domain.Date    `json:"due_date"`
	OnTime         *bool          `json:"on_time"`
	SentBackAt     *time.Time     `json:"sent_back_at"`
	Cause          *string        `json:"cause"`
	Scope          *string        `json:"scope"`
}

var foundColumns = []string{
	"request_id", "title", "delivery", "files", "inspection", "fulfillment_partner", "sub_assignee", "content_partner", "source_type", "service_type", "language",
	"delivered_at", "imported_at", "due_date", "on_time", "sent_back_at", "cause", "scope",
}

func foundDelivery(d *deliveries.Delivery, title string) foundDeliveryAnswer {
	row := deliveryRow(d, title)
	a := foundDeliveryAnswer{
		RequestID: row.RequestID, Title: row.Title, Delivery: row.Delivery, Inspection: orNull(d.Inspection), Partner: row.Partner, SubAssignee: row.SubAssignee,
		ContentPartner: row.ContentPartner, SourceType: row.SourceType, ServiceType: row.ServiceType, Language: row.Language, DeliveredAt: row.DeliveredAt,
		ImportedAt: row.ImportedAt, DueDate: row.DueDate, OnTime: row.OnTime, SentBackAt: row.SentBackAt, Cause: row.Cause, Scope: row.Scope,
	}
	if !d.Unknown {
		a.Files = &d.Files
	}
	return a
}

// foundParameters select deliveries across requests.
var foundParameters = append([]string{"inspection", "sent_back"}, figureParameters...)

// What became of deliveries, as numbers of the redelivery rate, which is over
// all of them.
var sentBack = map[string]deliveries.Number{"": deliveries.Denominator, "Yes": deliveries.Numerator, "No": deliveries.Remainder, "Unknown": deliveries.Unknown}

// found reads which deliveries are listed. Everybody may list those of the
// requests that it sees, quality control too, which works with just them.
func (s *server) found(x *exchange) (b behind, err error) {
	if b.query, err = s.deliveryQuery(x); err != nil {
		return b, err
	}
	if v, given := x.parameter("inspection"); given {
		b.query.Inspection = &v
	}
	became, _ := x.parameter("sent_back")
	number, known := sentBack[became]
	if !known {
		return b, domain.Invalid("sent_back", fmt.Sprintf("sent_back does not know %q", became), "Yes", "No", "Unknown")
	}
	b.figure, b.number = figures.RedeliveryRate, number
	return b, s.standingOf(x, &b)
}

func (s *server) findDeliveries(x *exchange) error {
	b, err := s.found(x)
	if err != nil {
		return err
	}
	l, titles, err := b.asked(x)
	if err != nil {
		return err
	}
	rows := make([]foundDeliveryAnswer, len(l.Rows))
	for i := range l.Rows {
		rows[i] = foundDelivery(&l.Rows[i], titles[l.Rows[i].RequestID])
	}
	b.query.Now = l.Now
	return x.answer(http.StatusOK, struct {
		periodAnswer
		Total int                   `json:"total"`
		Rows  []foundDeliveryAnswer `json:"rows"`
		Next  *string               `json:"next"`
	}{s.ofPeriod(&b.query, b.snapshot, l.Warnings), l.Total, rows, orNull(l.Next)})
}

func (s *server) exportDeliveries(x *exchange) error {
	b, err := s.found(x)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("backlot-deliveries-%s.csv", domain.DateOf(b.query.Now, s.Policy.Zone))
	return s.writeDeliveries(x, &b, name, foundColumns, func(d *deliveries.Delivery, title string) []string {
		a := foundDelivery(d, title)
		return a.record()
	})
}

// record returns the row as a line of a file, under foundColumns.
func (a *foundDeliveryAnswer) record() []string {
	files, onTime := "", ""
	if a.Files != nil {
		files = strconv.Itoa(*a.Files)
	}
	if a.OnTime != nil {
		onTime = cellYesNo(*a.OnTime)
	}
	return []string{
		export.Guarded(a.RequestID), cellWord(a.Title), strconv.Itoa(a.Delivery), files, cellWord(a.Inspection), cellPartner(a.Partner), cellPartner(a.SubAssignee),
		cellPartner(a.ContentPartner), cellWord(a.SourceType), cellWord(a.ServiceType), cellWord(a.Language), cellTime(a.DeliveredAt), cellTime(a.ImportedAt),
		a.DueDate.String(), onTime, cellTime(a.SentBackAt), cellWord(a.Cause), cellWord(a.Scope),
	}
}

// Cells of a file, empty for what there is not.

func cellWord(s *string) string {
	if s == nil {
		return ""
	}
	return export.Guarded(*s)
}

func cellPartner(p *partnerAnswer) string {
	if p == nil {
		return ""
	}
	return export.Guarded(p.Name)
}

func cellTime(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.Format(time.RFC3339Nano)
}

func cellYesNo(b bool) string {
	if b {
		return "Yes"
	}
	return "No"
}
