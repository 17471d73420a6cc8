package commands

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/domain/text"
)

// said returns the texts of a request's comments as they are kept.
func (b *bench) said(id string) []string {
	b.t.Helper()
	var said []string
	for _, c := range sourcerequest.Fold(sourcerequest.State{}, b.requestEvents(id)...).Comments {
		said = append(said, b.kept(c.TextID)...)
	}
	return said
}

func (b *bench) kept(textID string) []string {
	b.t.Helper()
	var kept []string
	for _, r := range b.events(text.StreamOf(textID)) {
		kept = append(kept, r.Event.(text.Kept).Text)
	}
	return kept
}

func TestWhatACommentSaysIsInItsTextsStreamOnly(t *testing.T) {
	b := newBench(t)
	b.open("R1")
	c := sourcerequest.AddComment{CommentID: "c1", Text: " Kim is ill "}
	for range 2 {
		_, err := b.requests.Change(t.Context(), "R1", c, by(juniper, "k", ""))
		require.NoError(t, err)
	}
	require.Equal(t, []string{"Kim is ill"}, b.said("R1"), "trimmed, and once")
	require.NotContains(t, string(mustJSON(t, b.requestEvents("R1"))), "Kim")

	c.Text = "Kim is well"
	_, err := b.requests.Change(t.Context(), "R1", c, by(juniper, "k", ""))
	require.Equal(t, domain.CodeKeyReused, domain.ErrorCode(err), "the key came with another text before")
	require.Equal(t, []string{"Kim is ill"}, b.said("R1"))
}

func TestOfARefusedCommentNothingIsKept(t *testing.T) {
	b := newBench(t)
	b.open("R1")
	b.log.beforeAppend = func(stream string) error { return errors.New("nothing is to be appended, yet " + stream + " is") }
	for what, c := range map[string]struct {
		by   domain.Principal
		id   string
		text string
		code domain.Code
	}{
		"foreign":   {lantern, "R1", "hello", domain.CodeNotFound},
		"forbidden": {domain.Principal{Account: "aud", Role: domain.RoleAuditor}, "R1", "hello", domain.CodeForbidden},
		"blank":     {juniper, "R1", " ", domain.CodeInvalid},
		"empty":     {juniper, "R1", "", domain.CodeInvalid},
		"missing":   {juniper, "R2", "hello", domain.CodeNotFound},
	} {
		_, err := b.requests.Change(t.Context(), c.id, sourcerequest.AddComment{CommentID: "c1", Text: c.text}, by(c.by, "k", "x"))
		require.Equal(t, c.code, domain.ErrorCode(err), what)
	}
}

func TestATextThatCameToNothingIsDeleted(t *testing.T) {
	b := newBench(t)
	b.open("R1")
	// Between the text and the comment, the request goes to another partner.
	to, i := lantern.Organisation, by(juniper, "k", "x")
	kept := ""
	b.log.afterAppend = func(stream string) error {
		b.log.afterAppend, kept = nil, stream
		_, err := b.requests.Change(t.Context(), "R1", sourcerequest.Edit{FulfillmentPartner: &to}, by(operator, "assign", "x"))
		return err
	}
	_, err := b.requests.Change(t.Context(), "R1", comment(1), i)
	require.Equal(t, domain.CodeNotFound, domain.ErrorCode(err))
	require.Equal(t, text.StreamOf(i.NewID("text")), kept)
	require.Empty(t, b.events(kept))
}

func TestACommentGoesOnWhereACrashLeftIt(t *testing.T) {
	b := newBench(t)
	b.open("R1")
	crash := errors.New("crash")
	b.log.afterAppend = func(string) error { return crash }
	_, err := b.requests.Change(t.Context(), "R1", comment(1), by(juniper, "k", "x"))
	require.ErrorIs(t, err, crash)
	require.Len(t, b.requestEvents("R1"), 1, "it crashed after the text")
	b.log.afterAppend = nil
	b.restart()
	_, err = b.requests.Change(t.Context(), "R1", comment(1), by(juniper, "k", "x"))
	require.NoError(t, err)
	require.Equal(t, []string{"comment 1"}, b.said("R1"))
}

func TestARedactedCommentHasNoText(t *testing.T) {
	b := newBench(t)
	scavenged := 0
	b.requests.texts.scavenge = func(context.Context) error { scavenged++; return nil }
	b.open("R1")
	say, redact := by(juniper, "say", "x"), by(operator, "redact", "x")
	_, err := b.requests.Change(t.Context(), "R1", comment(1), say)
	require.NoError(t, err)
	_, err = b.requests.Change(t.Context(), "R1", sourcerequest.Redact{CommentID: "c1"}, by(lantern, "k", "x"))
	require.Equal(t, domain.CodeNotFound, domain.ErrorCode(err))
	require.Equal(t, []string{"comment 1"}, b.said("R1"))

	// The text cannot be deleted at first; sent again, the command goes on.
	down := &domain.Error{Code: domain.CodeUnavailable, Message: "away"}
	b.log.beforeDelete = func(string) error { return down }
	_, err = b.requests.Change(t.Context(), "R1", sourcerequest.Redact{CommentID: "c1"}, redact)
	require.ErrorIs(t, err, error(down))
	require.Zero(t, scavenged)
	b.log.beforeDelete = nil
	for _, i := range []domain.Instruction{redact, redact, by(juniper, "another", "x")} {
		out, err := b.requests.Change(t.Context(), "R1", sourcerequest.Redact{CommentID: "c1"}, i)
		require.NoError(t, err)
		require.True(t, out.State.Comments[0].Redacted)
		require.Empty(t, b.said("R1"))
	}
	require.Equal(t, 1, scavenged, "only when there is something to remove")
	require.Len(t, b.requestEvents("R1"), 3)

	out, err := b.requests.Change(t.Context(), "R1", comment(1), say)
	require.NoError(t, err)
	require.True(t, out.Replayed)
	require.Empty(t, b.said("R1"), "a comment that is sent again does not bring its text back")
}

func TestManyCommentsShareOneText(t *testing.T) {
	b := newBench(t)
	i := by(juniper, "job", "x")
	id := i.NewID("text")
	require.NoError(t, b.requests.texts.Keep(t.Context(), id, "hello", i))
	require.NoError(t, b.requests.texts.Keep(t.Context(), id, "hello", i))
	require.Equal(t, domain.CodeKeyReused, domain.ErrorCode(b.requests.texts.Keep(t.Context(), id, "bye", i)))
	for _, request := range []string{"R1", "R2"} {
		b.open(request)
		_, err := b.requests.Change(t.Context(), request, sourcerequest.AddComment{CommentID: "c", TextID: id}, by(juniper, "job/"+request, "x"))
		require.NoError(t, err)
		require.Equal(t, []string{"hello"}, b.said(request))
	}
}
