package eventstore

import (
	"context"
	"errors"

	"backlot/domain"
)

const (
	followPage     = 1024
	followPrefetch = 1
	// While behind, checkpoints are as far apart as pages. Later one comes for
	// every event, so that the position also moves with events that no prefix
	// matches and nobody waits for it in vain.
	wideWindow   = 1024
	narrowWindow = 1
)

// errCaughtUp ends a reading that was set up for being behind.
var errCaughtUp = errors.New("caught up")

// Follow applies the log's pages in order from a position on: the events of
// the streams whose names begin with one of prefixes, or all but system events
// when there are none. It resumes where it was after drops and outages, until
// ctx ends, whose error it then returns, or apply fails, whose error it returns
// as it is. An event that cannot be decoded ends it as well: CodeInternal
// around an UndecodableError, after the events before it were applied.
func (s *Store) Follow(ctx context.Context, from domain.Position, prefixes []string, apply func(domain.Page) error) error {
	return s.follow(ctx, reading{from: from, prefixes: prefixes, decode: s.decode}, apply)
}

// FollowHashes is Follow over everything but system events, without decoding:
// of each event's metadata only the chain hash is set, "" where there is none.
func (s *Store) FollowHashes(ctx context.Context, from domain.Position, apply func(domain.Page) error) error {
	return s.follow(ctx, reading{from: from, decode: hashOnly}, apply)
}

func hashOnly(raw RawEvent) (domain.Recorded, error) {
	r := raw.Recorded
	r.Metadata.ChainHash, _ = CarriedHash(raw)
	return r, nil
}

func (s *Store) follow(ctx context.Context, r reading, apply func(domain.Page) error) error {
	r.window, r.pageSize, r.prefetch = wideWindow, followPage, followPrefetch
	for failures := 0; ; {
		r.givesUp = len(r.prefixes) > 0 && r.window == wideWindow
		err := s.read(ctx, r, func(p domain.Page) error {
			failures = 0
			if err := apply(p); err != nil {
				return err
			}
			r.from = p.To
			if p.CaughtUp && len(r.prefixes) > 0 && r.window == wideWindow {
				return errCaughtUp
			}
			return nil
		})
		var refused deliveryError
		var bad *UndecodableError
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, &refused):
			if !errors.Is(refused.error, errCaughtUp) {
				return refused.error
			}
			r.window = narrowWindow
			continue
		case errors.Is(err, errQuiet):
			r.window = narrowWindow
			continue
		case errors.As(err, &bad), errors.Is(err, errClosed):
			return s.translate(ctx, ctx, "follow the log", err)
		}
		s.log.Warn("subscription to the event log dropped, resuming", "position", r.from, "error", err)
		r.window = wideWindow
		wait(ctx, failures)
		failures++
	}
}
