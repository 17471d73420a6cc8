package conformance

import (
	"bytes"
	"context"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

var expectedRevisionCases = []testCase{
	{"expected revision/any", docsConcurrency, expects(esdb.Any{}, outcomes{missing: 0, metadata: 0, present: 2, deleted: 2})},
	{"expected revision/no stream", docsConcurrency, expects(esdb.NoStream{}, outcomes{missing: 0, metadata: 0, present: wrong, deleted: 2})},
	{"expected revision/stream exists", serverCheckCommit, expects(esdb.StreamExists{}, outcomes{missing: wrong, metadata: 0, present: 2, deleted: gone})},
	{"expected revision/behind", docsConcurrency, expects(esdb.Revision(0), outcomes{wrong, wrong, wrong, wrong})},
	{"expected revision/exact", docsConcurrency, expects(esdb.Revision(1), outcomes{missing: wrong, metadata: wrong, present: 2, deleted: 2})},
	{"expected revision/ahead", docsConcurrency, expects(esdb.Revision(2), outcomes{wrong, wrong, wrong, wrong})},
	{"expected revision/far ahead", serverCheckCommit, expects(esdb.Revision(math.MaxInt64-1), outcomes{wrong, wrong, wrong, wrong})},
	{"expected revision/a refusal names both revisions", protoStreams + ", AppendResp.WrongExpectedVersion", wrongVersionIsExplained},
}

var appendCases = []testCase{
	{"append/all events or none", dotnetAppend, appendIsAtomic},
	{"append/answers with the event's revision and position", protoStreams + ", AppendResp.Success", appendAnswers},
	{"append/positions increase", dotnetAppend, positionsIncrease},
	{"append/nothing makes no stream", dotnetAppend, appendNothing},
	{"append/keeps ids, types, JSON, binary data, metadata and names", protoStreams + ", ReadResp.ReadEvent.RecordedEvent", appendKeepsWhatItIsGiven},
	{"append/the largest allowed size, and one byte more", docsAppendSize, appendSizeLimit},
	{"append/100 writers at one revision, one winner", docsConcurrency, oneWinner},
}

// What becomes of an append, where it is not the revision of its event.
const (
	wrong = -1
	gone  = -2
)

// outcomes of one expectation by the state of the stream: missing, with
// metadata only, with two events, and with two events and soft deleted.
type outcomes struct{ missing, metadata, present, deleted int }

func expects(expected esdb.ExpectedRevision, o outcomes) func(*session) {
	return func(s *session) {
		s.setMetadata(s.stream("metadata"), `{"owner":"us"}`)
		for _, stream := range []string{"present", "deleted"} {
			s.append(s.stream(stream), esdb.NoStream{}, numbered(2)...)
		}
		s.delete(s.stream("deleted"), esdb.Revision(1))

		for name, outcome := range map[string]int{"missing": o.missing, "metadata": o.metadata, "present": o.present, "deleted": o.deleted} {
			stream := s.stream(name)
			result, err := s.tryAppend(stream, expected, event("new"))
			switch outcome {
			case wrong:
				s.requireCode(esdb.ErrorCodeWrongExpectedVersion, err, name)
			case gone:
				s.requireCode(esdb.ErrorCodeStreamDeleted, err, name)
			default:
				require.NoError(s, err, name)
				require.EqualValues(s, outcome, result.NextExpectedVersion, name)
				newest := s.read(stream, esdb.ReadStreamOptions{Direction: esdb.Backwards, From: esdb.End{}}, 1)
				require.Equal(s, "new", types(newest), name)
				require.EqualValues(s, outcome, newest[0].EventNumber, name)
			}
		}
	}
}

func wrongVersionIsExplained(s *session) {
	stream := s.stream("s")
	s.append(stream, esdb.NoStream{}, numbered(2)...)
	for expected, words := range map[esdb.ExpectedRevision]string{
		esdb.Revision(7): "expecting '7' but got '1'",
		esdb.Revision(0): "expecting '0' but got '1'",
	} {
		_, err := s.tryAppend(stream, expected, event("new"))
		require.ErrorContains(s, err, words)
	}
	_, err := s.tryAppend(stream, esdb.NoStream{}, event("new"))
	require.ErrorContains(s, err, "but got '1'")
	_, err = s.tryAppend(s.stream("missing"), esdb.StreamExists{}, event("new"))
	require.ErrorContains(s, err, "expecting 'stream_exists' but got 'no_stream'")
}

func appendIsAtomic(s *session) {
	stream := s.stream("s")
	start := s.append(stream, esdb.NoStream{}, event("first"))
	_, err := s.tryAppend(stream, esdb.Revision(5), numbered(3)...)
	s.requireCode(esdb.ErrorCodeWrongExpectedVersion, err)
	require.Equal(s, "first", types(s.readStream(stream)))
	s.append(stream, esdb.Revision(0), event("last"))
	require.Equal(s, "first last", types(s.readAll(esdb.ReadAllOptions{From: position(start)}, ofType("last"))))
}

func appendAnswers(s *session) {
	stream := s.stream("s")
	for i, e := range numbered(4) {
		result := s.append(stream, esdb.Any{}, e)
		require.EqualValues(s, i, result.NextExpectedVersion)
		found := s.readAll(esdb.ReadAllOptions{From: position(result)}, ofType(e.EventType))
		require.Len(s, found, 1)
		require.Equal(s, position(result), found[0].Position)
		require.Equal(s, e.EventID, found[0].EventID)
	}
	result := s.append(stream, esdb.Revision(3), events("a", "b", "c")...)
	require.EqualValues(s, 6, result.NextExpectedVersion)
	for i, e := range s.readStream(stream) {
		require.EqualValues(s, i, e.EventNumber)
		require.Equal(s, stream, e.StreamID)
	}
}

func positionsIncrease(s *session) {
	last := uint64(0)
	for i := range 12 {
		result := s.append(s.stream([]string{"a", "b", "c"}[i%3]), esdb.Any{}, numbered(1+i%4)...)
		require.Greater(s, result.CommitPosition, last)
		last = result.CommitPosition
	}
}

func appendNothing(s *session) {
	s.append(s.stream("any"), esdb.Any{})
	s.requireNotFound(s.stream("any"))
	s.append(s.stream("none"), esdb.NoStream{})
	s.requireNotFound(s.stream("none"))

	stream := s.stream("s")
	s.append(stream, esdb.NoStream{}, numbered(2)...)
	s.append(stream, esdb.Revision(1))
	s.append(stream, esdb.Any{})
	require.Equal(s, "0 1", types(s.readStream(stream)))
	_, err := s.tryAppend(stream, esdb.Revision(0))
	s.requireCode(esdb.ErrorCodeWrongExpectedVersion, err)
}

func appendKeepsWhatItIsGiven(s *session) {
	binary := make([]byte, 70_000)
	for i := range binary {
		binary[i] = byte(rand.Uint32())
	}
	given := []esdb.EventData{
		{EventID: uuid.New(), EventType: "json", ContentType: esdb.ContentTypeJson, Data: []byte(`{"a":1}`), Metadata: []byte(`{"b":2}`)},
		{EventID: uuid.New(), EventType: "binary", ContentType: esdb.ContentTypeBinary, Data: binary, Metadata: bytes.Repeat([]byte{0, 255}, 500)},
		{EventID: uuid.New(), EventType: "empty", ContentType: esdb.ContentTypeBinary},
		{EventID: uuid.New(), EventType: "Ω 事件", ContentType: esdb.ContentTypeJson, Data: []byte(`"ž"`)},
		{EventID: uuid.UUID{0xff, 0x80, 8: 0x80, 15: byte(rand.Uint32())}, EventType: "bits", ContentType: esdb.ContentTypeJson, Data: []byte(`1`)},
	}
	stream := s.stream("поток ✓ @")
	result := s.append(stream, esdb.NoStream{}, given...)
	check := func(found []*esdb.RecordedEvent) {
		require.Len(s, found, len(given))
		for i, e := range found {
			want := given[i]
			require.Equal(s, want.EventID, e.EventID)
			require.Equal(s, want.EventType, e.EventType)
			require.Equal(s, stream, e.StreamID)
			require.EqualValues(s, i, e.EventNumber)
			require.True(s, bytes.Equal(want.Data, e.Data), want.EventType)
			require.True(s, bytes.Equal(want.Metadata, e.UserMetadata), want.EventType)
			contentType := "application/octet-stream"
			if want.ContentType == esdb.ContentTypeJson {
				contentType = "application/json"
			}
			require.Equal(s, contentType, e.ContentType)
			require.WithinDuration(s, time.Now(), e.CreatedDate, 24*time.Hour)
		}
	}
	found := s.readStream(stream)
	check(found)
	check(s.readAll(esdb.ReadAllOptions{From: found[0].Position}, func(e *esdb.RecordedEvent) bool {
		return e.EventNumber == result.NextExpectedVersion
	}))
}

func appendSizeLimit(s *session) {
	// A type counts two bytes for each UTF-16 unit: this one 4.
	const typ, typeSize = "Ωx", 4
	limit := s.features.MaxAppendSize
	metadata := []byte(`{"counts":true}`)
	if s.features.DataOnly {
		metadata = nil
	} else {
		limit -= typeSize + len(metadata)
	}
	sized := func(n int) esdb.EventData {
		return esdb.EventData{EventID: uuid.New(), EventType: typ, ContentType: esdb.ContentTypeBinary, Data: bytes.Repeat([]byte{7}, n), Metadata: metadata}
	}
	stream := s.stream("s")
	s.append(stream, esdb.Any{}, sized(limit))
	_, err := s.tryAppend(stream, esdb.Any{}, sized(limit+1))
	require.ErrorContains(s, err, "Maximum Append Size")

	// It is the append that is limited, not the event.
	_, err = s.tryAppend(stream, esdb.Any{}, sized(limit/2), sized(limit/2+2))
	require.ErrorContains(s, err, "Maximum Append Size")

	found := s.readStream(stream)
	require.Len(s, found, 1)
	require.Len(s, found[0].Data, limit)
}

func oneWinner(s *session) {
	stream := s.stream("s")
	s.append(stream, esdb.NoStream{}, event("first"))
	for revision := range uint64(2) {
		var won atomic.Int32
		var winner atomic.Pointer[uuid.UUID]
		var writing sync.WaitGroup
		for range 100 {
			writing.Go(func() {
				e := event("contended")
				_, err := s.client.AppendToStream(context.Background(), stream, esdb.AppendToStreamOptions{ExpectedRevision: esdb.Revision(revision)}, e)
				if err == nil {
					won.Add(1)
					winner.Store(&e.EventID)
				} else if failure, _ := esdb.FromError(err); failure.Code() != esdb.ErrorCodeWrongExpectedVersion {
					s.Errorf("a loser was told: %v", err)
				}
			})
		}
		writing.Wait()
		require.EqualValues(s, 1, won.Load())
		found := s.readStream(stream)
		require.Len(s, found, int(revision)+2)
		require.Equal(s, *winner.Load(), found[revision+1].EventID)
	}
}
