package facets

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"sync"
	"time"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// CountQuery asks for counts.
type CountQuery struct {
	Principal domain.Principal // whose scope is counted
	Selection Selection
	GroupBy   []string  // names of Groupings, none for totals only
	Now       time.Time // required

	// Of the groups:
	Sort   string // matched, a bucket's key, or the name of one of GroupBy, with - before it descending; default: by GroupBy in order. No value comes last
	Search string // only groups with the text in one of their keys, whatever the case and the accents
	Limit  int    // at most so many; 0 for all
	Offset int    // leave out the first so many
}

// Tally is how many requests were matched, and in each bucket.
type Tally struct {
	Matched int
	Buckets [sourcerequest.BucketCount]int // index: sourcerequest.Bucket
}

// Group is the tally of one combination of values.
type Group struct {
	Key []*string // one label for each of CountQuery.GroupBy, nil for no value
	Tally
}

// Counts are the answer to a CountQuery.
type Counts struct {
	Tally               // of all, each request once
	Groups      []Group // those with anything matched
	GroupsTotal int     // how many groups there are after Search and before Limit and Offset
	NearMiss    bool    // no title has the text asked for: there are near misses among these
	Warnings    []Warning
}

// Codes of warnings.
const (
	WarnUnknownValue = "unknown_value" // no request that the asker may see has the value
	WarnNearMiss     = "near_miss"     // no title has the text; titles with similar words were taken
)

// Warning is something that the asker should know about an answer.
type Warning struct {
	Code     string
	Modifier string // as given, with its hyphen if it excludes
	Value    string // as given
	Message  string // a sentence
}

// Count counts what a query selects. The error is CodeInvalid for a wrong
// GroupBy, Sort, Limit or Offset; its Field is the HTTP parameter: group,
// groups_sort, groups_limit or groups_offset.
func (s *Snapshot) Count(q CountQuery) (*Counts, error) {
	if err := CheckGroupBy(q.GroupBy); err != nil {
		return nil, err
	}
	order, err := parseGroupOrder(q.Sort, q.GroupBy)
	if err != nil {
		return nil, err
	}
	if err := checkPage(q.Limit, q.Offset, "groups_limit", "groups_offset"); err != nil {
		return nil, err
	}
	p, err := s.plan(q.Principal, q.Selection, q.Now)
	if err != nil {
		return nil, err
	}
	dims := make([]*dimension, len(q.GroupBy))
	for i, name := range q.GroupBy {
		dims[i] = s.dimension(p, name)
	}
	total, counts, err := s.tally(p, dims)
	if err != nil {
		return nil, err
	}
	c := &Counts{NearMiss: p.near != nil, Warnings: p.warnings}
	c.Tally.add(total[:], p.statusGiven)
	if counts != nil {
		defer counts.release()
		room := foundPool.Get().(*[]foundGroup)
		found := p.groups((*room)[:0], counts, dims, order, q.Search)
		c.GroupsTotal = len(found)
		c.Groups = p.page(counts, found, dims, order, q.Limit, q.Offset)
		if *room = found; cap(found) <= keptFound {
			foundPool.Put(room)
		}
	}
	return c, nil
}

func checkPage(limit, offset int, limitField, offsetField string) error {
	switch {
	case limit < 0:
		return domain.Invalid(limitField, limitField+" is not negative")
	case offset < 0:
		return domain.Invalid(offsetField, offsetField+" is not negative")
	}
	return nil
}

// tally counts the selected rows by class, and by group and class if there are
// dimensions.
func (s *Snapshot) tally(p *plan, dims []*dimension) (total histogram, groups *groupCounts, err error) {
	radix := uint64(1)
	for _, d := range dims {
		high, low := bits.Mul64(radix, uint64(d.radix))
		if high != 0 {
			return total, nil, domain.Invalid("group", "these are too many groupings at once")
		}
		radix = low
	}
	if p.all() && packable(dims, radix) {
		total, groups = s.tallyAll(p, dims, radix)
		return total, groups, nil
	}
	counters := make([]*counter, workers(len(s.chunks)))
	parallel(len(s.chunks), func(worker int, next func() (int, int)) {
		c := newCounter(dims, radix)
		for from, to := next(); from < to; from, to = next() {
			for n := from; n < to; n++ {
				selected := p.run(s.chunks[n], uint32(n)*chunkRows, &c.buffer)
				if len(selected) > 0 {
					c.count(s.chunks[n], s.chunks[n].classesAt(p.now), selected)
				}
			}
		}
		counters[worker] = c
	})
	for _, c := range counters {
		if c == nil {
			continue
		}
		for class, n := range c.total {
			total[class] += n
		}
		switch {
		case groups == nil:
			groups = c.groups
		default:
			groups.merge(c.groups)
			c.groups.release()
		}
	}
	if groups != nil && len(counters[0].spread) == 0 {
		groups.each(func(_ uint64, counts []uint32) {
			for class, n := range counts {
				total[class] += n
			}
		})
	}
	return total, groups, nil
}

// counter is what one worker counts with.
type counter struct {
	plain  []*dimension // a row has one value of each
	spread []*dimension // a row may have several
	weight map[*dimension]uint64
	total  histogram // not used if there are only plain dimensions
	groups *groupCounts
	buffer [chunkRows]uint16
	keys   [chunkRows]uint64
}

// newCounter gives each dimension its weight in the number of a group: the
// last one counts ones.
func newCounter(dims []*dimension, groups uint64) *counter {
	c := &counter{weight: map[*dimension]uint64{}}
	weight := uint64(1)
	for _, d := range slices.Backward(dims) {
		c.weight[d] = weight
		weight *= uint64(d.radix)
	}
	for _, d := range dims {
		if d.members != nil {
			c.spread = append(c.spread, d)
		} else {
			c.plain = append(c.plain, d)
		}
	}
	if len(dims) > 0 {
		c.groups = newGroupCounts(groups)
	}
	return c
}

func (c *counter) count(ch *chunk, classes *byteColumn, selected []uint16) {
	if c.groups == nil || len(c.spread) > 0 {
		countClasses(&c.total, classes, selected)
	}
	switch {
	case c.groups == nil:
	case c.groups.places == nil && len(c.plain) == 1 && len(c.spread) == 0:
		countOne(c.groups.counts, ch, classes, selected, c.plain[0])
	case c.groups.places == nil && len(c.plain) == 2 && len(c.spread) == 0:
		countTwo(c.groups.counts, ch, classes, selected, c.plain[0], c.plain[1])
	default:
		c.countAny(ch, classes, selected)
	}
}

// countClasses counts into two histograms by turns: neighbours often have the
// same class, and an increment that waits for the one before is slow.
func countClasses(h *histogram, classes *byteColumn, selected []uint16) {
	var odd histogram
	for len(selected) >= 2 {
		h[classes[selected[0]&chunkMask]&(classSlots-1)]++
		odd[classes[selected[1]&chunkMask]&(classSlots-1)]++
		selected = selected[2:]
	}
	if len(selected) > 0 {
		h[classes[selected[0]&chunkMask]&(classSlots-1)]++
	}
	for class, n := range odd {
		h[class] += n
	}
}

func countOne(counts []uint32, ch *chunk, classes *byteColumn, selected []uint16, d *dimension) {
	if d.bytes != nil {
		one(counts, d.bytes(&ch.columns), d.table, classes, selected)
	} else {
		one(counts, d.codes(&ch.columns), d.table, classes, selected)
	}
}

func one[A uint8 | uint32](counts []uint32, a *[chunkRows]A, table []uint32, classes *byteColumn, selected []uint16) {
	for _, i := range selected {
		i &= chunkMask
		counts[table[a[i]]<<classBits|uint32(classes[i])]++
	}
}

func countTwo(counts []uint32, ch *chunk, classes *byteColumn, selected []uint16, d, e *dimension) {
	switch {
	case d.bytes != nil && e.bytes != nil:
		two(counts, d.bytes(&ch.columns), d.table, e.bytes(&ch.columns), e.table, e.radix, classes, selected)
	case d.bytes != nil:
		two(counts, d.bytes(&ch.columns), d.table, e.codes(&ch.columns), e.table, e.radix, classes, selected)
	case e.bytes != nil:
		two(counts, d.codes(&ch.columns), d.table, e.bytes(&ch.columns), e.table, e.radix, classes, selected)
	default:
		two(counts, d.codes(&ch.columns), d.table, e.codes(&ch.columns), e.table, e.radix, classes, selected)
	}
}

func two[A, B uint8 | uint32](counts []uint32, a *[chunkRows]A, tableA []uint32, b *[chunkRows]B, tableB []uint32, radixB uint32, classes *byteColumn, selected []uint16) {
	for _, i := range selected {
		i &= chunkMask
		counts[(tableA[a[i]]*radixB+tableB[b[i]])<<classBits|uint32(classes[i])]++
	}
}

// countAny builds the group of each row one dimension after the other; a row
// with several values is counted in each of their groups.
func (c *counter) countAny(ch *chunk, classes *byteColumn, selected []uint16) {
	keys := c.keys[:len(selected)]
	clear(keys)
	for _, d := range c.plain {
		if d.bytes != nil {
			extend(keys, selected, d.bytes(&ch.columns), d.table, c.weight[d])
		} else {
			extend(keys, selected, d.codes(&ch.columns), d.table, c.weight[d])
		}
	}
	switch len(c.spread) {
	case 0:
		for k, i := range selected {
			c.groups.add(keys[k], classes[i&chunkMask])
		}
	case 1:
		d := c.spread[0]
		column, weight := d.codes(&ch.columns), c.weight[d]
		for k, i := range selected {
			class := classes[i&chunkMask]
			for _, o := range d.members[column[i&chunkMask]] {
				c.groups.add(keys[k]+uint64(o)*weight, class)
			}
		}
	default:
		for k, i := range selected {
			c.addSpread(ch, int(i), keys[k], classes[i&chunkMask], c.spread)
		}
	}
}

func (c *counter) addSpread(ch *chunk, i int, key uint64, class uint8, dims []*dimension) {
	if len(dims) == 0 {
		c.groups.add(key, class)
		return
	}
	d := dims[0]
	for _, o := range d.members[d.codes(&ch.columns)[i]] {
		c.addSpread(ch, i, key+uint64(o)*c.weight[d], class, dims[1:])
	}
}

func extend[T uint8 | uint32](keys []uint64, selected []uint16, column *[chunkRows]T, table []uint32, weight uint64) {
	selected = selected[:len(keys)]
	for k := range keys {
		keys[k] += uint64(table[column[selected[k]&chunkMask]]) * weight
	}
}

// foundGroup is a group with rows, and what it is sorted by.
type foundGroup struct {
	group  uint64
	order  uint64 // of its keys
	at     uint32 // of its counts
	metric int
}

// groupOrder is how groups are sorted: by a metric, or by the keys, one of
// them first.
type groupOrder struct {
	metric     func(*Tally) int
	first      int // index of the dimension that comes first
	descending bool
}

func parseGroupOrder(sort string, groupBy []string) (groupOrder, error) {
	name, descending := strings.CutPrefix(sort, "-")
	o := groupOrder{descending: descending}
	if sort == "" {
		return o, nil
	}
	if i := slices.Index(groupBy, name); i >= 0 {
		o.first = i
		return o, nil
	}
	if name == "matched" {
		o.metric = func(t *Tally) int { return t.Matched }
		return o, nil
	}
	b, err := sourcerequest.ParseBucket(name)
	if err != nil {
		allowed := append(slices.Clone(groupBy), "matched")
		for b := range sourcerequest.Bucket(sourcerequest.BucketCount) {
			allowed = append(allowed, b.String())
		}
		return o, domain.Invalid("groups_sort", fmt.Sprintf("groups cannot be sorted by %q", name), allowed...)
	}
	o.metric = func(t *Tally) int { return t.Buckets[b] }
	return o, nil
}

// foundPool has room for found groups, but not for very many.
var foundPool = sync.Pool{New: func() any { return new([]foundGroup) }}

const keptFound = 1 << 14

// groups appends the groups with rows whose keys hold the text.
func (p *plan) groups(found []foundGroup, counts *groupCounts, dims []*dimension, order groupOrder, search string) []foundGroup {
	matches := matcher(dims, search)
	ordinals := make([]uint32, len(dims))
	found = slices.Grow(found, min(len(counts.counts)/classSlots, 1024))
	at := uint32(0)
	counts.each(func(group uint64, classes []uint32) {
		g := foundGroup{group: group, at: at}
		if counts.places == nil {
			g.at = uint32(group)
		}
		at++
		if matches != nil {
			split(group, dims, ordinals)
			if !matches(ordinals) {
				return
			}
		}
		if order.metric != nil {
			var t Tally
			t.add(classes, p.statusGiven)
			g.metric = order.metric(&t)
		}
		found = append(found, g)
	})
	return found
}

// split takes a group apart into the ordinals of its dimensions.
func split(group uint64, dims []*dimension, ordinals []uint32) {
	for i := len(dims) - 1; i >= 0; i-- {
		radix := uint64(dims[i].radix)
		ordinals[i], group = uint32(group%radix), group/radix
	}
}

// matcher returns whether any key of a group has the text in it; nil if every
// group is wanted.
func matcher(dims []*dimension, search string) func([]uint32) bool {
	text := fold(search)
	if text == "" {
		return nil
	}
	known := make([]map[uint32]bool, len(dims))
	for i := range known {
		known[i] = map[uint32]bool{}
	}
	return func(ordinals []uint32) bool {
		for i, o := range ordinals {
			has, ok := known[i][o]
			if !ok {
				has = strings.Contains(dims[i].folded(o), text)
				known[i][o] = has
			}
			if has {
				return true
			}
		}
		return false
	}
}

// page sorts the groups and returns a part of them with their tallies.
func (p *plan) page(counts *groupCounts, found []foundGroup, dims []*dimension, order groupOrder, limit, offset int) []Group {
	ordinals := make([]uint32, len(dims))
	compare := order.prepare(found, dims)
	end := pageEnd(len(found), offset, limit)
	found = window(found, min(offset, end), end, compare)
	groups := make([]Group, len(found))
	keys := make([]*string, len(found)*len(dims))
	labels := make([]func(uint32) *string, len(dims))
	for n, d := range dims {
		labels[n] = d.keysOf(len(found))
	}
	for i, g := range found {
		split(g.group, dims, ordinals)
		groups[i].Key, keys = keys[:len(dims):len(dims)], keys[len(dims):]
		for n, o := range ordinals {
			groups[i].Key[n] = labels[n](o)
		}
		groups[i].Tally.add(counts.counts[g.at<<classBits:][:classSlots], p.statusGiven)
	}
	return groups
}

// maxGroupOrder is what the orders of all possible keys are less than, if one
// number has room for them. Tests change it.
var maxGroupOrder float64 = 1 << 63

// prepare returns how groups are compared: by one number for all of their keys, if
// it has room for them.
func (o groupOrder) prepare(found []foundGroup, dims []*dimension) func(x, y foundGroup) int {
	ranks := make([]func(uint32) uint32, len(dims))
	for i, d := range dims {
		ranks[i] = d.ranks()
	}
	// rank counts no value as the last one in both directions.
	rank := func(i int, ordinal uint32, descending bool) uint64 {
		r, last := ranks[i](ordinal), dims[i].radix
		switch {
		case r == ^uint32(0):
			return uint64(last)
		case descending:
			return uint64(last - 1 - r)
		}
		return uint64(r)
	}
	sequence := []int{o.first} // by a metric, it is 0
	for i := range dims {
		if i != o.first {
			sequence = append(sequence, i)
		}
	}
	descends := func(i int) bool { return o.metric == nil && i == o.first && o.descending }
	room := float64(1)
	for _, d := range dims {
		room *= float64(d.radix + 1)
	}
	a, b := make([]uint32, len(dims)), make([]uint32, len(dims))
	fits := room < maxGroupOrder
	if fits {
		for n := range found {
			split(found[n].group, dims, a)
			for _, i := range sequence {
				found[n].order = found[n].order*uint64(dims[i].radix+1) + rank(i, a[i], descends(i))
			}
		}
	}
	if fits && o.metric == nil {
		return func(x, y foundGroup) int { return cmp.Compare(x.order, y.order) }
	}
	return func(x, y foundGroup) int {
		if o.metric != nil && x.metric != y.metric {
			return by(x.metric, y.metric, o.descending)
		}
		if fits {
			return cmp.Compare(x.order, y.order)
		}
		split(x.group, dims, a)
		split(y.group, dims, b)
		for _, i := range sequence {
			if c := cmp.Compare(rank(i, a[i], descends(i)), rank(i, b[i], descends(i))); c != 0 {
				return c
			}
		}
		return 0
	}
}

func by(a, b int, descending bool) int {
	if descending {
		return cmp.Compare(b, a)
	}
	return cmp.Compare(a, b)
}
