package readapi

import (
	"path"
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
	"golang.org/x/text/unicode/norm"

	"backlot/domain/sourcerequest"
)

// wordsOf splits a text into words of letters and digits, without regard to
// case and accents.
func wordsOf(s string) []string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case unicode.IsLetter(r), unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return ' '
	}, norm.NFKD.String(s))
	return strings.Fields(s)
}

const (
	maxWords = 40 // of one name that are looked at
	maxRun   = 12 // words of an id or a title within a name
)

// fileWords is the name of a file, with the folders it lies in, in words.
type fileWords struct {
	words  []string
	file   int // where the words of the file itself begin
	joined map[string]bool
	ids    []string // what may be a request id, as it is written
}

func readName(name string) fileWords {
	name = strings.ReplaceAll(name, `\`, "/")
	folders, file := path.Split(name)
	w := fileWords{words: wordsOf(folders)}
	w.file = len(w.words)
	w.words = append(w.words, wordsOf(file)...)
	if n := len(w.words) - maxWords; n > 0 { // what is nearest to the file says most
		w.words, w.file = w.words[n:], max(0, w.file-n)
	}
	w.ids = idsIn(name)
	w.joined = map[string]bool{}
	for i := range w.words {
		for j := i + 1; j <= min(len(w.words), i+maxRun); j++ {
			w.joined[strings.Join(w.words[i:j], " ")] = true
		}
	}
	return w
}

// idsIn returns the parts of a name, from the beginning of a word to the end of
// one, that could be a request id, in their case and in capitals.
func idsIn(name string) (ids []string) {
	bounds := wordBounds(name)
	if n := len(bounds) - maxWords; n > 0 {
		bounds = bounds[n:]
	}
	for i := range bounds {
		for j := i; j < len(bounds) && j < i+maxRun; j++ {
			id := name[bounds[i][0]:bounds[j][1]]
			if sourcerequest.ValidateID(id) != nil {
				break
			}
			ids = append(ids, id)
			if upper := strings.ToUpper(id); upper != id {
				ids = append(ids, upper)
			}
		}
	}
	return ids
}

// wordBounds returns where the words of ASCII letters and digits begin and end.
func wordBounds(name string) (bounds [][2]int) {
	begin := -1
	for i := 0; i <= len(name); i++ {
		in := i < len(name) && (name[i]|0x20 >= 'a' && name[i]|0x20 <= 'z' || name[i] >= '0' && name[i] <= '9')
		switch {
		case in && begin < 0:
			begin = i
		case !in && begin >= 0:
			bounds, begin = append(bounds, [2]int{begin, i}), -1
		}
	}
	return bounds
}

// key is what an id or a title is found by within a name: its words.
func key(s string) string { return strings.Join(wordsOf(s), " ") }

// inFolder reports whether words are in the folders only.
func (w fileWords) inFolder(key string) bool {
	return !strings.Contains(" "+strings.Join(w.words[w.file:], " ")+" ", " "+key+" ")
}

// sourceTypeWords are what files of a source type are often called by.
var sourceTypeWords = map[sourcerequest.SourceType][]string{
	sourcerequest.SourceAVMuxed:               {"av", "muxed", "mux", "feature"},
	sourcerequest.SourceSecondaryAVMuxed:      {"secondary", "sav"},
	sourcerequest.SourceDubs:                  {"dub", "dubs", "dubbed", "secondary audio"},
	sourcerequest.SourceAudioDescription:      {"ad", "dvs", "audio description"},
	sourcerequest.SourceAudioME:               {"me", "mande", "m e", "music and effects"},
	sourcerequest.SourceAudioPrintMaster:      {"pm", "printmaster", "print master"},
	sourcerequest.SourceSubs:                  {"sub", "subs", "subtitle", "subtitles"},
	sourcerequest.SourceForcedSubs:            {"forced", "fn", "forced narrative", "forced subs"},
	sourcerequest.SourceCCSDH:                 {"cc", "sdh", "closed captions", "captions"},
	sourcerequest.SourceFinalScript:           {"script", "ccsl"},
	sourcerequest.SourceProductionLockedProxy: {"proxy", "plp", "locked proxy"},
	sourcerequest.SourceIMF:                   {"imf", "imp"},
	sourcerequest.SourceTrailer:               {"trailer", "trl"},
	sourcerequest.SourceArtwork:               {"artwork", "art", "poster", "keyart"},
}

func (w fileWords) saysSourceType(t sourcerequest.SourceType) bool {
	return w.joined[key(string(t))] || slices.ContainsFunc(sourceTypeWords[t], func(s string) bool { return w.joined[s] })
}

// languageCodes are the codes of languages by their English names, as words.
var languageCodes = sync.OnceValue(func() map[string][]string {
	codes := map[string][]string{}
	namer := display.English.Languages()
	for a := 'a'; a <= 'z'; a++ {
		for b := 'a'; b <= 'z'; b++ {
			base, err := language.ParseBase(string([]rune{a, b}))
			if err != nil {
				continue
			}
			if name := key(namer.Name(base)); name != "" {
				codes[name] = append(codes[name], string([]rune{a, b}), strings.ToLower(base.ISO3()))
			}
		}
	}
	return codes
})

// saysLanguage reports whether a name has a language in it, by its name or, for
// "Portuguese (Brazil)" and the like, by the language without the country.
func (w fileWords) saysLanguage(name string) bool {
	words := wordsOf(name)
	if len(words) == 0 {
		return false
	}
	if w.joined[strings.Join(words, " ")] {
		return true
	}
	base, _, _ := strings.Cut(name, "(")
	base = key(base)
	return w.joined[base] || slices.ContainsFunc(languageCodes()[base], func(code string) bool { return w.joined[code] })
}
