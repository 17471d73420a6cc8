package eventstore

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/eventstore/embedded"
)

// patience bounds what should be immediate; no test waits for it to pass.
const patience = 30 * time.Second

func testContext(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// openStore is a store over an embedded server of its own, in memory.
func openStore(t testing.TB) *Store {
	t.Helper()
	server, err := embedded.Open(context.Background(), embedded.Options{FS: vfs.NewMem(), Dir: "store"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	return connect(t, configOf(server))
}

func connect(t testing.TB, cfg Config) *Store {
	t.Helper()
	store, err := Connect(cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return store
}

var someone = domain.Principal{Account: "ada", Organisation: "post-house", Role: domain.RoleFulfillmentPartner}

// draft is an event whose metadata is the same in every run.
func draft(id int, event any) domain.Draft {
	key := fmt.Sprintf("key-%d", id)
	return domain.Draft{
		ID:    uuid.NewSHA1(uuid.NameSpaceOID, []byte(key)),
		Event: event,
		Metadata: domain.Metadata{
			OccurredAt:    time.Date(2026, 11, 23, 12, 0, 0, id%1000*int(time.Millisecond), time.UTC),
			Actor:         someone,
			CorrelationID: uuid.NewSHA1(uuid.NameSpaceOID, []byte("correlation")),
			CausationID:   uuid.NewSHA1(uuid.NameSpaceOID, []byte("causation")),
			CommandKey:    "ada/" + key,
			CommandHash:   "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
		},
	}
}

func comment(id int) domain.Draft {
	return draft(id, sourcerequest.Commented{CommentID: fmt.Sprint(id), Text: fmt.Sprintf("comment %d", id)})
}

func comments(from, n int) []domain.Draft {
	drafts := make([]domain.Draft, n)
	for i := range drafts {
		drafts[i] = comment(from + i)
	}
	return drafts
}

func readAll(t testing.TB, s *Store, stream string) []domain.Recorded {
	t.Helper()
	var events []domain.Recorded
	require.NoError(t, s.ReadStream(testContext(t), stream, func(r domain.Recorded) error {
		events = append(events, r)
		return nil
	}))
	return events
}

// appendRaw writes what Append never would.
func appendRaw(t testing.TB, s *Store, stream string, after domain.Version, typ, data, metadata string) {
	t.Helper()
	event := esdb.EventData{EventID: uuid.New(), EventType: typ, ContentType: esdb.ContentTypeJson, Data: []byte(data), Metadata: []byte(metadata)}
	require.NoError(t, s.with(testContext(t), func(client *esdb.Client) error {
		_, err := client.AppendToStream(testContext(t), stream, s.options(revisionOf(after)), event)
		return err
	}))
}
