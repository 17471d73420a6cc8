package engine

import "fmt"

// commit waits for groups to be on disk, in order, and only then shows and
// acknowledges them. While one sync is under way the decider applies the next
// groups, which then share a sync.
func (e *Engine) commit() {
	defer close(e.stopped)
	for g := range e.commits {
		if failed := e.failed.Load(); failed != nil {
			if g.batch != nil {
				_ = g.batch.SyncWait()
			}
			g.fail(failed)
			continue
		}
		if g.batch != nil {
			if err := g.batch.SyncWait(); err != nil {
				g.fail(e.fail(fmt.Errorf("sync: %w", err)))
				continue
			}
			_ = g.batch.Close()
		}
		if n := len(g.records); n > 0 {
			e.durable.Store(g.records[n-1].Position)
			e.tail.append(g.records)
		}
		if g.erase != nil {
			if err := e.erase(g); err != nil {
				g.fail(e.fail(err))
				continue
			}
		}
		// Even a refusal waits for its turn: it may rest on a write that is
		// not on disk yet.
		g.answer()
	}
}

func (e *Engine) fail(cause error) *failedError {
	failed := &failedError{cause}
	if !e.failed.CompareAndSwap(nil, failed) {
		return e.failed.Load()
	}
	e.log.Error("event store stopped accepting writes", "error", cause)
	return failed
}
