package projections

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestStatesAreBoundedAndKeepWhatIsInUse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(2, 20).Draw(t, "limit")
		s := newStates(limit)
		last := map[string]*request{}
		var recent []string // distinct, newest first
		for range rapid.IntRange(1, 200).Draw(t, "uses") {
			id := strconv.Itoa(rapid.IntRange(0, 30).Draw(t, "id"))
			r := s.get(id)
			if r == nil || rapid.Bool().Draw(t, "replace") {
				r = &request{}
				s.put(id, r)
				last[id] = r
			}
			require.Same(t, last[id], r)
			others := []string{id}
			for _, o := range recent {
				if o != id {
					others = append(others, o)
				}
			}
			recent = others
			require.LessOrEqual(t, len(s.young)+len(s.old), limit)
		}
		for _, id := range recent[:min(len(recent), limit/2)] {
			require.Same(t, last[id], s.get(id), "one of the last %d used", limit/2)
		}
	})
}
