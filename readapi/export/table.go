package export

import (
	"io"
	"strings"

	"backlot/domain"
	"backlot/readapi/facets"
)

// Table is what a file holds.
type Table struct {
	Columns []Column // in the order of the file; at least one
	Rows    int      // how many rows Each has
	// Each calls each with every row in order and stops at its first error.
	Each func(each func(*facets.Row) error) error
	// About is the second sheet of a workbook, row by row: strings and whole
	// numbers. CSV has no place for it.
	About [][]any
}

// Column is a column of a file.
type Column struct {
	facets.Column
	// Value returns what a row has in the column, in the types of
	// facets.Row.Value; nil takes that method's, but accounts instead of the
	// names of people: a file outlives their erasure.
	Value func(*facets.Row) any
}

func (c *Column) value(r *facets.Row) any {
	switch {
	case c.Value != nil:
		return c.Value(r)
	case c.Name != "responsible":
		return r.Value(c.Name)
	case r.Responsible.Account != "":
		return r.Responsible.Account
	}
	return nil
}

// separator stands between several values of one cell.
const separator = "|"

// text returns a value as the words that people read.
func text(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case []string:
		return strings.Join(v, separator)
	case bool:
		if v {
			return "Yes"
		}
		return "No"
	case domain.Date:
		return v.String()
	}
	return ""
}

// Format is a kind of file, named as its extension.
type Format string

// The formats.
const (
	XLSX Format = "xlsx"
	CSV  Format = "csv"
)

// Formats returns every format.
func Formats() []Format { return []Format{XLSX, CSV} }

// MediaType returns the format's media type for the header Content-Type.
func (f Format) MediaType() string {
	if f == XLSX {
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return "text/csv; charset=utf-8"
}

// Prepare returns what writes the table's file. The error is CodeTooLarge for
// more rows than the format can hold. When write fails, what it has written is
// part of a file and no more.
func (f Format) Prepare(t Table) (write func(io.Writer) error, err error) {
	if f == XLSX {
		return prepareWorkbook(t)
	}
	return func(out io.Writer) error { return writeCSV(out, t) }, nil
}
