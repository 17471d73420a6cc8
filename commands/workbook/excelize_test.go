package workbook

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"
)

// wordsOf makes text that means something to CSV, XML or the escapes of a sheet.
var wordsOf = rapid.StringOfN(rapid.OneOf(
	rapid.RuneFrom([]rune("abc 019,;\"'|<>&=_x\täß語\U0001F600")),
	rapid.RuneFrom([]rune("_x000D_")),
), 0, 12, -1)

// What is written into a workbook by another's hand comes out again, whether
// texts are shared or stand in their cells.
func TestRowsComeOutAsTheyWentIn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 6).Draw(t, "width")
		rows := rapid.SliceOfN(rapid.SliceOfN(wordsOf, 0, width), 0, 8).Draw(t, "rows")
		header := make([]string, width)
		for i := range header {
			header[i] = fmt.Sprint("column ", i)
		}
		rows = append([][]string{header}, rows...)
		file := write(t, rows, rapid.Bool().Draw(t, "shared"))
		var out strings.Builder
		last, err := ToCSV(t.Context(), bytes.NewReader(file), int64(len(file)), &out, Options{})
		require.NoError(t, err)

		want := [][]string{}
		for _, row := range rows {
			line := make([]string, width)
			copy(line, row)
			want = append(want, line)
		}
		for len(strings.Join(want[len(want)-1], "")) == 0 {
			want = want[:len(want)-1] // blank rows at the end are none
		}
		require.Equal(t, len(want), last)
		lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
		require.Len(t, lines, len(want))
		for i, line := range lines {
			got := make([]string, width)
			if line != "" {
				got = parseLine(t, line)
			}
			require.Equal(t, want[i], got, "line %d", i+1)
		}
	})
}

var looksEscaped = regexp.MustCompile(`^_x[0-9A-Fa-f]{4}_`)

// escapedText escapes what looks like an escape; excelize does so in cells, but
// not in shared texts.
func escapedText(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if looksEscaped.MatchString(s[i:]) {
			b.WriteString("_x005F")
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// write makes a workbook whose texts are shared, or in their cells.
func write(t require.TestingT, rows [][]string, shared bool) []byte {
	f := excelize.NewFile()
	if shared {
		for i, row := range rows {
			for c, v := range row {
				name, err := excelize.CoordinatesToCellName(c+1, i+1)
				require.NoError(t, err)
				require.NoError(t, f.SetCellStr("Sheet1", name, escapedText(v)))
			}
		}
	} else {
		stream, err := f.NewStreamWriter("Sheet1")
		require.NoError(t, err)
		for i, row := range rows {
			values := make([]any, len(row))
			for c, v := range row {
				values[c] = v
			}
			require.NoError(t, stream.SetRow(fmt.Sprint("A", i+1), values))
		}
		require.NoError(t, stream.Flush())
	}
	b, err := f.WriteToBuffer()
	require.NoError(t, err)
	require.NoError(t, f.Close())
	return b.Bytes()
}

func TestTypedCellsOfAnotherWriter(t *testing.T) {
	f := excelize.NewFile()
	custom := `[$-409]d\-mmm\-yyyy;@`
	own, err := f.NewStyle(&excelize.Style{CustomNumFmt: &custom})
	require.NoError(t, err)
	builtIn, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	require.NoError(t, err)
	day := time.Date(2026, time.November, 24, 0, 0, 0, 0, time.UTC)
	for cell, v := range map[string]any{
		"A1": "id", "B1": "own", "C1": "built in", "D1": "as it is", "E1": "original", "F1": "runs", "G1": "lines",
		"A2": 81234567, "B2": day, "C2": day, "D2": day, "E2": true, "G2": "a\r\nb\nc",
	} {
		require.NoError(t, f.SetCellValue("Sheet1", cell, v))
	}
	require.NoError(t, f.SetCellStyle("Sheet1", "B2", "B2", own))
	require.NoError(t, f.SetCellStyle("Sheet1", "C2", "C2", builtIn))
	require.NoError(t, f.SetCellRichText("Sheet1", "F2", []excelize.RichTextRun{{Text: "The Last "}, {Text: "Tram", Font: &excelize.Font{Bold: true}}}))
	require.NoError(t, f.MergeCell("Sheet1", "A4", "B4"))
	require.NoError(t, f.SetCellInt("Sheet1", "A4", 100_000_000))
	require.NoError(t, f.SetCellFormula("Sheet1", "A5", "A4"))
	b, err := f.WriteToBuffer()
	require.NoError(t, err)
	require.NoError(t, f.Close())

	rows := rowsOf(t, b.Bytes())
	require.Equal(t, []string{"81234567", "2026-11-24", "2026-11-24", "2026-11-24", "TRUE", "The Last Tram", "a b c"}, rows[1])
	require.Nil(t, rows[2])
	require.Equal(t, []string{"100000000", "", "", "", "", "", ""}, rows[3])
	reason, bad := Unreadable(rows[4][0])
	require.True(t, bad)
	require.Contains(t, reason, "cell A5")
}
