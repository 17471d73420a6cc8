package facets

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"backlot/domain/sourcerequest"
)

// listingAtMost lets chunks list at most so many rows for a while.
func listingAtMost(n int, do func()) {
	defer func(before int) { maxListed = before }(maxListed)
	maxListed = n
	do()
}

// scanned is like do, without any postings.
func scanned(do func()) { listingAtMost(0, do) }

func TestPostingsAreThePlacesByCode(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 5))
		n := rapid.SampledFrom([]int{0, 1, 2, 100, chunkRows - 1, chunkRows}).Draw(t, "rows")
		codes := rapid.SampledFrom([]uint64{1, 2, 40, chunkRows, 1 << 32}).Draw(t, "codes")
		column := new(codeColumn)
		want := map[uint32][]uint16{}
		for i := range n {
			column[i] = uint32(r.Uint64N(codes))
			want[column[i]] = append(want[column[i]], uint16(i))
		}
		p := newPostings(column, n)
		require.Len(t, p.codes, len(want))
		for k, code := range p.codes {
			require.Equal(t, want[code], p.of(k))
			require.Equal(t, want[code], p.with(code))
		}
	})
}

// TestWhatIsListedIsWhatAScanFinds asks everything of snapshots that follow each
// other, with and without postings, so that those of a chunk are also taken over
// by its copies.
func TestWhatIsListedIsWhatAScanFinds(t *testing.T) {
	taken, fewer := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 4))
		policy := sourcerequest.DefaultPolicy()
		b, w := newBuilder("g", &Config{Policy: policy, Names: testNames, Accounts: testPeople}), newWriter("g", policy)
		var all []request
		for range rapid.IntRange(0, 2*chunkRows+500).Draw(t, "requests") {
			all = append(all, randomRequest(r, fmt.Sprintf("%c%d", 'A'+rune(r.IntN(3)), 1000-len(all)), testNow))
		}
		require.NoError(t, b.apply(w.change(w.position+1, all...)))
		for range rapid.IntRange(1, 3).Draw(t, "changes") {
			s := b.snapshot()
			for range 3 {
				requireScanned(t, s)
			}
			for _, c := range s.chunks {
				for by := notPosted + 1; by < postedCount; by++ {
					if p := c.lists[by].Load(); p != nil {
						require.Equal(t, newPostings(postedColumns[by](&c.columns), c.n), p)
					}
				}
			}
			// Some changes touch no column that is posted, some every one, some are new.
			var batch []request
			for range r.IntN(6) {
				switch k := r.IntN(3); {
				case k == 0 || len(all) == 0:
					all = append(all, randomRequest(r, fmt.Sprintf("N%d", len(all)), testNow))
					batch = append(batch, all[len(all)-1])
				case k == 1:
					n := r.IntN(len(all))
					all[n] = randomRequest(r, all[n].id, testNow)
					batch = append(batch, all[n])
				default:
					n := r.IntN(len(all))
					all[n].state.Status = pick(r, sourcerequest.Statuses())
					batch = append(batch, all[n])
				}
			}
			require.NoError(t, b.apply(w.change(w.position+1, batch...)))
			next := b.snapshot()
			for n, c := range s.chunks {
				for by := range c.lists {
					if p := c.lists[by].Load(); p != nil && next.chunks[n] != c {
						if next.chunks[n].lists[by].Load() == p {
							taken++
						} else {
							fewer++
						}
					}
				}
			}
			requireScanned(t, next)
		}
	})
	require.NotZero(t, taken, "a copy takes over what is right still")
	require.NotZero(t, fewer, "and nothing else")
}

// requireScanned compares the answers to a question with those of a scan.
func requireScanned(t *rapid.T, s *Snapshot) {
	who := rapid.SampledFrom(testPrincipals).Draw(t, "who")
	query := drawSelection(t)
	for _, name := range rapid.SliceOfDistinct(rapid.SampledFrom([]string{"fulfillment_partner", "content_partner", "language", "title", "movie_id", "package_id"}), rapid.ID[string]).Draw(t, "listed") {
		query[name] = []string{rapid.SampledFrom(valuesToTry[name]).Draw(t, name)}
	}
	sel := mustSelect(t, query.Encode())
	count := CountQuery{Principal: who, Selection: sel, GroupBy: []string{"language"}, Now: testNow}
	list := RowQuery{Principal: who, Selection: sel, Now: testNow, Limit: 30}
	switch rapid.IntRange(0, 3).Draw(t, "rows") {
	case 0:
		list.IDs = []string{"A1000", "B999", "C998", "A1000", "N3", "nope"}
	case 1:
		list.Group = map[string]string{"fulfillment_partner": "Juice"}
	}
	got := answersOf(t, s, count, list)
	var want [3]any
	scanned(func() { want = answersOf(t, s, count, list) })
	require.Equal(t, want, got)
	listingAtMost(chunkRows+1, func() { want = answersOf(t, s, count, list) })
	require.Equal(t, want, got)
}

func answersOf(t require.TestingT, s *Snapshot, count CountQuery, list RowQuery) [3]any {
	counts, err := s.Count(count)
	require.NoError(t, err)
	rows, err := s.Rows(list)
	require.NoError(t, err)
	set, err := s.Select(list)
	require.NoError(t, err)
	return [3]any{counts, rows, slices.Clone(set.bits)}
}

// A question that names one partner looks at its rows, and not at others.
func TestFewRowsAreListed(t *testing.T) {
	s, err := snapshotOf(randomRequests(7, 3*chunkRows, testNow), sourcerequest.DefaultPolicy(), testNames)
	require.NoError(t, err)
	for _, q := range []url.Values{{"fulfillment_partner": {"Juice"}}, {"content_partner": {"NBCU"}}, {"language": {"Korean"}}, {"request_id": {"A1000"}}, {"package_id": {"502"}}, {"movie_id": {"801"}}} {
		p, err := s.plan(operator, mustSelect(t, q.Encode()), testNow)
		require.NoError(t, err)
		var buffer [chunkRows]uint16
		for n, c := range s.chunks {
			places, done := p.listed(c, uint32(n)*chunkRows, &buffer)
			require.NotEqual(t, -1, done, q)
			require.Less(t, len(places), c.n/2, q)
		}
	}
}
