package workbook

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"backlot/domain"
)

const (
	maxParts     = 10_000  // of an archive: a workbook has some dozens, and a few more for pictures
	maxDirectory = 4 << 20 // bytes of an archive's directory, which is held in memory
	ratioFrom    = 64 << 20
)

const saveAgain = "open it in a spreadsheet program and save it again as .xlsx"

// archive is the parts of a workbook.
type archive struct {
	ctx    context.Context
	source *source
	size   int64
	limits Limits
	left   int64 // bytes that may still be unpacked
	parts  map[string]*zip.File
}

func openArchive(ctx context.Context, r io.ReaderAt, size int64, limits Limits) (*archive, error) {
	a := &archive{ctx: ctx, source: &source{from: r, budget: maxDirectory}, size: size, limits: limits, left: limits.Unpacked, parts: map[string]*zip.File{}}
	start := make([]byte, StartLength)
	n, err := r.ReadAt(start, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading the workbook: %w", err)
	}
	if bytes.HasPrefix(start[:n], oleStart) {
		return nil, domain.Errorf(domain.CodeInvalid, "the file is an old .xls workbook or one with a password; save it as .xlsx without a password")
	}
	if !IsWorkbook(start[:n]) {
		return nil, domain.Errorf(domain.CodeInvalid, "the file is not a workbook; save it as .xlsx")
	}
	if parts := announcedParts(a.source, size); parts > maxParts {
		return nil, tooManyParts()
	}
	z, err := zip.NewReader(a.source, size)
	switch {
	case a.source.budget < 0, err == nil && len(z.File) > maxParts:
		return nil, tooManyParts()
	case err != nil:
		return nil, a.broken("the file is not a whole workbook", err)
	}
	a.source.unlimited = true
	for _, f := range z.File {
		name := partName(f.Name)
		if a.parts[name] == nil {
			a.parts[name] = f
		}
	}
	return a, nil
}

func tooManyParts() error {
	return domain.Errorf(domain.CodeTooLarge, "the file is an archive of more than %d parts, or its directory is longer than %d bytes; that is no workbook of source requests", maxParts, maxDirectory)
}

// The ends of an archive's directory: the records' lengths, and where in them
// the number of parts stands.
const (
	directoryEnd        = 22
	directoryEnd64      = 56
	directoryEnd64Place = 20
	longestComment      = 1<<16 - 1
)

// announcedParts is how many parts an archive says it has, 0 if that cannot be
// found. The zip reader makes room for so many before it looks for them.
func announcedParts(r io.ReaderAt, size int64) uint64 {
	tail := make([]byte, min(size, directoryEnd+longestComment))
	from := size - int64(len(tail))
	if _, err := r.ReadAt(tail, from); err != nil && !errors.Is(err, io.EOF) {
		return 0
	}
	end := bytes.LastIndex(tail, emptyZipStart)
	if end < 0 || len(tail)-end < directoryEnd {
		return 0
	}
	parts := uint64(binary.LittleEndian.Uint16(tail[end+10:]))
	place, record := make([]byte, directoryEnd64Place), make([]byte, directoryEnd64)
	if _, err := r.ReadAt(place, from+int64(end)-directoryEnd64Place); err != nil || !bytes.HasPrefix(place, []byte("PK\x06\x07")) {
		return parts
	}
	if _, err := r.ReadAt(record, int64(binary.LittleEndian.Uint64(place[8:])&(1<<63-1))); err != nil && !errors.Is(err, io.EOF) {
		return parts
	}
	return max(parts, binary.LittleEndian.Uint64(record[32:]))
}

// broken is the error for a workbook that cannot be read, unless reading the
// file itself failed or was cut off.
func (a *archive) broken(what string, err error) error {
	var known *domain.Error
	switch {
	case a.source.err != nil:
		return fmt.Errorf("reading the workbook: %w", a.source.err)
	case a.ctx.Err() != nil:
		return a.ctx.Err()
	case errors.As(err, &known):
		return err
	}
	return &domain.Error{Code: domain.CodeInvalid, Message: fmt.Sprintf("%s (%v); %s", what, err, saveAgain), Err: err}
}

// partName is how a part is known whatever wrote it: parts are named without
// regard to case, and some write backslashes.
func partName(name string) string {
	return strings.ToLower(strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(name, `\`, "/")), "/"))
}

// read hands the tokens of a part to a function, and reads the rest of the part
// for its checksum.
func (a *archive) read(name string, with func(*tokens) error) error {
	f := a.parts[partName(name)]
	if f == nil {
		return domain.Errorf(domain.CodeInvalid, "the workbook lacks its part %s; %s", name, saveAgain)
	}
	if f.Flags&1 != 0 {
		return domain.Errorf(domain.CodeInvalid, "the workbook is encrypted; save it as .xlsx without a password")
	}
	// The zip reader does not unpack more than the directory announces.
	packed, unpacked := min(f.CompressedSize64, uint64(a.size)), f.UncompressedSize64
	if unpacked > uint64(a.left) {
		return domain.Errorf(domain.CodeTooLarge, "the workbook unpacks to more than %d bytes; import it in parts", a.limits.Unpacked)
	}
	if unpacked > ratioFrom && unpacked/max(packed, 1) > uint64(a.limits.Ratio) {
		return domain.Errorf(domain.CodeTooLarge, "the workbook's part %s unpacks to more than %d times its size, as no sheet of source requests does", name, a.limits.Ratio)
	}
	a.left -= int64(unpacked)
	part, err := f.Open()
	if err != nil {
		return a.broken("the workbook's part "+name+" cannot be read", err)
	}
	defer func() { _ = part.Close() }()
	t := newTokens(a.ctx, part)
	if err = with(t); err == nil {
		err = t.drain()
	}
	var foreign *failure
	switch {
	case errors.As(err, &foreign):
		return foreign.err
	case err != nil:
		return a.broken("the workbook's part "+name+" cannot be read", err)
	}
	return nil
}

// failure is an error that is not the workbook's.
type failure struct{ err error }

func (f *failure) Error() string { return f.err.Error() }

// source is the file, of which no more than a budget is read until it is
// unlimited. It remembers what went wrong.
type source struct {
	from      io.ReaderAt
	budget    int64
	unlimited bool
	err       error
}

var (
	errBudget  = errors.New("the directory is too long")
	errOutside = errors.New("the directory refers to what lies outside the file")
)

func (s *source) ReadAt(p []byte, at int64) (int, error) {
	if at < 0 {
		return 0, errOutside
	}
	if !s.unlimited {
		if s.budget -= int64(len(p)); s.budget < 0 {
			return 0, errBudget
		}
	}
	n, err := s.from.ReadAt(p, at)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}
