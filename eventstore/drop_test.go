package eventstore

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"backlot/domain"
)

// project runs a subscriber whose checkpoint moves with each page, until the
// test ends.
func project(t testing.TB, s *Store, pageSize int) *followed {
	f := &followed{t: t, got: make(chan struct{}, 1)}
	var checkpoint atomic.Uint64
	ctx, cancel := context.WithCancel(context.Background())
	messages := subscribe(t, ctx, s, SubscriberConfig{PageSize: pageSize, From: func(context.Context) (domain.Position, error) {
		return domain.Position(checkpoint.Load()), nil
	}})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for msg := range messages {
			page, err := PageOf(msg)
			if err == nil {
				err = f.apply(page)
			}
			if err != nil {
				t.Errorf("page: %v", err)
				return
			}
			checkpoint.Store(uint64(page.To))
			msg.Ack()
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	return f
}

// moment says at which answer a subscription drops, having sent a number of
// events with this one, and whether the answer still comes through.
type moment func(r *streams.ReadResp, events int) (now, comesThrough bool)

// dropper drops each of three readers' subscriptions once.
type dropper struct {
	at  moment
	how error

	mu      sync.Mutex
	events  map[string]int
	dropped map[string]bool
}

func (d *dropper) answer(ctx context.Context, m proto.Message) (proto.Message, error) {
	r, ok := m.(*streams.ReadResp)
	if !ok || !isSubscription(ctx) {
		return m, nil
	}
	filter := readRequest(ctx).GetOptions().GetFilter()
	reader := "all"
	switch {
	case filter.GetStreamIdentifier() != nil:
		reader = "some"
	case filter.GetMax() == 10:
		reader = "subscriber"
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.dropped[reader] {
		return m, nil
	}
	if r.GetEvent() != nil {
		d.events[reader]++
	}
	now, comesThrough := d.at(r, d.events[reader])
	if !now {
		return m, nil
	}
	d.dropped[reader] = true
	if !comesThrough {
		m = nil
	}
	return m, d.how
}

func TestSubscriptionDroppedAtAnyMomentGoesOnWithoutGapOrRepetition(t *testing.T) {
	const history, live = 100, 5
	isCaughtUp := func(r *streams.ReadResp) bool { return r.GetCaughtUp() != nil }
	moments := map[string]moment{
		"before it is open":           func(r *streams.ReadResp, _ int) (bool, bool) { return r.GetConfirmation() != nil, false },
		"as it is open":               func(r *streams.ReadResp, _ int) (bool, bool) { return r.GetConfirmation() != nil, true },
		"in the history":              func(_ *streams.ReadResp, n int) (bool, bool) { return n == 37, true },
		"after the history":           func(_ *streams.ReadResp, n int) (bool, bool) { return n == history, true },
		"before it says caught up":    func(r *streams.ReadResp, _ int) (bool, bool) { return isCaughtUp(r), false },
		"as it says caught up":        func(r *streams.ReadResp, _ int) (bool, bool) { return isCaughtUp(r), true },
		"before the first live event": func(_ *streams.ReadResp, n int) (bool, bool) { return n == history+1, false },
		"after some live events":      func(_ *streams.ReadResp, n int) (bool, bool) { return n == history+3, true },
	}
	hows := []error{
		errEnd,
		status.Error(codes.Unavailable, "Server Is Not Ready"),
		status.Error(codes.Aborted, "Operation timed out"),
		status.Error(codes.Unknown, "Exception was thrown by handler."),
		status.Error(codes.Canceled, "going away"),
	}
	turn := 0
	for name, at := range moments {
		turn++
		how := hows[turn%len(hows)] // in another order each time
		t.Run(name+"/"+how.Error(), func(t *testing.T) {
			t.Parallel()
			c, ctx := newCluster(t, 1), testContext(t)
			s := c.connect(Config{}, 0)
			v, _, err := s.Append(ctx, "sourceRequest-0", domain.Version{}, comments(0, history))
			require.NoError(t, err)
			d := &dropper{at: at, how: how, events: map[string]int{}, dropped: map[string]bool{}}
			c.onAnswer(d.answer)
			readers := []*followed{follow(t, s), follow(t, s, "sourceRequest-"), project(t, s, 10)}
			for n := history; n <= history+live; n++ {
				if n > history {
					v = persist(t, ctx, s, "sourceRequest-0", v, comments(n, 1))
				}
				for _, f := range readers {
					f.until(ctx, func(l *checkLog) bool { return len(l.events) >= n && l.caughtUp })
				}
			}
			for _, f := range readers {
				f.mu.Lock()
				requireWhole(t, f.log.events, 1, history+live)
				f.mu.Unlock()
			}
			d.mu.Lock()
			defer d.mu.Unlock()
			require.Len(t, d.dropped, len(readers))
		})
	}
}

// lost cuts every connection and waits until there is one again.
func lost(t testing.TB, s *Store, cut func()) {
	t.Helper()
	cut()
	_, err := s.End(testContext(t))
	require.NoError(t, err)
}

func TestSubscriptionDroppedBeforeTheAck(t *testing.T) {
	for name, answer := range map[string]func(*message.Message) bool{"acked": (*message.Message).Ack, "refused": (*message.Message).Nack} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, ctx := newGate(t), testContext(t)
			s := connect(t, Config{Client: g.configuration()})
			v := persist(t, ctx, s, "sourceRequest-0", domain.Version{}, comments(0, 100))
			var checkpoint atomic.Uint64
			messages := subscribe(t, ctx, s, SubscriberConfig{PageSize: 10, Prefetch: 1, From: func(context.Context) (domain.Position, error) {
				return domain.Position(checkpoint.Load()), nil
			}})
			var log checkLog
			for drops := 0; len(log.events) < 103; {
				msg, page := next(t, ctx, messages)
				// In the middle, at the end of the history, and live.
				if n := len(log.events); drops == 0 && n == 30 || drops == 1 && n == 90 || drops == 2 && n >= 100 {
					drops++
					lost(t, s, g.cut)
					if n >= 90 {
						v = persist(t, ctx, s, "sourceRequest-0", v, comments(100+drops, 1))
					}
					if answer(msg); msg.Context().Err() == nil {
						<-msg.Context().Done()
					}
					select {
					case <-msg.Nacked():
						continue
					default:
					}
				}
				log.add(t, page)
				checkpoint.Store(uint64(page.To))
				msg.Ack()
				if drops == 3 && v.Revision == 101 {
					v = persist(t, ctx, s, "sourceRequest-0", v, comments(200, 1))
				}
			}
			requireWhole(t, log.events, 1, 103)
		})
	}
}

func TestSubscriptionDroppedWhileAPageIsApplied(t *testing.T) {
	t.Parallel()
	g, ctx := newGate(t), testContext(t)
	s := connect(t, Config{Client: g.configuration()})
	write(t, ctx, s, 1, 3*followPage, 1000)
	var log checkLog
	enough := errors.New("enough")
	err := s.Follow(ctx, 0, nil, func(p domain.Page) error {
		log.add(t, p)
		lost(t, s, g.cut)
		if len(log.events) == 3*followPage {
			return enough
		}
		return nil
	})
	require.Equal(t, enough, err)
	requireWhole(t, log.events, 1, 3*followPage)
}
