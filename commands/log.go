package commands

import (
	"context"
	"strconv"
	"time"

	"github.com/google/uuid"

	"backlot/domain"
)

// Log is what the commands need of the event store.
type Log interface {
	// ReadStream calls each with every event of the stream in order; a stream
	// that does not exist has none.
	ReadStream(ctx context.Context, stream string, each func(domain.Recorded) error) error
	// LastEvent returns the stream's last event; ok is false if there is none.
	LastEvent(ctx context.Context, stream string) (last domain.Recorded, ok bool, err error)
	// Append adds the events if the stream stands at the expected version, and
	// returns the version and position of the last of them. CodeConflict
	// otherwise. Appending the same event ids again gives the same answer.
	Append(ctx context.Context, stream string, expected domain.Version, drafts []domain.Draft) (domain.Version, domain.Position, error)
	// DeleteStream makes the events of a stream unreadable.
	DeleteStream(ctx context.Context, stream string) error
}

// maxAttempts bounds how often a command decides again after a conflict.
const maxAttempts = 16

// tail is where a stream stands while it is read.
type tail struct {
	version  domain.Version
	position domain.Position
	lastAt   time.Time
}

func (t *tail) see(r domain.Recorded) {
	t.version = domain.Version{Exists: true, Revision: r.Revision, ChainHash: r.Metadata.ChainHash}
	t.position = r.Position
	if r.Metadata.OccurredAt.After(t.lastAt) {
		t.lastAt = r.Metadata.OccurredAt
	}
}

var eventIDs = uuid.MustParse("0b8e4a1f-3d0c-5a64-8f0e-1c4f2f6f9a52")

// draft makes recordable events of what a command led to. Event ids follow
// from the command key, so that the store knows a repeated append, and from the
// body, so that it does not take another body for a repetition.
func draft[E any](t *tail, stream string, i domain.Instruction, now time.Time, events ...E) []domain.Draft {
	at := now.UTC().Truncate(time.Millisecond)
	if at.Before(t.lastAt) {
		at = t.lastAt
	}
	key := i.CommandKey()
	causation := uuid.NewSHA1(eventIDs, []byte(key))
	correlation := i.CorrelationID
	if correlation == uuid.Nil {
		correlation = causation
	}
	drafts := make([]domain.Draft, len(events))
	for n, e := range events {
		drafts[n] = domain.Draft{
			ID:    uuid.NewSHA1(eventIDs, []byte(key+"\x00"+i.BodyHash+"\x00"+stream+"\x00"+strconv.Itoa(n))),
			Event: e,
			Metadata: domain.Metadata{
				OccurredAt: at, Actor: i.By, CorrelationID: correlation, CausationID: causation,
				CommandKey: key, CommandHash: i.BodyHash,
			},
		}
	}
	return drafts
}
