package facets

import (
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"backlot/domain/sourcerequest"
)

// requireSet compares what Select and IDs say of a query with what Rows lists.
func requireSet(t require.TestingT, s *Snapshot, q RowQuery, all []request) {
	rows, err := s.Rows(q)
	require.NoError(t, err)
	want := rowIDs(rows.Rows)
	slices.Sort(want)
	set, err := s.Select(q)
	require.NoError(t, err)
	require.Equal(t, len(want), set.Len())
	require.Equal(t, warningTexts(rows.Warnings), warningTexts(set.Warnings))
	require.Equal(t, rows.NearMiss, set.NearMiss)
	for _, r := range all {
		_, in := slices.BinarySearch(want, r.id)
		require.Equal(t, in, set.Has(r.id), r.id)
	}
	require.False(t, set.Has("nowhere"))
	for id, revision := range set.All() {
		known, ok := s.Revision(id)
		require.True(t, ok && known == revision, id)
	}
	got, err := s.IDs(q)
	require.NoError(t, err)
	require.Equal(t, append([]string{}, want...), got)
}

func TestSetsEqualTheRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, 100)
		q := RowQuery{Principal: w.who, Selection: w.sel, Now: w.now}
		if rapid.Bool().Draw(t, "bucket") {
			b := sourcerequest.Bucket(rapid.IntRange(0, sourcerequest.BucketCount-1).Draw(t, "which"))
			q.Bucket = &b
		}
		requireSet(t, w.snapshot, q, w.ref.requests)
	})
}

func TestSetsOfManyChunks(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	defer func(b, w int) { batchChunks, workerChunks = b, w }(batchChunks, workerChunks)
	batchChunks, workerChunks = 1, 2
	requests := randomRequests(7, 5000, testNow)
	s, err := snapshotOf(requests, sourcerequest.DefaultPolicy(), testNames)
	require.NoError(t, err)
	for _, query := range []string{"", "status=All", "language=Dutch", "-country=Japan"} {
		requireSet(t, s, RowQuery{Principal: operator, Selection: mustSelect(t, query), Now: testNow}, requests)
	}
	_, err = s.IDs(RowQuery{Principal: operator, Group: map[string]string{"nothing": ""}, Now: testNow})
	require.Error(t, err)
}
