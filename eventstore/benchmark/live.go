package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
)

// live measures the time from the start of an append until a subscriber to the
// whole log has the event. Only the embedded store can be asked: Message DB's
// consumers poll at an interval of their choice.
type live struct{ appends int }

// run returns the median in milliseconds.
func (l live) run(ctx context.Context, c contender, round int) (float64, error) {
	s, ok := c.store.(*embeddedStore)
	if !ok {
		return 0, errors.New("it has no subscriptions")
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	sub, err := s.client.SubscribeToAll(ctx, esdb.SubscribeToAllOptions{From: esdb.End{}})
	if err != nil {
		return 0, err
	}
	defer sub.Close()
	for caughtUp := false; !caughtUp; {
		m := sub.Recv()
		if m.SubscriptionDropped != nil {
			return 0, m.SubscriptionDropped.Error
		}
		caughtUp = m.CaughtUp != nil
	}
	stream := fmt.Sprintf("sourceRequest-live%d", round)
	w := embeddedWriter{s.client}
	var latencies []float64
	for i := range l.appends {
		e := openedEvent(i)
		e.id = uuid.New()
		appended := make(chan error, 1)
		begun := time.Now()
		go func() { appended <- w.append(ctx, stream, int64(i)-1, []event{e}) }()
		if err := awaitEvent(sub, e.id); err != nil {
			return 0, err
		}
		latencies = append(latencies, float64(time.Since(begun).Microseconds())/1000)
		if err := <-appended; err != nil {
			return 0, err
		}
	}
	return median(latencies), nil
}

func awaitEvent(sub *esdb.Subscription, id uuid.UUID) error {
	for {
		m := sub.Recv()
		switch {
		case m.SubscriptionDropped != nil:
			return m.SubscriptionDropped.Error
		case m.EventAppeared != nil && m.EventAppeared.Event.EventID == id:
			return nil
		}
	}
}
