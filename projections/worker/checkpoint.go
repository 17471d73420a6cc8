package worker

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"backlot/domain"
	"backlot/domain/checkpoint"
)

// place is where the checkpoint stands.
type place struct {
	version  domain.Version // of its stream: what the next append names
	position domain.Position
	event    checkpoint.Moved // as it was moved there
	at       time.Time        // when it was moved there
}

// errFenced is that another instance has moved the checkpoint.
var errFenced = errors.New("another instance is at work")

// load finds the checkpoint. Without one everything is still to be done.
// known saves looking for the position again while the checkpoint stands still.
func (w *Worker) load(ctx context.Context, known place) (place, error) {
	last, ok, err := w.Log.LastEvent(ctx, w.stream)
	if err != nil || !ok {
		return place{}, err
	}
	at := place{
		version: domain.Version{Exists: true, Revision: last.Revision, ChainHash: last.Metadata.ChainHash},
		at:      last.Metadata.OccurredAt,
	}
	if at.version == known.version {
		return known, nil
	}
	moved, ok := last.Event.(checkpoint.Moved)
	if !ok {
		return place{}, domain.Errorf(domain.CodeInternal, "event %d of %s is no checkpoint", last.Revision, w.stream)
	}
	at.event = moved
	at.position, err = w.positionOf(ctx, moved)
	return at, err
}

var errFound = errors.New("found")

// positionOf looks for the event that a checkpoint names: in a copy of a log
// it stands at another position.
func (w *Worker) positionOf(ctx context.Context, moved checkpoint.Moved) (position domain.Position, err error) {
	if moved.Stream == "" {
		return 0, nil // somebody is at work on the first event
	}
	err = w.Log.ReadStream(ctx, moved.Stream, func(r domain.Recorded) error {
		if r.Revision == moved.Revision {
			position = r.Position
			return errFound
		}
		return nil
	})
	switch {
	case errors.Is(err, errFound):
		return position, nil
	case err != nil:
		return 0, err
	}
	return 0, domain.Errorf(domain.CodeInternal, "%s stands at event %d of %s, which is not there", w.stream, moved.Revision, moved.Stream)
}

// save moves the checkpoint to an event. The error is errFenced if another
// instance did so.
func (w *Worker) save(ctx context.Context, to domain.Recorded) error {
	return w.move(ctx, checkpoint.Moved{Stream: to.Stream, Revision: to.Revision, Position: to.Position})
}

// beat moves the checkpoint to where it stands.
func (w *Worker) beat(ctx context.Context) error {
	here := w.at.event
	here.Position = w.at.position
	return w.move(ctx, here)
}

func (w *Worker) move(ctx context.Context, to checkpoint.Moved) error {
	if !w.at.version.Exists {
		if err := w.Log.SetMaxCount(ctx, w.stream, 1); err != nil {
			return err
		}
	}
	now := w.Now().UTC().Truncate(time.Millisecond)
	if now.Before(w.at.at) {
		now = w.at.at
	}
	// The id is new each time: two instances must not take each other's
	// checkpoint for their own.
	id := uuid.New()
	version, _, err := w.Log.Append(ctx, w.stream, w.at.version, []domain.Draft{{
		ID: id, Event: to,
		Metadata: domain.Metadata{OccurredAt: now, Actor: domain.Principal{Account: w.Account, Role: domain.RoleSystem}, CorrelationID: id, CausationID: id},
	}})
	if domain.ErrorCode(err) == domain.CodeConflict {
		return errFenced
	}
	if err != nil {
		return err
	}
	w.at = place{version: version, position: to.Position, event: to, at: now}
	return nil
}
