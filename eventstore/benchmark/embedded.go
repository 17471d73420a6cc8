package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"backlot/eventstore/embedded"
)

// embeddedStore is the server in this process, reached through the client as
// the portal reaches it.
type embeddedStore struct {
	server *embedded.Server
	client *esdb.Client
}

func openEmbedded(ctx context.Context, dir string) (*embeddedStore, error) {
	server, err := embedded.Open(ctx, embedded.Options{Dir: dir})
	if err != nil {
		return nil, err
	}
	client, err := esdb.NewClient(server.ClientConfiguration())
	if err != nil {
		return nil, errors.Join(err, server.Close())
	}
	return &embeddedStore{server, client}, nil
}

func (s *embeddedStore) close() error {
	return errors.Join(s.client.Close(), s.server.Close())
}

// connect returns the client itself: it is made to be shared.
func (s *embeddedStore) connect(context.Context, int) (appender, error) {
	return embeddedWriter{s.client}, nil
}

type embeddedWriter struct{ client *esdb.Client }

func (embeddedWriter) close() {}

func (w embeddedWriter) append(ctx context.Context, stream string, expected int64, events []event) error {
	proposed := make([]esdb.EventData, len(events))
	for i, e := range events {
		proposed[i] = esdb.EventData{EventID: e.id, EventType: e.kind, ContentType: esdb.ContentTypeJson, Data: e.data, Metadata: e.metadata}
	}
	o := esdb.AppendToStreamOptions{ExpectedRevision: esdb.NoStream{}}
	if expected != noStream {
		o.ExpectedRevision = esdb.Revision(uint64(expected))
	}
	result, err := w.client.AppendToStream(ctx, stream, o, proposed...)
	if err != nil {
		return err
	}
	if want := uint64(expected + int64(len(events))); result.NextExpectedVersion != want {
		return fmt.Errorf("%s is at %d after an append, not at %d", stream, result.NextExpectedVersion, want)
	}
	return nil
}

func (s *embeddedStore) readAll(ctx context.Context) (int, error) {
	read, err := s.client.ReadAll(ctx, esdb.ReadAllOptions{From: esdb.Start{}}, math.MaxInt64)
	if err != nil {
		return 0, err
	}
	defer read.Close()
	for n := 0; ; n++ {
		e, err := read.Recv()
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		if err := complete(e.Event.EventType, e.Event.Data, e.Event.UserMetadata); err != nil {
			return n, err
		}
	}
}

// complete guards against a contender that reads less than the others do.
func complete(kind string, data, metadata []byte) error {
	if kind == "" || len(data) == 0 || len(metadata) == 0 {
		return fmt.Errorf("an event without its type, data or metadata was read: %q %q %q", kind, data, metadata)
	}
	return nil
}
