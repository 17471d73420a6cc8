package conformance

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"
)

var subscriptionCases = []testCase{
	{"subscribe/to a stream, from the start", docsSubscribing, followsStream(esdb.Start{}, "0", "1", "2")},
	{"subscribe/to a stream, from the end", docsSubscribing, followsStream(esdb.End{})},
	{"subscribe/to a stream, after a revision", docsSubscribing, followsStream(esdb.Revision(0), "1", "2")},
	{"subscribe/to a stream, after its last revision", docsSubscribing, followsStream(esdb.Revision(2))},
	{"subscribe/to a stream that is not there yet", docsSubscribing, followsMissingStream},
	{"subscribe/to a truncated stream", docsMaxCount, followsTruncatedStream},
	{"subscribe/to a stream of links", docsSubscribing, followsLinks},
	{"subscribe/a tombstone ends it", docsHardDelete, followsToTheTombstone},
	{"subscribe/to $all, after a position, and says when it is caught up", docsSubscribing, followsAll},
	{"subscribe/to $all, from the end", docsSubscribing, followsAllFromTheEnd},
	{"subscribe/to $all, from the start", docsSubscribing, followsAllFromTheStart},
	{"subscribe/each event exactly once across the switch from history to live", docsSubscribing, exactlyOnce},
	{"subscribe/survives being idle", docsKeepAlive, idle},
}

func (s *session) subscribeAll(o esdb.SubscribeToAllOptions) *esdb.Subscription {
	s.Helper()
	sub, err := s.client.SubscribeToAll(s.context(), o)
	require.NoError(s, err)
	s.Cleanup(func() { _ = sub.Close() })
	return sub
}

func (s *session) subscribe(stream string, o esdb.SubscribeToStreamOptions) *esdb.Subscription {
	s.Helper()
	sub, err := s.client.SubscribeToStream(s.context(), stream, o)
	require.NoError(s, err)
	s.Cleanup(func() { _ = sub.Close() })
	return sub
}

// nextEvent passes over everything that is no event.
func (s *session) nextEvent(sub *esdb.Subscription) *esdb.RecordedEvent {
	s.Helper()
	for {
		e := sub.Recv()
		if e.SubscriptionDropped != nil {
			require.NoError(s, e.SubscriptionDropped.Error)
		}
		if e.EventAppeared != nil {
			return e.EventAppeared.OriginalEvent()
		}
	}
}

const caughtUp = "CAUGHT-UP"

// expect receives messages and compares them: event types, or caughtUp.
func (s *session) expect(sub *esdb.Subscription, want ...string) {
	s.Helper()
	for i, w := range want {
		var got string
		switch e := sub.Recv(); {
		case e.EventAppeared != nil:
			got = e.EventAppeared.OriginalEvent().EventType
		case e.CaughtUp != nil:
			got = caughtUp
		case e.SubscriptionDropped != nil:
			got = fmt.Sprintf("dropped: %v", e.SubscriptionDropped.Error)
		default:
			got = fmt.Sprintf("%+v", e)
		}
		require.Equal(s, w, got, "message %d", i)
	}
}

// expectEvents compares events and passes over everything else.
func (s *session) expectEvents(sub *esdb.Subscription, want ...string) {
	s.Helper()
	for _, w := range want {
		require.Equal(s, w, s.nextEvent(sub).EventType)
	}
}

func followsStream(from esdb.StreamPosition, history ...string) func(*session) {
	return func(s *session) {
		stream := s.stream("s")
		for _, e := range numbered(3) {
			s.append(stream, esdb.Any{}, e)
			s.append(s.stream("other"), esdb.Any{}, event("other"))
		}
		sub := s.subscribe(stream, esdb.SubscribeToStreamOptions{From: from})
		s.expect(sub, append(history, caughtUp)...)
		s.append(s.stream("other"), esdb.Any{}, event("other"))
		s.append(stream, esdb.Any{}, events("live", "live too")...)
		// It may have fallen behind for a moment, and say so.
		s.expectEvents(sub, "live", "live too")
	}
}

// followsMissingStream leaves open whether who waits for a stream is caught up.
func followsMissingStream(s *session) {
	stream := s.stream("s")
	fromStart := s.subscribe(stream, esdb.SubscribeToStreamOptions{From: esdb.Start{}})
	fromEnd := s.subscribe(stream, esdb.SubscribeToStreamOptions{From: esdb.End{}})
	ahead := s.subscribe(stream, esdb.SubscribeToStreamOptions{From: esdb.Revision(1)})
	s.append(stream, esdb.NoStream{}, numbered(3)...)
	s.expectEvents(fromStart, "0", "1", "2")
	s.expectEvents(fromEnd, "0", "1", "2")
	s.expectEvents(ahead, "2")
}

func followsTruncatedStream(s *session) {
	stream := s.stream("s")
	s.append(stream, esdb.Any{}, numbered(4)...)
	s.setMetadata(stream, `{"$maxCount":2}`)
	sub := s.subscribe(stream, esdb.SubscribeToStreamOptions{From: esdb.Start{}})
	s.expect(sub, "2", "3", caughtUp)
	s.delete(stream, esdb.Any{})
	s.append(stream, esdb.NoStream{}, event("again"))
	s.expectEvents(sub, "again")
	s.expect(s.subscribe(stream, esdb.SubscribeToStreamOptions{From: esdb.Start{}}), "again", caughtUp)
	s.expect(s.subscribe("$$"+stream, esdb.SubscribeToStreamOptions{From: esdb.Start{}}), "$metadata", caughtUp)
}

func followsLinks(s *session) {
	target, stream := s.stream("target"), s.stream("links")
	s.append(target, esdb.NoStream{}, numbered(2)...)
	link := func(revision int) esdb.EventData {
		e := event("$>")
		e.ContentType, e.Data = esdb.ContentTypeBinary, fmt.Appendf(nil, "%d@%s", revision, target)
		return e
	}
	s.append(stream, esdb.NoStream{}, link(0))
	sub := s.subscribe(stream, esdb.SubscribeToStreamOptions{From: esdb.Start{}, ResolveLinkTos: true})
	for revision := range 2 {
		var e *esdb.SubscriptionEvent
		for e == nil || e.EventAppeared == nil {
			e = sub.Recv()
			require.Nil(s, e.SubscriptionDropped)
		}
		require.NotNil(s, e.EventAppeared.Event)
		require.Equal(s, target, e.EventAppeared.Event.StreamID)
		require.EqualValues(s, revision, e.EventAppeared.Event.EventNumber)
		require.Equal(s, stream, e.EventAppeared.Link.StreamID)
		s.append(stream, esdb.Any{}, link(1))
	}
}

func followsToTheTombstone(s *session) {
	stream := s.stream("s")
	s.append(stream, esdb.Any{}, event("e"))
	sub := s.subscribe(stream, esdb.SubscribeToStreamOptions{From: esdb.Start{}})
	s.expect(sub, "e", caughtUp)
	s.tombstone(stream, esdb.Any{})
	var dropped *esdb.SubscriptionDropped
	for dropped == nil {
		e := sub.Recv()
		require.Nil(s, e.EventAppeared)
		dropped = e.SubscriptionDropped
	}
	require.ErrorContains(s, dropped.Error, "is deleted")

	_, err := s.client.SubscribeToStream(s.context(), stream, esdb.SubscribeToStreamOptions{From: esdb.Start{}})
	require.ErrorContains(s, err, "is deleted")
}

func followsAll(s *session) {
	start := s.append(s.stream("start"), esdb.NoStream{}, event("start"))
	for i, e := range numbered(3) {
		s.append(s.stream(fmt.Sprint(i)), esdb.Any{}, e)
	}
	sub := s.subscribeAll(esdb.SubscribeToAllOptions{From: position(start)})
	var got []string
	receive := func(n int) {
		for len(got) < n {
			e := sub.Recv()
			require.Nil(s, e.SubscriptionDropped)
			switch {
			case e.CaughtUp != nil && !strings.Contains(strings.Join(got, " "), caughtUp):
				got = append(got, caughtUp)
			case e.EventAppeared != nil && s.isOwn(e.EventAppeared.OriginalEvent()):
				got = append(got, e.EventAppeared.OriginalEvent().EventType)
			}
		}
	}
	receive(4)
	s.append(s.stream("1"), esdb.Any{}, events("live", "live too")...)
	s.delete(s.stream("1"), esdb.Any{})
	s.tombstone(s.stream("1"), esdb.Any{})
	receive(8)
	require.Equal(s, []string{"0", "1", "2", caughtUp, "live", "live too", "$metadata", "$streamDeleted"}, got)
}

func followsAllFromTheEnd(s *session) {
	s.append(s.stream("s"), esdb.NoStream{}, event("before"))
	sub := s.subscribeAll(esdb.SubscribeToAllOptions{From: esdb.End{}})
	s.append(s.stream("s"), esdb.Revision(0), event("after"))
	for {
		if e := s.nextEvent(sub); s.isOwn(e) {
			require.Equal(s, "after", e.EventType)
			return
		}
	}
}

// followsAllFromTheStart sees only the first events: there may be many.
func followsAllFromTheStart(s *session) {
	own := s.append(s.stream("s"), esdb.NoStream{}, events("0", "1")...)
	for _, from := range []esdb.AllPosition{esdb.Start{}, esdb.Position{}} {
		sub := s.subscribeAll(esdb.SubscribeToAllOptions{From: from})
		first, second := s.nextEvent(sub), s.nextEvent(sub)
		require.Less(s, first.Position.Commit, second.Position.Commit)
		require.LessOrEqual(s, second.Position.Commit, own.CommitPosition)

		reading, err := s.client.ReadAll(s.context(), esdb.ReadAllOptions{From: esdb.Start{}}, 1)
		require.NoError(s, err)
		stored, err := reading.Recv()
		require.NoError(s, err)
		require.Equal(s, stored.OriginalEvent().EventID, first.EventID)
		reading.Close()
	}
}

// exactlyOnce has subscribers that start at every stage while many write. Each
// sees each event once and in order.
func exactlyOnce(s *session) {
	const writers, perWriter = 6, 60
	start := s.append(s.stream("start"), esdb.NoStream{}, event("start"))
	ctx := s.context()
	var running sync.WaitGroup
	var mu sync.Mutex
	var seen [][]*esdb.RecordedEvent

	// collect runs outside of the test's goroutine, so it only reports.
	collect := func(sub *esdb.Subscription, err error, n int) []*esdb.RecordedEvent {
		if err != nil {
			s.Error(err)
			return nil
		}
		defer sub.Close()
		var all []*esdb.RecordedEvent
		for len(all) < n {
			e := sub.Recv()
			if e.SubscriptionDropped != nil {
				s.Errorf("dropped after %d of %d events: %v", len(all), n, e.SubscriptionDropped.Error)
				return all
			}
			if e.EventAppeared != nil && s.isOwn(e.EventAppeared.Event) {
				all = append(all, e.EventAppeared.Event)
			}
		}
		return all
	}
	followAll := func(filter *esdb.SubscriptionFilter) {
		sub, err := s.client.SubscribeToAll(ctx, esdb.SubscribeToAllOptions{From: position(start), Filter: filter})
		all := collect(sub, err, writers*perWriter)
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, all)
	}
	followStream := func(stream string) {
		sub, err := s.client.SubscribeToStream(ctx, stream, esdb.SubscribeToStreamOptions{From: esdb.Start{}})
		for i, e := range collect(sub, err, perWriter) {
			if e.StreamID != stream || e.EventNumber != uint64(i) {
				s.Errorf("%s: event %d is %s %d", stream, i, e.StreamID, e.EventNumber)
				return
			}
		}
	}
	filter := s.filter(esdb.StreamFilterType, "", []string{"-w-"})
	for w := range writers {
		stream := s.stream(fmt.Sprintf("w-%d", w))
		running.Go(func() { followStream(stream) })
		running.Go(func() {
			for i := range perWriter {
				_, err := s.client.AppendToStream(ctx, stream, esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, event(fmt.Sprint(i)))
				if err != nil {
					s.Error(err)
					return
				}
				if i%20 == 10 && w < 2 {
					running.Go(func() { followAll([]*esdb.SubscriptionFilter{nil, filter}[w]) })
					running.Go(func() { followStream(stream) })
				}
			}
		})
	}
	running.Wait()
	if s.Failed() {
		return
	}
	stored := s.readAll(esdb.ReadAllOptions{From: position(start)}, func() func(*esdb.RecordedEvent) bool {
		n := 0
		return func(*esdb.RecordedEvent) bool { n++; return n > writers*perWriter }
	}())
	require.Len(s, stored, writers*perWriter+1)
	require.Len(s, seen, 6)
	for _, all := range seen {
		require.Equal(s, stored[1:], all)
	}
}

// idle waits by its nature.
func idle(s *session) {
	s.Logf("idle for %v", s.features.Idle)
	stream := s.stream("s")
	ctx, cancel := context.WithTimeout(context.Background(), patience+s.features.Idle)
	s.Cleanup(cancel)
	start := s.append(stream, esdb.NoStream{}, event("first"))
	ofStream, err := s.client.SubscribeToStream(ctx, stream, esdb.SubscribeToStreamOptions{From: esdb.Revision(0)})
	require.NoError(s, err)
	defer ofStream.Close()
	ofAll, err := s.client.SubscribeToAll(ctx, esdb.SubscribeToAllOptions{From: position(start), Filter: s.filter(esdb.StreamFilterType, "", []string{"-"})})
	require.NoError(s, err)
	defer ofAll.Close()
	time.Sleep(s.features.Idle)
	s.append(stream, esdb.Revision(0), event("after"))
	s.expectEvents(ofStream, "after")
	s.expectEvents(ofAll, "after")
}
