package embedded_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"backlot/eventstore/embedded"
)

// Through the client over the unix socket, on a real disk.

func benchmarkEvent() esdb.EventData {
	return esdb.EventData{
		EventID:     uuid.New(),
		EventType:   "BenchmarkHappened",
		ContentType: esdb.ContentTypeJson,
		Data:        make([]byte, 256),
		Metadata:    make([]byte, 128),
	}
}

func benchmarkClient(b *testing.B) *esdb.Client {
	return connect(b, openServer(b, embedded.Options{Dir: b.TempDir()}))
}

func BenchmarkAppend(b *testing.B) {
	for _, writers := range []int{1, 16, 128} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			c := benchmarkClient(b)
			var next atomic.Int64
			var writing sync.WaitGroup
			b.ResetTimer()
			for w := range writers {
				writing.Go(func() {
					stream := fmt.Sprintf("bench-%d", w)
					for next.Add(1) <= int64(b.N) {
						_, err := c.AppendToStream(context.Background(), stream, esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, benchmarkEvent())
						if err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			writing.Wait()
			reportEvents(b, b.N)
		})
	}
}

func BenchmarkAppend1000(b *testing.B) {
	c := benchmarkClient(b)
	events := make([]esdb.EventData, 1000)
	b.ResetTimer()
	for i := range b.N {
		for i := range events {
			events[i] = benchmarkEvent()
		}
		appendTo(b, c, fmt.Sprintf("bench-%d", i), esdb.NoStream{}, events...)
	}
	reportEvents(b, b.N*len(events))
}

func BenchmarkReadAll(b *testing.B) {
	c := benchmarkClient(b)
	const total = 100_000
	fill(b, c, total)
	b.ResetTimer()
	for range b.N {
		stream, err := c.ReadAll(context.Background(), esdb.ReadAllOptions{}, all)
		require.NoError(b, err)
		n := 0
		for ; ; n++ {
			if _, err := stream.Recv(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				b.Fatal(err)
			}
		}
		stream.Close()
		require.Equal(b, total, n)
	}
	reportEvents(b, b.N*total)
}

// BenchmarkSubscribeAll catches up without system events, as projectors do.
func BenchmarkSubscribeAll(b *testing.B) {
	c := benchmarkClient(b)
	const total = 100_000
	fill(b, c, total)
	b.ResetTimer()
	for range b.N {
		sub, err := c.SubscribeToAll(context.Background(), esdb.SubscribeToAllOptions{
			From: esdb.Start{}, Filter: esdb.ExcludeSystemEventsFilter(), CheckpointInterval: 100,
		})
		require.NoError(b, err)
		for n := 0; n < total; {
			e := sub.Recv()
			if e.SubscriptionDropped != nil {
				b.Fatal(e.SubscriptionDropped.Error)
			}
			if e.EventAppeared != nil {
				n++
			}
		}
		require.NoError(b, sub.Close())
	}
	reportEvents(b, b.N*total)
}

// BenchmarkLive is the time from an append's start until a subscriber has the
// event.
func BenchmarkLive(b *testing.B) {
	c := benchmarkClient(b)
	sub, err := c.SubscribeToAll(context.Background(), esdb.SubscribeToAllOptions{From: esdb.Start{}})
	require.NoError(b, err)
	defer sub.Close()
	require.NotNil(b, sub.Recv().CaughtUp)
	b.ResetTimer()
	var total time.Duration
	for range b.N {
		start := time.Now()
		done := make(chan struct{})
		go func() {
			defer close(done)
			appendTo(b, c, "bench", esdb.Any{}, benchmarkEvent())
		}()
		if sub.Recv().EventAppeared == nil {
			b.Fatal("no event")
		}
		total += time.Since(start)
		<-done
	}
	b.ReportMetric(float64(total.Microseconds())/float64(b.N), "µs/live")
}

func fill(b *testing.B, c *esdb.Client, total int) {
	events := make([]esdb.EventData, 1000)
	for i := range total / len(events) {
		for i := range events {
			events[i] = benchmarkEvent()
		}
		appendTo(b, c, fmt.Sprintf("bench-%d", i), esdb.NoStream{}, events...)
	}
}

func reportEvents(b *testing.B, n int) {
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s")
}
