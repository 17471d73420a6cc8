package notify

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"

	"backlot/domain"
)

// entry is an event to append, under an id that says what it tells.
type entry struct {
	id    uuid.UUID
	event any
}

// ledgers append to accounts' streams what these do not keep yet. What a stream
// keeps is read once and remembered; it is safe for concurrent use.
type ledgers struct {
	log Log
	now func() time.Time

	mu   sync.Mutex
	each map[string]*ledger // by stream
}

// ledger is what is known of a stream.
type ledger struct {
	mu      sync.Mutex
	loaded  bool
	version domain.Version
	last    time.Time
	known   map[uuid.UUID]bool
	ids     []uuid.UUID // in order, to forget those that the stream cuts off
}

const (
	keptLedgers   = 256
	appendedAtOne = 50 // events
	maxAttempts   = 16 // appends after a conflict each
)

func newLedgers(log Log, now func() time.Time) *ledgers {
	return &ledgers{log: log, now: now, each: map[string]*ledger{}}
}

func (l *ledgers) of(stream string) *ledger {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.each[stream]
	if s == nil {
		if len(l.each) >= keptLedgers {
			clear(l.each)
		}
		s = &ledger{}
		l.each[stream] = s
	}
	return s
}

// append records those of some entries that a stream does not keep, which
// keeps its last limit events. It returns how many they were.
func (l *ledgers) append(ctx context.Context, stream string, limit int, entries []entry) (appended int, err error) {
	s := l.of(stream)
	s.mu.Lock()
	defer s.mu.Unlock()
	for attempts := 0; ; {
		if !s.loaded {
			if err := l.load(ctx, stream, limit, s); err != nil {
				return appended, err
			}
		}
		var drafts []domain.Draft
		fresh := map[uuid.UUID]bool{}
		for _, e := range entries {
			if !s.known[e.id] && !fresh[e.id] && len(drafts) < appendedAtOne {
				drafts = append(drafts, l.draft(s, e))
				fresh[e.id] = true
			}
		}
		if len(drafts) == 0 {
			return appended, nil
		}
		version, _, err := l.log.Append(ctx, stream, s.version, drafts)
		if err != nil {
			s.loaded = false
			if attempts++; domain.ErrorCode(err) == domain.CodeConflict && attempts < maxAttempts {
				continue
			}
			return appended, err
		}
		s.version, s.last = version, drafts[0].Metadata.OccurredAt
		for _, d := range drafts {
			s.note(d.ID, limit)
		}
		appended += len(drafts)
	}
}

func (l *ledgers) draft(s *ledger, e entry) domain.Draft {
	at := l.now().UTC().Truncate(time.Millisecond)
	if at.Before(s.last) {
		at = s.last
	}
	return domain.Draft{ID: e.id, Event: e.event, Metadata: domain.Metadata{OccurredAt: at, Actor: by, CorrelationID: e.id, CausationID: e.id}}
}

func (l *ledgers) load(ctx context.Context, stream string, limit int, s *ledger) error {
	s.version, s.last, s.known, s.ids = domain.Version{}, time.Time{}, map[uuid.UUID]bool{}, nil
	err := l.log.ReadStream(ctx, stream, func(r domain.Recorded) error {
		s.version = domain.Version{Exists: true, Revision: r.Revision, ChainHash: r.Metadata.ChainHash}
		if r.Metadata.OccurredAt.After(s.last) {
			s.last = r.Metadata.OccurredAt
		}
		s.note(r.ID, limit)
		return nil
	})
	if err == nil && !s.version.Exists {
		err = l.log.SetMaxCount(ctx, stream, limit)
	}
	s.loaded = err == nil
	return err
}

func (s *ledger) note(id uuid.UUID, limit int) {
	s.known[id] = true
	if s.ids = append(s.ids, id); len(s.ids) > limit {
		delete(s.known, s.ids[0])
		s.ids = s.ids[1:]
	}
}
