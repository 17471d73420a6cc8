package engine

import (
	"encoding/binary"
	"hash/crc32"
)

// Pebble's write-ahead files and manifests are blocks of chunks: checksum (4
// bytes), length (2), encoding (1); in a write-ahead file also the file's
// number (4) and the offset up to which it was synced when the chunk was
// written (8); then the payload. It takes the first chunk that is not valid for
// the end, which is what a crash leaves, and drops what follows; in a
// write-ahead file it looks whether a chunk of a later block knows better. A
// damage in the last block, or in a manifest, it does not see.
const (
	logBlock    = 32 << 10
	plainChunk  = 7
	syncedChunk = 19

	plainFirst  = 1 // also the whole record
	plainFirst2 = 2
	plainLast   = 4
	syncedFirst = 9
	syncedLast  = 12
)

// logFormat is what the chunks of a file look like.
type logFormat struct {
	header        int
	first, last   byte // encodings
	number        uint32
	numbered      bool
	isAfter       func(chunk []byte, offset int) bool // proves that what stood at an offset had been written whole
	recyclesBlock int                                 // so much at the end of a block may stay empty
}

// walFormat is that of a write-ahead file: a chunk that was written after what
// stands at an offset had been synced proves it.
func walFormat(number uint32) logFormat {
	return logFormat{header: syncedChunk, first: syncedFirst, last: syncedLast, number: number, numbered: true, recyclesBlock: syncedChunk,
		isAfter: func(chunk []byte, offset int) bool { return binary.LittleEndian.Uint64(chunk[11:]) > uint64(offset) }}
}

// manifestFormat is that of a manifest: each record is synced before the next
// one is written, so the beginning of a later one proves it.
func manifestFormat() logFormat {
	return logFormat{header: plainChunk, first: plainFirst, last: plainLast, recyclesBlock: plainChunk,
		isAfter: func(chunk []byte, _ int) bool { return chunk[6] == plainFirst || chunk[6] == plainFirst2 }}
}

// damageOf returns the offset of the first chunk that is not valid although it
// had been written whole.
func (f logFormat) damageOf(data []byte) (offset int, damaged bool) {
	end := f.end(data)
	for at := end + 1; at+f.header <= len(data); at++ {
		if data[at+6] >= f.first && data[at+6] <= f.last && f.valid(data, at) && f.isAfter(data[at:], end) {
			return end, true
		}
	}
	return 0, false
}

// end returns the offset of the first chunk that is not valid.
func (f logFormat) end(data []byte) int {
	at := 0
	for at < len(data) {
		block := min((at/logBlock+1)*logBlock, len(data))
		switch {
		case block-at < f.recyclesBlock && allZero(data[at:block]):
			at = block
		case f.valid(data, at):
			at += f.header + f.length(data, at)
		default:
			return at
		}
	}
	return at
}

func (f logFormat) length(data []byte, at int) int {
	return int(binary.LittleEndian.Uint16(data[at+4:]))
}

func (f logFormat) valid(data []byte, at int) bool {
	block := min((at/logBlock+1)*logBlock, len(data))
	if at+f.header > block || data[at+6] < f.first || data[at+6] > f.last {
		return false
	}
	if f.numbered && binary.LittleEndian.Uint32(data[at+7:]) != f.number {
		return false
	}
	end := at + f.header + f.length(data, at)
	return end <= block && binary.LittleEndian.Uint32(data[at:]) == pebbleChecksum(data[at+6:end])
}

func allZero(b []byte) bool {
	for _, x := range b {
		if x != 0 {
			return false
		}
	}
	return true
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func pebbleChecksum(b []byte) uint32 {
	c := crc32.Checksum(b, castagnoli)
	return (c>>15 | c<<17) + 0xa282ead8
}
