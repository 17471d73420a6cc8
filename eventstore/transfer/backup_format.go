package transfer

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"time"

	"github.com/google/uuid"
)

// A backup file is a storage format: what was ever written must be readable.
//
//	"backlot backup 1\n", then blocks. A block is a header of 80 bytes and,
//	unless it is an end, events compressed with zstd:
//	 0  "BLKB"
//	 4  kind: 1 events, 2 end; then three bytes 0
//	 8  length of the compressed events, 4 bytes; of the events, 4 bytes
//	16  number of events, 4 bytes; CRC-32C of the header up to 48, taken as if
//	    it were 0, 4 bytes: it tells a length that is wrong from a torn block
//	24  position of the first and of the last event, 8 bytes each
//	40  number of events in the file so far, 8 bytes
//	48  SHA-256 over the previous block's (the first one's is that of the
//	    file's first line), the header up to here, and the compressed events
//
// An end says that a backup came to its end there; another may follow. Numbers
// are big endian. An event is its length as uvarint, and then
//
//	position, revision as uvarint; created, in 100 ns since 1970, as varint;
//	id, 16 bytes; 1 for JSON, else 0; stream, type, metadata, each with its
//	length as uvarint before it; data, to the end
const (
	backupMagic = "backlot backup 1\n"
	blockMagic  = "BLKB"

	kindEvents = 1
	kindEnd    = 2

	blockHeaderSize = 80
	blockSumOffset  = 48

	// No block is larger: one that says so is damaged.
	maxBlock = 256 << 20
)

type blockHeader struct {
	kind        byte
	compressed  uint32
	raw         uint32
	events      uint32
	first, last uint64
	total       uint64
	sum         [sha256.Size]byte
}

func (h *blockHeader) encode(previous [sha256.Size]byte, payload []byte) []byte {
	b := make([]byte, blockHeaderSize)
	copy(b, blockMagic)
	b[4] = h.kind
	binary.BigEndian.PutUint32(b[8:], h.compressed)
	binary.BigEndian.PutUint32(b[12:], h.raw)
	binary.BigEndian.PutUint32(b[16:], h.events)
	binary.BigEndian.PutUint64(b[24:], h.first)
	binary.BigEndian.PutUint64(b[32:], h.last)
	binary.BigEndian.PutUint64(b[40:], h.total)
	binary.BigEndian.PutUint32(b[20:], headerSum(b))
	h.sum = blockSum(previous, b, payload)
	copy(b[blockSumOffset:], h.sum[:])
	return b
}

func headerSum(header []byte) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli)
	sum := crc32.Update(0, table, header[:20])
	sum = crc32.Update(sum, table, make([]byte, 4))
	return crc32.Update(sum, table, header[24:blockSumOffset])
}

func blockSum(previous [sha256.Size]byte, header, payload []byte) (sum [sha256.Size]byte) {
	h := sha256.New()
	h.Write(previous[:])
	h.Write(header[:blockSumOffset])
	h.Write(payload)
	h.Sum(sum[:0])
	return sum
}

func decodeBlockHeader(b []byte) (h blockHeader, err error) {
	h = blockHeader{
		kind:       b[4],
		compressed: binary.BigEndian.Uint32(b[8:]),
		raw:        binary.BigEndian.Uint32(b[12:]),
		events:     binary.BigEndian.Uint32(b[16:]),
		first:      binary.BigEndian.Uint64(b[24:]),
		last:       binary.BigEndian.Uint64(b[32:]),
		total:      binary.BigEndian.Uint64(b[40:]),
		sum:        [sha256.Size]byte(b[blockSumOffset:]),
	}
	if string(b[:4]) != blockMagic || headerSum(b) != binary.BigEndian.Uint32(b[20:]) || h.kind != kindEvents && h.kind != kindEnd || h.compressed > maxBlock || h.raw > maxBlock {
		return h, errors.New("there should be the beginning of a block")
	}
	return h, nil
}

func appendEvent(b []byte, e Event) []byte {
	body := make([]byte, 0, 64+len(e.Stream)+len(e.Type)+len(e.Metadata)+len(e.Data))
	body = binary.AppendUvarint(body, e.Position)
	body = binary.AppendUvarint(body, e.Revision)
	body = binary.AppendVarint(body, e.Created.UnixNano()/100)
	body = append(body, e.ID[:]...)
	if e.JSON {
		body = append(body, 1)
	} else {
		body = append(body, 0)
	}
	for _, part := range []string{e.Stream, e.Type, string(e.Metadata)} {
		body = binary.AppendUvarint(body, uint64(len(part)))
		body = append(body, part...)
	}
	body = append(body, e.Data...)
	b = binary.AppendUvarint(b, uint64(len(body)))
	return append(b, body...)
}

var errMalformedEvent = errors.New("an event cannot be read")

// takeEvent reads the first event of b; its bytes are views of b.
func takeEvent(b []byte) (e Event, rest []byte, err error) {
	d := decoder{b: b}
	d = decoder{b: d.bytes(), failed: d.failed, rest: d.b}
	e.Position, e.Revision = d.uvarint(), d.uvarint()
	e.Created = time.Unix(0, 100*d.varint()).UTC()
	e.ID = uuid.UUID(d.fixed(16))
	e.JSON = d.fixed(1)[0] == 1
	e.Stream, e.Type = string(d.bytes()), string(d.bytes())
	e.Metadata = d.bytes()
	e.Data = d.b
	if d.failed {
		return Event{}, nil, errMalformedEvent
	}
	return e, d.rest, nil
}

// decoder takes one field after the other from b, and remembers if one was not
// there.
type decoder struct {
	b      []byte
	rest   []byte
	failed bool
}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.b)
	d.skip(n)
	return v
}

func (d *decoder) varint() int64 {
	v, n := binary.Varint(d.b)
	d.skip(n)
	if v > math.MaxInt64/100 || v < math.MinInt64/100 {
		d.failed = true
		return 0
	}
	return v
}

func (d *decoder) skip(n int) {
	if n <= 0 {
		d.failed, d.b = true, nil
		return
	}
	d.b = d.b[n:]
}

func (d *decoder) fixed(n int) []byte {
	if len(d.b) < n {
		d.failed, d.b = true, nil
		return make([]byte, n)
	}
	out := d.b[:n:n]
	d.b = d.b[n:]
	return out
}

func (d *decoder) bytes() []byte {
	n := d.uvarint()
	if n > uint64(len(d.b)) {
		d.failed, d.b = true, nil
		return nil
	}
	return d.fixed(int(n))
}

// DamagedError is a backup file that is not what was written, or not all of it.
type DamagedError struct {
	File   string
	Offset int64  // of the block
	Block  int    // counted from 1
	After  uint64 // position of the last event before it, which can be restored
	Reason string
}

// Error implements error.
func (e *DamagedError) Error() string {
	return fmt.Sprintf("the backup %s is damaged in block %d, at byte %d: %s; it is whole up to position %d", e.File, e.Block, e.Offset, e.Reason, e.After)
}
