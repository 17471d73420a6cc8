package conformance

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

var deleteCases = []testCase{
	{"delete/hides a stream by its metadata", docsSoftDelete, softDelete},
	{"delete/every expected revision, of a delete and a tombstone", serverCheckCommit, deleteExpectations},
	{"delete/a refusal has trailers", serverErrors, deleteRefusal},
	{"delete/continues where it left off, any", docsSoftDelete, recreated(esdb.Any{})},
	{"delete/continues where it left off, no stream", serverUndelete, recreated(esdb.NoStream{})},
	{"delete/continues where it left off, exact", docsSoftDelete, recreated(esdb.Revision(2))},
	{"delete/again and again", docsSoftDelete, deletedAgainAndAgain},
	{"delete/new metadata brings a stream back, empty", serverUndelete, revivedByMetadata},
	{"tombstone/ends a stream for good", docsHardDelete, tombstoned},
	{"tombstone/is an event of $all", docsHardDelete, tombstoneInAll},
	{"tombstone/of a missing and of a deleted stream", serverCheckCommit, tombstonedUnseen},
	{"tombstone/a refusal has trailers", serverErrors, tombstoneTrailers},
}

func softDelete(s *session) {
	stream := s.stream("s")
	first := s.append(stream, esdb.NoStream{}, numbered(3)...)
	result := s.delete(stream, esdb.Revision(2))
	require.Greater(s, result.Position.Commit, first.CommitPosition)
	s.requireNotFound(stream)
	_, err := s.tryRead(stream, esdb.ReadStreamOptions{Direction: esdb.Backwards, From: esdb.End{}}, everything)
	s.requireCode(esdb.ErrorCodeResourceNotFound, err)

	meta := s.readStream("$$" + stream)
	require.Len(s, meta, 1)
	require.Equal(s, "$metadata", meta[0].EventType)
	require.JSONEq(s, fmt.Sprintf(`{"$tb":%d}`, math.MaxInt64), string(meta[0].Data))
	s.delete(stream, esdb.Any{})
	s.requireNotFound(stream)
}

func deleteExpectations(s *session) {
	for i, c := range []struct {
		expected         esdb.ExpectedRevision
		missing, present bool
	}{
		{esdb.Any{}, true, true},
		{esdb.NoStream{}, true, false},
		{esdb.StreamExists{}, false, true},
		{esdb.Revision(0), false, false},
		{esdb.Revision(1), false, true},
		{esdb.Revision(2), false, false},
	} {
		check := func(want bool, err error) {
			if want {
				require.NoError(s, err, "%T%v", c.expected, c.expected)
				return
			}
			// The client has no code for it.
			var failure *esdb.Error
			require.ErrorAs(s, err, &failure, "%T%v", c.expected, c.expected)
			require.Equal(s, codes.FailedPrecondition, status.Code(failure.Err()), "%T%v: %v", c.expected, c.expected, err)
		}
		for kind, delete := range map[string]func(string) error{
			"deleted": func(stream string) error {
				_, err := s.client.DeleteStream(s.context(), stream, esdb.DeleteStreamOptions{ExpectedRevision: c.expected})
				return err
			},
			"tombstoned": func(stream string) error {
				_, err := s.client.TombstoneStream(s.context(), stream, esdb.TombstoneStreamOptions{ExpectedRevision: c.expected})
				return err
			},
		} {
			name := fmt.Sprintf("%s-%d", kind, i)
			s.append(s.stream("present-"+name), esdb.NoStream{}, numbered(2)...)
			check(c.missing, delete(s.stream("missing-"+name)))
			check(c.present, delete(s.stream("present-"+name)))
		}
	}
}

func deleteRefusal(s *session) {
	stream := s.stream("s")
	s.append(stream, esdb.NoStream{}, numbered(2)...)
	check := func(err error, trailer metadata.MD) {
		require.Equal(s, codes.FailedPrecondition, status.Code(err))
		require.Equal(s, []string{"wrong-expected-version"}, trailer.Get("exception"))
		require.Equal(s, []string{stream}, trailer.Get("stream-name"))
		require.Equal(s, []string{"5"}, trailer.Get("expected-version"))
		require.Equal(s, []string{"1"}, trailer.Get("actual-version"))
	}
	var trailer metadata.MD
	_, err := s.streams.Delete(s.context(), &streams.DeleteReq{Options: &streams.DeleteReq_Options{
		StreamIdentifier: identifier(stream), ExpectedStreamRevision: &streams.DeleteReq_Options_Revision{Revision: 5},
	}}, grpc.Trailer(&trailer))
	check(err, trailer)
	_, err = s.streams.Tombstone(s.context(), &streams.TombstoneReq{Options: &streams.TombstoneReq_Options{
		StreamIdentifier: identifier(stream), ExpectedStreamRevision: &streams.TombstoneReq_Options_Revision{Revision: 5},
	}}, grpc.Trailer(&trailer))
	check(err, trailer)
}

// recreated appends to a stream that had three events and metadata of its own
// beside $tb.
func recreated(expected esdb.ExpectedRevision) func(*session) {
	return func(s *session) {
		stream := s.stream("s")
		s.append(stream, esdb.NoStream{}, numbered(3)...)
		s.setMetadata(stream, fmt.Sprintf(`{"$tb":%d,"$maxCount":2,"owner":"us"}`, math.MaxInt64))
		s.requireNotFound(stream)

		result := s.append(stream, expected, events("a", "b", "c")...)
		require.EqualValues(s, 5, result.NextExpectedVersion)
		require.Equal(s, "b c", types(s.readStream(stream)), "$maxCount still holds")

		var props map[string]any
		meta := s.readStream("$$" + stream)
		require.NoError(s, json.Unmarshal(meta[0].Data, &props))
		require.Equal(s, map[string]any{"$tb": 3.0, "$maxCount": 2.0, "owner": "us"}, props, "$tb changes and the rest stays")
		require.EqualValues(s, 1, meta[0].EventNumber)
		require.EqualValues(s, 6, s.append(stream, esdb.Revision(5), event("d")).NextExpectedVersion)
	}
}

func deletedAgainAndAgain(s *session) {
	stream, next := s.stream("s"), uint64(0)
	for range 4 {
		s.append(stream, esdb.NoStream{}, events("a", "b")...)
		next += 2
		found := s.readStream(stream)
		require.Equal(s, "a b", types(found))
		require.Equal(s, next-1, found[1].EventNumber)
		s.delete(stream, esdb.Revision(next-1))
		s.requireNotFound(stream)
	}
}

func revivedByMetadata(s *session) {
	stream := s.stream("s")
	s.append(stream, esdb.NoStream{}, numbered(2)...)
	s.delete(stream, esdb.Any{})
	s.setMetadata(stream, `{"owner":"us"}`)
	require.Empty(s, s.readStream(stream))
	require.JSONEq(s, `{"owner":"us","$tb":2}`, string(s.readStream("$$" + stream)[0].Data))
	s.append(stream, esdb.Revision(1), event("new"))
	require.Equal(s, "new", types(s.readStream(stream)))
}

func tombstoned(s *session) {
	original := s.stream("s")
	s.append(original, esdb.NoStream{}, numbered(2)...)
	s.setMetadata(original, `{"$maxCount":5}`)
	s.tombstone(original, esdb.Revision(1))

	for _, stream := range []string{original, "$$" + original} {
		s.requireDeleted(stream)
		for _, expected := range []esdb.ExpectedRevision{
			esdb.Any{}, esdb.NoStream{}, esdb.StreamExists{}, esdb.Revision(1), esdb.Revision(math.MaxInt64),
		} {
			_, err := s.tryAppend(stream, expected, event("e"))
			s.requireCode(esdb.ErrorCodeStreamDeleted, err, stream, expected)
		}
	}
	_, err := s.client.DeleteStream(s.context(), original, esdb.DeleteStreamOptions{ExpectedRevision: esdb.Any{}})
	s.requireCode(esdb.ErrorCodeStreamDeleted, err)
	_, err = s.client.TombstoneStream(s.context(), original, esdb.TombstoneStreamOptions{ExpectedRevision: esdb.Any{}})
	s.requireCode(esdb.ErrorCodeStreamDeleted, err)
}

func tombstoneInAll(s *session) {
	stream := s.stream("s")
	start := s.append(stream, esdb.NoStream{}, event("e"))
	result := s.tombstone(stream, esdb.Any{})
	found := s.readAll(esdb.ReadAllOptions{From: position(start)}, ofType("$streamDeleted"))
	require.Equal(s, "e $streamDeleted", types(found))
	require.Equal(s, stream, found[1].StreamID)
	require.EqualValues(s, math.MaxInt64, found[1].EventNumber)
	require.Equal(s, result.Position, found[1].Position)
}

func tombstonedUnseen(s *session) {
	s.tombstone(s.stream("never"), esdb.NoStream{})
	s.append(s.stream("soft"), esdb.NoStream{}, numbered(2)...)
	s.delete(s.stream("soft"), esdb.Any{})
	s.tombstone(s.stream("soft"), esdb.Any{})
	s.requireDeleted(s.stream("never"))
	s.requireDeleted(s.stream("soft"))
}

func tombstoneTrailers(s *session) {
	stream := s.stream("s")
	s.tombstone(stream, esdb.Any{})
	var trailer metadata.MD
	reading, err := s.streams.Read(s.context(), readRequest(&streams.ReadReq_Options{StreamOption: ofStream(stream)}), grpc.Trailer(&trailer))
	require.NoError(s, err)
	_, err = reading.Recv()
	require.Equal(s, codes.FailedPrecondition, status.Code(err))
	require.Equal(s, []string{"stream-deleted"}, trailer.Get("exception"))
	require.Equal(s, []string{stream}, trailer.Get("stream-name"))
}
