package readapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/readmodel"
)

// documentTimeout bounds how long Redis may take before the stream is read.
const documentTimeout = 500 * time.Millisecond

// document returns a request that the principal may see, CodeNotFound
// otherwise. What Redis lacks, or holds in an older state than the index, is
// folded from the request's stream, and everything is while the index is
// stale: a single request is never stale. So is what Redis says the principal
// may not see: after an assignment the log is ahead, and a request that does
// not exist takes as long as one that is hidden.
func (s *server) document(ctx context.Context, by domain.Principal, id string) (readmodel.Document, error) {
	if sourcerequest.ValidateID(id) != nil {
		return readmodel.Document{}, sourcerequest.ErrNotFound
	}
	if d, ok := s.stored(ctx, id); ok && sourcerequest.Visible(by, d.State) {
		return d, nil
	}
	d, err := s.folded(ctx, id)
	if err != nil {
		return readmodel.Document{}, err
	}
	if !d.State.Exists() || !sourcerequest.Visible(by, d.State) {
		return readmodel.Document{}, sourcerequest.ErrNotFound
	}
	return d, nil
}

// stored returns the document that Redis holds, if it is as new as the index.
func (s *server) stored(ctx context.Context, id string) (readmodel.Document, bool) {
	snapshot, err := s.Index.Snapshot()
	if err != nil || snapshot.Stale() {
		return readmodel.Document{}, false
	}
	revision, known := snapshot.Revision(id)
	if !known {
		return readmodel.Document{}, false
	}
	ctx, cancel := context.WithTimeout(ctx, documentTimeout)
	defer cancel()
	generation, err := s.Redis.Get(ctx, readmodel.LiveKey).Result()
	if err != nil {
		s.redisFailed(ctx, err)
		return readmodel.Document{}, false
	}
	raw, err := s.Redis.Get(ctx, readmodel.Generation(generation).Document(id)).Bytes()
	if err != nil {
		s.redisFailed(ctx, err)
		return readmodel.Document{}, false
	}
	d, err := readmodel.UnmarshalDocument(raw)
	if err != nil {
		s.Logger.Error("a document cannot be read", slog.String("request_id", id), slog.Any("error", err))
		return readmodel.Document{}, false
	}
	if d.Revision < revision {
		return readmodel.Document{}, false
	}
	d.Position = max(d.Position, snapshot.Position())
	return d, true
}

func (s *server) redisFailed(ctx context.Context, err error) {
	if !errors.Is(err, redis.Nil) {
		s.Logger.LogAttrs(ctx, slog.LevelWarn, "Redis does not answer; requests are folded from their streams", slog.Any("error", err))
	}
}

// folded returns the request as its stream has it; it may not exist.
func (s *server) folded(ctx context.Context, id string) (readmodel.Document, error) {
	d := readmodel.Document{ID: id}
	err := s.Streams.ReadStream(ctx, sourcerequest.StreamOf(id), func(r domain.Recorded) error {
		d.State = sourcerequest.Fold(d.State, r)
		d.Revision, d.Position = r.Revision, r.Position
		return nil
	})
	if err != nil {
		return readmodel.Document{}, fmt.Errorf("folding request %s: %w", id, err)
	}
	return d, nil
}

// requested returns the document of the request that the path names, and the
// view of the one who asks.
func (s *server) requested(x *exchange) (readmodel.Document, view, error) {
	if err := s.awaitOrganisations(x); err != nil {
		return readmodel.Document{}, view{}, err
	}
	id := x.variable("id")
	d, err := s.document(x.r.Context(), x.by, id)
	if err != nil {
		return readmodel.Document{}, view{}, err
	}
	if p, ok, _ := x.after(); ok && d.Position < p {
		// The log has reached the position; the read model has not.
		if d, err = s.folded(x.r.Context(), id); err != nil {
			return readmodel.Document{}, view{}, err
		}
		if !sourcerequest.Visible(x.by, d.State) {
			return readmodel.Document{}, view{}, sourcerequest.ErrNotFound
		}
		d.Position = max(d.Position, p)
	}
	return d, view{server: s, by: x.by, id: id, state: d.State, words: x.words(), texts: s.newTexts()}, nil
}
