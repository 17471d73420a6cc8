package facets

import (
	"math"

	"backlot/domain/sourcerequest"
	"backlot/readmodel"
)

// A class is a row's set of buckets in four bits, so that a histogram of
// (group, class) stays small: 0 for a row that is not open, and one for each
// combination of the three insights, the two asset states, and overdue or not.
const (
	classBits  = 4
	classSlots = 1 << classBits
)

var (
	classOf   [1 << sourcerequest.BucketCount]uint8
	bucketsOf [classSlots]sourcerequest.Buckets
)

func init() {
	next := uint8(1)
	for _, insight := range []sourcerequest.Bucket{sourcerequest.BucketCritical, sourcerequest.BucketAtRisk, sourcerequest.BucketOnTrack} {
		for _, assets := range []sourcerequest.Bucket{sourcerequest.BucketAwaitingMaterials, sourcerequest.BucketMaterialsAvailable} {
			for overdue := range sourcerequest.Buckets(2) {
				bs := sourcerequest.Buckets(1)<<sourcerequest.BucketRequests | 1<<insight | 1<<assets | overdue<<sourcerequest.BucketOverdueUndelivered
				classOf[bs], bucketsOf[next] = next, bs
				next++
			}
		}
	}
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
	for i := range c.n {
		flags := readmodel.Flags(c.flags[i])
		if !flags.Has(readmodel.FlagOpen) {
			continue
		}
		in := sourcerequest.Instants{Critical: c.critical[i], AtRisk: c.atRisk[i], Overdue: c.overdue[i]}
		cc.class[i] = classOf[sourcerequest.BucketsAt(true, flags.Has(readmodel.FlagUsableMaterials), in, now)]
		for _, t := range [...]int64{in.Critical, in.AtRisk, in.Overdue} {
			if t <= now {
				cc.from = max(cc.from, t)
			} else {
				cc.until = min(cc.until, t)
			}
		}
	}
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
		bs := bucketsOf[class]
		for b := range sourcerequest.Bucket(sourcerequest.BucketCount) {
			if bs.Has(b) {
				t.Buckets[b] += int(n)
			}
		}
	}
	if statusGiven {
		t.Buckets[sourcerequest.BucketRequests] = t.Matched
	}
}
