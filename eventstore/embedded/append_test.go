package embedded_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"backlot/eventstore/embedded"
)

// What an append does is said by package conformance; here is what the server's
// options change, and what EventStoreDB leaves open.

func TestAppendStampsTheClock(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 123456700, time.UTC)
	c := connect(t, openServer(t, embedded.Options{Now: func() time.Time { return now }}))
	appendTo(t, c, "s", esdb.Any{}, esdb.EventData{EventID: uuid.New(), ContentType: esdb.ContentTypeJson, Data: []byte("1")})
	e := readStream(t, c, "s", esdb.ReadStreamOptions{}, all)[0]
	require.Equal(t, now, e.CreatedDate)
	require.Equal(t, map[string]string{
		"type": "", "content-type": "application/json", "created": fmt.Sprint(now.UnixNano() / 100),
	}, e.SystemMetadata)
}

func TestAppendSizeLimit(t *testing.T) {
	s := openServer(t, embedded.Options{MaxAppendSize: 1000})
	c := connect(t, s)
	sized := func(n int) esdb.EventData {
		return esdb.EventData{EventID: uuid.New(), EventType: "tt", ContentType: esdb.ContentTypeBinary, Data: make([]byte, n)}
	}
	// A type counts two bytes a character.
	appendTo(t, c, "s", esdb.Any{}, sized(496), sized(496))
	_, err := c.AppendToStream(testContext(t), "s", esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, sized(496), sized(497))
	require.Equal(t, codes.InvalidArgument, status.Code(err))
	require.ErrorContains(t, err, "Maximum Append Size of 1000 Exceeded.")
	require.Len(t, readStream(t, c, "s", esdb.ReadStreamOptions{}, all), 2)

	// A client that is still sending gets the reason too, and the trailers.
	_, err = c.AppendToStream(testContext(t), "s", esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}},
		sized(2_000_000), sized(2_000_000), sized(2_000_000))
	require.ErrorContains(t, err, "Maximum Append Size of 1000 Exceeded.")

	raw := streams.NewStreamsClient(dial(t, s))
	var trailer metadata.MD
	stream, err := raw.Append(testContext(t), grpc.Trailer(&trailer))
	require.NoError(t, err)
	require.NoError(t, stream.Send(appendOptions("s", "any")))
	big := proposedEvent(stringUUID(uuid.New()), jsonMetadata)
	big.GetProposedMessage().Data = make([]byte, 1001)
	require.NoError(t, stream.Send(big))
	_, err = stream.CloseAndRecv()
	require.Error(t, err)
	require.Equal(t, []string{"maximum-append-size-exceeded"}, trailer.Get("exception"))
	require.Equal(t, []string{"1000"}, trailer.Get("maximum-append-size"))
}

func TestAppendRefusesBadNames(t *testing.T) {
	c := newClient(t)
	for _, stream := range []string{"", "$$", "$all", "$$$$s", "\xff\xfe"} {
		_, err := c.AppendToStream(testContext(t), stream, esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, event("e"))
		require.Equal(t, codes.InvalidArgument, status.Code(err), "%q: %v", stream, err)
	}
	require.Empty(t, readAll(t, c, esdb.ReadAllOptions{}, all))
}
