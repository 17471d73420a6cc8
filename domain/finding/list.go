package finding

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Finding is one thing that was found wrong in a file.
type Finding struct {
	Code  string // of a Type
	Where string // a place in the file: a line, an element, a timecode; "" for the whole of it
	Text  string // a sentence
}

const (
	// keep is how many findings of a code a List holds; the rest are counted.
	keep = 10
	// longest is how many characters of a text or a place a List holds: what
	// stands in a file is quoted there.
	longest = 500
)

// List gathers findings in bounded memory, however much is wrong. The zero List
// is empty.
type List struct {
	found []Finding
	more  map[string]int // findings of a code beside those that are kept
}

// Add notes a finding. Where and text may quote what stands in a file: they are
// cut and freed of control characters.
func (l *List) Add(code, where, format string, args ...any) {
	if n := l.Count(code); n >= keep {
		if l.more == nil {
			l.more = map[string]int{}
		}
		l.more[code]++
		return
	}
	l.found = append(l.found, Finding{Code: code, Where: clean(where), Text: clean(fmt.Sprintf(format, args...))})
}

// Count returns how many findings of a code are kept.
func (l *List) Count(code string) int {
	n := 0
	for _, f := range l.found {
		if f.Code == code {
			n++
		}
	}
	return n
}

// All returns the findings in the order in which they were noted. The last one
// kept of a code says how many there are beside it.
func (l *List) All() []Finding {
	out := slices.Clone(l.found)
	said := map[string]bool{}
	for i, f := range slices.Backward(out) {
		if n := l.more[f.Code]; n > 0 && !said[f.Code] {
			said[f.Code] = true
			out[i].Text += fmt.Sprintf(" (and %d more like it)", n)
		}
	}
	return out
}

// clean makes one printable line of at most so many characters.
func clean(s string) string {
	if len(s) > 4*longest {
		s = s[:4*longest]
	}
	s = strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, " "))
	if runes := []rune(s); len(runes) > longest {
		s = string(runes[:longest-1]) + "…"
	}
	return strings.TrimSpace(s)
}
