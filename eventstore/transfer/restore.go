package transfer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"backlot/domain"
)

// Until is where a restore ends: behind a position, or before the first event
// that was created after a time. The zero value is the end of the backup.
type Until struct {
	Position uint64
	Time     time.Time
}

// ParseUntil reads a position or an RFC 3339 time. The error is CodeInvalid.
func ParseUntil(s string) (Until, error) {
	if s == "" {
		return Until{}, nil
	}
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return Until{Time: t}, nil
	}
	if p, err := domain.ParsePosition(s); err == nil && p > 0 {
		return Until{Position: uint64(p)}, nil
	}
	return Until{}, domain.Errorf(domain.CodeInvalid, "%q is neither a position nor a time such as 2026-11-23T12:00:00Z", s)
}

func (u Until) isBefore(e Event) bool {
	return u.Position > 0 && e.Position > u.Position || !u.Time.IsZero() && e.Created.After(u.Time)
}

// errReached ends a reading early.
var errReached = errors.New("reached")

// Restore makes an embedded event store of a backup file, in a data folder
// that has none, and compares it with the file. Streams, revisions, ids, times,
// data, metadata and positions are those of the file. The store appears when it is
// complete; an interrupted restore goes on when it is repeated. The error is
// CodeInvalid for a damaged file, and says where; CodeRefused for a folder that
// has a store, and for broken hash chains (the store is there then).
func Restore(ctx context.Context, file, data string, until Until, progress Progress) (report Report, err error) {
	source, err := OpenBackup(file)
	if err != nil {
		return report, err
	}
	defer func() { err = firstOf(err, source.Close()) }()
	dir := filepath.Join(data, storeFolder)
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return report, domain.Errorf(domain.CodeRefused, "there is an event store in %s already; restore into another data folder", dir)
	}
	partial := dir + ".restoring"
	report, err = fill(ctx, source, partial, until, progress)
	if err != nil {
		return report, err
	}
	if err := compare(ctx, partial, report.Summary, progress); err != nil {
		return report, err
	}
	if err := appear(partial, dir); err != nil {
		return report, &domain.Error{Code: domain.CodeInternal, Message: "the restored store is complete in " + partial + ", but cannot be moved to " + dir, Err: err}
	}
	return report, report.Summary.ChainError()
}

func fill(ctx context.Context, source Source, dir string, until Until, progress Progress) (report Report, err error) {
	target, err := openStoreTarget(dir)
	if err != nil {
		return report, err
	}
	defer func() { err = firstOf(err, target.Close()) }()
	target.samePositions = true
	report.Summary = NewSummary(true)
	err = source.Read(ctx, 0, func(e Event) error {
		if until.isBefore(e) {
			return errReached
		}
		progress.tell("restoring", report.Summary.Events)
		report.Summary.Add(e)
		if err := target.Write(ctx, e); err != nil {
			return err
		}
		if until.Position > 0 && e.Position >= until.Position {
			return errReached // what follows may be damaged
		}
		return nil
	})
	if err != nil && !errors.Is(err, errReached) {
		return report, err
	}
	report.Written, err = target.Flush(ctx)
	return report, err
}

// compare reads the restored store: it must have what was read and no more.
func compare(ctx context.Context, dir string, want *Summary, progress Progress) (err error) {
	source, err := openStore(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = firstOf(err, source.Close()) }()
	restored := NewSummary(true)
	err = source.Read(ctx, 0, func(e Event) error {
		progress.tell("comparing", restored.Events)
		restored.Add(e)
		return nil
	})
	if err != nil {
		return err
	}
	if err := restored.Missing(want); err != nil {
		return err
	}
	if restored.Events != want.Events {
		return domain.Errorf(domain.CodeRefused, "%s is what is left of another restore and holds %d events instead of %d; remove it and try again", dir, restored.Events, want.Events)
	}
	return nil
}

func appear(partial, dir string) error {
	if err := os.Remove(dir); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("the empty folder: %w", err)
	}
	if err := os.Rename(partial, dir); err != nil {
		return err
	}
	return syncDir(filepath.Dir(dir))
}
