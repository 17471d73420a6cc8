package bus

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
	at       time.Time // when it was moved there
}

// errFenced is that another instance has moved the checkpoint.
var errFenced = errors.New("another instance publishes")

// publisherOf is whose events the checkpoints are.
var publisherOf = domain.Principal{Account: "bus", Role: domain.RoleSystem}

// load finds the checkpoint. Without one everything is still to be published.
// known saves looking for the position again while the checkpoint stands still.
func (p *Publisher) load(ctx context.Context, known place) (place, error) {
	last, ok, err := p.Log.LastEvent(ctx, p.stream)
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
		return place{}, domain.Errorf(domain.CodeInternal, "event %d of %s is no checkpoint", last.Revision, p.stream)
	}
	at.position, err = p.positionOf(ctx, moved)
	return at, err
}

var errFound = errors.New("found")

// positionOf looks for the event that a checkpoint names: in a copy of a log
// it stands at another position.
func (p *Publisher) positionOf(ctx context.Context, moved checkpoint.Moved) (position domain.Position, err error) {
	err = p.Log.ReadStream(ctx, moved.Stream, func(r domain.Recorded) error {
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
	return 0, domain.Errorf(domain.CodeInternal, "%s stands at event %d of %s, which is not there", p.stream, moved.Revision, moved.Stream)
}

// save moves the checkpoint to an event. The error is errFenced if another
// instance did so.
func (p *Publisher) save(ctx context.Context, to domain.Recorded) error {
	if !p.at.version.Exists {
		if err := p.Log.SetMaxCount(ctx, p.stream, 1); err != nil {
			return err
		}
	}
	now := p.Now().UTC().Truncate(time.Millisecond)
	if now.Before(p.at.at) {
		now = p.at.at
	}
	// The id is new each time: two instances must not take each other's
	// checkpoint for their own.
	id := uuid.New()
	version, _, err := p.Log.Append(ctx, p.stream, p.at.version, []domain.Draft{{
		ID: id, Event: checkpoint.Moved{Stream: to.Stream, Revision: to.Revision, Position: to.Position},
		Metadata: domain.Metadata{OccurredAt: now, Actor: publisherOf, CorrelationID: id, CausationID: id},
	}})
	if domain.ErrorCode(err) == domain.CodeConflict {
		return errFenced
	}
	if err != nil {
		return err
	}
	p.at = place{version: version, position: to.Position, at: now}
	return nil
}
