package engine

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/google/uuid"
)

// TombstoneRevision is the revision of the event that ends a stream for good.
const TombstoneRevision = math.MaxInt64

// Types of the events that the store writes by itself.
const (
	TypeMetadata  = "$metadata"
	TypeTombstone = "$streamDeleted"
)

// Event is an event on its way into the store.
type Event struct {
	ID       uuid.UUID
	Type     string
	JSON     bool
	Data     []byte
	Metadata []byte
}

// Record is an event as the store holds it. Its byte slices are views: those
// of a Page last until the page is filled again, none may be written to.
type Record struct {
	Position uint64
	Revision uint64
	// Created counts 100 ns since the Unix epoch.
	Created  int64
	ID       uuid.UUID
	JSON     bool
	Stream   []byte
	Type     []byte
	Metadata []byte
	Data     []byte

	number uint64
}

// The encoded record is a storage format:
//
//	 0  version, 1
//	 1  flags: bit 0 is JSON
//	 2  created, 8 bytes
//	10  revision, 8 bytes
//	18  stream number, 8 bytes
//	26  event id, 16 bytes
//	42  stream name, type, metadata, each with its length as uvarint before it
//	 …  data, to the end
//
// What only the decider knows stands at fixed places, so that the rest can be
// encoded before its turn comes.
const (
	recordVersion = 1

	recordFlags    = 1
	recordCreated  = 2
	recordRevision = 10
	recordNumber   = 18
	recordID       = 26
	recordHeader   = 42

	flagJSON = 1
)

var errMalformedRecord = errors.New("engine: malformed record")

// encodeRecord leaves created, revision and stream number to stampRecord.
func encodeRecord(stream string, e Event) []byte {
	size := recordHeader + 3*binary.MaxVarintLen32 + len(stream) + len(e.Type) + len(e.Metadata) + len(e.Data)
	b := make([]byte, recordHeader, size)
	b[0] = recordVersion
	if e.JSON {
		b[recordFlags] = flagJSON
	}
	copy(b[recordID:], e.ID[:])
	b = binary.AppendUvarint(b, uint64(len(stream)))
	b = append(b, stream...)
	b = binary.AppendUvarint(b, uint64(len(e.Type)))
	b = append(b, e.Type...)
	b = binary.AppendUvarint(b, uint64(len(e.Metadata)))
	b = append(b, e.Metadata...)
	return append(b, e.Data...)
}

func stampRecord(b []byte, created int64, revision, number uint64) {
	binary.BigEndian.PutUint64(b[recordCreated:], uint64(created))
	binary.BigEndian.PutUint64(b[recordRevision:], revision)
	binary.BigEndian.PutUint64(b[recordNumber:], number)
}

func recordUUID(b []byte) uuid.UUID { return uuid.UUID(b[recordID:recordHeader]) }

// decodeRecord returns views into b.
func decodeRecord(position uint64, b []byte) (Record, error) {
	if len(b) < recordHeader {
		return Record{}, fmt.Errorf("%w at position %d", errMalformedRecord, position)
	}
	if b[0] != recordVersion {
		return Record{}, fmt.Errorf("engine: record at position %d has unknown version %d", position, b[0])
	}
	r := Record{
		Position: position,
		Revision: binary.BigEndian.Uint64(b[recordRevision:]),
		Created:  int64(binary.BigEndian.Uint64(b[recordCreated:])),
		ID:       recordUUID(b),
		JSON:     b[recordFlags]&flagJSON != 0,
		number:   binary.BigEndian.Uint64(b[recordNumber:]),
	}
	rest := b[recordHeader:]
	for _, field := range [...]*[]byte{&r.Stream, &r.Type, &r.Metadata} {
		n, k := binary.Uvarint(rest)
		if k <= 0 || n > uint64(len(rest)-k) {
			return Record{}, fmt.Errorf("%w at position %d", errMalformedRecord, position)
		}
		end := k + int(n)
		*field = rest[k:end:end]
		rest = rest[end:]
	}
	r.Data = rest
	return r, nil
}
