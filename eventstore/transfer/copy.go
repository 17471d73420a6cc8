package transfer

import (
	"context"

	"backlot/domain"
)

// Progress is told how far a transfer is, now and then.
type Progress func(step string, events int64)

// progressEvents is how many events lie between two calls of Progress.
const progressEvents = 1000

func (p Progress) tell(step string, events int64) {
	if p != nil && events%progressEvents == 0 {
		p(step, events)
	}
}

// Report says what a transfer led to.
type Report struct {
	Written int64    // events that the target did not have before
	Skipped int64    // a server's own events, which stay where they are
	Summary *Summary // of what was read; nil for a backup that went on
}

// Copy copies one event store to another and compares them: each stream's
// revisions, ids, data and metadata, and its hash chain. Places are esdb://…
// or data folders of a server; a running one can be read from. It can be
// repeated, after an interruption or when the source went on: what the target
// has stays. It refuses, with CodeRefused, a target that holds other events in
// the streams of the source, and hash chains that are broken (after the copy).
//
// A server's own streams, whose names begin with $, are not copied. Times of
// creation are kept only by a target that is a data folder.
func Copy(ctx context.Context, from, to string, progress Progress) (report Report, err error) {
	source, err := OpenSource(ctx, from)
	if err != nil {
		return report, err
	}
	defer func() { err = firstOf(err, source.Close()) }()
	report, err = write(ctx, source, to, progress)
	if err != nil {
		return report, err
	}
	target, err := OpenSource(ctx, to)
	if err != nil {
		return report, err
	}
	defer func() { err = firstOf(err, target.Close()) }()
	copied := NewSummary(report.Summary.withCreated)
	if err := summarize(ctx, target, copied, progress); err != nil {
		return report, err
	}
	if err := copied.Missing(report.Summary); err != nil {
		return report, err
	}
	return report, report.Summary.ChainError()
}

func write(ctx context.Context, source Source, to string, progress Progress) (report Report, err error) {
	target, err := OpenTarget(ctx, to)
	if err != nil {
		return report, err
	}
	defer func() { err = firstOf(err, target.Close()) }()
	report.Summary = NewSummary(!isAddress(to))
	err = source.Read(ctx, 0, func(e Event) error {
		progress.tell("copying", report.Summary.Events)
		if e.isServers() {
			report.Skipped++
			return nil
		}
		if e.isFiller() {
			return nil
		}
		report.Summary.Add(e)
		return target.Write(ctx, e)
	})
	if err != nil {
		return report, err
	}
	report.Written, err = target.Flush(ctx)
	return report, err
}

// summarize reads what a copy can have been copied from.
func summarize(ctx context.Context, source Source, s *Summary, progress Progress) error {
	return source.Read(ctx, 0, func(e Event) error {
		progress.tell("comparing", s.Events)
		if !e.isServers() {
			s.Add(e)
		}
		return nil
	})
}

func firstOf(err, closing error) error {
	if err != nil || closing == nil {
		return err
	}
	return &domain.Error{Code: domain.CodeInternal, Message: "the end of it failed", Err: closing}
}
