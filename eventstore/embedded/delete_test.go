package embedded_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"backlot/eventstore/embedded"
)

func deleteStream(t testing.TB, c *esdb.Client, stream string, expected esdb.ExpectedRevision) *esdb.DeleteResult {
	t.Helper()
	result, err := c.DeleteStream(testContext(t), stream, esdb.DeleteStreamOptions{ExpectedRevision: expected})
	require.NoError(t, err)
	return result
}

func tombstone(t testing.TB, c *esdb.Client, stream string, expected esdb.ExpectedRevision) *esdb.DeleteResult {
	t.Helper()
	result, err := c.TombstoneStream(testContext(t), stream, esdb.TombstoneStreamOptions{ExpectedRevision: expected})
	require.NoError(t, err)
	return result
}

func TestSoftDelete(t *testing.T) {
	c := newClient(t)
	appendTo(t, c, "s", esdb.NoStream{}, numbered(3)...)
	result := deleteStream(t, c, "s", esdb.Revision(2))
	requireNotFound(t, c, "s")

	// It is no more than metadata.
	events := readAll(t, c, esdb.ReadAllOptions{}, all)
	require.Equal(t, "0 1 2 $metadata", types(events))
	require.Equal(t, "$$s", events[3].StreamID)
	require.Equal(t, result.Position, events[3].Position)
	require.JSONEq(t, `{"$tb":9223372036854775807}`, string(events[3].Data))
	deleteStream(t, c, "s", esdb.Any{})
	requireNotFound(t, c, "s")
}

func TestDeleteExpectedRevision(t *testing.T) {
	for _, test := range []struct {
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
		c := newClient(t)
		for _, stream := range []string{"present", "present too"} {
			appendTo(t, c, stream, esdb.NoStream{}, numbered(2)...)
		}
		check := func(want bool, err error) {
			if want {
				require.NoError(t, err, "%T", test.expected)
				return
			}
			// The client gives this no code of its own.
			var esdbErr *esdb.Error
			require.ErrorAs(t, err, &esdbErr)
			require.Equal(t, codes.FailedPrecondition, status.Code(esdbErr.Err()))
		}
		for stream, want := range map[string]bool{"missing": test.missing, "present": test.present} {
			_, err := c.DeleteStream(testContext(t), stream, esdb.DeleteStreamOptions{ExpectedRevision: test.expected})
			check(want, err)
		}
		for stream, want := range map[string]bool{"missing too": test.missing, "present too": test.present} {
			_, err := c.TombstoneStream(testContext(t), stream, esdb.TombstoneStreamOptions{ExpectedRevision: test.expected})
			check(want, err)
		}
	}
}

func TestRecreateAfterSoftDelete(t *testing.T) {
	for name, expected := range map[string]esdb.ExpectedRevision{
		"any": esdb.Any{}, "no stream": esdb.NoStream{}, "exact": esdb.Revision(2),
	} {
		t.Run(name, func(t *testing.T) {
			c := newClient(t)
			appendTo(t, c, "s", esdb.NoStream{}, numbered(3)...)
			setMetadata(t, c, "s", `{"$tb":9223372036854775807,"$maxCount":2,"owner":"us"}`)
			requireNotFound(t, c, "s")

			result := appendTo(t, c, "s", expected, eventsNamed("a", "b", "c")...)
			require.EqualValues(t, 5, result.NextExpectedVersion)
			events := readStream(t, c, "s", esdb.ReadStreamOptions{}, all)
			require.Equal(t, "b c", types(events), "$maxCount still holds")
			require.Equal(t, events[1].Position.Commit, result.CommitPosition)

			// $tb is rewritten, the rest of the metadata is kept.
			var props map[string]any
			meta := readStream(t, c, "$$s", esdb.ReadStreamOptions{}, all)
			require.NoError(t, json.Unmarshal(meta[0].Data, &props))
			require.Equal(t, map[string]any{"$tb": 3.0, "$maxCount": 2.0, "owner": "us"}, props)
			require.EqualValues(t, 1, meta[0].EventNumber)
			require.EqualValues(t, 6, appendTo(t, c, "s", esdb.Revision(5), event("d")).NextExpectedVersion)
		})
	}
}

func TestRecreateIsIdempotent(t *testing.T) {
	c := newClient(t)
	e := numbered(2)
	first := appendTo(t, c, "s", esdb.NoStream{}, e...)
	deleteStream(t, c, "s", esdb.Revision(1))
	// What stands there is not written again, deleted or not.
	require.Equal(t, first, appendTo(t, c, "s", esdb.NoStream{}, e...))
	requireNotFound(t, c, "s")
	_, err := c.AppendToStream(testContext(t), "s", esdb.AppendToStreamOptions{ExpectedRevision: esdb.NoStream{}}, e[0], event("new"), event("new"))
	requireCode(t, esdb.ErrorCodeWrongExpectedVersion, err)
}

func TestDeleteAndRecreateAgainAndAgain(t *testing.T) {
	c := newClient(t)
	next := 0
	for range 5 {
		appendTo(t, c, "s", esdb.NoStream{}, eventsNamed("a", "b")...)
		next += 2
		events := readStream(t, c, "s", esdb.ReadStreamOptions{}, all)
		require.Equal(t, "a b", types(events))
		require.EqualValues(t, next-1, events[1].EventNumber)
		deleteStream(t, c, "s", esdb.Revision(uint64(next-1)))
		requireNotFound(t, c, "s")
	}
}

func TestMetadataRevivesASoftDeletedStream(t *testing.T) {
	c := newClient(t)
	appendTo(t, c, "s", esdb.NoStream{}, numbered(2)...)
	deleteStream(t, c, "s", esdb.Any{})
	setMetadata(t, c, "s", `{"owner":"us"}`)
	// It exists again, and what was deleted stays hidden.
	require.Empty(t, readStream(t, c, "s", esdb.ReadStreamOptions{}, all))
	meta := readStream(t, c, "$$s", esdb.ReadStreamOptions{}, all)
	require.JSONEq(t, `{"owner":"us","$tb":2}`, string(meta[0].Data))
	appendTo(t, c, "s", esdb.Revision(1), event("new"))
	require.Equal(t, "new", types(readStream(t, c, "s", esdb.ReadStreamOptions{}, all)))
}

func TestTombstone(t *testing.T) {
	s := openServer(t, embedded.Options{})
	c := connect(t, s)
	appendTo(t, c, "s", esdb.NoStream{}, numbered(2)...)
	setMetadata(t, c, "s", `{"$maxCount":5}`)
	result := tombstone(t, c, "s", esdb.Revision(1))

	events := readAll(t, c, esdb.ReadAllOptions{}, all)
	require.Equal(t, "0 1 $metadata $streamDeleted", types(events))
	require.Equal(t, "s", events[3].StreamID)
	require.EqualValues(t, math.MaxInt64, events[3].EventNumber)
	require.Equal(t, result.Position, events[3].Position)

	for _, stream := range []string{"s", "$$s"} {
		_, err := drain(c.ReadStream(testContext(t), stream, esdb.ReadStreamOptions{}, all))
		requireCode(t, esdb.ErrorCodeStreamDeleted, err)
		for _, expected := range []esdb.ExpectedRevision{esdb.Any{}, esdb.NoStream{}, esdb.StreamExists{}, esdb.Revision(1), esdb.Revision(math.MaxInt64)} {
			_, err = c.AppendToStream(testContext(t), stream, esdb.AppendToStreamOptions{ExpectedRevision: expected}, event("e"))
			requireCode(t, esdb.ErrorCodeStreamDeleted, err)
		}
	}
	_, err := c.DeleteStream(testContext(t), "s", esdb.DeleteStreamOptions{ExpectedRevision: esdb.Any{}})
	requireCode(t, esdb.ErrorCodeStreamDeleted, err)
	_, err = c.TombstoneStream(testContext(t), "s", esdb.TombstoneStreamOptions{ExpectedRevision: esdb.Any{}})
	requireCode(t, esdb.ErrorCodeStreamDeleted, err)
	require.Len(t, readAll(t, c, esdb.ReadAllOptions{}, all), 4)

	// The trailers are what a client knows it by.
	raw := streams.NewStreamsClient(dial(t, s))
	var trailer metadata.MD
	stream, err := raw.Read(testContext(t), readRequest(&streams.ReadReq_Options{StreamOption: ofStream("s")}), grpc.Trailer(&trailer))
	require.NoError(t, err)
	_, err = stream.Recv()
	require.Equal(t, codes.FailedPrecondition, status.Code(err))
	require.Equal(t, []string{"stream-deleted"}, trailer.Get("exception"))
	require.Equal(t, []string{"s"}, trailer.Get("stream-name"))
}

func TestTombstoneOfWhatIsNotThere(t *testing.T) {
	c := newClient(t)
	tombstone(t, c, "never", esdb.NoStream{})
	appendTo(t, c, "soft", esdb.NoStream{}, numbered(2)...)
	deleteStream(t, c, "soft", esdb.Any{})
	tombstone(t, c, "soft", esdb.Any{})
	for _, stream := range []string{"never", "soft"} {
		_, err := drain(c.ReadStream(testContext(t), stream, esdb.ReadStreamOptions{}, all))
		requireCode(t, esdb.ErrorCodeStreamDeleted, err)
	}
}

func TestDeleteAfterRestart(t *testing.T) {
	dir := t.TempDir()
	{
		s, err := embedded.Open(testContext(t), embedded.Options{Dir: dir})
		require.NoError(t, err)
		c := connect(t, s)
		for _, stream := range []string{"soft", "hard", "revived"} {
			appendTo(t, c, stream, esdb.NoStream{}, numbered(2)...)
		}
		deleteStream(t, c, "soft", esdb.Any{})
		deleteStream(t, c, "revived", esdb.Any{})
		tombstone(t, c, "hard", esdb.Any{})
		appendTo(t, c, "revived", esdb.NoStream{}, event("new"))
		require.NoError(t, s.Close())
	}
	c := connect(t, openServer(t, embedded.Options{Dir: dir}))
	_, err := c.AppendToStream(testContext(t), "hard", esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, event("e"))
	requireCode(t, esdb.ErrorCodeStreamDeleted, err)
	requireNotFound(t, c, "soft")
	require.Equal(t, "new", types(readStream(t, c, "revived", esdb.ReadStreamOptions{}, all)))
	require.EqualValues(t, 2, appendTo(t, c, "soft", esdb.NoStream{}, event("e")).NextExpectedVersion)
	require.EqualValues(t, 3, appendTo(t, c, "revived", esdb.Revision(2), event("e")).NextExpectedVersion)
	require.Equal(t, "e", types(readStream(t, c, "soft", esdb.ReadStreamOptions{}, all)))
}
