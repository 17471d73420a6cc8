package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// TestCrash takes the power away before file system operations all through a
// run of concurrent appends, with any part of what was not synced lost, and
// opens what is left.
func TestCrash(t *testing.T) {
	points := 300
	if testing.Short() {
		points = 60
	}
	for seed := range uint64(3) {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			t.Parallel()
			run := runUntilCrashes(t, seed, points/3, vfs.NewCrashableMem(), newHistory())
			for i, c := range run.crashes {
				checkCrash(t, c, run.history)
				if i%10 == 0 {
					checkSecondCrash(t, seed, c, run.history)
				}
			}
		})
	}
}

// history is what writers asked for and what they were told.
type history struct {
	mu       sync.Mutex
	asked    map[uuid.UUID]askedEvent
	answered map[uuid.UUID]place
}

type askedEvent struct {
	stream string
	data   string
	batch  []uuid.UUID // all that were appended with it
}

type place struct {
	position uint64
	revision int64
}

func newHistory() *history {
	return &history{asked: make(map[uuid.UUID]askedEvent), answered: make(map[uuid.UUID]place)}
}

func (h *history) ask(stream string, events []Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var batch []uuid.UUID
	for _, e := range events {
		batch = append(batch, e.ID)
	}
	for _, e := range events {
		h.asked[e.ID] = askedEvent{stream, string(e.Data), batch}
	}
}

func (h *history) answer(r Result, events []Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i, e := range events {
		back := len(events) - 1 - i
		h.answered[e.ID] = place{r.Position - uint64(back), r.Revision - int64(back)}
	}
}

func (h *history) answers() map[uuid.UUID]place {
	h.mu.Lock()
	defer h.mu.Unlock()
	return maps.Clone(h.answered)
}

// crash is what was left on disk, and what had been acknowledged before.
type crash struct {
	fs       *vfs.MemFS
	answered map[uuid.UUID]place
}

type crashRun struct {
	crashes []crash
	history *history
}

// runUntilCrashes writes to fs and clones it at a number of moments.
func runUntilCrashes(t *testing.T, seed uint64, points int, fs *vfs.MemFS, h *history) crashRun {
	rng := rand.New(rand.NewPCG(seed, 1))
	run := crashRun{history: h}
	var mu sync.Mutex
	var operations int
	next := 1
	var enough atomic.Bool
	injector := errorfs.InjectorFunc(func(op errorfs.Op) error {
		if op.Kind.ReadOrWrite() != errorfs.OpIsWrite {
			return nil
		}
		mu.Lock()
		defer mu.Unlock()
		operations++
		if operations < next || enough.Load() {
			return nil
		}
		next = operations + 1 + rng.IntN(12)
		// Answers first: what is acknowledged after this may be lost.
		c := crash{answered: h.answers()}
		percent := []int{0, 0, 20, 50, 90, 100}[rng.IntN(6)]
		c.fs = fs.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: percent, RNG: rng})
		run.crashes = append(run.crashes, c)
		if len(run.crashes) == points {
			enough.Store(true)
		}
		return nil
	})
	e, err := Open(crashOptions(errorfs.Wrap(fs, injector)))
	require.NoError(t, err)
	var writing sync.WaitGroup
	for w := range 6 {
		rng := rand.New(rand.NewPCG(seed, uint64(100+w)))
		writing.Go(func() {
			for i := 0; !enough.Load(); i++ {
				if err := writeSomething(e, h, rng, w, i); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	writing.Wait()
	require.NoError(t, e.Close())
	return run
}

// crashOptions make write-ahead files rotate and tables flush every so often.
func crashOptions(fs vfs.FS) Options {
	return Options{FS: fs, Dir: "store", MemTableSize: 32 << 10, RecentIDs: 64, TailEvents: 16}
}

func writeSomething(e *Engine, h *history, rng *rand.Rand, writer, i int) error {
	events := make([]Event, 1+rng.IntN(3))
	for k := range events {
		events[k] = Event{ID: uuid.New(), Type: "happened", Data: fmt.Appendf(nil, "%d/%d/%d %s", writer, i, k, make([]byte, rng.IntN(500)))}
	}
	stream, ctx := fmt.Sprintf("s-%d-%d", writer, i%20), context.Background()
	if rng.IntN(4) == 0 {
		stream = "shared"
	}
	if rng.IntN(10) == 0 {
		_, err := e.Delete(ctx, stream, Any)
		return err
	}
	h.ask(stream, events)
	result, err := e.Append(ctx, stream, Any, events)
	if err != nil {
		return err
	}
	h.answer(result, events)
	return nil
}

// checkCrash opens what a crash left: every acknowledged event stands where it
// was said to, nothing is there that nobody wrote, no append is there in part,
// and positions and revisions have no gap.
func checkCrash(t *testing.T, c crash, h *history) {
	t.Helper()
	e, err := Open(crashOptions(c.fs.CrashClone(vfs.CrashCloneCfg{})))
	require.NoError(t, err)
	defer func() { require.NoError(t, e.Close()) }()
	log := readLog(t, e)
	require.NoError(t, checkLog(log, c, h))
	require.NoError(t, checkIndex(e, log))
	// It goes on where it was.
	result := mustAppend(t, e, "after", NoStream, newEvent("after"))
	require.EqualValues(t, len(log)+1, result.Position)
}

// checkLog uses no assertions, of which there would be millions.
func checkLog(log []Record, c crash, h *history) error {
	found := make(map[uuid.UUID]place)
	next := make(map[string]uint64)
	for i, r := range log {
		stream := string(r.Stream)
		if r.Position != uint64(i+1) || r.Revision != next[stream] {
			return fmt.Errorf("event %d is at position %d, revision %d of %s", i, r.Position, r.Revision, stream)
		}
		next[stream]++
		if string(r.Type) == TypeMetadata {
			continue
		}
		asked, ok := h.asked[r.ID]
		if !ok || asked.stream != stream || asked.data != string(r.Data) {
			return fmt.Errorf("nobody wrote what stands at position %d", r.Position)
		}
		found[r.ID] = place{r.Position, int64(r.Revision)}
	}
	for id, p := range c.answered {
		if found[id] != p {
			return fmt.Errorf("acknowledged at %v, found at %v", p, found[id])
		}
	}
	for id := range found {
		for _, other := range h.asked[id].batch {
			if _, ok := found[other]; !ok {
				return fmt.Errorf("only a part of the append with event %v is there", id)
			}
		}
	}
	return nil
}

// checkIndex compares the indexes with the log: they hold what it holds and
// nothing else.
func checkIndex(e *Engine, log []Record) error {
	entries := 0
	err := scan(e, prefixStream, func(key, value []byte) error {
		entries++
		position := decodeNumber(value)
		if position > uint64(len(log)) {
			return fmt.Errorf("index of position %d", position)
		}
		r := log[position-1]
		if string(key) != string(streamKey(r.number, r.Revision)) {
			return fmt.Errorf("index of position %d is %x", position, key)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if entries != len(log) {
		return fmt.Errorf("%d events, %d in the index", len(log), entries)
	}
	numbers := make(map[string]uint64)
	for _, r := range log {
		numbers[string(r.Stream)] = r.number
	}
	return scan(e, prefixName, func(key, value []byte) error {
		if number, ok := numbers[string(key[1:])]; !ok || number != decodeNumber(value) {
			return fmt.Errorf("stream %q has number %d", key[1:], decodeNumber(value))
		}
		delete(numbers, string(key[1:]))
		return nil
	})
}

func scan(e *Engine, prefix byte, visit func(key, value []byte) error) error {
	iter, err := e.db.NewIter(&pebble.IterOptions{LowerBound: []byte{prefix}, UpperBound: []byte{prefix + 1}})
	if err != nil {
		return err
	}
	for ok := iter.First(); ok; ok = iter.Next() {
		if err := visit(iter.Key(), iter.Value()); err != nil {
			return errors.Join(err, iter.Close())
		}
	}
	return iter.Close()
}

// checkSecondCrash goes on writing after a crash, and crashes again.
func checkSecondCrash(t *testing.T, seed uint64, c crash, before *history) {
	t.Helper()
	h := newHistory()
	maps.Copy(h.asked, before.asked)
	maps.Copy(h.answered, c.answered)
	run := runUntilCrashes(t, seed+1000, 3, c.fs.CrashClone(vfs.CrashCloneCfg{}), h)
	for _, c := range run.crashes {
		checkCrash(t, c, h)
	}
}
