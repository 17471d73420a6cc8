package commands

import (
	"context"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// Change gives a command to an existing request. Errors: those of
// sourcerequest.Authorize and Decide, CodeKeyReused, CodePreconditionFailed
// (the outcome then holds the present state), CodeConflict when others were
// quicker too often.
func (s *SourceRequests) Change(ctx context.Context, id string, c sourcerequest.Command, i domain.Instruction) (sourcerequest.Outcome, error) {
	if sourcerequest.ValidateID(id) != nil {
		return sourcerequest.Outcome{}, sourcerequest.ErrNotFound
	}
	switch c := c.(type) {
	case sourcerequest.AddComment:
		return s.comment(ctx, id, c, i)
	case sourcerequest.Redact:
		return s.redact(ctx, id, c, i)
	}
	return s.handle(ctx, id, c, i)
}
