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
// worker and takes ranges of chunk numbers until there are none. Worker 0 always
// works; another one that no processor had time for until nothing was left never
// does, since whoever asked must not wait for a processor only to hear that.
func parallel(chunks int, work func(worker int, next func() (from, to int))) {
	var taken atomic.Int64
	next := func() (int, int) {
		from := int(taken.Add(int64(batchChunks))) - batchChunks
		return min(from, chunks), min(from+batchChunks, chunks)
	}
	var others gate
	for w := 1; w < workers(chunks); w++ {
		go func() {
			if others.enter() {
				defer others.leave()
				work(w, next)
			}
		}()
	}
	work(0, next)
	others.close()
}

// gate is a WaitGroup that nobody can join any more once it is waited for.
type gate struct {
	mu     sync.Mutex
	closed bool
	inside sync.WaitGroup
}

func (g *gate) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.closed {
		g.inside.Add(1)
	}
	return !g.closed
}

func (g *gate) leave() { g.inside.Done() }

// close returns once all who entered have left.
func (g *gate) close() {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	g.inside.Wait()
}

// workers returns how many workers parallel uses.
func workers(chunks int) int {
	return max(1, min(runtime.GOMAXPROCS(0), (chunks+workerChunks-1)/workerChunks))
}
