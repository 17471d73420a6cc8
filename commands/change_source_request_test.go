package commands

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

func TestAKnownKeyGetsItsFirstAnswerAgainAlsoAfterARestart(t *testing.T) {
	b := newBench(t)
	b.open("R1")
	first, err := b.requests.Change(t.Context(), "R1", comment(1), by(juniper, "k", "one"))
	require.NoError(t, err)
	_, err = b.requests.Change(t.Context(), "R1", comment(2), by(juniper, "another", "two"))
	require.NoError(t, err)
	b.restart()
	again, err := b.requests.Change(t.Context(), "R1", comment(1), by(juniper, "k", "one"))
	require.NoError(t, err)
	require.True(t, again.Replayed)
	require.Equal(t, first.Position, again.Position)
	require.Equal(t, first.Revision, again.Revision)
	require.Equal(t, first.State, again.State, "the first answer, not the present state")
	require.Len(t, b.requestEvents("R1"), 3)
}

func TestAKnownKeyWithAnotherBodyIsRefused(t *testing.T) {
	b := newBench(t)
	b.open("R1")
	_, err := b.requests.Change(t.Context(), "R1", comment(1), by(juniper, "k", "one"))
	require.NoError(t, err)
	_, err = b.requests.Change(t.Context(), "R1", comment(2), by(juniper, "k", "two"))
	require.Equal(t, domain.CodeKeyReused, domain.ErrorCode(err))
	_, err = b.requests.Change(t.Context(), "R1", comment(2), by(operator, "k", "two"))
	require.NoError(t, err, "keys belong to accounts")
}

func TestTheSameCommandFromManySidesAtOnceLeavesOneEvent(t *testing.T) {
	b := newBench(t)
	b.open("R1")
	// Two processes: what one of them does, the other learns by a conflict.
	other := NewSourceRequests(Config{Log: b.log, Organisations: b.directory})
	var all sync.WaitGroup
	positions := make([]domain.Position, 20)
	for n := range positions {
		all.Go(func() {
			requests := b.requests
			if n%2 == 0 {
				requests = other
			}
			out, err := requests.Change(t.Context(), "R1", comment(1), by(juniper, "k", "one"))
			require.NoError(t, err)
			positions[n] = out.Position
		})
	}
	all.Wait()
	for _, p := range positions {
		require.Equal(t, positions[0], p)
	}
	require.Len(t, b.requestEvents("R1"), 2)
}

func TestTwoBodiesUnderOneKeyAtOnceLeaveOneEventAndOneRefusal(t *testing.T) {
	b := newBench(t)
	b.open("R1")
	// Another process appends between this one's load and its append.
	other := NewSourceRequests(Config{Log: b.log.Log, Organisations: b.directory})
	b.log.beforeAppend = func(string) error {
		b.log.beforeAppend = nil
		_, err := other.Change(t.Context(), "R1", comment(2), by(juniper, "k", "two"))
		return err
	}
	_, err := b.requests.Change(t.Context(), "R1", comment(1), by(juniper, "k", "one"))
	require.Equal(t, domain.CodeKeyReused, domain.ErrorCode(err))
	require.Equal(t, []string{"comment 2"}, b.said("R1"))
}

func TestConcurrentCommandsAllComeIn(t *testing.T) {
	b := newBench(t)
	b.open("R1")
	var all sync.WaitGroup
	for n := range 50 {
		all.Go(func() {
			_, err := b.requests.Change(t.Context(), "R1", comment(n), by(juniper, fmt.Sprint("k", n), "x"))
			require.NoError(t, err)
		})
	}
	all.Wait()
	require.Len(t, sourcerequest.Fold(sourcerequest.State{}, b.requestEvents("R1")...).Comments, 50)
}

func TestALostAcknowledgementDoesNotDoubleTheEvent(t *testing.T) {
	b := newBench(t)
	b.open("R1")
	lost := &domain.Error{Code: domain.CodeUnavailable, Message: "no answer"}
	b.log.afterAppend = func(stream string) error {
		if stream == sourcerequest.StreamOf("R1") {
			return lost
		}
		return nil
	}
	_, err := b.requests.Change(t.Context(), "R1", comment(1), by(juniper, "k", "one"))
	require.ErrorIs(t, err, error(lost))
	b.log.afterAppend = nil
	out, err := b.requests.Change(t.Context(), "R1", comment(1), by(juniper, "k", "one"))
	require.NoError(t, err)
	require.True(t, out.Replayed)
	require.Len(t, b.requestEvents("R1"), 2)
}

func TestIfMatchIsAboutFieldsAndNotAboutComments(t *testing.T) {
	b := newBench(t)
	seen := b.open("R1").State.FieldRevision
	_, err := b.requests.Change(t.Context(), "R1", comment(1), by(juniper, "comment", "x"))
	require.NoError(t, err)
	french, german := "French", "German"
	edit := by(operator, "edit", "x")
	edit.IfMatch = &seen
	out, err := b.requests.Change(t.Context(), "R1", sourcerequest.Edit{Language: &french}, edit)
	require.NoError(t, err, "a comment changed no field")

	late := by(operator, "late edit", "x")
	late.IfMatch = &seen
	now, err := b.requests.Change(t.Context(), "R1", sourcerequest.Edit{Language: &german}, late)
	require.Equal(t, domain.CodePreconditionFailed, domain.ErrorCode(err))
	require.Equal(t, "French", now.State.Language, "the present state comes with the refusal")
	require.Equal(t, out.State.FieldRevision, now.State.FieldRevision)
}

func TestWhatIsOutOfScopeDoesNotExist(t *testing.T) {
	b := newBench(t)
	b.open("R1")
	_, missing := b.requests.Change(t.Context(), "R2", comment(1), by(lantern, "k", "x"))
	_, foreign := b.requests.Change(t.Context(), "R1", comment(1), by(lantern, "k", "x"))
	_, malformed := b.requests.Change(t.Context(), "no such id", comment(1), by(lantern, "k", "x"))
	require.Equal(t, domain.CodeNotFound, domain.ErrorCode(missing))
	require.Equal(t, missing, foreign)
	require.Equal(t, missing, malformed)

	// A key that was answered while the request was theirs is not answered
	// once it no longer is.
	_, err := b.requests.Change(t.Context(), "R1", comment(1), by(juniper, "mine", "x"))
	require.NoError(t, err)
	to := lantern.Organisation
	_, err = b.requests.Change(t.Context(), "R1", sourcerequest.Edit{FulfillmentPartner: &to}, by(operator, "assign", "x"))
	require.NoError(t, err)
	_, err = b.requests.Change(t.Context(), "R1", comment(1), by(juniper, "mine", "x"))
	require.Equal(t, domain.CodeNotFound, domain.ErrorCode(err))
}

func TestACommandThatChangesNothingLeavesNoEvent(t *testing.T) {
	b := newBench(t)
	opened := b.open("R1")
	dutch := "Dutch"
	out, err := b.requests.Change(t.Context(), "R1", sourcerequest.Edit{Language: &dutch}, by(operator, "k", "x"))
	require.NoError(t, err)
	require.False(t, out.Changed)
	require.Equal(t, opened.Position, out.Position)
	require.Len(t, b.requestEvents("R1"), 1)
}

func TestMetadataSaysWhoWhenAndWhy(t *testing.T) {
	b := newBench(t)
	b.open("R1")
	_, err := b.requests.Change(t.Context(), "R1", comment(1), by(juniper, "k", "one"))
	require.NoError(t, err)
	events := b.requestEvents("R1")
	m := events[1].Metadata
	require.Equal(t, juniper, m.Actor)
	require.Equal(t, noon, m.OccurredAt)
	require.Equal(t, "june/k", m.CommandKey)
	require.Equal(t, by(juniper, "k", "one").BodyHash, m.CommandHash)
	require.NotEqual(t, events[0].Metadata.ChainHash, m.ChainHash)
	require.Len(t, m.ChainHash, 64)
}

func TestAnOutageOfTheLogIsPassedOn(t *testing.T) {
	b := newBench(t)
	b.open("R1")
	down := errors.New("the disk is full")
	b.log.beforeAppend = func(string) error { return down }
	_, err := b.requests.Change(t.Context(), "R1", comment(1), by(juniper, "k", "one"))
	require.ErrorIs(t, err, down)
	require.Len(t, b.requestEvents("R1"), 1)
}
