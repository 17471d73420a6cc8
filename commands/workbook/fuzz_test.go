package workbook

import (
	"archive/zip"
	"strings"
	"testing"

	"backlot/domain"
)

// refusedOrWhole: whatever the file, it is read or refused as wrong or too
// large, nothing is left behind, and the lines are as many as the rows.
func refusedOrWhole(t *testing.T, file []byte) {
	text, rows, err := convert(t, file, Options{Limits: Limits{Unpacked: 16 << 20, Output: 4 << 20}})
	switch code := domain.ErrorCode(err); {
	case err == nil:
		if lines := strings.Count(text, "\n"); lines != rows || !strings.HasSuffix(text, "\n") {
			t.Fatalf("%d lines for %d rows", lines, rows)
		}
		for n, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
			if line != "" {
				parseLine(t, line)
			} else if n == rows-1 {
				t.Fatal("the last line is blank")
			}
		}
	case code != domain.CodeInvalid && code != domain.CodeTooLarge:
		t.Fatalf("refused with %v", err)
	}
}

func FuzzSheet(f *testing.F) {
	f.Add(sheetPart(headerRow+`<row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2" s="1"><v>46350</v></c></row>`), stringsPart, stylesPart)
	f.Add(sheetPart(`<row><c><f/><v>1E8</v></c><c t="e"><v>#N/A</v></c><c t="d"><v>2026-11-24T00:00:00Z</v></c></row>`), "<sst/>", "<styleSheet/>")
	f.Add(sheetPart(`<row r="9"><c t="inlineStr"><is><r><t>_x000D_</t></r><rPh><t>x</t></rPh></is></c></row>`), "<sst><si><t>a</t></si></sst>", stylesPart)
	f.Fuzz(func(t *testing.T, sheet, texts, styles string) {
		refusedOrWhole(t, with("").but("xl/worksheets/sheet1.xml", sheet).but("xl/sharedStrings.xml", texts).but("xl/styles.xml", styles).packed(zip.Store))
	})
}

func FuzzArchive(f *testing.F) {
	f.Add(with(headerRow).file())
	f.Add(with(headerRow).packed(zip.Store))
	f.Add(parts{}.file())
	f.Fuzz(refusedOrWhole)
}
