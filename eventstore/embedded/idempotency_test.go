package embedded_test

import (
	"fmt"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"

	"backlot/eventstore/embedded"
	"backlot/eventstore/embedded/internal/engine"
)

// The rules are EventStoreDB's: Any and StreamExists know recent ids, an exact
// revision and NoStream look at what stands behind them.

func TestRepeatedAppend(t *testing.T) {
	e := numbered(8)
	type attempt struct {
		expected esdb.ExpectedRevision
		events   []esdb.EventData
	}
	const wrong = -1
	for name, test := range map[string]struct {
		attempt attempt
		end     int // revision in the answer
	}{
		// The stream holds e[0]…e[4], written as 0–1 and 2–4.
		"all, no stream":            {attempt{esdb.NoStream{}, e[0:2]}, 1},
		"all, any":                  {attempt{esdb.Any{}, e[2:5]}, 4},
		"all, stream exists":        {attempt{esdb.StreamExists{}, e[2:5]}, 4},
		"all, exact":                {attempt{esdb.Revision(1), e[2:5]}, 4},
		"a prefix":                  {attempt{esdb.Revision(1), e[2:4]}, 3},
		"across two appends":        {attempt{esdb.NoStream{}, e[0:5]}, 4},
		"one of the middle":         {attempt{esdb.Any{}, e[3:4]}, 3},
		"half, exact":               {attempt{esdb.Revision(1), e[2:6]}, wrong},
		"half, no stream":           {attempt{esdb.NoStream{}, e[0:6]}, wrong},
		"half, any":                 {attempt{esdb.Any{}, e[2:6]}, wrong},
		"half, stream exists":       {attempt{esdb.StreamExists{}, e[2:6]}, wrong},
		"at another revision":       {attempt{esdb.Revision(0), e[2:5]}, wrong},
		"old and new, exact":        {attempt{esdb.Revision(1), []esdb.EventData{e[2], e[7]}}, wrong},
		"new after the end":         {attempt{esdb.Revision(4), e[5:7]}, 6},
		"the same again at the end": {attempt{esdb.Revision(4), e[4:5]}, 5},
	} {
		t.Run(name, func(t *testing.T) {
			c := newClient(t)
			first := appendTo(t, c, "s", esdb.NoStream{}, e[0:2]...)
			second := appendTo(t, c, "s", esdb.Revision(1), e[2:5]...)
			result, err := c.AppendToStream(testContext(t), "s", esdb.AppendToStreamOptions{ExpectedRevision: test.attempt.expected}, test.attempt.events...)
			events := readStream(t, c, "s", esdb.ReadStreamOptions{}, all)
			if test.end == wrong {
				requireCode(t, esdb.ErrorCodeWrongExpectedVersion, err)
				require.Len(t, events, 5)
				return
			}
			require.NoError(t, err)
			require.EqualValues(t, test.end, result.NextExpectedVersion)
			require.Len(t, events, max(5, test.end+1))
			// The answer names the event that stands there.
			require.Equal(t, events[test.end].Position.Commit, result.CommitPosition)
			switch test.end {
			case 1:
				require.Equal(t, first, result)
			case 4:
				require.Equal(t, second, result)
			}
		})
	}
}

func TestAnIdInAnotherStreamIsAnotherEvent(t *testing.T) {
	c := newClient(t)
	e := event("e")
	for _, stream := range []string{"a", "b", "c"} {
		appendTo(t, c, stream, esdb.Any{}, e)
	}
	for _, stream := range []string{"a", "b", "c"} {
		appendTo(t, c, stream, esdb.Any{}, e)
		require.Len(t, readStream(t, c, stream, esdb.ReadStreamOptions{}, all), 1)
	}
}

func TestIdempotencyBeyondTheCache(t *testing.T) {
	s := openServer(t, embedded.WithEngine(embedded.Options{}, engine.Options{RecentIDs: 3}))
	c := connect(t, s)
	e := numbered(10)
	appendTo(t, c, "s", esdb.NoStream{}, e...)
	// An exact revision is compared with the store itself.
	require.EqualValues(t, 9, appendTo(t, c, "s", esdb.NoStream{}, e...).NextExpectedVersion)
	require.EqualValues(t, 4, appendTo(t, c, "s", esdb.Revision(2), e[3:5]...).NextExpectedVersion)
	// Any only knows the recent ones.
	require.EqualValues(t, 9, appendTo(t, c, "s", esdb.Any{}, e[9]).NextExpectedVersion)
	require.EqualValues(t, 10, appendTo(t, c, "s", esdb.Any{}, e[0]).NextExpectedVersion)
}

func TestIdempotencyAfterRestart(t *testing.T) {
	dir := t.TempDir()
	e := numbered(6)
	var first *esdb.WriteResult
	{
		s, err := embedded.Open(testContext(t), embedded.Options{Dir: dir})
		require.NoError(t, err)
		c := connect(t, s)
		first = appendTo(t, c, "s", esdb.NoStream{}, e...)
		require.NoError(t, s.Close())
	}
	c := connect(t, openServer(t, embedded.Options{Dir: dir}))
	for _, expected := range []esdb.ExpectedRevision{esdb.Any{}, esdb.StreamExists{}, esdb.NoStream{}} {
		require.Equal(t, first, appendTo(t, c, "s", expected, e...), fmt.Sprintf("%T", expected))
	}
}
