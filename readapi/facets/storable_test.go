package facets

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// TestStorableSelectionsHoldNoNames: what is written down selects the same, by
// account ids, and is shown by names again.
func TestStorableSelectionsHoldNoNames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, 60)
		value := rapid.SampledFrom(valuesToTry["responsible"]).Draw(t, "value")
		w.query["responsible"] = []string{value}
		sel, err := ParseSelection(w.query)
		require.NoError(t, err)
		knows := rapid.Bool().Draw(t, "knows Bob")
		known := func(account string) bool { return knows && account == "a-bob" }

		stored, err := w.snapshot.Storable(w.who, sel, known)
		if err != nil {
			require.Equal(t, domain.CodeInvalid, domain.ErrorCode(err))
			if value := w.query["responsible"][0]; w.query["-responsible"] == nil {
				require.False(t, slices.ContainsFunc(w.ref.seen(w.who), func(r request) bool { return w.ref.has(r, "responsible", value, w.now, nil) }))
			}
			return
		}
		for _, term := range stored.terms {
			if term.modifier.Name == "responsible" {
				require.Subset(t, append([]string{"me", ""}, accountIDs...), term.values)
			}
		}
		count := func(sel Selection) Tally {
			c, err := w.snapshot.Count(CountQuery{Principal: w.who, Selection: sel, Now: w.now})
			require.NoError(t, err)
			return c.Tally
		}
		require.Equal(t, count(sel), count(stored))
		require.Equal(t, count(sel), count(w.snapshot.Named(w.who, stored)))
	})
}

func TestSelectionsAreShownByNames(t *testing.T) {
	requests := randomRequests(1, 3, testNow)
	for i, account := range []string{"a-ann", "a-kim", "a-kim2"} {
		requests[i].state.FulfillmentPartner, requests[i].state.SubAssignee, requests[i].state.Responsible = "juice", "", account
	}
	s, err := snapshotOf(requests, sourcerequest.DefaultPolicy(), testNames)
	require.NoError(t, err)
	nobody := func(string) bool { return false }
	stored, err := s.Storable(testPrincipals[7], mustSelect(t, "responsible=ANN+%C3%89luard&responsible=Me&-responsible=kim+lee&language=Dutch"), nobody)
	require.NoError(t, err)
	require.Equal(t, mustSelect(t, "responsible=a-ann&responsible=me&-responsible=a-kim&-responsible=a-kim2&language=Dutch"), stored)
	require.Equal(t, mustSelect(t, "responsible=Ann+%C3%89luard&responsible=me&-responsible=a-kim&-responsible=a-kim2&language=Dutch"), s.Named(testPrincipals[7], stored))
	require.Equal(t, stored, s.Named(testPrincipals[8], stored), "another's people stay ids")
	for _, who := range []domain.Principal{testPrincipals[4], testPrincipals[8]} {
		_, err = s.Storable(who, mustSelect(t, "-responsible=Ann+%C3%89luard"), nobody)
		var e *domain.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, "-responsible", e.Field)
	}
}
