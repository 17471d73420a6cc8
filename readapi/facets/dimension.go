package facets

import (
	"fmt"
	"slices"
	"strings"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/readmodel"
)

// dimension is something that rows are grouped by. It maps the codes of one
// column to ordinals, of which 0 stands for no value.
type dimension struct {
	codes   codesOf // or
	bytes   bytesOf
	by      posted     // that codes are
	table   []uint32   // ordinal by code
	members [][]uint32 // instead of table, where a row has several ordinals
	radix   uint32     // ordinals are less
	label   func(ordinal uint32) string
	folded  func(ordinal uint32) string
	rank    func() func(ordinal uint32) uint32 // order of the labels, by ordinal
}

var groupings = []Grouping{
	{"content_partner", "Content Partner"}, {"fulfillment_partner", "Fulfillment Partner"},
	{"responsible", "Responsible"}, {"source_type", "Source Type"}, {"service_type", "Service Type"}, {"language", "Language"}, {"country", "Country"},
	{"movie_type", "Movie Type"}, {"is_original", "Is Original"}, {"issues", "Issues"},
	{"status", "Status"}, {"material_status", "Material Status"}, {"quality_control", "Quality Control"}, {"due_month", "Due Month"}, {"due_day", "Due Day"}, {"title", "Title"}, {"package", "Package"},
}

// Groupings returns what counts can be grouped by, in the order in which it is shown.
func Groupings() []Grouping { return slices.Clone(groupings) }

func groupingNames() []string {
	names := make([]string, len(groupings))
	for i, g := range groupings {
		names[i] = g.Name
	}
	return names
}

// ParseGroupBy reads a comma-separated list of grouping names, "" for none.
// Unknown and repeated names are CodeInvalid with Field group and Allowed.
func ParseGroupBy(list string) ([]string, error) {
	names := splitList(list)
	return names, CheckGroupBy(names)
}

// CheckGroupBy refuses unknown and repeated names of groupings: CodeInvalid
// with Field group and Allowed.
func CheckGroupBy(names []string) error {
	for i, name := range names {
		if !slices.Contains(groupingNames(), name) {
			return domain.Invalid("group", fmt.Sprintf("there is no grouping %q", name), groupingNames()...)
		}
		if slices.Contains(names[:i], name) {
			return domain.Invalid("group", fmt.Sprintf("%s is there twice", name))
		}
	}
	return nil
}

func splitList(list string) []string {
	if strings.TrimSpace(list) == "" {
		return nil
	}
	parts := strings.Split(list, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

// dimension prepares a grouping, or what the values of a modifier are counted
// by: package_id, movie_id, and due_date and estimated_delivery_date by month.
func (s *Snapshot) dimension(p *plan, name string) *dimension {
	d := s.words
	switch name {
	case "content_partner":
		return s.partnerDimension(contentPartners).postedBy(name)
	case "fulfillment_partner":
		return s.partnerDimension(fulfillmentPartners).postedBy(name)
	case "responsible":
		return labelDimension(p.responsible.column, s.accountLabels())
	case "source_type":
		return vocabularyDimension(sourceTypes, sourcerequest.SourceTypes())
	case "service_type":
		return vocabularyDimension(serviceTypes, sourcerequest.ServiceTypes())
	case "movie_type":
		return vocabularyDimension(movieTypes, sourcerequest.MovieTypes())
	case "status":
		return vocabularyDimension(statuses, sourcerequest.Statuses())
	case "material_status":
		return vocabularyDimension(materialStatuses, sourcerequest.MaterialStatuses())
	case "quality_control":
		return vocabularyDimension(qualityControls, sourcerequest.QualityControlStatuses())
	case "is_original":
		dim := vocabularyDimension(flagBytes, []string{yes, no})
		for v := range dim.table {
			dim.table[v] = 2
			if readmodel.Flags(v).Has(readmodel.FlagOriginal) {
				dim.table[v] = 1
			}
		}
		return dim
	case "language":
		return uniqueDimension(languages, d.languages).postedBy(name)
	case "package", "package_id":
		return uniqueDimension(packages, d.packages)
	case "movie_id":
		return labelDimension(titles, d.titles.movie)
	case "title":
		dim := listDimension(titles, d.titles.title)
		dim.table = d.titles.same
		return dim
	case "country":
		return setDimension(countrySets, d.countries)
	case "issues":
		return setDimension(issueSets, d.issues)
	case "due_month", "due_date":
		return s.monthDimension(dueDates)
	case "due_day":
		return s.dayDimension(dueDates)
	default: // estimated_delivery_date
		return s.monthDimension(estimatedDates)
	}
}

func (d *dimension) postedBy(name string) *dimension {
	d.by = postedAs(name)
	return d
}

func vocabularyDimension[T ~string](column bytesOf, vocabulary []T) *dimension {
	label := func(o uint32) string {
		if o == 0 {
			return ""
		}
		return string(vocabulary[o-1])
	}
	return &dimension{
		bytes: column, table: identity(256), radix: uint32(len(vocabulary) + 1),
		label: label, folded: foldedLabel(label), rank: ordinalRank,
	}
}

func labelDimension(column codesOf, l *labelList) *dimension {
	dim := listDimension(column, l)
	// Different codes may have one label: organisations or people of one name,
	// movies with several titles.
	dim.table = make([]uint32, len(l.text))
	first := make(map[string]uint32, len(l.text))
	for code, text := range l.text {
		o, known := first[text]
		if !known {
			o = uint32(code)
			first[text] = o
		}
		dim.table[code] = o
	}
	return dim
}

// uniqueDimension is for dictionaries in which each label has one code.
func uniqueDimension(column codesOf, l *labelList) *dimension {
	dim := listDimension(column, l)
	dim.table = identity(len(l.text))
	return dim
}

func listDimension(column codesOf, l *labelList) *dimension {
	return &dimension{
		codes: column, radix: uint32(len(l.text)),
		label:  func(o uint32) string { return l.text[o] },
		folded: func(o uint32) string { return l.folded[o] },
		rank: func() func(uint32) uint32 {
			order := l.order()
			return func(o uint32) uint32 { return order.rank[o] }
		},
	}
}

func setDimension(column codesOf, l *setList) *dimension {
	dim := listDimension(column, l.elements)
	dim.members = l.members
	return dim
}

// partnerDimension groups organisations by name.
func (s *Snapshot) partnerDimension(column codesOf) *dimension {
	return labelDimension(column, s.partnerLabels())
}

// partnerLabels returns the names of the partners by code, as of now.
func (s *Snapshot) partnerLabels() *labelList {
	names := make([]string, len(s.words.partners))
	for code, id := range s.words.partners {
		if id != "" {
			names[code] = s.names.Name(id)
		}
	}
	return newLabelList(names)
}

// dayRange returns the first and the last day that any date lies on; the last is
// 0 where there are no dates.
func (s *Snapshot) dayRange() (first, last uint32) {
	first = 1
	for _, c := range s.chunks {
		switch {
		case c.lastDay == 0:
		case last == 0:
			first, last = c.firstDay, c.lastDay
		default:
			first, last = min(first, c.firstDay), max(last, c.lastDay)
		}
	}
	return first, last
}

// dayDimension has ordinals from the first day that any date lies on.
func (s *Snapshot) dayDimension(column codesOf) *dimension {
	first, last := s.dayRange()
	table := make([]uint32, last+1)
	for day := first; day <= last; day++ {
		table[day] = day - first + 1
	}
	label := func(o uint32) string {
		if o == 0 {
			return ""
		}
		return domain.Date(first + o - 1).String()
	}
	return &dimension{codes: column, table: table, radix: table[last] + 1, label: label, folded: foldedLabel(label), rank: ordinalRank}
}

// monthDimension has ordinals from the first month that any date lies in.
func (s *Snapshot) monthDimension(column codesOf) *dimension {
	first, last := s.dayRange()
	base := months()[first] - 1
	table := make([]uint32, last+1)
	for day := first; day <= last; day++ {
		table[day] = months()[day] - base
	}
	label := func(o uint32) string {
		if o == 0 {
			return ""
		}
		return monthLabel(base + o)
	}
	radix := uint32(1)
	if last > 0 {
		radix += table[last]
	}
	return &dimension{codes: column, table: table, radix: radix, label: label, folded: foldedLabel(label), rank: ordinalRank}
}

func foldedLabel(label func(uint32) string) func(uint32) string {
	return func(o uint32) string { return fold(label(o)) }
}

func ordinalRank() func(uint32) uint32 { return func(o uint32) uint32 { return o } }

func identity(n int) []uint32 {
	table := make([]uint32, n)
	for i := range table {
		table[i] = uint32(i)
	}
	return table
}

// key returns an ordinal's label, nil for no value.
func (d *dimension) key(ordinal uint32) *string {
	if ordinal == 0 {
		return nil
	}
	l := d.label(ordinal)
	return &l
}

// keysOf returns key for some groups: each ordinal has its label made once.
func (d *dimension) keysOf(groups int) func(ordinal uint32) *string {
	if uint64(d.radix) > 4*uint64(groups) {
		known := map[uint32]*string{}
		return func(o uint32) *string {
			label, ok := known[o]
			if !ok {
				label = d.key(o)
				known[o] = label
			}
			return label
		}
	}
	known := make([]*string, d.radix)
	return func(o uint32) *string {
		if known[o] == nil {
			known[o] = d.key(o) // again and again for no value, which costs nothing
		}
		return known[o]
	}
}

// filter accepts the rows of the group with a label, "" for none.
func (d *dimension) filter(label string) filter {
	is := make([]bool, d.radix)
	if label == "" {
		is[0] = true
	} else {
		for o := uint32(1); o < d.radix; o++ {
			is[o] = d.label(o) == label
		}
	}
	accepts := func(code int) uint8 {
		if d.members == nil {
			return bit(d.table[code] < d.radix && is[d.table[code]])
		}
		return bit(slices.ContainsFunc(d.members[code], func(o uint32) bool { return is[o] }))
	}
	if d.bytes != nil {
		f := &byByte{column: d.bytes}
		for code := range f.table {
			f.table[code] = accepts(code)
		}
		return f
	}
	f := &byCode{column: d.codes, table: make([]uint8, max(len(d.table), len(d.members)))}
	for code := range f.table {
		f.table[code] = accepts(code)
	}
	return f
}

func bit(b bool) uint8 {
	if b {
		return 1
	}
	return 0
}

// ranks returns the ranks of all ordinals, no value last.
func (d *dimension) ranks() func(uint32) uint32 {
	rank := d.rank()
	return func(o uint32) uint32 {
		if o == 0 {
			return ^uint32(0)
		}
		return rank(o)
	}
}
