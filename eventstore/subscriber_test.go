package eventstore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/ThreeDotsLabs/watermill"
	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/stretchr/testify/require"

	"backlot/domain"
)

func subscribe(t testing.TB, ctx context.Context, s *Store, cfg SubscriberConfig) <-chan *message.Message {
	t.Helper()
	subscriber, err := NewSubscriber(s, cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, subscriber.Close()) })
	messages, err := subscriber.Subscribe(ctx, "log")
	require.NoError(t, err)
	return messages
}

func from(p domain.Position) func(context.Context) (domain.Position, error) {
	return func(context.Context) (domain.Position, error) { return p, nil }
}

// next receives a message and its page.
func next(t testing.TB, ctx context.Context, messages <-chan *message.Message) (*message.Message, domain.Page) {
	t.Helper()
	select {
	case msg, open := <-messages:
		require.True(t, open, "the subscription ended")
		page, err := PageOf(msg)
		require.NoError(t, err)
		return msg, page
	case <-ctx.Done():
		require.FailNow(t, "no page arrived")
		return nil, domain.Page{}
	}
}

// checkLog requires pages to chain and returns their events.
type checkLog struct {
	at       domain.Position
	events   []domain.Recorded
	caughtUp bool
}

func (c *checkLog) add(t testing.TB, p domain.Page) {
	t.Helper()
	require.Equal(t, c.at, p.From, "a page continues where the former one ended")
	require.GreaterOrEqual(t, p.To, p.From)
	for _, r := range p.Events {
		require.Greater(t, r.Position, c.at)
		c.at = r.Position
	}
	require.GreaterOrEqual(t, p.To, c.at)
	c.at = p.To
	c.events = append(c.events, p.Events...)
	c.caughtUp = c.caughtUp || p.CaughtUp
}

// requireWhole requires every event of writers' streams, once and in order.
func requireWhole(t testing.TB, events []domain.Recorded, streams, each int) {
	t.Helper()
	require.Len(t, events, streams*each)
	nextRevision := map[string]uint64{}
	for _, r := range events {
		require.Equal(t, nextRevision[r.Stream], r.Revision, r.Stream)
		nextRevision[r.Stream]++
	}
	require.Len(t, nextRevision, streams)
}

// write appends to streams concurrently, in small steps.
func write(t testing.TB, ctx context.Context, s *Store, streams, each, step int) {
	t.Helper()
	var writers sync.WaitGroup
	for w := range streams {
		writers.Go(func() {
			var v domain.Version
			var err error
			for i := 0; i < each && err == nil; i += step {
				v, _, err = s.Append(ctx, fmt.Sprintf("sourceRequest-%d", w), v, comments(w*each+i, min(step, each-i)))
			}
			if err != nil {
				t.Errorf("writer %d: %v", w, err)
			}
		})
	}
	writers.Wait()
}

func TestSubscriberHandsOutEveryEventOnceInOrder(t *testing.T) {
	s, ctx := openStore(t), testContext(t)
	const streams, each = 20, 500
	var log checkLog
	messages := subscribe(t, ctx, s, SubscriberConfig{PageSize: 300, From: from(0)})
	done := make(chan struct{})
	go func() {
		defer close(done)
		write(t, ctx, s, streams, each, 20)
	}()
	for len(log.events) < streams*each {
		msg, page := next(t, ctx, messages)
		require.LessOrEqual(t, len(page.Events), 300)
		log.add(t, page)
		msg.Ack()
	}
	<-done
	requireWhole(t, log.events, streams, each)
	require.True(t, log.caughtUp)
	end, err := s.End(ctx)
	require.NoError(t, err)
	require.Equal(t, end, log.at)
}

func TestSubscriberFillsPagesWhileBehind(t *testing.T) {
	s, ctx := openStore(t), testContext(t)
	write(t, ctx, s, 10, 100, 100)
	messages := subscribe(t, ctx, s, SubscriberConfig{PageSize: 256, From: from(0)})
	var log checkLog
	full := 0
	for !log.caughtUp {
		msg, page := next(t, ctx, messages)
		if len(page.Events) == 256 {
			full++
		}
		log.add(t, page)
		msg.Ack()
	}
	// Three of them, unless the machine is so busy that the server seems to stall.
	require.Positive(t, full)
	requireWhole(t, log.events, 10, 100)
}

func TestSubscriberSaysCaughtUpOnAnEmptyLog(t *testing.T) {
	s, ctx := openStore(t), testContext(t)
	messages := subscribe(t, ctx, s, SubscriberConfig{From: from(0)})
	msg, page := next(t, ctx, messages)
	require.Equal(t, domain.Page{CaughtUp: true}, page)
	msg.Ack()

	_, p, err := s.Append(ctx, "sourceRequest-1", domain.Version{}, comments(0, 1))
	require.NoError(t, err)
	msg, page = next(t, ctx, messages)
	require.Len(t, page.Events, 1)
	require.Equal(t, p, page.To)
	msg.Ack()
}

func TestSubscriberReadsAgainFromTheCheckpointAfterANack(t *testing.T) {
	s, ctx := openStore(t), testContext(t)
	write(t, ctx, s, 1, 100, 100)
	var checkpoint atomic.Uint64
	messages := subscribe(t, ctx, s, SubscriberConfig{PageSize: 10, From: func(context.Context) (domain.Position, error) {
		return domain.Position(checkpoint.Load()), nil
	}})
	var log checkLog
	refusals := 0
	for len(log.events) < 100 {
		msg, page := next(t, ctx, messages)
		if refusals < 3 && len(log.events) == 30 {
			refusals++
			msg.Nack()
			continue
		}
		log.add(t, page)
		checkpoint.Store(uint64(page.To))
		msg.Ack()
	}
	require.Equal(t, 3, refusals)
	requireWhole(t, log.events, 1, 100)
}

func TestSubscriberContinuesFromACheckpointThatMovedBack(t *testing.T) {
	s, ctx := openStore(t), testContext(t)
	write(t, ctx, s, 1, 100, 100)
	asked := 0
	messages := subscribe(t, ctx, s, SubscriberConfig{PageSize: 10, From: func(context.Context) (domain.Position, error) {
		if asked++; asked == 2 {
			return 0, errors.New("not reachable right now")
		}
		return 0, nil
	}})
	for range 5 {
		msg, _ := next(t, ctx, messages)
		msg.Ack()
	}
	msg, page := next(t, ctx, messages)
	require.NotZero(t, page.From)
	msg.Nack()
	msg, page = next(t, ctx, messages)
	require.Zero(t, page.From, "the checkpoint was flushed")
	require.EqualValues(t, 0, page.Events[0].Revision)
	msg.Ack()
}

func TestSubscriberRestartsFromACheckpoint(t *testing.T) {
	s, ctx := openStore(t), testContext(t)
	write(t, ctx, s, 1, 100, 100)
	var log checkLog
	for log.at == 0 || len(log.events) < 100 {
		run, stop := context.WithCancel(ctx)
		messages := subscribe(t, run, s, SubscriberConfig{PageSize: 7, From: from(log.at)})
		for range 3 {
			msg, page := next(t, ctx, messages)
			log.add(t, page)
			msg.Ack()
			if page.CaughtUp {
				break
			}
		}
		stop()
		for range messages {
			// A page that was ready is dropped with the subscription.
		}
	}
	requireWhole(t, log.events, 1, 100)
}

func TestSubscriberWaitsForTheAck(t *testing.T) {
	s, ctx := openStore(t), testContext(t)
	write(t, ctx, s, 1, 20, 20)
	messages := subscribe(t, ctx, s, SubscriberConfig{PageSize: 10, From: from(0)})
	first, _ := next(t, ctx, messages)
	other := subscribe(t, ctx, s, SubscriberConfig{PageSize: 10, From: from(0)})
	for range 2 {
		msg, _ := next(t, ctx, other)
		msg.Ack()
	}
	select {
	case <-messages:
		require.FailNow(t, "a second page came before the first one's Ack")
	default:
	}
	require.NoError(t, first.Context().Err())
	first.Ack()
	<-first.Context().Done()
	_, page := next(t, ctx, messages)
	require.EqualValues(t, 10, page.Events[0].Revision)
}

func TestSubscriberStopsBeforeAnEventThatCannotBeDecoded(t *testing.T) {
	s, ctx := openStore(t), testContext(t)
	v, before, err := s.Append(ctx, "sourceRequest-1", domain.Version{}, comments(0, 3))
	require.NoError(t, err)
	appendRaw(t, s, "sourceRequest-1", v, "SourceRequestCommented.v1", `{"commentId": 7}`, `{}`)
	var checkpoint atomic.Uint64
	messages := subscribe(t, ctx, s, SubscriberConfig{From: func(context.Context) (domain.Position, error) {
		return domain.Position(checkpoint.Load()), nil
	}})
	msg, page := next(t, ctx, messages)
	require.Len(t, page.Events, 3)
	require.Equal(t, before, page.To)
	checkpoint.Store(uint64(page.To))
	msg.Ack()
	for _, answer := range []func(*message.Message) bool{(*message.Message).Nack, (*message.Message).Ack, (*message.Message).Nack} {
		msg := <-messages
		_, err := PageOf(msg)
		var bad *UndecodableError
		require.ErrorAs(t, err, &bad)
		require.Equal(t, domain.CodeInternal, domain.ErrorCode(err))
		require.Equal(t, "sourceRequest-1", bad.Stream)
		require.EqualValues(t, 3, bad.Revision)
		require.Equal(t, "SourceRequestCommented.v1", bad.Type)
		answer(msg)
	}
}

func TestSubscriberHandsOutUnknownTypesWithoutAnEvent(t *testing.T) {
	s, ctx := openStore(t), testContext(t)
	appendRaw(t, s, "elsewhere-1", domain.Version{}, "SomethingElse.v1", `not JSON`, ``)
	messages := subscribe(t, ctx, s, SubscriberConfig{From: from(0)})
	_, page := next(t, ctx, messages)
	require.Len(t, page.Events, 1)
	require.Nil(t, page.Events[0].Event)
	require.Equal(t, "SomethingElse.v1", page.Events[0].Type)
	require.EqualValues(t, 1, s.UnknownEvents())
}

func TestSubscriberClose(t *testing.T) {
	s, ctx := openStore(t), testContext(t)
	write(t, ctx, s, 1, 20, 20)
	subscriber, err := NewSubscriber(s, SubscriberConfig{PageSize: 5, From: from(0)})
	require.NoError(t, err)
	messages, err := subscriber.Subscribe(ctx, "log")
	require.NoError(t, err)
	msg, _ := next(t, ctx, messages)
	require.NoError(t, subscriber.Close(), "also while a page is being applied")
	<-msg.Context().Done()
	_, open := <-messages
	require.False(t, open)
	require.NoError(t, subscriber.Close())
	_, err = subscriber.Subscribe(ctx, "log")
	require.Equal(t, domain.CodeUnavailable, domain.ErrorCode(err))
}

func TestSubscriberKeepsTheOrderThroughARouter(t *testing.T) {
	s, ctx := openStore(t), testContext(t)
	var checkpoint atomic.Uint64
	subscriber, err := NewSubscriber(s, SubscriberConfig{PageSize: 50, From: func(context.Context) (domain.Position, error) {
		return domain.Position(checkpoint.Load()), nil
	}})
	require.NoError(t, err)
	router, err := message.NewRouter(message.RouterConfig{}, watermill.NopLogger{})
	require.NoError(t, err)
	var mu sync.Mutex // the router does not say when a page without events was handled
	var log checkLog
	pages, done := 0, make(chan struct{})
	router.AddConsumerHandler("projector", "log", subscriber, func(msg *message.Message) error {
		mu.Lock()
		defer mu.Unlock()
		page, err := PageOf(msg)
		if err != nil {
			return err
		}
		if pages++; pages%5 == 0 {
			return errors.New("not this time")
		}
		log.add(t, page)
		checkpoint.Store(uint64(page.To))
		if len(page.Events) > 0 && len(log.events) == 1000 {
			close(done)
		}
		return nil
	})
	ended := make(chan error, 1)
	go func() { ended <- router.Run(ctx) }()
	write(t, ctx, s, 10, 100, 10)
	select {
	case <-done:
	case <-ctx.Done():
		require.FailNow(t, "events are missing")
	}
	require.NoError(t, router.Close())
	require.NoError(t, <-ended)
	mu.Lock()
	defer mu.Unlock()
	requireWhole(t, log.events, 10, 100)
}

func TestPageOfAnotherMessage(t *testing.T) {
	_, err := PageOf(message.NewMessage("1", nil))
	require.Equal(t, domain.CodeInternal, domain.ErrorCode(err))
}

func TestSubscriberConfig(t *testing.T) {
	s := openStore(t)
	for name, cfg := range map[string]SubscriberConfig{
		"no From":        {},
		"negative size":  {From: from(0), PageSize: -1},
		"negative ahead": {From: from(0), Prefetch: -1},
	} {
		_, err := NewSubscriber(s, cfg)
		require.Equal(t, domain.CodeInvalid, domain.ErrorCode(err), name)
	}
	_, err := NewSubscriber(nil, SubscriberConfig{From: from(0)})
	require.Equal(t, domain.CodeInvalid, domain.ErrorCode(err))
}
