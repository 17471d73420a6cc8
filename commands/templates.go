package commands

import (
	"context"
	"time"

	"backlot/domain"
	"backlot/domain/template"
)

// Templates are the use cases that change an account's saved searches. Safe for
// concurrent use.
type Templates struct {
	log       Log
	directory *template.Directory
	now       func() time.Time
}

// NewTemplates returns the use cases over an event log. The directory knows
// what others share; now may be nil for time.Now.
func NewTemplates(log Log, directory *template.Directory, now func() time.Time) *Templates {
	if now == nil {
		now = time.Now
	}
	return &Templates{log: log, directory: directory, now: now}
}

// Change gives a command to the templates of the account that instructs.
// Errors: those of template.Decide; CodeForbidden for changing what another
// account shares; CodeUnavailable while it is not known what others share.
func (t *Templates) Change(ctx context.Context, c template.Command, i domain.Instruction) (template.Outcome, error) {
	o, err := change(ctx, t.log, template.StreamOf(i.By.Account), i, t.now, template.Fold, func(s template.State) ([]template.Event, error) {
		return t.decide(s, c, i.By)
	})
	return template.Outcome{Position: o.Position, Revision: o.Revision, State: o.State, Changed: o.Changed, Replayed: o.Replayed}, err
}

func (t *Templates) decide(s template.State, c template.Command, by domain.Principal) ([]template.Event, error) {
	if shared, ok := t.directory.FindShared(c.Target(), by); ok {
		choice, is := c.(template.ChooseDefault)
		if !is {
			return nil, domain.Errorf(domain.CodeForbidden, "the template belongs to the account %s, which shares it; save one of your own instead", shared.Owner)
		}
		choice.SharedBy = shared.Owner
		c = choice
	}
	events, err := template.Decide(s, by, c)
	if domain.ErrorCode(err) == domain.CodeNotFound && !t.directory.Ready() {
		return nil, domain.Errorf(domain.CodeUnavailable, "what others share is not known yet: the log is still being read")
	}
	return events, err
}
