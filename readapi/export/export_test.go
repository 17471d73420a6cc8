package export

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/readapi/facets"
)

func columnsOf(t require.TestingT, names ...string) []Column {
	chosen, err := facets.ParseColumns(strings.Join(names, ","))
	require.NoError(t, err)
	columns := make([]Column, len(chosen))
	for i, c := range chosen {
		columns[i] = Column{Column: c}
	}
	return columns
}

func tableOf(columns []Column, rows ...facets.Row) Table {
	return Table{Columns: columns, Rows: len(rows), Each: func(each func(*facets.Row) error) error {
		for i := range rows {
			if err := each(&rows[i]); err != nil {
				return err
			}
		}
		return nil
	}}
}

func written(t require.TestingT, f Format, table Table) []byte {
	write, err := f.Prepare(table)
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, write(&out))
	return out.Bytes()
}

func opened(t require.TestingT, workbook []byte) *excelize.File {
	f, err := excelize.OpenReader(bytes.NewReader(workbook))
	require.NoError(t, err)
	return f
}

// aRow has something in every column.
func aRow() facets.Row {
	return facets.Row{
		RequestID: "00012345678901234567890123456789", PackageID: "500001", MovieID: "80005306", Title: "House, M.D.", MovieType: sourcerequest.MovieTypes()[0], IsOriginal: true,
		ContentPartner: facets.Partner{ID: "n", Name: "Northlight"}, FulfillmentPartner: facets.Partner{ID: "j", Name: "Juice"}, SubAssignee: facets.Partner{ID: "s", Name: "SDI"}, Responsible: facets.Person{Account: "jo", Name: "Jo Ambersecret"},
		SourceType: sourcerequest.SourceTypes()[0], ServiceType: sourcerequest.ServiceTypes()[0], Language: "Korean", Countries: []string{"Japan", "South Korea"},
		DueDate: domain.NewDate(2026, time.November, 24), EstimatedDeliveryDate: domain.NewDate(2199, time.December, 31),
		MaterialStatus: sourcerequest.MaterialStatuses()[0], Status: sourcerequest.StatusOpen, Issues: []string{"drift", "sync"},
	}
}

func TestWorkbook(t *testing.T) {
	names := []string{
		"request_id", "package_id", "movie_id", "title", "movie_type", "is_original", "content_partner", "fulfillment_partner", "sub_assignee", "responsible",
		"source_type", "service_type", "language", "countries", "due_date", "estimated_delivery_date", "material_status", "status", "issues",
	}
	table := tableOf(columnsOf(t, names...), aRow(), facets.Row{RequestID: "b"})
	table.About = [][]any{{"Search", "Values"}, {"Title", "=1+1"}, {"Rows", 2}}
	f := opened(t, written(t, XLSX, table))
	assert.Equal(t, []string{"Requests", "Search"}, f.GetSheetList())

	rows, err := f.GetRows("Requests")
	require.NoError(t, err)
	require.Len(t, rows, 3)
	for i, c := range table.Columns {
		assert.Equal(t, c.Label, rows[0][i])
	}
	row := aRow()
	assert.Equal(t, []string{
		row.RequestID, "500001", "80005306", "House, M.D.", string(row.MovieType), "Yes", "Northlight", "Juice", "SDI", "jo", string(row.SourceType), string(row.ServiceType),
		"Korean", "Japan|South Korea", "2026-11-24", "2199-12-31", string(row.MaterialStatus), "Open", "drift|sync",
	}, rows[1])
	assert.Equal(t, []string{"b", "", "", "", "", "No"}, rows[2])

	kind, err := f.GetCellType("Requests", "A2")
	require.NoError(t, err)
	assert.Equal(t, excelize.CellTypeInlineString, kind, "ids of digits stay text")
	kind, err = f.GetCellType("Requests", "O2")
	require.NoError(t, err)
	assert.Contains(t, []excelize.CellType{excelize.CellTypeUnset, excelize.CellTypeNumber}, kind, "dates are numbers")
	for cell, day := range map[string]domain.Date{"O2": row.DueDate, "P2": row.EstimatedDeliveryDate} {
		raw, err := f.GetCellValue("Requests", cell, excelize.Options{RawCellValue: true})
		require.NoError(t, err)
		serial, err := strconv.ParseFloat(raw, 64)
		require.NoError(t, err)
		date, err := excelize.ExcelDateToTime(serial, false)
		require.NoError(t, err)
		assert.Equal(t, day.String(), date.Format("2006-01-02"))
	}

	panes, err := f.GetPanes("Requests")
	require.NoError(t, err)
	assert.True(t, panes.Freeze)
	assert.Equal(t, 1, panes.YSplit)
	assert.Equal(t, "A2", panes.TopLeftCell)
	sheet := partOf(t, written(t, XLSX, table), rowsPart)
	assert.Contains(t, sheet, `<autoFilter ref="$A$1:$S$3">`)
	assert.Contains(t, sheet, `<dimension ref="A1:S3">`)
	defined := f.GetDefinedName()
	require.Len(t, defined, 1)
	assert.Equal(t, "'Requests'!$A$1:$S$3", defined[0].RefersTo)
	title, err := f.GetColWidth("Requests", "D")
	require.NoError(t, err)
	assert.EqualValues(t, 40, title)
	style, err := f.GetCellStyle("Requests", "S1")
	require.NoError(t, err)
	header, err := f.GetStyle(style)
	require.NoError(t, err)
	assert.True(t, header.Font.Bold)

	about, err := f.GetRows("Search")
	require.NoError(t, err)
	assert.Equal(t, [][]string{{"Search", "Values"}, {"Title", "=1+1"}, {"Rows", "2"}}, about)
	formula, err := f.GetCellFormula("Search", "B2")
	require.NoError(t, err)
	assert.Empty(t, formula)
}

// partOf returns one file of a workbook.
func partOf(t require.TestingT, workbook []byte, name string) string {
	in, err := zip.NewReader(bytes.NewReader(workbook), int64(len(workbook)))
	require.NoError(t, err)
	part, err := in.Open(name)
	require.NoError(t, err)
	content, err := io.ReadAll(part)
	require.NoError(t, err)
	return string(content)
}

func TestEmptyTables(t *testing.T) {
	for _, columns := range [][]Column{columnsOf(t), columnsOf(t, "title")} {
		rows, err := opened(t, written(t, XLSX, tableOf(columns))).GetRows("Requests")
		require.NoError(t, err)
		require.Len(t, rows, 1)
		assert.Len(t, rows[0], len(columns))
	}
	assert.Equal(t, "\ufefftitle\r\n", string(written(t, CSV, tableOf(columnsOf(t, "title")))))
}

// titles draws what is hard to keep: what looks like a formula, a number or a
// sheet's escape, and what XML or CSV give a meaning to.
func titles() *rapid.Generator[string] {
	hard := rapid.SampledFrom([]string{"=", "+", "-", "@", "\t", "'", "''=", "_x0041_", "_x0041_x0042_", "_x", "&amp;", "<", "]]>", `"`, ",", "|", " ", "1e5", "007", "é", "日本", "🎬", "\u200f", "TRUE", "2026-11-24"})
	return rapid.Custom(func(t *rapid.T) string {
		var b strings.Builder
		for _, s := range rapid.SliceOfN(rapid.OneOf(hard, rapid.StringMatching(`[ -~]{0,4}`)), 1, 4).Draw(t, "parts") {
			b.WriteString(s)
		}
		return b.String()
	})
}

func TestTextsStayWhatTheyAre(t *testing.T) {
	columns := columnsOf(t, "title", "request_id", "language")
	shell, dateStyle, err := makeShell(Table{Columns: columns})
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		var rows []facets.Row
		for _, title := range rapid.SliceOfN(titles(), 1, 8).Draw(t, "titles") {
			rows = append(rows, facets.Row{RequestID: "x", Title: title, Language: title})
		}
		table := tableOf(columns, rows...)

		var workbook bytes.Buffer
		require.NoError(t, fill(&workbook, shell, newCells(columns, dateStyle), table))
		f := opened(t, workbook.Bytes())
		records, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(written(t, CSV, table), []byte(byteOrderMark)))).ReadAll()
		require.NoError(t, err)
		require.Len(t, records, len(rows)+1)
		for i, row := range rows {
			for column, letter := range map[int]string{0: "A", 2: "C"} {
				cell := letter + string(rune('2'+i))
				got, err := f.GetCellValue("Requests", cell)
				require.NoError(t, err)
				require.Equal(t, row.Title, got)
				formula, err := f.GetCellFormula("Requests", cell)
				require.NoError(t, err)
				require.Empty(t, formula)

				text := records[i+1][column]
				require.NotContains(t, []string{"=", "+", "-", "@", "\t", "\r"}, firstOf(text))
				if text != row.Title {
					require.Equal(t, "'"+row.Title, text)
				}
			}
		}
	})
}

func firstOf(s string) string {
	if s == "" {
		return ""
	}
	return s[:1]
}

func TestCSV(t *testing.T) {
	unassigned := aRow()
	unassigned.RequestID, unassigned.Title, unassigned.FulfillmentPartner, unassigned.DueDate, unassigned.IsOriginal = "b", "=HYPERLINK(\"x\")", facets.Partner{}, 0, false
	got := written(t, CSV, tableOf(columnsOf(t, "due_date", "title", "countries", "is_original", "fulfillment_partner"), aRow(), unassigned))
	assert.Equal(t, "\ufeffdue_date,title,country,is_original,fulfillment_partner\r\n"+
		"2026-11-24,\"House, M.D.\",Japan|South Korea,Yes,Juice\r\n"+
		",\"'=HYPERLINK(\"\"x\"\")\",Japan|South Korea,No,\r\n", string(got))
	assert.Equal(t, "\ufeffissues\r\n\"\"\r\ndrift|sync\r\n", string(written(t, CSV, tableOf(columnsOf(t, "issues"), facets.Row{}, aRow()))), "no line is blank")
}

func TestSheetsHaveAnEnd(t *testing.T) {
	table := tableOf(columnsOf(t))
	table.Rows = MaxRows
	_, err := XLSX.Prepare(table)
	require.NoError(t, err)
	table.Rows = MaxRows + 1
	_, err = XLSX.Prepare(table)
	require.Equal(t, domain.CodeTooLarge, domain.ErrorCode(err))
	assert.ErrorContains(t, err, "1048575")
	assert.ErrorContains(t, err, "CSV")
	_, err = CSV.Prepare(table)
	require.NoError(t, err)
}

func TestCellsHaveAnEnd(t *testing.T) {
	row := facets.Row{Countries: []string{strings.Repeat("🎬", 20_000)}}
	got, err := opened(t, written(t, XLSX, tableOf(columnsOf(t, "countries"), row))).GetCellValue("Requests", "A2")
	require.NoError(t, err)
	assert.True(t, utf8.ValidString(got))
	assert.True(t, strings.HasSuffix(got, "…"))
	assert.LessOrEqual(t, utf8.RuneCountInString(got), excelize.TotalCellChars/2+2)
	assert.Contains(t, string(written(t, CSV, tableOf(columnsOf(t, "countries"), row))), row.Countries[0])
}

// When the rows or the client end early, what went out is no workbook.
func TestBrokenOff(t *testing.T) {
	broken := errors.New("broken")
	table := tableOf(columnsOf(t), aRow(), aRow())
	inner := table.Each
	table.Each = func(each func(*facets.Row) error) error {
		if err := inner(each); err != nil {
			return err
		}
		return broken
	}
	for _, f := range Formats() {
		write, err := f.Prepare(table)
		require.NoError(t, err)
		var out bytes.Buffer
		require.ErrorIs(t, write(&out), broken)
		if f == XLSX {
			_, err = excelize.OpenReader(&out)
			require.Error(t, err)
		}
		write, err = f.Prepare(tableOf(columnsOf(t), make([]facets.Row, 5_000)...))
		require.NoError(t, err)
		require.ErrorIs(t, write(&fullWriter{left: 1_000, err: broken}), broken)
	}
}

// fullWriter takes so many bytes and no more.
type fullWriter struct {
	left int
	err  error
}

func (w *fullWriter) Write(b []byte) (int, error) {
	if w.left -= len(b); w.left < 0 {
		return 0, w.err
	}
	return len(b), nil
}
