package embedded_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/eventstore/embedded"
	"backlot/eventstore/embedded/tamper"
)

// fault is a fault without what is said of it.
type fault struct {
	kind     embedded.IndexFaultKind
	stream   string
	revision uint64
}

func faultsOf(t testing.TB, dir string) []fault {
	t.Helper()
	s := openServer(t, embedded.Options{Dir: dir, ReadOnly: true})
	found := []fault{}
	require.NoError(t, s.CheckIndex(testContext(t), func(f embedded.IndexFault) {
		assert.NotEmpty(t, f.Detail)
		found = append(found, fault{f.Kind, f.Stream, f.Revision})
	}))
	require.NoError(t, s.Close())
	return found
}

func copyOf(t testing.TB, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "store")
	require.NoError(t, os.CopyFS(to, os.DirFS(dir)))
	return to
}

// threeStreams is a closed store with the streams a, b and c, of four events
// each, in turns.
func threeStreams(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "store")
	s := openServer(t, embedded.Options{Dir: dir})
	c := connect(t, s)
	for i := range 4 {
		for _, stream := range []string{"a", "b", "c"} {
			appendTo(t, c, stream, esdb.Any{}, event(fmt.Sprint(stream, i)))
		}
	}
	require.NoError(t, c.Close())
	require.NoError(t, s.Close())
	return dir
}

func TestIndexFaults(t *testing.T) {
	dir := threeStreams(t)
	assert.Empty(t, faultsOf(t, dir))
	const hidden, foreign, lost = embedded.EventHidden, embedded.EventForeign, embedded.EventLost
	whole := func(kind embedded.IndexFaultKind, stream string) (all []fault) {
		for revision := range uint64(4) {
			all = append(all, fault{kind, stream, revision})
		}
		return all
	}
	for _, c := range []struct {
		name   string
		change func(s *tamper.Store, a, b []tamper.Record) error
		want   []fault
	}{
		{"an entry deleted", func(s *tamper.Store, a, _ []tamper.Record) error { return s.Unindex(a[2]) }, []fault{{hidden, "a", 2}}},
		{"the last entry deleted", func(s *tamper.Store, a, _ []tamper.Record) error { return s.Unindex(a[3]) }, []fault{{hidden, "a", 3}}},
		{"an entry redirected within its stream", func(s *tamper.Store, a, _ []tamper.Record) error { return s.Redirect(a[2], a[1].Position) }, []fault{{hidden, "a", 2}, {foreign, "a", 2}}},
		{"an entry redirected to nothing", func(s *tamper.Store, a, _ []tamper.Record) error { return s.Redirect(a[2], 1000) }, []fault{{hidden, "a", 2}, {embedded.NumberReused, "", 0}, {lost, "a", 2}}},
		{"two entries swapped", func(s *tamper.Store, a, b []tamper.Record) error { return s.SwapEntries(a[1], b[3]) }, []fault{{hidden, "a", 1}, {hidden, "b", 3}, {foreign, "a", 1}, {foreign, "b", 3}}},
		{"an entry too many", func(s *tamper.Store, a, b []tamper.Record) error {
			a[3].Revision++
			return s.Redirect(a[3], b[0].Position)
		}, []fault{{foreign, "a", 4}}},
		{"an event taken out of the log", func(s *tamper.Store, a, _ []tamper.Record) error { return s.Vanish(a[3]) }, []fault{{lost, "a", 3}}},
		{"a stream's name dropped", func(s *tamper.Store, _, _ []tamper.Record) error { return s.Forget("a") }, whole(hidden, "a")},
		{"a stream's name given to another's events", func(s *tamper.Store, _, _ []tamper.Record) error { return s.Rename("a", "b") }, append(whole(hidden, "a"), fault{foreign, "a", 0})},
		{"a stream renamed", func(s *tamper.Store, _, _ []tamper.Record) error {
			return errors.Join(s.Rename("x", "a"), s.Forget("a"))
		}, append(whole(hidden, "a"), fault{foreign, "x", 0})},
		{"another name for a stream", func(s *tamper.Store, _, _ []tamper.Record) error { return s.Rename("x", "a") }, []fault{{foreign, "x", 0}}},
		{"a stream removed", func(s *tamper.Store, a, _ []tamper.Record) error { return s.Remove(a...) }, []fault{{embedded.StreamLost, "a", 0}}},
		{"a stream removed with its name", func(s *tamper.Store, a, _ []tamper.Record) error { return errors.Join(s.Remove(a...), s.Forget("a")) }, []fault{{embedded.StreamLost, "", 0}}},
		{"the entries of a stream deleted", func(s *tamper.Store, a, _ []tamper.Record) error {
			return errors.Join(s.Unindex(a[0]), s.Unindex(a[1]), s.Unindex(a[2]), s.Unindex(a[3]))
		}, whole(hidden, "a")},
		{"the counter of streams set back", func(s *tamper.Store, _, _ []tamper.Record) error { return s.Recount(1) }, []fault{{embedded.NumberReused, "c", 0}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			changed := copyOf(t, dir)
			s, err := tamper.Open(changed)
			require.NoError(t, err)
			a, err := s.Stream("a")
			require.NoError(t, err)
			b, err := s.Stream("b")
			require.NoError(t, err)
			require.NoError(t, c.change(s, a, b))
			require.NoError(t, s.Close())
			assert.ElementsMatch(t, c.want, faultsOf(t, changed))
		})
	}
}

// TestIndexAfterScavenges has streams of every kind that a scavenge leaves
// something of, before, after and again after they went on.
func TestIndexAfterScavenges(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	s := openServer(t, embedded.Options{Dir: dir})
	c := connect(t, s)
	ctx := testContext(t)
	streams := []string{"kept", "deleted", "revived", "shown again", "tombstoned", "tombstoned with metadata", "counted", "truncated", "old"}
	for _, stream := range streams {
		appendTo(t, c, stream, esdb.Any{}, numbered(3)...)
	}
	setMetadata(t, c, "counted", `{"$maxCount":1}`)
	setMetadata(t, c, "truncated", `{"$tb":2}`)
	setMetadata(t, c, "old", `{"$maxAge":1}`)
	setMetadata(t, c, "tombstoned with metadata", `{"custom":1}`)
	for _, stream := range []string{"deleted", "revived", "shown again"} {
		_, err := c.DeleteStream(ctx, stream, esdb.DeleteStreamOptions{ExpectedRevision: esdb.Any{}})
		require.NoError(t, err)
	}
	for _, stream := range []string{"tombstoned", "tombstoned with metadata"} {
		_, err := c.TombstoneStream(ctx, stream, esdb.TombstoneStreamOptions{ExpectedRevision: esdb.Any{}})
		require.NoError(t, err)
	}
	_, err := s.Scavenge(ctx)
	require.NoError(t, err)
	crashed := func() string { return copyOf(t, dir) }
	assert.Empty(t, faultsOf(t, crashed()))

	appendTo(t, c, "revived", esdb.Any{}, numbered(2)...)
	appendTo(t, c, "shown again", esdb.Any{}, numbered(2)...)
	setMetadata(t, c, "shown again", `{}`)
	assert.Empty(t, faultsOf(t, crashed()), "of a store that nobody closed, too")
	_, err = s.Scavenge(ctx)
	require.NoError(t, err)
	require.NoError(t, c.Close())
	require.NoError(t, s.Close())
	assert.Empty(t, faultsOf(t, dir))

	// What no metadata hides, no scavenge has removed.
	tampered, err := tamper.Open(dir)
	require.NoError(t, err)
	kept, err := tampered.Stream("kept")
	require.NoError(t, err)
	require.NoError(t, tampered.Vanish(kept[2]))
	require.NoError(t, tampered.Forget("deleted"))
	require.NoError(t, tampered.Close())
	assert.ElementsMatch(t, []fault{{embedded.EventLost, "kept", 2}, {embedded.EventHidden, "", 0}}, faultsOf(t, dir))
}

func TestIndexIsCheckedOfStoresThatNobodyWritesTo(t *testing.T) {
	s := openServer(t, embedded.Options{})
	require.ErrorContains(t, s.CheckIndex(testContext(t), nil), "reading only")
}
