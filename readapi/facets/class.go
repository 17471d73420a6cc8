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
	classOf     [factsCount]uint8
	statusClass [256]uint8
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
	class       byteColumn
}

// classesAt returns the classes at an instant.
func (c *chunk) classesAt(now int64) *byteColumn {
	if cached := c.classes.Load(); cached != nil && cached.from <= now && now < cached.until {
		return &cached.class
	}
	cc := &classColumn{from: math.MinInt64, until: math.MaxInt64}
	from, until := cc.from, cc.until
	// passed keeps from and until, and gives the bit if the instant has come.
	// Its branches are conditional moves: the instants are in no order.
	passed := func(t int64, bit uint8) uint8 {
		before, after := t, t
		if t > now {
			before, bit = math.MinInt64, 0
		} else {
			after = math.MaxInt64
		}
		from, until = max(from, before), min(until, after)
		return bit
	}
	for i := range c.n & (2*chunkRows - 1) {
		i &= chunkMask
		flags := readmodel.Flags(c.flags[i])
		facts := bit(flags.Has(readmodel.FlagOpen))*factsOpen | bit(flags.Has(readmodel.FlagUsableMaterials))*factsUsable |
			passed(c.critical[i], factsCritical) | passed(c.atRisk[i], factsAtRisk) | passed(c.overdue[i], factsOverdue)
		cc.class[i] = max(classOf[facts&(factsCount-1)], statusClass[c.status[i]])
	}
	for i := c.n; i < chunkRows; i++ {
		cc.class[i] = classNoRow
	}
	cc.from, cc.until = from, until
	c.classes.Store(cc)
	return &cc.class
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
