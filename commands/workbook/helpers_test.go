package workbook

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	contentTypes = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`
	rootList     = `<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`
	bookPart     = `<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><workbookPr/><sheets><sheet name="Requests" sheetId="1" r:id="rId1"/></sheets></workbook>`
	bookList     = `<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="x/sharedStrings" Target="/xl/sharedStrings.xml"/><Relationship Id="rId3" Type="x/styles" Target="styles.xml"/></Relationships>`
	stylesPart   = `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/><numFmt numFmtId="165" formatCode="00000"/></numFmts>` +
		`<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="22"/><xf numFmtId="20"/></cellXfs></styleSheet>`
	stringsPart = `<sst><si><t>zero</t></si><si><r><rPr><b/></rPr><t>one </t></r><r><t>bold</t></r><rPh sb="0" eb="1"><t>ichi</t></rPh></si><si/><si><t xml:space="preserve"> two
lines</t></si></sst>`
)

// parts are those of a workbook, by name.
type parts map[string]string

func sheetPart(rows string) string {
	return "<worksheet><sheetData>" + rows + "</sheetData></worksheet>"
}

// with returns a whole workbook with these rows.
func with(rows string) parts {
	return parts{
		"[Content_Types].xml": contentTypes, "_rels/.rels": rootList, "xl/workbook.xml": bookPart, "xl/_rels/workbook.xml.rels": bookList,
		"xl/styles.xml": stylesPart, "xl/sharedStrings.xml": stringsPart, "xl/worksheets/sheet1.xml": sheetPart(rows),
	}
}

// but returns the workbook with one part replaced, or removed for "".
func (p parts) but(name, content string) parts {
	p[name] = content
	if content == "" {
		delete(p, name)
	}
	return p
}

func (p parts) file() []byte { return p.packed(zip.Deflate) }

// packed returns the file with its parts compressed, or not, by a method.
func (p parts) packed(method uint16) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(p)) {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		if err == nil {
			_, err = io.WriteString(w, p[name])
		}
		if err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// convert reads a file, and checks that no temporary file is left.
func convert(t testing.TB, file []byte, o Options) (string, int, error) {
	t.Helper()
	dir, err := os.MkdirTemp("", "workbook")
	require.NoError(t, err)
	defer func() { require.NoError(t, os.Remove(dir), "something is left in it") }()
	o.TempDir = dir
	var out strings.Builder
	rows, err := ToCSV(t.Context(), bytes.NewReader(file), int64(len(file)), &out, o)
	return out.String(), rows, err
}

// rowsOf returns the rows of a workbook's sheet, a blank one without values.
func rowsOf(t testing.TB, file []byte) [][]string {
	t.Helper()
	text, rows, err := convert(t, file, Options{})
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	require.Len(t, lines, rows, "a line is a row")
	all := make([][]string, len(lines))
	for i, line := range lines {
		if line == "" {
			continue
		}
		all[i] = parseLine(t, line)
	}
	return all
}

func parseLine(t require.TestingT, line string) []string {
	values, err := csv.NewReader(strings.NewReader(line)).Read()
	require.NoError(t, err)
	return values
}

// valueOf returns what a cell that is written so becomes: it is B2, %s in it
// stands for its name.
func valueOf(t *testing.T, p func(rows string) parts, xml string) string {
	t.Helper()
	if strings.Contains(xml, "%s") {
		xml = fmt.Sprintf(xml, "B2")
	}
	rows := rowsOf(t, p(`<row r="1"><c t="str"><v>a</v></c><c t="str"><v>b</v></c></row><row r="2"><c r="A2"><v>1</v></c>`+xml+`</row>`).file())
	require.Len(t, rows, 2)
	require.Len(t, rows[1], 2)
	return rows[1][1]
}
