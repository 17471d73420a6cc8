package export

import (
	"encoding/csv"
	"io"
	"strings"

	"backlot/readapi/facets"
)

// byteOrderMark tells Excel that a CSV file is UTF-8.
const byteOrderMark = "\ufeff"

// NewCSV begins a CSV file as all exports are: RFC 4180 in UTF-8 and said to be
// that. Texts have to be Guarded.
func NewCSV(out io.Writer) (*csv.Writer, error) {
	if _, err := io.WriteString(out, byteOrderMark); err != nil {
		return nil, err
	}
	w := csv.NewWriter(out)
	w.UseCRLF = true
	return w, nil
}

// writeCSV writes the table under the columns' names, those of import where it
// has the column: the file can be imported again.
func writeCSV(out io.Writer, t Table) error {
	w, err := NewCSV(out)
	if err != nil {
		return err
	}
	record := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		record[i] = heading(c.Name)
	}
	if err := w.Write(record); err != nil {
		return err
	}
	err = t.Each(func(r *facets.Row) error {
		for i := range t.Columns {
			record[i] = Guarded(text(t.Columns[i].value(r)))
		}
		if len(record) == 1 && record[0] == "" {
			// The writer would leave the line blank, and readers skip those.
			w.Flush()
			_, err := io.WriteString(out, "\"\"\r\n")
			return err
		}
		return w.Write(record)
	})
	if err != nil {
		return err
	}
	w.Flush()
	return w.Error()
}

// heading returns a column's name in files: import calls the countries country.
func heading(name string) string {
	if name == "countries" {
		return "country"
	}
	return name
}

// Guarded puts a single quote before what a spreadsheet would take for a
// formula. One that follows quotes gets another, so that taking one away gives
// every text back: import does.
func Guarded(s string) string {
	if bare := strings.TrimLeft(s, "'"); bare != "" && strings.IndexByte("=+-@\t\r", bare[0]) >= 0 {
		return "'" + s
	}
	return s
}
