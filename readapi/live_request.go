package readapi

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"time"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/readapi/words"
)

// liveRequest is one request as somebody sees it: what is told is that
// something visible has happened to it, and its numbers.
type liveRequest struct {
	server *server
	by     domain.Principal
	id     string

	seen     requestSeen
	revision uint64 // of the stream, when it was looked at
	again    bool   // looking at it failed
	seq      uint64 // the tick at which it became what it is
}

// requestSeen is what a principal sees of a request.
type requestSeen struct {
	answer liveRequestAnswer
	digest [sha256.Size]byte // of all that could have been told
}

type liveRequestAnswer struct {
	RequestID string                `json:"request_id"`
	Now       time.Time             `json:"now"`
	Gone      bool                  `json:"gone"`
	Position  *string               `json:"position,omitempty"`
	Revision  *uint64               `json:"revision,omitempty"`
	ETag      *string               `json:"etag,omitempty"`
	Status    *sourcerequest.Status `json:"status,omitempty"`
	Buckets   []string              `json:"buckets"`
	Counts    *countsAnswer         `json:"counts,omitempty"`
}

// requestTimeout bounds how long a tick waits for the event store.
const requestTimeout = 2 * time.Second

func (r *liveRequest) concerned(t *tick) bool {
	revision, _ := t.snapshot.Revision(r.id)
	return t.everything || r.again || t.changes.Has(r.id) || revision > r.revision
}

func (r *liveRequest) evaluate(t *tick) (changed bool, err error) {
	if t.changes == nil { // it was looked at just before
		r.seq = t.seq
		return true, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), requestTimeout)
	defer cancel()
	before := r.seen
	if err := r.look(ctx, t.now); err != nil {
		// The event store does not answer: the next tick asks again.
		r.again = true
		return false, nil
	}
	r.again = false
	if before.digest == r.seen.digest {
		return false, nil
	}
	r.seq = t.seq
	return true, nil
}

// look reads the request from its stream. What is not the principal's to see is
// gone, and nothing that happens to it shows.
func (r *liveRequest) look(ctx context.Context, now time.Time) error {
	steps, err := r.server.steps(ctx, r.id)
	if err != nil {
		return err
	}
	gone := requestSeen{answer: liveRequestAnswer{RequestID: r.id, Now: now, Gone: true, Buckets: []string{}}}
	if len(steps) == 0 {
		r.seen = gone
		return nil
	}
	last := steps[len(steps)-1]
	r.revision = last.Revision
	state := last.after
	if !state.Exists() || !sourcerequest.Visible(r.by, state) {
		r.seen = gone
		return nil
	}
	v := view{server: r.server, by: r.by, id: r.id, state: state, words: words.English, texts: r.server.newTexts()}
	request, err := v.request(ctx, state)
	if err != nil {
		return err
	}
	counts, etag := v.counts(state), request.ETag
	a := liveRequestAnswer{RequestID: r.id, Now: now, ETag: &etag, Status: &request.Status, Counts: &counts}
	var visible []string
	for _, p := range steps {
		if v.hidesStep(p) {
			continue
		}
		position, revision := p.Position.String(), p.Revision
		a.Position, a.Revision = &position, &revision
		visible = append(visible, p.ID.String())
	}
	var why []ruleAnswer
	a.Buckets, why = v.judged(state, now)
	request.UpdatedAt = time.Time{} // of any event, a hidden one too
	said, err := json.Marshal([]any{request, a.Buckets, why, counts, visible, acceptedActions(r.by, state)})
	if err != nil {
		return err
	}
	r.seen = requestSeen{answer: a, digest: sha256.Sum256(said)}
	return nil
}

func (r *liveRequest) events(_ *tick, since uint64, whole, _ bool) ([]liveEvent, error) {
	if !whole && r.seq <= since {
		return nil, nil
	}
	e, err := newLiveEvent("request", r.seen.answer)
	return []liveEvent{e}, err
}
