package bench

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"backlot/domain"
	"backlot/domain/organisation"
	"backlot/domain/sourcerequest"
	"backlot/eventstore"
	"backlot/eventstore/embedded"
)

// bundle is how many requests are encoded at a time.
const bundle = 2048

// record fills a new embedded event store, which nobody serves, with the
// partners and the first n requests. It returns how many events there are.
func record(ctx context.Context, dir string, n int) (events int, err error) {
	store, err := embedded.OpenImporter(embedded.Options{Dir: dir})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	write := func(batch []embedded.ImportedEvent) error {
		for len(batch) > 0 {
			part := batch[:min(len(batch), embedded.MaxImport)]
			if _, err := store.Import(ctx, part); err != nil {
				return err
			}
			events += len(part)
			batch = batch[len(part):]
		}
		return nil
	}
	var first []embedded.ImportedEvent
	for _, p := range partners() {
		e := organisation.Registered{Name: p.name, Kinds: []organisation.Kind{p.kind}}
		one, err := imported(organisation.StreamPrefix+p.id, domain.Version{}, []domain.Draft{draftOf(e, p.id, 0, Now.AddDate(-1, 0, 0))})
		if err != nil {
			return events, err
		}
		first = append(first, one...)
	}
	if err := write(first); err != nil {
		return events, err
	}
	for batch, err := range encoded(ctx, n) {
		if err == nil {
			err = write(batch)
		}
		if err != nil {
			return events, err
		}
	}
	return events, nil
}

// encoded yields the events of the requests in order, a bundle of requests at a
// time; the next bundles are encoded meanwhile.
func encoded(ctx context.Context, n int) iter.Seq2[[]embedded.ImportedEvent, error] {
	return func(yield func([]embedded.ImportedEvent, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		workers := errgroup.Group{}
		defer func() { cancel(); _ = workers.Wait() }()
		type made struct {
			events []embedded.ImportedEvent
			err    error
		}
		queue := make(chan chan made, runtime.GOMAXPROCS(0))
		workers.Go(func() error {
			defer close(queue)
			var batch []*request
			submit := func() bool {
				requests, out := batch, make(chan made, 1)
				batch = nil
				select {
				case queue <- out:
				case <-ctx.Done():
					return false
				}
				workers.Go(func() error {
					events, err := eventsOf(requests)
					out <- made{events, err}
					return nil
				})
				return true
			}
			for q := range catalogue(n) {
				if batch = append(batch, q); len(batch) == bundle && !submit() {
					return nil
				}
			}
			if len(batch) > 0 {
				submit()
			}
			return nil
		})
		for out := range queue {
			m := <-out
			if !yield(m.events, m.err) || m.err != nil {
				return
			}
		}
	}
}

func eventsOf(requests []*request) ([]embedded.ImportedEvent, error) {
	var out []embedded.ImportedEvent
	for _, q := range requests {
		events, err := imported(sourcerequest.StreamOf(q.id), domain.Version{}, q.drafts())
		if err != nil {
			return nil, err
		}
		out = append(out, events...)
	}
	return out, nil
}

func imported(stream string, after domain.Version, drafts []domain.Draft) ([]embedded.ImportedEvent, error) {
	proposed, _, err := eventstore.Propose(stream, after, drafts)
	if err != nil {
		return nil, err
	}
	out := make([]embedded.ImportedEvent, len(proposed))
	for i, e := range proposed {
		out[i] = embedded.ImportedEvent{
			Stream: stream, Revision: uint64(i), ID: e.EventID, Type: e.EventType, JSON: true, Created: drafts[i].Metadata.OccurredAt, Data: e.Data, Metadata: e.Metadata,
		}
	}
	return out, nil
}

// drafts are the request's events as they are appended.
func (q *request) drafts() []domain.Draft {
	out := make([]domain.Draft, len(q.history))
	for i, h := range q.history {
		out[i] = draftOf(h.event, q.id, i, h.at)
	}
	return out
}

var ids = uuid.MustParse("5f6f6a0e-7a51-5c2f-9a4b-0b1d5f2f7c11")

// draftOf makes an event as a command would have: with a key, a hash and ids.
func draftOf(event any, key string, n int, at time.Time) domain.Draft {
	key = fmt.Sprintf("bench/%s/%d", key, n)
	hash := sha256.Sum256([]byte(key))
	id := uuid.NewSHA1(ids, []byte(key))
	return domain.Draft{ID: id, Event: event, Metadata: domain.Metadata{
		OccurredAt: at, Actor: importer, CorrelationID: uuid.NewSHA1(ids, hash[:8]), CausationID: uuid.NewSHA1(ids, hash[8:]),
		CommandKey: importer.Account + "/" + key, CommandHash: hex.EncodeToString(hash[:]),
	}}
}
