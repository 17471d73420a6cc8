package commands

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"backlot/commands/workbook"
	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// importColumns are the columns that a file may have, in any order.
var importColumns = []string{
	"request_id", "package_id", "movie_id", "title", "movie_type", "is_original", "content_partner", "fulfillment_partner",
	"source_type", "service_type", "language", "country", "due_date", "estimated_delivery_date", "material_status", "status",
}

// The portal's own names of columns where they differ from the file's, and its
// columns that an import does not change and reads over: so a list that was
// exported can be edited and imported.
var (
	importAliases = map[string]string{"countries": "country"}
	exportColumns = []string{"sub_assignee", "responsible", "quality_control", "issues"}
)

// maxLine is the length of the longest line, in bytes.
const maxLine = 64 << 10

// fileRow is one line of an import file: a parsed row, or why there is none.
type fileRow struct {
	line    int   // from 1, the header counted
	begin   int64 // offset of the line, in bytes
	end     int64 // offset behind it
	id      string
	row     sourcerequest.Row // partners as names still
	refusal *domain.Error
}

// rowReader reads an import file. A value never spans lines, so that a quote
// that does not close spoils one line and not the rest of the file.
type rowReader struct {
	file    importFile
	in      *bufio.Reader
	records *csv.Reader
	source  *bytes.Reader
	columns []string
	line    int
	offset  int64
	id      int     // which of the columns is request_id
	seen    seenIDs // by the rows so far
}

// importFile is a file that can be looked into while it is read.
type importFile interface {
	io.Reader
	io.ReaderAt
}

// newRowReader reads the header. The error is CodeInvalid for a file that as a
// whole cannot be imported: empty, not UTF-8, unknown or missing columns.
func newRowReader(file importFile) (*rowReader, error) {
	r := &rowReader{file: file, in: bufio.NewReaderSize(file, maxLine), source: bytes.NewReader(nil), seen: newSeenIDs()}
	r.records = csv.NewReader(r.source)
	r.records.FieldsPerRecord = -1
	r.records.ReuseRecord = true
	if start, _ := r.in.Peek(3); len(start) >= 2 {
		switch {
		case bytes.Equal(start, []byte("\xef\xbb\xbf")):
			_, _ = r.in.Discard(3)
			r.offset = 3
		case bytes.HasPrefix(start, []byte("\xff\xfe")), bytes.HasPrefix(start, []byte("\xfe\xff")):
			return nil, domain.Errorf(domain.CodeInvalid, "the file is UTF-16; save it as CSV in UTF-8")
		case bytes.HasPrefix(start, []byte("PK")):
			return nil, domain.Errorf(domain.CodeInvalid, "the file is an archive, or a workbook that is not whole; open it in a spreadsheet program and save it again as .xlsx, or as CSV in UTF-8")
		}
	}
	for {
		line, tooLong, err := r.readLine()
		if errors.Is(err, io.EOF) {
			return nil, domain.Errorf(domain.CodeInvalid, "the file is empty: its first line must name the columns, for example %s", strings.Join(importColumns, ","))
		}
		if err != nil {
			return nil, err
		}
		if len(bytes.TrimSpace(line)) == 0 && !tooLong {
			continue
		}
		if tooLong {
			return nil, domain.Errorf(domain.CodeInvalid, "the header is longer than %d bytes; is this a CSV file?", maxLine)
		}
		return r, r.header(line)
	}
}

func (r *rowReader) header(line []byte) error {
	names, err := r.split(line)
	if err != nil {
		return domain.Errorf(domain.CodeInvalid, "the header cannot be read: %v", err)
	}
	r.columns, err = columnsOf(names)
	r.id = slices.Index(r.columns, "request_id")
	return err
}

// columnsOf returns the columns that a header names, by the file's names or by
// the portal's labels.
func columnsOf(names []string) (columns []string, err error) {
	for _, name := range names {
		name = strings.ToLower(strings.TrimSpace(name))
		column := strings.NewReplacer(" ", "_", "-", "_").Replace(name)
		if alias, ok := importAliases[column]; ok {
			column = alias
		}
		if !slices.Contains(importColumns, column) && !slices.Contains(exportColumns, column) {
			message := fmt.Sprintf("the header names an unknown column %q", name)
			if strings.ContainsAny(name, ";\t") {
				message = "the header is not separated by commas"
			}
			return nil, domain.Invalid("header", message+"; the columns are: "+strings.Join(importColumns, ", "), importColumns...)
		}
		if slices.Contains(columns, column) {
			return nil, domain.Invalid("header", fmt.Sprintf("the header names the column %q twice", column))
		}
		columns = append(columns, column)
	}
	if !slices.Contains(columns, "request_id") {
		return nil, domain.Invalid("header", "the header lacks the column request_id, by which a later import knows a row again", importColumns...)
	}
	return columns, nil
}

// next returns the next row that is not blank, io.EOF after the last.
func (r *rowReader) next() (fileRow, error) {
	for {
		begin := r.offset
		line, tooLong, err := r.readLine()
		if err != nil {
			return fileRow{}, err
		}
		row := fileRow{line: r.line, begin: begin, end: r.offset}
		if tooLong {
			row.refusal = domain.Errorf(domain.CodeInvalid, "the line is longer than %d bytes", maxLine)
			return row, nil
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		r.parse(&row, line)
		return row, nil
	}
}

func (r *rowReader) parse(row *fileRow, line []byte) {
	values, err := r.split(line)
	if err != nil {
		row.refusal = domain.Errorf(domain.CodeInvalid, "%v", err)
		return
	}
	if len(values) == len(r.columns) {
		row.id = unguarded(strings.TrimSpace(values[r.id]))
		if _, bad := workbook.Unreadable(row.id); bad || !utf8.ValidString(row.id) {
			row.id = ""
		}
	}
	switch {
	case !utf8.Valid(line):
		row.refusal = domain.Errorf(domain.CodeInvalid, "the line is not valid UTF-8")
		for i, v := range values {
			if i < len(r.columns) && !utf8.ValidString(v) {
				row.refusal = domain.Invalid(r.columns[i], r.columns[i]+" is not valid UTF-8")
				break
			}
		}
		return
	case len(values) != len(r.columns):
		row.refusal = domain.Errorf(domain.CodeInvalid, "the line has %d columns; the header has %d", len(values), len(r.columns))
		return
	}
	for i, v := range values {
		if reason, bad := workbook.Unreadable(v); bad {
			row.refusal = domain.Invalid(r.columns[i], reason)
			return
		}
	}
	if row.id == "" {
		row.refusal = domain.Invalid("request_id", "request_id is required")
		return
	}
	if err := sourcerequest.ValidateID(row.id); err != nil {
		row.refusal = asError(err)
		return
	}
	row.id = strings.Clone(row.id) // a part of the line
	first, used, err := r.firstUse(row)
	if err != nil {
		row.refusal = asError(err)
		return
	}
	if used {
		row.refusal = domain.Invalid("request_id", fmt.Sprintf("request_id %s is used already on line %d", row.id, first))
		return
	}
	for i, column := range r.columns {
		if value := unguarded(strings.TrimSpace(values[i])); value != "" {
			if err := setColumn(&row.row, column, strings.Clone(value)); err != nil {
				row.refusal = asError(err)
				return
			}
		}
	}
}

// skipTo reads over the rows before an offset at which a row begins, noting the
// ids that they use. Offset 0 is that of the first row, too.
func (r *rowReader) skipTo(ctx context.Context, offset int64) error {
	offset = max(offset, r.offset)
	for r.offset < offset {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := r.next(); err != nil {
			return fmt.Errorf("it does not reach offset %d: %w", offset, err)
		}
	}
	if r.offset > offset {
		return fmt.Errorf("no row begins at offset %d", offset)
	}
	return nil
}

func setColumn(row *sourcerequest.Row, column, value string) error {
	var err error
	switch column {
	case "package_id":
		row.PackageID = value
	case "movie_id":
		row.MovieID = value
	case "title":
		row.Title = value
	case "movie_type":
		row.MovieType, err = sourcerequest.ParseMovieType(value)
	case "is_original":
		var v bool
		v, err = sourcerequest.ParseYesNo(column, yesOrNo(value))
		row.IsOriginal = &v
	case "content_partner":
		row.ContentPartner = value
	case "fulfillment_partner":
		row.FulfillmentPartner = value
	case "source_type":
		row.SourceType, err = sourcerequest.ParseSourceType(value)
	case "service_type":
		row.ServiceType, err = sourcerequest.ParseServiceType(value)
	case "language":
		row.Language = value
	case "country":
		row.Countries = strings.Split(value, "|")
	case "due_date":
		row.DueDate, err = domain.ParseDate(value)
	case "estimated_delivery_date":
		row.EstimatedDeliveryDate, err = domain.ParseDate(value)
	case "material_status":
		row.MaterialStatus, err = sourcerequest.ParseMaterialStatus(value)
	case "status":
		row.Status, err = sourcerequest.ParseStatus(value)
	}
	if e := asError(err); e != nil && e.Field == "" {
		return domain.Invalid(column, e.Message, e.Allowed...)
	}
	return err
}

// yesOrNo takes what spreadsheet programs make of a box that is ticked or not.
func yesOrNo(value string) string {
	switch strings.ToUpper(value) {
	case "TRUE":
		return "Yes"
	case "FALSE":
		return "No"
	}
	return value
}

// readLine returns the next line with its end; tooLong lines are read over.
func (r *rowReader) readLine() (line []byte, tooLong bool, err error) {
	line, err = r.in.ReadSlice('\n')
	r.offset += int64(len(line))
	for errors.Is(err, bufio.ErrBufferFull) {
		tooLong = true
		line, err = r.in.ReadSlice('\n')
		r.offset += int64(len(line))
	}
	if len(line) == 0 && err != nil && !tooLong {
		return nil, false, err
	}
	r.line++
	if errors.Is(err, io.EOF) {
		err = nil // the last line has no end; the next call finds nothing
	}
	return line, tooLong, err
}

// split reads one line as one CSV record. The csv reader takes up its source
// again after io.EOF.
func (r *rowReader) split(line []byte) ([]string, error) {
	r.source.Reset(line)
	values, err := r.records.Read()
	if err == nil && r.source.Len() == 0 {
		return values, nil
	}
	// What is left of the line must not become part of the next record.
	r.records = csv.NewReader(r.source)
	r.records.FieldsPerRecord = -1
	r.records.ReuseRecord = true
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		switch {
		case errors.Is(parse.Err, csv.ErrQuote) && bytes.Count(line, []byte{'"'})%2 == 1:
			return nil, errors.New("a quoted value does not end on its line")
		default:
			return nil, fmt.Errorf("column %d: %w", parse.Column, parse.Err)
		}
	}
	if err == nil {
		err = errors.New("the line cannot be read as CSV")
	}
	return nil, err
}

// asError returns the domain error in err's chain; anything else is our fault.
func asError(err error) *domain.Error {
	if err == nil {
		return nil
	}
	var e *domain.Error
	if errors.As(err, &e) {
		return e
	}
	return &domain.Error{Code: domain.CodeInternal, Message: "an unexpected error; see the server's log", Err: err}
}
