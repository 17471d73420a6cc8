package engine

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/cockroachdb/pebble/v2"
)

// maxSpans bounds how exactly is known where events were removed: what lies
// between two spans need not be written anew.
const maxSpans = 64

// span is a range of positions, both inclusive.
type span struct{ first, last uint64 }

// spans are in order and apart from each other.
type spans []span

// with adds a position; the two spans that are closest to each other become one
// where there are too many.
func (s spans) with(position uint64) spans {
	i, _ := slices.BinarySearchFunc(s, position, func(have span, position uint64) int {
		if have.last < position {
			return -1
		}
		return 1
	})
	// s[i] is the first that does not end before the position.
	switch {
	case i < len(s) && s[i].first <= position:
		return s
	case i > 0 && s[i-1].last+1 == position:
		s[i-1].last = position
	case i < len(s) && position+1 == s[i].first:
		s[i].first = position
	default:
		s = slices.Insert(s, i, span{position, position})
	}
	if len(s) <= maxSpans {
		return s
	}
	closest := 1
	for k := 2; k < len(s); k++ {
		if s[k].first-s[k-1].last < s[closest].first-s[closest-1].last {
			closest = k
		}
	}
	s[closest-1].last = s[closest].last
	return slices.Delete(s, closest, closest+1)
}

// encode is a storage format: first and last of each, 8 bytes big endian.
func (s spans) encode() []byte {
	b := make([]byte, 0, 16*len(s))
	for _, have := range s {
		b = binary.BigEndian.AppendUint64(b, have.first)
		b = binary.BigEndian.AppendUint64(b, have.last)
	}
	return b
}

// readSpans reads where an unfinished scavenge removed events.
func readSpans(db *pebble.DB) (spans, error) {
	b, closer, err := getOptional(db, spansKey)
	if err != nil || closer == nil {
		return nil, err
	}
	defer closer.Close()
	if len(b)%16 != 0 || len(b) > 16*maxSpans {
		return nil, fmt.Errorf("engine: key %q holds %d bytes", spansKey, len(b))
	}
	var s spans
	for ; len(b) > 0; b = b[16:] {
		s = append(s, span{decodeNumber(b[:8]), decodeNumber(b[8:16])})
	}
	return s, nil
}
