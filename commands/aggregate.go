package commands

import (
	"context"
	"time"

	"backlot/domain"
)

// Outcome is the answer to a command.
type Outcome[S any] struct {
	State    S               // after the command
	Position domain.Position // of the last event that the command led to, or that the stream stands at
	Revision uint64          // of the stream, after the command
	Changed  bool            // false when there was nothing to change
	Replayed bool            // the key was known: this is its first answer again
}

// loaded is an aggregate as its stream has it, and what the stream remembers
// of one command key.
type loaded[S any] struct {
	tail
	state S
	known *answer[S]
	keys  []string // of the commands that the events came of, in order
}

// answer is what a known command key led to.
type answer[S any] struct {
	bodyHash string
	outcome  Outcome[S]
}

// load folds a stream, watching for a command key.
func load[S any](ctx context.Context, log Log, stream, commandKey string, fold func(S, domain.Recorded) S) (*loaded[S], error) {
	l := &loaded[S]{}
	err := log.ReadStream(ctx, stream, func(r domain.Recorded) error {
		l.see(r)
		l.state = fold(l.state, r)
		if k := r.Metadata.CommandKey; k != "" {
			l.keys = append(l.keys, k)
		}
		if r.Metadata.CommandKey == commandKey {
			l.known = &answer[S]{bodyHash: r.Metadata.CommandHash, outcome: l.outcome(true)}
		}
		return nil
	})
	return l, err
}

func (l *loaded[S]) outcome(changed bool) Outcome[S] {
	return Outcome[S]{Position: l.position, Revision: l.version.Revision, State: l.state, Changed: changed}
}

// replay returns the first answer to a known key; ok is false for a new key.
// The error is CodeKeyReused if the key came with another body.
func (l *loaded[S]) replay(i domain.Instruction) (out Outcome[S], ok bool, err error) {
	if l.known == nil || i.Key == "" {
		return out, false, nil
	}
	if l.known.bodyHash != i.BodyHash {
		return out, true, errKeyReused
	}
	out = l.known.outcome
	out.Replayed = true
	return out, true, nil
}

var errKeyReused = domain.Errorf(domain.CodeKeyReused, "this Idempotency-Key came with another body before; use a new key for a new command")

// record appends what was decided, and folds it. conflict is true when the
// stream moved on meanwhile.
func record[S, E any](ctx context.Context, log Log, l *loaded[S], stream string, i domain.Instruction, now time.Time, fold func(S, domain.Recorded) S, events []E) (conflict bool, err error) {
	drafts := draft(&l.tail, stream, i, now, events...)
	version, position, err := log.Append(ctx, stream, l.version, drafts)
	if err != nil {
		return domain.ErrorCode(err) == domain.CodeConflict, err
	}
	first := version.Revision + 1 - uint64(len(drafts))
	for n, d := range drafts {
		l.state = fold(l.state, domain.Recorded{Stream: stream, Revision: first + uint64(n), ID: d.ID, Event: d.Event, Metadata: d.Metadata})
	}
	l.version, l.position = version, position
	return false, nil
}

// change loads an aggregate, lets decide choose the events and appends them,
// again after each conflict. A key that the stream knows gets its first answer.
// With an error of decide, the outcome holds the present state.
func change[S, E any](ctx context.Context, log Log, stream string, i domain.Instruction, now func() time.Time, fold func(S, domain.Recorded) S, decide func(S) ([]E, error)) (Outcome[S], error) {
	var err error
	for range maxAttempts {
		var l *loaded[S]
		if l, err = load(ctx, log, stream, i.CommandKey(), fold); err != nil {
			return Outcome[S]{}, err
		}
		if out, known, err := l.replay(i); known {
			return out, err
		}
		var events []E
		if events, err = decide(l.state); err != nil || len(events) == 0 {
			return l.outcome(false), err
		}
		var conflict bool
		if conflict, err = record(ctx, log, l, stream, i, now(), fold, events); !conflict {
			return l.outcome(err == nil), err
		}
	}
	return Outcome[S]{}, err
}
