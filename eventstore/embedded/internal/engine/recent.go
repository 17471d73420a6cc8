package engine

import "github.com/google/uuid"

// recentIDs remembers where the last so many events stand, which is what
// makes a repeated append without an exact revision idempotent.
type recentIDs struct {
	ring []recentKey
	next int
	byID map[recentKey]recentPlace
}

// recentKey holds the stream's number too: an id used in two streams is two
// events.
type recentKey struct {
	id     uuid.UUID
	stream uint64
}

type recentPlace struct {
	revision uint64
	position uint64
	slot     int
}

func newRecentIDs(capacity int) *recentIDs {
	return &recentIDs{ring: make([]recentKey, 0, capacity), byID: make(map[recentKey]recentPlace)}
}

func (c *recentIDs) get(id uuid.UUID, stream uint64) (recentPlace, bool) {
	p, ok := c.byID[recentKey{id, stream}]
	return p, ok
}

func (c *recentIDs) put(id uuid.UUID, stream, revision, position uint64) {
	key := recentKey{id, stream}
	if len(c.ring) < cap(c.ring) {
		c.byID[key] = recentPlace{revision, position, len(c.ring)}
		c.ring = append(c.ring, key)
		return
	}
	slot := c.next
	// An id that was written again since lives in a later slot.
	if old := c.ring[slot]; c.byID[old].slot == slot {
		delete(c.byID, old)
	}
	c.ring[slot] = key
	c.byID[key] = recentPlace{revision, position, slot}
	c.next = (slot + 1) % len(c.ring)
}
