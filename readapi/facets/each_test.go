package facets

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"backlot/domain/sourcerequest"
)

// A listing is the rows of the same query, narrowed to ids and without others.
// Ids select requests of every status, unless the modifiers say of which.
func TestListingsEqualTheReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, 60)
		q := RowQuery{Principal: w.who, Selection: w.sel, Sort: drawSort(t), Now: w.now}
		query := maps.Clone(w.query)
		anyID := rapid.SampledFrom(append(ids(w.ref.requests), "nope", ""))
		if rapid.Bool().Draw(t, "of ids") {
			q.IDs = rapid.SliceOfN(anyID, 0, 40).Draw(t, "ids")
			if !query.Has("status") && !query.Has("-status") {
				query.Set("status", "All")
			}
		}
		if rapid.Bool().Draw(t, "without ids") {
			q.Except = rapid.SliceOfN(anyID, 0, 40).Draw(t, "except")
		}
		want := slices.DeleteFunc(slices.Clone(w.ref.selected(w.who, query, w.now).requests), func(r request) bool {
			return q.IDs != nil && !slices.Contains(q.IDs, r.id) || slices.Contains(q.Except, r.id)
		})

		l, err := w.snapshot.List(q)
		require.NoError(t, err)
		require.Equal(t, len(want), l.Total)
		require.Equal(t, w.now.UnixMilli(), l.Now.UnixMilli())
		var listed []Row
		require.NoError(t, l.Each(func(r *Row) error { listed = append(listed, *r); return nil }))
		require.Equal(t, ids(w.ref.sorted(want, q.Sort, w.now)), rowIDs(listed))

		rows, err := w.snapshot.Rows(q)
		require.NoError(t, err)
		require.Equal(t, rows.Total, l.Total)
		require.Equal(t, rows.NearMiss, l.NearMiss)
		require.Equal(t, rows.Warnings, l.Warnings)
		for i := range listed {
			require.Equal(t, rows.Rows[i], listed[i])
		}
	})
}

func TestEachStopsAtAnError(t *testing.T) {
	s, err := snapshotOf(randomRequests(1, 10, testNow), sourcerequest.DefaultPolicy(), testNames)
	require.NoError(t, err)
	l, err := s.List(RowQuery{Principal: operator, Selection: mustSelect(t, "status=All"), Now: testNow})
	require.NoError(t, err)
	require.Equal(t, 10, l.Total)
	enough, n := errors.New("enough"), 0
	require.ErrorIs(t, l.Each(func(*Row) error {
		if n++; n == 3 {
			return enough
		}
		return nil
	}), enough)
	require.Equal(t, 3, n)
	_, err = s.List(RowQuery{Principal: operator, Now: testNow, Sort: []SortKey{{"colour", false}}})
	require.Error(t, err)
}
