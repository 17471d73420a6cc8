package seal

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
)

// The encoding that is hashed is a storage format: every seal ever made is
// verified with it. Positions are not in it, so that a copied log, which has
// others, keeps its seals.
//
//	rollingLabel, then length-prefixed (8 bytes, big-endian): the previous
//	rolling hash (32 bytes, none before the first event), stream; revision
//	(8 bytes); length-prefixed: the event's chain hash (32 bytes)
const rollingLabel = "backlot rolling seal 1\n"

// Rolling is the hash over all events up to one. The zero Rolling is before
// the first.
type Rolling struct {
	Count uint64
	sum   [sha256.Size]byte
	buf   []byte
}

// Add takes the next event.
func (r *Rolling) Add(stream string, revision uint64, chainHash [sha256.Size]byte) {
	b := append(r.buf[:0], rollingLabel...)
	if r.Count > 0 {
		b = appendPrefixed(b, string(r.sum[:]))
	} else {
		b = appendPrefixed(b, "")
	}
	b = appendPrefixed(b, stream)
	b = binary.BigEndian.AppendUint64(b, revision)
	b = appendPrefixed(b, string(chainHash[:]))
	r.buf = b
	r.sum = sha256.Sum256(b)
	r.Count++
}

// Hash returns the hash, hex; "" before the first event.
func (r *Rolling) Hash() string {
	if r.Count == 0 {
		return ""
	}
	return hex.EncodeToString(r.sum[:])
}

// Resume returns the rolling hash as a seal left it.
func Resume(count uint64, hash string) (Rolling, error) {
	r := Rolling{Count: count}
	if n, err := hex.Decode(r.sum[:], []byte(hash[:min(len(hash), hex.EncodedLen(len(r.sum)))])); err != nil || n != len(r.sum) || len(hash) != hex.EncodedLen(n) {
		return Rolling{}, fmt.Errorf("%q is not a rolling hash", hash)
	}
	return r, nil
}

// ParseChainHash reads a chain hash, hex.
func ParseChainHash(s string) (hash [sha256.Size]byte, err error) {
	if len(s) != hex.EncodedLen(len(hash)) {
		return hash, fmt.Errorf("%q is not a chain hash", s)
	}
	if _, err := hex.Decode(hash[:], []byte(s)); err != nil {
		return hash, fmt.Errorf("%q is not a chain hash", s)
	}
	return hash, nil
}
