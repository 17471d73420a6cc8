package conformance

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
)

// patience bounds what should be immediate; nothing waits for it to pass.
const patience = 30 * time.Second

// everything is a count above that of any stream.
const everything = 1 << 62

// dial connects without the client, which does not show everything that is on
// the wire and cannot send all that other clients do.
func dial(t testing.TB, c *esdb.Configuration) *grpc.ClientConn {
	t.Helper()
	address := c.Address
	if address == "" && len(c.GossipSeeds) > 0 {
		address = fmt.Sprintf("%s:%d", c.GossipSeeds[0].Host, c.GossipSeeds[0].Port)
	}
	transport := insecure.NewCredentials()
	if !c.DisableTLS {
		transport = credentials.NewTLS(&tls.Config{RootCAs: c.RootCAs, InsecureSkipVerify: c.SkipCertificateVerification})
	}
	options := []grpc.DialOption{grpc.WithTransportCredentials(transport)}
	if c.Username != "" {
		login := "Basic " + base64.StdEncoding.EncodeToString([]byte(c.Username+":"+c.Password))
		options = append(options,
			grpc.WithUnaryInterceptor(func(ctx context.Context, method string, req, reply any, cc *grpc.ClientConn, invoker grpc.UnaryInvoker, opts ...grpc.CallOption) error {
				return invoker(metadata.AppendToOutgoingContext(ctx, "authorization", login), method, req, reply, cc, opts...)
			}),
			grpc.WithStreamInterceptor(func(ctx context.Context, desc *grpc.StreamDesc, cc *grpc.ClientConn, method string, streamer grpc.Streamer, opts ...grpc.CallOption) (grpc.ClientStream, error) {
				return streamer(metadata.AppendToOutgoingContext(ctx, "authorization", login), desc, cc, method, opts...)
			}))
	}
	conn, err := grpc.NewClient(address, options...)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func (s *session) context() context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience+s.features.Idle)
	s.Cleanup(cancel)
	return ctx
}

// event has its type as data, too.
func event(typ string) esdb.EventData {
	return esdb.EventData{
		EventID:     uuid.New(),
		EventType:   typ,
		ContentType: esdb.ContentTypeJson,
		Data:        fmt.Appendf(nil, "%q", typ),
	}
}

func events(types ...string) []esdb.EventData {
	all := make([]esdb.EventData, len(types))
	for i, typ := range types {
		all[i] = event(typ)
	}
	return all
}

// numbered makes n events of types 0, 1, ….
func numbered(n int) []esdb.EventData {
	all := make([]esdb.EventData, n)
	for i := range all {
		all[i] = event(fmt.Sprint(i))
	}
	return all
}

func (s *session) tryAppend(stream string, expected esdb.ExpectedRevision, events ...esdb.EventData) (*esdb.WriteResult, error) {
	return s.client.AppendToStream(s.context(), stream, esdb.AppendToStreamOptions{ExpectedRevision: expected}, events...)
}

func (s *session) append(stream string, expected esdb.ExpectedRevision, events ...esdb.EventData) *esdb.WriteResult {
	s.Helper()
	result, err := s.tryAppend(stream, expected, events...)
	require.NoError(s, err)
	return result
}

func (s *session) setMetadata(stream, json string) {
	s.Helper()
	s.append("$$"+stream, esdb.Any{}, esdb.EventData{
		EventID: uuid.New(), EventType: "$metadata", ContentType: esdb.ContentTypeJson, Data: []byte(json),
	})
}

func (s *session) delete(stream string, expected esdb.ExpectedRevision) *esdb.DeleteResult {
	s.Helper()
	result, err := s.client.DeleteStream(s.context(), stream, esdb.DeleteStreamOptions{ExpectedRevision: expected})
	require.NoError(s, err)
	return result
}

func (s *session) tombstone(stream string, expected esdb.ExpectedRevision) *esdb.DeleteResult {
	s.Helper()
	result, err := s.client.TombstoneStream(s.context(), stream, esdb.TombstoneStreamOptions{ExpectedRevision: expected})
	require.NoError(s, err)
	return result
}

func (s *session) tryRead(stream string, o esdb.ReadStreamOptions, count uint64) ([]*esdb.ResolvedEvent, error) {
	reading, err := s.client.ReadStream(s.context(), stream, o, count)
	if err != nil {
		return nil, err
	}
	defer reading.Close()
	var all []*esdb.ResolvedEvent
	for {
		e, err := reading.Recv()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		all = append(all, e)
	}
}

func (s *session) read(stream string, o esdb.ReadStreamOptions, count uint64) []*esdb.RecordedEvent {
	s.Helper()
	resolved, err := s.tryRead(stream, o, count)
	require.NoError(s, err)
	all := make([]*esdb.RecordedEvent, len(resolved))
	for i, e := range resolved {
		all[i] = e.OriginalEvent()
	}
	return all
}

// readStream reads a whole stream forwards.
func (s *session) readStream(stream string) []*esdb.RecordedEvent {
	s.Helper()
	return s.read(stream, esdb.ReadStreamOptions{From: esdb.Start{}}, everything)
}

// readAll reads $all up to the event that stop names, and returns what the case
// wrote of it.
func (s *session) readAll(o esdb.ReadAllOptions, stop func(*esdb.RecordedEvent) bool) []*esdb.RecordedEvent {
	s.Helper()
	reading, err := s.client.ReadAll(s.context(), o, everything)
	require.NoError(s, err)
	defer reading.Close()
	var all []*esdb.RecordedEvent
	for {
		resolved, err := reading.Recv()
		if errors.Is(err, io.EOF) {
			return all
		}
		require.NoError(s, err)
		e := resolved.OriginalEvent()
		if !s.isOwn(e) {
			continue
		}
		all = append(all, e)
		if stop(e) {
			return all
		}
	}
}

// isOwn is true also of the metadata of the case's streams.
func (s *session) isOwn(e *esdb.RecordedEvent) bool {
	return strings.HasPrefix(strings.TrimPrefix(e.StreamID, "$$"), s.prefix)
}

func ofType(typ string) func(*esdb.RecordedEvent) bool {
	return func(e *esdb.RecordedEvent) bool { return e.EventType == typ }
}

func types(events []*esdb.RecordedEvent) string {
	names := make([]string, len(events))
	for i, e := range events {
		names[i] = e.EventType
	}
	return strings.Join(names, " ")
}

func position(r *esdb.WriteResult) esdb.Position {
	return esdb.Position{Commit: r.CommitPosition, Prepare: r.PreparePosition}
}

// requireCode asserts the code of a client's error, however it is wrapped.
func (s *session) requireCode(code esdb.ErrorCode, err error, about ...any) {
	s.Helper()
	var failure *esdb.Error
	require.ErrorAs(s, err, &failure, about...)
	require.Equal(s, code, failure.Code(), "%v: %v", about, err)
}

func (s *session) requireNotFound(stream string) {
	s.Helper()
	_, err := s.tryRead(stream, esdb.ReadStreamOptions{From: esdb.Start{}}, everything)
	s.requireCode(esdb.ErrorCodeResourceNotFound, err, stream)
}

func (s *session) requireDeleted(stream string) {
	s.Helper()
	_, err := s.tryRead(stream, esdb.ReadStreamOptions{From: esdb.Start{}}, everything)
	s.requireCode(esdb.ErrorCodeStreamDeleted, err, stream)
}
