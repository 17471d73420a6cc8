package readapi

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"backlot/domain"
	"backlot/domain/account"
	"backlot/domain/sourcerequest"
	"backlot/readapi/words"
)

// view is a request as one principal may see it.
type view struct {
	*server
	by    domain.Principal
	id    string
	state sourcerequest.State // at present: it decides what is kept from whom
	words *words.Words        // in which it is told
	texts *texts              // what comments say; where that is told
	ids   bool                // people are told as account ids, never by their names
}

func (v view) displayName(account string) string {
	e, known := v.People.Get(account)
	if v.ids || !known {
		return account
	}
	return v.personName(e)
}

// personName names somebody who may be erased.
func (v view) personName(e account.Entry) string {
	return cmp.Or(e.Person.Name, string(v.words.FormerAccount))
}

// hides reports whether what somebody did on the request is kept from the viewer.
func (v view) hides(by domain.Principal) bool { return sourcerequest.HidesFrom(v.by, v.state, by) }

// worker returns the assignee or sub-assignee of a past state. A fulfillment
// partner knows those that it worked with, then or now, but not another one
// that the request was taken from.
func (v view) worker(id string, then sourcerequest.State) *partnerAnswer {
	if v.by.Role != domain.RoleFulfillmentPartner || id == "" || worksOn(v.by, then) ||
		id == v.state.FulfillmentPartner || id == v.state.SubAssignee {
		return v.partner(id)
	}
	return &partnerAnswer{Name: string(v.words.AnotherPartner)}
}

func worksOn(p domain.Principal, s sourcerequest.State) bool {
	return p.Organisation == s.FulfillmentPartner || p.Organisation == s.SubAssignee
}

func (v view) actor(p domain.Principal) actorAnswer {
	a := actorAnswer{Account: p.Account, Role: p.Role, Organisation: v.partner(p.Organisation)}
	if e, ok := v.People.Get(p.Account); ok {
		name := v.personName(e)
		a.Name = &name
	}
	return a
}

// request returns the fields of a past or present state.
func (v view) request(ctx context.Context, s sourcerequest.State) (*requestAnswer, error) {
	s = sourcerequest.SeenBy(v.by, s)
	upgrades, err := v.other(ctx, s.Upgrades)
	if err != nil {
		return nil, err
	}
	upgradedTo, err := v.other(ctx, s.UpgradedTo)
	if err != nil {
		return nil, err
	}
	a := &requestAnswer{
		RequestID: v.id, PackageID: s.PackageID, MovieID: s.MovieID, Title: s.Title, MovieType: s.MovieType, IsOriginal: s.IsOriginal,
		ContentPartner: v.partner(s.ContentPartner), FulfillmentPartner: v.worker(s.FulfillmentPartner, s), SubAssignee: v.worker(s.SubAssignee, s),
		Responsible: v.person(s.Responsible), SubResponsible: v.person(s.SubResponsible),
		SourceType: s.SourceType, ServiceType: s.ServiceType, Language: s.Language, Countries: list(s.Countries),
		DueDate: s.DueDate, EstimatedDeliveryDate: s.EstimatedDeliveryDate(), EstimatedDeliveryDateMoved: !s.MovedDeliveryDate.IsZero(),
		Status: s.Status, StatusBeforeCancel: orNull(string(s.StatusBeforeCancel)), MaterialStatus: s.MaterialStatus, Issues: list(s.Issues()),
		Upgrades: orNull(upgrades), UpgradedTo: orNull(upgradedTo),
		OpenedAt: instant(s.OpenedAt), UpdatedAt: instant(s.UpdatedAt), ETag: etag(s),
	}
	if r := s.Redelivery; r != nil {
		a.Redelivery = &redeliveryAnswer{Scope: r.Scope, Cause: r.Cause, Reasons: list(v.reasons(r.Cause, r.Reasons, s)), RequestedAt: instant(r.RequestedAt)}
	}
	return a, nil
}

// reasons returns why a redelivery was asked for of a request as it was then.
// What inspection found in the files of another partner is kept with them.
func (v view) reasons(cause sourcerequest.Cause, reasons []string, then sourcerequest.State) []string {
	if cause == sourcerequest.CauseInspection && slices.ContainsFunc(then.Deliveries, func(d sourcerequest.Delivery) bool {
		return d.ID == then.LatestDelivery && v.hides(d.StartedBy)
	}) {
		return nil
	}
	return reasons
}

// other returns the id of another request if the viewer may know of it.
func (v view) other(ctx context.Context, id string) (string, error) {
	if id == "" || v.by.SeesAll() {
		return id, nil
	}
	_, err := v.document(ctx, v.by, id)
	if domain.ErrorCode(err) == domain.CodeNotFound {
		return "", nil
	}
	return id, err
}

func (v view) counts(s sourcerequest.State) countsAnswer {
	return countsAnswer{
		Deliveries: len(v.deliveries(s)), QualityControls: len(s.QualityControls), Comments: len(v.comments(s)), Materials: len(s.Materials),
	}
}

func (v view) deliveries(s sourcerequest.State) []sourcerequest.Delivery {
	return without(s.Deliveries, func(d sourcerequest.Delivery) bool { return v.hides(d.StartedBy) })
}

func (v view) comments(s sourcerequest.State) []sourcerequest.Comment {
	return without(s.Comments, func(c sourcerequest.Comment) bool { return v.hides(c.By) })
}

func etag(s sourcerequest.State) string { return `"` + strconv.FormatUint(s.FieldRevision, 10) + `"` }
