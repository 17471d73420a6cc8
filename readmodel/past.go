package readmodel

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/klauspost/compress/s2"
)

// Ended is a version of a row that another one took the place of: the request
// was like this from Row.Since on, and at Until no more. A change of nothing
// but the revision ends no version.
type Ended struct {
	Number uint32 // of the row
	Until  int64  // Unix ms
	Row    Row
}

// Ended versions are numbered in the order in which they ended, and stand in
// segments. A segment grows by appending, and is packed when it is full.
const (
	EndedSize       = 4 + 8 + RowSize // bytes
	EndedPerSegment = 256
)

// Append adds the version's EndedSize bytes to b.
func (e *Ended) Append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, e.Number)
	b = binary.LittleEndian.AppendUint64(b, uint64(e.Until))
	return e.Row.Append(b)
}

// Decode reads a version from its bytes.
func (e *Ended) Decode(b []byte) error {
	if len(b) != EndedSize {
		return fmt.Errorf("readmodel: an ended version has %d bytes, not %d", EndedSize, len(b))
	}
	e.Number = binary.LittleEndian.Uint32(b)
	e.Until = int64(binary.LittleEndian.Uint64(b[4:]))
	return e.Row.Decode(b[12:])
}

// PastHeader is how a segment that is not full begins; its versions follow.
const PastHeader = "\x00"

const packedPast = 1

// maxSegment is what no packed segment can be larger than when unpacked.
const maxSegment = EndedPerSegment * EndedSize

// PackPast returns a full segment. The bytes at one place of all versions stand
// together, as they resemble each other: that packs them twice as small.
func PackPast(rows []byte) []byte {
	n := len(rows) / EndedSize
	turned := make([]byte, n*EndedSize)
	for i := range n {
		for k := range EndedSize {
			turned[k*n+i] = rows[i*EndedSize+k]
		}
	}
	return append([]byte{packedPast}, s2.EncodeBetter(nil, turned)...)
}

// UnpackPast returns the versions of a segment, full or not.
func UnpackPast(segment []byte) ([]byte, error) {
	if len(segment) == 0 {
		return nil, errors.New("readmodel: a segment of ended versions is empty")
	}
	rows := segment[1:]
	if segment[0] == packedPast {
		n, err := s2.DecodedLen(rows)
		if err == nil && n > maxSegment {
			err = fmt.Errorf("it says that it has %d bytes", n)
		}
		var turned []byte
		if err == nil {
			turned, err = s2.Decode(nil, rows)
		}
		if err != nil {
			return nil, fmt.Errorf("readmodel: a segment of ended versions: %w", err)
		}
		versions := len(turned) / EndedSize
		rows = make([]byte, len(turned))
		for i := range versions {
			for k := range EndedSize {
				rows[i*EndedSize+k] = turned[k*versions+i]
			}
		}
	}
	if len(rows)%EndedSize != 0 || len(rows) > maxSegment {
		return nil, fmt.Errorf("readmodel: a segment of ended versions has %d bytes", len(rows))
	}
	return rows, nil
}

// EndedRows are versions that ended, as segments and the feed hold them.
type EndedRows struct {
	From uint32 // the number of the first one
	Rows []byte // EndedSize each
}
