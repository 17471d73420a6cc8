package transfer

import (
	"context"

	"backlot/domain"
)

// Backup writes what an event store holds into a file, or what it holds since
// the file was last written, while the store runs. The place is esdb://… or a
// server's data folder. An interrupted backup goes on when it is repeated. It
// refuses, with CodeRefused, a file that is of another store.
func Backup(ctx context.Context, from, file string, progress Progress) (report Report, err error) {
	source, err := OpenSource(ctx, from)
	if err != nil {
		return report, err
	}
	defer func() { err = firstOf(err, source.Close()) }()
	target, err := openBackupTarget(file)
	if err != nil {
		return report, err
	}
	defer func() { err = firstOf(err, target.Close()) }()

	store := newRecognition(target.landmarks)
	last := target.last
	if store.known {
		// Only from its beginning can a chain be followed.
		report.Summary = NewSummary(true)
	}
	err = source.Read(ctx, store.from(), func(e Event) error {
		if e.Position <= last {
			if !store.recognizes(e) {
				return otherStore(file)
			}
			return nil
		}
		if !store.known {
			return otherStore(file)
		}
		if report.Summary != nil {
			report.Summary.Add(e)
		}
		progress.tell("reading", target.written)
		return target.Write(ctx, e)
	})
	if err == nil && !store.known {
		err = otherStore(file)
	}
	if err != nil {
		return report, err
	}
	if report.Written, err = target.Flush(ctx); err != nil || report.Summary == nil {
		return report, err
	}
	return report, report.Summary.ChainError()
}

func otherStore(file string) error {
	return domain.Errorf(domain.CodeRefused, "%s is a backup of another event store, of this one before it was restored, or its last %d events have all been scavenged here since; write to another file", file, maxLandmarks)
}

// recognition compares a store with the end of a backup.
type recognition struct {
	landmarks []landmark
	known     bool // one of them was met, or there are none
}

func newRecognition(landmarks []landmark) *recognition {
	return &recognition{landmarks, len(landmarks) == 0}
}

// from is the position to read from.
func (r *recognition) from() uint64 {
	if len(r.landmarks) == 0 {
		return 0
	}
	return r.landmarks[0].position
}

// recognizes takes the store's events, in order. Landmarks may be missing in the
// store; anything else must not stand between them.
func (r *recognition) recognizes(e Event) bool {
	for len(r.landmarks) > 0 && r.landmarks[0].position < e.Position {
		r.landmarks = r.landmarks[1:]
	}
	if len(r.landmarks) == 0 || r.landmarks[0] != (landmark{e.Position, e.ID}) {
		return false
	}
	r.known = true
	return true
}
