package engine

import (
	"sort"
	"sync"
)

// tail holds the newest durable events in memory, for readers that follow the
// log. It is bounded in events and bytes; who is further behind reads the
// store.
type tail struct {
	mu       sync.Mutex
	ring     []Record
	head     int // slot of the oldest event
	count    int
	bytes    int
	maxBytes int
	floor    uint64 // every durable event after this position is in the ring
	end      uint64 // the durable watermark
	changed  chan struct{}
}

func newTail(events, bytes int, durable uint64) *tail {
	return &tail{
		ring:     make([]Record, events),
		maxBytes: bytes,
		floor:    durable,
		end:      durable,
		changed:  make(chan struct{}),
	}
}

// append takes records in order of position and wakes who waits.
func (t *tail) append(records []Record) {
	if len(records) == 0 {
		return
	}
	t.mu.Lock()
	for _, r := range records {
		if t.count == len(t.ring) {
			t.evict()
		}
		t.ring[(t.head+t.count)%len(t.ring)] = r
		t.count++
		t.bytes += recordCost(r)
	}
	for t.bytes > t.maxBytes && t.count > 1 {
		t.evict()
	}
	t.end = records[len(records)-1].Position
	wake := t.changed
	t.changed = make(chan struct{})
	t.mu.Unlock()
	close(wake)
}

// forget drops everything up to a position: part of it was removed from the
// store.
func (t *tail) forget(until uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.count > 0 && t.ring[t.head].Position <= until {
		t.evict()
	}
	t.floor = max(t.floor, until)
}

func (t *tail) evict() {
	oldest := &t.ring[t.head]
	t.floor = oldest.Position
	t.bytes -= recordCost(*oldest)
	*oldest = Record{}
	t.head = (t.head + 1) % len(t.ring)
	t.count--
}

func recordCost(r Record) int {
	return len(r.Stream) + len(r.Type) + len(r.Metadata) + len(r.Data) + 256
}

// TailRead is what the tail had to say after a position.
type TailRead struct {
	// Records follow the position, in order; their bytes stay as they are.
	Records []Record
	// Covered is false when the tail no longer reaches back to the position.
	Covered bool
	// AtEnd says that nothing more is durable after Records.
	AtEnd bool
	// Changed is closed when there is more; set when Records is empty.
	Changed <-chan struct{}
}

// read copies as many records as buf takes.
func (t *tail) read(after uint64, buf []Record) TailRead {
	t.mu.Lock()
	defer t.mu.Unlock()
	if after < t.floor {
		return TailRead{}
	}
	if after >= t.end {
		return TailRead{Covered: true, AtEnd: true, Changed: t.changed}
	}
	skip := sort.Search(t.count, func(i int) bool {
		return t.ring[(t.head+i)%len(t.ring)].Position > after
	})
	n := min(t.count-skip, len(buf))
	for i := range n {
		buf[i] = t.ring[(t.head+skip+i)%len(t.ring)]
	}
	return TailRead{Records: buf[:n], Covered: true, AtEnd: skip+n == t.count}
}
