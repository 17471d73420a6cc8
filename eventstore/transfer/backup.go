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

	resumed := target.total > 0
	isOurs := !resumed
	last := target.last
	if !resumed {
		// Only from its beginning can a chain be followed.
		report.Summary = NewSummary(true)
	}
	err = source.Read(ctx, last, func(e Event) error {
		if resumed && e.Position == last {
			isOurs = e.ID == target.lastID
		}
		if !isOurs {
			return otherStore(file)
		}
		if resumed && e.Position == last {
			return nil
		}
		if report.Summary != nil {
			report.Summary.Add(e)
		}
		progress.tell("reading", target.written)
		return target.Write(ctx, e)
	})
	if err == nil && !isOurs {
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
	return domain.Errorf(domain.CodeRefused, "%s is a backup of another event store, or of this one before it was restored; write to another file", file)
}
