package readmodel

import (
	"bytes"
	_ "embed"
	"fmt"
	"sync"

	"github.com/klauspost/compress/s2"
)

// phrases is what documents have in common: names of fields, vocabulary and
// instants as they follow each other in JSON. It is part of the format: another
// text is another version of both read models.
//
//go:embed phrases.txt
var phrases []byte

var phraseBook = s2.MakeDict(phrases, []byte(`{"id":"`))

// pack makes a document's JSON small: most of it is in every other one. It is
// quick rather than thorough, as the projectors pack a document for each event
// or two.
func pack(json []byte) []byte {
	room := packing.Get().(*[]byte)
	defer packing.Put(room)
	packed := phraseBook.Encode(*room, json)
	*room = packed[:cap(packed)]
	return bytes.Clone(packed)
}

// packing has room for a document at its longest: packed, it takes a third of that.
var packing = sync.Pool{New: func() any { return new([]byte) }}

// maxDocument bounds what a damaged document can make its reader allocate.
const maxDocument = 1 << 28 // bytes

// Unpack returns a document's JSON. The error says what makes it none.
func Unpack(packed []byte) ([]byte, error) {
	n, err := s2.DecodedLen(packed)
	if err == nil && n > maxDocument {
		err = fmt.Errorf("it says that it has %d bytes", n)
	}
	if err != nil {
		return nil, err
	}
	return phraseBook.Decode(nil, packed)
}
