package commands

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

const header = "request_id,title,due_date,status,country,is_original\n"

func readRows(t *testing.T, file string) []fileRow {
	t.Helper()
	r, err := newRowReader(strings.NewReader(file))
	require.NoError(t, err)
	var rows []fileRow
	for {
		row, err := r.next()
		if errors.Is(err, io.EOF) {
			return rows
		}
		require.NoError(t, err)
		rows = append(rows, row)
	}
}

func TestRowsAreReadInAnyOrderOfColumns(t *testing.T) {
	due, err := domain.ParseDate("2026-12-24")
	require.NoError(t, err)
	yes := true
	want := sourcerequest.Row{Title: "House, M.D.", DueDate: due, Status: sourcerequest.StatusOpen, Countries: []string{"Japan", "India"}, IsOriginal: &yes}
	for name, file := range map[string]string{
		"as documented": header + `7,"House, M.D.",2026-12-24,open,Japan|India,YES` + "\n",
		"another order": "country,is_original,due_date,title,request_id,status\n" + `Japan|India,yes,2026-12-24,"House, M.D.",7,Open`,
		"CRLF and BOM":  "\xef\xbb\xbf" + strings.ReplaceAll(header+`7,"House, M.D.",2026-12-24,OPEN,Japan|India,Yes`, "\n", "\r\n") + "\r\n",
		"blank lines":   "\n" + header + "\n\n" + `7, "House, M.D." ,2026-12-24,Open,Japan|India,Yes` + "\n\n",
	} {
		t.Run(name, func(t *testing.T) {
			if name == "blank lines" {
				file = strings.ReplaceAll(file, ` "House, M.D." `, `"House, M.D."`)
			}
			rows := readRows(t, file)
			require.Len(t, rows, 1)
			require.Nil(t, rows[0].refusal)
			require.Equal(t, "7", rows[0].id)
			require.Equal(t, want, rows[0].row)
		})
	}
}

// Exported files put a single quote before what looks like a formula.
func TestTheQuoteOfExportedFilesIsTakenAway(t *testing.T) {
	for value, want := range map[string]string{
		"'=1+1": "=1+1", "'-1": "-1", "'+1": "+1", "'@home": "@home", "''=x": "'=x", "'''-x": "''-x",
		"=1+1": "=1+1", "'Allo 'Allo": "'Allo 'Allo", "'": "'", "''": "''", "'House'": "'House'", "A'-1": "A'-1",
	} {
		rows := readRows(t, "request_id,title\n'-7,"+value+"\n")
		require.Len(t, rows, 1)
		require.Equal(t, "-7", rows[0].id)
		require.Equal(t, want, rows[0].row.Title)
		require.Equal(t, value, unguarded(guarded(value)), "the texts of a workbook stay")
		require.Equal(t, value, unguarded(strings.TrimSpace(guarded(" "+value))))
	}
}

func TestOneBadLineIsRefusedAndTheOthersAreRead(t *testing.T) {
	for name, c := range map[string]struct{ line, column, says string }{
		"bad date":           {`7,A,24.12.2026,Open,Japan,Yes`, "due_date", "YYYY-MM-DD"},
		"impossible date":    {`7,A,2026-02-30,Open,Japan,Yes`, "due_date", "not a date"},
		"unknown status":     {`7,A,2026-12-24,Opened,Japan,Yes`, "status", `does not know "Opened"`},
		"unknown yes or no":  {`7,A,2026-12-24,Open,Japan,maybe`, "is_original", "maybe"},
		"too few columns":    {`7,A,2026-12-24`, "", "3 columns; the header has 6"},
		"too many columns":   {`7,A,2026-12-24,Open,Japan,Yes,No`, "", "7 columns; the header has 6"},
		"invalid UTF-8":      {"7,\xff\xfe,2026-12-24,Open,Japan,Yes", "title", "UTF-8"},
		"no id":              {`,A,2026-12-24,Open,Japan,Yes`, "request_id", "required"},
		"wrong id":           {`a b,A,2026-12-24,Open,Japan,Yes`, "request_id", "not a request id"},
		"duplicate id":       {`1,A,2026-12-24,Open,Japan,Yes`, "request_id", "used already on line 2"},
		"quote never closed": {`7,"A,2026-12-24,Open,Japan,Yes`, "", "does not end on its line"},
		"bare quote":         {`7,A "b" c,2026-12-24,Open,Japan,Yes`, "", "column"},
		"endless line":       {"7," + strings.Repeat("A", 2*maxLine) + ",2026-12-24,Open,Japan,Yes", "", "longer than"},
	} {
		t.Run(name, func(t *testing.T) {
			good1, good2 := "1,A,2026-12-24,Open,Japan,Yes\n", "2,A,2026-12-24,Open,Japan,Yes\n"
			rows := readRows(t, header+good1+c.line+"\n"+good2)
			require.Len(t, rows, 3)
			require.Nil(t, rows[0].refusal)
			require.Nil(t, rows[2].refusal)
			require.Equal(t, []int{2, 3, 4}, []int{rows[0].line, rows[1].line, rows[2].line})
			require.NotNil(t, rows[1].refusal)
			require.Equal(t, domain.CodeInvalid, rows[1].refusal.Code)
			require.Equal(t, c.column, rows[1].refusal.Field)
			require.Contains(t, rows[1].refusal.Message, c.says)
		})
	}
}

func TestAFileThatCannotBeImportedAtAllIsRefusedWhole(t *testing.T) {
	for name, c := range map[string]struct{ file, says string }{
		"empty":              {"", "empty"},
		"blank":              {"\n \n", "empty"},
		"unknown column":     {"request_id,titel\n", `unknown column "titel"`},
		"column twice":       {"request_id,title,title\n", `"title" twice`},
		"no id column":       {"title,status\n", "lacks the column request_id"},
		"semicolons":         {"request_id;title\n", "not separated by commas"},
		"UTF-16":             {"\xff\xfer\x00e\x00", "UTF-16"},
		"a workbook":         {"PK\x03\x04", "workbook"},
		"endless first line": {strings.Repeat("x", 3*maxLine), "longer than"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := newRowReader(strings.NewReader(c.file))
			require.Equal(t, domain.CodeInvalid, domain.ErrorCode(err))
			require.ErrorContains(t, err, c.says)
		})
	}
}

// FuzzRows: whatever the file, reading ends, every line is counted, and a row
// either has an id and a parsed value or says why not.
func FuzzRows(f *testing.F) {
	f.Add(header + `7,"House, M.D.",2026-12-24,open,Japan|India,YES` + "\n")
	f.Add(header + "\"\n\"\"\n,,,,,\n\xff")
	f.Add("request_id\r\n1\r\n\r\n1")
	f.Fuzz(func(t *testing.T, file string) {
		r, err := newRowReader(strings.NewReader(file))
		if err != nil {
			if domain.ErrorCode(err) != domain.CodeInvalid {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		last := 0
		for {
			row, err := r.next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if row.line <= last || row.end > int64(len(file)) {
				t.Fatalf("line %d after %d, end %d of %d", row.line, last, row.end, len(file))
			}
			last = row.line
			if row.refusal == nil && sourcerequest.ValidateID(row.id) != nil {
				t.Fatalf("a row with the id %q", row.id)
			}
		}
		if r.offset != int64(len(file)) {
			t.Fatalf("read %d of %d bytes", r.offset, len(file))
		}
	})
}
