package engine

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// appendLong appends events that no compression makes small.
func appendLong(t testing.TB, e *Engine, from, n int) {
	t.Helper()
	for i := range n {
		event := newEvent("e")
		for range 40 {
			id := uuid.New()
			event.Data = append(event.Data, id[:]...)
		}
		mustAppend(t, e, fmt.Sprintf("s%d", (from+i)%7), Any, event)
	}
}

// closedStore is a store that was used twice and closed, with several files of
// every kind that a store can have.
func closedStore(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "store")
	for i := range 2 {
		e, err := Open(Options{Dir: dir})
		require.NoError(t, err)
		appendLong(t, e, i*100, 100)
		require.NoError(t, e.Close())
	}
	return dir
}

// killedStore is what a crash leaves of a store: all is in the write-ahead file.
func killedStore(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "store")
	e := openEngine(t, Options{Dir: dir, FS: vfs.Default})
	appendLong(t, e, 0, 200)
	return copyStore(t, dir)
}

func copyStore(t testing.TB, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "store")
	require.NoError(t, os.CopyFS(to, os.DirFS(dir)))
	return to
}

func filesOf(t testing.TB, dir string, like func(name string) bool) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var names []string
	for _, e := range entries {
		if info, err := e.Info(); like(e.Name()) && err == nil && info.Size() > 0 {
			names = append(names, e.Name())
		}
	}
	return names
}

func flip(t testing.TB, dir, name string, offset int) {
	t.Helper()
	path := filepath.Join(dir, name)
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	data[offset] ^= 0x10
	require.NoError(t, os.WriteFile(path, data, 0o600))
}

func damagedFiles(t testing.TB, dir string) []string {
	t.Helper()
	damaged, err := Inspect(Options{Dir: dir})
	require.NoError(t, err)
	names := []string{}
	for _, d := range damaged {
		assert.NotEmpty(t, d.Detail)
		names = append(names, d.File)
	}
	return names
}

// TestFlippedByteInAClosedStore flips bytes in every file.
func TestFlippedByteInAClosedStore(t *testing.T) {
	dir := closedStore(t)
	require.Empty(t, damagedFiles(t, dir), "nothing is damaged, and looking changes nothing")
	require.Empty(t, damagedFiles(t, dir))
	kinds := map[string]int{}
	for _, name := range filesOf(t, dir, func(name string) bool { return isListed(name) || name == listingFile }) {
		kinds[strings.Trim(name, "0123456789")]++
		info, err := os.Stat(filepath.Join(dir, name))
		require.NoError(t, err)
		for _, part := range []int64{0, 1, 3, 7, 9, 10} {
			t.Run(fmt.Sprintf("%s at %d tenths", name, part), func(t *testing.T) {
				damaged := copyStore(t, dir)
				flip(t, damaged, name, int(min(info.Size()*part/10, info.Size()-1)))
				require.Equal(t, []string{name}, damagedFiles(t, damaged))
				if name == listingFile || strings.HasPrefix(name, optionsPrefix) || strings.HasSuffix(name, tableSuffix) {
					return // opening does not need them, or not all of them
				}
				_, err := Open(Options{Dir: damaged})
				var d *DamagedFileError
				require.ErrorAs(t, err, &d)
				require.Equal(t, name, d.File)
				require.Equal(t, []string{name}, damagedFiles(t, damaged), "a refusal changes nothing")
			})
		}
	}
	require.Equal(t, []string{".log", ".sst", "CLOSED", "MANIFEST-", "OPTIONS-"}, slices.Sorted(maps.Keys(kinds)))
}

// TestMissingFile takes files away.
func TestMissingFile(t *testing.T) {
	dir := closedStore(t)
	for _, name := range filesOf(t, dir, func(name string) bool { return isListed(name) }) {
		damaged := copyStore(t, dir)
		require.NoError(t, os.Remove(filepath.Join(damaged, name)))
		require.Equal(t, []string{name}, damagedFiles(t, damaged))
	}
	damaged := copyStore(t, dir)
	for _, name := range filesOfAnySize(t, dir, markerPrefix) {
		require.NoError(t, os.Remove(filepath.Join(damaged, name)))
	}
	require.Len(t, damagedFiles(t, damaged), 2, "markers of format and manifest")
	_, err := Open(Options{Dir: damaged})
	require.ErrorContains(t, err, "damaged file "+markerPrefix)
}

func filesOfAnySize(t testing.TB, dir, prefix string) (names []string) {
	t.Helper()
	matches, err := filepath.Glob(filepath.Join(dir, prefix+"*"))
	require.NoError(t, err)
	for _, m := range matches {
		names = append(names, filepath.Base(m))
	}
	return names
}

// TestFlippedByteAfterACrash flips bytes in what a crash left, where Pebble
// would end the log silently.
func TestFlippedByteAfterACrash(t *testing.T) {
	dir := killedStore(t)
	require.Empty(t, damagedFiles(t, dir))
	name, longest := "", 0
	for _, log := range filesOf(t, dir, func(name string) bool { return strings.HasSuffix(name, logSuffix) }) {
		data, err := os.ReadFile(filepath.Join(dir, log))
		require.NoError(t, err)
		if end := walFormat(number(t, log)).end(data); end > longest {
			name, longest = log, end
		}
	}
	require.Greater(t, longest, 4*logBlock)
	// From the first byte into the last block, which Pebble itself never doubts.
	for _, offset := range []int{0, 5, 8, 11, 40, longest / 3, longest / 2, longest - logBlock, longest - 4000} {
		damaged := copyStore(t, dir)
		flip(t, damaged, name, offset)
		assert.Equal(t, []string{name}, damagedFiles(t, damaged), "byte %d of %d", offset, longest)
		_, err := Open(Options{Dir: damaged})
		var d *DamagedFileError
		if assert.ErrorAs(t, err, &d, "byte %d", offset) {
			assert.Equal(t, name, d.File)
		}
	}
	t.Run("the manifest, but for its last record", func(t *testing.T) {
		used := closedStore(t) // its manifest has more than one record
		require.NoError(t, os.Remove(filepath.Join(used, listingFile)))
		require.Empty(t, damagedFiles(t, used))
		manifests := filesOf(t, used, func(name string) bool { return strings.HasPrefix(name, manifestPrefix) })
		manifest := manifests[len(manifests)-1]
		for _, offset := range []int{0, 4, 6, 10, 30} {
			damaged := copyStore(t, used)
			flip(t, damaged, manifest, offset)
			assert.Equal(t, []string{manifest}, damagedFiles(t, damaged), "byte %d", offset)
			_, err := Open(Options{Dir: damaged})
			assert.ErrorContains(t, err, "damaged file "+manifest)
		}
	})
	t.Run("a torn end is no damage", func(t *testing.T) {
		torn := copyStore(t, dir)
		require.NoError(t, os.Truncate(filepath.Join(torn, name), int64(longest-100)))
		assert.Empty(t, damagedFiles(t, torn))
		e, err := Open(Options{Dir: torn})
		require.NoError(t, err)
		require.NoError(t, e.Close())
	})
}

func number(t testing.TB, log string) (n uint32) {
	t.Helper()
	_, err := fmt.Sscanf(log, "%d", &n)
	require.NoError(t, err)
	return n
}

// TestDamagedTableWhileReading reads over a damaged table in an open store.
func TestDamagedTableWhileReading(t *testing.T) {
	const place = 2000 // among the events
	dir := closedStore(t)
	tables := filesOf(t, dir, func(name string) bool {
		info, err := os.Stat(filepath.Join(dir, name))
		require.NoError(t, err)
		return strings.HasSuffix(name, tableSuffix) && info.Size() > 2*place // a small one holds what Pebble flushed by itself
	})
	require.NotEmpty(t, tables)
	for _, name := range tables {
		damaged := copyStore(t, dir)
		flip(t, damaged, name, place)
		e, err := Open(Options{Dir: damaged, RecentIDs: 1})
		if err == nil {
			_, err = collect(e.ReadForwards(0), 1000)
			require.NoError(t, e.Close())
		}
		var d *DamagedFileError
		require.ErrorAs(t, err, &d)
		require.Equal(t, name, d.File)
	}
}

func TestInspectOfAnOpenStore(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	openEngine(t, Options{Dir: dir, FS: vfs.Default})
	_, err := Inspect(Options{Dir: dir})
	require.ErrorIs(t, err, ErrLocked)
	_, err = os.Stat(filepath.Join(dir, listingFile))
	require.ErrorIs(t, err, fs.ErrNotExist, "an open store has no list")
}
