package sourcerequest

import (
	"strings"

	"backlot/domain"
)

// Change is one field's value before and after an event. Values are what the
// field's type prints as; partners are organisation ids,
// people account ids; "" is no value.
type Change struct {
	Field string // the API's name of the field
	From  string
	To    string
}

// PartnerFields are the fields whose values are organisation ids.
var PartnerFields = []string{"content_partner", "fulfillment_partner", "sub_assignee"}

// AccountFields are the fields whose values are account ids.
var AccountFields = []string{"responsible", "sub_responsible"}

// Changes compares two states of one request field by field, in a fixed order.
func Changes(before, after State) []Change {
	b, a := before.fields(), after.fields()
	var out []Change
	for i := range a {
		if b[i].To != a[i].To {
			out = append(out, Change{Field: a[i].Field, From: b[i].To, To: a[i].To})
		}
	}
	return out
}

func (s State) fields() []Change {
	yesNo := ""
	if s.Exists() {
		yesNo = YesNo(s.IsOriginal)
	}
	return []Change{
		{Field: "status", To: string(s.Status)},
		{Field: "title", To: s.Title},
		{Field: "movie_id", To: s.MovieID},
		{Field: "package_id", To: s.PackageID},
		{Field: "movie_type", To: string(s.MovieType)},
		{Field: "is_original", To: yesNo},
		{Field: "content_partner", To: s.ContentPartner},
		{Field: "fulfillment_partner", To: s.FulfillmentPartner},
		{Field: "sub_assignee", To: s.SubAssignee},
		{Field: "responsible", To: s.Responsible},
		{Field: "sub_responsible", To: s.SubResponsible},
		{Field: "source_type", To: string(s.SourceType)},
		{Field: "service_type", To: string(s.ServiceType)},
		{Field: "language", To: s.Language},
		{Field: "countries", To: strings.Join(s.Countries, ", ")},
		{Field: "due_date", To: s.DueDate.String()},
		{Field: "estimated_delivery_date", To: s.EstimatedDeliveryDate().String()},
		{Field: "material_status", To: string(s.MaterialStatus)},
		{Field: "issues", To: strings.Join(s.Issues(), ", ")},
		{Field: "upgraded_to", To: s.UpgradedTo},
	}
}

// YesNo returns the label of a yes-or-no field.
func YesNo(b bool) string {
	if b {
		return "Yes"
	}
	return "No"
}

// StreamPrefix begins the name of every request's stream; the id follows.
const StreamPrefix = "sourceRequest-"

// StreamOf returns the name of a request's stream.
func StreamOf(id string) string { return StreamPrefix + id }

// IDOf returns the request id that a stream belongs to; ok is false for the
// streams of other aggregates.
func IDOf(stream string) (id string, ok bool) { return strings.CutPrefix(stream, StreamPrefix) }

// Fold folds recorded events of one request, in order, from a state. Events of
// unknown type leave the fields as they were.
func Fold(s State, events ...domain.Recorded) State {
	for _, r := range events {
		e, _ := r.Event.(Event)
		s = Evolve(s, e, r.Occurrence())
	}
	return s
}
