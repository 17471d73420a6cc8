package eventstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"

	"backlot/domain"
)

// BenchmarkReadLog reads the same log in every way there is; an operation is
// one pass over it. The client alone is what the others are measured against.
func BenchmarkReadLog(b *testing.B) {
	const streams, each = 50, 1000
	s := openStore(b)
	opened := examples[0]
	for w := range streams {
		drafts := make([]domain.Draft, each)
		for i := range drafts {
			drafts[i] = draft(w*each+i, opened)
		}
		_, _, err := s.Append(b.Context(), fmt.Sprintf("sourceRequest-%d", w), domain.Version{}, drafts)
		require.NoError(b, err)
	}
	end, err := s.End(b.Context())
	require.NoError(b, err)
	l, err := s.conn.acquire(b.Context())
	require.NoError(b, err)
	defer s.conn.release(l)

	run := func(name string, pass func(b *testing.B, ctx context.Context) int) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ctx, cancel := context.WithCancel(b.Context())
				n := pass(b, ctx)
				cancel()
				if n != streams*each {
					b.Fatalf("%d events", n)
				}
			}
			b.ReportMetric(float64(streams*each*b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
	run("client/read", func(b *testing.B, ctx context.Context) (n int) {
		read, err := l.ReadAll(ctx, esdb.ReadAllOptions{From: esdb.Start{}}, 1<<40)
		if err != nil {
			b.Fatal(err)
		}
		defer read.Close()
		for {
			e, err := read.Recv()
			if errors.Is(err, io.EOF) {
				return n
			} else if err != nil {
				b.Fatal(err)
			}
			if e.Event.EventType[0] != '$' {
				n++
			}
		}
	})
	run("client/subscription", func(b *testing.B, ctx context.Context) (n int) {
		sub, err := l.SubscribeToAll(ctx, esdb.SubscribeToAllOptions{From: esdb.Start{}, Filter: esdb.ExcludeSystemEventsFilter(), MaxSearchWindow: 2048})
		if err != nil {
			b.Fatal(err)
		}
		defer sub.Close()
		for {
			e := sub.Recv()
			if e.EventAppeared != nil {
				n++
				if domain.Position(e.EventAppeared.Event.Position.Commit) == end {
					return n
				}
			}
			if e.SubscriptionDropped != nil {
				b.Fatal(e.SubscriptionDropped.Error)
			}
		}
	})
	run("Follow", func(b *testing.B, ctx context.Context) (n int) {
		done := errors.New("done")
		err := s.Follow(ctx, 0, nil, func(p domain.Page) error {
			n += len(p.Events)
			if p.To >= end {
				return done
			}
			return nil
		})
		if !errors.Is(err, done) {
			b.Fatal(err)
		}
		return n
	})
	run("Subscriber", func(b *testing.B, ctx context.Context) (n int) {
		subscriber, err := NewSubscriber(s, SubscriberConfig{From: from(0)})
		if err != nil {
			b.Fatal(err)
		}
		defer subscriber.Close()
		messages, err := subscriber.Subscribe(ctx, "log")
		if err != nil {
			b.Fatal(err)
		}
		for msg := range messages {
			p, err := PageOf(msg)
			if err != nil {
				b.Fatal(err)
			}
			n += len(p.Events)
			msg.Ack()
			if p.To >= end {
				return n
			}
		}
		return n
	})
}

// BenchmarkAppend is one event a call, by one writer and by many.
func BenchmarkAppend(b *testing.B) {
	s := openStore(b)
	stream := 0
	for _, writers := range []int{1, 16} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			jobs := make(chan int)
			errs := make(chan error, writers)
			for range writers {
				go func() {
					for i := range jobs {
						if _, _, err := s.Append(b.Context(), fmt.Sprintf("sourceRequest-%d", i), domain.Version{}, []domain.Draft{draft(i, examples[0])}); err != nil {
							errs <- err
							return
						}
					}
					errs <- nil
				}()
			}
			for b.Loop() {
				stream++
				jobs <- stream
			}
			close(jobs)
			for range writers {
				require.NoError(b, <-errs)
			}
		})
	}
}

// BenchmarkReadStream loads one request of a few events, as every command does.
func BenchmarkReadStream(b *testing.B) {
	s := openStore(b)
	_, _, err := s.Append(b.Context(), "sourceRequest-1", domain.Version{}, comments(0, 5))
	require.NoError(b, err)
	for b.Loop() {
		if err := s.ReadStream(b.Context(), "sourceRequest-1", func(domain.Recorded) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
