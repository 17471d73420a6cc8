package commands

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"strings"

	"backlot/domain"
)

// seenIDs are the request ids that a file's rows have used so far, by hash: a
// row costs some 20 to 30 bytes, however long its id. Where a hash is known, the
// file itself is asked whether the id is.
type seenIDs struct {
	hash  func(id string) uint64
	first map[uint64]use
}

// use is where an id was used first: the line, from 1, and its offset in bytes.
type use uint64

const (
	offsetBits = 36 // 64 GiB
	lineBits   = 64 - offsetBits
)

func useOf(line int, offset int64) use { return use(line)<<offsetBits | use(offset) }
func (u use) line() int                { return int(u >> offsetBits) }
func (u use) offset() int64            { return int64(u & (1<<offsetBits - 1)) }

func newSeenIDs() seenIDs {
	seed := maphash.MakeSeed()
	return seenIDs{hash: func(id string) uint64 { return maphash.String(seed, id) }, first: map[uint64]use{}}
}

// firstUse returns the line on which a row's id was used before; used is false
// where it was not, and then this row is its first use.
func (r *rowReader) firstUse(row *fileRow) (line int, used bool, err error) {
	if row.line >= 1<<lineBits || row.begin >= 1<<offsetBits {
		return 0, false, domain.Errorf(domain.CodeTooLarge, "the file is too large to look for an id that is used twice; import it in parts")
	}
	// Ids that share a hash take the next ones.
	for hash := r.seen.hash(row.id); ; hash++ {
		u, known := r.seen.first[hash]
		if !known {
			r.seen.first[hash] = useOf(row.line, row.begin)
			return 0, false, nil
		}
		id, err := r.idAt(u.offset())
		if err != nil {
			return 0, false, fmt.Errorf("line %d of the import file: %w", u.line(), err)
		}
		if id == row.id {
			return u.line(), true, nil
		}
	}
}

// idAt returns the request id of the line at an offset.
func (r *rowReader) idAt(offset int64) (string, error) {
	line := make([]byte, 512)
	for {
		n, err := r.file.ReadAt(line, offset)
		if err != nil && !errors.Is(err, io.EOF) {
			return "", err
		}
		if end := bytes.IndexByte(line[:n], '\n'); end >= 0 {
			n, err = end+1, io.EOF
		}
		if err == nil && len(line) < maxLine {
			line = make([]byte, maxLine)
			continue
		}
		values, err := csv.NewReader(bytes.NewReader(line[:n])).Read()
		if err != nil || len(values) != len(r.columns) {
			return "", fmt.Errorf("the file was changed meanwhile: %w", err)
		}
		return unguarded(strings.TrimSpace(values[r.id])), nil
	}
}
