package sourcerequest

import (
	"slices"

	"backlot/domain"
)

// Visible reports whether a principal's scope holds the request. What is not
// visible does not exist for them.
func Visible(p domain.Principal, s State) bool {
	switch p.Role {
	case domain.RoleOperator, domain.RoleAuditor, domain.RoleSystem:
		return true
	case domain.RoleContentPartner:
		return p.Organisation != "" && p.Organisation == s.ContentPartner
	case domain.RoleFulfillmentPartner:
		return worksOn(p, s)
	case domain.RoleQualityControl:
		return s.WasDelivered
	}
	return false
}

// HidesFrom reports whether what somebody did on a visible request is kept
// from the principal all the same: a fulfillment partner does not see the
// files, comments and answers of another one that the request was taken from.
// The assignee keeps seeing those of everybody who helped it.
func HidesFrom(p domain.Principal, s State, by domain.Principal) bool {
	if p.Role != domain.RoleFulfillmentPartner || by.Role != domain.RoleFulfillmentPartner || by.Organisation == p.Organisation {
		return false
	}
	helped := p.Organisation == s.FulfillmentPartner && slices.Contains(s.Helpers, by.Organisation)
	return !helped && !worksOn(by, s)
}

// HidesEvent reports whether an event of a visible request is kept from the
// principal: what another partner did before it, and what became of that one's
// deliveries; and who is responsible within an organisation, from all others.
// present is the request as it is, then the request after the event.
func HidesEvent(p domain.Principal, present, then State, e Event, by domain.Principal) bool {
	if HidesFrom(p, present, by) {
		return true
	}
	var delivery string
	switch e := e.(type) {
	case ResponsibleChanged:
		return !p.SeesAll() && (p.Role != domain.RoleFulfillmentPartner || p.Organisation != e.Organisation)
	case FilesDownloaded:
		return HidesDownload(p, present, by) || slices.ContainsFunc(e.Files, func(f FileRef) bool { return startedByHidden(p, present, then, f.DeliveryID) })
	case CommentRedacted:
		c, _ := then.Comment(e.CommentID)
		return HidesFrom(p, present, c.By)
	case FileDelivered:
		delivery = e.DeliveryID
	case DeliveryCompleted:
		delivery = e.DeliveryID
	case DeliveryInspected:
		delivery = e.DeliveryID
	case FindingOverridden:
		delivery = e.DeliveryID
	}
	return delivery != "" && startedByHidden(p, present, then, delivery)
}

// startedByHidden reports whether a delivery is that of another partner whose
// files are kept from the principal.
func startedByHidden(p domain.Principal, present, then State, delivery string) bool {
	return slices.ContainsFunc(then.Deliveries, func(d Delivery) bool {
		return d.ID == delivery && HidesFrom(p, present, d.StartedBy)
	})
}

// SeenBy returns the state without the people that the principal may not know
// of: a fulfillment partner knows who is responsible in its own organisation,
// as Responsible, also where it is the sub-assignee; operators and auditors
// know both; nobody else knows anybody.
func SeenBy(p domain.Principal, s State) State {
	switch {
	case p.SeesAll():
	case worksOn(p, s) && p.Organisation == s.FulfillmentPartner:
		s.SubResponsible = ""
	case worksOn(p, s):
		s.Responsible, s.SubResponsible = s.SubResponsible, ""
	default:
		s.Responsible, s.SubResponsible = "", ""
	}
	return s
}

// Authorize says whether the principal may give the command to the request:
// nil, CodeNotFound outside its scope, or CodeForbidden. Source: the matrix
// "Who may see and do what" of the design.
func Authorize(p domain.Principal, s State, c Command) error {
	switch c.(type) {
	case Open, ImportRow:
		// Decided by the role alone: whether the id is taken shows in no answer.
	default:
		if !s.Exists() || !Visible(p, s) {
			return ErrNotFound
		}
	}
	if !allowed(p, s, c) {
		return domain.Errorf(domain.CodeForbidden, "the role %s may not do this to a source request", p.Role)
	}
	switch c := c.(type) {
	case OverrideFinding:
		if d := s.delivery(c.DeliveryID); d == nil || HidesFrom(p, s, d.StartedBy) {
			return noDelivery(c.DeliveryID)
		}
	case RecordDownload:
		return seesFiles(p, s, c.Files)
	}
	return nil
}

// AuthorizeMaterials says whether the principal may provide materials to any
// request at all: nil, or CodeForbidden.
func AuthorizeMaterials(p domain.Principal) error {
	if allowed(p, State{}, ProvideMaterials{}) {
		return nil
	}
	return domain.Errorf(domain.CodeForbidden, "the role %s may not provide materials", p.Role)
}

func allowed(p domain.Principal, s State, c Command) bool {
	operator := p.Role == domain.RoleOperator
	switch c := c.(type) {
	case Open, ImportRow, Cancel, Reinstate, Upgrade:
		return operator
	case Edit:
		return operator || worksOn(p, s) && editsOwnFieldsOnly(p, s, c)
	case ChangeResponsible:
		return operator || worksOn(p, s) && p.Organisation == c.Organisation
	case RecordDownload:
		return true // of what is visible, by everybody
	case ProvideMaterials:
		return operator || p.Role == domain.RoleContentPartner
	case ChangeMaterialStatus, ChangeEstimatedDeliveryDate, StartDelivery, DeliverFile, CompleteDelivery, OverrideFinding, AnswerQCIssue:
		return operator || worksOn(p, s)
	case RecordInspection:
		return operator || p.Role == domain.RoleSystem
	case RecordQualityControl, RequestRedelivery:
		return operator || p.Role == domain.RoleQualityControl
	case Redact:
		comment, ok := s.Comment(c.CommentID)
		return operator || ok && p.Account != "" && p.Account == comment.By.Account
	case AddComment:
		return operator || p.Role == domain.RoleContentPartner || p.Role == domain.RoleQualityControl || worksOn(p, s)
	}
	return false
}

func worksOn(p domain.Principal, s State) bool {
	return p.Role == domain.RoleFulfillmentPartner && p.Organisation != "" &&
		(p.Organisation == s.FulfillmentPartner || p.Organisation == s.SubAssignee)
}

// editsOwnFieldsOnly: a fulfillment partner sets the service type, and the
// assignee (not the sub-assignee) says who helps.
func editsOwnFieldsOnly(p domain.Principal, s State, c Edit) bool {
	if c.SubAssignee != nil && p.Organisation != s.FulfillmentPartner {
		return false
	}
	return c.PackageID == nil && c.MovieID == nil && c.Title == nil && c.MovieType == nil && c.IsOriginal == nil &&
		c.ContentPartner == nil && c.SourceType == nil && c.Language == nil && c.Countries == nil && c.DueDate == nil &&
		c.FulfillmentPartner == nil
}
