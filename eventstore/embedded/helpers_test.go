package embedded_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"backlot/eventstore/embedded"
)

// patience bounds what should be immediate; no test waits for it to pass.
const patience = 30 * time.Second

func testContext(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

func openServer(t testing.TB, o embedded.Options) *embedded.Server {
	t.Helper()
	if o.Dir == "" && o.FS == nil {
		o.FS = vfs.NewMem()
	}
	s, err := embedded.Open(context.Background(), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func connect(t testing.TB, s *embedded.Server) *esdb.Client {
	t.Helper()
	c, err := esdb.NewClient(s.ClientConfiguration())
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// newClient is a client of a store of its own, in memory.
func newClient(t testing.TB) *esdb.Client {
	t.Helper()
	return connect(t, openServer(t, embedded.Options{}))
}

// event has its type as data too.
func event(typ string) esdb.EventData {
	return esdb.EventData{
		EventID:     uuid.New(),
		EventType:   typ,
		ContentType: esdb.ContentTypeJson,
		Data:        fmt.Appendf(nil, "%q", typ),
	}
}

func eventsNamed(types ...string) []esdb.EventData {
	events := make([]esdb.EventData, len(types))
	for i, typ := range types {
		events[i] = event(typ)
	}
	return events
}

// numbered makes n events of types 0, 1, ….
func numbered(n int) []esdb.EventData {
	events := make([]esdb.EventData, n)
	for i := range events {
		events[i] = event(fmt.Sprint(i))
	}
	return events
}

func appendTo(t testing.TB, c *esdb.Client, stream string, expected esdb.ExpectedRevision, events ...esdb.EventData) *esdb.WriteResult {
	t.Helper()
	result, err := c.AppendToStream(testContext(t), stream, esdb.AppendToStreamOptions{ExpectedRevision: expected}, events...)
	require.NoError(t, err)
	return result
}

func setMetadata(t testing.TB, c *esdb.Client, stream, json string) *esdb.WriteResult {
	t.Helper()
	return appendTo(t, c, "$$"+stream, esdb.Any{}, esdb.EventData{
		EventID: uuid.New(), EventType: "$metadata", ContentType: esdb.ContentTypeJson, Data: []byte(json),
	})
}

func drain(stream *esdb.ReadStream, err error) ([]*esdb.RecordedEvent, error) {
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	var events []*esdb.RecordedEvent
	for {
		resolved, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return events, nil
		}
		if err != nil {
			return events, err
		}
		events = append(events, resolved.OriginalEvent())
	}
}

func readStream(t testing.TB, c *esdb.Client, stream string, o esdb.ReadStreamOptions, count uint64) []*esdb.RecordedEvent {
	t.Helper()
	events, err := drain(c.ReadStream(testContext(t), stream, o, count))
	require.NoError(t, err)
	return events
}

func readAll(t testing.TB, c *esdb.Client, o esdb.ReadAllOptions, count uint64) []*esdb.RecordedEvent {
	t.Helper()
	events, err := drain(c.ReadAll(testContext(t), o, count))
	require.NoError(t, err)
	return events
}

const all = ^uint64(0)

func types(events []*esdb.RecordedEvent) string {
	names := make([]string, len(events))
	for i, e := range events {
		names[i] = e.EventType
	}
	return strings.Join(names, " ")
}

// requireCode asserts the code of a client's error, however it is wrapped.
func requireCode(t testing.TB, code esdb.ErrorCode, err error) {
	t.Helper()
	var esdbErr *esdb.Error
	require.ErrorAs(t, err, &esdbErr)
	require.Equal(t, code, esdbErr.Code(), "%v", err)
}

func requireNotFound(t testing.TB, c *esdb.Client, stream string) {
	t.Helper()
	_, err := drain(c.ReadStream(testContext(t), stream, esdb.ReadStreamOptions{}, all))
	requireCode(t, esdb.ErrorCodeResourceNotFound, err)
}
