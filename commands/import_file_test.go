package commands

import (
	"bytes"
	"encoding/csv"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"backlot/domain"
	"backlot/domain/job"
)

// asWorkbook makes a workbook of a CSV file, under the portal's labels, with
// dates, numbers and boxes where the values are such. change may be nil.
func asWorkbook(t *testing.T, file string, change func(*excelize.File)) string {
	t.Helper()
	labels := strings.NewReplacer("request_id", "Request ID", "is_original", "Is Original", "country", "Countries", "due_date", "Due Date", "_", " ")
	records, err := csv.NewReader(strings.NewReader(file)).ReadAll()
	require.NoError(t, err)
	f := excelize.NewFile()
	for i, record := range records {
		for c, text := range record {
			name, err := excelize.CoordinatesToCellName(c+1, i+1)
			require.NoError(t, err)
			var value any = text
			if i == 0 {
				value = labels.Replace(text)
			} else if day, err := time.Parse(time.DateOnly, text); err == nil {
				value = day
			} else if text == "Yes" || text == "No" {
				value = text == "Yes"
			} else if strings.Trim(text, "0123456789") == "" && text != "" {
				value, err = strconv.Atoi(text)
				require.NoError(t, err)
			}
			require.NoError(t, f.SetCellValue("Sheet1", name, value))
		}
	}
	if change != nil {
		change(f)
	}
	b, err := f.WriteToBuffer()
	require.NoError(t, err)
	require.NoError(t, f.Close())
	return b.String()
}

func TestAWorkbookBringsInWhatTheSameCSVDoes(t *testing.T) {
	file := fileHeader + line("1") + line("A2", ",Open", ",Redelivery Requested", ",No,", ",Yes,", "The Last Tram", `"House, M.D."`) + line("A3", "2026-12-24,Rec", "2026-12-30,Rec")
	ofCSV, ofWorkbook := newBench(t), newBench(t)
	require.Equal(t, 3, ofCSV.importFile(file).Opened)
	report := ofWorkbook.importFile(asWorkbook(t, file, nil))
	require.Equal(t, 3, report.Opened, report.Summary())
	require.Equal(t, report.File.Size, report.Offset)
	for _, id := range []string{"1", "A2", "A3"} {
		require.Equal(t, ofCSV.requestEvents(id)[0].Event, ofWorkbook.requestEvents(id)[0].Event)
	}
	require.Equal(t, 3, ofWorkbook.importFile(file).Unchanged, "the stream keeps the same row for both")
}

func TestACellThatCannotBeReadRefusesItsRow(t *testing.T) {
	b := newBench(t)
	jobs := b.jobs(t.TempDir())
	report := b.ended(jobs, b.startImport(jobs, asWorkbook(t, fileHeader+line("A2")+line("A3")+line("A4")+line("A5"), func(f *excelize.File) {
		for cell, formula := range map[string]string{"D3": `"The "&"Last Tram"`, "A4": "A3"} {
			require.NoError(t, f.SetCellValue("Sheet1", cell, nil))
			require.NoError(t, f.SetCellFormula("Sheet1", cell, formula))
		}
		require.NoError(t, f.SetCellValue("Sheet1", "R5", "a note beside the table"))
	}), "k"))
	require.Equal(t, 1, report.Opened)
	require.Equal(t, 3, report.Refused)
	got := map[int]string{}
	for _, r := range b.refusals(jobs, report.ID) {
		got[r.Line] = r.ID + "|" + r.Field + "|" + r.Reason
	}
	require.Contains(t, got[3], "A3|title|cell D3 has a formula without a value")
	require.Contains(t, got[4], "|request_id|cell A4 has a formula without a value")
	require.Contains(t, got[5], "||the line has 18 columns; the header has 16")
}

func TestAListThatWasExportedCanBeImported(t *testing.T) {
	rows := readRows(t, "Request ID,Sub-assignee,Countries,ISSUES,Is Original\n7,Lantern,Japan|India,Audio drift,TRUE\n8,,,,false\n")
	require.Len(t, rows, 2)
	require.Nil(t, rows[0].refusal)
	require.Equal(t, []string{"Japan", "India"}, rows[0].row.Countries)
	require.True(t, *rows[0].row.IsOriginal)
	require.False(t, *rows[1].row.IsOriginal)
	_, err := newRowReader(strings.NewReader("Request ID,Country,Countries\n"))
	require.ErrorContains(t, err, `"country" twice`)
}

func TestAWorkbookThatCannotBeImportedLeavesNothingBehind(t *testing.T) {
	b := newBench(t)
	for name, c := range map[string]struct {
		file string
		says string
	}{
		"columns that nobody knows": {asWorkbook(t, "request_id,titel\n7,A\n", nil), `unknown column "titel"`},
		"half of it":                {asWorkbook(t, fileHeader, nil)[:2000], "not a whole workbook"},
		"an old one":                {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "save it as .xlsx"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			_, err := b.jobs(dir).StartImport(t.Context(), "x.xlsx", int64(len(c.file)), strings.NewReader(c.file), by(operator, "k", "import"))
			require.Equal(t, domain.CodeInvalid, domain.ErrorCode(err))
			require.ErrorContains(t, err, c.says)
			requireEmpty(t, dir)
		})
	}
}

func TestOnlyTheCSVOfAWorkbookIsKeptUntilTheJobEnds(t *testing.T) {
	b := newBench(t)
	dir := t.TempDir()
	file, err := os.CreateTemp(dir, "*.xlsx")
	require.NoError(t, err)
	content := asWorkbook(t, "request_id,title\nA1,A\n", nil)
	_, err = file.WriteString(content)
	require.NoError(t, err)
	sheet, size, err := asCSV(t.Context(), file, int64(len(content)))
	require.NoError(t, err)
	var text bytes.Buffer
	_, err = text.ReadFrom(sheet)
	require.NoError(t, err)
	require.NoError(t, sheet.Close())
	require.Equal(t, "Request ID,title\nA1,A\n", text.String())
	require.EqualValues(t, text.Len(), size)
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 1)

	require.Equal(t, job.Finished, b.importFile(asWorkbook(t, fileHeader, nil)).Phase, "a sheet may have no rows but the header")
}
