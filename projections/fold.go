package projections

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"

	"github.com/redis/go-redis/v9"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/readmodel"
)

// folder folds pages into a build.
type folder struct {
	projection *projection
	redis      redis.UniversalClient
	readStream func(ctx context.Context, stream string, each func(domain.Recorded) error) error
	logger     *slog.Logger
	settle     func() error // until the page before has come to Redis
	horizon    func() int64 // Unix ms: what ended until then is not kept
}

// fold applies a page to the build in memory and returns what has to be
// written. Events at or before the build's position are ignored.
func (f *folder) fold(ctx context.Context, b *build, page domain.Page) (*changes, error) {
	events := page.Events
	for len(events) > 0 && events[0].Position <= b.position {
		events = events[1:]
	}
	requests, err := f.recall(ctx, b, events)
	if err != nil {
		return nil, err
	}
	c := &changes{to: page.To, added: map[readmodel.Dictionary]readmodel.Added{}}
	v := versions{horizon: f.horizon(), code: c.code(b), policy: b.policy}
	var changed []string
	isChanged := make(map[string]bool, len(requests))
	for i := range events {
		e := &events[i]
		id, ok := sourcerequest.IDOf(e.Stream)
		if !ok {
			continue
		}
		r, ok := requests[id]
		if !ok {
			continue
		}
		if r != nil && e.Revision <= r.revision {
			continue
		}
		event, known := e.Event.(sourcerequest.Event)
		if !known {
			c.unknown++
			f.logger.Warn("an event of a type that the catalog does not know", "type", e.Type, "stream", e.Stream, "revision", e.Revision)
		}
		c.events++
		if r == nil && e.Revision > 0 && !f.keeps(b, id) && !f.projection.begins(event) {
			continue
		}
		if !follows(r, e.Revision) {
			if r, err = f.refold(ctx, id, e.Revision, v); err != nil {
				return nil, err
			}
		}
		if r == nil {
			r = &request{state: f.projection.empty()}
		}
		if ended := r.state.evolve(id, event, e.Occurrence(), v); ended != nil {
			c.ended = append(c.ended, endedRow{id, *ended})
		}
		r.revision, r.position = e.Revision, e.Position
		requests[id] = r
		if !isChanged[id] {
			isChanged[id] = true
			changed = append(changed, id)
		}
	}
	return c, b.describe(c, changed, requests, v)
}

// describe adds the documents and rows of the changed requests.
func (b *build) describe(c *changes, changed []string, requests map[string]*request, v versions) error {
	c.documents = make([]any, 0, 2*len(changed))
	c.rows = make([]readmodel.EncodedRow, 0, len(changed))
	for _, id := range changed {
		r := requests[id]
		b.states.put(id, r)
		document, err := r.state.marshal(id, r)
		if err != nil {
			return err
		}
		if document != nil {
			c.documents = append(c.documents, b.generation.Document(id), document)
		}
		for _, row := range r.state.rows(id, r, v.code, v.policy) {
			number, ok := b.numbers[row.key]
			if !ok {
				number = uint32(len(b.numbers))
				b.numbers[row.key] = number
			}
			c.rows = append(c.rows, readmodel.EncodedRow{Number: number, Bytes: row.bytes})
		}
	}
	slices.SortFunc(c.rows, func(a, b readmodel.EncodedRow) int { return cmp.Compare(a.Number, b.Number) })
	c.past = b.past.add(c.ended, b.numbers, v.horizon)
	return nil
}

// recall returns the requests that the events are about, nil for those that
// are new. Documents of those that are not in memory are read in one round trip.
func (f *folder) recall(ctx context.Context, b *build, events []domain.Recorded) (map[string]*request, error) {
	requests := make(map[string]*request, len(events))
	var ids, keys []string
	for i := range events {
		id, ok := sourcerequest.IDOf(events[i].Stream)
		if !ok {
			continue
		}
		if _, done := requests[id]; done {
			continue
		}
		_, exists := b.numbers[id]
		if !exists && sourcerequest.ValidateID(id) != nil {
			f.logger.Warn("a stream whose name no source request can have is left out", "stream", events[i].Stream)
			continue
		}
		requests[id] = b.states.get(id)
		if requests[id] == nil && events[i].Revision > 0 && f.keeps(b, id) {
			ids, keys = append(ids, id), append(keys, b.generation.Document(id))
		}
	}
	if len(keys) == 0 {
		return requests, nil
	}
	if err := f.settle(); err != nil {
		return nil, err
	}
	values, err := f.redis.MGet(ctx, keys...).Result()
	if err != nil {
		return nil, err
	}
	for i, v := range values {
		s, ok := v.(string)
		if !ok {
			continue
		}
		r, err := f.projection.parse([]byte(s))
		if err != nil {
			f.logger.Warn("a document cannot be read; it is folded from its stream", "request", ids[i], "error", err)
			continue
		}
		if r.position > b.position {
			return nil, errLost
		}
		requests[ids[i]] = r
	}
	return requests, nil
}

// keeps reports whether the build has a document of a request with events: if
// every request has one, or if it has a row.
func (f *folder) keeps(b *build, id string) bool {
	_, hasRow := b.numbers[id]
	return hasRow || f.projection.begins == nil
}

// follows reports whether an event is the next one of a request.
func follows(r *request, revision uint64) bool {
	if r == nil {
		return revision == 0
	}
	return revision == r.revision+1
}

// errEnough ends the reading of a stream.
var errEnough = errors.New("enough")

// refold folds a request's stream up to, without, a revision. It returns nil
// if the stream has no such event.
func (f *folder) refold(ctx context.Context, id string, before uint64, v versions) (*request, error) {
	var r *request
	err := f.readStream(ctx, sourcerequest.StreamOf(id), func(e domain.Recorded) error {
		if e.Revision >= before {
			return errEnough
		}
		if r == nil {
			r = &request{state: f.projection.empty()}
		}
		event, _ := e.Event.(sourcerequest.Event)
		r.state.evolve(id, event, e.Occurrence(), v) // what that ended is kept already
		r.revision, r.position = e.Revision, e.Position
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, err
	}
	if !follows(r, before) {
		// Nothing can bring back what the stream has lost; stopping would not either.
		f.logger.Warn("a stream lacks events before this one", "request", id, "revision", before)
	}
	return r, nil
}
