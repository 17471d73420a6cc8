package workbook

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
)

const headerRow = `<row r="1"><c r="A1" t="str"><v>request_id</v></c><c r="B1" t="str"><v>title</v></c></row>`

func TestALineIsARow(t *testing.T) {
	for name, c := range map[string]struct {
		rows string
		want string
	}{
		"as it should be":        {headerRow + `<row r="2"><c r="A2"><v>1</v></c><c r="B2" t="s"><v>0</v></c></row>`, "request_id,title\n1,zero\n"},
		"without any name":       {`<row><c t="str"><v>request_id</v></c><c t="str"><v>title</v></c></row><row><c><v>1</v></c></row>`, "request_id,title\n1,\n"},
		"missing rows and cells": {headerRow + `<row r="4"><c r="B4"><v>1</v></c></row>`, "request_id,title\n\n\n,1\n"},
		"the header further up":  {`<row r="1"/><row r="3"><c r="A3"><v>1</v></c></row>`, "\n\n1\n"},
		"blank rows at the end":  {headerRow + `<row r="2"><c r="A2" s="1"/></row><row r="1048576"/>`, "request_id,title\n"},
		"blank cells behind":     {headerRow + `<row r="2"><c r="A2"><v>1</v></c><c r="C2" t="s"><v>2</v></c><c r="XFD2"/></row>`, "request_id,title\n1,\n"},
		"values behind":          {headerRow + `<row r="2"><c r="A2"><v>1</v></c><c r="D2"><v>2</v></c></row>`, "request_id,title\n1,,,2\n"},
		"cells in any order":     {headerRow + `<row r="2"><c r="B2"><v>2</v></c><c r="A2"><v>1</v></c></row>`, "request_id,title\n1,2\n"},
		"rows without numbers":   {headerRow + `<row><c r="A2"><v>1</v></c></row><row r="5"/><row><c r="A6"><v>2</v></c></row>`, "request_id,title\n1,\n\n\n\n2,\n"},
		"something else within":  {headerRow + `<row r="2"><c r="A2"><v>1</v><extLst><ext><v>9</v></ext></extLst></c><extLst><c><v>3</v></c></extLst></row>`, "request_id,title\n1,\n"},
	} {
		t.Run(name, func(t *testing.T) {
			text, rows, err := convert(t, with(c.rows).file(), Options{})
			require.NoError(t, err)
			assert.Equal(t, c.want, text)
			assert.Equal(t, strings.Count(c.want, "\n"), rows)
		})
	}
}

func TestTheFirstVisibleSheetIsRead(t *testing.T) {
	p := with(headerRow).but("xl/workbook.xml", `<workbook xmlns:q="r"><sheets><sheet name="chart" q:id="rId5"/><sheet name="a" state="hidden" q:id="rId3"/><sheet name="b" state="veryHidden" q:id="rId3"/>`+
		`<sheet name="c" state="visible" q:id="rId4"/><sheet name="d" q:id="rId3"/></sheets></workbook>`)
	p.but("xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="rId3" Type="x/worksheet" Target="worksheets/hidden.xml"/><Relationship Id="rId4" Type="x/worksheet" Target="/xl/WORKSHEETS/Sheet1.xml"/>`+
		`<Relationship Id="rId5" Type="x/chartsheet" Target="chart.xml"/><Relationship Id="rId6" Type="x/hyperlink" TargetMode="External" Target="http://example.com"/></Relationships>`)
	assert.Equal(t, [][]string{{"request_id", "title"}}, rowsOf(t, p.file()))
}

func TestPartsOfWhateverName(t *testing.T) {
	p := parts{
		"_rels/.rels":              strings.Replace(rootList, "xl/workbook.xml", "/book/main.xml", 1),
		"book/main.xml":            bookPart,
		"book/_rels/main.xml.rels": `<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="../s/../Sheets\One.XML"/></Relationships>`,
		`Sheets\One.xml`:           sheetPart(headerRow),
	}
	p["book/_rels/main.xml.rels"] = strings.ReplaceAll(p["book/_rels/main.xml.rels"], `\`, "/")
	assert.Equal(t, [][]string{{"request_id", "title"}}, rowsOf(t, p.file()))
}

func TestAFileThatIsNoWorkbookOrABrokenOneIsRefused(t *testing.T) {
	whole := with(headerRow).file()
	damaged := bytes.Replace(with(headerRow).packed(zip.Store), []byte("request_id"), []byte("request_ix"), 1)
	encrypted := bytes.Clone(whole)
	for at := 0; ; {
		i := bytes.Index(encrypted[at:], []byte("PK\x01\x02"))
		if i < 0 {
			break
		}
		encrypted[at+i+8] |= 1
		at += i + 4
	}
	for name, c := range map[string]struct {
		file []byte
		says string
	}{
		"nothing":                 {nil, "not a workbook; save it as .xlsx"},
		"CSV":                     {[]byte("request_id,title\n"), "not a workbook; save it as .xlsx"},
		"old, or with a password": {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and so on"), "without a password"},
		"only its first half":     {whole[:len(whole)/2], "not a whole workbook"},
		"only its first bytes":    {whole[:4], "not a whole workbook"},
		"an empty archive":        {parts{}.file(), "an archive, but not a workbook"},
		"some archive":            {parts{"readme.txt": "x"}.file(), "an archive, but not a workbook"},
		"a text document":         {with("").but("xl/workbook.xml", "<document><body/></document>").file(), "an archive, but not a workbook"},
		"nothing at the root":     {with("").but("_rels/.rels", "<Relationships/>").file(), "an archive, but not a workbook"},
		"OpenDocument":            {parts{"mimetype": "x", "content.xml": "<x/>"}.file(), "OpenDocument file; save it as .xlsx"},
		"a binary workbook":       {with("").but("_rels/.rels", strings.Replace(rootList, "workbook.xml", "workbook.bin", 1)).file(), "binary workbook (.xlsb); save it as .xlsx"},
		"encrypted parts":         {encrypted, "encrypted"},
		"a damaged byte":          {damaged, "xl/worksheets/sheet1.xml cannot be read (zip: checksum error)"},
		"no sheet":                {with("").but("xl/workbook.xml", `<workbook><sheets/></workbook>`).file(), "no visible sheet"},
		"all hidden":              {with("").but("xl/workbook.xml", strings.Replace(bookPart, "sheetId", `state="hidden" sheetId`, 1)).file(), "no visible sheet"},
		"no list of parts":        {with("").but("xl/_rels/workbook.xml.rels", "").file(), "no visible sheet"},
		"no workbook part":        {with("").but("xl/workbook.xml", "").file(), "lacks its part xl/workbook.xml"},
		"no sheet part":           {with("").but("xl/worksheets/sheet1.xml", "").file(), "lacks its part xl/worksheets/sheet1.xml"},
		"no part of texts":        {with("").but("xl/sharedStrings.xml", "").file(), "lacks its part xl/sharedStrings.xml"},
		"no styles part":          {with("").but("xl/styles.xml", "").file(), "lacks its part xl/styles.xml"},
		"an empty sheet":          {with(`<row r="2"><c r="A2" s="1"/></row>`).file(), `the sheet "Requests" is empty`},
		"no rows at all":          {with("").but("xl/worksheets/sheet1.xml", "<worksheet/>").file(), "it has no rows"},
		"not a sheet":             {with("").but("xl/worksheets/sheet1.xml", "sheet").file(), "cannot be read"},
		"an unreadable header":    {with(`<row r="1"><c r="A1" t="e"><v>#REF!</v></c></row>`).file(), "the header cannot be read: cell A1 has the error #REF!"},
		"cut off":                 {with("").but("xl/worksheets/sheet1.xml", `<worksheet><sheetData><row r="1"><c r="A1"><v>1`).file(), "it ends within <v>"},
		"ends crossed":            {with(`<row r="1"><c></row></c>`).file(), "</row> where nothing of that name is open"},
		"not XML":                 {with(`<row r=1><c>`).file(), "cannot be read"},
		"an entity of its own":    {with(`<row r="1"><c r="A1" t="str"><v>&lol;</v></c></row>`).file(), "cannot be read"},
		"a document type":         {with("").but("xl/sharedStrings.xml", `<!DOCTYPE sst [<!ENTITY a "aaaa">]><sst/>`).file(), "a document type"},
		"another encoding":        {with("").but("xl/worksheets/sheet1.xml", "\xff\xfe<\x00w\x00").file(), "cannot be read"},
		"rows out of order":       {with(headerRow + headerRow).file(), "row 1 comes after row 1"},
		"row 0":                   {with(`<row r="0"/>`).file(), `"0" is not the number of a row`},
		"row x":                   {with(`<row r="x"/>`).file(), `"x" is not the number of a row`},
		"a cell twice":            {with(`<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>`).file(), "the cell A1 twice"},
		"a cell of another row":   {with(`<row r="1"><c r="A2"><v>1</v></c></row>`).file(), `"A2" is not the name of a cell in row 1`},
		"a cell without a column": {with(`<row r="1"><c r="1"><v>1</v></c></row>`).file(), `"1" is not the name of a cell`},
		"a cell named at length":  {with(`<row r="1"><c r="` + strings.Repeat("A", 5000) + `1"><v>1</v></c></row>`).file(), "is not the name of a cell"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := convert(t, c.file, Options{})
			var refused *domain.Error
			require.ErrorAs(t, err, &refused)
			assert.Equal(t, domain.CodeInvalid, refused.Code)
			assert.Contains(t, refused.Message, c.says)
		})
	}
}

func TestTheHeaderIsLookedAtBeforeAnyOtherRow(t *testing.T) {
	file := with(headerRow + `<row r="0"/>`).file()
	wrong := errors.New("no such columns")
	var names []string
	text, _, err := convert(t, file, Options{Header: func(n []string) error {
		names = append(names, n...)
		return wrong
	}})
	require.Equal(t, wrong, err)
	assert.Equal(t, []string{"request_id", "title"}, names)
	assert.Empty(t, text)
}

func TestFailuresThatAreNotTheWorkbooks(t *testing.T) {
	file := with(headerRow).file()
	gone := errors.New("the disk is gone")

	t.Run("reading", func(t *testing.T) {
		sheet := bytes.Index(file, []byte("xl/worksheets/sheet1.xml"))
		for _, at := range []int64{0, int64(sheet) + 30, int64(len(file)) - 30} {
			_, err := ToCSV(t.Context(), failingAt{bytes.NewReader(file), at, gone}, int64(len(file)), io.Discard, Options{TempDir: t.TempDir()})
			require.ErrorIs(t, err, gone)
			require.Equal(t, domain.CodeInternal, domain.ErrorCode(err))
		}
	})
	t.Run("writing", func(t *testing.T) {
		read, write := io.Pipe()
		require.NoError(t, read.CloseWithError(gone))
		_, err := ToCSV(t.Context(), bytes.NewReader(file), int64(len(file)), write, Options{TempDir: t.TempDir()})
		require.ErrorIs(t, err, gone)
		require.Equal(t, domain.CodeInternal, domain.ErrorCode(err))
	})
	t.Run("temporary files", func(t *testing.T) {
		_, err := ToCSV(t.Context(), bytes.NewReader(file), int64(len(file)), io.Discard, Options{TempDir: t.TempDir() + "/none"})
		require.ErrorIs(t, err, os.ErrNotExist)
		require.Equal(t, domain.CodeInternal, domain.ErrorCode(err))
	})
	t.Run("a context that ended", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := ToCSV(ctx, bytes.NewReader(file), int64(len(file)), io.Discard, Options{TempDir: t.TempDir()})
		require.ErrorIs(t, err, context.Canceled)
	})
}

// failingAt cannot read a byte.
type failingAt struct {
	io.ReaderAt
	at  int64
	err error
}

func (f failingAt) ReadAt(p []byte, at int64) (int, error) {
	if at <= f.at && f.at < at+int64(len(p)) {
		return 0, f.err
	}
	return f.ReaderAt.ReadAt(p, at)
}
