package embedded_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"backlot/eventstore/embedded"
)

// appender is what either way can do.
type appender interface {
	AppendToStream(ctx context.Context, stream string, o esdb.AppendToStreamOptions, events ...esdb.EventData) (*esdb.WriteResult, error)
}

// codeOf is the code by which a caller tells errors apart.
func codeOf(err error) esdb.ErrorCode {
	var client *esdb.Error
	if errors.As(err, &client) {
		return client.Code()
	}
	var direct interface{ ClientCode() esdb.ErrorCode }
	if errors.As(err, &direct) {
		return direct.ClientCode()
	}
	return esdb.ErrorCodeUnknown
}

// TestDirectCallsMeanWhatTheClientsDo makes the same calls both ways, each in
// streams of its own of one server.
func TestDirectCallsMeanWhatTheClientsDo(t *testing.T) {
	server := openServer(t, embedded.Options{MaxAppendSize: 1000})
	client := connect(t, server)
	ctx := testContext(t)
	id := func(n int) uuid.UUID { return uuid.NewSHA1(uuid.NameSpaceOID, fmt.Append(nil, n)) }
	numbered := func(from, n int) (out []esdb.EventData) {
		for i := range n {
			out = append(out, esdb.EventData{EventID: id(from + i), EventType: fmt.Sprint("e", from+i), ContentType: esdb.ContentTypeJson, Data: fmt.Append(nil, from+i), Metadata: []byte(`{"m":1}`)})
		}
		return out
	}
	read := func(way appender, stream string, o esdb.ReadStreamOptions, count uint64) (out []string, err error) {
		each := func(e *esdb.RecordedEvent) error {
			out = append(out, fmt.Sprint(e.EventNumber, e.EventID, e.EventType, e.ContentType, e.StreamID[1:], e.CreatedDate.IsZero(), e.Position.Commit > 0, string(e.Data), string(e.UserMetadata)))
			return nil
		}
		if direct, ok := way.(*embedded.Server); ok {
			return out, direct.ReadStream(ctx, stream, o, count, each)
		}
		r, err := client.ReadStream(ctx, stream, o, count)
		if err != nil {
			return nil, err
		}
		defer r.Close()
		for {
			e, err := r.Recv()
			if errors.Is(err, io.EOF) {
				return out, nil
			}
			if err != nil {
				return out, err
			}
			_ = each(e.Event)
		}
	}
	script := func(way appender, prefix string) (said []string) {
		note := func(what string, v any, err error) {
			if err != nil {
				v = codeOf(err)
			}
			said = append(said, fmt.Sprintf("%s: %v", what, v))
		}
		write := func(what, stream string, expected esdb.ExpectedRevision, events ...esdb.EventData) {
			r, err := way.AppendToStream(ctx, stream, esdb.AppendToStreamOptions{ExpectedRevision: expected}, events...)
			if err != nil {
				note(what, nil, err)
				return
			}
			note(what, fmt.Sprint(r.NextExpectedVersion, r.CommitPosition > 0, r.CommitPosition == r.PreparePosition), nil)
		}
		look := func(what, stream string, direction esdb.Direction, from esdb.StreamPosition, count uint64) {
			events, err := read(way, stream, esdb.ReadStreamOptions{Direction: direction, From: from}, count)
			note(what, strings.Join(events, "; "), err)
		}
		s := prefix + "s"
		look("read nothing", s, esdb.Forwards, esdb.Start{}, 10)
		write("new", s, esdb.NoStream{}, numbered(0, 3)...)
		write("again", s, esdb.NoStream{}, numbered(0, 3)...)
		write("half of it again", s, esdb.NoStream{}, numbered(1, 2)...)
		write("there already", s, esdb.NoStream{}, numbered(7, 1)...)
		write("exact", s, esdb.Revision(2), numbered(3, 1)...)
		write("too early", s, esdb.Revision(9), numbered(4, 1)...)
		write("any", s, esdb.Any{}, numbered(4, 1)...)
		write("no expectation", s, nil, numbered(5, 1)...)
		write("exists", s, esdb.StreamExists{}, numbered(6, 1)...)
		write("does not exist", prefix+"x", esdb.StreamExists{}, numbered(6, 1)...)
		write("too large", s, esdb.Any{}, esdb.EventData{EventID: id(99), EventType: "large", Data: make([]byte, 1000)})
		write("no name", "", esdb.Any{}, numbered(8, 1)...)
		write("$all", "$all", esdb.Any{}, numbered(8, 1)...)
		write("impossible revision", s, esdb.Revision(math.MaxUint64), numbered(8, 1)...)
		write("nothing", s, esdb.Revision(6))
		look("forwards", s, esdb.Forwards, esdb.Start{}, 100)
		look("from nowhere", s, esdb.Forwards, nil, 2)
		look("in the middle", s, esdb.Forwards, esdb.Revision(2), 3)
		look("behind the end", s, esdb.Forwards, esdb.Revision(20), 3)
		look("the last", s, esdb.Backwards, esdb.End{}, 1)
		look("backwards", s, esdb.Backwards, esdb.Revision(3), 100)
		_, err := client.DeleteStream(ctx, s, esdb.DeleteStreamOptions{ExpectedRevision: esdb.Any{}})
		require.NoError(t, err)
		look("deleted", s, esdb.Forwards, esdb.Start{}, 100)
		write("anew", s, esdb.NoStream{}, numbered(20, 1)...)
		look("anew", s, esdb.Forwards, esdb.Start{}, 100)
		_, err = client.TombstoneStream(ctx, s, esdb.TombstoneStreamOptions{ExpectedRevision: esdb.Any{}})
		require.NoError(t, err)
		look("gone", s, esdb.Forwards, esdb.Start{}, 100)
		write("gone", s, esdb.Any{}, numbered(30, 1)...)
		return said
	}
	require.Equal(t, script(client, "c"), script(server, "d"))
}

// TestAppendToNewStream writes only where no stream ever was.
func TestAppendToNewStream(t *testing.T) {
	server := openServer(t, embedded.Options{})
	client := connect(t, server)
	ctx := testContext(t)
	first, second := numbered(2), numbered(2)
	r, err := server.AppendToNewStream(ctx, "s", first...)
	require.NoError(t, err)
	require.EqualValues(t, 1, r.NextExpectedVersion)
	again, err := server.AppendToNewStream(ctx, "s", first...)
	require.NoError(t, err)
	require.Equal(t, r, again)
	refused := func(code esdb.ErrorCode) {
		t.Helper()
		_, err := server.AppendToNewStream(ctx, "s", second...)
		require.Equal(t, code, codeOf(err))
	}
	refused(esdb.ErrorCodeWrongExpectedVersion)
	_, err = client.DeleteStream(ctx, "s", esdb.DeleteStreamOptions{ExpectedRevision: esdb.Any{}})
	require.NoError(t, err)
	refused(esdb.ErrorCodeWrongExpectedVersion)
	appendTo(t, client, "s", esdb.NoStream{}, numbered(1)...)
	refused(esdb.ErrorCodeWrongExpectedVersion)
	_, err = client.TombstoneStream(ctx, "s", esdb.TombstoneStreamOptions{ExpectedRevision: esdb.Any{}})
	require.NoError(t, err)
	refused(esdb.ErrorCodeStreamDeleted)
}

// TestDirectSubscription follows the log from its beginning over what is live,
// with events that the filter leaves out at every place.
func TestDirectSubscription(t *testing.T) {
	server := openServer(t, embedded.Options{})
	client := connect(t, server)
	write := func(stream string) uint64 {
		r, err := client.AppendToStream(testContext(t), stream, esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, event("e-"+stream))
		require.NoError(t, err)
		return r.CommitPosition
	}
	write("a-1")
	write("b-1")
	write("a-2")
	ctx, cancel := context.WithCancel(testContext(t))
	said := make(chan string, 100)
	ended := make(chan error, 1)
	o := esdb.SubscribeToAllOptions{From: esdb.Start{}, MaxSearchWindow: 1, Filter: &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: []string{"a-"}}}
	go func() {
		ended <- server.SubscribeToAll(ctx, o, func(_ context.Context, events []esdb.RecordedEvent) error {
			for _, e := range events {
				said <- e.EventType
			}
			return nil
		}, func(_ context.Context, e esdb.SubscriptionEvent) error {
			if e.CheckPointReached != nil {
				said <- fmt.Sprint(e.CheckPointReached.Commit)
				return nil
			}
			said <- describe(&e)
			return nil
		})
	}()
	require.Equal(t, []string{"e-a-1", "e-a-2"}, []string{<-said, <-said})
	for next := <-said; next != "CAUGHT-UP"; next = <-said {
		require.NotContains(t, next, "e-", "only checkpoints are left")
	}
	passed := write("b-2")
	require.Equal(t, fmt.Sprint(passed), <-said, "the position moves with what the filter leaves out")
	write("a-3")
	require.Equal(t, "e-a-3", <-said)
	cancel()
	require.ErrorIs(t, <-ended, context.Canceled)
}

// TestDirectSubscriptionEndsWithItsReceiver passes on the receiver's error.
func TestDirectSubscriptionEndsWithItsReceiver(t *testing.T) {
	server := openServer(t, embedded.Options{})
	appendTo(t, connect(t, server), "s", esdb.NoStream{}, numbered(2)...)
	enough := errors.New("enough")
	err := server.SubscribeToAll(testContext(t), esdb.SubscribeToAllOptions{},
		func(context.Context, []esdb.RecordedEvent) error { return enough }, func(context.Context, esdb.SubscriptionEvent) error { return nil })
	require.ErrorIs(t, err, enough)
}

// TestClosingEndsDirectCalls also while a receiver is busy.
func TestClosingEndsDirectCalls(t *testing.T) {
	server := openServer(t, embedded.Options{})
	appendTo(t, connect(t, server), "s", esdb.NoStream{}, numbered(1)...)
	ended, busy := make(chan error, 1), make(chan struct{})
	go func() {
		ended <- server.SubscribeToAll(context.Background(), esdb.SubscribeToAllOptions{},
			func(ctx context.Context, _ []esdb.RecordedEvent) error {
				close(busy)
				<-ctx.Done()
				return context.Cause(ctx)
			}, func(context.Context, esdb.SubscriptionEvent) error { return nil })
	}()
	<-busy
	require.NoError(t, server.Close())
	require.Equal(t, codes.Unavailable, status.Code(<-ended))
	_, err := server.AppendToStream(testContext(t), "s", esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, event("late"))
	require.Equal(t, codes.Unavailable, status.Code(err))
	err = server.ReadStream(testContext(t), "s", esdb.ReadStreamOptions{From: esdb.Start{}}, 1, func(*esdb.RecordedEvent) error { return nil })
	require.Equal(t, codes.Unavailable, status.Code(err))
}
