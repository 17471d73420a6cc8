package commands

import (
	"context"
	"log/slog"
	"time"

	"backlot/domain"
	"backlot/domain/organisation"
	"backlot/domain/sourcerequest"
)

// Config is what the commands work with.
type Config struct {
	Log           Log
	Organisations *organisation.Directory
	People        People                      // who can be mentioned; nil for nobody
	Alone         bool                        // no other process gives commands: requests are remembered from one to the next
	Scavenge      func(context.Context) error // lets what was deleted leave the disk; nil where the store does that by itself
	Now           func() time.Time            // default time.Now
	Logger        *slog.Logger                // default slog.Default
}

func (c *Config) setDefaults() {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
}

// SourceRequests are the use cases that change source requests. Safe for
// concurrent use.
type SourceRequests struct {
	log           Log
	organisations *Organisations
	numbers       numbers
	texts         *Texts
	people        People
	streams       *stripes
	recent        *recent
	now           func() time.Time
	logger        *slog.Logger
}

// NewSourceRequests returns the use cases over an event log.
func NewSourceRequests(c Config) *SourceRequests {
	c.setDefaults()
	remembered := 0
	if c.Alone {
		remembered = recentRequests
	}
	return &SourceRequests{
		log: c.Log, streams: newStripes(), recent: newRecent(remembered), people: c.People, now: c.Now, logger: c.Logger,
		organisations: NewOrganisations(c),
		numbers:       numbers{log: c.Log, now: c.Now},
		texts:         &Texts{log: c.Log, now: c.Now, scavenge: c.Scavenge},
	}
}

// request is a source request as its stream has it.
type request struct {
	*loaded[sourcerequest.State]
	id string
}

func unread(id string) *request { return &request{&loaded[sourcerequest.State]{}, id} }

// load folds a request's stream, watching for a command key.
func (s *SourceRequests) load(ctx context.Context, id, commandKey string) (*request, error) {
	l, err := load(ctx, s.log, sourcerequest.StreamOf(id), commandKey, foldRequest)
	return &request{l, id}, err
}

func foldRequest(s sourcerequest.State, r domain.Recorded) sourcerequest.State {
	return sourcerequest.Fold(s, r)
}

func (r *request) outcome(changed bool) sourcerequest.Outcome {
	return r.of(r.loaded.outcome(changed))
}

func (r *request) of(o Outcome[sourcerequest.State]) sourcerequest.Outcome {
	return sourcerequest.Outcome{ID: r.id, Position: o.Position, Revision: o.Revision, State: o.State, Changed: o.Changed, Replayed: o.Replayed}
}

// replay returns the first answer to a known key; ok is false for a new key.
// The error is CodeKeyReused if the key came with another body.
func (r *request) replay(i domain.Instruction) (sourcerequest.Outcome, bool, error) {
	out, ok, err := r.loaded.replay(i)
	return r.of(out), ok, err
}

// consider checks scope, rights and precondition and lets the domain decide.
// Without events, the outcome is the answer.
func (r *request) consider(c sourcerequest.Command, i domain.Instruction) ([]sourcerequest.Event, sourcerequest.Outcome, error) {
	if r.state.Exists() && !sourcerequest.Visible(i.By, r.state) {
		return nil, sourcerequest.Outcome{}, sourcerequest.ErrNotFound
	}
	if out, known, err := r.replay(i); known || err != nil {
		return nil, out, err
	}
	if err := sourcerequest.Authorize(i.By, r.state, c); err != nil {
		return nil, sourcerequest.Outcome{}, err
	}
	if i.IfMatch != nil && r.state.Exists() && *i.IfMatch != r.state.FieldRevision {
		return nil, r.outcome(false), domain.Errorf(domain.CodePreconditionFailed, "somebody else changed the request's fields meanwhile; look at its present state and decide again")
	}
	events, err := sourcerequest.Decide(r.state, c)
	return events, r.outcome(false), err
}

// decide considers a command and appends what it leads to. conflict is true
// when the stream moved on meanwhile.
func (s *SourceRequests) decide(ctx context.Context, r *request, c sourcerequest.Command, i domain.Instruction) (out sourcerequest.Outcome, conflict bool, err error) {
	events, out, err := r.consider(c, i)
	if err != nil || len(events) == 0 {
		return out, false, err
	}
	if conflict, err := record(ctx, s.log, r.loaded, sourcerequest.StreamOf(r.id), i, s.now(), foldRequest, events); err != nil {
		return out, conflict, err
	}
	return r.outcome(true), false, nil
}

// handle loads, decides and appends, again after each conflict. A request that
// was changed a moment ago need not be loaded to be changed again.
func (s *SourceRequests) handle(ctx context.Context, id string, c sourcerequest.Command, i domain.Instruction) (sourcerequest.Outcome, error) {
	defer s.streams.lock(id)()
	if r := s.recent.take(id, i.CommandKey()); r != nil {
		if out, _, err := s.decide(ctx, r.request, c, i); err == nil && out.Changed {
			s.recent.put(r, i.CommandKey())
			return out, nil
		}
	}
	var err error
	for range maxAttempts {
		var r *request
		if r, err = s.load(ctx, id, i.CommandKey()); err != nil {
			return sourcerequest.Outcome{}, err
		}
		var out sourcerequest.Outcome
		var conflict bool
		if out, conflict, err = s.decide(ctx, r, c, i); conflict {
			continue
		}
		if err == nil {
			s.recent.learn(r, i.CommandKey())
		}
		return out, err
	}
	return sourcerequest.Outcome{}, err
}
