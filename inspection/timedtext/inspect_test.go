package timedtext_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain/finding"
	. "backlot/inspection/timedtext"
)

const goodTTML = `<?xml version="1.0" encoding="UTF-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" xmlns:tts="http://www.w3.org/ns/ttml#styling"
    xmlns:itts="http://www.w3.org/ns/ttml/profile/imsc1#styling" xml:lang="ko" ttp:timeBase="media" ttp:frameRate="24" ttp:frameRateMultiplier="1000 1001"
    ttp:profile="http://www.w3.org/ns/ttml/profile/imsc1/text">
  <head>
    <styling><style xml:id="s1" tts:color="white"/></styling>
    <layout><region xml:id="bottom" tts:origin="10% 80%" tts:extent="80% 15%"/><region xml:id="top" tts:origin="10% 5%" tts:extent="80% 15%"/></layout>
  </head>
  <body style="s1">
    <div>
      <p xml:id="c1" region="bottom" begin="00:00:01.000" end="00:00:03.000">안녕<br/>하세요</p>
      <p xml:id="c2" region="bottom" begin="00:00:04:00" end="00:00:06:12"><span style="s1">둘</span></p>
      <p xml:id="c3" region="top" begin="5s" dur="2.5s">셋</p>
    </div>
  </body>
</tt>
`

const goodSRT = "\ufeff1\r\n00:00:01,000 --> 00:00:02,500\r\nHello.\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000 X1:100 X2:200 Y1:10 Y2:20\r\n<i>Who is there?</i>\r\n- Me.\r\n"

const goodVTT = `WEBVTT - a title
Language: ko

STYLE
::cue { color: white }

REGION
id:fred width:40%

NOTE a remark
over two lines

first
00:01.000 --> 00:02.500 line:0 position:20%,line-left align:start
Hello.

00:00:03.000 --> 00:00:04.000 region:fred
<v Kim>Hello again.
`

// replaced changes one thing in a good file.
func replaced(t *testing.T, good, old, with string) string {
	t.Helper()
	require.Equal(t, 1, strings.Count(good, old), "%q has to be there once", old)
	return strings.Replace(good, old, with, 1)
}

func codes(found []finding.Finding) []string {
	out := []string{}
	for _, f := range found {
		out = append(out, f.Code)
	}
	return out
}

var korean = Wanted{Language: "Korean"}

func inspect(t testing.TB, name, file string, wanted Wanted) Result {
	t.Helper()
	r, err := Inspect(strings.NewReader(file), int64(len(file)), name, wanted)
	require.NoError(t, err)
	for _, f := range r.Found {
		_, known := finding.Find(f.Code)
		require.True(t, known, f.Code)
		require.NotEmpty(t, f.Text)
	}
	return r
}

func TestGoodFilesHaveNoFindings(t *testing.T) {
	for name, c := range map[string]struct {
		file, text, as string
		wanted         Wanted
	}{
		"TTML":                    {"a.ttml", goodTTML, TTML, korean},
		"TTML as .xml with a BOM": {"A.XML", "\ufeff" + goodTTML, TTML, korean},
		"an earlier TTML":         {"a.dfxp", strings.ReplaceAll(goodTTML, "http://www.w3.org/ns/ttml", "http://www.w3.org/2006/10/ttaf1"), TTML, korean},
		"TTML in SMPTE time": {"a.ttml", `<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" xml:lang="ko" ttp:timeBase="smpte" ttp:frameRate="30" ttp:frameRateMultiplier="1000 1001" ttp:dropMode="dropNTSC">
			<body><div><p begin="00:00:59:00" end="00:01:00:02">a</p><p begin="00:10:00:00" end="00:10:01:00">b</p></div></body></tt>`, TTML, Wanted{Language: "Korean"}},
		"TTML with timed spans": {"a.ttml", `<tt xmlns="http://www.w3.org/ns/ttml" xml:lang="en"><body><div begin="10s"><p><span begin="1s" end="2s">a</span> <span begin="2s" end="3s">b</span></p></div></body></tt>`, TTML, Wanted{Language: "English"}},
		"TTML in sequence":      {"a.ttml", `<tt xmlns="http://www.w3.org/ns/ttml" xml:lang="en"><body><div timeContainer="seq"><p dur="1s">a</p><p dur="2s">b</p></div></body></tt>`, TTML, Wanted{Language: "English"}},
		"two speakers at once":  {"a.ttml", `<tt xmlns="http://www.w3.org/ns/ttml" xml:lang="en"><body><div><p begin="1s" end="2s">a</p><p begin="1s" end="2s">b</p></div></body></tt>`, TTML, Wanted{}},
		"forced subtitles":      {"a.ttml", `<tt xmlns="http://www.w3.org/ns/ttml" xmlns:itts="http://www.w3.org/ns/ttml/profile/imsc1#styling" xml:lang="en"><body itts:forcedDisplay="true"><div><p begin="1s" end="2s">a</p></div></body></tt>`, TTML, Wanted{Language: "English", Forced: true}},
		"SubRip":                {"a.srt", goodSRT, SubRip, korean},
		"SubRip without an end": {"a.srt", strings.TrimRight(goodSRT, "\r\n"), SubRip, korean},
		"WebVTT":                {"a.vtt", goodVTT, WebVTT, korean},
		"cues in two places":    {"a.vtt", "WEBVTT\n\n00:01.000 --> 00:03.000 line:0\na\n\n00:02.000 --> 00:04.000 line:90%\nb\n", WebVTT, Wanted{}},
		"Scenarist":             {"a.scc", "Scenarist_SCC V1.0\n\n00:00:00:22\t9425 9425\n", SCC, korean},
		"EBU STL":               {"a.stl", "850STL25.01" + strings.Repeat(" ", 1024), STL, korean},
	} {
		t.Run(name, func(t *testing.T) {
			r := inspect(t, c.file, c.text, c.wanted)
			assert.Empty(t, r.Found)
			assert.Equal(t, c.as, r.As)
			assert.Equal(t, c.as == SCC || c.as == STL, r.Note != "", "what is only recognised says so")
		})
	}
}

func TestEachThingThatIsWrongIsFound(t *testing.T) {
	type broken struct {
		name, file, text string
		wanted           Wanted
		where            string // of the first finding
		want             []string
	}
	var all []broken
	change := func(good, file string, wanted Wanted, name, old, with, where string, want ...string) {
		all = append(all, broken{name, file, replaced(t, good, old, with), wanted, where, want})
	}
	ttml := func(name, old, with, where string, want ...string) {
		change(goodTTML, "a.ttml", korean, "TTML: "+name, old, with, where, want...)
	}
	srt := func(name, old, with, where string, want ...string) {
		change(goodSRT, "a.srt", korean, "SubRip: "+name, old, with, where, want...)
	}
	vtt := func(name, old, with, where string, want ...string) {
		change(goodVTT, "a.vtt", korean, "WebVTT: "+name, old, with, where, want...)
	}
	whole := func(name, file, text, where string, want ...string) {
		all = append(all, broken{name, file, text, korean, where, want})
	}

	whole("nothing in it", "a.srt", "", "", finding.EmptyFile)
	whole("a name of no format", "a.txt", goodSRT, "", finding.FormatMismatch)
	whole("SubRip called WebVTT", "a.vtt", goodSRT, "line 1", finding.FormatMismatch)
	whole("a picture called SubRip", "a.srt", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "line 1", finding.FormatMismatch)
	whole("XML that is no TTML", "a.ttml", `<subtitles><line at="1">a</line></subtitles>`, "line 1", finding.FormatMismatch)
	whole("UTF-16, little-endian", "a.ttml", "\xff\xfe<\x00t\x00t\x00/\x00>\x00", "line 1", finding.NotUTF8)
	whole("UTF-16, big-endian", "a.srt", "\xfe\xff\x001\x00\n", "line 1", finding.NotUTF8)
	whole("Latin-1", "a.srt", "1\n00:00:01,000 --> 00:00:02,000\nCaf\xe9 cr\xe8me\n", "line 3", finding.NotUTF8)

	ttml("an end tag missing", "</div>", "", "line 15", finding.MalformedTimedText)
	ttml("the file is cut off", "</body>\n</tt>", "", "line 16", finding.MalformedTimedText)
	ttml("an attribute twice", `xml:id="c1"`, `xml:id="c1" xml:id="c9"`, "line 11", finding.MalformedTimedText)
	ttml("a second outermost element", "</tt>", "</tt><tt/>", "line 16", finding.MalformedTimedText)
	ttml("text behind the end", "</tt>", "</tt>more", "line 16", finding.MalformedTimedText)
	ttml("an entity that nobody knows", "안녕", "&hello;", "line 11", finding.MalformedTimedText)
	ttml("a document type", "<tt xmlns=", `<!DOCTYPE tt [<!ENTITY a "b">]><tt xmlns=`, "line 2", finding.ForbiddenMarkup)
	ttml("another encoding declared", `encoding="UTF-8"`, `encoding="ISO-8859-1"`, "line 1", finding.NotUTF8)
	ttml("bytes that are not UTF-8", "안녕", "\xe9\xe8", "line 11", finding.NotUTF8)
	ttml("a time without seconds", `begin="00:00:01.000"`, `begin="00:01"`, "line 11", finding.InvalidTime)
	ttml("a negative time", `begin="5s"`, `begin="-5s"`, "line 13", finding.InvalidTime)
	ttml("a minute too many", `begin="00:00:01.000"`, `begin="00:60:01.000"`, "line 11", finding.InvalidTime)
	ttml("a frame too many", `end="00:00:06:12"`, `end="00:00:06:24"`, "line 12", finding.InvalidTime)
	ttml("SMPTE and media times", `timeBase="media"`, `timeBase="smpte"`, "line 11", finding.TimeBaseConflict)
	ttml("clock time", `timeBase="media"`, `timeBase="clock"`, "line 2", finding.InvalidTimeBase)
	ttml("frames without a rate", `ttp:frameRate="24" ttp:frameRateMultiplier="1000 1001"`, "", "line 12", finding.MissingFrameRate)
	ttml("a rate that no picture has", `frameRate="24"`, `frameRate="23"`, "line 2", finding.InvalidFrameRate)
	ttml("a rate with a point", `frameRate="24"`, `frameRate="23.976"`, "line 2", finding.InvalidFrameRate)
	ttml("a multiplier of one's own", `"1000 1001"`, `"999 1000"`, "line 2", finding.InvalidFrameRate)
	ttml("drop-frame in media time", `ttp:timeBase="media"`, `ttp:timeBase="media" ttp:dropMode="dropNTSC"`, "line 2", finding.DropModeConflict)
	ttml("an end before the beginning", `end="00:00:03.000"`, `end="00:00:00.500"`, "line 11, 00:00:01.000", finding.CueEndsBeforeBegin)
	ttml("no end", ` end="00:00:03.000"`, "", "line 11, 00:00:01.000", finding.CueWithoutEnd)
	ttml("cues that overlap", `end="00:00:03.000"`, `end="00:00:04.500"`, "line 12, 00:00:04.000", finding.OverlappingCues)
	ttml("cues out of order", `begin="00:00:01.000" end="00:00:03.000"`, `begin="00:00:11.000" end="00:00:13.000"`, "line 12, 00:00:04.000", finding.CuesOutOfOrder)
	ttml("a cue of a minute", `dur="2.5s"`, `dur="1m"`, "line 13, 00:00:05.000", finding.ImplausibleDuration)
	ttml("a cue of a frame", `dur="2.5s"`, `dur="1f"`, "line 13, 00:00:05.000", finding.ImplausibleDuration)
	ttml("a cue on the next day", `begin="5s"`, `begin="30h"`, "line 13, 30:00:00.000", finding.ImplausibleTime)
	ttml("a cue without text", "셋", " ", "line 13, 00:00:05.000", finding.EmptyCue)
	ttml("another language", `xml:lang="ko"`, `xml:lang="ja"`, "line 2", finding.LanguageMismatch)
	ttml("no language", `xml:lang="ko"`, "", "line 2", finding.MissingLanguage)
	ttml("a language that is none", `xml:lang="ko"`, `xml:lang="korean language"`, "line 2", finding.InvalidLanguage)
	ttml("a region that is not there", `region="top"`, `region="left"`, "line 13", finding.UndefinedReference)
	ttml("a style that is not there", `<span style="s1">`, `<span style="s2">`, "line 12", finding.UndefinedReference)
	ttml("an identifier twice", `xml:id="c2"`, `xml:id="c1"`, "line 12", finding.DuplicateID)
	ttml("the image profile", "imsc1/text", "imsc1/image", "line 2", finding.UnsupportedProfile)
	ttml("all forced", "<body ", `<body itts:forcedDisplay="true" `, "", finding.ForcedMismatch)
	change(goodTTML, "a.ttml", Wanted{Language: "Korean", Forced: true}, "TTML: one of the forced is not", `xml:id="c1"`, `xml:id="c1" itts:forcedDisplay="true"`, "", finding.ForcedMismatch)
	whole("TTML: no cue", "a.ttml", `<tt xmlns="http://www.w3.org/ns/ttml" xml:lang="ko"><body/></tt>`, "", finding.NoCues)
	whole("TTML: a picture", "a.ttml", `<tt xmlns="http://www.w3.org/ns/ttml" xmlns:smpte="http://www.smpte-ra.org/schemas/2052-1/2010/smpte-tt" xml:lang="ko"><body><div smpte:backgroundImage="#i"><p begin="1s" end="2s">a</p></div></body></tt>`, "line 1", finding.UnsupportedProfile)
	whole("TTML: a timecode that drop-frame leaves out", "a.ttml", `<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" xml:lang="ko" ttp:timeBase="smpte" ttp:frameRate="30" ttp:frameRateMultiplier="1000 1001" ttp:dropMode="dropNTSC"><body><div><p begin="00:01:00:00" end="00:01:02:00">a</p></div></body></tt>`, "line 1", finding.InvalidTime)

	smpte := func(name, rate, mode, where string) {
		whole("TTML: "+name, "a.ttml", `<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" xml:lang="ko" ttp:timeBase="smpte" ttp:frameRate="`+rate+`" ttp:frameRateMultiplier="1000 1001" ttp:dropMode="`+mode+`"><body><div><p begin="01:00:00:00" end="01:00:02:00"> </p></div></body></tt>`, "line 1, "+where, finding.EmptyCue)
	}
	smpte("an hour of drop-frame is an hour", "30", "dropNTSC", "00:59:59.996")
	smpte("an hour at 59.94, drop-frame", "60", "dropNTSC", "00:59:59.996")
	smpte("an hour at 23.976 takes longer", "24", "nonDrop", "01:00:03.600")
	whole("TTML: ticks", "a.ttml", `<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" xml:lang="ko" ttp:tickRate="10000000"><body><div><p begin="15000000t" end="30000000t"/></div></body></tt>`, "line 1, 00:00:01.500", finding.EmptyCue)

	srt("a number left out", "2\r\n00:00:03", "3\r\n00:00:03", "line 5", finding.CueNumbering)
	srt("no number", "2\r\n00:00:03", "00:00:03", "line 5", finding.CueNumbering)
	srt("a point for the comma", "00:00:02,500", "00:00:02.500", "line 2", finding.InvalidTime)
	srt("61 seconds", "00:00:02,500", "00:00:61,500", "line 2", finding.InvalidTime)
	srt("no times", "00:00:03,000 --> 00:00:04,000 X1:100 X2:200 Y1:10 Y2:20", "3 to 4", "line 6", finding.MalformedTimedText)
	srt("no empty line between cues", "Hello.\r\n\r\n", "Hello.\r\n", "line 5", finding.MalformedTimedText)
	srt("no text", "Hello.\r\n", "", "line 2, 00:00:01.000", finding.EmptyCue)
	srt("cues that overlap", "00:00:02,500", "00:00:03,500", "line 6, 00:00:03.000", finding.OverlappingCues)
	srt("times the wrong way round", "00:00:02,500", "00:00:00,500", "line 2, 00:00:01.000", finding.CueEndsBeforeBegin)
	srt("a zero byte", "Hello.", "Hel\x00lo.", "line 3", finding.MalformedTimedText)
	whole("SubRip: only a number", "a.srt", "1\n", "line 2", finding.MalformedTimedText)

	vtt("a header of one word too long", "WEBVTT - a title", "WEBVTTX", "line 1", finding.MalformedTimedText)
	vtt("a comma for the point", "00:02.500", "00:02,500", "line 14", finding.InvalidTime)
	vtt("a setting that is none", "align:start", "align:middling", "line 14", finding.InvalidCueSetting)
	vtt("a region that is not there", "region:fred", "region:jane", "line 17", finding.UndefinedReference)
	vtt("another language", "Language: ko", "Language: pt-BR", "line 2", finding.LanguageMismatch)
	vtt("cues out of order", "00:00:03.000 --> 00:00:04.000 region:fred", "00:00:00.000 --> 00:00:00.900 line:0 position:20%,line-left", "line 17, 00:00:00.000", finding.CuesOutOfOrder)
	vtt("a style behind a cue", "\n00:00:03.000", "\nSTYLE\n::cue { color: red }\n\n00:00:03.000", "line 17", finding.MalformedTimedText)
	vtt("an empty line in a cue", "<v Kim>", "<v Kim>Well.\n\n", "line 21", finding.MalformedTimedText)
	whole("WebVTT: an identifier twice", "a.vtt", "WEBVTT\n\na\n00:01.000 --> 00:02.000\nx\n\na\n00:03.000 --> 00:04.000\ny\n", "line 7", finding.DuplicateID)
	whole("WebVTT: no cue", "a.vtt", "WEBVTT\n", "", finding.NoCues)

	assert.GreaterOrEqual(t, len(all), 40)
	for _, c := range all {
		t.Run(c.name, func(t *testing.T) {
			r := inspect(t, c.file, c.text, c.wanted)
			require.Equal(t, c.want, codes(r.Found), "%+v", r.Found)
			assert.Equal(t, c.where, r.Found[0].Where)
		})
	}
}

// counting says how much of an input was read.
type counting struct {
	io.Reader
	read int64
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.read += int64(n)
	return n, err
}

// endless repeats a text behind a beginning, so that no test has to hold it.
func endless(begin, again string) io.Reader {
	return io.MultiReader(strings.NewReader(begin), &loop{text: again})
}

type loop struct {
	text string
	at   int
}

func (l *loop) Read(p []byte) (int, error) {
	n := copy(p, l.text[l.at:])
	l.at = (l.at + n) % len(l.text)
	return n, nil
}

func TestAFileOfGigabytesIsNotRead(t *testing.T) {
	from := &counting{Reader: endless("", "1\n")}
	r, err := Inspect(from, 5<<30, "a.srt", korean)
	require.NoError(t, err)
	assert.Equal(t, []string{finding.FileTooLarge}, codes(r.Found))
	assert.Zero(t, from.read)
}

// What the store fails at is no finding: it is tried again.
func TestAFailingReaderIsNotTheFilesFault(t *testing.T) {
	gone := errors.New("the store is gone")
	for _, name := range []string{"a.ttml", "a.srt", "a.vtt"} {
		good := map[string]string{"a.ttml": goodTTML + "<!--" + strings.Repeat("a", 8_000) + "-->", "a.srt": goodSRT, "a.vtt": goodVTT}[name]
		for _, n := range []int{0, 10, len(good) / 2} {
			_, err := Inspect(io.MultiReader(strings.NewReader(good[:n]), iotest.ErrReader(gone)), int64(len(good)), name, korean)
			assert.ErrorIs(t, err, gone, "%s after %d", name, n)
		}
		r, err := Inspect(iotest.OneByteReader(strings.NewReader(good)), int64(len(good)), name, korean)
		require.NoError(t, err)
		assert.Empty(t, r.Found)
	}
}

func FuzzInspect(f *testing.F) {
	for _, good := range []string{goodTTML, goodSRT, goodVTT, "<", "1", "WEBVTT", "\xff\xfe"} {
		for _, name := range []string{"a.ttml", "a.srt", "a.vtt"} {
			f.Add(name, []byte(good))
		}
	}
	f.Fuzz(func(t *testing.T, name string, file []byte) {
		r, err := Inspect(bytes.NewReader(file), int64(len(file)), name, korean)
		require.NoError(t, err)
		for _, found := range r.Found {
			_, known := finding.Find(found.Code)
			require.True(t, known, found.Code)
			require.NotEmpty(t, found.Text)
			require.LessOrEqual(t, len([]rune(found.Text)), 600)
		}
	})
}
