package embedded_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/eventstore/embedded"
)

// contents are the files below a folder by name.
func contents(t testing.TB, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	require.NoError(t, fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		files[name] = string(data)
		return err
	}))
	return files
}

// TestReadOnly reads a closed store and one that a crash left, with all of its
// events in the write-ahead file, and compares every byte before and after.
func TestReadOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	s := openServer(t, embedded.Options{Dir: dir})
	c := connect(t, s)
	populateHidden(t, c)
	crashed := copyOf(t, dir)
	require.NoError(t, c.Close())
	require.NoError(t, s.Close())
	bare := copyOf(t, dir)
	require.NoError(t, os.Remove(filepath.Join(bare, "LOCK")))
	for name, dir := range map[string]string{"closed": dir, "crashed": crashed, "without a lock": bare} {
		t.Run(name, func(t *testing.T) {
			before := contents(t, dir)
			damaged, err := embedded.Inspect(dir)
			require.NoError(t, err)
			require.Empty(t, damaged)
			s := openServer(t, embedded.Options{Dir: dir, ReadOnly: true})
			c := connect(t, s)
			assert.Equal(t, "k1 k2 d1 d2 k3 $metadata", types(readAll(t, c, esdb.ReadAllOptions{From: esdb.Start{}}, all)))
			assert.Equal(t, "k1 k2 k3", types(readStream(t, c, "kept", esdb.ReadStreamOptions{From: esdb.Start{}}, all)))
			_, err = c.AppendToStream(testContext(t), "kept", esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, event("k4"))
			require.ErrorContains(t, err, "open for reading only")
			_, err = s.Scavenge(testContext(t))
			require.ErrorContains(t, err, "open for reading only")
			require.NoError(t, s.CheckIndex(testContext(t), func(f embedded.IndexFault) { assert.Fail(t, f.Detail) }))
			require.NoError(t, c.Close())
			require.NoError(t, s.Close())
			assert.Equal(t, before, contents(t, dir))
		})
	}
	_, err := embedded.Open(t.Context(), embedded.Options{Dir: filepath.Join(t.TempDir(), "none"), ReadOnly: true})
	require.Error(t, err)
	_, err = embedded.Open(t.Context(), embedded.Options{Dir: dir, ReadOnly: true, ScavengeEvery: 1})
	require.ErrorContains(t, err, "not scavenged")
}

func TestReadOnlyAndWritingExcludeEachOther(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	s := openServer(t, embedded.Options{Dir: dir})
	_, err := embedded.Open(t.Context(), embedded.Options{Dir: dir, ReadOnly: true})
	require.ErrorIs(t, err, embedded.ErrInUse)
	require.NoError(t, s.Close())
	openServer(t, embedded.Options{Dir: dir, ReadOnly: true})
	_, err = embedded.Open(t.Context(), embedded.Options{Dir: dir})
	require.ErrorIs(t, err, embedded.ErrInUse)
}
