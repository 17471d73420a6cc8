package readapi

import (
	"context"
	"fmt"
	"iter"

	"golang.org/x/sync/errgroup"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/domain/text"
)

// texts reads what comments say while one answer is made. Nothing of it
// outlasts the answer, so that a text that is deleted is in no memory either.
// For one goroutine.
type texts struct {
	streams Streams
	known   map[string]*string // by text id; nil for one that is kept no more
	size    int                // bytes in known
}

func (s *server) newTexts() *texts {
	return &texts{streams: s.Streams, known: map[string]*string{}}
}

const (
	textsAhead = 64      // texts that are read at once
	keptTexts  = 8 << 20 // bytes
)

// of returns a text, nil for one that is kept no more.
func (t *texts) of(ctx context.Context, id string) (*string, error) {
	if body, known := t.known[id]; known {
		return body, nil
	}
	body, err := t.read(ctx, id)
	if err == nil {
		t.keep(id, body)
	}
	return body, err
}

// ahead reads the texts of the next comments at once, if that of the first
// event is not known yet.
func (t *texts) ahead(ctx context.Context, events iter.Seq[domain.Recorded]) error {
	var ids []string
	first := true
	for r := range events {
		c, ok := r.Event.(sourcerequest.Commented)
		_, known := t.known[c.TextID]
		wanted := ok && c.TextID != "" && !known
		if first && !wanted {
			return nil
		}
		first = false
		if wanted {
			ids = append(ids, c.TextID)
		}
		if len(ids) == textsAhead {
			break
		}
	}
	return t.readAll(ctx, ids)
}

// readAll reads texts at once.
func (t *texts) readAll(ctx context.Context, ids []string) error {
	bodies := make([]*string, len(ids))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(textsAhead)
	for i, id := range ids {
		g.Go(func() (err error) {
			bodies[i], err = t.read(ctx, id)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for i, id := range ids {
		t.keep(id, bodies[i])
	}
	return nil
}

func (t *texts) read(ctx context.Context, id string) (body *string, err error) {
	err = t.streams.ReadStream(ctx, text.StreamOf(id), func(r domain.Recorded) error {
		if e, ok := r.Event.(text.Kept); ok {
			body = &e.Text
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the text of a comment: %w", err)
	}
	return body, nil
}

func (t *texts) keep(id string, body *string) {
	if t.size > keptTexts {
		clear(t.known)
		t.size = 0
	}
	t.known[id] = body
	t.size += len(id)
	if body != nil {
		t.size += len(*body)
	}
}

// said returns what a comment says, with names in the place of its mentions;
// nil if it is kept no more.
func (v view) said(ctx context.Context, c sourcerequest.Comment) (*string, error) {
	written, err := v.written(ctx, c)
	if err != nil || written == nil {
		return nil, err
	}
	said := v.withNames(*written)
	return &said, nil
}

// written returns what a comment says as it was written, nil if that is kept no
// more.
func (v view) written(ctx context.Context, c sourcerequest.Comment) (*string, error) {
	if present, _ := v.state.Comment(c.ID); present.Redacted {
		return nil, nil
	}
	if c.TextID == "" {
		return &c.Text, nil
	}
	return v.texts.of(ctx, c.TextID)
}
