package facets

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// What a difference lists is what two answers differ by, whatever happened:
// held against whole lists of rows, over random changes and moves of the clock.
func TestDifferences(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	policy := sourcerequest.DefaultPolicy()
	b, w := newBuilder("g", &Config{Policy: policy, Names: testNames, Accounts: testPeople}), newWriter("g", policy)
	require.NoError(t, b.apply(w.change(1, randomRequests(1, 1500, testNow)...)))
	principals := []domain.Principal{
		{Role: domain.RoleOperator}, {Role: domain.RoleFulfillmentPartner, Organisation: fulfillmentIDs[0]}, {Role: domain.RoleContentPartner, Organisation: contentIDs[1]},
		{Role: domain.RoleQualityControl}, {},
	}
	critical := sourcerequest.BucketCritical
	queries := []RowQuery{
		{}, {Bucket: &critical}, {Selection: mustSelect(t, "due_date=this+week")}, {Selection: mustSelect(t, "status=All&language=Korean")}, {Group: map[string]string{"source_type": "Subs"}},
	}
	then, before := testNow, b.snapshot()
	for round := range 12 {
		now := then.Add(time.Duration(r.IntN(3)*r.IntN(40)) * time.Hour)
		var changed []request
		for range r.IntN(20) * r.IntN(2) {
			changed = append(changed, randomRequest(r, fmt.Sprint("R", r.IntN(2200)), now))
		}
		slices.SortFunc(changed, func(a, b request) int { return strings.Compare(a.id, b.id) })
		changed = slices.CompactFunc(changed, func(a, b request) bool { return a.id == b.id })
		for i := range changed {
			changed[i].revision = uint64(1000 + round)
		}
		require.NoError(t, b.apply(w.change(domain.Position(round+2), changed...)))
		after := b.snapshot()
		c := after.Since(before, then, now)
		for _, p := range principals {
			seen := false
			for i, q := range queries {
				q.Principal = p
				q.Now = then
				old, oldSet := rowsByID(t, before, q), selected(t, before, q)
				q.Now = now
				fresh, set := rowsByID(t, after, q), selected(t, after, q)
				d := set.Since(oldSet, c, 1<<20)
				require.False(t, d.Many)
				var entered, left []string
				for id, row := range fresh {
					switch was, had := old[id]; {
					case !had:
						entered = append(entered, id)
					case was.Revision != row.Revision || was.Buckets != row.Buckets:
						assert.Contains(t, d.Changed, id)
					}
				}
				for id := range old {
					if _, has := fresh[id]; !has {
						left = append(left, id)
					}
				}
				assert.ElementsMatch(t, entered, d.Entered, "query %d", i)
				assert.ElementsMatch(t, left, d.Left, "query %d", i)
				for _, id := range d.Changed {
					assert.True(t, c.Has(id))
					assert.Contains(t, old, id)
					assert.Contains(t, fresh, id)
				}
				// A selection by a relative date changes with the day alone.
				seen = seen || i != 2 && !d.None()
				if n := len(d.Entered) + len(d.Changed) + len(d.Left); n > 0 {
					assert.Equal(t, Difference{Many: true}, set.Since(oldSet, c, n-1))
				}
			}
			if seen {
				assert.True(t, c.Touch(p), "%+v", p)
			}
			if p == (domain.Principal{}) {
				assert.False(t, c.Touch(p), "it sees nothing")
			}
		}
		then, before = now, after
	}
}

// Nothing is compared between generations: their row numbers have nothing to do
// with each other.
func TestAnotherGenerationIsAnotherWorld(t *testing.T) {
	one, err := snapshotOf(randomRequests(1, 50, testNow), sourcerequest.DefaultPolicy(), testNames)
	require.NoError(t, err)
	assert.True(t, one.Since(one, testNow, testNow).None())
	b, w := newBuilder("other", &Config{Policy: sourcerequest.DefaultPolicy(), Names: testNames, Accounts: testPeople}), newWriter("other", sourcerequest.DefaultPolicy())
	require.NoError(t, b.apply(w.change(1, randomRequests(1, 50, testNow)...)))
	other := b.snapshot()
	c := other.Since(one, testNow, testNow)
	q := RowQuery{Principal: domain.Principal{Role: domain.RoleOperator}, Now: testNow}
	assert.Equal(t, Difference{Many: true}, selected(t, other, q).Since(selected(t, one, q), c, 1000))
	assert.True(t, c.Touch(domain.Principal{}))
	assert.False(t, c.None())
}

// A principal whose requests did not change is not touched by those of others.
func TestChangesTouchThoseWhoSeeThem(t *testing.T) {
	policy := sourcerequest.DefaultPolicy()
	b, w := newBuilder("g", &Config{Policy: policy, Names: testNames, Accounts: testPeople}), newWriter("g", policy)
	mine, theirs := fulfillmentIDs[0], fulfillmentIDs[1]
	a := randomRequest(rand.New(rand.NewPCG(1, 2)), "A", testNow)
	a.state.FulfillmentPartner, a.state.SubAssignee = mine, ""
	require.NoError(t, b.apply(w.change(1, a)))
	before := b.snapshot()
	as := func(org string) domain.Principal {
		return domain.Principal{Role: domain.RoleFulfillmentPartner, Organisation: org}
	}
	a.state.FulfillmentPartner, a.revision = theirs, a.revision+1
	require.NoError(t, b.apply(w.change(2, a)))
	c := b.snapshot().Since(before, testNow, testNow)
	assert.True(t, c.Touch(as(mine)), "it is gone for them")
	assert.True(t, c.Touch(as(theirs)))
	assert.False(t, c.Touch(as(fulfillmentIDs[2])))
}

func selected(t *testing.T, s *Snapshot, q RowQuery) *Set {
	t.Helper()
	set, err := s.Select(q)
	require.NoError(t, err)
	return set
}

func rowsByID(t *testing.T, s *Snapshot, q RowQuery) map[string]Row {
	t.Helper()
	rows, err := s.Rows(q)
	require.NoError(t, err)
	byID := map[string]Row{}
	for _, r := range rows.Rows {
		byID[r.RequestID] = r
	}
	return byID
}
