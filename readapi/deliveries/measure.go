package deliveries

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"backlot/domain"
	"backlot/domain/figures"
	"backlot/domain/sourcerequest"
)

// Measured is one figure of some deliveries.
type Measured struct {
	figures.Tally
	Redelivered []int64 // of BlockerTime: the times that redeliveries took, in ms, sorted; late ones too
}

// Measures are the four figures.
type Measures [figures.Count]Measured

// Group is the figures of the deliveries that share some values.
type Group struct {
	Key      []*string // one for each grouping, nil for no value
	Measures Measures
}

// Answer is what is measured of a period.
type Answer struct {
	Measures    Measures
	Groups      []Group // in the order of their keys, no value first
	GroupsTotal int
	Warnings    []Warning
}

// grouping is something to group by.
type grouping struct {
	name string
	size func(s *Snapshot) int                  // above every code
	code func(r row, day domain.Date) uint32    // day is the one by which the row falls into the period
	key  func(s *Snapshot, code uint32) *string // nil for no value
}

func textOf(v string) *string {
	if v == "" {
		return nil
	}
	return &v
}

func byPartner(name string, column func(*chunk) *codes) grouping {
	return grouping{
		name: name, size: func(s *Snapshot) int { return len(s.words.partners) },
		code: func(r row, _ domain.Date) uint32 { return column(r.c)[r.i] },
		key: func(s *Snapshot, code uint32) *string {
			if code == 0 {
				return nil
			}
			return textOf(s.names.Name(s.words.partners[code]))
		},
	}
}

func byVocabulary[T ~string](name string, vocabulary []T, column func(*chunk) *bytes) grouping {
	return grouping{
		name: name, size: func(*Snapshot) int { return len(vocabulary) + 1 },
		code: func(r row, _ domain.Date) uint32 { return uint32(column(r.c)[r.i]) },
		key:  func(_ *Snapshot, code uint32) *string { return textOf(labelOf(vocabulary, uint8(code))) },
	}
}

func labelOf[T ~string](vocabulary []T, code uint8) string {
	if code == 0 {
		return ""
	}
	return string(vocabulary[code-1])
}

// dayCount is above every day that a date can be.
var dayCount = int(domain.NewDate(2200, time.January, 1))

// groupings returns what a query can be grouped by.
func (q *Query) groupings() []grouping {
	return []grouping{
		byPartner("fulfillment_partner", q.partnerOf()),
		byPartner("content_partner", func(c *chunk) *codes { return &c.contentPartner }),
		byVocabulary("source_type", sourcerequest.SourceTypes(), func(c *chunk) *bytes { return &c.sourceType }),
		byVocabulary("service_type", sourcerequest.ServiceTypes(), func(c *chunk) *bytes { return &c.serviceType }),
		{
			name: "language", size: func(s *Snapshot) int { return len(s.words.languages) },
			code: func(r row, _ domain.Date) uint32 { return r.c.language[r.i] },
			key:  func(s *Snapshot, code uint32) *string { return textOf(s.words.languages[code]) },
		},
		byDay("week", func(day domain.Date) int { return int(day+mondayOffset) / 7 },
			func(week int) string { return (domain.Date(week*7) - mondayOffset).String() }),
		byDay("month", func(day domain.Date) int { t := day.Start(time.UTC); return t.Year()*12 + int(t.Month()) - 1 },
			func(month int) string { return domain.NewDate(month/12, time.Month(month%12+1), 1).Month() }),
	}
}

// mondayOffset makes a week of seven days begin on a Monday: 1970-01-01 was a
// Thursday.
const mondayOffset = 3

// byDay groups by numbered runs of days.
func byDay(name string, of func(domain.Date) int, label func(int) string) grouping {
	var last domain.Date // rows come in the order of time
	code := uint32(of(last))
	return grouping{
		name: name, size: func(*Snapshot) int { return of(domain.Date(dayCount)) + 1 },
		code: func(_ row, day domain.Date) uint32 {
			if day != last {
				last, code = day, uint32(of(day))
			}
			return code
		},
		key: func(_ *Snapshot, code uint32) *string { return textOf(label(int(code))) },
	}
}

// Groupings lists what can be grouped by.
func Groupings() []string {
	var names []string
	for _, g := range (&Query{}).groupings() {
		names = append(names, g.name)
	}
	return names
}

// ParseGroupBy reads a comma-separated list of groupings. Unknown and repeated
// ones are CodeInvalid.
func ParseGroupBy(list string) ([]string, error) {
	names := strings.Split(list, ",")
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
		if !slices.Contains(Groupings(), names[i]) {
			return nil, domain.Invalid("group", fmt.Sprintf("%q is not something to group by", names[i]), Groupings()...)
		}
		if slices.Contains(names[:i], names[i]) {
			return nil, domain.Invalid("group", fmt.Sprintf("%s is there twice", names[i]))
		}
	}
	return names, nil
}

// grouped are the groups of a pass over the rows.
type grouped struct {
	by     []grouping
	sizes  []uint64
	dense  []int32 // place + 1 by key, while keys are small
	sparse map[uint64]int32
	keys   []uint64
	parts  [][partSlots]uint32 // deliveries by partsOf
	all    []Measures
}

// denseKeys is how many keys have a place of their own.
const denseKeys = 1 << 18

func (s *Snapshot) grouped(by []grouping) (*grouped, error) {
	g, product := &grouped{by: by}, uint64(1)
	for _, d := range by {
		size := uint64(d.size(s))
		if product > math.MaxUint64/size {
			return nil, domain.Invalid("group", "these are too many groupings at once")
		}
		g.sizes, product = append(g.sizes, size), product*size
	}
	if product <= denseKeys {
		g.dense = make([]int32, product)
	} else {
		g.sparse = map[uint64]int32{}
	}
	return g, nil
}

// of returns the place of a row's group.
func (g *grouped) of(r row, day domain.Date) int32 {
	key := uint64(0)
	for n := range g.by {
		key = key*g.sizes[n] + uint64(g.by[n].code(r, day))
	}
	at := int32(0)
	if g.dense != nil {
		at = g.dense[key]
	} else {
		at = g.sparse[key]
	}
	if at == 0 {
		g.keys, g.parts, g.all = append(g.keys, key), append(g.parts, [partSlots]uint32{}), append(g.all, Measures{})
		at = int32(len(g.all))
		if g.dense != nil {
			g.dense[key] = at
		} else {
			g.sparse[key] = at
		}
	}
	return at - 1
}

// addBlocker counts a row in BlockerTime.
func (g *grouped) addBlocker(r row, now int64) {
	d := r.c.row(r.i)
	facts := d.Facts()
	part := facts.PartIn(figures.BlockerTime, now)
	if part == figures.PartNone {
		return
	}
	m := &g.all[g.of(r, d.BlockerDay)][figures.BlockerTime]
	m.Add(part, 1)
	if facts.Wait.Redelivered {
		m.Redelivered = append(m.Redelivered, d.Wait)
	}
}

// labels returns the key of the nth group in words.
func (g *grouped) labels(s *Snapshot, n int) []*string {
	labels, key := make([]*string, len(g.by)), g.keys[n]
	for i := len(g.by) - 1; i >= 0; i-- {
		labels[i] = g.by[i].key(s, uint32(key%g.sizes[i]))
		key /= g.sizes[i]
	}
	return labels
}

func compareLabels(a, b []*string) int {
	for i := range a {
		switch {
		case a[i] == nil && b[i] == nil:
		case a[i] == nil:
			return -1
		case b[i] == nil:
			return 1
		default:
			if c := cmp.Or(strings.Compare(strings.ToLower(*a[i]), strings.ToLower(*b[i])), strings.Compare(*a[i], *b[i])); c != 0 {
				return c
			}
		}
	}
	return 0
}

// Measure returns the figures of the deliveries that a query selects, and
// those of a page of its groups. The error is CodeInvalid.
func (s *Snapshot) Measure(q Query, groupBy []string, offset, limit int) (*Answer, error) {
	p, err := s.plan(&q)
	if err != nil {
		return nil, err
	}
	var by []grouping
	for _, name := range groupBy {
		for _, g := range q.groupings() {
			if g.name == name {
				by = append(by, g)
			}
		}
	}
	g, err := s.grouped(by)
	if err != nil {
		return nil, err
	}
	p.each(func(c *chunk, rows []uint16) {
		for _, i := range rows {
			r := row{c, int(i % chunkRows)}
			if day := c.day[r.i]; p.within(day) {
				g.parts[g.of(r, day)][c.parts[r.i]%partSlots]++
			}
			if c.blocker[r.i] != 0 && p.within(c.blockerDay[r.i]) {
				g.addBlocker(r, p.now)
			}
		}
	})
	for n := range g.parts {
		for packed, count := range g.parts[n] {
			for f := range figures.Figure(timeless) {
				g.all[n][f].Add(partIn(f, uint8(packed)), int(count))
			}
		}
	}
	a := &Answer{}
	for n := range g.all {
		for f := range g.all[n] {
			m, sum := &g.all[n][f], &a.Measures[f]
			slices.Sort(m.Redelivered)
			sum.Numerator += m.Numerator
			sum.Denominator += m.Denominator
			sum.Waiting += m.Waiting
			sum.Unknown += m.Unknown
			sum.Redelivered = append(sum.Redelivered, m.Redelivered...)
		}
	}
	for f := range a.Measures {
		slices.Sort(a.Measures[f].Redelivered)
	}
	if len(g.all) == 0 {
		a.Warnings = p.warnings()
	}
	if by != nil {
		for n := range g.all {
			a.Groups = append(a.Groups, Group{g.labels(s, n), g.all[n]})
		}
		slices.SortFunc(a.Groups, func(a, b Group) int { return compareLabels(a.Key, b.Key) })
		a.GroupsTotal = len(a.Groups)
		a.Groups = a.Groups[min(offset, len(a.Groups)):min(offset+limit, len(a.Groups))]
	}
	return a, nil
}
