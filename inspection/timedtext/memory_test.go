//go:build !race

package timedtext_test

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain/finding"
	. "backlot/inspection/timedtext"
)

// Attacks are refused after a part of them was read, and in little memory. The
// race detector keeps memory of its own, so it runs without.
func TestHostileFilesAreRefusedEarlyAndInLittleMemory(t *testing.T) {
	const tt = `<tt xmlns="http://www.w3.org/ns/ttml" xml:lang="ko">`
	bomb := `<!DOCTYPE tt [<!ENTITY a "aaaaaaaaaa">`
	for i := range 20 {
		bomb += fmt.Sprintf(`<!ENTITY %c "%s">`, 'b'+i, strings.Repeat(fmt.Sprintf("&%c;", 'a'+i), 10))
	}
	for name, c := range map[string]struct {
		file string
		from io.Reader
		want string
		read int64 // at most
	}{
		"an entity bomb":          {"a.ttml", strings.NewReader(bomb + "]>" + tt + "&t;</tt>"), finding.ForbiddenMarkup, 8 << 10},
		"an endless declaration":  {"a.ttml", endless("<!DOCTYPE tt [", `<!ENTITY a "b">`), finding.ExcessiveStructure, 300 << 10},
		"deep nesting":            {"a.ttml", endless(tt, "<div>"), finding.ExcessiveStructure, 8 << 10},
		"an endless tag":          {"a.ttml", endless(tt+"<p", ` a="b"`), finding.ExcessiveStructure, 300 << 10},
		"a thousand attributes":   {"a.ttml", strings.NewReader(tt + "<p" + strings.Repeat(` a="b"`, 1_000) + "></p></tt>"), finding.ExcessiveStructure, 16 << 10},
		"an endless text":         {"a.ttml", endless(tt+"<p>", "aaaaaaaa"), finding.ExcessiveStructure, 300 << 10},
		"an endless comment":      {"a.ttml", endless(tt+"<!--", "aaaaaaaa"), finding.ExcessiveStructure, 300 << 10},
		"endless cues of TTML":    {"a.ttml", endless(tt+"<body><div>", `<p begin="1s" end="2s">a</p>`), finding.ExcessiveStructure, 2 << 20},
		"endless references":      {"a.ttml", endless(tt, strings.Join(numbered(`<p style="a%d"/>`, 30_000), "")), finding.ExcessiveStructure, 1 << 20},
		"an endless line":         {"a.srt", endless("1\n", "a"), finding.ExcessiveStructure, 150 << 10},
		"an endless line of WVTT": {"a.vtt", endless("WEBVTT\n\n", "a"), finding.ExcessiveStructure, 150 << 10},
		"endless cues of SubRip":  {"a.srt", endless("1\n00:00:01,000 --> 00:00:02,000\na\n\n", "00:00:01,000 --> 00:00:02,000\na\n\n"), finding.ExcessiveStructure, 3 << 20},
		"endless empty lines":     {"a.srt", endless("1\n", "\n"), finding.ExcessiveStructure, 2 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			from := &counting{Reader: c.from}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			r, err := Inspect(from, 1<<20, c.file, korean)
			runtime.ReadMemStats(&after)
			require.NoError(t, err)
			assert.Contains(t, codes(r.Found), c.want)
			assert.LessOrEqual(t, from.read, c.read)
			assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(48<<20), "all that was ever allocated")
			for _, f := range r.Found {
				assert.Less(t, len(f.Text), 2_000)
			}
		})
	}
}

func numbered(format string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf(format, i)
	}
	return out
}
