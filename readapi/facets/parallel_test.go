package facets

import (
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestEveryChunkIsWorkedOnOnce, and all of the work is done when parallel returns,
// by whichever workers had the time.
func TestEveryChunkIsWorkedOnOnce(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	defer func(b, w int) { batchChunks, workerChunks = b, w }(batchChunks, workerChunks)
	rapid.Check(t, func(t *rapid.T) {
		batchChunks, workerChunks = rapid.IntRange(1, 9).Draw(t, "batch"), rapid.IntRange(1, 9).Draw(t, "chunks of a worker")
		chunks := rapid.IntRange(0, 60).Draw(t, "chunks")
		done := make([]int, chunks)
		called := make([]int, workers(chunks))
		var under atomic.Int64
		parallel(chunks, func(worker int, next func() (int, int)) {
			under.Add(1)
			defer under.Add(-1)
			called[worker]++
			for from, to := next(); from < to; from, to = next() {
				runtime.Gosched()
				for n := from; n < to; n++ {
					done[n]++
				}
			}
		})
		require.Zero(t, under.Load())
		for n, times := range done {
			require.Equal(t, 1, times, "chunk %d", n)
		}
		require.Equal(t, 1, called[0])
		for _, times := range called {
			require.LessOrEqual(t, times, 1)
		}
	})
}

// TestAWorkerThatComesTooLateNeverWorks: what its work writes to belongs to
// somebody else by then.
func TestAWorkerThatComesTooLateNeverWorks(t *testing.T) {
	var g gate
	require.True(t, g.enter())
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		g.close()
	}()
	g.leave()
	<-closed
	require.False(t, g.enter())
}
