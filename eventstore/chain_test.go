package eventstore

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"backlot/domain"
)

// vector is written out so that another implementation can be held against it.
var vector = RawEvent{
	Recorded: domain.Recorded{
		Stream: "sourceRequest-SR-1", Revision: 7, ID: uuid.MustParse("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), Type: "SourceRequestCommented.v1",
	},
	Data: []byte(`{"commentId":"c1","text":"Where is it?"}`),
}

const (
	vectorMetadata = `{"occurredAt":"2026-11-23T12:00:00Z","schemaVersion":1}`
	vectorPrevious = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
	vectorHash     = "0b3646dbd66c1cde80c6ef11d13318e47481da9c981562440df31b1cff76aba2"
	vectorFirst    = "b02ade61bd4fd311c812efd5af76b4ce2329e050065af75c3a623ed67cd40d98"
)

func TestChainHashVector(t *testing.T) {
	previous, err := hex.DecodeString(vectorPrevious)
	require.NoError(t, err)
	require.Equal(t, vectorHash, hex.EncodeToString(chainHash(previous, vector, []byte(vectorMetadata))))
	require.Equal(t, vectorFirst, hex.EncodeToString(chainHash(nil, vector, []byte(vectorMetadata))))
}

func TestVerify(t *testing.T) {
	hash, err := hex.DecodeString(vectorHash)
	require.NoError(t, err)
	whole := vector
	whole.UserMetadata = withChainHash([]byte(vectorMetadata), hash)
	require.Equal(t, vectorMetadata[:len(vectorMetadata)-1]+`,"chainHash":"`+vectorHash+`"}`, string(whole.UserMetadata))

	next, err := Verify(vectorPrevious, whole)
	require.NoError(t, err)
	require.Equal(t, vectorHash, next)

	for name, forge := range map[string]func(e *RawEvent){
		"stream":      func(e *RawEvent) { e.Stream = "sourceRequest-SR-2" },
		"revision":    func(e *RawEvent) { e.Revision++ },
		"id":          func(e *RawEvent) { e.ID[0]++ },
		"type":        func(e *RawEvent) { e.Type = "SourceRequestCommented.v2" },
		"data":        func(e *RawEvent) { e.Data = bytes.Replace(e.Data, []byte("Where"), []byte("There"), 1) },
		"white space": func(e *RawEvent) { e.Data = append([]byte(" "), e.Data...) },
		"metadata":    func(e *RawEvent) { e.UserMetadata = bytes.Replace(e.UserMetadata, []byte("12:"), []byte("13:"), 1) },
		"hash":        func(e *RawEvent) { e.UserMetadata = withChainHash([]byte(vectorMetadata), make([]byte, 32)) },
		"no hash":     func(e *RawEvent) { e.UserMetadata = []byte(vectorMetadata) },
		"short hash":  func(e *RawEvent) { e.UserMetadata = withChainHash([]byte(vectorMetadata), hash[:31]) },
		"moved between fields": func(e *RawEvent) {
			e.Type, e.Data = e.Type+string(e.Data[:1]), e.Data[1:]
		},
	} {
		forged := whole
		forge(&forged)
		_, err := Verify(vectorPrevious, forged)
		var broken *BrokenChainError
		require.ErrorAs(t, err, &broken, name)
		require.Equal(t, forged.Stream, broken.Stream)
		require.Equal(t, forged.Revision, broken.Revision)
	}
	for name, previous := range map[string]string{"another": vectorHash, "none": "", "no hash": "abc"} {
		_, err := Verify(previous, whole)
		var broken *BrokenChainError
		require.ErrorAs(t, err, &broken, name)
	}
}

func TestChainHashIsTheLastMemberOfTheMetadata(t *testing.T) {
	m := draft(1, nil).Metadata
	m.ChainHash = vectorHash
	whole, err := marshal(m)
	require.NoError(t, err)
	rest, hash, ok := splitChainHash(whole)
	require.True(t, ok)
	require.Equal(t, vectorHash, hash)
	m.ChainHash = ""
	want, err := marshal(m)
	require.NoError(t, err)
	require.Equal(t, string(want), string(rest))
}
