package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"backlot/eventstore/embedded/internal/engine"
)

// ScavengeReport says what a scavenge did: how many events were removed, and
// the sizes in bytes of the store's files together, before and after.
type ScavengeReport = engine.ScavengeReport

// Scavenge removes the events that no read of their stream can return any more:
// of deleted and tombstoned streams, before $tb, beyond $maxCount, older than
// $maxAge, and superseded metadata. When it returns without an error, no file
// of the store holds those that were hidden when it was called. Appends and
// reads go on meanwhile; $all has gaps where the events were.
//
// An interrupted scavenge is finished by the next one; two run one after the
// other.
func (s *Server) Scavenge(ctx context.Context) (ScavengeReport, error) {
	start := time.Now()
	report, err := s.engine.Scavenge(ctx)
	s.scavenged.events.Add(report.Events)
	if err != nil {
		return report, fmt.Errorf("embedded: scavenge: %w", err)
	}
	s.scavenged.runs.Add(1)
	s.log.Info("event store scavenged", slog.Int64("events", report.Events), slog.Int64("bytes_before", report.BytesBefore),
		slog.Int64("bytes_after", report.BytesAfter), slog.Duration("took", time.Since(start)))
	return report, nil
}

// Scavenged returns how many scavenges were completed since the store was
// opened, and how many events they removed.
func (s *Server) Scavenged() (runs, events int64) {
	return s.scavenged.runs.Load(), s.scavenged.events.Load()
}

// ScavengeSoon asks for a scavenge in the background and returns at once. What
// is asked for before it begins is one scavenge.
func (s *Server) ScavengeSoon() {
	select {
	case s.scavengeSoon <- struct{}{}:
	default: // one is asked for
	}
}

type scavenged struct{ runs, events atomic.Int64 }

// scavengeRetry is the pause after a scavenge in the background that failed.
const scavengeRetry = time.Minute

// keepScavenged scavenges when it is asked to, and every so often; 0 for never.
func (s *Server) keepScavenged(every time.Duration) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		select {
		case <-s.closing:
			cancel()
		case <-ctx.Done():
		}
	}()
	due := new(time.Timer)
	if every > 0 {
		due = time.NewTimer(every)
		defer due.Stop()
		// The last process may have ended between a deletion and its scavenge.
		s.ScavengeSoon()
	}
	for {
		select {
		case <-s.scavengeSoon:
		case <-due.C:
		case <-s.closing:
			return
		}
		for {
			_, err := s.Scavenge(ctx)
			if err == nil || ctx.Err() != nil || errors.Is(err, engine.ErrClosed) {
				break
			}
			s.log.Error("event store could not be scavenged", "error", err, "again_in", scavengeRetry)
			select {
			case <-time.After(scavengeRetry):
			case <-s.closing:
				return
			}
		}
		if every > 0 {
			due.Reset(every)
		}
	}
}

// Scavenge scavenges the store in o.Dir, which nobody may have open: the error
// wraps ErrInUse otherwise.
func Scavenge(ctx context.Context, o Options) (report ScavengeReport, err error) {
	o.setDefaults()
	if err := o.validate(); err != nil {
		return report, err
	}
	e, err := engine.Open(o.engineOptions())
	if err != nil {
		return report, fmt.Errorf("embedded: %w", err)
	}
	report, err = e.Scavenge(ctx)
	if err := errors.Join(err, e.Close()); err != nil {
		return report, fmt.Errorf("embedded: scavenge: %w", err)
	}
	return report, nil
}
