package facets

// nearDistance is how many edits a near miss may be away.
const nearDistance = 2

// word is a word prepared for comparing: its letters, and a set of them in 64 bits.
type word struct {
	runes []rune
	set   uint64
}

func newWord(s string) word {
	w := word{runes: []rune(s)}
	for _, r := range w.runes {
		w.set |= 1 << (uint32(r) % 64)
	}
	return w
}

// near reports whether two words are within nearDistance insertions,
// deletions, replacements and swaps of neighbours (Damerau-Levenshtein
// distance), and fewer than the first one has letters: nothing would be left
// of it otherwise.
func near(a, b word) bool {
	limit := min(nearDistance, len(a.runes)-1)
	if d := len(a.runes) - len(b.runes); d > limit || -d > limit {
		return false
	}
	// An edit takes away at most one letter and brings at most one.
	if more(a.set&^b.set, limit) || more(b.set&^a.set, limit) {
		return false
	}
	return distance(a.runes, b.runes) <= limit
}

func more(set uint64, limit int) bool {
	for range limit {
		set &= set - 1
	}
	return set != 0
}

// distance is the Damerau-Levenshtein distance where that is nearDistance or
// less, and more than nearDistance otherwise.
func distance(a, b []rune) int {
	// Swaps of letters with up to nearDistance-1 others edited between them
	// look back three rows.
	var storage [4 * 64]int
	width := len(b) + 1
	rows := storage[:]
	if 4*width > len(rows) {
		rows = make([]int, 4*width)
	}
	row := func(i int) []int { return rows[(i%4)*width : (i%4)*width+width] }
	for j := range width {
		row(0)[j] = j
	}
	for i := 1; i <= len(a); i++ {
		this, previous := row(i), row(i-1)
		this[0] = i
		for j := 1; j <= len(b); j++ {
			if a[i-1] == b[j-1] {
				this[j] = previous[j-1]
			} else {
				this[j] = 1 + min(previous[j-1], previous[j], this[j-1])
			}
			for _, back := range [...][2]int{{1, 1}, {2, 1}, {1, 2}} {
				k, l := i-back[0], j-back[1] // the letters, from 1, swapped with i and j
				if k >= 1 && l >= 1 && a[k-1] == b[j-1] && a[i-1] == b[l-1] {
					this[j] = min(this[j], row(k - 1)[l-1]+back[0]+back[1]-1)
				}
			}
		}
	}
	return row(len(a))[len(b)]
}
