package commands

import (
	"context"
	"log/slog"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/domain/text"
)

// comment keeps the text first and then says on the request which it is, so
// that no comment is without its text. Of what is refused, nothing is kept; a
// crash in between leaves a text that nothing leads to.
func (s *SourceRequests) comment(ctx context.Context, id string, c sourcerequest.AddComment, i domain.Instruction) (sourcerequest.Outcome, error) {
	if c.Text == "" {
		return s.handle(ctx, id, c, i) // kept before, or refused
	}
	if c.TextID == "" {
		c.TextID = i.NewID("text")
	}
	r, err := s.load(ctx, id, i.CommandKey())
	if err != nil {
		return sourcerequest.Outcome{}, err
	}
	events, out, err := r.consider(c, i)
	if out.Replayed {
		return out, s.texts.sameAgain(ctx, c.TextID, c.Text)
	}
	if err != nil || len(events) == 0 {
		return out, err
	}
	if err := s.checkMentions(r.state, c.Mentions, i.By); err != nil {
		return out, err
	}
	body, err := sourcerequest.CommentText(c.Text)
	if err != nil {
		return out, err
	}
	if err := s.texts.Keep(ctx, c.TextID, body, i); err != nil {
		return sourcerequest.Outcome{}, err
	}
	out, err = s.handle(ctx, id, c, i)
	if isRefusal(err) {
		s.letGo(ctx, c.TextID)
	}
	return out, err
}

// letGo deletes a text that no comment came of.
func (s *SourceRequests) letGo(ctx context.Context, textID string) {
	if err := s.log.DeleteStream(context.WithoutCancel(ctx), text.StreamOf(textID)); err != nil {
		s.logger.Warn("the text of a refused comment could not be deleted; nothing leads to it", slog.String("text", textID), slog.Any("error", err))
	}
}

// isRefusal reports whether an error says for sure that nothing was appended.
func isRefusal(err error) bool {
	switch domain.ErrorCode(err) {
	case domain.CodeInvalid, domain.CodeForbidden, domain.CodeNotFound, domain.CodeRefused, domain.CodeConflict, domain.CodePreconditionFailed:
		return true
	}
	return false
}

// redact says on the request that a comment's text is gone, and deletes it.
// Sent again after a crash in between, it goes on where it was.
func (s *SourceRequests) redact(ctx context.Context, id string, c sourcerequest.Redact, i domain.Instruction) (sourcerequest.Outcome, error) {
	out, err := s.handle(ctx, id, c, i)
	if err != nil {
		return out, err
	}
	if comment, ok := out.State.Comment(c.CommentID); ok && comment.Redacted {
		err = s.texts.Delete(ctx, comment.TextID)
	}
	return out, err
}
