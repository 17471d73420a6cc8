package engine

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// marked is an event whose data a file can be searched for: nothing compresses
// it.
func marked() (Event, []byte) {
	data := make([]byte, 300)
	_, _ = rand.Read(data)
	return Event{ID: uuid.New(), Type: "marked", Data: data}, data
}

// population is what a test wrote, by what is to become of it.
type population struct {
	t          testing.TB
	e          *Engine
	kept, gone [][]byte
}

func (p *population) write(stream string, isKept bool) {
	event, data := marked()
	mustAppend(p.t, p.e, stream, Any, event)
	if isKept {
		p.kept = append(p.kept, data)
	} else {
		p.gone = append(p.gone, data)
	}
}

func (p *population) setMetadata(stream, properties string, isKept bool) {
	_, secret := marked()
	data := fmt.Appendf(nil, `{%s"note":"%x"}`, properties, secret)
	mustAppend(p.t, p.e, MetastreamOf(stream), Any, Event{ID: uuid.New(), Type: TypeMetadata, JSON: true, Data: data})
	if isKept {
		p.kept = append(p.kept, data)
	} else {
		p.gone = append(p.gone, data)
	}
}

// populate makes streams that are hidden in each of the ways that there are,
// among others that are not.
func (p *population) populate(round int) {
	ctx := context.Background()
	name := func(kind string) string { return fmt.Sprintf("%s-%d", kind, round) }
	for range 3 {
		p.write(name("plain"), true)
		p.write(name("deleted"), false)
		p.write(name("tombstoned"), false)
		p.write(name("truncated"), false)
		p.write(name("old"), false)
		p.write(name("person"), false)
	}
	p.setMetadata(name("deleted"), "", false)
	p.setMetadata(name("tombstoned"), "", false)
	p.setMetadata(name("truncated"), `"$tb":1,`, false)
	p.setMetadata(name("truncated"), `"$tb":3,`, true)
	p.setMetadata(name("old"), `"$maxAge":3600,`, true)
	p.setMetadata(name("person"), `"$maxCount":1,`, true)
	p.write(name("truncated"), true)
	p.write(name("person"), true)
	p.write(name("revived"), false)
	for _, stream := range []string{"deleted", "revived"} {
		_, err := p.e.Delete(ctx, name(stream), StreamExists)
		require.NoError(p.t, err)
	}
	p.write(name("revived"), true)
	_, err := p.e.Tombstone(ctx, name("tombstoned"), StreamExists)
	require.NoError(p.t, err)
}

// found counts which of the data any file below a directory holds.
func found(t testing.TB, dir string, data [][]byte) int {
	t.Helper()
	is := make([]bool, len(data))
	require.NoError(t, filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		for i := range data {
			// A log breaks off in the middle of one to begin a block.
			is[i] = is[i] || bytes.Contains(content, data[i][:100]) || bytes.Contains(content, data[i][100:])
		}
		return err
	}))
	n := 0
	for _, yes := range is {
		if yes {
			n++
		}
	}
	return n
}

// TestScavengedBytesLeaveTheDisk searches the files of a store: before, they
// hold everything, also what is hidden; after, only what can be read.
func TestScavengedBytesLeaveTheDisk(t *testing.T) {
	for _, s := range []struct {
		name     string
		memTable int
		reopen   bool
		rounds   int
	}{
		{name: "in the write-ahead log", memTable: 16 << 20, rounds: 2},
		{name: "in tables", memTable: 16 << 20, reopen: true, rounds: 2},
		{name: "in many tables and in logs kept for reuse", memTable: 16 << 10, rounds: 12},
	} {
		t.Run(s.name, func(t *testing.T) {
			now := time.Now()
			o := Options{Dir: t.TempDir(), uncompressed: true, MemTableSize: s.memTable, Now: func() time.Time { return now }}
			e, err := Open(o)
			require.NoError(t, err)
			defer func() { require.NoError(t, e.Close()) }()
			p := population{t: t, e: e}
			for round := range s.rounds {
				p.populate(round)
			}
			now = now.Add(2 * time.Hour)
			if s.reopen {
				require.NoError(t, e.Close())
				e, err = Open(o)
				require.NoError(t, err)
			}
			require.Equal(t, len(p.gone), found(t, o.Dir, p.gone), "hidden is not gone")
			require.Equal(t, len(p.kept), found(t, o.Dir, p.kept))

			report, err := e.Scavenge(t.Context())
			require.NoError(t, err)
			// There are metadata events without a mark, too.
			assert.GreaterOrEqual(t, report.Events, int64(len(p.gone)))
			assert.Zero(t, found(t, o.Dir, p.gone))
			assert.Equal(t, len(p.kept), found(t, o.Dir, p.kept))
			assert.Zero(t, inMemory(e, p.gone))

			// And stay away when the store goes on.
			for range 50 {
				event, _ := marked()
				mustAppend(t, e, "on", Any, event)
			}
			require.NoError(t, e.Close())
			assert.Zero(t, found(t, o.Dir, p.gone))
			e, err = Open(o)
			require.NoError(t, err)
			again, err := e.Scavenge(t.Context())
			require.NoError(t, err)
			assert.Zero(t, again.Events)
		})
	}
}

// TestScavengeMergesTables erases a little among much: Pebble by itself would see
// no reason to write the tables anew.
func TestScavengeMergesTables(t *testing.T) {
	o := Options{Dir: t.TempDir(), uncompressed: true}
	e, err := Open(o)
	require.NoError(t, err)
	defer func() { require.NoError(t, e.Close()) }()
	p := population{t: t, e: e}
	much := func() {
		events := make([]Event, 1000)
		for i := range events {
			events[i] = Event{ID: uuid.New(), Type: "much", Data: make([]byte, 8<<10)}
		}
		mustAppend(t, e, "much", Any, events...)
	}
	much()
	p.write("person", false)
	p.write("plain", true)
	much()
	require.NoError(t, e.Close())
	e, err = Open(o)
	require.NoError(t, err)
	require.NoError(t, e.db.Compact(t.Context(), []byte{prefixEvent}, []byte{prefixEvent + 1}, false))
	_, err = e.Delete(t.Context(), "person", Any)
	require.NoError(t, err)
	require.Equal(t, 1, found(t, o.Dir, p.gone))
	report, err := e.Scavenge(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 1, report.Events)
	assert.Zero(t, found(t, o.Dir, p.gone))
	assert.Equal(t, 1, found(t, o.Dir, p.kept))
}

// TestALookDuringARemovalIsRepeated: the first look found metadata that was
// removed before it could be read.
func TestALookDuringARemovalIsRepeated(t *testing.T) {
	e := openEngine(t, Options{})
	looks := 0
	require.NoError(t, e.settled(func() error {
		if looks++; looks == 1 {
			e.erasures.Add(1)
			return errNoRecord
		}
		return nil
	}))
	require.Equal(t, 2, looks)
}

// inMemory counts which of the data the tail holds.
func inMemory(e *Engine, data [][]byte) (n int) {
	e.tail.mu.Lock()
	defer e.tail.mu.Unlock()
	for _, r := range e.tail.ring {
		for _, d := range data {
			if bytes.Equal(r.Data, d) {
				n++
			}
		}
	}
	return n
}

// TestScavengeIsFinishedByTheNext stops a scavenge between removing events and
// getting rid of the files that hold them.
func TestScavengeIsFinishedByTheNext(t *testing.T) {
	dir := t.TempDir()
	e, err := Open(Options{Dir: dir, uncompressed: true})
	require.NoError(t, err)
	p := population{t: t, e: e}
	p.populate(0)
	require.NoError(t, e.db.Flush())
	s := &scavenge{engine: e}
	require.NoError(t, s.find(t.Context()))
	require.NoError(t, s.remove(t.Context()))
	require.NoError(t, e.Close())
	require.NotZero(t, found(t, dir, p.gone))

	e, err = Open(Options{Dir: dir, uncompressed: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, e.Close()) }()
	report, err := e.Scavenge(t.Context())
	require.NoError(t, err)
	assert.Zero(t, report.Events)
	left, err := readSpans(e.db)
	require.NoError(t, err)
	assert.Empty(t, left)
	// Nothing is an hour old here.
	assert.Equal(t, 3, found(t, dir, p.gone))
	assert.Equal(t, len(p.kept), found(t, dir, p.kept))
}

func TestScavengeKeepsWhatAStreamNeeds(t *testing.T) {
	e := openEngine(t, Options{})
	ctx := t.Context()
	first := newEvent("0")
	mustAppend(t, e, "deleted", NoStream, first, newEvent("1"))
	mustAppend(t, e, "tombstoned", NoStream, newEvent("0"))
	_, err := e.Delete(ctx, "deleted", Any)
	require.NoError(t, err)
	end, err := e.Tombstone(ctx, "tombstoned", Any)
	require.NoError(t, err)
	report, err := e.Scavenge(ctx)
	require.NoError(t, err)
	require.EqualValues(t, 3, report.Events)
	require.Len(t, readLog(t, e), 2) // the deletion and the tombstone

	_, err = e.OpenStream("deleted")
	require.ErrorIs(t, err, ErrStreamNotFound)
	_, err = e.Append(ctx, "tombstoned", Any, []Event{newEvent("no")})
	require.ErrorAs(t, err, new(*StreamDeletedError))
	result := mustAppend(t, e, "deleted", 1, newEvent("2"))
	require.Equal(t, Result{2, end.Position + 1}, result)
	s, err := e.OpenStream("deleted")
	require.NoError(t, err)
	s.Forwards(0)
	records, err := collect(s, math.MaxInt)
	require.NoError(t, err)
	require.Len(t, records, 1)

	// Metadata that hides nothing does not bring back what is gone.
	mustAppend(t, e, MetastreamOf("deleted"), Any, Event{ID: uuid.New(), Type: TypeMetadata, JSON: true, Data: []byte(`{}`)})
	for _, back := range []bool{false, true} {
		if s, err = e.OpenStream("deleted"); back {
			s.Backwards(RevisionEnd)
		} else {
			s.Forwards(0)
		}
		require.NoError(t, err)
		records, err = collect(s, 1)
		require.NoError(t, err)
		require.Len(t, records, 1)
	}
	// An exact revision finds nothing to compare a repeated event with, once
	// its id is no longer a recent one.
	_, err = e.Append(ctx, "deleted", NoStream, []Event{{ID: uuid.New(), Type: "other"}})
	require.ErrorAs(t, err, new(*WrongRevisionError))
}

// TestScavengedEndOfTheLog removes the last event of the log: its position is
// not given again, and who waits behind it goes on.
func TestScavengedEndOfTheLog(t *testing.T) {
	dir := t.TempDir()
	e, err := Open(Options{Dir: dir})
	require.NoError(t, err)
	mustAppend(t, e, MetastreamOf("s"), NoStream, Event{ID: uuid.New(), Type: TypeMetadata, JSON: true, Data: []byte(`{"$tb":10}`)})
	for range 3 {
		mustAppend(t, e, "s", Any, newEvent("hidden"))
	}
	report, err := e.Scavenge(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 3, report.Events)
	for range 2 {
		require.EqualValues(t, 4, e.Durable())
		log := e.ReadAfter(1)
		records, err := log.Next(math.MaxInt)
		require.NoError(t, err)
		require.Empty(t, records)
		require.EqualValues(t, 4, log.Durable)
		require.True(t, e.Tail(4, make([]Record, 1)).AtEnd)
		require.NoError(t, e.Close())
		e, err = Open(Options{Dir: dir})
		require.NoError(t, err)
	}
	require.Equal(t, Result{3, 5}, mustAppend(t, e, "s", 2, newEvent("on")))
	require.NoError(t, e.Close())
}

func TestScavengeEndsWithItsContextAndTheEngine(t *testing.T) {
	e, err := Open(Options{Dir: t.TempDir()})
	require.NoError(t, err)
	p := population{t: t, e: e}
	p.populate(0)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = e.Scavenge(cancelled)
	require.ErrorIs(t, err, context.Canceled)
	require.NoError(t, e.Close())
	_, err = e.Scavenge(t.Context())
	require.ErrorIs(t, err, ErrClosed)
}

// TestScavengeBesideTraffic appends, deletes, revives and reads while scavenges
// run. Nothing that is shown by every metadata its stream ever had disappears.
func TestScavengeBesideTraffic(t *testing.T) {
	e := openEngine(t, Options{MemTableSize: 128 << 10, TailEvents: 64})
	ctx := t.Context()
	const writers, rounds = 4, 60
	var writing, others sync.WaitGroup
	var done atomic.Bool
	var removed int64
	for w := range writers {
		writing.Go(func() {
			keep, flip := fmt.Sprintf("keep-%d", w), fmt.Sprintf("flip-%d", w)
			for i := range rounds {
				if i%10 == 0 { // a deletion forgot it
					_, err := e.Append(ctx, MetastreamOf(flip), Any, []Event{{ID: uuid.New(), Type: TypeMetadata, JSON: true, Data: []byte(`{"$maxCount":2}`)}})
					assert.NoError(t, err)
				}
				event, _ := marked()
				_, err := e.Append(ctx, keep, Expected(i-1), []Event{event})
				assert.NoError(t, err)
				event, _ = marked()
				written, err := e.Append(ctx, flip, Expected(i-1), []Event{event})
				assert.NoError(t, err)
				assert.EqualValues(t, i, written.Revision)
				if i%10 == 9 {
					_, err := e.Delete(ctx, flip, StreamExists)
					assert.NoError(t, err)
					_, err = e.OpenStream(flip)
					assert.ErrorIs(t, err, ErrStreamNotFound, "deleted for whoever reads now")
					continue
				}
				s, err := e.OpenStream(flip)
				if !assert.NoError(t, err) {
					return
				}
				assert.EqualValues(t, i, s.Last)
				s.Forwards(0)
				records, err := collect(s, 1)
				assert.NoError(t, err)
				if assert.NotEmpty(t, records) {
					assert.LessOrEqual(t, len(records), 2)
					assert.Equal(t, event.ID, records[len(records)-1].ID)
				}
			}
		})
	}
	others.Go(func() { // scavenges
		for last := false; ; {
			report, err := e.Scavenge(ctx)
			assert.NoError(t, err)
			removed += report.Events
			if last {
				return
			}
			last = done.Load()
		}
	})
	kept := make(map[uuid.UUID]bool)
	others.Go(func() { // follows the log
		cursor, buf := uint64(0), make([]Record, 16)
		take := func(records []Record) {
			for i := range records {
				assert.Greater(t, records[i].Position, cursor)
				cursor = records[i].Position
				if bytes.HasPrefix(records[i].Stream, []byte("keep-")) {
					kept[records[i].ID] = true
				}
			}
		}
		for !done.Load() || cursor < e.Durable() {
			tail := e.Tail(cursor, buf)
			take(tail.Records)
			if tail.Covered {
				continue
			}
			log := e.ReadAfter(cursor)
			for {
				records, err := log.Next(16)
				assert.NoError(t, err)
				if len(records) == 0 {
					break
				}
				take(records)
			}
			cursor = max(cursor, log.Durable)
		}
	})
	writing.Wait()
	done.Store(true)
	others.Wait()
	assert.Len(t, kept, writers*rounds)
	// Each flipping stream ended deleted: nothing but its last metadata is left.
	log := readLog(t, e)
	assert.Len(t, log, writers*rounds+writers)
	assert.EqualValues(t, e.Durable()-uint64(len(log)), removed)
}

func TestSpansCoverWhatTheyWereGiven(t *testing.T) {
	var s spans
	given := []uint64{5, 6, 4, 1000, 7, 6}
	for _, p := range given {
		s = s.with(p)
	}
	require.Equal(t, spans{{4, 7}, {1000, 1000}}, s)
	for i := range uint64(500) {
		p := i * i * 7919 % 100_003
		given, s = append(given, p), s.with(p)
		require.LessOrEqual(t, len(s), maxSpans)
	}
	for _, p := range given {
		covered := false
		for k, have := range s {
			covered = covered || have.first <= p && p <= have.last
			require.True(t, k == 0 || s[k-1].last < have.first)
		}
		require.True(t, covered)
	}
}

// BenchmarkScavenge removes a hundred thousand events among as many that stay:
// persons of which only the newest counts.
func BenchmarkScavenge(b *testing.B) {
	const streams, events = 1000, 100
	for b.Loop() {
		b.StopTimer()
		e, err := Open(Options{Dir: b.TempDir()})
		require.NoError(b, err)
		data := make([]byte, 200)
		batch := func() []Event {
			written := make([]Event, events)
			for i := range written {
				_, _ = rand.Read(data)
				written[i] = Event{ID: uuid.New(), Type: "e", Data: bytes.Clone(data)}
			}
			return written
		}
		var pending []*Pending
		for n := range streams {
			for stream, written := range map[string][]Event{fmt.Sprint("keep-", n): batch(), fmt.Sprint("person-", n): batch()} {
				p, err := e.BeginAppend(b.Context(), stream, NoStream, written)
				require.NoError(b, err)
				pending = append(pending, p)
			}
			p, err := e.BeginAppend(b.Context(), MetastreamOf(fmt.Sprint("person-", n)), NoStream, []Event{{ID: uuid.New(), Type: TypeMetadata, JSON: true, Data: []byte(`{"$tb":100}`)}})
			require.NoError(b, err)
			pending = append(pending, p)
		}
		for _, p := range pending {
			_, err := p.Wait(b.Context())
			require.NoError(b, err)
		}
		before := megabytesInUse()
		peak := make(chan float64)
		ended := make(chan struct{})
		go watchHeap(ended, peak)
		b.StartTimer()
		report, err := e.Scavenge(b.Context())
		b.StopTimer()
		close(ended)
		b.ReportMetric(<-peak-before, "heap-growth-MB")
		require.NoError(b, err)
		require.EqualValues(b, streams*events, report.Events)
		b.ReportMetric(float64(report.BytesBefore)/(1<<20), "MB-before")
		b.ReportMetric(float64(report.BytesAfter)/(1<<20), "MB-after")
		require.NoError(b, e.Close())
		b.StartTimer()
	}
	b.ReportMetric(float64(streams*events)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}
