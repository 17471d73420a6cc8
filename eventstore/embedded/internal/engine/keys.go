package engine

import "encoding/binary"

// The keys are a storage format: none of them may ever change its meaning.
//
//	v                           → format version
//	c                           → the next stream number
//	e <position>                → record
//	n <stream name>             → stream number
//	s <stream number> <revision> → position
//	p                           → the last position that was given, since the first scavenge
//	g                           → where removed events may still be in files, see spans
//
// Numbers are big endian, so that keys sort as their numbers do. A scavenge
// removes e and s, but not a stream's last s: that one may have no e.
const (
	prefixFormat  = 'v'
	prefixCounter = 'c'
	prefixEvent   = 'e'
	prefixName    = 'n'
	prefixStream  = 's'
	prefixEnd     = 'p'
	prefixSpans   = 'g'
)

const (
	eventKeySize  = 1 + 8
	streamKeySize = 1 + 8 + 8
)

var (
	formatKey  = []byte{prefixFormat}
	counterKey = []byte{prefixCounter}
	endKey     = []byte{prefixEnd}
	spansKey   = []byte{prefixSpans}
)

func eventKey(position uint64) []byte {
	k := make([]byte, 1, eventKeySize)
	k[0] = prefixEvent
	return binary.BigEndian.AppendUint64(k, position)
}

// afterEventKey bounds a scan that includes position.
func afterEventKey(position uint64) []byte {
	if position == ^uint64(0) {
		return []byte{prefixEvent + 1}
	}
	return eventKey(position + 1)
}

func nameKey(stream string) []byte {
	k := make([]byte, 0, 1+len(stream))
	k = append(k, prefixName)
	return append(k, stream...)
}

func streamKey(number, revision uint64) []byte {
	k := make([]byte, 1, streamKeySize)
	k[0] = prefixStream
	k = binary.BigEndian.AppendUint64(k, number)
	return binary.BigEndian.AppendUint64(k, revision)
}

// afterStreamKey bounds a scan that includes revision.
func afterStreamKey(number, revision uint64) []byte {
	if revision == ^uint64(0) {
		return streamKey(number+1, 0)
	}
	return streamKey(number, revision+1)
}

func positionOfKey(k []byte) uint64 { return binary.BigEndian.Uint64(k[1:]) }

func numberOfKey(k []byte) uint64 { return binary.BigEndian.Uint64(k[1:]) }

func revisionOfKey(k []byte) uint64 { return binary.BigEndian.Uint64(k[9:]) }

func encodeNumber(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

func decodeNumber(v []byte) uint64 { return binary.BigEndian.Uint64(v) }
