package facets

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// A matcher selects exactly what a search shows, but for near misses.
func TestTheMatcherAgreesWithTheSearch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawPresent(t, 60)
		m := NewMatcher(testNames, testPeople, w.ref.policy.Zone)
		rows, err := w.snapshot.Rows(RowQuery{Principal: w.who, Selection: w.sel, Now: w.now})
		require.NoError(t, err)
		var want, got []string
		for _, r := range rows.Rows {
			if !r.NearMiss {
				want = append(want, r.RequestID)
			}
		}
		for _, r := range w.ref.requests {
			is, err := m.Of(r.id, r.state, w.now).Matches(w.sel.String(), w.who)
			require.NoError(t, err)
			if is {
				got = append(got, r.id)
			}
		}
		slices.Sort(want)
		slices.Sort(got)
		require.Equal(t, want, got)
	})
}

func TestWhatAMatcherCannotRead(t *testing.T) {
	m := NewMatcher(testNames, testPeople, testNow.Location())
	subject := m.Of("A1", sourcerequest.State{Status: sourcerequest.StatusOpen}, testNow)
	for range 2 { // also from memory
		for _, query := range []string{"colour=red", "status=Lost", "%zz"} {
			_, err := subject.Matches(query, operator)
			require.Equal(t, domain.CodeInvalid, domain.ErrorCode(err), query)
		}
	}
}

// Crossings are where a request's buckets differ before and after.
func TestCrossingsAreWhereBucketsChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, 60)
		from := w.now.UnixMilli()
		to := from + rapid.Int64Range(0, 5*24*3600*1000).Draw(t, "for")
		found := map[string]bool{}
		for _, id := range w.snapshot.Crossings(from, to) {
			require.False(t, found[id])
			found[id] = true
		}
		const byClock = 1<<sourcerequest.BucketCritical | 1<<sourcerequest.BucketAtRisk | 1<<sourcerequest.BucketOverdueUndelivered
		for _, r := range w.ref.requests {
			f := r.state.Facts()
			in := w.ref.policy.Instants(f)
			before := sourcerequest.BucketsAt(f.Open, f.UsableMaterials, in, from) & byClock
			after := sourcerequest.BucketsAt(f.Open, f.UsableMaterials, in, to) & byClock
			if before != after {
				require.True(t, found[r.id], "%s went from %b to %b", r.id, before, after)
			}
			if !f.Open {
				require.False(t, found[r.id])
			}
		}
	})
}

// One event against ten thousand rules.
func BenchmarkMatchManyRules(b *testing.B) {
	queries := make([]string, 10_000)
	for i := range queries {
		switch i % 4 {
		case 0:
			queries[i] = fmt.Sprintf("language=Korean&package_id=%d", i)
		case 1:
			queries[i] = fmt.Sprintf("title=crown+%d&-country=Japan", i)
		case 2:
			queries[i] = fmt.Sprintf("fulfillment_partner=Juice&due_date=2026-12&movie_id=%d", i)
		default:
			queries[i] = fmt.Sprintf("issues=Has+issues&package_id=%d&-language=Dutch", i)
		}
	}
	m := NewMatcher(testNames, testPeople, testNow.Location())
	requests := randomRequests(1, 64, testNow)
	for _, q := range queries {
		m.compile(q)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		r := requests[i%len(requests)]
		subject := m.Of(r.id, r.state, testNow)
		for _, q := range queries {
			if _, err := subject.Matches(q, operator); err != nil {
				b.Fatal(err)
			}
		}
	}
}
