package timedtext

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"backlot/domain/finding"
)

// lines reads a text line by line, and stops for good where no line can be read.
type lines struct {
	from    *bufio.Reader
	number  int // of the line that was read last, from 1
	stopped bool
	broken  bool // stopped by what cannot be read
	l       *finding.List
}

func newLines(from io.Reader, l *finding.List) *lines {
	return &lines{from: bufio.NewReaderSize(from, maxLine), l: l}
}

// next returns the next line without its end; false at the end of the file and
// after what cannot be read, which is noted.
func (s *lines) next() (string, bool) {
	if s.stopped {
		return "", false
	}
	line, err := s.from.ReadSlice('\n')
	s.number++
	if s.number == 1 {
		line = bytes.TrimPrefix(line, bom)
	}
	switch {
	case s.number > maxLines:
		s.stop(finding.ExcessiveStructure, "The file has more than %d lines.", maxLines)
	case errors.Is(err, bufio.ErrBufferFull):
		s.stop(finding.ExcessiveStructure, "The line has more than %d bytes.", maxLine)
	case err != nil && len(line) == 0:
		s.stopped = true
	case !utf8.Valid(line):
		s.stop(finding.NotUTF8, "The line is not valid UTF-8.")
	case bytes.IndexByte(line, 0) >= 0:
		s.stop(finding.MalformedTimedText, "The line holds a zero byte.")
	}
	return string(bytes.TrimRight(line, "\r\n")), !s.stopped
}

func (s *lines) stop(code, format string, args ...any) {
	s.stopped, s.broken = true, true
	s.l.Add(code, s.where(), format, args...)
}

func (s *lines) where() string { return fmt.Sprintf("line %d", s.number) }
