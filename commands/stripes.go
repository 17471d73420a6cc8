package commands

import (
	"hash/maphash"
	"sync"
)

// stripes let the commands of one process queue for a request, so that only
// other processes cause conflicts. Requests share stripes by hash.
type stripes struct {
	seed  maphash.Seed
	locks [4096]sync.Mutex
}

func newStripes() *stripes { return &stripes{seed: maphash.MakeSeed()} }

// lock waits for the stripe of an id and returns what releases it.
func (s *stripes) lock(id string) (unlock func()) {
	l := &s.locks[maphash.String(s.seed, id)%uint64(len(s.locks))]
	l.Lock()
	return l.Unlock
}
