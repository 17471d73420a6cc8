package embedded_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
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

func TestAppendExpectedRevision(t *testing.T) {
	// Each case appends to a stream that is missing, has two events, or had
	// two and is soft deleted.
	const wrong = -1
	for _, test := range []struct {
		expected                  esdb.ExpectedRevision
		missing, present, deleted int // the revision that the event gets
	}{
		{esdb.Any{}, 0, 2, 2},
		{esdb.NoStream{}, 0, wrong, 2},
		{esdb.StreamExists{}, wrong, 2, wrong},
		{esdb.Revision(0), wrong, wrong, wrong},
		{esdb.Revision(1), wrong, 2, 2},
		{esdb.Revision(2), wrong, wrong, wrong},
		{esdb.Revision(1<<63 - 1), wrong, wrong, wrong},
	} {
		t.Run(fmt.Sprintf("%T%v", test.expected, test.expected), func(t *testing.T) {
			c := newClient(t)
			for _, stream := range []string{"present", "deleted"} {
				appendTo(t, c, stream, esdb.NoStream{}, numbered(2)...)
			}
			_, err := c.DeleteStream(testContext(t), "deleted", esdb.DeleteStreamOptions{ExpectedRevision: esdb.Revision(1)})
			require.NoError(t, err)

			for stream, revision := range map[string]int{"missing": test.missing, "present": test.present, "deleted": test.deleted} {
				result, err := c.AppendToStream(testContext(t), stream, esdb.AppendToStreamOptions{ExpectedRevision: test.expected}, event("new"))
				if revision == wrong {
					requireCode(t, esdb.ErrorCodeWrongExpectedVersion, err)
					continue
				}
				require.NoError(t, err, stream)
				require.EqualValues(t, revision, result.NextExpectedVersion, stream)
				newest := readStream(t, c, stream, esdb.ReadStreamOptions{Direction: esdb.Backwards, From: esdb.End{}}, 1)
				require.Equal(t, "new", types(newest))
				require.Equal(t, esdb.Position{Commit: result.CommitPosition, Prepare: result.PreparePosition}, newest[0].Position)
			}
		})
	}
}

func TestAppendIsAtomic(t *testing.T) {
	c := newClient(t)
	appendTo(t, c, "s", esdb.NoStream{}, event("first"))
	_, err := c.AppendToStream(testContext(t), "s", esdb.AppendToStreamOptions{ExpectedRevision: esdb.Revision(5)}, numbered(3)...)
	requireCode(t, esdb.ErrorCodeWrongExpectedVersion, err)
	require.Equal(t, "first", types(readStream(t, c, "s", esdb.ReadStreamOptions{}, all)))
	require.Equal(t, "first", types(readAll(t, c, esdb.ReadAllOptions{}, all)))
}

func TestAppendPositionsIncrease(t *testing.T) {
	c := newClient(t)
	last := uint64(0)
	for i := range 20 {
		result := appendTo(t, c, fmt.Sprintf("s-%d", i%3), esdb.Any{}, numbered(1+i%4)...)
		require.Greater(t, result.CommitPosition, last)
		require.Equal(t, result.CommitPosition, result.PreparePosition)
		last = result.CommitPosition
	}
}

func TestAppendNothing(t *testing.T) {
	c := newClient(t)
	appendTo(t, c, "s", esdb.Any{})
	requireNotFound(t, c, "s")
	appendTo(t, c, "s", esdb.NoStream{}, numbered(2)...)
	require.EqualValues(t, 1, appendTo(t, c, "s", esdb.Revision(1)).NextExpectedVersion)
	require.EqualValues(t, 1, appendTo(t, c, "s", esdb.Any{}).NextExpectedVersion)
	_, err := c.AppendToStream(testContext(t), "s", esdb.AppendToStreamOptions{ExpectedRevision: esdb.Revision(0)})
	requireCode(t, esdb.ErrorCodeWrongExpectedVersion, err)
}

func TestAppendKeepsWhatItIsGiven(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 123456700, time.UTC)
	s := openServer(t, embedded.Options{Now: func() time.Time { return now }})
	c := connect(t, s)
	binary := make([]byte, 70_000)
	for i := range binary {
		binary[i] = byte(rand.Uint32())
	}
	given := []esdb.EventData{
		{EventID: uuid.New(), EventType: "json", ContentType: esdb.ContentTypeJson, Data: []byte(`{"a":1}`), Metadata: []byte(`{"b":2}`)},
		{EventID: uuid.New(), EventType: "binary", ContentType: esdb.ContentTypeBinary, Data: binary, Metadata: bytes.Repeat([]byte{0, 255}, 500)},
		{EventID: uuid.New(), EventType: "empty", ContentType: esdb.ContentTypeBinary},
		{EventID: uuid.New(), EventType: "Ω 事件", ContentType: esdb.ContentTypeJson, Data: []byte(`"ž"`)},
		{EventID: uuid.UUID{0xff, 15: 0xff}, EventType: "", ContentType: esdb.ContentTypeJson, Data: []byte(`1`)},
	}
	stream := "поток ✓"
	appendTo(t, c, stream, esdb.NoStream{}, given...)
	check := func(events []*esdb.RecordedEvent) {
		require.Len(t, events, len(given))
		for i, e := range events {
			require.Equal(t, given[i].EventID, e.EventID)
			require.Equal(t, given[i].EventType, e.EventType)
			require.Equal(t, stream, e.StreamID)
			require.EqualValues(t, i, e.EventNumber)
			require.True(t, bytes.Equal(given[i].Data, e.Data))
			require.True(t, bytes.Equal(given[i].Metadata, e.UserMetadata))
			require.Equal(t, now, e.CreatedDate)
			contentType := "application/octet-stream"
			if given[i].ContentType == esdb.ContentTypeJson {
				contentType = "application/json"
			}
			require.Equal(t, contentType, e.ContentType)
			require.Equal(t, map[string]string{
				"type": e.EventType, "content-type": contentType, "created": fmt.Sprint(now.UnixNano() / 100),
			}, e.SystemMetadata)
		}
	}
	check(readStream(t, c, stream, esdb.ReadStreamOptions{}, all))
	check(readAll(t, c, esdb.ReadAllOptions{}, all))
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

func TestAppendDefaultSizeLimit(t *testing.T) {
	c := newClient(t)
	limit := esdb.EventData{EventID: uuid.New(), EventType: "t", ContentType: esdb.ContentTypeBinary, Data: make([]byte, 1<<20-2)}
	appendTo(t, c, "s", esdb.Any{}, limit)
	limit.Data = append(limit.Data, 0)
	_, err := c.AppendToStream(testContext(t), "s", esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, limit)
	require.ErrorContains(t, err, "Maximum Append Size of 1048576 Exceeded.")
}

func TestAppendRefusesBadNames(t *testing.T) {
	c := newClient(t)
	for _, stream := range []string{"", "$$", "$all", "$$$$s", "\xff\xfe"} {
		_, err := c.AppendToStream(testContext(t), stream, esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, event("e"))
		require.Equal(t, codes.InvalidArgument, status.Code(err), "%q: %v", stream, err)
	}
	require.Empty(t, readAll(t, c, esdb.ReadAllOptions{}, all))
}

func TestOneWinnerAtARevision(t *testing.T) {
	c := newClient(t)
	appendTo(t, c, "s", esdb.NoStream{}, event("first"))
	for revision := range 5 {
		var won atomic.Int32
		var winner atomic.Pointer[uuid.UUID]
		var writing sync.WaitGroup
		for range 100 {
			writing.Go(func() {
				e := event("contended")
				_, err := c.AppendToStream(context.Background(), "s", esdb.AppendToStreamOptions{ExpectedRevision: esdb.Revision(uint64(revision))}, e)
				if err == nil {
					won.Add(1)
					winner.Store(&e.EventID)
					return
				}
				if esdbErr, _ := esdb.FromError(err); esdbErr.Code() != esdb.ErrorCodeWrongExpectedVersion {
					t.Error(err)
				}
			})
		}
		writing.Wait()
		require.EqualValues(t, 1, won.Load())
		events := readStream(t, c, "s", esdb.ReadStreamOptions{}, all)
		require.Len(t, events, revision+2)
		require.Equal(t, *winner.Load(), events[revision+1].EventID)
	}
}
