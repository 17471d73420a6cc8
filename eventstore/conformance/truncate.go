package conformance

import (
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"
)

var truncationCases = []testCase{
	{"truncation/no limit", docsMaxCount, hides(`{}`, "0 1 2 3 4", "4 3 2 1 0")},
	{"truncation/$maxCount", docsMaxCount, hides(`{"$maxCount":2}`, "3 4", "4 3")},
	{"truncation/$maxCount above the length", docsMaxCount, hides(`{"$maxCount":9}`, "0 1 2 3 4", "4 3 2 1 0")},
	{"truncation/$tb", docsSoftDelete, hides(`{"$tb":3}`, "3 4", "4 3")},
	{"truncation/$tb at the end", docsSoftDelete, hides(`{"$tb":5}`, "", "")},
	{"truncation/$tb beyond the end", docsSoftDelete, hides(`{"$tb":50}`, "", "")},
	{"truncation/both, $maxCount tighter", docsMaxCount, hides(`{"$maxCount":1,"$tb":2}`, "4", "4")},
	{"truncation/both, $tb tighter", docsMaxCount, hides(`{"$maxCount":3,"$tb":4}`, "4", "4")},
	{"truncation/metadata of one's own hides nothing", docsMaxCount, hides(`{"owner":"x"}`, "0 1 2 3 4", "4 3 2 1 0")},
	{"truncation/$maxAge", docsMaxCount, maxAge},
	{"truncation/$maxCount follows the stream", docsMaxCount, maxCountFollows},
	{"truncation/reads from a hidden revision", docsSoftDelete, readsFromAHiddenRevision},
	{"metadata/through the client, the newest counts", goClient + ", SetStreamMetadata", metadataThroughTheClient},
	{"metadata/of a missing stream makes none", docsMaxCount, metadataOfAMissingStream},
}

// hides gives a stream of five events metadata, and compares reads both ways.
// $all shows everything, and revisions go on where they were.
func hides(metadata, forwards, backwards string) func(*session) {
	return func(s *session) {
		stream := s.stream("s")
		start := s.append(stream, esdb.NoStream{}, event("0"))
		s.append(stream, esdb.Revision(0), numbered(5)[1:]...)
		s.setMetadata(stream, metadata)
		require.Equal(s, forwards, types(s.readStream(stream)))
		require.Equal(s, backwards, types(s.read(stream, esdb.ReadStreamOptions{Direction: esdb.Backwards, From: esdb.End{}}, everything)))
		require.Equal(s, "0 1 2 3 4 $metadata", types(s.readAll(esdb.ReadAllOptions{From: position(start)}, ofType("$metadata"))))
		require.EqualValues(s, 5, s.append(stream, esdb.Revision(4), event("5")).NextExpectedVersion)
	}
}

// maxAge has to wait for a second to pass: no clock of a server can be moved.
func maxAge(s *session) {
	stream := s.stream("s")
	s.append(stream, esdb.NoStream{}, event("old"))
	s.setMetadata(stream, `{"$maxAge":60}`)
	require.Equal(s, "old", types(s.readStream(stream)))
	s.setMetadata(stream, `{"$maxAge":1}`)
	require.Eventually(s, func() bool {
		found, err := s.tryRead(stream, esdb.ReadStreamOptions{From: esdb.Start{}}, everything)
		return err == nil && len(found) == 0
	}, patience, 50*time.Millisecond)
	require.EqualValues(s, 1, s.append(stream, esdb.Revision(0), event("new")).NextExpectedVersion)
}

func maxCountFollows(s *session) {
	stream := s.stream("s")
	s.setMetadata(stream, `{"$maxCount":1}`)
	for _, e := range numbered(5) {
		s.append(stream, esdb.Any{}, e)
		require.Equal(s, e.EventType, types(s.readStream(stream)))
	}
}

func readsFromAHiddenRevision(s *session) {
	stream := s.stream("s")
	s.append(stream, esdb.NoStream{}, numbered(5)...)
	s.setMetadata(stream, `{"$tb":2}`)
	require.Equal(s, "2 3", types(s.read(stream, esdb.ReadStreamOptions{From: esdb.Revision(0)}, 2)))
	require.Equal(s, "", types(s.read(stream, esdb.ReadStreamOptions{Direction: esdb.Backwards, From: esdb.Revision(1)}, everything)))
	require.Equal(s, "3 2", types(s.read(stream, esdb.ReadStreamOptions{Direction: esdb.Backwards, From: esdb.Revision(3)}, everything)))
}

func metadataThroughTheClient(s *session) {
	stream := s.stream("s")
	var m esdb.StreamMetadata
	m.SetMaxCount(7)
	m.SetMaxAge(time.Minute)
	m.AddCustomProperty("owner", "us")
	for range 3 {
		_, err := s.client.SetStreamMetadata(s.context(), stream, esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, m)
		require.NoError(s, err)
		m.SetMaxCount(*m.MaxCount() + 1)
	}
	got, err := s.client.GetStreamMetadata(s.context(), stream, esdb.ReadStreamOptions{Direction: esdb.Backwards, From: esdb.End{}})
	require.NoError(s, err)
	require.EqualValues(s, 9, *got.MaxCount())
	require.Equal(s, time.Minute, *got.MaxAge())
	require.Equal(s, "us", got.CustomProperty("owner"))

	found := s.readStream("$$" + stream)
	require.Len(s, found, 1, "a metadata stream has $maxCount 1")
	require.EqualValues(s, 2, found[0].EventNumber)
	require.Equal(s, "$metadata", found[0].EventType)
	require.Equal(s, "$$"+stream, found[0].StreamID)
}

func metadataOfAMissingStream(s *session) {
	stream := s.stream("s")
	s.setMetadata(stream, `{"$maxCount":2}`)
	s.requireNotFound(stream)
	s.append(stream, esdb.NoStream{}, numbered(3)...)
	require.Equal(s, "1 2", types(s.readStream(stream)))
}
