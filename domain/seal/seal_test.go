package seal_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"backlot/domain"
	"backlot/domain/seal"
)

// The encodings below are storage formats: if one of these tests fails, stores
// and exports that exist can no longer be verified.

func TestRollingHashIsAFormat(t *testing.T) {
	var r seal.Rolling
	assert.Empty(t, r.Hash())
	r.Add("sourceRequest-1", 0, sha256.Sum256([]byte("a")))
	first := r
	r.Add("organisation-x", 7, sha256.Sum256([]byte("b")))
	assert.Equal(t, []string{rolling1, rolling2}, []string{first.Hash(), r.Hash()})

	// The same by hand, as the format's description says it.
	eight := func(n byte) string { return "\x00\x00\x00\x00\x00\x00\x00" + string(n) }
	a, b := sha256.Sum256([]byte("a")), sha256.Sum256([]byte("b"))
	one := sha256.Sum256([]byte("backlot rolling seal 1\n" + eight(0) + eight(15) + "sourceRequest-1" + eight(0) + eight(32) + string(a[:])))
	two := sha256.Sum256([]byte("backlot rolling seal 1\n" + eight(32) + string(one[:]) + eight(14) + "organisation-x" + eight(7) + eight(32) + string(b[:])))
	assert.Equal(t, hex.EncodeToString(two[:]), r.Hash())
	assert.EqualValues(t, 2, r.Count)
}

const (
	rolling1 = "9a8d5cb71b37aff3ed1432a169734a91a90f382d5c80dc01a60fbecafff3b6dd"
	rolling2 = "edf8a51573f36350e59d153c133e2cf0e570c0f23f77e15532b9f9498cfd89b7"
)

func TestResume(t *testing.T) {
	var whole, half seal.Rolling
	whole.Add("a", 0, sha256.Sum256([]byte("1")))
	half, err := seal.Resume(whole.Count, whole.Hash())
	require.NoError(t, err)
	whole.Add("a", 1, sha256.Sum256([]byte("2")))
	half.Add("a", 1, sha256.Sum256([]byte("2")))
	assert.Equal(t, whole.Hash(), half.Hash())
	for _, bad := range []string{"", "ab", rolling1 + "00", "zz" + rolling1[2:]} {
		_, err := seal.Resume(1, bad)
		assert.Error(t, err, bad)
		_, err = seal.ParseChainHash(bad)
		assert.Error(t, err, bad)
	}
}

func TestEntryIsAFormat(t *testing.T) {
	text, err := json.Marshal(seal.Entry{Stream: "sourceRequest-1", Revision: 12, Hash: seal.Prefix{1, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef}})
	require.NoError(t, err)
	assert.Equal(t, `"12 0123456789abcdef sourceRequest-1"`, string(text))
	for _, bad := range []string{"", "12", "12 0123456789abcdef", "x 0123456789abcdef a", "1 0123456789abcdeg a", "1 01 a", "-1 0123456789abcdef a"} {
		assert.Error(t, new(seal.Entry).UnmarshalText([]byte(bad)), bad)
	}
}

func TestEntryRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := seal.Entry{Stream: rapid.String().Draw(t, "stream"), Revision: rapid.Uint64().Draw(t, "revision")}
		copy(e.Hash[:], rapid.SliceOfN(rapid.Byte(), 8, 8).Draw(t, "hash"))
		text, err := e.MarshalText()
		require.NoError(t, err)
		var back seal.Entry
		require.NoError(t, back.UnmarshalText(text))
		require.Equal(t, e, back)
	})
}

func TestCovers(t *testing.T) {
	for _, c := range []struct {
		stream, eventType string
		want              bool
	}{
		{"sourceRequest-1", "SourceRequestOpened.v2", true}, {"organisation-x", "Anything", true},
		{"seals", "Sealed.v1", false}, {"person-1", "X", false}, {"text-1", "X", false}, {"checkpoint-1", "X", false},
		{"$$sourceRequest-1", "$metadata", false}, {"sourceRequest-1", "$streamDeleted", false}, {"$settings", "X", false},
	} {
		assert.Equal(t, c.want, seal.Covers(c.stream, c.eventType), c)
	}
}

func TestListedOf(t *testing.T) {
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	l, ok := seal.ListedOf(domain.Recorded{Revision: 3, Metadata: domain.Metadata{OccurredAt: at}, Event: seal.Sealed{
		Position: 9, Count: 7, Hash: rolling1, Entries: []seal.Entry{{Stream: "a"}, {Stream: "b", Revision: 5}},
	}})
	require.True(t, ok)
	assert.Equal(t, seal.Listed{Revision: 3, Position: 9, Count: 7, Hash: rolling1, SealedAt: at, LastStream: "b", LastRevision: 5}, l)
	for _, r := range []domain.Recorded{{}, {Event: seal.Sealed{Count: 1}}} {
		_, ok := seal.ListedOf(r)
		assert.False(t, ok)
	}
}

func exported() seal.Export {
	return seal.Export{ExportedAt: time.UnixMilli(1_790_000_000_123).UTC(), Seals: []seal.Listed{
		{Revision: 0, Position: 4, Count: 3, Hash: rolling1, SealedAt: time.UnixMilli(1_780_000_000_000).UTC(), LastStream: "sourceRequest-1", LastRevision: 2},
		{Revision: 1, Position: 9, Count: 7, Hash: rolling2, SealedAt: time.UnixMilli(1_780_000_060_000).UTC(), LastStream: "organisation-x"},
	}}
}

func TestExportEncodingIsAFormat(t *testing.T) {
	encoding, err := exported().Encoding()
	require.NoError(t, err)
	sum := sha256.Sum256(encoding)
	assert.Equal(t, exportSum, hex.EncodeToString(sum[:]))
	assert.Equal(t, "backlot seals export 1\n", string(encoding[:23]))
	assert.Len(t, encoding, 23+2*8+2*(4*8+8+32+8+8)+len("sourceRequest-1")+len("organisation-x"))
}

const exportSum = "2fe29c6ae40e1465740a0c9a545bcff7eaaebee38a0c5f20f9e26220eecdbb78"

func TestSignedExport(t *testing.T) {
	public, private, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	other, _, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	e := exported()
	require.NoError(t, e.Sign(private))
	file, err := json.Marshal(e)
	require.NoError(t, err)
	var back seal.Export
	require.NoError(t, json.Unmarshal(file, &back))
	require.Equal(t, e, back)
	require.NoError(t, back.Check(public))
	require.Equal(t, domain.CodeRefused, domain.ErrorCode(back.Check(other)))
	require.Equal(t, domain.CodeRefused, domain.ErrorCode(back.Check(nil)))
	for what, change := range map[string]func(*seal.Export){
		"a time":      func(e *seal.Export) { e.ExportedAt = e.ExportedAt.Add(time.Millisecond) },
		"a count":     func(e *seal.Export) { e.Seals[1].Count++ },
		"a position":  func(e *seal.Export) { e.Seals[1].Position++ },
		"a hash":      func(e *seal.Export) { e.Seals[0].Hash = e.Seals[1].Hash },
		"no hash":     func(e *seal.Export) { e.Seals[0].Hash = "x" },
		"a stream":    func(e *seal.Export) { e.Seals[0].LastStream += "1" },
		"a revision":  func(e *seal.Export) { e.Seals[0].LastRevision++ },
		"when":        func(e *seal.Export) { e.Seals[0].SealedAt = e.Seals[0].SealedAt.Add(time.Second) },
		"fewer seals": func(e *seal.Export) { e.Seals = e.Seals[:1] },
		"no seals":    func(e *seal.Export) { e.Seals = nil },
		"signature":   func(e *seal.Export) { e.Signature[0] ^= 1 },
	} {
		var changed seal.Export
		require.NoError(t, json.Unmarshal(file, &changed))
		change(&changed)
		assert.Equal(t, domain.CodeRefused, domain.ErrorCode(changed.Check(public)), what)
	}
	for _, bad := range []string{`{}`, `{"format":"backlot seals 2"}`, `[]`, `{"format":"backlot seals 1","seals":[{"position":"x"}]}`} {
		assert.Error(t, json.Unmarshal([]byte(bad), &back), bad)
	}
	assert.Error(t, (&seal.Export{Seals: []seal.Listed{{Hash: "x"}}}).Sign(private))
}
