package facets

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestFold(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"House, M.D.", "house, m.d."}, {"AMÉLIE", "amelie"}, {"Ame\u0301lie", "amelie"}, {"Straße", "strasse"}, {"STRASSE", "strasse"},
		{"Ærø", "aero"}, {"Łódź", "lodz"}, {"İstanbul ISPARTA", "istanbul isparta"}, {"ΟΔΟΣ", "οδοσ"}, {"οδός", "οδοσ"}, {"Grey’s", "grey's"}, {"ﬁn", "fin"},
		{"  a \t b\u00a0c ", "a b c"}, {"한국 드라마", "한국 드라마"}, {"が", "が"}, {"हिन्दी", "हिन्दी"}, {"Ｆｕｌｌ", "full"}, {"", ""},
	} {
		require.Equal(t, c.want, fold(c.text), c.text)
		require.Equal(t, c.want, fold(c.want), "twice is once")
	}
}

func TestDistanceIsDamerauLevenshtein(t *testing.T) {
	letters := rapid.StringOfN(rapid.RuneFrom([]rune("abcé")), 0, 9, -1)
	rapid.Check(t, func(t *rapid.T) {
		a, b := []rune(letters.Draw(t, "a")), []rune(letters.Draw(t, "b"))
		want, got := damerauLevenshtein(a, b), distance(a, b)
		if want > nearDistance {
			require.Greater(t, got, nearDistance)
		} else {
			require.Equal(t, want, got)
		}
		if len(a) > 0 && len(b) > 0 {
			require.Equal(t, want <= nearDistance && want < len(a), near(newWord(string(a)), newWord(string(b))))
		}
	})
}

func TestDistanceOfLongWords(t *testing.T) {
	long := make([]rune, 300)
	for i := range long {
		long[i] = rune('a' + i%7)
	}
	other := append([]rune("x"), long...)
	require.Equal(t, 1, distance(long, other))
	require.Equal(t, 0, distance(long, long))
}

func TestWindowIsPartOfTheSorted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := rapid.SliceOfN(rapid.IntRange(0, 20), 0, 60).Draw(t, "items")
		from := rapid.IntRange(0, len(items)).Draw(t, "from")
		to := rapid.IntRange(from, len(items)).Draw(t, "to")
		compare := func(a, b int) int { return a - b }
		sorted := window(append([]int(nil), items...), 0, len(items), compare)
		for i := 1; i < len(sorted); i++ {
			require.LessOrEqual(t, sorted[i-1], sorted[i])
		}
		require.ElementsMatch(t, items, sorted)
		got := window(append([]int(nil), items...), from, to, compare)
		require.Equal(t, append([]int(nil), sorted[from:to]...), append([]int(nil), got...))
	})
}

func TestLabelsKeepTheirOrderAsTheyGrow(t *testing.T) {
	labels := rapid.SliceOfN(rapid.StringOfN(rapid.RuneFrom([]rune("aAéEb")), 0, 3, -1), 0, 8)
	rapid.Check(t, func(t *rapid.T) {
		list := &labelList{}
		for range rapid.IntRange(1, 5).Draw(t, "times") {
			text := labels.Draw(t, "labels")
			list = list.with(text, foldAll(text))
			if rapid.Bool().Draw(t, "ordered") {
				list.order()
			}
		}
		whole := newLabelList(list.text)
		require.Equal(t, whole.order().rank, list.order().rank)
		for _, label := range append([]string{"", "zz", "ab"}, list.text...) {
			before, found := list.seek(label)
			var lower, same uint32
			counted := map[string]bool{}
			for _, l := range list.text {
				if counted[l] {
					continue
				}
				counted[l] = true
				if fold(l) < fold(label) || fold(l) == fold(label) && l < label {
					lower++
				}
				if l == label {
					same++
				}
			}
			require.Equal(t, lower, before, label)
			require.Equal(t, same > 0, found, label)
		}
	})
}
