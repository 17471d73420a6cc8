package conformance

import (
	"slices"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

var readCases = []testCase{
	{"read/a stream both ways, from every kind of position", dotnetReads, readStreams},
	{"read/a missing stream is not found", docsReading, func(s *session) { s.requireNotFound(s.stream("missing")) }},
	{"read/$all both ways: forwards includes its position, backwards does not", dotnetReads, readAllEvents},
	{"read/$all from the end forwards and from the start backwards is empty", dotnetReads, readAllEnds},
	{"read/a stream of many pages both ways", docsReading, readsOfManyPages},
	{"read/many large events", docsReading, readsOfLargeEvents},
	{"read/links are resolved when asked", docsReading, links},
	{"read/carries nothing but events, unless asked", protoStreams + ", ReadReq.Options.ControlOption", onlyEvents},
	{"read/UUIDs as asked: structured or strings", protoStreams + ", ReadReq.Options.UUIDOption", uuids},
}

func readStreams(s *session) {
	stream := s.stream("s")
	for _, e := range numbered(5) {
		s.append(stream, esdb.Any{}, e)
		s.append(s.stream("other"), esdb.Any{}, event("x"))
	}
	for _, c := range []struct {
		direction esdb.Direction
		from      esdb.StreamPosition
		count     uint64
		want      string
	}{
		{esdb.Forwards, esdb.Start{}, everything, "0 1 2 3 4"},
		{esdb.Forwards, esdb.Start{}, 2, "0 1"},
		{esdb.Forwards, esdb.Revision(3), everything, "3 4"},
		{esdb.Forwards, esdb.Revision(1), 2, "1 2"},
		{esdb.Forwards, esdb.Revision(4), 1, "4"},
		{esdb.Forwards, esdb.Revision(5), everything, ""},
		{esdb.Backwards, esdb.End{}, everything, "4 3 2 1 0"},
		{esdb.Backwards, esdb.End{}, 1, "4"},
		{esdb.Backwards, esdb.Revision(3), everything, "3 2 1 0"},
		{esdb.Backwards, esdb.Revision(3), 2, "3 2"},
		{esdb.Backwards, esdb.Revision(99), everything, "4 3 2 1 0"},
		{esdb.Backwards, esdb.Start{}, everything, "0"},
	} {
		got := s.read(stream, esdb.ReadStreamOptions{Direction: c.direction, From: c.from}, c.count)
		require.Equal(s, c.want, types(got), "%+v", c)
	}
}

func readAllEvents(s *session) {
	var at []esdb.Position
	for i, e := range numbered(5) {
		at = append(at, position(s.append(s.stream([]string{"a", "b"}[i%2]), esdb.Any{}, e)))
	}
	for _, c := range []struct {
		direction esdb.Direction
		from      esdb.AllPosition
		until     string
		want      string
	}{
		{esdb.Forwards, at[0], "4", "0 1 2 3 4"},
		{esdb.Forwards, at[2], "4", "2 3 4"},
		{esdb.Forwards, at[2], "2", "2"},
		{esdb.Backwards, esdb.End{}, "0", "4 3 2 1 0"},
		{esdb.Backwards, at[4], "0", "3 2 1 0"},
		{esdb.Backwards, at[2], "0", "1 0"},
	} {
		got := s.readAll(esdb.ReadAllOptions{Direction: c.direction, From: c.from}, ofType(c.until))
		require.Equal(s, c.want, types(got), "%+v", c)
	}
	// From the very start everything comes, these last.
	reading, err := s.client.ReadAll(s.context(), esdb.ReadAllOptions{From: esdb.Start{}}, 1)
	require.NoError(s, err)
	defer reading.Close()
	first, err := reading.Recv()
	require.NoError(s, err)
	require.LessOrEqual(s, first.OriginalEvent().Position.Commit, at[0].Commit)
}

func readAllEnds(s *session) {
	s.append(s.stream("s"), esdb.Any{}, event("e"))
	never := func(*esdb.RecordedEvent) bool { return false }
	require.Empty(s, s.readAll(esdb.ReadAllOptions{Direction: esdb.Forwards, From: esdb.End{}}, never))
	require.Empty(s, s.readAll(esdb.ReadAllOptions{Direction: esdb.Backwards, From: esdb.Start{}}, never))
}

func readsOfManyPages(s *session) {
	const n = 1200
	stream := s.stream("s")
	for i := 0; i < n; i += 100 {
		s.append(stream, esdb.Any{}, numbered(100)...)
		s.append(s.stream("other"), esdb.Any{}, numbered(10)...)
	}
	forwards := s.readStream(stream)
	backwards := s.read(stream, esdb.ReadStreamOptions{Direction: esdb.Backwards, From: esdb.End{}}, everything)
	require.Len(s, forwards, n)
	for i, e := range forwards {
		require.EqualValues(s, i, e.EventNumber)
	}
	slices.Reverse(backwards)
	require.Equal(s, forwards, backwards)
	require.Len(s, s.read(stream, esdb.ReadStreamOptions{From: esdb.Start{}}, n-99), n-99)

	all := s.readAll(esdb.ReadAllOptions{From: forwards[0].Position}, func(e *esdb.RecordedEvent) bool { return e.EventNumber == n-1 })
	require.Len(s, all, n+n/10-10)
	reversed := s.readAll(esdb.ReadAllOptions{Direction: esdb.Backwards, From: forwards[n-1].Position}, func(e *esdb.RecordedEvent) bool {
		return e.StreamID == stream && e.EventNumber == 0
	})
	slices.Reverse(reversed)
	require.Equal(s, all[:len(all)-1], reversed)
}

func readsOfLargeEvents(s *session) {
	stream, size := s.stream("s"), s.features.MaxAppendSize*9/10
	if size > 1<<20 {
		size = 1 << 20 // the point is that there are many
	}
	for i, e := range numbered(6) {
		e.ContentType, e.Data = esdb.ContentTypeBinary, make([]byte, size-i)
		s.append(stream, esdb.Any{}, e)
	}
	found := s.readStream(stream)
	require.Equal(s, "0 1 2 3 4 5", types(found))
	for i, e := range found {
		require.Len(s, e.Data, size-i)
	}
}

func links(s *session) {
	target, stream := s.stream("target"), s.stream("links")
	s.append(target, esdb.Any{}, numbered(3)...)
	s.append(s.stream("at@sign"), esdb.Any{}, event("at"))
	link := func(data string) esdb.EventData {
		return esdb.EventData{EventID: uuid.New(), EventType: "$>", ContentType: esdb.ContentTypeBinary, Data: []byte(data)}
	}
	s.append(stream, esdb.Any{},
		link("1@"+target), link("9@"+target), link("0@"+s.stream("missing")), event("plain"), link("0@"+s.stream("at@sign")))

	resolved, err := s.tryRead(stream, esdb.ReadStreamOptions{From: esdb.Start{}, ResolveLinkTos: true}, everything)
	require.NoError(s, err)
	require.Len(s, resolved, 5)
	require.Equal(s, "1", resolved[0].Event.EventType)
	require.Equal(s, target, resolved[0].Event.StreamID)
	require.Equal(s, stream, resolved[0].Link.StreamID)
	for i := 1; i <= 2; i++ {
		require.Nil(s, resolved[i].Event, "it leads nowhere")
		require.EqualValues(s, i, resolved[i].Link.EventNumber)
	}
	require.Equal(s, "plain", resolved[3].Event.EventType)
	require.Nil(s, resolved[3].Link)
	require.Equal(s, "at", resolved[4].Event.EventType)

	unresolved, err := s.tryRead(stream, esdb.ReadStreamOptions{From: esdb.Start{}}, everything)
	require.NoError(s, err)
	for _, e := range unresolved {
		require.Nil(s, e.Link)
		require.Equal(s, stream, e.Event.StreamID)
	}
}

// onlyEvents: the Go client panics on any other message that it did not ask
// for.
func onlyEvents(s *session) {
	stream := s.stream("s")
	s.append(stream, esdb.NoStream{}, numbered(3)...)
	s.setMetadata(stream, `{"$tb":1}`)
	for _, direction := range []streams.ReadReq_Options_ReadDirection{streams.ReadReq_Options_Forwards, streams.ReadReq_Options_Backwards} {
		o := &streams.ReadReq_Options{StreamOption: ofStream(stream), ReadDirection: direction}
		if direction == streams.ReadReq_Options_Backwards {
			o.StreamOption.(*streams.ReadReq_Options_Stream).Stream.RevisionOption = &streams.ReadReq_Options_StreamOptions_End{End: &shared.Empty{}}
		}
		messages := s.rawRead(o)
		require.Len(s, messages, 2)
		for _, m := range messages {
			require.NotNil(s, m.GetEvent(), "%v", m)
		}
	}
	missing := s.rawRead(&streams.ReadReq_Options{StreamOption: ofStream(s.stream("missing"))})
	require.Len(s, missing, 1)
	require.Equal(s, s.stream("missing"), string(missing[0].GetStreamNotFound().GetStreamIdentifier().GetStreamName()))

	asked := s.rawRead(&streams.ReadReq_Options{
		StreamOption:  ofStream(stream),
		ControlOption: &streams.ReadReq_Options_ControlOption{Compatibility: 1},
	})
	var last *streams.ReadResp_LastStreamPosition
	for _, m := range asked {
		if v, ok := m.GetContent().(*streams.ReadResp_LastStreamPosition); ok {
			last = v
		}
	}
	require.NotNil(s, last, "%v", asked)
	require.EqualValues(s, 2, last.LastStreamPosition)
}

func uuids(s *session) {
	// Written in either form, they are the same ids.
	e, asString, asStructure := event("e"), uuid.New(), uuid.New()
	stream := s.stream("s")
	s.append(stream, esdb.NoStream{}, e)
	writing, err := s.streams.Append(s.context())
	require.NoError(s, err)
	require.NoError(s, writing.Send(&streams.AppendReq{Content: &streams.AppendReq_Options_{Options: &streams.AppendReq_Options{
		StreamIdentifier: identifier(stream), ExpectedStreamRevision: &streams.AppendReq_Options_Revision{Revision: 0},
	}}}))
	metadata := map[string]string{"type": "e", "content-type": "application/json"}
	require.NoError(s, writing.Send(&streams.AppendReq{Content: &streams.AppendReq_ProposedMessage_{
		ProposedMessage: &streams.AppendReq_ProposedMessage{Id: stringUUID(asString), Metadata: metadata, Data: []byte("1")},
	}}))
	require.NoError(s, writing.Send(&streams.AppendReq{Content: &streams.AppendReq_ProposedMessage_{
		ProposedMessage: &streams.AppendReq_ProposedMessage{Id: structuredUUID(asStructure), Metadata: metadata, Data: []byte("2")},
	}}))
	_, err = writing.CloseAndRecv()
	require.NoError(s, err)

	ids := []uuid.UUID{e.EventID, asString, asStructure}
	for i, e := range s.readStream(stream) {
		require.Equal(s, ids[i], e.EventID)
	}
	strings := s.rawRead(&streams.ReadReq_Options{
		StreamOption: ofStream(stream),
		UuidOption:   &streams.ReadReq_Options_UUIDOption{Content: &streams.ReadReq_Options_UUIDOption_String_{String_: &shared.Empty{}}},
	})
	structures := s.rawRead(&streams.ReadReq_Options{StreamOption: ofStream(stream)})
	require.Len(s, strings, 3)
	require.Len(s, structures, 3)
	for i, id := range ids {
		require.Equal(s, id.String(), strings[i].GetEvent().GetEvent().GetId().GetString_())
		require.Equal(s, structuredUUID(id).GetStructured().String(), structures[i].GetEvent().GetEvent().GetId().GetStructured().String())
	}
}
