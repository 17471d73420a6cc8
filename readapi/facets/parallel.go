package facets

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Tests make these small.
var (
	batchChunks  = 8   // taken by a worker at a time
	workerChunks = 128 // fewer are not worth another goroutine
)

// parallel spreads chunks over the processors: work is called once for each
// worker and takes ranges of chunk numbers until there are none.
func parallel(chunks int, work func(worker int, next func() (from, to int))) {
	var taken atomic.Int64
	next := func() (int, int) {
		from := int(taken.Add(int64(batchChunks))) - batchChunks
		return min(from, chunks), min(from+batchChunks, chunks)
	}
	n := workers(chunks)
	var wait sync.WaitGroup
	for w := 1; w < n; w++ {
		wait.Go(func() { work(w, next) })
	}
	work(0, next)
	wait.Wait()
}

// workers returns how many workers parallel uses.
func workers(chunks int) int {
	return max(1, min(runtime.GOMAXPROCS(0), (chunks+workerChunks-1)/workerChunks))
}
