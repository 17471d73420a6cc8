package embedded_test

import (
	"fmt"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"backlot/eventstore/embedded"
)

func TestReadStream(t *testing.T) {
	c := newClient(t)
	appendTo(t, c, "other", esdb.Any{}, eventsNamed("x", "y")...)
	for _, e := range numbered(5) {
		appendTo(t, c, "s", esdb.Any{}, e)
		appendTo(t, c, "other", esdb.Any{}, event("x"))
	}
	for _, test := range []struct {
		direction esdb.Direction
		from      esdb.StreamPosition
		count     uint64
		want      string
	}{
		{esdb.Forwards, esdb.Start{}, all, "0 1 2 3 4"},
		{esdb.Forwards, esdb.Start{}, 2, "0 1"},
		{esdb.Forwards, esdb.Start{}, 0, ""},
		{esdb.Forwards, esdb.Revision(3), all, "3 4"},
		{esdb.Forwards, esdb.Revision(1), 2, "1 2"},
		{esdb.Forwards, esdb.Revision(5), all, ""},
		{esdb.Forwards, esdb.Revision(all), all, ""},
		{esdb.Forwards, esdb.End{}, all, ""},
		{esdb.Backwards, esdb.End{}, all, "4 3 2 1 0"},
		{esdb.Backwards, esdb.End{}, 1, "4"},
		{esdb.Backwards, esdb.Revision(3), all, "3 2 1 0"},
		{esdb.Backwards, esdb.Revision(3), 2, "3 2"},
		{esdb.Backwards, esdb.Revision(99), all, "4 3 2 1 0"},
		{esdb.Backwards, esdb.Start{}, all, "0"},
	} {
		got := readStream(t, c, "s", esdb.ReadStreamOptions{Direction: test.direction, From: test.from}, test.count)
		require.Equal(t, test.want, types(got), "%+v", test)
	}
	requireNotFound(t, c, "missing")
}

func TestReadAllEvents(t *testing.T) {
	c := newClient(t)
	require.Empty(t, readAll(t, c, esdb.ReadAllOptions{}, all))
	require.Empty(t, readAll(t, c, esdb.ReadAllOptions{Direction: esdb.Backwards, From: esdb.End{}}, all))
	for i, e := range numbered(5) {
		appendTo(t, c, fmt.Sprintf("s-%d", i%2), esdb.Any{}, e)
	}
	events := readAll(t, c, esdb.ReadAllOptions{}, all)
	at := func(i int) esdb.Position { return events[i].Position }
	for _, test := range []struct {
		direction esdb.Direction
		from      esdb.AllPosition
		count     uint64
		want      string
	}{
		{esdb.Forwards, esdb.Start{}, all, "0 1 2 3 4"},
		{esdb.Forwards, esdb.Start{}, 3, "0 1 2"},
		{esdb.Forwards, esdb.Position{}, all, "0 1 2 3 4"},
		{esdb.Forwards, esdb.End{}, all, ""},
		// Forwards includes the position, backwards does not.
		{esdb.Forwards, at(2), all, "2 3 4"},
		{esdb.Forwards, at(2), 1, "2"},
		{esdb.Forwards, esdb.Position{Commit: 1 << 62, Prepare: 1 << 62}, all, ""},
		{esdb.Backwards, esdb.End{}, all, "4 3 2 1 0"},
		{esdb.Backwards, esdb.End{}, 2, "4 3"},
		{esdb.Backwards, at(2), all, "1 0"},
		{esdb.Backwards, at(0), all, ""},
		{esdb.Backwards, esdb.Start{}, all, ""},
		{esdb.Backwards, esdb.Position{Commit: 1 << 62, Prepare: 1 << 62}, all, "4 3 2 1 0"},
	} {
		got := readAll(t, c, esdb.ReadAllOptions{Direction: test.direction, From: test.from}, test.count)
		require.Equal(t, test.want, types(got), "%+v", test)
	}
}

func TestReadsLongerThanAPage(t *testing.T) {
	c := newClient(t)
	const n = 1700
	for i := 0; i < n; i += 100 {
		appendTo(t, c, "s", esdb.Any{}, numbered(100)...)
		appendTo(t, c, "other", esdb.Any{}, numbered(10)...)
	}
	forwards := readStream(t, c, "s", esdb.ReadStreamOptions{}, all)
	backwards := readStream(t, c, "s", esdb.ReadStreamOptions{Direction: esdb.Backwards, From: esdb.End{}}, all)
	require.Len(t, forwards, n)
	require.Len(t, backwards, n)
	for i := range n {
		require.EqualValues(t, i, forwards[i].EventNumber)
		require.Equal(t, forwards[i], backwards[n-1-i])
	}
	everything := readAll(t, c, esdb.ReadAllOptions{}, all)
	reversed := readAll(t, c, esdb.ReadAllOptions{Direction: esdb.Backwards, From: esdb.End{}}, all)
	require.Len(t, everything, n+n/10)
	for i := range everything {
		require.Equal(t, everything[i], reversed[len(reversed)-1-i])
	}
	require.Len(t, readAll(t, c, esdb.ReadAllOptions{}, 1001), 1001)
}

func TestReadLargeEvents(t *testing.T) {
	c := newClient(t)
	for i := range 8 {
		appendTo(t, c, "s", esdb.Any{}, esdb.EventData{
			EventID: uuid.New(), EventType: fmt.Sprint(i), ContentType: esdb.ContentTypeBinary, Data: make([]byte, 900_000),
		})
	}
	for _, e := range readStream(t, c, "s", esdb.ReadStreamOptions{}, all) {
		require.Len(t, e.Data, 900_000)
	}
	require.Equal(t, "0 1 2 3 4 5 6 7", types(readAll(t, c, esdb.ReadAllOptions{}, all)))
}

func TestPlainReadsCarryOnlyEvents(t *testing.T) {
	s := openServer(t, embedded.Options{})
	c := connect(t, s)
	appendTo(t, c, "s", esdb.Any{}, numbered(3)...)
	setMetadata(t, c, "s", `{"$tb":1}`)
	raw := streams.NewStreamsClient(dial(t, s))

	for name, o := range map[string]func() *streams.ReadReq_Options{
		"stream":    func() *streams.ReadReq_Options { return &streams.ReadReq_Options{StreamOption: ofStream("s")} },
		"all":       func() *streams.ReadReq_Options { return &streams.ReadReq_Options{} },
		"backwards": func() *streams.ReadReq_Options { return &streams.ReadReq_Options{ReadDirection: 1} },
	} {
		messages, err := rawRead(t, raw, o())
		require.NoError(t, err)
		for _, m := range messages {
			require.NotNil(t, m.GetEvent(), name)
		}
	}
	missing, err := rawRead(t, raw, &streams.ReadReq_Options{StreamOption: ofStream("missing")})
	require.NoError(t, err)
	require.Len(t, missing, 1)
	require.Equal(t, "missing", string(missing[0].GetStreamNotFound().GetStreamIdentifier().GetStreamName()))

	// Clients that say so get the ends of the stream too.
	compatible := &streams.ReadReq_Options_ControlOption{Compatibility: 1}
	messages, err := rawRead(t, raw, &streams.ReadReq_Options{StreamOption: ofStream("s"), ControlOption: compatible})
	require.NoError(t, err)
	require.Len(t, messages, 4)
	require.EqualValues(t, 1, messages[0].GetFirstStreamPosition())
	require.EqualValues(t, 2, messages[3].GetLastStreamPosition())
	messages, err = rawRead(t, raw, &streams.ReadReq_Options{ControlOption: compatible})
	require.NoError(t, err)
	last := messages[len(messages)-2].GetEvent().GetEvent().GetCommitPosition()
	require.Equal(t, last, messages[len(messages)-1].GetLastAllStreamPosition().GetCommitPosition())
}

func TestUUIDsAreAnsweredAsAsked(t *testing.T) {
	s := openServer(t, embedded.Options{})
	e := event("e")
	appendTo(t, connect(t, s), "s", esdb.Any{}, e)
	raw := streams.NewStreamsClient(dial(t, s))
	messages, err := rawRead(t, raw, &streams.ReadReq_Options{
		UuidOption: &streams.ReadReq_Options_UUIDOption{Content: &streams.ReadReq_Options_UUIDOption_String_{}},
	})
	require.NoError(t, err)
	require.Equal(t, e.EventID.String(), eventsIn(messages)[0].GetId().GetString_())
	messages, err = rawRead(t, raw, &streams.ReadReq_Options{
		UuidOption: &streams.ReadReq_Options_UUIDOption{Content: &streams.ReadReq_Options_UUIDOption_Structured{}},
	})
	require.NoError(t, err)
	most, least := esdb.UUIDAsInt64(e.EventID)
	require.Equal(t, most, eventsIn(messages)[0].GetId().GetStructured().GetMostSignificantBits())
	require.Equal(t, least, eventsIn(messages)[0].GetId().GetStructured().GetLeastSignificantBits())

	// Written as a string, it is the same id.
	id := uuid.New()
	_, err = rawAppend(t, raw, appendOptions("strings", "any"), proposedEvent(stringUUID(id), jsonMetadata))
	require.NoError(t, err)
	require.Equal(t, id, readStream(t, connect(t, s), "strings", esdb.ReadStreamOptions{}, all)[0].EventID)
}

func TestLinks(t *testing.T) {
	c := newClient(t)
	appendTo(t, c, "target", esdb.Any{}, numbered(3)...)
	link := func(data string) esdb.EventData {
		return esdb.EventData{EventID: uuid.New(), EventType: "$>", ContentType: esdb.ContentTypeBinary, Data: []byte(data)}
	}
	appendTo(t, c, "links", esdb.Any{}, link("1@target"), link("9@target"), link("0@missing"), link("nonsense"), event("plain"))
	appendTo(t, c, "at@sign", esdb.Any{}, event("at"))
	appendTo(t, c, "links", esdb.Any{}, link("0@at@sign"))

	receive := func(resolve bool) []*esdb.ResolvedEvent {
		stream, err := c.ReadStream(testContext(t), "links", esdb.ReadStreamOptions{ResolveLinkTos: resolve}, all)
		require.NoError(t, err)
		defer stream.Close()
		events := make([]*esdb.ResolvedEvent, 6)
		for i := range events {
			events[i], err = stream.Recv()
			require.NoError(t, err)
		}
		return events
	}
	resolved := receive(true)
	require.Equal(t, "1", resolved[0].Event.EventType)
	require.Equal(t, "target", resolved[0].Event.StreamID)
	require.Equal(t, "links", resolved[0].Link.StreamID)
	for i := 1; i <= 3; i++ {
		require.Nil(t, resolved[i].Event)
		require.EqualValues(t, i, resolved[i].Link.EventNumber)
	}
	require.Equal(t, "plain", resolved[4].Event.EventType)
	require.Nil(t, resolved[4].Link)
	require.Equal(t, "at", resolved[5].Event.EventType)
	for _, e := range receive(false) {
		require.Nil(t, e.Link)
		require.Equal(t, "links", e.Event.StreamID)
	}
}
