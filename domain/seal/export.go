package seal

import (
	"crypto/ed25519"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"backlot/domain"
)

// exportFormat names the format of export files.
const exportFormat = "backlot seals 1"

// Export is a list of seals, signed by whoever keeps it away from those who
// can write to the log.
type Export struct {
	ExportedAt time.Time // UTC, whole milliseconds
	Seals      []Listed  // by count
	Signature  []byte    // Ed25519, over Encoding
}

// What is signed is a storage format.
//
//	exportLabel; exported at (Unix ms, 8 bytes, big-endian, as all numbers);
//	number of seals (8 bytes); for each: revision, position, count, sealed at
//	(Unix ms), 8 bytes each; length-prefixed (8 bytes): hash (32 bytes),
//	stream of the last event; its revision (8 bytes)
const exportLabel = "backlot seals export 1\n"

// Encoding returns the bytes that are signed.
func (e Export) Encoding() ([]byte, error) {
	b := append([]byte(nil), exportLabel...)
	number := func(n uint64) { b = binary.BigEndian.AppendUint64(b, n) }
	number(uint64(e.ExportedAt.UnixMilli()))
	number(uint64(len(e.Seals)))
	for _, s := range e.Seals {
		hash, err := hex.DecodeString(s.Hash)
		if err != nil {
			return nil, fmt.Errorf("seal %d: %q is not a rolling hash", s.Revision, s.Hash)
		}
		number(s.Revision)
		number(uint64(s.Position))
		number(s.Count)
		number(uint64(s.SealedAt.UnixMilli()))
		b = appendPrefixed(b, string(hash))
		b = appendPrefixed(b, s.LastStream)
		number(s.LastRevision)
	}
	return b, nil
}

// Sign signs the list as it is now.
func (e *Export) Sign(key ed25519.PrivateKey) error {
	encoding, err := e.Encoding()
	if err != nil {
		return err
	}
	e.Signature = ed25519.Sign(key, encoding)
	return nil
}

// Check verifies the signature. The error is CodeRefused.
func (e Export) Check(key ed25519.PublicKey) error {
	encoding, err := e.Encoding()
	if err != nil {
		return &domain.Error{Code: domain.CodeRefused, Message: "the exported seals are damaged: " + err.Error(), Err: err}
	}
	if len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, encoding, e.Signature) {
		return domain.Errorf(domain.CodeRefused, "the exported seals are not what the owner of this public key signed: they were changed, or signed with another key")
	}
	return nil
}

type exportJSON struct {
	Format     string       `json:"format"`
	ExportedAt time.Time    `json:"exported_at"`
	Seals      []ListedJSON `json:"seals"`
	Signature  []byte       `json:"signature"` // base64
}

// ListedJSON is how a listed seal is written, in files and by the API.
type ListedJSON struct {
	Revision     uint64    `json:"revision"`
	Position     string    `json:"position"`
	Count        uint64    `json:"count"`
	Hash         string    `json:"hash"`
	SealedAt     time.Time `json:"sealed_at"`
	LastStream   string    `json:"last_stream"`
	LastRevision uint64    `json:"last_revision"`
}

// JSON returns how a listed seal is written.
func (l Listed) JSON() ListedJSON {
	return ListedJSON{
		Revision: l.Revision, Position: l.Position.String(), Count: l.Count, Hash: l.Hash, SealedAt: l.SealedAt.UTC().Truncate(time.Millisecond),
		LastStream: l.LastStream, LastRevision: l.LastRevision,
	}
}

// Listed returns the seal that is written so.
func (j ListedJSON) Listed() (Listed, error) {
	position, err := domain.ParsePosition(j.Position)
	if err != nil {
		return Listed{}, err
	}
	return Listed{
		Revision: j.Revision, Position: position, Count: j.Count, Hash: j.Hash, SealedAt: j.SealedAt,
		LastStream: j.LastStream, LastRevision: j.LastRevision,
	}, nil
}

// MarshalJSON writes an export file.
func (e Export) MarshalJSON() ([]byte, error) {
	j := exportJSON{Format: exportFormat, ExportedAt: e.ExportedAt, Seals: make([]ListedJSON, len(e.Seals)), Signature: e.Signature}
	for i, s := range e.Seals {
		j.Seals[i] = s.JSON()
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads an export file, without a look at its signature.
func (e *Export) UnmarshalJSON(data []byte) error {
	var j exportJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	if j.Format != exportFormat {
		return fmt.Errorf("the format is %q instead of %q", j.Format, exportFormat)
	}
	*e = Export{ExportedAt: j.ExportedAt, Signature: j.Signature, Seals: make([]Listed, len(j.Seals))}
	for i, s := range j.Seals {
		var err error
		if e.Seals[i], err = s.Listed(); err != nil {
			return fmt.Errorf("seal %d: %w", i, err)
		}
	}
	return nil
}
