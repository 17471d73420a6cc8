package facets

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"backlot/domain/sourcerequest"
	"backlot/readmodel"
)

// TestClassesEqualThePlainRule, at instants that rows change at and next to them,
// while rows are written to copies of the chunk, which keep what they can of the
// classes of before.
func TestClassesEqualThePlainRule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3))
		policy := sourcerequest.DefaultPolicy()
		w := newWriter("g", policy)
		c, rows := newChunk(), map[int]*readmodel.Row{}
		published := []*chunk{}
		var nows []int64
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			if rapid.Bool().Draw(t, "publish") {
				published = append(published, c)
				c = c.clone()
			}
			for range rapid.IntRange(0, 3).Draw(t, "writes") {
				i := rapid.IntRange(0, 20).Draw(t, "place")
				row := w.change(w.position+1, randomRequest(r, fmt.Sprint(i), testNow)).Rows[0].Row
				row.ID = fmt.Sprint(i)
				for _, at := range []*int64{&row.Critical, &row.AtRisk, &row.Overdue} {
					if r.IntN(8) == 0 {
						*at = []int64{sourcerequest.Never, math.MinInt64}[r.IntN(2)]
					}
				}
				require.NoError(t, c.put(i, &row))
				rows[i] = &row
				for _, at := range []int64{row.Critical, row.AtRisk, row.Overdue} {
					if at != sourcerequest.Never && at != math.MinInt64 {
						nows = append(nows, at)
					}
				}
			}
			now := testNow.Add(time.Duration(rapid.IntRange(-30*24, 30*24).Draw(t, "hours")) * time.Hour).UnixMilli()
			if len(nows) > 0 && rapid.Bool().Draw(t, "at a row's instant") {
				now = rapid.SampledFrom(nows).Draw(t, "instant") + int64(rapid.IntRange(-1, 1).Draw(t, "ms"))
			}
			if rapid.IntRange(0, 9).Draw(t, "far") == 0 {
				now = rapid.SampledFrom([]int64{math.MinInt64, math.MaxInt64 - 1, 0, -1 << 61, 1<<61 - 1}).Draw(t, "far instant")
			}
			got := c.classesAt(now)
			for i := range chunkRows {
				row := rows[i]
				switch {
				case row == nil:
					require.EqualValues(t, classNoRow, got[i], "place %d", i)
				case row.Status == statusCode(sourcerequest.StatusCancelled):
					require.EqualValues(t, classCancelled, got[i], "place %d", i)
				default:
					in := sourcerequest.Instants{Critical: row.Critical, AtRisk: row.AtRisk, Overdue: row.Overdue}
					want := sourcerequest.BucketsAt(row.Flags.Has(readmodel.FlagOpen), row.Flags.Has(readmodel.FlagUsableMaterials), in, now)
					require.Equal(t, want, bucketsOf[got[i]], "place %d at %d: %+v", i, now, in)
				}
			}
		}
		for _, p := range published { // copies wrote to what is theirs
			cached := p.classes.Load()
			if cached == nil {
				continue
			}
			class := cached.class
			p.classes.Store(nil)
			require.Equal(t, *p.classesAt(cached.at), class)
		}
	})
}
