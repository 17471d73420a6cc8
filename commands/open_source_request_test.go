package commands

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

func TestTheServerNumbersARequestOnceForEachKey(t *testing.T) {
	b := newBench(t)
	first, err := b.requests.Open(t.Context(), "", opening(), by(operator, "a", "x"))
	require.NoError(t, err)
	require.Equal(t, sourcerequest.NumberedID(firstNumber), first.ID)
	b.restart()
	again, err := b.requests.Open(t.Context(), "", opening(), by(operator, "a", "x"))
	require.NoError(t, err)
	require.Equal(t, first.ID, again.ID)
	require.True(t, again.Replayed)
	other, err := b.requests.Open(t.Context(), "", opening(), by(operator, "b", "x"))
	require.NoError(t, err)
	require.NotEqual(t, first.ID, other.ID)
	_, err = b.requests.Open(t.Context(), "", opening(), by(operator, "a", "y"))
	require.Equal(t, domain.CodeKeyReused, domain.ErrorCode(err))
}

func TestNumbersAreUniqueOverTwoProcesses(t *testing.T) {
	b := newBench(t)
	other := NewSourceRequests(Config{Log: b.log, Organisations: b.directory})
	var mu sync.Mutex
	ids := map[string]bool{}
	var all sync.WaitGroup
	const each = 2*blockSize + 3
	for w, requests := range []*SourceRequests{b.requests, other} {
		all.Go(func() {
			for n := range each {
				out, err := requests.Open(t.Context(), "", opening(), by(operator, fmt.Sprint(w, "/", n), "x"))
				require.NoError(t, err)
				mu.Lock()
				ids[out.ID] = true
				mu.Unlock()
			}
		})
	}
	all.Wait()
	require.Len(t, ids, 2*each)
}

func TestANumberThatSomebodyTookByHandIsLeftOut(t *testing.T) {
	b := newBench(t)
	b.open(sourcerequest.NumberedID(firstNumber))
	out, err := b.requests.Open(t.Context(), "", opening(), by(operator, "a", "x"))
	require.NoError(t, err)
	require.Equal(t, sourcerequest.NumberedID(firstNumber+1), out.ID)
	again, err := b.requests.Open(t.Context(), "", opening(), by(operator, "a", "x"))
	require.NoError(t, err)
	require.Equal(t, out.ID, again.ID)
}

func TestARefusedOpeningTakesNoNumber(t *testing.T) {
	b := newBench(t)
	wrong := opening()
	wrong.Title = ""
	_, err := b.requests.Open(t.Context(), "", wrong, by(operator, "a", "x"))
	require.Equal(t, domain.CodeInvalid, domain.ErrorCode(err))
	_, err = b.requests.Open(t.Context(), "", opening(), by(juniper, "a", "x"))
	require.Equal(t, domain.CodeForbidden, domain.ErrorCode(err))
	require.Empty(t, b.events(sourcerequest.NumbersStream))
}

func TestAnIDThatIsTakenIsAConflict(t *testing.T) {
	b := newBench(t)
	b.open("R1")
	_, err := b.requests.Open(t.Context(), "R1", opening(), by(operator, "again", "x"))
	require.Equal(t, domain.CodeConflict, domain.ErrorCode(err))
	_, err = b.requests.Open(t.Context(), "not an id", opening(), by(operator, "again", "x"))
	require.Equal(t, domain.CodeInvalid, domain.ErrorCode(err))
}
