package embedded_test

import (
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"
)

func TestBasic(t *testing.T) {
	c := newClient(t)
	r := appendTo(t, c, "a", esdb.NoStream{}, numbered(3)...)
	require.EqualValues(t, 2, r.NextExpectedVersion)
	require.Equal(t, "0 1 2", types(readStream(t, c, "a", esdb.ReadStreamOptions{}, all)))
	require.Equal(t, "0 1 2", types(readAll(t, c, esdb.ReadAllOptions{}, all)))
	sub, err := c.SubscribeToAll(testContext(t), esdb.SubscribeToAllOptions{From: esdb.Start{}})
	require.NoError(t, err)
	defer sub.Close()
	for range 3 {
		require.NotNil(t, sub.Recv().EventAppeared)
	}
	require.NotNil(t, sub.Recv().CaughtUp)
	appendTo(t, c, "a", esdb.Revision(2), event("x"))
	require.Equal(t, "x", sub.Recv().EventAppeared.Event.EventType)
	_, err = c.AppendToStream(testContext(t), "a", esdb.AppendToStreamOptions{ExpectedRevision: esdb.Revision(2)}, event("y"))
	requireCode(t, esdb.ErrorCodeWrongExpectedVersion, err)
	requireNotFound(t, c, "b")
	_, err = c.DeleteStream(testContext(t), "a", esdb.DeleteStreamOptions{ExpectedRevision: esdb.Revision(3)})
	require.NoError(t, err)
	requireNotFound(t, c, "a")
	require.EqualValues(t, 4, appendTo(t, c, "a", esdb.NoStream{}, event("z")).NextExpectedVersion)
	require.Equal(t, "z", types(readStream(t, c, "a", esdb.ReadStreamOptions{}, all)))
}
