package facets

import (
	"sort"
	"strings"

	"backlot/readmodel"
)

// titleList is the dictionary of titles, prepared for searching. Versions
// share their arrays.
type titleList struct {
	title  *labelList
	movie  *labelList
	same   []uint32 // by code: the first code with the same title, of whatever movie
	runs   []textRun
	words  []word
	offset []uint32 // by code: its words are codes wordOf[offset[code]:offset[code+1]]
	wordOf []uint32
}

// textRun is the folded titles from one code on, one after the other, so that
// one search of a long string stands for thousands of short ones.
type textRun struct {
	from uint32
	text string
	ends []uint32 // of each title in text; a separator follows
}

// runTitles is how many titles a run has before another one is begun.
const runTitles = 4096

const titleSeparator = '\x00'

// titleBuilder makes versions of a titleList; it is not safe for concurrent use.
type titleBuilder struct {
	list   *titleList
	byText map[string]uint32
	byWord map[string]uint32
}

func newTitleBuilder() *titleBuilder {
	return &titleBuilder{
		list:   &titleList{title: &labelList{}, movie: &labelList{}, offset: []uint32{0}},
		byText: map[string]uint32{}, byWord: map[string]uint32{},
	}
}

func (b *titleBuilder) add(values []string) {
	next := *b.list
	from := len(next.same)
	movies, titles := make([]string, len(values)), make([]string, len(values))
	for i, v := range values {
		movies[i], titles[i] = readmodel.SplitTitle(v)
	}
	folded := foldAll(titles)
	for i, t := range titles {
		code := uint32(from + i)
		if _, known := b.byText[t]; !known {
			b.byText[t] = code
		}
		next.same = append(next.same, b.byText[t])
		for _, w := range wordsOf(folded[i]) {
			n, known := b.byWord[w]
			if !known {
				n = uint32(len(next.words))
				b.byWord[w] = n
				next.words = append(next.words, newWord(w))
			}
			next.wordOf = append(next.wordOf, n)
		}
		next.offset = append(next.offset, uint32(len(next.wordOf)))
	}
	next.title, next.movie = next.title.with(titles, folded), next.movie.with(movies, foldAll(movies))
	next.runs = withRuns(next.runs, next.title.folded)
	b.list = &next
}

// withRuns begins again at the last run, if that is a short one.
func withRuns(runs []textRun, folded []string) []textRun {
	from := 0
	if n := len(runs); n > 0 {
		last := runs[n-1]
		from = int(last.from) + len(last.ends)
		if len(last.ends) < runTitles {
			runs, from = runs[:n-1:n-1], int(last.from)
		}
	}
	for from < len(folded) {
		part := folded[from:min(from+runTitles, len(folded))]
		size := len(part)
		for _, f := range part {
			size += len(f)
		}
		run := textRun{from: uint32(from), ends: make([]uint32, 0, len(part))}
		var text strings.Builder
		text.Grow(size)
		for _, f := range part {
			text.WriteString(f)
			run.ends = append(run.ends, uint32(text.Len()))
			text.WriteByte(titleSeparator)
		}
		run.text = text.String()
		runs = append(runs, run)
		from += len(part)
	}
	return runs
}

// containing returns the codes of the titles with the text in them; the text
// is folded and not empty.
func (t *titleList) containing(text string) []uint32 {
	var codes []uint32
	for _, run := range t.runs {
		for at := 0; ; {
			found := strings.Index(run.text[at:], text)
			if found < 0 {
				break
			}
			at += found
			i := sort.Search(len(run.ends), func(i int) bool { return int(run.ends[i]) >= at })
			codes = append(codes, run.from+uint32(i))
			at = int(run.ends[i]) + 1
		}
	}
	return codes
}

// near returns the codes of the titles that have, for each word of the folded
// text, a word near it.
func (t *titleList) near(text string) []uint32 {
	wanted := wordsOf(text)
	if len(wanted) == 0 {
		return nil
	}
	matches := make([]uint64, len(t.words)) // bit n: the word is near wanted[n]
	wanted = wanted[:min(len(wanted), 64)]
	for n, w := range wanted {
		a := newWord(w)
		for i := range t.words {
			if near(a, t.words[i]) {
				matches[i] |= 1 << n
			}
		}
	}
	all := ^uint64(0) >> (64 - len(wanted))
	var codes []uint32
	for code := range t.same {
		var has uint64
		for _, w := range t.wordOf[t.offset[code]:t.offset[code+1]] {
			has |= matches[w]
		}
		if has == all {
			codes = append(codes, uint32(code))
		}
	}
	return codes
}
