package sourcerequest

import (
	"errors"

	"backlot/domain"
)

// CheckForMany says whether a principal may want a command of requests that
// nobody has looked at yet: CodeForbidden if its role may give it to none
// whatever, CodeInvalid if no request would take it as it is. What it lets pass
// may still be refused by each request.
func CheckForMany(p domain.Principal, c Command) error {
	if !allowed(p, probe(p, StatusOpen, c), c) {
		return domain.Errorf(domain.CodeForbidden, "the role %s may not do this to source requests", p.Role)
	}
	var err error
	for _, status := range statuses {
		if _, refused := Decide(probe(p, status, c), c); refused == nil {
			return nil
		} else if err == nil || domain.ErrorCode(refused) == domain.CodeInvalid {
			err = refused
		}
	}
	// What every state refuses is wrong in itself.
	var e *domain.Error
	if errors.As(err, &e) && e.Code == domain.CodeRefused {
		return domain.Invalid(e.Field, e.Message, e.Allowed...)
	}
	return err
}

// probe is a request on which the principal has every part that it can have. No
// command sets a field to what it has already, so that each value is checked.
func probe(p domain.Principal, status Status, c Command) State {
	const nothing = "\x00"
	s := State{
		Status: status, StatusBeforeCancel: StatusOpen, WasDelivered: true, DueDate: domain.NewDate(1970, 1, 2),
		MaterialStatus: nothing, ContentPartner: nothing, FulfillmentPartner: nothing, SubAssignee: nothing,
	}
	if p.Organisation != "" {
		s.ContentPartner, s.FulfillmentPartner = p.Organisation, p.Organisation
	}
	if c, ok := c.(ChangeResponsible); ok && c.Organisation != "" {
		s.FulfillmentPartner = c.Organisation
	}
	return s
}
