package export

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"

	"backlot/domain"
	"backlot/readapi/facets"
)

// MaxRows is how many rows a sheet holds beside its header.
const MaxRows = excelize.TotalRows - 1

// The sheets of a workbook.
const (
	rowsSheet  = "Requests"
	aboutSheet = "Search"
	rowsPart   = "xl/worksheets/sheet1.xml" // the file of rowsSheet
)

// prepareWorkbook makes everything of the workbook but the rows. excelize's
// own stream keeps at least 16 MB of the sheet in memory and, once that is
// full, writes the sheet to a temporary file and the whole workbook to memory
// before its first byte goes out. So it makes the shell, and the rows go
// straight into its place.
func prepareWorkbook(t Table) (func(io.Writer) error, error) {
	if t.Rows > MaxRows {
		return nil, domain.Errorf(domain.CodeTooLarge, "A sheet of a workbook holds %d rows, and these are %d. Narrow the search, or take CSV: it has no limit.", MaxRows, t.Rows)
	}
	shell, dateStyle, err := makeShell(t)
	if err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	return func(out io.Writer) error { return fill(out, shell, newCells(t.Columns, dateStyle), t) }, nil
}

// makeShell returns a workbook without its rows, and the number of the style
// that dates have.
func makeShell(t Table) (shell []byte, dateStyle int, err error) {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	if err := f.SetSheetName("Sheet1", rowsSheet); err != nil {
		return nil, 0, err
	}
	format := "yyyy-mm-dd"
	if dateStyle, err = f.NewStyle(&excelize.Style{CustomNumFmt: &format}); err != nil {
		return nil, 0, err
	}
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return nil, 0, err
	}
	if err := shapeRows(f, t, bold); err != nil {
		return nil, 0, err
	}
	if err := writeAbout(f, t.About, bold); err != nil {
		return nil, 0, err
	}
	if err := f.SetDocProps(&excelize.DocProperties{Creator: "Backlot", Title: "Source requests"}); err != nil {
		return nil, 0, err
	}
	buffer, err := f.WriteToBuffer()
	return buffer.Bytes(), dateStyle, err
}

// shapeRows makes the header and everything around the rows.
func shapeRows(f *excelize.File, t Table, bold int) error {
	for i, c := range t.Columns {
		letters, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := f.SetColWidth(rowsSheet, letters, letters, width(c)); err != nil {
			return err
		}
		if err := f.SetCellStr(rowsSheet, letters+"1", c.Label); err != nil {
			return err
		}
	}
	last, err := excelize.CoordinatesToCellName(len(t.Columns), t.Rows+1)
	if err != nil {
		return err
	}
	if err := f.SetRowStyle(rowsSheet, 1, 1, bold); err != nil {
		return err
	}
	if err := f.SetPanes(rowsSheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := f.AutoFilter(rowsSheet, "A1:"+last, nil); err != nil {
		return err
	}
	// Ids of digits stay text; without this Excel would mark each of them.
	if err := f.AddIgnoredErrors(rowsSheet, "A1:"+last, excelize.IgnoredErrorsNumberStoredAsText); err != nil {
		return err
	}
	return f.SetSheetDimension(rowsSheet, "A1:"+last)
}

// width returns how wide a column is, in characters.
func width(c Column) float64 {
	switch {
	case c.Name == "title":
		return 40
	case c.Kind == facets.ColumnTexts:
		return 32
	case c.Kind == facets.ColumnText && len(c.Label) > 12:
		return float64(len(c.Label) + 6)
	}
	return max(14, float64(len(c.Label)+4)) // the filter's button takes up to four
}

func writeAbout(f *excelize.File, about [][]any, bold int) error {
	if _, err := f.NewSheet(aboutSheet); err != nil {
		return err
	}
	if err := f.SetColWidth(aboutSheet, "A", "C", 28); err != nil {
		return err
	}
	for n, row := range about {
		for i, value := range row {
			cell, err := excelize.CoordinatesToCellName(i+1, n+1)
			if err != nil {
				return err
			}
			if s, ok := value.(string); ok {
				err = f.SetCellStr(aboutSheet, cell, s)
			} else {
				err = f.SetCellValue(aboutSheet, cell, value)
			}
			if err != nil {
				return err
			}
			if i == 0 || n == 0 {
				if err := f.SetCellStyle(aboutSheet, cell, cell, bold); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// fill writes the shell with the rows in it.
func fill(out io.Writer, shell []byte, cells *cells, t Table) error {
	in, err := zip.NewReader(bytes.NewReader(shell), int64(len(shell)))
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	w := zip.NewWriter(out)
	for _, part := range in.File {
		if part.Name != rowsPart {
			if err := w.Copy(part); err != nil {
				return err
			}
			continue
		}
		sheet, err := contentOf(part)
		if err != nil {
			return err
		}
		before, after, found := bytes.Cut(sheet, []byte("</sheetData>"))
		if !found {
			return fmt.Errorf("export: %s has no end of its rows", rowsPart)
		}
		to, err := w.Create(rowsPart)
		if err != nil {
			return err
		}
		if _, err := to.Write(before); err != nil {
			return err
		}
		if err := t.Each(func(r *facets.Row) error { return cells.write(to, r) }); err != nil {
			return err
		}
		if _, err := io.WriteString(to, "</sheetData>"+string(after)); err != nil {
			return err
		}
	}
	return w.Close()
}

func contentOf(part *zip.File) ([]byte, error) {
	r, err := part.Open()
	if err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	defer func() { _ = r.Close() }()
	return io.ReadAll(r)
}
