package embedded_test

import (
	"fmt"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"

	"backlot/eventstore/embedded"
	"backlot/eventstore/embedded/internal/engine"
)

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
