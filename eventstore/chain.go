package eventstore

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"

	"backlot/domain"
)

// The encoding that is hashed is a storage format: every chain ever written is
// verified with it.
//
//	chainLabel, then length-prefixed (8 bytes, big-endian): the previous hash
//	(32 bytes, none for the first event), stream; revision (8 bytes); event id
//	(16 bytes); length-prefixed: type, data, metadata without the hash
const chainLabel = "backlot event chain 1\n"

// chainHash links an event to the one before it. previous is empty for the
// first event of a stream; metadata is without the hash.
func chainHash(previous []byte, e RawEvent, metadata []byte) []byte {
	h := sha256.New()
	h.Write([]byte(chainLabel))
	writePrefixed(h, previous)
	writePrefixed(h, []byte(e.Stream))
	writeUint64(h, e.Revision)
	h.Write(e.ID[:])
	writePrefixed(h, []byte(e.Type))
	writePrefixed(h, e.Data)
	writePrefixed(h, metadata)
	return h.Sum(nil)
}

func writePrefixed(h hash.Hash, b []byte) {
	writeUint64(h, uint64(len(b)))
	h.Write(b)
}

func writeUint64(h hash.Hash, n uint64) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], n)
	h.Write(b[:])
}

// The hash is the last member of the metadata, so that it can be cut out
// without parsing and writing again what others may have written.
const (
	chainMember    = `,"chainHash":"`
	chainMemberEnd = `"}`
)

// withChainHash adds the hash to metadata that lacks it.
func withChainHash(metadata, hash []byte) []byte {
	out := make([]byte, 0, len(metadata)+len(`,"chainHash":""`)+hex.EncodedLen(len(hash)))
	out = append(out, metadata[:len(metadata)-1]...)
	out = append(out, `,"chainHash":"`...)
	out = hex.AppendEncode(out, hash)
	return append(out, `"}`...)
}

// splitChainHash undoes withChainHash; ok is false for metadata without a hash.
func splitChainHash(metadata []byte) (rest []byte, hash string, ok bool) {
	const digits = 2 * sha256.Size
	begins := len(metadata) - len(chainMember) - digits - len(chainMemberEnd)
	if begins < 0 {
		return nil, "", false
	}
	member := string(metadata[begins:])
	hash = member[len(chainMember) : len(chainMember)+digits]
	if member[:len(chainMember)] != chainMember || member[len(chainMember)+digits:] != chainMemberEnd || strings.Trim(hash, "0123456789abcdef") != "" {
		return nil, "", false
	}
	rest = make([]byte, begins+1)
	copy(rest, metadata[:begins])
	rest[begins] = '}'
	return rest, hash, true
}

// CarriedHash returns the chain hash that an event carries, hex, without a
// look at whether it is right; ok is false if it carries none.
func CarriedHash(e RawEvent) (hash string, ok bool) {
	_, hash, ok = splitChainHash(e.UserMetadata)
	return hash, ok
}

func parseChainHash(s string) ([]byte, error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != sha256.Size {
		return nil, fmt.Errorf("%q is not a chain hash", s)
	}
	return b, nil
}

// Verify recomputes the hash of an event and compares it with the one that the
// event carries, which it returns: the next event's previous. previous is hex
// and "" for a stream's first event. The error is a *BrokenChainError.
func Verify(previous string, e RawEvent) (next string, err error) {
	broken := func(why string) error {
		return &BrokenChainError{Stream: e.Stream, Revision: e.Revision, Position: e.Position, Reason: why}
	}
	var before []byte
	if previous != "" {
		if before, err = parseChainHash(previous); err != nil {
			return "", broken(err.Error())
		}
	}
	metadata, recorded, ok := splitChainHash(e.UserMetadata)
	if !ok {
		return "", broken("it carries no chain hash")
	}
	if computed := hex.EncodeToString(chainHash(before, e, metadata)); computed != recorded {
		return "", broken(fmt.Sprintf("it carries the hash %s, but what stands there has %s", recorded, computed))
	}
	return recorded, nil
}

// BrokenChainError names the first event that is not what was recorded there,
// or does not follow the event before it.
type BrokenChainError struct {
	Stream   string
	Revision uint64
	Position domain.Position
	Reason   string
}

// Error implements error.
func (e *BrokenChainError) Error() string {
	return fmt.Sprintf("the hash chain of stream %q is broken at event %d (position %s): %s", e.Stream, e.Revision, e.Position, e.Reason)
}
