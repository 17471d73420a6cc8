package workbook

import (
	"encoding/binary"
	"encoding/xml"
	"errors"

	"backlot/domain"
)

// sharedStrings are the texts that cells refer to by number. They lie in one
// temporary file and the offset behind each of them in another.
type sharedStrings struct {
	texts, ends *spill
	count       int
	buffer      []byte
	end         [8]byte
}

// sharedStrings reads a part of shared strings; without a part there are none.
func (a *archive) sharedStrings(part, tempDir string) (s *sharedStrings, err error) {
	s = &sharedStrings{}
	if part == "" {
		return s, nil
	}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if s.texts, err = newSpill(tempDir); err != nil {
		return s, err
	}
	if s.ends, err = newSpill(tempDir); err != nil {
		return s, err
	}
	err = a.read(part, func(t *tokens) error {
		return t.each(func(e xml.StartElement) error {
			if e.Name.Local != "si" || !t.within("sst") {
				return nil
			}
			if s.count == a.limits.Strings {
				return domain.Errorf(domain.CodeTooLarge, "the workbook has more than %d different texts; import it in parts", a.limits.Strings)
			}
			var err error
			if s.buffer, err = t.richText(s.buffer[:0]); err != nil {
				return err
			}
			return s.add(s.buffer)
		})
	})
	if err == nil {
		err = errors.Join(s.texts.filled(), s.ends.filled())
	}
	return s, err
}

func (s *sharedStrings) add(text []byte) error {
	err := s.texts.append(text)
	if err == nil {
		binary.LittleEndian.PutUint64(s.end[:], uint64(s.texts.size))
		err = s.ends.append(s.end[:])
	}
	if err != nil {
		return &failure{err}
	}
	s.count++
	return nil
}

// get returns text n, counted from 0; ok is false beyond the last.
func (s *sharedStrings) get(n int) (text string, ok bool, err error) {
	if n < 0 || n >= s.count {
		return "", false, nil
	}
	var from int64
	if n > 0 {
		if from, err = s.endOf(n - 1); err != nil {
			return "", false, err
		}
	}
	to, err := s.endOf(n)
	if err != nil {
		return "", false, err
	}
	if int64(cap(s.buffer)) < to-from {
		s.buffer = make([]byte, to-from)
	}
	s.buffer = s.buffer[:to-from]
	err = s.texts.read(s.buffer, from)
	return string(s.buffer), err == nil, err
}

func (s *sharedStrings) endOf(n int) (int64, error) {
	err := s.ends.read(s.end[:], int64(n)*int64(len(s.end)))
	return int64(binary.LittleEndian.Uint64(s.end[:])), err
}

func (s *sharedStrings) close() {
	for _, f := range []*spill{s.texts, s.ends} {
		if f != nil {
			f.close()
		}
	}
}
