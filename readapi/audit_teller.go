package readapi

import (
	"cmp"
	"context"
	"slices"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// auditEntryAnswer is an entry of a request's history that can be read on its
// own: with what the request was after it.
type auditEntryAnswer struct {
	entryAnswer
	RequestID  string                   `json:"request_id"`
	Title      string                   `json:"title"`
	SourceType sourcerequest.SourceType `json:"source_type"`
	Language   string                   `json:"language"`
}

// told is an entry and its place in the log.
type told struct {
	position domain.Position
	auditEntryAnswer
}

// tell returns the entry of a step; ok is false if it is hidden from the
// viewer.
func (v view) tell(ctx context.Context, p step) (a auditEntryAnswer, ok bool, err error) {
	if v.hidesStep(p) {
		return a, false, nil
	}
	e, err := v.entry(ctx, p)
	if err != nil {
		return a, false, err
	}
	return auditEntryAnswer{entryAnswer: e, RequestID: v.id, Title: p.after.Title, SourceType: p.after.SourceType, Language: p.after.Language}, true, nil
}

// keptEntries bounds the entries that a teller remembers.
const keptEntries = 20_000

// teller tells the wanted events of the log from the newest to the oldest. What
// an event did is known only from its request's stream: each is read once, as
// long as what came of it is remembered.
type teller struct {
	*server
	query *auditQuery
	newer func(domain.Position) bool // than what the page begins with
	limit int                        // entries of a page

	texts *texts
	known map[string][]told // oldest first, the newest ones only: a page needs no more
	kept  int               // in known
}

// entry tells an event; ok is false if the viewer may not know of it.
func (t *teller) entry(ctx context.Context, id string, r domain.Recorded) (e told, ok bool, err error) {
	entries, known := t.known[id]
	if !known {
		if entries, err = t.replay(ctx, id); err != nil {
			return e, false, err
		}
		if t.kept += len(entries) + 1; t.known == nil || t.kept > keptEntries {
			t.known, t.kept = map[string][]told{}, len(entries)+1
		}
		t.known[id] = entries
	}
	i, ok := slices.BinarySearchFunc(entries, r.Position, func(e told, p domain.Position) int { return cmp.Compare(e.position, p) })
	if !ok {
		return e, false, nil
	}
	return entries[i], true, nil
}

// replay tells the wanted events of a request, oldest first: the newest ones,
// at least as many as a page holds.
func (t *teller) replay(ctx context.Context, id string) ([]told, error) {
	events, err := t.events(ctx, id)
	if err != nil {
		return nil, err
	}
	present := sourcerequest.Fold(sourcerequest.State{}, events...)
	if !present.Exists() || !sourcerequest.Visible(t.query.by, present) {
		return nil, nil
	}
	if t.texts == nil {
		t.texts = t.newTexts()
	}
	v := view{server: t.server, by: t.query.by, id: id, state: present, words: t.query.words, texts: t.texts}
	var entries []told
	var state sourcerequest.State
	for i, r := range events {
		p := step{Recorded: r, before: state}
		state = sourcerequest.Fold(state, r)
		p.after = state
		if t.newer(r.Position) || !t.query.wants(r) {
			continue
		}
		if err := v.texts.ahead(ctx, slices.Values(events[i:])); err != nil {
			return nil, err
		}
		e, ok, err := v.tell(ctx, p)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		entries = append(entries, told{r.Position, e})
		if len(entries) > 2*t.limit+100 {
			entries = append([]told(nil), entries[len(entries)-t.limit-1:]...)
		}
	}
	return entries, nil
}
