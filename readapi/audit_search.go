package readapi

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// Entries of one answer.
const defaultEntries, maxEntries = 100, 1_000

// clockTolerance is how far apart the clocks of the portal's processes and of
// the event store's nodes may be: a search back to an instant ends when the
// store says that it is that much older.
const clockTolerance = time.Hour

// errEnough ends a reading of the log early.
var errEnough = errors.New("enough")

type auditAnswer struct {
	standing
	Now       time.Time          `json:"now"`
	Entries   []auditEntryAnswer `json:"entries"`
	Next      *string            `json:"next"`
	ScannedTo scannedAnswer      `json:"scanned_to"`
	NearMiss  bool               `json:"near_miss"`
	Warnings  []warningAnswer    `json:"warnings"`
}

type scannedAnswer struct {
	Position string     `json:"position"`
	At       *time.Time `json:"at"`
}

// auditSearch is one page of a search under way.
type auditSearch struct {
	*server
	query  *auditQuery
	end    domain.Position // of the log when the first page was answered
	before domain.Position // what the page is about came before it; 0 for the first page
	limit  int

	found []told
	to    domain.Position // the search has come back to it
	at    time.Time       // of the last event of one of the requests that was looked at
	done  bool            // nothing older can be found
}

func (s *server) searchAudit(x *exchange) error {
	cursor, err := x.auditCursor()
	if err != nil {
		return err
	}
	var now time.Time
	if cursor != nil {
		now = time.UnixMilli(cursor.Now).UTC()
	}
	q, err := s.auditQuery(x, now)
	if err != nil {
		return err
	}
	a := &auditSearch{server: s, query: q}
	if a.limit, err = x.number("limit", 1, maxEntries, defaultEntries); err != nil {
		return err
	}
	ctx := x.r.Context()
	if cursor == nil {
		if a.end, err = s.Log.End(ctx); err != nil {
			return err
		}
	} else {
		if cursor.Query != q.hash() {
			return domain.Invalid("cursor", "the cursor belongs to another search; leave it out to begin anew")
		}
		a.end, a.before = cursor.End, cursor.Before
	}
	if ids, few := q.few(); few {
		err = a.searchStreams(ctx, ids)
	} else {
		err = a.searchLog(ctx)
	}
	if err != nil {
		return err
	}
	return x.answer(http.StatusOK, a.answer())
}

func (a *auditSearch) answer() auditAnswer {
	answer := auditAnswer{
		standing: standing{Position: a.end.String(), Stale: a.query.stale}, Now: a.query.now,
		Entries: make([]auditEntryAnswer, len(a.found)), ScannedTo: scannedAnswer{Position: a.to.String(), At: timeOrNull(a.at)},
		Warnings: []warningAnswer{},
	}
	for i, e := range a.found {
		answer.Entries[i] = e.auditEntryAnswer
	}
	if set := a.query.selected; set != nil {
		answer.NearMiss, answer.Warnings = set.NearMiss, warningAnswers(set.Warnings)
	}
	if !a.done {
		next := auditCursor{Query: a.query.hash(), Now: a.query.now.UnixMilli(), End: a.end, Before: a.to}.String()
		answer.Next = &next
	}
	return answer
}

// newer reports whether an event is of an earlier page, or came since the
// first one.
func (a *auditSearch) newer(p domain.Position) bool {
	return p > a.end || a.before > 0 && p >= a.before
}

// searchLog looks through the log until the page is full, or has cost enough.
func (a *auditSearch) searchLog(ctx context.Context) error {
	t := &teller{server: a.server, query: a.query, newer: a.newer, limit: a.limit}
	deadline, scanned := time.Now().Add(a.AuditTime), 0
	a.to = a.before
	err := a.Log.ReadBackwards(ctx, a.before, func(r domain.Recorded, recorded time.Time) error {
		if a.newer(r.Position) {
			return nil
		}
		a.to = r.Position
		if !a.query.from.IsZero() && recorded.Before(a.query.from.Add(-clockTolerance)) {
			a.done = true
			return errEnough
		}
		if err := a.look(ctx, t, r); err != nil {
			return err
		}
		if scanned++; len(a.found) == a.limit || scanned >= a.AuditScan || time.Now().After(deadline) {
			return errEnough
		}
		return nil
	})
	switch {
	case err == nil:
		a.done, a.to = true, 0
	case !errors.Is(err, errEnough):
		return err
	}
	return nil
}

func (a *auditSearch) look(ctx context.Context, t *teller, r domain.Recorded) error {
	id, ok := sourcerequest.IDOf(r.Stream)
	if !ok || !a.query.selects(id) {
		return nil
	}
	a.at = r.Metadata.OccurredAt
	if !a.query.wants(r) {
		return nil
	}
	e, ok, err := t.entry(ctx, id, r)
	if err != nil {
		return err
	}
	if ok {
		a.found = append(a.found, e)
	}
	return nil
}

// searchStreams reads the streams of a few requests to their beginnings.
func (a *auditSearch) searchStreams(ctx context.Context, ids []string) error {
	t := &teller{server: a.server, query: a.query, newer: a.newer, limit: a.limit}
	for _, id := range ids {
		entries, err := t.replay(ctx, id)
		if err != nil {
			return err
		}
		if a.found = append(a.found, entries...); len(a.found) > 4*a.limit+1000 {
			slices.SortFunc(a.found, newestFirst)
			a.found = append([]told(nil), a.found[:a.limit+1]...)
		}
	}
	slices.SortFunc(a.found, newestFirst)
	if a.done = len(a.found) <= a.limit; !a.done {
		a.found = a.found[:a.limit]
		a.to = a.found[a.limit-1].position
	}
	if len(a.found) > 0 {
		a.at = a.found[len(a.found)-1].At
	}
	return nil
}
