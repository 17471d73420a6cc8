package workbook

import (
	"bytes"
	"context"
	"io"

	"backlot/domain"
)

// What a file begins with.
var (
	zipStart      = []byte("PK\x03\x04")
	emptyZipStart = []byte("PK\x05\x06")
	oleStart      = []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") // .xls of old, or an encrypted .xlsx
)

// StartLength is how many bytes IsWorkbook needs to see.
const StartLength = 8

// IsWorkbook reports from a file's first StartLength bytes whether it is for
// ToCSV: a workbook, or something like it that ToCSV refuses in fitting words.
func IsWorkbook(start []byte) bool {
	return bytes.HasPrefix(start, zipStart) || bytes.HasPrefix(start, emptyZipStart) || bytes.HasPrefix(start, oleStart)
}

// unreadableMark begins a value that is none. A sheet cannot hold it as text.
const unreadableMark = "\x00"

// Unreadable reports whether a value of the CSV stands for a cell that cannot
// be read, and why: the row is to be refused with this reason, which names the
// cell, and no other row with it.
func Unreadable(value string) (reason string, ok bool) {
	if len(value) == 0 || value[:1] != unreadableMark {
		return "", false
	}
	return value[1:], true
}

// The sizes of a sheet in the file format.
const (
	maxRows    = 1 << 20
	maxColumns = 1 << 14
)

// Limits are what one workbook may take; zero fields take the defaults. Memory
// is bounded without them: they bound time and disk.
type Limits struct {
	Unpacked int64 // bytes of the parts that are read; default 8 GiB
	Ratio    int64 // unpacked to packed bytes of a part beyond ratioFrom; default 100
	Output   int64 // bytes of CSV; default 4 GiB
	Strings  int   // number of shared strings; default 32 Mi
}

func (l Limits) orDefault() Limits {
	if l.Unpacked == 0 {
		l.Unpacked = 8 << 30
	}
	if l.Ratio == 0 {
		l.Ratio = 100
	}
	if l.Output == 0 {
		l.Output = 4 << 30
	}
	if l.Strings == 0 {
		l.Strings = 32 << 20
	}
	return l
}

// Options say how a workbook is read.
type Options struct {
	TempDir string                     // folder of temporary files; "" is the system's
	Header  func(names []string) error // looks at the names of the columns, which it must not keep, before any other row is read; its error ends the reading
	Value   func(text string) string   // what to write for a cell's text; nil for the text itself
	Limits  Limits
}

// ToCSV writes the first visible sheet of a workbook of size bytes as CSV in
// UTF-8 and returns the number of its last row with a value. A cell that cannot
// be read is written as a value that Unreadable knows. Errors: CodeInvalid for
// what is no workbook or a broken one, CodeTooLarge with the limit for one that
// goes beyond a limit, the error of Header, the context's, and others for
// failing reads, writes and temporary files. No temporary file is left behind.
func ToCSV(ctx context.Context, r io.ReaderAt, size int64, w io.Writer, o Options) (rows int, err error) {
	o.Limits = o.Limits.orDefault()
	a, err := openArchive(ctx, r, size, o.Limits)
	if err != nil {
		return 0, err
	}
	b, err := a.book()
	if err != nil {
		return 0, err
	}
	s := sheet{book: b, out: newLines(w, o.Limits.Output), header: o.Header, value: o.Value}
	if s.formats, err = a.formats(b.stylesPart); err != nil {
		return 0, err
	}
	if s.texts, err = a.sharedStrings(b.stringsPart, o.TempDir); err != nil {
		return 0, err
	}
	defer s.texts.close()
	if err = a.read(b.sheetPart, s.read); err != nil {
		return 0, err
	}
	if s.out.width == 0 {
		return 0, domain.Errorf(domain.CodeInvalid, "the sheet %q is empty: the first row of the first visible sheet must name the columns", b.sheetName)
	}
	return s.out.row, s.out.flush()
}
