package transfer_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/eventstore/transfer"
)

func backup(t testing.TB, place, file string) transfer.Report {
	t.Helper()
	report, err := transfer.Backup(testContext(t), place, file, nil)
	require.NoError(t, err)
	return report
}

func restore(t testing.TB, file string, until transfer.Until) (data string) {
	t.Helper()
	data = t.TempDir()
	_, err := transfer.Restore(testContext(t), file, data, until, nil)
	require.NoError(t, err)
	return data
}

func TestBackupAndRestore(t *testing.T) {
	from := serve(t, t.TempDir())
	populate(t, from)
	file := filepath.Join(t.TempDir(), "backup")
	report := backup(t, from.data, file)
	require.EqualValues(t, len(everything(t, from.data)), report.Written)
	require.EqualValues(t, 20*21/2+5, report.Summary.Chained)
	data := restore(t, file, transfer.Until{})
	require.Equal(t, everything(t, from.data), everything(t, data))

	// It can be gone on with, and so can the restored store.
	goOn(t, from)
	require.NotZero(t, backup(t, from.address(), file).Written)
	require.Zero(t, backup(t, from.data, file).Written)
	restored := serve(t, restore(t, file, transfer.Until{}))
	require.Equal(t, everything(t, from.data), everything(t, restored.data))
	requireStates(t, restored, wentOn)
	restored.append(t, "deleted", event("on"))
	require.Equal(t, "3 4 on", restored.visible(t, "deleted"))

	_, err := transfer.Restore(testContext(t), file, data, transfer.Until{}, nil)
	requireCode(t, domain.CodeRefused, err)
	require.ErrorContains(t, err, "already")
}

// TestBackupOfAScavengedStore makes a new backup, and goes on with one whose last
// event is no longer in the store.
func TestBackupOfAScavengedStore(t *testing.T) {
	from := serve(t, t.TempDir())
	populate(t, from)
	from.setMetadata(t, "checkpoint", `{"$maxCount":1}`)
	from.append(t, "checkpoint", event("1"))
	old := filepath.Join(t.TempDir(), "backup")
	backup(t, from.data, old)
	goOn(t, from)
	from.append(t, "checkpoint", event("2"))
	report, err := from.Scavenge(testContext(t))
	require.NoError(t, err)
	require.Positive(t, report.Events)
	log := everything(t, from.data)
	require.Greater(t, log[len(log)-1].Position, uint64(len(log)), "it has gaps")

	file := filepath.Join(t.TempDir(), "backup")
	backup(t, from.data, file)
	restored := serve(t, restore(t, file, transfer.Until{}))
	require.Equal(t, log, everything(t, restored.data), "positions, too")
	requireStates(t, restored, wentOn)
	restored.append(t, "on", event("on"))
	last := everything(t, restored.data)
	require.Equal(t, log[len(log)-1].Position+1, last[len(last)-1].Position)
	for _, to := range []string{t.TempDir(), serve(t, t.TempDir()).address()} {
		_, err := transfer.Copy(testContext(t), from.data, to, nil)
		require.NoError(t, err)
	}

	require.NotZero(t, backup(t, from.data, old).Written)
	require.Zero(t, backup(t, from.data, old).Written)
	continued := everything(t, restore(t, old, transfer.Until{}))
	require.Greater(t, len(continued), len(log), "a backup keeps what was erased since")
	require.Equal(t, log[len(log)-1], continued[len(continued)-1])
}

// TestBackupOfWhichNothingIsLeft cannot know that it is of this store.
func TestBackupOfWhichNothingIsLeft(t *testing.T) {
	from := serve(t, t.TempDir())
	from.append(t, "deleted", numbered(0, 3)...)
	file := filepath.Join(t.TempDir(), "backup")
	backup(t, from.data, file)
	from.delete(t, "deleted")
	_, err := from.Scavenge(testContext(t))
	require.NoError(t, err)
	_, err = transfer.Backup(testContext(t), from.data, file, nil)
	requireCode(t, domain.CodeRefused, err)
	require.ErrorContains(t, err, "scavenged")
}

func TestBackupOfAnEmptyStore(t *testing.T) {
	from := serve(t, t.TempDir())
	file := filepath.Join(t.TempDir(), "backup")
	require.Zero(t, backup(t, from.data, file).Written)
	require.Empty(t, everything(t, restore(t, file, transfer.Until{})))
	populate(t, from)
	backup(t, from.data, file)
	require.Equal(t, everything(t, from.data), everything(t, restore(t, file, transfer.Until{})))
}

func TestBackupOfAnotherStoreIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "backup")
	long, short := serve(t, t.TempDir()), serve(t, t.TempDir())
	long.append(t, "s", numbered(0, 5)...)
	backup(t, long.data, file)
	for range 2 {
		before, err := os.ReadFile(file)
		require.NoError(t, err)
		_, err = transfer.Backup(testContext(t), short.data, file, nil)
		requireCode(t, domain.CodeRefused, err)
		after, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, before, after)
		short.append(t, "s", numbered(0, 9)...) // now it is longer, and still another
	}
}

func TestRestoreUntil(t *testing.T) {
	from := serve(t, t.TempDir())
	populate(t, from)
	events := everything(t, from.data)
	file := filepath.Join(t.TempDir(), "backup")
	backup(t, from.data, file)
	middle := events[len(events)/2]
	require.Equal(t, events[:len(events)/2+1], everything(t, restore(t, file, transfer.Until{Position: middle.Position})))

	var before []transfer.Event
	for _, e := range events {
		if e.Created.After(middle.Created) {
			break
		}
		before = append(before, e)
	}
	require.NotEmpty(t, before)
	require.Less(t, len(before), len(events))
	require.Equal(t, before, everything(t, restore(t, file, transfer.Until{Time: middle.Created})))
}

func TestParseUntil(t *testing.T) {
	for s, want := range map[string]transfer.Until{
		"":                           {},
		"17":                         {Position: 17},
		"2026-11-23T12:00:00Z":       {Time: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)},
		"2026-11-23T12:00:00.00001Z": {Time: time.Date(2026, 11, 23, 12, 0, 0, 10_000, time.UTC)},
	} {
		got, err := transfer.ParseUntil(s)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, s := range []string{"0", "-1", "yesterday", "2026-11-23"} {
		_, err := transfer.ParseUntil(s)
		requireCode(t, domain.CodeInvalid, err)
	}
}

// incompressible fills several blocks of a backup.
func incompressible(n int) []esdb.EventData {
	rng := rand.NewChaCha8([32]byte{1})
	events := make([]esdb.EventData, n)
	for i := range events {
		data := make([]byte, 200<<10)
		_, _ = rng.Read(data)
		events[i] = esdb.EventData{EventID: uuid.New(), EventType: "large", ContentType: esdb.ContentTypeBinary, Data: data}
	}
	return events
}

// largeBackup is of several blocks.
func largeBackup(t *testing.T) (from *server, file string, content []byte) {
	from = serve(t, t.TempDir())
	populate(t, from)
	for _, e := range incompressible(12) {
		from.append(t, "large", e)
	}
	file = filepath.Join(t.TempDir(), "backup")
	backup(t, from.data, file)
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Greater(t, len(content), 2<<20)
	return from, file, content
}

func TestDamagedBackupIsRefused(t *testing.T) {
	from, file, content := largeBackup(t)
	damage := func(at int) {
		damaged := append([]byte(nil), content...)
		damaged[at] ^= 0x10
		require.NoError(t, os.WriteFile(file, damaged, 0o600))
	}
	rng := rand.New(rand.NewPCG(1, 1))
	offsets := []int{17, 25, 33, 41, 65, 97, len(content) - 1, len(content) - 79}
	for range 4 {
		offsets = append(offsets, 17+rng.IntN(len(content)-17))
	}
	for _, at := range offsets {
		damage(at)
		data := t.TempDir()
		_, err := transfer.Restore(testContext(t), file, data, transfer.Until{}, nil)
		requireCode(t, domain.CodeInvalid, err)
		var damaged *transfer.DamagedError
		require.ErrorAs(t, err, &damaged, "byte %d", at)
		require.LessOrEqual(t, damaged.Offset, int64(at))
		require.Greater(t, damaged.Offset+5<<20, int64(at))
		require.NoDirExists(t, filepath.Join(data, "eventstore"))
		// What stands before the damage can be had.
		if damaged.After > 0 {
			until := transfer.Until{Position: damaged.After}
			_, err := transfer.Restore(testContext(t), file, data, until, nil)
			require.NoError(t, err)
			require.EqualValues(t, damaged.After, len(everything(t, data)))
		}
		// Nor is it gone on with.
		_, err = transfer.Backup(testContext(t), from.data, file, nil)
		require.ErrorAs(t, err, &damaged, "byte %d", at)
		info, err := os.Stat(file)
		require.NoError(t, err)
		require.EqualValues(t, len(content), info.Size())
	}
	for _, wrong := range []string{"", "backlot", "something else altogether"} {
		require.NoError(t, os.WriteFile(file, []byte(wrong), 0o600))
		_, err := transfer.Restore(testContext(t), file, t.TempDir(), transfer.Until{}, nil)
		requireCode(t, domain.CodeInvalid, err)
		require.ErrorContains(t, err, "is not a backup")
	}
	_, err := transfer.Backup(testContext(t), from.data, file, nil)
	requireCode(t, domain.CodeInvalid, err)
}

// TestInterruptedBackup cuts a file where a kill might have: it is refused
// until it has been completed.
func TestInterruptedBackup(t *testing.T) {
	from, file, content := largeBackup(t)
	want := everything(t, from.data)
	rng := rand.New(rand.NewPCG(2, 1))
	lengths := []int{0, 5, 17, 96, 98, len(content) - 1, len(content) - 80}
	for range 2 {
		lengths = append(lengths, 17+rng.IntN(len(content)-17))
	}
	for _, n := range lengths {
		require.NoError(t, os.WriteFile(file, content[:n], 0o600))
		_, err := transfer.Restore(testContext(t), file, t.TempDir(), transfer.Until{}, nil)
		requireCode(t, domain.CodeInvalid, err)
		backup(t, from.data, file)
		require.Equal(t, want, everything(t, restore(t, file, transfer.Until{})), "cut at %d", n)
	}
}
