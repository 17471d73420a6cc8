package embedded

import (
	"encoding/binary"
	"strconv"

	"github.com/google/uuid"
	"google.golang.org/grpc/encoding"
	_ "google.golang.org/grpc/encoding/proto" // registers the codec that frameCodec extends
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"

	"backlot/eventstore/embedded/internal/engine"
)

// frameCodec writes event messages straight from the stored record; built as
// protobuf structs first, an event would cost some fifteen allocations.
type frameCodec struct{ encoding.CodecV2 }

func newFrameCodec() frameCodec { return frameCodec{encoding.GetCodecV2("proto")} }

// Marshal implements encoding.CodecV2.
func (c frameCodec) Marshal(v any) (mem.BufferSlice, error) {
	if f, ok := v.(*eventFrame); ok {
		return mem.BufferSlice{mem.SliceBuffer(f.encode())}, nil
	}
	return c.CodecV2.Marshal(v)
}

// arenaSize is allocated at once for many small messages.
const arenaSize = 32 << 10

// eventFrame encodes streams.ReadResp messages with an event. It is used for
// one message after the other.
type eventFrame struct {
	event       *engine.Record // nil when a link leads nowhere
	link        *engine.Record // nil without one
	stringUUIDs bool

	arena []byte
}

// Field numbers of the protocol.
const (
	fieldReadRespEvent = 1

	fieldReadEventEvent          = 1
	fieldReadEventLink           = 2
	fieldReadEventCommitPosition = 3

	fieldEventID             = 1
	fieldEventStream         = 2
	fieldEventRevision       = 3
	fieldEventPrepare        = 4
	fieldEventCommit         = 5
	fieldEventMetadata       = 6
	fieldEventCustomMetadata = 7
	fieldEventData           = 8

	fieldUUIDStructured = 1
	fieldUUIDString     = 2
	fieldUUIDMost       = 1
	fieldUUIDLeast      = 2

	fieldStreamName = 3

	fieldMapKey   = 1
	fieldMapValue = 2
)

// tagSize is that of every field number used here.
const tagSize = 1

func (f *eventFrame) encode() []byte {
	original := f.event
	if f.link != nil {
		original = f.link
	}
	inner := tagSize + protowire.SizeVarint(original.Position)
	if f.event != nil {
		inner += tagSize + protowire.SizeBytes(f.eventSize(f.event))
	}
	if f.link != nil {
		inner += tagSize + protowire.SizeBytes(f.eventSize(f.link))
	}
	b := f.reserve(tagSize + protowire.SizeBytes(inner))
	b = appendLength(b, fieldReadRespEvent, inner)
	if f.event != nil {
		b = f.appendEvent(b, fieldReadEventEvent, f.event)
	}
	if f.link != nil {
		b = f.appendEvent(b, fieldReadEventLink, f.link)
	}
	b = protowire.AppendTag(b, fieldReadEventCommitPosition, protowire.VarintType)
	return protowire.AppendVarint(b, original.Position)
}

// reserve returns an empty slice of at least size bytes that nobody else has.
func (f *eventFrame) reserve(size int) []byte {
	if size > arenaSize/8 {
		return make([]byte, 0, size)
	}
	if cap(f.arena)-len(f.arena) < size {
		f.arena = make([]byte, 0, arenaSize)
	}
	start := len(f.arena)
	f.arena = f.arena[:start+size]
	return f.arena[start : start : start+size]
}

func (f *eventFrame) eventSize(r *engine.Record) int {
	size := tagSize + protowire.SizeBytes(f.uuidSize(r.ID))
	size += tagSize + protowire.SizeBytes(tagSize+protowire.SizeBytes(len(r.Stream)))
	size += uintSize(r.Revision) + 2*uintSize(r.Position)
	size += mapEntrySize(len(metadataType), len(r.Type))
	size += mapEntrySize(len(metadataContentType), len(contentTypeOf(r)))
	size += mapEntrySize(len(metadataCreated), decimalSize(r.Created))
	return size + bytesSize(len(r.Metadata)) + bytesSize(len(r.Data))
}

func (f *eventFrame) appendEvent(b []byte, field protowire.Number, r *engine.Record) []byte {
	b = appendLength(b, field, f.eventSize(r))
	b = appendLength(b, fieldEventID, f.uuidSize(r.ID))
	b = f.appendUUID(b, r.ID)
	b = appendLength(b, fieldEventStream, tagSize+protowire.SizeBytes(len(r.Stream)))
	b = appendLength(b, fieldStreamName, len(r.Stream))
	b = append(b, r.Stream...)
	b = appendUint(b, fieldEventRevision, r.Revision)
	b = appendUint(b, fieldEventPrepare, r.Position)
	b = appendUint(b, fieldEventCommit, r.Position)

	b = appendMapKey(b, metadataType, len(r.Type))
	b = append(b, r.Type...)
	contentType := contentTypeOf(r)
	b = appendMapKey(b, metadataContentType, len(contentType))
	b = append(b, contentType...)
	b = appendMapKey(b, metadataCreated, decimalSize(r.Created))
	b = strconv.AppendInt(b, r.Created, 10)

	b = appendBytes(b, fieldEventCustomMetadata, r.Metadata)
	return appendBytes(b, fieldEventData, r.Data)
}

const uuidStringSize = 36

func (f *eventFrame) uuidSize(id uuid.UUID) int {
	if f.stringUUIDs {
		return tagSize + protowire.SizeBytes(uuidStringSize)
	}
	return tagSize + protowire.SizeBytes(structuredSize(id))
}

func structuredSize(id uuid.UUID) int {
	return uintSize(binary.BigEndian.Uint64(id[:8])) + uintSize(binary.BigEndian.Uint64(id[8:]))
}

func (f *eventFrame) appendUUID(b []byte, id uuid.UUID) []byte {
	if f.stringUUIDs {
		b = appendLength(b, fieldUUIDString, uuidStringSize)
		return append(b, id.String()...)
	}
	b = appendLength(b, fieldUUIDStructured, structuredSize(id))
	b = appendUint(b, fieldUUIDMost, binary.BigEndian.Uint64(id[:8]))
	return appendUint(b, fieldUUIDLeast, binary.BigEndian.Uint64(id[8:]))
}

func contentTypeOf(r *engine.Record) string {
	if r.JSON {
		return contentTypeJSON
	}
	return contentTypeBinary
}

func appendLength(b []byte, field protowire.Number, n int) []byte {
	b = protowire.AppendTag(b, field, protowire.BytesType)
	return protowire.AppendVarint(b, uint64(n))
}

// Numbers and bytes that are zero or empty are left out, as protobuf does.

func uintSize(v uint64) int {
	if v == 0 {
		return 0
	}
	return tagSize + protowire.SizeVarint(v)
}

func appendUint(b []byte, field protowire.Number, v uint64) []byte {
	if v == 0 {
		return b
	}
	b = protowire.AppendTag(b, field, protowire.VarintType)
	return protowire.AppendVarint(b, v)
}

func bytesSize(n int) int {
	if n == 0 {
		return 0
	}
	return tagSize + protowire.SizeBytes(n)
}

func appendBytes(b []byte, field protowire.Number, v []byte) []byte {
	if len(v) == 0 {
		return b
	}
	b = appendLength(b, field, len(v))
	return append(b, v...)
}

func mapEntrySize(key, value int) int { return tagSize + protowire.SizeBytes(entrySize(key, value)) }

func entrySize(key, value int) int {
	return tagSize + protowire.SizeBytes(key) + tagSize + protowire.SizeBytes(value)
}

// appendMapKey leaves the value, of a given length, to be appended.
func appendMapKey(b []byte, key string, value int) []byte {
	b = appendLength(b, fieldEventMetadata, entrySize(len(key), value))
	b = appendLength(b, fieldMapKey, len(key))
	b = append(b, key...)
	return appendLength(b, fieldMapValue, value)
}

func decimalSize(v int64) int {
	var digits [20]byte
	return len(strconv.AppendInt(digits[:0], v, 10))
}
