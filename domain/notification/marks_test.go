package notification_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	. "backlot/domain/notification"
)

// Marks are a set of revisions, from the oldest that the inbox keeps.
func TestMarksAreASet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const last = 30
		first := rapid.Uint64Range(0, 5).Draw(t, "first")
		var m Marks
		read := map[uint64]bool{}
		for range rapid.IntRange(0, 40).Draw(t, "steps") {
			revision := rapid.Uint64Range(first, last).Draw(t, "revision")
			switch rapid.IntRange(0, 5).Draw(t, "what") {
			case 0:
				m = m.ReadUpTo(revision)
				for r := first; r <= revision; r++ {
					read[r] = true
				}
			case 1, 2:
				m = m.Unread(revision, first)
				delete(read, revision)
			default:
				m = m.Read(revision)
				read[revision] = true
			}
			require.True(t, slices.IsSorted(m.Also))
			for r := first; r <= last; r++ {
				require.Equal(t, read[r], m.Has(r), "revision %d of %v", r, m)
			}
		}
	})
}
