package facets

import (
	"math"

	"backlot/domain/sourcerequest"
	"backlot/readmodel"
)

// A class is a row's set of buckets in four bits, so that a histogram of
// (group, class) stays small: 0 for a row that is not open, and one for each
// combination of the three insights, the two asset states, and overdue or not.
// Two more, in no bucket either, are cancelled rows and places without a row:
// who counts all rows has not to pick some first.
const (
	classBits  = 4
	classSlots = 1 << classBits

	classCancelled = classSlots - 2
	classNoRow     = classSlots - 1
)

var (
	bucketsOf [classSlots]sourcerequest.Buckets
	// classOf gives the class by the facts* bits of a row at an instant, statusClass
	// that by its status if it is more.
	classOf      [factsCount]uint8
	statusClass  [256]uint8
	factsOfFlags [256]uint8
	// bucketMask has all bits where a class is in a bucket.
	bucketMask [classSlots][sourcerequest.BucketCount]int
)

// What the buckets of a row depend on at an instant, as bits.
const (
	factsUsable = 1 << iota
	factsCritical
	factsAtRisk
	factsOverdue
	factsOpen
	factsCount
)

func init() {
	known := map[sourcerequest.Buckets]uint8{0: 0}
	for facts := range classOf {
		since := func(bit int) int64 {
			if facts&bit != 0 {
				return -1
			}
			return 1
		}
		in := sourcerequest.Instants{Critical: since(factsCritical), AtRisk: since(factsAtRisk), Overdue: since(factsOverdue)}
		bs := sourcerequest.BucketsAt(facts&factsOpen != 0, facts&factsUsable != 0, in, 0)
		class, ok := known[bs]
		if !ok {
			class = uint8(len(known))
			known[bs], bucketsOf[class] = class, bs
		}
		classOf[facts] = class
	}
	for v := range factsOfFlags {
		flags := readmodel.Flags(v)
		factsOfFlags[v] = bit(flags.Has(readmodel.FlagOpen))*factsOpen | bit(flags.Has(readmodel.FlagUsableMaterials))*factsUsable
	}
	for class, bs := range bucketsOf {
		for b := range bucketMask[class] {
			bucketMask[class][b] = -int(bit(bs.Has(sourcerequest.Bucket(b))))
		}
	}
	statusClass[0], statusClass[statusCode(sourcerequest.StatusCancelled)] = classNoRow, classCancelled
}

// classColumn holds the classes of a chunk's rows for every instant in
// [from, until): between two moments at which some row changes bucket, all
// queries share it. It depends on rows and clock only, never on who asks.
type classColumn struct {
	from, until int64 // Unix ms
	at          int64 // one of these instants
	class       byteColumn
}

// Instants are kept within such bounds that the distance between any two is no
// overflow.
const (
	never  = int64(1) << 61
	always = -never
)

func bounded(instant int64) int64 { return min(max(instant, always), never) }

// classesAt returns the classes at an instant.
func (c *chunk) classesAt(now int64) *byteColumn {
	now = min(bounded(now), never-1)
	if cached := c.classes.Load(); cached != nil && cached.from <= now && now < cached.until {
		return &cached.class
	}
	cc := &classColumn{at: now}
	d := distances{math.MaxUint64, math.MaxUint64}
	flags, status := c.flags, c.status
	critical, atRisk, overdue := c.critical, c.atRisk, c.overdue
	for i := range c.n & (2*chunkRows - 1) {
		i &= chunkMask
		var facts uint8
		facts, d = d.facts(now, critical[i], atRisk[i], overdue[i])
		cc.class[i] = max(classOf[(facts|factsOfFlags[flags[i]])&(factsCount-1)], statusClass[status[i]])
	}
	for i := c.n; i < chunkRows; i++ {
		cc.class[i] = classNoRow
	}
	cc.from, cc.until = d.around(now)
	c.classes.Store(cc)
	return &cc.class
}

// distances are how far the nearest instants are from another one: those that have
// come by then, and those that have not. They are more than any instants can be
// apart where there are none.
type distances struct{ past, future uint64 }

// facts returns which instants have come, and the distances with theirs. There are
// no branches: instants are in no order.
func (d distances) facts(now, critical, atRisk, overdue int64) (uint8, distances) {
	// The top bit says that an instant is not after now.
	x, y, z := uint64(critical-now-1), uint64(atRisk-now-1), uint64(overdue-now-1)
	d.past, d.future = min(d.past, ^x, ^y, ^z), min(d.future, x, y, z)
	return uint8(x>>63)*factsCritical | uint8(y>>63)*factsAtRisk | uint8(z>>63)*factsOverdue, d
}

// around returns the instants within the distances, until exclusive.
func (d distances) around(now int64) (from, until int64) {
	from, until = math.MinInt64, math.MaxInt64
	if d.past <= math.MaxInt64 {
		from = now - int64(d.past)
	}
	if d.future <= math.MaxInt64 {
		until = now + 1 + int64(d.future)
	}
	return from, until
}

// reclass keeps the classes that the chunk has from the one that it is a copy of,
// after a row was written: a query need not look at the others again.
func (c *chunk) reclass(i int) {
	const bit = 1 << 31 // of own, beside those of the columns
	cc := c.classes.Load()
	if cc == nil {
		return
	}
	if c.own&bit == 0 {
		own := *cc
		cc = &own
		c.own |= bit
		c.classes.Store(cc)
	}
	facts, d := distances{math.MaxUint64, math.MaxUint64}.facts(cc.at, c.critical[i], c.atRisk[i], c.overdue[i])
	from, until := d.around(cc.at)
	cc.class[i] = max(classOf[(facts|factsOfFlags[c.flags[i]])&(factsCount-1)], statusClass[c.status[i]])
	cc.from, cc.until = max(cc.from, from), min(cc.until, until)
}

// histogram counts rows by class.
type histogram [classSlots]uint32

func (t *Tally) add(counts []uint32, statusGiven bool) {
	for class, n := range counts[:classSlots] {
		if n == 0 {
			continue
		}
		t.Matched += int(n)
		for b := range t.Buckets {
			t.Buckets[b] += int(n) & bucketMask[class][b]
		}
	}
	if statusGiven {
		t.Buckets[sourcerequest.BucketRequests] = t.Matched
	}
}
