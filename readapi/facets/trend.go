package facets

import (
	"slices"
	"time"

	"backlot/domain"
	"backlot/readmodel"
)

// TrendQuery asks for the counts of a selection at several moments.
type TrendQuery struct {
	Principal domain.Principal
	Selection Selection
	Moments   []time.Time // in order, none in the future, in whole milliseconds
}

// Trend is the answer to a TrendQuery.
type Trend struct {
	Tallies  []Tally // one for each moment
	NearMiss bool    // as in Counts
	Warnings []Warning
}

// Trend counts what Count counts in the snapshots as of the moments, in one pass
// over everything that stood at any of them. Texts of titles are looked for in
// all of it, so that near misses are taken only where no moment has the text. The
// error is that of AsOf, or of Count.
func (s *Snapshot) Trend(q TrendQuery) (*Trend, error) {
	t := &Trend{Tallies: make([]Tally, 0, len(q.Moments))}
	if len(q.Moments) == 0 {
		return t, nil
	}
	if err := s.keeps(q.Moments[0]); err != nil {
		return nil, err
	}
	whole := s.throughout(q.Moments[0].UnixMilli())
	for rest := q.Moments; len(rest) > 0; {
		n := q.Selection.sameDays(rest, s.policy.Zone)
		p, err := whole.plan(q.Principal, q.Selection, rest[0])
		if err != nil {
			return nil, err
		}
		t.NearMiss = t.NearMiss || p.near != nil
		for _, w := range p.warnings {
			if !slices.Contains(t.Warnings, w) {
				t.Warnings = append(t.Warnings, w)
			}
		}
		t.Tallies = append(t.Tallies, whole.trend(p, rest[:n])...)
		rest = rest[n:]
	}
	return t, nil
}

// throughout returns the rows as they are and all versions that ended after a
// moment, side by side. It is for plans only: a request may be in it many times.
func (s *Snapshot) throughout(from int64) *Snapshot {
	w := *s
	w.then = &moment{present: s, throughout: true}
	w.chunks = slices.Clip(w.chunks)
	for _, c := range s.past {
		if c.lastUntil > from {
			w.chunks = append(w.chunks, c)
		}
	}
	return &w
}

// numbersThroughout adds the places of the ended versions of rows.
func (s *Snapshot) numbersThroughout(numbers []uint32) []uint32 {
	rows := make(map[uint32]bool, len(numbers))
	for _, n := range numbers {
		rows[n] = true
	}
	for n := len(s.then.present.chunks); n < len(s.chunks); n++ {
		c := s.chunks[n]
		for i := range c.n {
			if rows[c.number[i]] {
				numbers = append(numbers, uint32(n*chunkRows+i))
			}
		}
	}
	return numbers
}

// sameDays returns for how many of the moments, from the first on, the dates of
// the selection are the same days.
func (s Selection) sameDays(moments []time.Time, zone *time.Location) int {
	first := todayOf(moments[0], zone)
	for n, at := range moments {
		today := todayOf(at, zone)
		for _, t := range s.terms {
			for _, d := range t.days {
				from, to := d(first)
				if f, u := d(today); f != from || u != to {
					return n
				}
			}
		}
	}
	return len(moments)
}

// steps are by how much the number of rows of each class is other than at the
// moment before.
type steps [][classSlots]int32

func (s *Snapshot) trend(p *plan, moments []time.Time) []Tally {
	at := make([]int64, len(moments))
	for i, m := range moments {
		at[i] = m.UnixMilli()
	}
	parts := make([]steps, workers(len(s.chunks)))
	parallel(len(s.chunks), func(worker int, next func() (int, int)) {
		part := make(steps, len(at)+1)
		var buffer [chunkRows]uint16
		for from, to := next(); from < to; from, to = next() {
			for n := from; n < to; n++ {
				part.add(s.chunks[n], p.run(s.chunks[n], uint32(n)*chunkRows, &buffer), at)
			}
		}
		parts[worker] = part
	})
	tallies := make([]Tally, len(at))
	var now [classSlots]uint32
	for i := range tallies {
		for _, part := range parts {
			if part == nil {
				continue
			}
			for class, n := range part[i] {
				now[class] += uint32(n)
			}
		}
		tallies[i].add(now[:], p.statusGiven)
	}
	return tallies
}

// firstAt returns the number of the first moment at or after an instant.
func firstAt(at []int64, t int64) int {
	low, high := 0, len(at)
	for low < high {
		if middle := (low + high) / 2; at[middle] < t {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

// add counts rows from the moment on at which they stood until that at which
// they did not any more, in the classes of each.
func (s steps) add(c *chunk, selected []uint16, at []int64) {
	first, last := at[0], at[len(at)-1]
	for _, i := range selected {
		i &= chunkMask
		from, until := 0, len(at)
		if since := c.since[i]; since > first {
			from = firstAt(at, since)
		}
		if c.until != nil && c.until[i] <= last {
			until = firstAt(at, c.until[i])
		}
		if from >= until {
			continue
		}
		flags := readmodel.Flags(c.flags[i])
		if !flags.Has(readmodel.FlagOpen) {
			s[from][0]++
			s[until][0]--
			continue
		}
		begins, ends := at[from], at[until-1]
		facts := uint8(factsOpen) | bit(flags.Has(readmodel.FlagUsableMaterials))*factsUsable
		changes := [3]struct {
			at  int64
			bit uint8
		}{{c.critical[i], factsCritical}, {c.atRisk[i], factsAtRisk}, {c.overdue[i], factsOverdue}}
		crossed := 0
		for _, change := range changes {
			switch {
			case change.at <= begins:
				facts |= change.bit
			case change.at <= ends:
				changes[crossed] = change
				crossed++
			}
		}
		class := classOf[facts]
		s[from][class]++
		for ; crossed > 0; crossed-- {
			next := 0
			for k := 1; k < crossed; k++ {
				if changes[k].at < changes[next].at {
					next = k
				}
			}
			facts |= changes[next].bit
			if other := classOf[facts]; other != class {
				moment := firstAt(at, changes[next].at)
				s[moment][class]--
				s[moment][other]++
				class = other
			}
			changes[next] = changes[crossed-1]
		}
		s[until][class]--
	}
}
