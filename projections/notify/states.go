package notify

import (
	"context"
	"errors"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// states remembers requests as the log left them, up to where it was read. For
// one goroutine.
type states struct {
	log   Log
	known map[string]folded
}

type folded struct {
	state    sourcerequest.State
	revision uint64
}

// keptStates bounds the requests that are remembered.
const keptStates = 8192

var errEnough = errors.New("enough")

// around returns a request before and after an event.
func (s *states) around(ctx context.Context, id string, r domain.Recorded) (before, after sourcerequest.State, err error) {
	last, known := s.known[id]
	switch {
	case r.Revision == 0:
	case known && last.revision+1 == r.Revision:
		before = last.state
	default:
		if before, err = foldUpTo(ctx, s.log, id, r.Revision-1); err != nil {
			return before, after, err
		}
	}
	after = sourcerequest.Fold(before, r)
	if s.known == nil || len(s.known) >= keptStates {
		s.known = map[string]folded{}
	}
	s.known[id] = folded{after, r.Revision}
	return before, after, nil
}

// foldUpTo returns a request as an event left it.
func foldUpTo(ctx context.Context, log Log, id string, revision uint64) (state sourcerequest.State, err error) {
	err = log.ReadStream(ctx, sourcerequest.StreamOf(id), func(r domain.Recorded) error {
		state = sourcerequest.Fold(state, r)
		if r.Revision >= revision {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return state, err
}

// present returns a request as it is, and the revision of its last event.
func present(ctx context.Context, log Log, id string) (f folded, err error) {
	err = log.ReadStream(ctx, sourcerequest.StreamOf(id), func(r domain.Recorded) error {
		f.state, f.revision = sourcerequest.Fold(f.state, r), r.Revision
		return nil
	})
	return f, err
}
