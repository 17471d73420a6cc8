package commands

import (
	"context"
	"time"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/domain/text"
)

// Texts keeps what people write where it can be deleted: nothing else in the
// log holds it, not even a hash of it. Safe for concurrent use.
type Texts struct {
	log      Log
	now      func() time.Time
	scavenge func(context.Context) error // nil where the store does that by itself
}

// Keep writes a text down under an id that the instruction's key gave it. What
// is kept already stays as it is; CodeKeyReused if that is another text.
func (t *Texts) Keep(ctx context.Context, id, body string, i domain.Instruction) error {
	var err error
	for range maxAttempts {
		var kept string
		var exists bool
		if kept, exists, err = t.kept(ctx, id); err != nil {
			return err
		}
		if exists && kept != body {
			return errKeyReused
		}
		if exists {
			return nil
		}
		stream := text.StreamOf(id)
		if _, _, err = t.log.Append(ctx, stream, domain.Version{}, draft(&tail{}, stream, i, t.now(), text.Kept{Text: body})); domain.ErrorCode(err) != domain.CodeConflict {
			return err
		}
	}
	return err
}

// sameAgain makes sure that a command with a known key says the same again: the
// hash of its body knows nothing of the text. CodeKeyReused otherwise; what was
// deleted is not compared any more.
func (t *Texts) sameAgain(ctx context.Context, id, again string) error {
	kept, exists, err := t.kept(ctx, id)
	if err != nil || !exists {
		return err
	}
	if body, err := sourcerequest.CommentText(again); err != nil || body != kept {
		return errKeyReused
	}
	return nil
}

// kept returns a text; ok is false for one that was deleted or never kept.
func (t *Texts) kept(ctx context.Context, id string) (body string, ok bool, err error) {
	last, ok, err := t.log.LastEvent(ctx, text.StreamOf(id))
	if err != nil || !ok {
		return "", false, err
	}
	e, ok := last.Event.(text.Kept)
	return e.Text, ok, nil
}

// Delete forgets a text: when it returns, the store's files have it no more.
func (t *Texts) Delete(ctx context.Context, id string) error {
	_, exists, err := t.log.LastEvent(ctx, text.StreamOf(id))
	if err != nil || !exists {
		return err
	}
	if err := t.log.DeleteStream(ctx, text.StreamOf(id)); err != nil || t.scavenge == nil {
		return err
	}
	return t.scavenge(ctx)
}
