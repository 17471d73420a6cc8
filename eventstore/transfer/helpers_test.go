package transfer_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/eventstore"
	"backlot/eventstore/embedded"
	"backlot/eventstore/transfer"
)

func testContext(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// server is an event store that serves a data folder, also by TCP.
type server struct {
	*embedded.Server
	data   string
	client *esdb.Client
}

func serve(t testing.TB, data string) *server {
	t.Helper()
	s, err := embedded.Open(testContext(t), embedded.Options{Dir: filepath.Join(data, "eventstore"), Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	client, err := esdb.NewClient(s.ClientConfiguration())
	require.NoError(t, err)
	t.Cleanup(func() { _ = client.Close() })
	return &server{s, data, client}
}

func (s *server) address() string { return "esdb://" + s.Addr() + "?tls=false" }

func (s *server) append(t testing.TB, stream string, events ...esdb.EventData) {
	t.Helper()
	_, err := s.client.AppendToStream(testContext(t), stream, esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, events...)
	require.NoError(t, err)
}

func (s *server) delete(t testing.TB, stream string) {
	t.Helper()
	_, err := s.client.DeleteStream(testContext(t), stream, esdb.DeleteStreamOptions{ExpectedRevision: esdb.Any{}})
	require.NoError(t, err)
}

func (s *server) tombstone(t testing.TB, stream string) {
	t.Helper()
	_, err := s.client.TombstoneStream(testContext(t), stream, esdb.TombstoneStreamOptions{ExpectedRevision: esdb.Any{}})
	require.NoError(t, err)
}

func (s *server) setMetadata(t testing.TB, stream, data string) {
	t.Helper()
	s.append(t, "$$"+stream, esdb.EventData{EventID: uuid.New(), EventType: "$metadata", ContentType: esdb.ContentTypeJson, Data: []byte(data)})
}

// chain appends n comments, chained by hashes, to a new stream.
func (s *server) chain(t testing.TB, stream string, n int) {
	t.Helper()
	store, err := eventstore.Connect(eventstore.Config{Client: s.ClientConfiguration()})
	require.NoError(t, err)
	defer func() { require.NoError(t, store.Close()) }()
	drafts := make([]domain.Draft, n)
	for i := range drafts {
		drafts[i] = domain.Draft{
			ID: uuid.New(), Event: sourcerequest.Commented{CommentID: fmt.Sprint(i), Text: "<ü> & more"},
			Metadata: domain.Metadata{OccurredAt: time.Date(2026, 11, 23, 12, 0, i, 0, time.UTC), CommandKey: fmt.Sprint(stream, i)},
		}
	}
	_, _, err = store.Append(testContext(t), stream, domain.Version{}, drafts)
	require.NoError(t, err)
}

func event(typ string) esdb.EventData {
	return esdb.EventData{EventID: uuid.New(), EventType: typ, ContentType: esdb.ContentTypeJson, Data: fmt.Appendf(nil, "%q", typ), Metadata: []byte(`{"by":"us"}`)}
}

func numbered(from, n int) []esdb.EventData {
	events := make([]esdb.EventData, n)
	for i := range events {
		events[i] = event(fmt.Sprint(from + i))
	}
	return events
}

// populate makes streams in every state there is.
func populate(t testing.TB, s *server) {
	t.Helper()
	for i := range 20 {
		s.chain(t, fmt.Sprintf("sourceRequest-%d", i), 1+i)
	}
	s.append(t, "binary", esdb.EventData{EventID: uuid.New(), EventType: "b", ContentType: esdb.ContentTypeBinary, Data: []byte{0, 255, 1}})
	s.append(t, "empty", esdb.EventData{EventID: uuid.New(), EventType: "e", ContentType: esdb.ContentTypeBinary})
	s.append(t, "deleted", numbered(0, 3)...)
	s.delete(t, "deleted")
	s.append(t, "again", numbered(0, 3)...)
	for i := range 3 {
		s.setMetadata(t, "again", `{"owner":"us", "$maxCount": 9}`)
		s.delete(t, "again")
		s.append(t, "again", numbered(3+2*i, 2)...)
	}
	s.chain(t, "person-1", 2)
	s.delete(t, "person-1")
	s.chain(t, "person-1", 3) // its chain begins anew
	s.append(t, "gone", numbered(0, 3)...)
	s.tombstone(t, "gone")
	s.append(t, "deleted and gone", numbered(0, 2)...)
	s.delete(t, "deleted and gone")
	s.tombstone(t, "deleted and gone")
	s.tombstone(t, "gone before it was there")
	s.setMetadata(t, "limited", `{"$maxCount":2}`)
	s.append(t, "limited", numbered(0, 5)...)
	s.append(t, "truncated", numbered(0, 5)...)
	s.setMetadata(t, "truncated", `{"$tb":4, "custom":{"a":[1.50,"ü"]}}`)
}

// goOn continues what populate made.
func goOn(t testing.TB, s *server) {
	t.Helper()
	s.chain(t, "sourceRequest-new", 3)
	s.append(t, "limited", numbered(5, 2)...)
	s.append(t, "deleted", numbered(3, 2)...)
	s.delete(t, "truncated")
	s.tombstone(t, "again")
}

// requireStates looks at the streams as a reader sees them.
func requireStates(t testing.TB, s *server, want map[string]string) {
	t.Helper()
	for stream, types := range want {
		require.Equal(t, types, s.visible(t, stream), stream)
	}
}

var populated = map[string]string{
	"deleted": "not found", "again": "7 8", "gone": "gone", "deleted and gone": "gone", "gone before it was there": "gone",
	"limited": "3 4", "truncated": "4", "binary": "b", "empty": "e",
}

var wentOn = map[string]string{
	"deleted": "3 4", "again": "gone", "gone": "gone", "deleted and gone": "gone", "limited": "5 6", "truncated": "not found", "binary": "b",
}

func (s *server) visible(t testing.TB, stream string) string {
	t.Helper()
	read, err := s.client.ReadStream(testContext(t), stream, esdb.ReadStreamOptions{}, 1000)
	require.NoError(t, err)
	defer read.Close()
	types := ""
	for {
		e, err := read.Recv()
		var failed *esdb.Error
		if errors.As(err, &failed) {
			return map[esdb.ErrorCode]string{esdb.ErrorCodeResourceNotFound: "not found", esdb.ErrorCodeStreamDeleted: "gone"}[failed.Code()]
		}
		if err != nil {
			return types
		}
		if types != "" {
			types += " "
		}
		types += e.OriginalEvent().EventType
	}
}

// everything reads a whole store.
func everything(t testing.TB, place string) []transfer.Event {
	t.Helper()
	source, err := transfer.OpenSource(testContext(t), place)
	require.NoError(t, err)
	defer func() { require.NoError(t, source.Close()) }()
	var events []transfer.Event
	require.NoError(t, source.Read(testContext(t), 0, func(e transfer.Event) error {
		events = append(events, e)
		return nil
	}))
	return events
}

// byStream groups events, without what a target behind esdb:// gives anew.
func byStream(events []transfer.Event) map[string][]transfer.Event {
	streams := make(map[string][]transfer.Event)
	for _, e := range events {
		e.Position, e.Created = 0, time.Time{}
		if e.Type == "$streamDeleted" {
			e.ID, e.JSON, e.Data = uuid.Nil, false, nil
		}
		streams[e.Stream] = append(streams[e.Stream], e)
	}
	return streams
}

func requireCode(t testing.TB, code domain.Code, err error) {
	t.Helper()
	var e *domain.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, code, e.Code, "%v", err)
}

// metadataValues has metadata as values, for comparing what different servers wrote.
func metadataValues(t testing.TB, events []transfer.Event) (values []any) {
	t.Helper()
	for _, e := range events {
		var v any
		require.NoError(t, json.Unmarshal(e.Data, &v))
		values = append(values, v)
	}
	return values
}
