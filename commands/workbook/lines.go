package workbook

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"

	"backlot/domain"
)

// lines writes rows as lines of CSV, each at its number.
type lines struct {
	out   *bufio.Writer
	csv   *csv.Writer
	row   int   // of the last line
	width int   // of every line, once the first is written
	left  int64 // bytes that may still be written
	limit int64
}

func newLines(w io.Writer, limit int64) *lines {
	l := &lines{left: limit, limit: limit}
	l.out = bufio.NewWriterSize(w, 64<<10)
	l.csv = csv.NewWriter(l.out) // it writes straight into out, as bufio promises for a buffer that is large enough
	return l
}

// write puts the values of a row that is not blank on its line.
func (l *lines) write(row int, values []string) error {
	if l.width == 0 {
		l.width = len(values)
	}
	for len(values) < l.width {
		values = append(values, "")
	}
	blank := row - l.row - 1
	l.left -= int64(blank + len(values))
	for _, v := range values {
		l.left -= int64(len(v))
	}
	if l.left < 0 {
		return domain.Errorf(domain.CodeTooLarge, "the sheet is longer than %d bytes as CSV; import it in parts", l.limit)
	}
	for range blank {
		if err := l.out.WriteByte('\n'); err != nil {
			return &failure{fmt.Errorf("writing the sheet as CSV: %w", err)}
		}
	}
	l.row = row
	if err := l.csv.Write(values); err != nil {
		return &failure{fmt.Errorf("writing the sheet as CSV: %w", err)}
	}
	return nil
}

func (l *lines) flush() error {
	if err := l.out.Flush(); err != nil {
		return fmt.Errorf("writing the sheet as CSV: %w", err)
	}
	return nil
}
