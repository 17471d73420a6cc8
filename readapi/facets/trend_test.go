package facets

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// A trend is what the reference counts at each of its moments.
func TestTrendsEqualTheReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		policy := sourcerequest.DefaultPolicy()
		policy.Zone = rapid.SampledFrom(testZones).Draw(t, "zone")
		seed := rapid.Uint64().Draw(t, "seed")
		requests := randomRequests(seed, rapid.IntRange(0, 60).Draw(t, "requests"), testNow)
		h := newPast(seed, policy)
		opened := 0
		moments := make([]time.Time, rapid.IntRange(0, 9).Draw(t, "moments"))
		for i := range moments {
			day := domain.DateOf(testNow, policy.Zone) + domain.Date(rapid.IntRange(-20, 12).Draw(t, "day"))
			moments[i] = day.Start(policy.Zone).Add(-time.Millisecond)
		}
		slices.SortFunc(moments, time.Time.Compare)
		for range rapid.IntRange(1, 8).Draw(t, "changes") {
			by := time.Duration(rapid.IntRange(0, 100).Draw(t, "hours")) * time.Hour
			if len(moments) > 0 {
				h.move(rapid.SampledFrom(moments).Draw(t, "near"), 0)
			}
			h.clock = h.clock.Add(by)
			n := min(len(requests), opened+1+h.r.IntN(len(requests)/2+1))
			h.write(t, append(h.changed(), requests[opened:n]...))
			opened = n
		}
		who, query := rapid.SampledFrom(testPrincipals).Draw(t, "who"), drawSelection(t)
		delete(query, "title") // its near misses are those of all moments
		sel, err := ParseSelection(query)
		require.NoError(t, err)
		s := h.b.snapshot()
		got, err := s.Trend(TrendQuery{Principal: who, Selection: sel, Moments: moments})
		require.NoError(t, err)
		require.Len(t, got.Tallies, len(moments))
		for i, at := range moments {
			ref := &reference{requests: h.at(at), present: h.now, policy: policy, names: testNames}
			want := ref.selected(who, query, at)
			require.Equal(t, ref.tally(want.requests, at, want.statusGiven), got.Tallies[i], "%s", at)
		}
	})
}

func TestTrendsOfATitle(t *testing.T) {
	h := newPast(1, sourcerequest.DefaultPolicy())
	requests := randomRequests(1, 2, testNow)
	for i, title := range []string{"Harbour Lights", "Harbour Night"} {
		requests[i].state.Title, requests[i].state.Status = title, sourcerequest.StatusOpen
	}
	h.write(t, requests)
	h.clock = h.clock.Add(24 * time.Hour)
	requests[0].state.Title = "Pier Lights"
	h.write(t, requests)
	s := h.b.snapshot()
	for text, want := range map[string][]int{"lights": {1, 1}, "harbour": {2, 1}, "pier": {0, 1}, "habrour": {2, 1}} {
		sel, err := ParseSelection(map[string][]string{"title": {text}})
		require.NoError(t, err)
		got, err := s.Trend(TrendQuery{Principal: domain.Principal{Role: domain.RoleOperator}, Selection: sel, Moments: []time.Time{h.clock.Add(-time.Hour), h.clock}})
		require.NoError(t, err)
		require.Equal(t, want, []int{got.Tallies[0].Matched, got.Tallies[1].Matched}, text)
		require.Equal(t, text == "habrour", got.NearMiss)
	}
}
