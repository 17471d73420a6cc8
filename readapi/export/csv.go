package export

import (
	"encoding/csv"
	"io"
	"strings"

	"backlot/readapi/facets"
)

// byteOrderMark tells Excel that a CSV file is UTF-8.
const byteOrderMark = "\ufeff"

// writeCSV writes RFC 4180 under the columns' names, those of import where it
// has the column: the file can be imported again.
func writeCSV(out io.Writer, t Table) error {
	if _, err := io.WriteString(out, byteOrderMark); err != nil {
		return err
	}
	w := csv.NewWriter(out)
	w.UseCRLF = true
	record := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		record[i] = heading(c.Name)
	}
	if err := w.Write(record); err != nil {
		return err
	}
	err := t.Each(func(r *facets.Row) error {
		for i := range t.Columns {
			record[i] = guarded(text(t.Columns[i].value(r)))
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

// guarded puts a single quote before what a spreadsheet would take for a
// formula. One that follows quotes gets another, so that taking one away gives
// every text back: import does.
func guarded(s string) string {
	if bare := strings.TrimLeft(s, "'"); bare != "" && strings.IndexByte("=+-@\t\r", bare[0]) >= 0 {
		return "'" + s
	}
	return s
}
