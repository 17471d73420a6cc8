package embedded_test

import (
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

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

// TestRefusalsOfNamesBeyondASCII have trailers, which only take ASCII.
func TestRefusalsOfNamesBeyondASCII(t *testing.T) {
	s := openServer(t, embedded.Options{})
	c := connect(t, s)
	for name, inTrailer := range map[string]string{"ž 1%": "%C5%BE%201%25", "a\nb": "a%0Ab", "plain 1%": "plain 1%"} {
		appendTo(t, c, name, esdb.Any{}, event("e"))
		var trailer metadata.MD
		_, err := streams.NewStreamsClient(dial(t, s)).Delete(testContext(t), &streams.DeleteReq{Options: &streams.DeleteReq_Options{
			StreamIdentifier: identifier(name), ExpectedStreamRevision: &streams.DeleteReq_Options_Revision{Revision: 5},
		}}, grpc.Trailer(&trailer))
		require.Error(t, err)
		require.Equal(t, []string{"wrong-expected-version"}, trailer.Get("exception"))
		require.Equal(t, []string{inTrailer}, trailer.Get("stream-name"))

		tombstone(t, c, name, esdb.Any{})
		_, err = drain(c.ReadStream(testContext(t), name, esdb.ReadStreamOptions{}, all))
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
