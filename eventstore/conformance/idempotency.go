package conformance

import (
	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"
)

// Any and StreamExists know recent ids wherever they stand; an exact revision
// and NoStream look at what stands behind them.
var idempotencyCases = []testCase{
	{"idempotency/any", docsIdempotency, repeats(esdb.Any{}, 2, 5, 4)},
	{"idempotency/stream exists", serverCheckCommit, repeats(esdb.StreamExists{}, 2, 5, 4)},
	{"idempotency/no stream", docsIdempotency, repeats(esdb.NoStream{}, 0, 2, 1)},
	{"idempotency/exact", docsIdempotency, repeats(esdb.Revision(1), 2, 5, 4)},
	{"idempotency/a first part, exact", serverCheckCommit, repeats(esdb.Revision(1), 2, 4, 3)},
	{"idempotency/one of the middle, any", serverCheckCommit, repeats(esdb.Any{}, 3, 4, 3)},
	{"idempotency/across two appends", serverCheckCommit, repeats(esdb.NoStream{}, 0, 5, 4)},
	{"idempotency/half a match, any", serverCheckCommit, repeats(esdb.Any{}, 2, 6, wrong)},
	{"idempotency/half a match, stream exists", serverCheckCommit, repeats(esdb.StreamExists{}, 2, 6, wrong)},
	{"idempotency/half a match, no stream", serverCheckCommit, repeats(esdb.NoStream{}, 0, 6, wrong)},
	{"idempotency/half a match, exact", serverCheckCommit, repeats(esdb.Revision(1), 2, 6, wrong)},
	{"idempotency/known ids at another revision", serverCheckCommit, repeats(esdb.Revision(0), 2, 5, wrong)},
	{"idempotency/new ids behind the end", docsConcurrency, repeats(esdb.Revision(4), 5, 7, 6)},
	{"idempotency/a known id at the end is written again", serverCheckCommit, repeats(esdb.Revision(4), 4, 5, 5)},
	{"idempotency/ids are a stream's own", docsIdempotency, idsAreAStreamsOwn},
	{"idempotency/of a deleted stream", serverCheckCommit, repeatsOfADeletedStream},
	{"idempotency/of metadata", serverCheckCommit, repeatedMetadata},
}

// repeats appends events[from:to] of eight, of which the stream has five,
// written as two and three. The answer names revision end, or is wrong.
func repeats(expected esdb.ExpectedRevision, from, to, end int) func(*session) {
	return func(s *session) {
		stream, e := s.stream("s"), numbered(8)
		first := s.append(stream, esdb.NoStream{}, e[0:2]...)
		second := s.append(stream, esdb.Revision(1), e[2:5]...)

		result, err := s.tryAppend(stream, expected, e[from:to]...)
		found := s.readStream(stream)
		if end == wrong {
			s.requireCode(esdb.ErrorCodeWrongExpectedVersion, err)
			require.Len(s, found, 5)
			return
		}
		require.NoError(s, err)
		require.EqualValues(s, end, result.NextExpectedVersion)
		require.Len(s, found, max(5, end+1))
		require.Equal(s, e[to-1].EventID, found[end].EventID)
		switch end {
		case 1:
			require.Equal(s, first, result, "the first answer again")
		case 4:
			require.Equal(s, second, result, "the first answer again")
		}
	}
}

func idsAreAStreamsOwn(s *session) {
	e := numbered(2)
	for _, stream := range []string{"a", "b"} {
		require.EqualValues(s, 1, s.append(s.stream(stream), esdb.Any{}, e...).NextExpectedVersion)
		require.Equal(s, "0 1", types(s.readStream(s.stream(stream))))
	}
}

func repeatsOfADeletedStream(s *session) {
	stream, e := s.stream("s"), numbered(2)
	first := s.append(stream, esdb.NoStream{}, e...)
	s.delete(stream, esdb.Revision(1))
	// What stands there is not written again, deleted or not.
	require.EqualValues(s, first.NextExpectedVersion, s.append(stream, esdb.NoStream{}, e...).NextExpectedVersion)
	s.requireNotFound(stream)
	_, err := s.tryAppend(stream, esdb.NoStream{}, e[0], event("new"))
	s.requireCode(esdb.ErrorCodeWrongExpectedVersion, err)
}

func repeatedMetadata(s *session) {
	metastream, e := "$$"+s.stream("s"), event("$metadata")
	e.Data = []byte(`{"$maxCount":3}`)
	require.EqualValues(s, 0, s.append(metastream, esdb.NoStream{}, e).NextExpectedVersion)
	require.EqualValues(s, 0, s.append(metastream, esdb.NoStream{}, e).NextExpectedVersion)
	other := event("$metadata")
	other.Data = []byte(`{}`)
	_, err := s.tryAppend(metastream, esdb.NoStream{}, other)
	s.requireCode(esdb.ErrorCodeWrongExpectedVersion, err)
}
