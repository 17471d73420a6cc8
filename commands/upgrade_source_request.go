package commands

import (
	"context"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// Upgrade closes a request in favour of another one: an existing one, or the
// one that open asks for, which is opened first under a key derived from the
// command's own. Sent again after a crash in between, it goes on where it was.
// Errors: those of Change and Open; CodeInvalid if the replacement does not exist.
func (s *SourceRequests) Upgrade(ctx context.Context, id, replacedBy string, open *sourcerequest.Open, i domain.Instruction) (sourcerequest.Outcome, error) {
	if sourcerequest.ValidateID(id) != nil {
		return sourcerequest.Outcome{}, sourcerequest.ErrNotFound
	}
	if (replacedBy == "") == (open == nil) {
		return sourcerequest.Outcome{}, domain.Invalid("replaced_by", "name the request that replaces this one, or describe the one to open: one of the two")
	}
	if replacedBy == id {
		return sourcerequest.Outcome{}, domain.Invalid("replaced_by", "a request cannot replace itself")
	}
	r, err := s.load(ctx, id, i.CommandKey())
	if err != nil {
		return sourcerequest.Outcome{}, err
	}
	if r.state.Exists() && !sourcerequest.Visible(i.By, r.state) {
		return sourcerequest.Outcome{}, sourcerequest.ErrNotFound
	}
	if out, known, err := r.replay(i); known || err != nil {
		return out, err
	}
	if open == nil {
		return s.upgradeTo(ctx, id, replacedBy, i)
	}
	// Would the upgrade be accepted at all? Otherwise nothing is opened for it.
	probe := sourcerequest.Upgrade{ReplacedBy: "probe"}
	if err := sourcerequest.Authorize(i.By, r.state, probe); err != nil {
		return sourcerequest.Outcome{}, err
	}
	if _, err := sourcerequest.Decide(r.state, probe); err != nil {
		return r.outcome(false), err
	}
	opening := i
	opening.Key += "/open"
	replacement := *open
	replacement.Upgrades = id
	opened, err := s.Open(ctx, "", replacement, opening)
	if err != nil {
		return sourcerequest.Outcome{}, err
	}
	return s.handle(ctx, id, sourcerequest.Upgrade{ReplacedBy: opened.ID}, i)
}

func (s *SourceRequests) upgradeTo(ctx context.Context, id, replacedBy string, i domain.Instruction) (sourcerequest.Outcome, error) {
	missing := domain.Invalid("replaced_by", "there is no request \""+replacedBy+"\" to replace this one")
	if sourcerequest.ValidateID(replacedBy) != nil {
		return sourcerequest.Outcome{}, missing
	}
	replacement, err := s.load(ctx, replacedBy, "")
	if err != nil {
		return sourcerequest.Outcome{}, err
	}
	if !replacement.state.Exists() || !sourcerequest.Visible(i.By, replacement.state) {
		return sourcerequest.Outcome{}, missing
	}
	return s.handle(ctx, id, sourcerequest.Upgrade{ReplacedBy: replacedBy}, i)
}
