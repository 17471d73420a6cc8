package workbook

import (
	"bufio"
	"container/list"
	"fmt"
	"os"
)

const (
	pageSize = 16 << 10 // bytes
	maxPages = 256      // of a file in memory
)

// spill is a temporary file that is written once and then read in any order
// through the pages that were used last.
type spill struct {
	file  *os.File
	out   *bufio.Writer
	size  int64
	pages map[int64]*list.Element // *page by number
	used  *list.List              // latest first
}

type page struct {
	number int64
	bytes  []byte
}

func newSpill(dir string) (*spill, error) {
	file, err := os.CreateTemp(dir, "workbook-*.tmp")
	if err != nil {
		return nil, fmt.Errorf("keeping the workbook's texts: %w", err)
	}
	// Where an open file can be removed, not even a crash leaves it behind.
	_ = os.Remove(file.Name())
	return &spill{file: file, out: bufio.NewWriterSize(file, 64<<10), pages: map[int64]*list.Element{}, used: list.New()}, nil
}

func (s *spill) append(b []byte) error {
	n, err := s.out.Write(b)
	s.size += int64(n)
	if err != nil {
		return fmt.Errorf("keeping the workbook's texts: %w", err)
	}
	return nil
}

// filled ends the writing.
func (s *spill) filled() error {
	if err := s.out.Flush(); err != nil {
		return fmt.Errorf("keeping the workbook's texts: %w", err)
	}
	return nil
}

// read fills b from an offset; all of it has been written.
func (s *spill) read(b []byte, from int64) error {
	for len(b) > 0 {
		p, err := s.page(from / pageSize)
		if err != nil {
			return fmt.Errorf("reading the workbook's texts again: %w", err)
		}
		n := copy(b, p[from%pageSize:])
		b, from = b[n:], from+int64(n)
	}
	return nil
}

func (s *spill) page(number int64) ([]byte, error) {
	if e, ok := s.pages[number]; ok {
		s.used.MoveToFront(e)
		return e.Value.(*page).bytes, nil
	}
	p := &page{number: number}
	if len(s.pages) == maxPages {
		oldest := s.used.Back()
		p.bytes = s.used.Remove(oldest).(*page).bytes[:0]
		delete(s.pages, s.pageNumber(oldest))
	}
	if cap(p.bytes) == 0 {
		p.bytes = make([]byte, pageSize)
	}
	p.bytes = p.bytes[:min(pageSize, s.size-number*pageSize)]
	if _, err := s.file.ReadAt(p.bytes, number*pageSize); err != nil {
		return nil, err
	}
	s.pages[number] = s.used.PushFront(p)
	return p.bytes, nil
}

func (s *spill) pageNumber(e *list.Element) int64 { return e.Value.(*page).number }

func (s *spill) close() {
	_ = s.file.Close()
	_ = os.Remove(s.file.Name())
}
