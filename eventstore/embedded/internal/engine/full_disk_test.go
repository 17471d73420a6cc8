package engine

import (
	"context"
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
	"github.com/stretchr/testify/require"
)

// smallDisk is a file system with room for so many operations that need some.
type smallDisk struct {
	fs      *vfs.MemFS
	left    atomic.Int64
	refused atomic.Int64
}

func newSmallDisk() *smallDisk {
	d := &smallDisk{fs: vfs.NewCrashableMem()}
	d.left.Store(math.MaxInt64)
	return d
}

func (d *smallDisk) FS() vfs.FS {
	return errorfs.Wrap(d.fs, errorfs.InjectorFunc(func(op errorfs.Op) error {
		switch op.Kind {
		case errorfs.OpCreate, errorfs.OpFileWrite, errorfs.OpFileWriteAt, errorfs.OpFilePreallocate, errorfs.OpLink,
			errorfs.OpRename, errorfs.OpReuseForWrite, errorfs.OpMkdirAll:
			if d.left.Add(-1) < 0 {
				d.refused.Add(1)
				return syscall.ENOSPC
			}
		}
		return nil
	}))
}

func fullDiskOptions(d *smallDisk) Options {
	o := crashOptions(d.FS())
	o.FullDiskRetry = time.Millisecond
	return o
}

// TestFullDisk fills the disk before each of many file system operations of a
// run, those of flushes, compactions and new write-ahead files among them.
func TestFullDisk(t *testing.T) {
	d := newSmallDisk()
	e, err := Open(fullDiskOptions(d))
	require.NoError(t, err)
	ctx := context.Background()
	written := mustAppend(t, e, "first", NoStream, newEvent("first"))
	acknowledged := map[string]uint64{"first": written.Position}
	const rounds = 24
	for round := range rounds {
		d.left.Store(int64(round * 7 % 41))
		// Write until there is no room. Whoever is under way is answered, too.
		var writing sync.WaitGroup
		var mu sync.Mutex
		for w := range 4 {
			writing.Go(func() {
				for i := 0; ; i++ {
					stream := fmt.Sprintf("s-%d-%d-%d", round, w, i)
					event := Event{ID: newEvent("e").ID, Type: "e", Data: make([]byte, 700)}
					result, err := e.Append(ctx, stream, NoStream, []Event{event})
					if err != nil {
						require.ErrorIs(t, err, ErrDiskFull)
						return
					}
					mu.Lock()
					acknowledged[stream] = result.Position
					mu.Unlock()
				}
			})
		}
		writing.Wait()
		// Reads are served.
		stream, err := e.OpenStream("first")
		require.NoError(t, err)
		stream.Forwards(0)
		records, err := stream.Next(1)
		require.NoError(t, err)
		require.Len(t, records, 1)
		if round%10 == 0 {
			require.NoError(t, checkReadable(e))
		}
		_, err = e.Append(ctx, "refused", NoStream, []Event{newEvent("e")})
		require.ErrorIs(t, err, ErrDiskFull)
		// With room, it goes on by itself.
		d.left.Store(math.MaxInt64)
		require.Eventually(t, func() bool {
			_, err := e.Append(ctx, fmt.Sprintf("again-%d", round), NoStream, []Event{newEvent("e")})
			return err == nil
		}, 10*time.Second, time.Millisecond)
	}
	require.NoError(t, e.Close())
	require.Greater(t, d.refused.Load(), int64(rounds))

	e = openEngine(t, fullDiskOptions(d))
	log := readLog(t, e)
	found := make(map[string]uint64)
	for i, r := range log {
		require.EqualValues(t, i+1, r.Position)
		require.Zero(t, found[string(r.Stream)])
		found[string(r.Stream)] = r.Position
	}
	for stream, position := range acknowledged {
		require.Equal(t, position, found[stream], stream)
	}
	require.NoError(t, checkIndex(e, log))
}

// checkReadable reads all that is durable.
func checkReadable(e *Engine) error {
	durable := e.Durable()
	records, err := collect(e.ReadForwards(0), math.MaxInt)
	if err == nil && uint64(len(records)) < durable {
		err = fmt.Errorf("%d of %d events can be read", len(records), durable)
	}
	return err
}

func TestCloseOnAFullDisk(t *testing.T) {
	d := newSmallDisk()
	e, err := Open(fullDiskOptions(d))
	require.NoError(t, err)
	mustAppend(t, e, "s", NoStream, newEvent("1"))
	d.left.Store(0)
	_, err = e.Append(context.Background(), "s", Expected(0), []Event{newEvent("2")})
	require.ErrorIs(t, err, ErrDiskFull)
	require.ErrorIs(t, e.Close(), ErrDiskFull)

	// There is no room to open it either; it says so and leaves it as it is.
	_, err = Open(fullDiskOptions(d))
	require.ErrorContains(t, err, "no space left")

	d.left.Store(math.MaxInt64)
	e = openEngine(t, fullDiskOptions(d))
	log := readLog(t, e)
	require.NotEmpty(t, log)
	require.Equal(t, "1", string(log[0].Type))
	require.LessOrEqual(t, len(log), 2)
}

func TestTooLittleRoom(t *testing.T) {
	fs := vfs.NewMem()
	e := openEngine(t, Options{FS: fs, Dir: "store", MinFree: 1000})
	ctx := context.Background()
	for range 2 {
		fs.TestingSetDiskUsage(vfs.DiskUsage{AvailBytes: 999, TotalBytes: 5000})
		_, err := e.Append(ctx, "s", Any, []Event{newEvent("refused")})
		require.ErrorIs(t, err, ErrDiskFull)
		_, err = e.Delete(ctx, "s", Any)
		require.ErrorIs(t, err, ErrDiskFull)
		fs.TestingSetDiskUsage(vfs.DiskUsage{AvailBytes: 1000, TotalBytes: 5000})
		mustAppend(t, e, "s", Any, newEvent("accepted"))
	}
	for _, r := range readLog(t, e) {
		require.Equal(t, "accepted", string(r.Type))
	}
}
