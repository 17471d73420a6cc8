package embedded_test

import (
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"backlot/eventstore/embedded"
)

// Positions that no event has had are left open by EventStoreDB; here they are
// answered.

func TestReadStreamFromAnywhere(t *testing.T) {
	c := newClient(t)
	appendTo(t, c, "s", esdb.Any{}, numbered(3)...)
	for _, o := range []esdb.ReadStreamOptions{
		{Direction: esdb.Forwards, From: esdb.Revision(all)},
		{Direction: esdb.Forwards, From: esdb.End{}},
	} {
		require.Empty(t, readStream(t, c, "s", o, all), "%+v", o)
	}
	require.Empty(t, readStream(t, c, "s", esdb.ReadStreamOptions{From: esdb.Start{}}, 0))
	require.Equal(t, "2 1 0", types(readStream(t, c, "s", esdb.ReadStreamOptions{Direction: esdb.Backwards, From: esdb.Revision(all)}, all)))
}

func TestReadAllFromAnywhere(t *testing.T) {
	c := newClient(t)
	backwards := func(from esdb.AllPosition) esdb.ReadAllOptions {
		return esdb.ReadAllOptions{Direction: esdb.Backwards, From: from}
	}
	require.Empty(t, readAll(t, c, esdb.ReadAllOptions{}, all))
	require.Empty(t, readAll(t, c, backwards(esdb.End{}), all))

	appendTo(t, c, "s", esdb.Any{}, numbered(3)...)
	far := esdb.Position{Commit: 1 << 62, Prepare: 1 << 62}
	first := readAll(t, c, esdb.ReadAllOptions{}, 1)[0].Position
	require.Equal(t, "0 1 2", types(readAll(t, c, esdb.ReadAllOptions{From: esdb.Position{}}, all)))
	require.Empty(t, readAll(t, c, esdb.ReadAllOptions{From: far}, all))
	require.Equal(t, "2 1 0", types(readAll(t, c, backwards(far), all)))
	require.Empty(t, readAll(t, c, backwards(first), all))
}

func TestEndsOfStreamsForClientsThatKnowThem(t *testing.T) {
	s := openServer(t, embedded.Options{})
	c := connect(t, s)
	appendTo(t, c, "s", esdb.Any{}, numbered(3)...)
	setMetadata(t, c, "s", `{"$tb":1}`)
	raw := streams.NewStreamsClient(dial(t, s))
	asked := &streams.ReadReq_Options_ControlOption{Compatibility: 1}

	messages, err := rawRead(t, raw, &streams.ReadReq_Options{StreamOption: ofStream("s"), ControlOption: asked})
	require.NoError(t, err)
	require.Len(t, messages, 4)
	require.EqualValues(t, 1, messages[0].GetFirstStreamPosition())
	require.EqualValues(t, 2, messages[3].GetLastStreamPosition())
	messages, err = rawRead(t, raw, &streams.ReadReq_Options{ControlOption: asked})
	require.NoError(t, err)
	last := messages[len(messages)-2].GetEvent().GetEvent().GetCommitPosition()
	require.Equal(t, last, messages[len(messages)-1].GetLastAllStreamPosition().GetCommitPosition())

	messages, err = rawRead(t, raw, &streams.ReadReq_Options{})
	require.NoError(t, err)
	for _, m := range messages {
		require.NotNil(t, m.GetEvent(), "nobody asked")
	}
}

func TestLinksThatAreNone(t *testing.T) {
	c := newClient(t)
	for _, data := range []string{"", "nonsense", "@", "x@s", "-1@s", "0@", "18446744073709551615@s"} {
		appendTo(t, c, "s", esdb.Any{}, esdb.EventData{EventID: uuid.New(), EventType: "$>", ContentType: esdb.ContentTypeBinary, Data: []byte(data)})
	}
	stream, err := c.ReadStream(testContext(t), "s", esdb.ReadStreamOptions{ResolveLinkTos: true}, all)
	require.NoError(t, err)
	defer stream.Close()
	for i := range 7 {
		e, err := stream.Recv()
		require.NoError(t, err)
		require.Nil(t, e.Event)
		require.EqualValues(t, i, e.Link.EventNumber)
	}
}
