package export

import (
	"bytes"
	"encoding/xml"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"backlot/domain"
	"backlot/readapi/facets"
)

// cells writes rows of a sheet as XML.
type cells struct {
	columns   []Column
	letters   []string // by column: A, B, …
	dateStyle int
	row       int // the last one's number
	buffer    bytes.Buffer
}

func newCells(columns []Column, dateStyle int) *cells {
	c := &cells{columns: columns, dateStyle: dateStyle, letters: make([]string, len(columns)), row: 1}
	for i := range columns {
		c.letters[i], _ = excelize.ColumnNumberToName(i + 1) // the shell has named them all
	}
	return c
}

// serialOfEpoch is 1970-01-01 in the days that sheets count.
const serialOfEpoch = 25569

// write writes the next row. Texts are typed as such, so that none of them is
// taken for a number or a formula; dates are numbers with a date's style.
func (c *cells) write(out io.Writer, r *facets.Row) error {
	c.row++
	number := strconv.Itoa(c.row)
	b := &c.buffer
	b.Reset()
	b.WriteString(`<row r="` + number + `">`)
	for i := range c.columns {
		value := c.columns[i].value(r)
		if value == nil {
			continue
		}
		b.WriteString(`<c r="` + c.letters[i] + number)
		if day, ok := value.(domain.Date); ok {
			b.WriteString(`" s="` + strconv.Itoa(c.dateStyle) + `"><v>` + strconv.Itoa(int(day)+serialOfEpoch) + `</v></c>`)
			continue
		}
		b.WriteString(`" t="inlineStr"><is><t xml:space="preserve">`)
		if err := xml.EscapeText(b, []byte(escaped(cut(text(value))))); err != nil {
			return err
		}
		b.WriteString(`</t></is></c>`)
	}
	b.WriteString(`</row>`)
	_, err := out.Write(b.Bytes())
	return err
}

var escapeLike = regexp.MustCompile(`^_x[0-9A-Fa-f]{4}_`)

// escaped keeps what looks like a sheet's escape of a character as it is.
// Two of them may share an underscore.
func escaped(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		if escapeLike.MatchString(s[i:]) {
			b.WriteString("_x005F")
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// cut shortens a text to what a cell holds: with more of it Excel would not
// open the workbook. Only hundreds of long countries or reasons come so far.
func cut(s string) string {
	if len(s) <= excelize.TotalCellChars {
		return s
	}
	units := utf16.Encode([]rune(s))
	if len(units) <= excelize.TotalCellChars {
		return s
	}
	return string(utf16.Decode(units[:excelize.TotalCellChars-1])) + "…"
}
