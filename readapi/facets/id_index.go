package facets

import (
	"fmt"
	"hash/maphash"
	"math/bits"
	"sync"
)

// idIndex finds a row's place by its request id. Places never change within a
// generation, so all its snapshots share one index; an id that a snapshot does
// not hold yet has status 0 there, or lies beyond its chunks.
//
// It is a table by open addressing of row numbers alone, since the ids are in the
// chunks: some 8 bytes a row, where a map that has them again takes 38, and most of
// the time of loading. One goroutine adds; any number look up.
type idIndex struct {
	seed maphash.Seed

	mu    sync.RWMutex
	slots []uint32             // a row's number + 1, with a tag above it; 0 is free
	ids   []*[chunkRows]string // by chunk
	used  int
}

// A slot has room for maxRows numbers; above them is a tag of the id's hash, so
// that few other ids are looked at.
const (
	slotNumberBits = 27
	slotNumber     = 1<<slotNumberBits - 1
)

func newIDIndex() *idIndex {
	return &idIndex{seed: maphash.MakeSeed(), slots: make([]uint32, chunkRows)}
}

// find returns the number of the row with an id.
func (x *idIndex) find(id string) (uint32, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	at, taken := x.probe(x.slots, id, maphash.String(x.seed, id))
	if !taken {
		return 0, false
	}
	return x.slots[at]&slotNumber - 1, true
}

// probe returns the slot of an id, or the free one where it belongs.
func (x *idIndex) probe(slots []uint32, id string, hash uint64) (at uint64, taken bool) {
	mask := uint64(len(slots) - 1)
	for at = hash & mask; slots[at] != 0; at = (at + 1) & mask {
		if slots[at]&^slotNumber == tagOf(hash) && x.id(slots[at]&slotNumber-1) == id {
			return at, true
		}
	}
	return at, false
}

func tagOf(hash uint64) uint32 { return uint32(hash>>32) &^ slotNumber }

func (x *idIndex) id(number uint32) string { return x.ids[number/chunkRows][number%chunkRows] }

// add takes rows in whose ids are in their chunk by now. The error is for an id that
// another row has.
func (x *idIndex) add(first uint32, ids *[chunkRows]string, added []string) error {
	slots := x.slots
	if need := bits.Len(uint(x.used+len(added)) * 4 / 3); 1<<need > len(slots) {
		slots = x.larger(1 << need) // while others look up
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.slots = slots
	for int(first/chunkRows) >= len(x.ids) {
		x.ids = append(x.ids, new([chunkRows]string))
	}
	x.ids[first/chunkRows] = ids
	for i, id := range added {
		if id == "" {
			continue
		}
		number, hash := first+uint32(i), maphash.String(x.seed, id)
		at, taken := x.probe(slots, id, hash)
		if other := slots[at]&slotNumber - 1; taken && other != number {
			return fmt.Errorf("facets: row %s is at %d and at %d", id, other, number)
		}
		if !taken {
			x.used++
			slots[at] = (number + 1) | tagOf(hash)
		}
	}
	return nil
}

// larger returns all rows whose chunks are known in a table of another size. It goes
// by the chunks: their ids lie in order in memory.
func (x *idIndex) larger(size int) []uint32 {
	slots := make([]uint32, size)
	mask := uint64(size - 1)
	x.used = 0
	for n, ids := range x.ids {
		for i, id := range ids {
			if id == "" {
				continue
			}
			hash := maphash.String(x.seed, id)
			at := hash & mask
			for slots[at] != 0 {
				at = (at + 1) & mask
			}
			slots[at] = uint32(n*chunkRows+i+1) | tagOf(hash)
			x.used++
		}
	}
	return slots
}
