package readapi

import (
	"net/http"
	"slices"
	"time"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

type detailsAnswer struct {
	standing
	Now            time.Time      `json:"now"`
	Request        *requestAnswer `json:"request"`
	Buckets        []string       `json:"buckets"`
	Why            []ruleAnswer   `json:"why"`
	Actions        []string       `json:"actions"`
	EditableFields []string       `json:"editable_fields"`
	Counts         countsAnswer   `json:"counts"`
}

func (s *server) getRequest(x *exchange) error {
	now, err := s.now(x)
	if err != nil {
		return err
	}
	d, v, err := s.requested(x)
	if err != nil {
		return err
	}
	request, err := v.request(x.r.Context(), d.State)
	if err != nil {
		return err
	}
	a := detailsAnswer{
		standing: documentStanding(d), Now: now, Request: request,
		Actions: acceptedActions(x.by, d.State), EditableFields: []string{}, Counts: v.counts(d.State),
	}
	a.Buckets, a.Why = v.judged(d.State, now)
	if slices.Contains(a.Actions, "edit") {
		a.EditableFields = editableFields(x.by, d.State)
	}
	x.Header().Set("ETag", request.ETag)
	return x.answer(http.StatusOK, a)
}

// actionCommands are the actions that the API has a route for, as commands
// whose authorization can be asked about.
var actionCommands = map[string]sourcerequest.Command{
	"edit":                    sourcerequest.Edit{},
	"responsible":             sourcerequest.ChangeResponsible{},
	"material-status":         sourcerequest.ChangeMaterialStatus{},
	"materials":               sourcerequest.ProvideMaterials{},
	"estimated-delivery-date": sourcerequest.ChangeEstimatedDeliveryDate{},
	"deliver":                 sourcerequest.StartDelivery{},
	"quality-control":         sourcerequest.RecordQualityControl{},
	"redelivery":              sourcerequest.RequestRedelivery{},
	"comment":                 sourcerequest.AddComment{},
	"cancel":                  sourcerequest.Cancel{},
	"reinstate":               sourcerequest.Reinstate{},
	"upgrade":                 sourcerequest.Upgrade{},
}

// acceptedActions lists what the request accepts in its status, from this
// principal, and through this API.
func acceptedActions(by domain.Principal, s sourcerequest.State) []string {
	return list(without(sourcerequest.AcceptedActions(s.Status), func(action string) bool {
		c, has := actionCommands[action]
		if !has {
			return true
		}
		if action == "quality-control" && !s.WasDelivered {
			return true // a redelivery was asked for, but nothing is there to check
		}
		if r, is := c.(sourcerequest.ChangeResponsible); is {
			if s.FulfillmentPartner == "" {
				return true // of whom nobody can be responsible
			}
			r.Organisation = by.Organisation
			c = r
		}
		return sourcerequest.Authorize(by, s, c) != nil
	}))
}

// editableFields lists the fields that a PATCH by this principal may hold.
func editableFields(by domain.Principal, s sourcerequest.State) []string {
	fields := []string{}
	for _, f := range []struct {
		name string
		edit sourcerequest.Edit
	}{
		{"package_id", sourcerequest.Edit{PackageID: new(string)}},
		{"movie_id", sourcerequest.Edit{MovieID: new(string)}},
		{"title", sourcerequest.Edit{Title: new(string)}},
		{"movie_type", sourcerequest.Edit{MovieType: new(sourcerequest.MovieType)}},
		{"is_original", sourcerequest.Edit{IsOriginal: new(bool)}},
		{"content_partner", sourcerequest.Edit{ContentPartner: new(string)}},
		{"source_type", sourcerequest.Edit{SourceType: new(sourcerequest.SourceType)}},
		{"service_type", sourcerequest.Edit{ServiceType: new(sourcerequest.ServiceType)}},
		{"language", sourcerequest.Edit{Language: new(string)}},
		{"countries", sourcerequest.Edit{Countries: []string{}}},
		{"due_date", sourcerequest.Edit{DueDate: new(domain.Date)}},
		{"fulfillment_partner", sourcerequest.Edit{FulfillmentPartner: new(string)}},
		{"sub_assignee", sourcerequest.Edit{SubAssignee: new(string)}},
	} {
		if sourcerequest.Authorize(by, s, f.edit) == nil {
			fields = append(fields, f.name)
		}
	}
	return fields
}
