package facets

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// letters that look like another one with an accent but are not composed of
// it, and punctuation that people type plainly.
var plain = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'đ': "d", 'ð': "d", 'ł': "l", 'þ': "th", 'ı': "i", 'ħ': "h", 'ς': "σ",
	'‘': "'", '’': "'", 'ʼ': "'", '“': `"`, '”': `"`, '‐': "-", '‑': "-", '–': "-", '—': "-",
}

// fold brings text to the form in which it is compared: lower case, without
// accents, single spaces. The marks of scripts in which they are letters'
// parts (Japanese voicing, Indic vowels) stay.
func fold(s string) string {
	ascii := true
	for i := range len(s) {
		if s[i] >= 0x80 {
			ascii = false
			break
		}
	}
	if !ascii {
		var b strings.Builder
		b.Grow(len(s))
		for _, r := range norm.NFKD.String(s) {
			if isAccent(r) {
				continue
			}
			r = unicode.ToLower(r)
			if p, ok := plain[r]; ok {
				b.WriteString(p)
			} else {
				b.WriteRune(r)
			}
		}
		s = norm.NFC.String(b.String())
	}
	return strings.Join(strings.Fields(strings.ToLower(s)), " ")
}

func isAccent(r rune) bool {
	return r >= 0x0300 && r <= 0x036F || r >= 0x1AB0 && r <= 0x1AFF || r >= 0x1DC0 && r <= 0x1DFF ||
		r >= 0x20D0 && r <= 0x20FF || r >= 0xFE20 && r <= 0xFE2F
}

// wordsOf returns the words of folded text: its runs of letters, marks and digits.
func wordsOf(folded string) []string {
	return strings.FieldsFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
}
