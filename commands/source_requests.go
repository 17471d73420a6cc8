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
	Now           func() time.Time // default time.Now
	Logger        *slog.Logger     // default slog.Default
}

// SourceRequests are the use cases that change source requests. Safe for
// concurrent use.
type SourceRequests struct {
	log           Log
	organisations *Organisations
	numbers       numbers
	streams       *stripes
	now           func() time.Time
	logger        *slog.Logger
}

// NewSourceRequests returns the use cases over an event log.
func NewSourceRequests(c Config) *SourceRequests {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	return &SourceRequests{
		log: c.Log, streams: newStripes(), now: c.Now, logger: c.Logger,
		organisations: &Organisations{log: c.Log, directory: c.Organisations, now: c.Now},
		numbers:       numbers{log: c.Log, now: c.Now},
	}
}

// request is a source request as its stream has it, and what the stream
// remembers of one command key.
type request struct {
	tail
	id    string
	state sourcerequest.State
	known *answer
}

// answer is what a known command key led to.
type answer struct {
	bodyHash string
	outcome  sourcerequest.Outcome
}

// load folds a request's stream, watching for a command key.
func (s *SourceRequests) load(ctx context.Context, id, commandKey string) (*request, error) {
	r := &request{id: id}
	err := s.log.ReadStream(ctx, sourcerequest.StreamOf(id), func(e domain.Recorded) error {
		r.see(e)
		r.state = sourcerequest.Fold(r.state, e)
		if e.Metadata.CommandKey == commandKey {
			r.known = &answer{bodyHash: e.Metadata.CommandHash, outcome: r.outcome(true)}
		}
		return nil
	})
	return r, err
}

func (r *request) outcome(changed bool) sourcerequest.Outcome {
	return sourcerequest.Outcome{ID: r.id, Position: r.position, Revision: r.version.Revision, State: r.state, Changed: changed}
}

// replay returns the first answer to a known key; ok is false for a new key.
// The error is CodeKeyReused if the key came with another body.
func (r *request) replay(i sourcerequest.Instruction) (out sourcerequest.Outcome, ok bool, err error) {
	if r.known == nil || i.Key == "" {
		return out, false, nil
	}
	if r.known.bodyHash != i.BodyHash {
		return out, true, errKeyReused
	}
	out = r.known.outcome
	out.Replayed = true
	return out, true, nil
}

var errKeyReused = domain.Errorf(domain.CodeKeyReused, "this Idempotency-Key came with another body before; use a new key for a new command")

// decide checks scope, rights and precondition, lets the domain decide and
// appends. conflict is true when the stream moved on meanwhile.
func (s *SourceRequests) decide(ctx context.Context, r *request, c sourcerequest.Command, i sourcerequest.Instruction) (out sourcerequest.Outcome, conflict bool, err error) {
	if r.state.Exists() && !sourcerequest.Visible(i.By, r.state) {
		return out, false, sourcerequest.ErrNotFound
	}
	if out, known, err := r.replay(i); known || err != nil {
		return out, false, err
	}
	if err := sourcerequest.Authorize(i.By, r.state, c); err != nil {
		return out, false, err
	}
	if i.IfMatch != nil && r.state.Exists() && *i.IfMatch != r.state.FieldRevision {
		return r.outcome(false), false, domain.Errorf(domain.CodePreconditionFailed, "somebody else changed the request's fields meanwhile; look at its present state and decide again")
	}
	events, err := sourcerequest.Decide(r.state, c)
	if err != nil {
		return r.outcome(false), false, err
	}
	if len(events) == 0 {
		return r.outcome(false), false, nil
	}
	stream := sourcerequest.StreamOf(r.id)
	drafts := draft(&r.tail, stream, i, s.now(), events...)
	version, position, err := s.log.Append(ctx, stream, r.version, drafts)
	if err != nil {
		return out, domain.ErrorCode(err) == domain.CodeConflict, err
	}
	first := version.Revision + 1 - uint64(len(drafts))
	for n, e := range events {
		r.state = sourcerequest.Evolve(r.state, e, domain.Occurrence{At: drafts[n].Metadata.OccurredAt, By: i.By, Revision: first + uint64(n)})
	}
	r.version, r.position = version, position
	return r.outcome(true), false, nil
}

// handle loads, decides and appends, again after each conflict.
func (s *SourceRequests) handle(ctx context.Context, id string, c sourcerequest.Command, i sourcerequest.Instruction) (sourcerequest.Outcome, error) {
	defer s.streams.lock(id)()
	var err error
	for range maxAttempts {
		var r *request
		if r, err = s.load(ctx, id, i.CommandKey()); err != nil {
			return sourcerequest.Outcome{}, err
		}
		var out sourcerequest.Outcome
		var conflict bool
		if out, conflict, err = s.decide(ctx, r, c, i); !conflict {
			return out, err
		}
	}
	return sourcerequest.Outcome{}, err
}
