package engine

import (
	"context"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

var manyStreams = flag.Int("many-streams", 100_000, "streams of BenchmarkManyStreams, one event each")

// BenchmarkManyStreams fills a store on disk with streams of one event each and
// reports what it keeps in memory then, and after it was opened again. The
// figures do not grow with the streams beyond what the caches hold.
func BenchmarkManyStreams(b *testing.B) {
	for b.Loop() {
		o := Options{Dir: b.TempDir()}
		e, err := Open(o)
		require.NoError(b, err)
		pending := make(chan *Pending, 4096)
		done := make(chan error, 1)
		go func() {
			var failed error
			for p := range pending {
				if _, err := p.Wait(context.Background()); err != nil && failed == nil {
					failed = err
				}
			}
			done <- failed
		}()
		data := []byte(strings.Repeat("x", 200))
		for n := range *manyStreams {
			p, err := e.BeginAppend(context.Background(), fmt.Sprintf("sourceRequest-%d", n), NoStream, []Event{{ID: uuid.New(), Type: "Opened", Data: data}})
			require.NoError(b, err)
			pending <- p
		}
		close(pending)
		require.NoError(b, <-done)
		b.ReportMetric(megabytesInUse(), "heap-MB")
		b.ReportMetric(peakMegabytes(b), "peak-RSS-MB")
		require.NoError(b, e.Close())

		e, err = Open(o)
		require.NoError(b, err)
		require.EqualValues(b, *manyStreams, e.Durable())
		b.ReportMetric(megabytesInUse(), "heap-reopened-MB")
		require.NoError(b, e.Close())
	}
	b.ReportMetric(float64(*manyStreams)*float64(b.N)/b.Elapsed().Seconds(), "streams/s")
}

func megabytesInUse() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}

// peakMegabytes is the most memory that the process ever held, Pebble's block
// cache outside Go's heap included.
func peakMegabytes(b *testing.B) float64 {
	status, err := os.ReadFile("/proc/self/status")
	require.NoError(b, err)
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	fields := strings.Fields(rest)
	require.NotEmpty(b, fields, "no VmHWM here")
	kb, err := strconv.Atoi(fields[0])
	require.NoError(b, err)
	return float64(kb) / 1024
}

// watchHeap sends the most megabytes that were in use until it was told to end.
func watchHeap(ended <-chan struct{}, peak chan<- float64) {
	most := megabytesInUse()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, float64(m.HeapAlloc)/(1<<20))
		case <-ended:
			peak <- most
			return
		}
	}
}
