package engine

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func TestMoreStreamsThanTheCacheHolds(t *testing.T) {
	e := openEngine(t, Options{Streams: 1})
	const streams = 2*minStreams + 100
	appendAll := func(expected Expected) {
		var writing sync.WaitGroup
		for w := range 8 {
			writing.Go(func() {
				for i := w; i < streams; i += 8 {
					if _, err := e.Append(context.Background(), fmt.Sprint("s-", i), expected, []Event{newEvent("e")}); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		writing.Wait()
	}
	appendAll(NoStream)
	appendAll(0)
	appendAll(1)
	require.EqualValues(t, 3*streams, e.Durable())
}

func TestStreamNumbersAreNotReused(t *testing.T) {
	fs := vfs.NewMem()
	for round := range 3 {
		e, err := Open(Options{FS: fs})
		require.NoError(t, err)
		for i := range 5 {
			mustAppend(t, e, fmt.Sprintf("s-%d-%d", round, i), NoStream, newEvent("e"))
		}
		numbers := make(map[uint64]string)
		for _, r := range readLog(t, e) {
			require.Empty(t, numbers[r.number])
			numbers[r.number] = string(r.Stream)
		}
		require.Len(t, numbers, (round+1)*5)
		require.NoError(t, e.Close())
	}
}

// TestReadersSeeOnlyWhatIsOnDisk holds the sync back: the write is in Pebble,
// and nobody may see it.
func TestReadersSeeOnlyWhatIsOnDisk(t *testing.T) {
	var hold atomic.Bool
	held, release := make(chan struct{}, 100), make(chan struct{})
	fs := errorfs.Wrap(vfs.NewMem(), errorfs.InjectorFunc(func(op errorfs.Op) error {
		if hold.Load() && isSync(op) && strings.HasSuffix(op.Path, ".log") {
			held <- struct{}{}
			<-release
		}
		return nil
	}))
	e := openEngine(t, Options{FS: fs})
	first := mustAppend(t, e, "s", NoStream, newEvent("first"))
	hold.Store(true)
	done := make(chan error, 1)
	go func() {
		_, err := e.Append(context.Background(), "s", 0, []Event{newEvent("second")})
		done <- err
	}()
	<-held
	// Registered after the engine's, so that a failure can close it.
	letGo := sync.OnceFunc(func() {
		hold.Store(false)
		close(release)
	})
	t.Cleanup(letGo)
	// What is held may be a sync that was on its way before the write.
	require.Eventually(t, func() bool {
		_, found, err := getNumber(e.db, streamKey(0, 1))
		return err == nil && found
	}, 10*time.Second, time.Millisecond, "Pebble has it")

	require.Equal(t, first.Position, e.Durable())
	require.Len(t, readLog(t, e), 1)
	backwards, err := collect(e.ReadBackwards(End), 10)
	require.NoError(t, err)
	require.Len(t, backwards, 1)
	s, err := e.OpenStream("s")
	require.NoError(t, err)
	require.EqualValues(t, 0, s.Last)
	require.Empty(t, e.Tail(first.Position, make([]Record, 1)).Records)
	select {
	case <-done:
		t.Fatal("acknowledged before it is on disk")
	default:
	}
	// A refusal that rests on it waits too.
	refused := make(chan error, 1)
	go func() {
		_, err := e.Append(context.Background(), "s", 0, []Event{newEvent("other")})
		refused <- err
	}()

	letGo()
	require.NoError(t, <-done)
	var wrong *WrongRevisionError
	require.ErrorAs(t, <-refused, &wrong)
	require.EqualValues(t, 1, wrong.Current)
	require.Len(t, readLog(t, e), 2)
}

func isSync(op errorfs.Op) bool {
	return op.Kind == errorfs.OpFileSync || op.Kind == errorfs.OpFileSyncData || op.Kind == errorfs.OpFileSyncTo
}

// TestFailedSyncStopsTheStore: after a sync that failed nobody knows what is on
// disk, so nothing more is acknowledged.
func TestFailedSyncStopsTheStore(t *testing.T) {
	var broken atomic.Bool
	mem := vfs.NewMem()
	fs := errorfs.Wrap(mem, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if broken.Load() && isSync(op) && strings.HasSuffix(op.Path, ".log") {
			return errorfs.ErrInjected
		}
		return nil
	}))
	e, err := Open(Options{FS: fs})
	require.NoError(t, err)
	first := mustAppend(t, e, "s", NoStream, newEvent("first"))
	broken.Store(true)
	for range 3 {
		_, err = e.Append(context.Background(), "s", Any, []Event{newEvent("lost")})
		require.ErrorIs(t, err, errorfs.ErrInjected)
	}
	require.Equal(t, first.Position, e.Durable())
	require.Len(t, readLog(t, e), 1)
	broken.Store(false)
	_ = e.Close()

	again := openEngine(t, Options{FS: mem})
	require.Equal(t, "first", string(readLog(t, again)[0].Type))
}

func TestClosedEngineRefuses(t *testing.T) {
	e, err := Open(Options{FS: vfs.NewMem()})
	require.NoError(t, err)
	var writing sync.WaitGroup
	var acknowledged atomic.Uint64
	started := make(chan struct{}, 8)
	for w := range 8 {
		writing.Go(func() {
			for i := 0; ; i++ {
				_, err := e.Append(context.Background(), fmt.Sprint("s-", w), Any, []Event{newEvent("e")})
				if errors.Is(err, ErrClosed) {
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
				acknowledged.Add(1)
				if i == 0 {
					started <- struct{}{}
				}
			}
		})
	}
	for range 8 {
		<-started
	}
	require.NoError(t, e.Close())
	require.NoError(t, e.Close())
	writing.Wait()
	require.LessOrEqual(t, acknowledged.Load(), e.Durable())
}

func TestAppendEndsWithItsContext(t *testing.T) {
	e := openEngine(t, Options{})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for range 50 { // either select may win; none may hang
		_, err := e.Append(ctx, "s", Any, []Event{newEvent("e")})
		if err != nil {
			require.ErrorIs(t, err, context.Canceled)
		}
	}
}

func TestNewerFormatIsRefused(t *testing.T) {
	fs := vfs.NewMem()
	e, err := Open(Options{FS: fs})
	require.NoError(t, err)
	require.NoError(t, e.db.Set(formatKey, encodeNumber(formatScavenged+1), pebble.Sync))
	require.NoError(t, e.Close())
	_, err = Open(Options{FS: fs})
	require.ErrorContains(t, err, "store has format 3, this build knows 1 to 2")
}

func TestCloseLeavesNothingToReplay(t *testing.T) {
	fs := vfs.NewMem()
	e, err := Open(Options{FS: fs, Dir: "d"})
	require.NoError(t, err)
	mustAppend(t, e, "s", NoStream, newEvent("e"))
	require.NoError(t, e.Close())
	names, err := fs.List("d")
	require.NoError(t, err)
	for _, name := range names {
		if strings.HasSuffix(name, ".log") {
			info, err := fs.Stat(fs.PathJoin("d", name))
			require.NoError(t, err)
			require.Less(t, info.Size(), int64(512), name)
		}
	}
}

func TestWriteAheadFilesAreCapped(t *testing.T) {
	fs := vfs.NewMem()
	e := openEngine(t, Options{FS: fs, Dir: "d", MemTableSize: 256 << 10})
	data := make([]byte, 8<<10)
	for i := range 1000 {
		mustAppend(t, e, fmt.Sprint(i%10), Any, Event{ID: uuid.New(), Type: "e", Data: data})
	}
	names, err := fs.List("d")
	require.NoError(t, err)
	var logs int64
	for _, name := range names {
		if strings.HasSuffix(name, ".log") {
			info, err := fs.Stat(fs.PathJoin("d", name))
			require.NoError(t, err)
			logs += info.Size()
		}
	}
	require.Less(t, logs, int64(3<<20), "of 8 MB written")
}

// The formats below are on disks: a change here loses somebody's events.

func TestRecordFormat(t *testing.T) {
	event := Event{
		ID:       uuid.MustParse("00112233-4455-6677-8899-aabbccddeeff"),
		Type:     "Opened",
		JSON:     true,
		Data:     []byte(`{"a":1}`),
		Metadata: []byte{0, 255},
	}
	b := encodeRecord("order-1", event)
	stampRecord(b, time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC).UnixNano()/100, 3, 9)
	require.Equal(t, "01"+"01"+"003fc8febfed0000"+"0000000000000003"+"0000000000000009"+
		"00112233445566778899aabbccddeeff"+
		"07"+hex.EncodeToString([]byte("order-1"))+"06"+hex.EncodeToString([]byte("Opened"))+"0200ff"+
		hex.EncodeToString([]byte(`{"a":1}`)), hex.EncodeToString(b))

	r, err := decodeRecord(7, b)
	require.NoError(t, err)
	require.Equal(t, Record{
		Position: 7, Revision: 3, Created: r.Created, ID: event.ID, JSON: true,
		Stream: []byte("order-1"), Type: []byte("Opened"), Metadata: event.Metadata, Data: event.Data, number: 9,
	}, r)
}

func TestKeyFormat(t *testing.T) {
	require.Equal(t, "650000000000000102", hex.EncodeToString(eventKey(0x102)))
	require.Equal(t, "73"+"0000000000000001"+"0000000000000203", hex.EncodeToString(streamKey(1, 0x203)))
	require.Equal(t, "n$$s", string(nameKey("$$s")))
	require.Equal(t, "v", string(formatKey))
	require.Equal(t, "c", string(counterKey))
	require.Equal(t, "0000000000000007", hex.EncodeToString(encodeNumber(7)))
	require.Less(t, string(streamKey(1, math.MaxUint64)), string(streamKey(2, 0)))
	require.Equal(t, string(streamKey(2, 0)), string(afterStreamKey(1, math.MaxUint64)))
	require.Less(t, string(eventKey(math.MaxUint64)), string(afterEventKey(math.MaxUint64)))
}

func FuzzDecodeRecord(f *testing.F) {
	b := encodeRecord("s", newEvent("e"))
	f.Add(b)
	f.Add(b[:recordHeader])
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := decodeRecord(1, b)
		if err != nil {
			return
		}
		e := Event{ID: r.ID, Type: string(r.Type), JSON: r.JSON, Data: r.Data, Metadata: r.Metadata}
		again := encodeRecord(string(r.Stream), e)
		stampRecord(again, r.Created, r.Revision, r.number)
		second, err := decodeRecord(1, again)
		require.NoError(t, err)
		require.Equal(t, r, second)
	})
}
