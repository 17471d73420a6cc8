package facets

import (
	"cmp"
	"encoding/binary"
	"math"

	"backlot/domain/sourcerequest"
	"backlot/readmodel"
)

// sorter orders the rows of a snapshot. Each sort key of a row is one number:
// empty is the greatest in both directions, and a descending key is turned
// round. Labels are 2·rank + 2, so that a cursor's label that is not in the
// snapshot has a number between its neighbours'.
type sorter struct {
	snapshot *Snapshot
	keys     []sortColumn
}

const emptyKey = math.MaxUint64

type sortColumn struct {
	SortKey
	code  func(c *chunk, i int) uint64 // before direction; 0 is empty
	label *labelList                   // what code's ranks are of, or nil
	byID  bool                         // request ids: code has only their first bytes
}

func (k *sortColumn) directed(v uint64) uint64 {
	switch {
	case v == 0:
		return emptyKey
	case k.Descending:
		return emptyKey - v
	}
	return v
}

func (s *Snapshot) sorter(keys []SortKey, p *plan) *sorter {
	if len(keys) == 0 {
		keys = []SortKey{{Column: "due_date"}}
	}
	o := &sorter{snapshot: s}
	for _, k := range keys {
		column := s.sortColumn(k.Column, p)
		column.SortKey = k
		o.keys = append(o.keys, column)
	}
	return o
}

func (s *Snapshot) sortColumn(name string, p *plan) sortColumn {
	d := s.words
	switch name {
	case "request_id":
		return sortColumn{byID: true, code: func(c *chunk, i int) uint64 { return idPrefix(c.ids[i]) }}
	case "package_id":
		return byLabel(packages, d.packages)
	case "movie_id":
		return byLabel(titles, d.titles.movie)
	case "title":
		return byLabel(titles, d.titles.title)
	case "content_partner":
		return byLabel(contentPartners, s.partnerLabels())
	case "fulfillment_partner":
		return byLabel(fulfillmentPartners, s.partnerLabels())
	case "sub_assignee":
		return byLabel(subAssignees, s.partnerLabels())
	case "responsible":
		return byLabelAt(p.responsible.at, s.accountLabels())
	case "language":
		return byLabel(languages, d.languages)
	case "countries":
		return byLabel(countrySets, d.countries.joined)
	case "issues":
		return byLabel(issueSets, d.issues.joined)
	case "due_date":
		return byDay(dueDates)
	case "estimated_delivery_date":
		return byDay(estimatedDates)
	case "movie_type":
		return byOrdinal(movieTypes)
	case "source_type":
		return byOrdinal(sourceTypes)
	case "service_type":
		return byOrdinal(serviceTypes)
	case "status":
		return byOrdinal(statuses)
	case "material_status":
		return byOrdinal(materialStatuses)
	case "quality_control":
		return byOrdinal(qualityControls)
	case "is_original":
		return sortColumn{code: func(c *chunk, i int) uint64 {
			return 1 + uint64(bit(readmodel.Flags(c.flags[i]).Has(readmodel.FlagOriginal)))
		}}
	default: // insight
		return sortColumn{code: func(c *chunk, i int) uint64 { return insightOf[c.classesAt(p.now)[i]] }}
	}
}

// insightOf gives each class 1 for Critical, 2 for At Risk, 3 for On Track, 0
// for not open.
var insightOf [classSlots]uint64

func init() {
	for class, bs := range bucketsOf {
		for n, b := range []sourcerequest.Bucket{sourcerequest.BucketCritical, sourcerequest.BucketAtRisk, sourcerequest.BucketOnTrack} {
			if bs.Has(b) {
				insightOf[class] = uint64(n + 1)
			}
		}
	}
}

func byLabel(column codesOf, l *labelList) sortColumn {
	order := l.order()
	return sortColumn{label: l, code: func(c *chunk, i int) uint64 {
		code := column(&c.columns)[i]
		if l.text[code] == "" {
			return 0
		}
		return 2*uint64(order.rank[code]) + 2
	}}
}

// byLabelAt is byLabel for what is no column of its own; at is asked row by row.
func byLabelAt(at func(c *columns, i int) uint32, l *labelList) sortColumn {
	order := l.order()
	return sortColumn{label: l, code: func(c *chunk, i int) uint64 {
		code := at(&c.columns, i)
		if code == 0 {
			return 0
		}
		return 2*uint64(order.rank[code]) + 2
	}}
}

func byDay(column codesOf) sortColumn {
	return sortColumn{code: func(c *chunk, i int) uint64 { return uint64(column(&c.columns)[i]) }}
}

func byOrdinal(column bytesOf) sortColumn {
	return sortColumn{code: func(c *chunk, i int) uint64 { return uint64(column(&c.columns)[i]) }}
}

// idPrefix is the first eight bytes of an id as a number in the order of ids.
func idPrefix(id string) uint64 {
	var b [8]byte
	copy(b[:], id)
	return binary.BigEndian.Uint64(b[:])
}

// candidate is a row with its first sort key.
type candidate struct {
	key uint64
	row uint32
}

func (o *sorter) candidate(c *chunk, base uint32, i uint16) candidate {
	return candidate{o.keys[0].directed(o.keys[0].code(c, int(i))), base + uint32(i)}
}

func (o *sorter) place(row uint32) (*chunk, int) {
	return o.snapshot.chunks[row/chunkRows], int(row % chunkRows)
}

// compare is the whole order: the keys, then the request id.
func (o *sorter) compare(a, b candidate) int {
	if a.key != b.key {
		return cmp.Compare(a.key, b.key)
	}
	if a.row == b.row {
		return 0
	}
	ca, i := o.place(a.row)
	cb, j := o.place(b.row)
	for n := range o.keys {
		k := &o.keys[n]
		c := 0
		if n > 0 {
			c = cmp.Compare(k.directed(k.code(ca, i)), k.directed(k.code(cb, j)))
		}
		if c == 0 && k.byID {
			c = byID(ca.ids[i], cb.ids[j], k.Descending)
		}
		if c != 0 {
			return c
		}
	}
	return cmp.Compare(ca.ids[i], cb.ids[j])
}

func byID(a, b string, descending bool) int {
	if descending {
		return cmp.Compare(b, a)
	}
	return cmp.Compare(a, b)
}

// after reports whether a row comes after the place that a cursor marks.
func (o *sorter) after(a candidate, m *marker) bool {
	if a.key != m.keys[0] {
		return a.key > m.keys[0]
	}
	c, i := o.place(a.row)
	for n := range o.keys {
		k := &o.keys[n]
		d := 0
		if n > 0 {
			d = cmp.Compare(k.directed(k.code(c, i)), m.keys[n])
		}
		if d == 0 && k.byID {
			d = byID(c.ids[i], m.id, k.Descending)
		}
		if d != 0 {
			return d > 0
		}
	}
	return c.ids[i] > m.id
}

// marker is a place in the order: that of a row as it was.
type marker struct {
	keys []uint64 // directed
	id   string
}
