package facets

import "sync"

// denseGroups is how many groups a histogram holds as one array; with more,
// groups get a place when they are first seen.
const denseGroups = 1 << 17

// groupCounts counts rows by (group, class). A group is the ordinals of its
// dimensions as one number in mixed radix.
type groupCounts struct {
	counts []uint32 // classSlots for each group, or for each place
	places []uint32 // open addressing by group: place + 1; nil if counts are dense
	groups []uint64 // by place
}

var densePool sync.Pool // of *[]uint32

func newGroupCounts(groups uint64) *groupCounts {
	if groups > denseGroups {
		return &groupCounts{places: make([]uint32, 1024)}
	}
	n := int(groups) * classSlots
	if p, _ := densePool.Get().(*[]uint32); p != nil && cap(*p) >= max(n, packedCounts) {
		clear((*p)[:n])
		return &groupCounts{counts: (*p)[:n]}
	}
	return &groupCounts{counts: make([]uint32, n, max(n, packedCounts))}
}

// release gives the counts' memory back; they are not used afterwards.
func (g *groupCounts) release() {
	if g.places == nil {
		densePool.Put(&g.counts)
	}
}

// place returns where a group is counted.
func (g *groupCounts) place(group uint64) uint32 {
	mask := uint32(len(g.places) - 1)
	for at := uint32((group*0x9E3779B97F4A7C15)>>32) & mask; ; at = (at + 1) & mask {
		p := g.places[at]
		if p == 0 {
			g.groups = append(g.groups, group)
			g.counts = append(g.counts, make([]uint32, classSlots)...)
			g.places[at] = uint32(len(g.groups))
			if len(g.groups)*2 > len(g.places) {
				g.grow()
			}
			return uint32(len(g.groups) - 1)
		}
		if g.groups[p-1] == group {
			return p - 1
		}
	}
}

func (g *groupCounts) grow() {
	g.places = make([]uint32, 2*len(g.places))
	mask := uint32(len(g.places) - 1)
	for n, group := range g.groups {
		at := uint32((group*0x9E3779B97F4A7C15)>>32) & mask
		for g.places[at] != 0 {
			at = (at + 1) & mask
		}
		g.places[at] = uint32(n + 1)
	}
}

// add counts a row.
func (g *groupCounts) add(group uint64, class uint8) {
	at := uint32(group)
	if g.places != nil {
		at = g.place(group)
	}
	g.counts[at<<classBits|uint32(class)]++
}

// merge adds other counts of the same groups.
func (g *groupCounts) merge(o *groupCounts) {
	if g.places == nil {
		for i, n := range o.counts[:len(g.counts)] {
			g.counts[i] += n
		}
		return
	}
	for n, group := range o.groups {
		to, from := g.place(group)<<classBits, uint32(n)<<classBits
		for class := range uint32(classSlots) {
			g.counts[to+class] += o.counts[from+class]
		}
	}
}

// each calls f with every group that has rows.
func (g *groupCounts) each(f func(group uint64, counts []uint32)) {
	for at := 0; at+classSlots <= len(g.counts); at += classSlots {
		counts := g.counts[at : at+classSlots]
		var any uint32
		for _, n := range counts {
			any |= n
		}
		if any == 0 {
			continue
		}
		group := uint64(at / classSlots)
		if g.places != nil {
			group = g.groups[group]
		}
		f(group, counts)
	}
}
