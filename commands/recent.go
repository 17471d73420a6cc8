package commands

import (
	"hash/maphash"
	"slices"
	"sync"

	"backlot/domain/sourcerequest"
)

const (
	// recentRequests is how many requests are remembered at the least, after
	// they were changed here.
	recentRequests = 4096
	// recentKeys bounds the stream of a request that is remembered, in commands.
	recentKeys = 256
)

// recent remembers requests that this process changed, as they stand, so that
// the next command needs no reading. Somebody may have written past the portal:
// what is remembered can be appended to, at its exact revision, and nothing else
// may follow from it. No first answer is given again and nothing is refused
// without the stream.
//
// Where several processes give commands nothing is remembered: when two of them
// get one command at once, the store takes the second append for a repetition
// of the first, whose hash, the one to go on from, is not the second's.
type recent struct {
	seed       maphash.Seed
	limit      int // of each half; 0 remembers nothing
	mu         sync.Mutex
	young, old map[string]*remembered // a use moves a request to the young half; when that is full, the old one is forgotten
}

// remembered is a request with the hashes of the command keys in its stream.
type remembered struct {
	request *request
	keys    []uint64
}

func newRecent(requests int) *recent {
	return &recent{seed: maphash.MakeSeed(), limit: requests / 2, young: map[string]*remembered{}}
}

// take returns a request and forgets it: whoever decides puts it back when the
// store has accepted. nil if it is not remembered, or has seen the command key:
// then only the stream knows the answer.
func (c *recent) take(id, commandKey string) *remembered {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.young[id]
	if r == nil {
		r = c.old[id]
	}
	delete(c.young, id)
	delete(c.old, id)
	if r == nil || slices.Contains(r.keys, maphash.String(c.seed, commandKey)) {
		return nil
	}
	return r
}

// put remembers a request as it stands, and the key of the command that led there.
func (c *recent) put(r *remembered, commandKey string) {
	if c.limit == 0 || len(r.keys) >= recentKeys {
		return
	}
	r.keys = append(r.keys, maphash.String(c.seed, commandKey))
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.young) >= c.limit {
		c.old, c.young = c.young, make(map[string]*remembered, c.limit)
	}
	c.young[r.request.id] = r
}

// learn remembers a request that was read whole, and then perhaps changed.
func (c *recent) learn(r *request, commandKey string) {
	if c.limit == 0 || !r.state.Exists() {
		return
	}
	learned := &remembered{request: &request{&loaded[sourcerequest.State]{tail: r.tail, state: r.state}, r.id}}
	for _, k := range slices.Compact(r.keys) { // events of one command follow upon each other
		learned.keys = append(learned.keys, maphash.String(c.seed, k))
	}
	c.put(learned, commandKey)
}
