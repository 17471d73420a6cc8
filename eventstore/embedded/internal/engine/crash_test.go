package engine

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math"
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

var crashPoints = flag.Int("crash-points", 300, "number of moments at which TestCrash takes the power away")

// TestCrash takes the power away before file system operations of scripted
// runs of concurrent appends, from opening to closing, and opens what is left.
// At each moment it does so twice: with everything lost that was not synced,
// and with any part of it. With enough -crash-points it is every operation.
func TestCrash(t *testing.T) {
	points := *crashPoints
	if testing.Short() {
		points /= 5
	}
	var tally crashTally
	for seed := uint64(1); tally.tried.Load() < int64(points) && !t.Failed(); seed++ {
		// A script has some thousand operations; few points are spread over it.
		stride := max(1, 3000/points)
		runScript(t, script{seed: seed, fs: vfs.NewCrashableMem(), history: newHistory(), writes: 40, stride: stride, checkers: 2}, func(n int, c crash) {
			checkCrash(t, c, &tally)
			if n%101 == 0 {
				crashAgain(t, seed+1000, stride, c, &tally)
			}
		})
	}
	t.Logf("%d crash points tried, %d of them while recovering from a crash or after it: %d acknowledged events looked for, %d lost",
		tally.tried.Load(), tally.again.Load(), tally.sought.Load(), tally.lost.Load())
	require.Zero(t, tally.lost.Load())
}

// crashTally counts what was tried and found.
type crashTally struct{ tried, again, sought, lost atomic.Int64 }

// history is what writers asked for and what they were told.
type history struct {
	mu       sync.Mutex
	asked    map[uuid.UUID]askedEvent
	answered map[uuid.UUID]answeredPlace
	deleted  map[uint64]string // metastreams by the position of an answered deletion
}

type askedEvent struct {
	stream string
	data   string
	batch  []uuid.UUID // all that were appended with it
}

type answeredPlace struct {
	position uint64
	revision int64
}

func newHistory() *history {
	return &history{asked: make(map[uuid.UUID]askedEvent), answered: make(map[uuid.UUID]answeredPlace), deleted: make(map[uint64]string)}
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
		h.answered[e.ID] = answeredPlace{r.Position - uint64(back), r.Revision - int64(back)}
	}
}

func (h *history) answerDelete(r Result, stream string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.deleted[r.Position] = MetastreamOf(stream)
}

// crash is what was left on disk, and what had been acknowledged before.
type crash struct {
	fs       *vfs.MemFS
	answered map[uuid.UUID]answeredPlace
	deleted  map[uint64]string
	history  *history
}

// script is a run of six writers, in which a crash happens before about every
// stride-th operation on the file system.
type script struct {
	seed     uint64
	fs       *vfs.MemFS
	history  *history
	writes   int // of each writer
	stride   int
	checkers int
}

// runScript calls check with every crash, from several goroutines, and waits.
func runScript(t *testing.T, s script, check func(n int, c crash)) {
	rng := rand.New(rand.NewPCG(s.seed, 1))
	crashes := make(chan crash, s.checkers)
	var checking, writing sync.WaitGroup
	var count atomic.Int64
	for range s.checkers {
		checking.Go(func() {
			for c := range crashes {
				check(int(count.Add(1)-1), c)
			}
		})
	}
	var mu sync.Mutex
	injector := errorfs.InjectorFunc(func(op errorfs.Op) error {
		if op.Kind.ReadOrWrite() != errorfs.OpIsWrite {
			return nil
		}
		mu.Lock()
		defer mu.Unlock()
		if s.stride > 1 && rng.IntN(s.stride) > 0 {
			return nil
		}
		// Answers first: what is acknowledged after this may be lost.
		answered, deleted := s.history.answers()
		for _, percent := range []int{0, 1 + rng.IntN(100)} {
			left := s.fs.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: percent, RNG: rng})
			crashes <- crash{left, answered, deleted, s.history}
		}
		return nil
	})
	e, err := Open(crashOptions(tornFS{errorfs.Wrap(s.fs, injector), s.seed}))
	if err != nil {
		t.Error(err)
		close(crashes)
		checking.Wait()
		return
	}
	for w := range 6 {
		rng := rand.New(rand.NewPCG(s.seed, uint64(100+w)))
		writing.Go(func() {
			for i := range s.writes {
				if err := writeSomething(e, s.history, rng, w, i); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	writing.Wait()
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	close(crashes)
	checking.Wait()
}

func (h *history) answers() (map[uuid.UUID]answeredPlace, map[uint64]string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return maps.Clone(h.answered), maps.Clone(h.deleted)
}

// tornFS makes two writes of each, so that a crash can tear one at any byte.
type tornFS struct {
	vfs.FS
	seed uint64
}

func (fs tornFS) Unwrap() vfs.FS { return fs.FS }

func (fs tornFS) Create(name string, category vfs.DiskWriteCategory) (vfs.File, error) {
	return fs.torn(fs.FS.Create(name, category))
}

func (fs tornFS) ReuseForWrite(oldname, newname string, category vfs.DiskWriteCategory) (vfs.File, error) {
	return fs.torn(fs.FS.ReuseForWrite(oldname, newname, category))
}

func (fs tornFS) torn(f vfs.File, err error) (vfs.File, error) {
	if err != nil {
		return nil, err
	}
	return &tornFile{f, rand.New(rand.NewPCG(fs.seed, 2))}, nil
}

type tornFile struct {
	vfs.File
	rng *rand.Rand // a file has one writer
}

func (f *tornFile) Write(p []byte) (int, error) {
	first := 0
	if len(p) > 1 {
		n, err := f.File.Write(p[:1+f.rng.IntN(len(p)-1)])
		if err != nil {
			return n, err
		}
		first = n
	}
	n, err := f.File.Write(p[first:])
	return first + n, err
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
	if rng.IntN(25) == 0 {
		_, err := e.Scavenge(ctx)
		return err
	}
	if rng.IntN(10) == 0 {
		result, err := e.Delete(ctx, stream, Any)
		if err == nil {
			h.answerDelete(result, stream)
		}
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
func checkCrash(t *testing.T, c crash, tally *crashTally) {
	tally.tried.Add(1)
	if err := tryCrash(c, tally); err != nil {
		t.Error(err)
	}
}

func tryCrash(c crash, tally *crashTally) (err error) {
	e, err := Open(crashOptions(c.fs.CrashClone(vfs.CrashCloneCfg{})))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	log, err := collect(e.ReadForwards(0), math.MaxInt)
	if err != nil {
		return err
	}
	tally.sought.Add(int64(len(c.answered) + len(c.deleted)))
	if err := c.check(e, log, tally); err != nil {
		return err
	}
	if tally.tried.Load()%5 == 0 {
		// What was left of a scavenge is finished, and nothing else is lost.
		if _, err := e.Scavenge(context.Background()); err != nil {
			return err
		}
		if log, err = collect(e.ReadForwards(0), math.MaxInt); err != nil {
			return err
		}
		if err := c.check(e, log, tally); err != nil {
			return fmt.Errorf("after a scavenge: %w", err)
		}
		if err := checkScavenged(log); err != nil {
			return err
		}
	}
	// It goes on where it was.
	result, err := e.Append(context.Background(), "after", NoStream, []Event{newEvent("after")})
	if err != nil {
		return err
	}
	if len(log) > 0 && result.Position <= log[len(log)-1].Position {
		return fmt.Errorf("the next position is %d after %d", result.Position, log[len(log)-1].Position)
	}
	for _, p := range c.answered {
		if result.Position <= p.position {
			return fmt.Errorf("position %d was given again", result.Position)
		}
	}
	return nil
}

func (c crash) check(e *Engine, log []Record, tally *crashTally) error {
	lost := c.lost(log)
	tally.lost.Add(int64(lost))
	if lost > 0 {
		return fmt.Errorf("%d acknowledged events are lost", lost)
	}
	if err := checkLog(log, c.history); err != nil {
		return err
	}
	return checkIndex(e, log)
}

// lost counts what was acknowledged and does not stand where it was said to,
// though nothing hides it.
func (c crash) lost(log []Record) int {
	lost := 0
	hidden := hiding(log)
	standing := make(map[uuid.UUID]answeredPlace)
	metastreams := make(map[uint64]string)
	newest := make(map[string]uint64)
	for _, r := range log {
		standing[r.ID] = answeredPlace{r.Position, int64(r.Revision)}
		if string(r.Type) == TypeMetadata {
			metastreams[r.Position] = string(r.Stream)
			newest[string(r.Stream)] = r.Position
		}
	}
	c.history.mu.Lock()
	defer c.history.mu.Unlock()
	for id, want := range c.answered {
		if have, ok := standing[id]; ok && have != want || !ok && want.revision >= hidden[c.history.asked[id].stream] {
			lost++
		}
	}
	for position, want := range c.deleted {
		if have, ok := metastreams[position]; ok && have != want || !ok && newest[want] <= position {
			lost++
		}
	}
	return lost
}

// hiding returns the revision before which each stream is hidden by what
// metadata the log has.
func hiding(log []Record) map[string]int64 {
	hidden := make(map[string]int64)
	for _, r := range log {
		if original, ok := OriginalOf(string(r.Stream)); ok {
			hidden[original] = parseMetadata(r.JSON, r.Data).truncateBefore
			hidden[string(r.Stream)] = int64(r.Revision)
		}
	}
	return hidden
}

// checkScavenged finds what a scavenge should have removed.
func checkScavenged(log []Record) error {
	hidden := hiding(log)
	for _, r := range log {
		if int64(r.Revision) < hidden[string(r.Stream)] {
			return fmt.Errorf("event %d of %s is still there", r.Revision, r.Stream)
		}
	}
	return nil
}

// checkLog uses no assertions, of which there would be millions.
func checkLog(log []Record, h *history) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	hidden := hiding(log)
	found := make(map[uuid.UUID]bool)
	next := make(map[string]uint64)
	last := uint64(0)
	for _, r := range log {
		stream := string(r.Stream)
		isGap := r.Revision > next[stream] && int64(r.Revision) <= hidden[stream]
		if r.Position <= last || r.Revision != next[stream] && !isGap {
			return fmt.Errorf("revision %d of %s at position %d, after revision %d and position %d", r.Revision, stream, r.Position, int64(next[stream])-1, last)
		}
		last, next[stream] = r.Position, r.Revision+1
		if string(r.Type) == TypeMetadata {
			continue
		}
		asked, ok := h.asked[r.ID]
		if !ok || asked.stream != stream || asked.data != string(r.Data) {
			return fmt.Errorf("nobody wrote what stands at position %d", r.Position)
		}
		if found[r.ID] {
			return fmt.Errorf("event %v is there twice", r.ID)
		}
		found[r.ID] = true
	}
	for id := range found {
		asked := h.asked[id]
		for _, other := range asked.batch {
			// A scavenge may have removed the first of them, and stopped.
			if !found[other] && hidden[asked.stream] == 0 {
				return fmt.Errorf("only a part of the append with event %v is there", id)
			}
		}
	}
	return nil
}

// checkIndex compares the indexes with the log: they hold what it holds and
// nothing else, but for the last event of a stream that was scavenged.
func checkIndex(e *Engine, log []Record) error {
	byPosition := make(map[uint64]Record)
	for _, r := range log {
		byPosition[r.Position] = r
	}
	entries := 0
	numbers := make(map[uint64]bool)
	bare := make(map[uint64]uint64) // revisions without an event by stream number
	last := make(map[uint64]uint64)
	err := scan(e, prefixStream, func(key, value []byte) error {
		number, revision := numberOfKey(key), revisionOfKey(key)
		numbers[number], last[number] = true, revision
		r, ok := byPosition[decodeNumber(value)]
		if !ok {
			bare[number] = revision
			return nil
		}
		entries++
		if string(key) != string(streamKey(r.number, r.Revision)) {
			return fmt.Errorf("index of position %d is %x", r.Position, key)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if entries != len(log) {
		return fmt.Errorf("%d events, %d in the index", len(log), entries)
	}
	names := make(map[uint64]string)
	err = scan(e, prefixName, func(key, value []byte) error {
		number := decodeNumber(value)
		names[number] = string(key[1:])
		if !numbers[number] {
			return fmt.Errorf("stream %q has number %d and no event", key[1:], number)
		}
		delete(numbers, number)
		return nil
	})
	if err != nil {
		return err
	}
	if len(numbers) > 0 {
		return fmt.Errorf("streams without names: %v", numbers)
	}
	for _, r := range log {
		if names[r.number] != string(r.Stream) {
			return fmt.Errorf("event at position %d is of stream %q, number %d is %q", r.Position, r.Stream, r.number, names[r.number])
		}
	}
	hidden := hiding(log)
	for number, revision := range bare {
		if int64(revision) >= hidden[names[number]] {
			return fmt.Errorf("event %d of %s is only in the index, of which %d is the last", revision, names[number], last[number])
		}
	}
	return nil
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

// crashAgain opens what a crash left and goes on writing, and crashes again on
// the way, from the first step of the recovery on.
func crashAgain(t *testing.T, seed uint64, stride int, c crash, tally *crashTally) {
	h := newHistory()
	c.history.mu.Lock()
	maps.Copy(h.asked, c.history.asked)
	c.history.mu.Unlock()
	maps.Copy(h.answered, c.answered)
	maps.Copy(h.deleted, c.deleted)
	s := script{seed: seed, fs: c.fs.CrashClone(vfs.CrashCloneCfg{}), history: h, writes: 2, stride: stride, checkers: 1}
	runScript(t, s, func(_ int, again crash) {
		tally.again.Add(1)
		checkCrash(t, again, tally)
	})
}
