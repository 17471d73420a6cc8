package facets

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/readmodel"
)

// plan is a selection compiled for one snapshot, principal and instant.
type plan struct {
	statuses    [256]uint8 // 1 for those that are matched; 0, a place without a row, never is
	filters     []filter   // the scope's first
	statusGiven bool       // then Requests counts the matched
	now         int64      // Unix ms
	responsible responsibility
	near        []uint8 // by title code: a near miss; nil if there is none
	exact       []uint8 // by title code: has a text that was asked for
	warnings    []Warning
}

// plan compiles. The error is CodeInternal for a query without an instant.
func (s *Snapshot) plan(principal domain.Principal, sel Selection, now time.Time) (*plan, error) {
	if now.IsZero() {
		return nil, domain.Errorf(domain.CodeInternal, "facets: a query without its now")
	}
	scope := s.scope(principal)
	p := &plan{now: now.UnixMilli(), statuses: allStatuses(), filters: slices.Clone(scope), responsible: s.responsibility(principal)}
	p.statuses[statusCode(sourcerequest.StatusCancelled)] = 0
	today := todayOf(now, s.policy.Zone)
	for i := range sel.terms {
		t := &sel.terms[i]
		switch t.modifier.Name {
		case "status":
			p.status(t)
		case "is_original":
			p.add(s.originalFilter(t))
		case "source_type":
			p.add(byteFilter(sourceTypes, t))
		case "service_type":
			p.add(byteFilter(serviceTypes, t))
		case "movie_type":
			p.add(byteFilter(movieTypes, t))
		case "quality_control":
			p.add(byteFilter(qualityControls, t))
		case "due_date":
			p.add(&byCode{column: dueDates, table: inverted(dayTable(t.days, today), t.exclude)})
		case "estimated_delivery_date":
			p.add(&byCode{column: estimatedDates, table: inverted(dayTable(t.days, today), t.exclude)})
		case "request_id":
			p.add(s.numberFilter(t.values, t.exclude))
		default:
			s.planCodes(p, t, scope)
		}
	}
	return p, nil
}

func (p *plan) add(f filter) { p.filters = append(p.filters, f) }

// all reports whether the plan selects every row, but maybe the cancelled ones.
func (p *plan) all() bool {
	cancelled := statusCode(sourcerequest.StatusCancelled)
	for code := uint8(1); code <= maxStatus; code++ {
		if p.statuses[code] == 0 && code != cancelled {
			return false
		}
	}
	return len(p.filters) == 0
}

// listed puts the places of a chunk's rows that a filter lists into buffer, if one
// lists few of them. done is the number of that filter, which has not to be applied
// any more; -1 if there is none.
func (p *plan) listed(c *chunk, base uint32, buffer *[chunkRows]uint16) (places []uint16, done int) {
	done = -1
	var shortest lister
	fewest := min(maxListed, c.n)
	for i, f := range p.filters {
		l, ok := f.(lister)
		if !ok {
			continue
		}
		if n, listed := l.count(c, base, fewest); listed && n < fewest {
			shortest, fewest, done = l, n, i
		}
	}
	if shortest == nil {
		return nil, done
	}
	return shortest.list(c, base, buffer[:0]), done
}

// scan puts the places of all of a chunk's rows with a matched status into buffer.
func (p *plan) scan(c *chunk, buffer *[chunkRows]uint16) []uint16 {
	k := 0
	for i, status := range c.status[:c.n] {
		buffer[k&chunkMask] = uint16(i)
		k += int(p.statuses[status])
	}
	return buffer[:k]
}

// run returns the places of a chunk's rows that the plan selects, in no order.
// The status comes first, then the filters in their order; neighbours that look
// at bytes are applied together.
func (p *plan) run(c *chunk, base uint32, buffer *[chunkRows]uint16) []uint16 {
	var room [8]byteTest
	tests := room[:0]
	selected, done := p.listed(c, base, buffer)
	if done >= 0 {
		tests = append(tests, byteTest{c.status, &p.statuses})
	} else {
		selected = p.scan(c, buffer)
	}
	for i, f := range p.filters {
		if i == done {
			continue
		}
		if f, ok := f.(*byByte); ok {
			tests = append(tests, byteTest{f.column(&c.columns), &f.table})
			continue
		}
		selected = narrowBytes(tests, selected)
		tests = tests[:0]
		if len(selected) == 0 {
			return nil
		}
		selected = f.narrow(c, base, selected)
	}
	return narrowBytes(tests, selected)
}

func allStatuses() (table [256]uint8) {
	for code := range maxStatus {
		table[code+1] = 1
	}
	return table
}

func statusCode(s sourcerequest.Status) uint8 {
	return uint8(slices.Index(sourcerequest.Statuses(), s) + 1)
}

// status: with any Status modifier the cancelled ones are not left out by themselves.
func (p *plan) status(t *term) {
	if !p.statusGiven {
		p.statuses = allStatuses()
	}
	p.statusGiven = true
	if !t.exclude && slices.Contains(t.values, statusAll) {
		return
	}
	given := byteFilter(statuses, t).table
	for code := range p.statuses {
		p.statuses[code] &= given[code]
	}
}

// byteFilter: codes of a fixed vocabulary count from 1 in its order, 0 is none.
func byteFilter(column bytesOf, t *term) *byByte {
	vocabulary := t.modifier.Values
	if vocabulary[0] == statusAll {
		vocabulary = vocabulary[1:]
	}
	f := &byByte{column: column}
	for _, v := range t.values {
		f.table[slices.Index(vocabulary, v)+1] = 1
	}
	if t.exclude {
		inverted(f.table[:], true)
	}
	return f
}

func (s *Snapshot) originalFilter(t *term) *byByte {
	f := &byByte{column: flagBytes}
	for v := range f.table {
		is := no
		if readmodel.Flags(v).Has(readmodel.FlagOriginal) {
			is = yes
		}
		if slices.Contains(t.values, is) != t.exclude {
			f.table[v] = 1
		}
	}
	return f
}

func (s *Snapshot) numberFilter(ids []string, exclude bool) *byNumber {
	f := &byNumber{exclude: exclude}
	for _, id := range ids {
		if n, ok := s.find(id); ok {
			f.numbers = append(f.numbers, n)
		}
	}
	if s.then != nil && s.then.throughout {
		f.numbers = s.numbersThroughout(f.numbers)
	}
	slices.Sort(f.numbers)
	f.numbers = slices.Compact(f.numbers)
	return f
}

// inverted turns a table round, if asked to, and returns it.
func inverted(table []uint8, invert bool) []uint8 {
	if invert {
		for i := range table {
			table[i] ^= 1
		}
	}
	return table
}

// planCodes compiles a modifier over a dictionary. What a value means is a
// list of codes; whether the asker can see any request with one of them
// decides over warnings and near misses.
func (s *Snapshot) planCodes(p *plan, t *term, scope []filter) {
	column, size := s.columnOf(p, t.modifier.Name)
	sought := make([][]uint32, len(t.values))
	for i, v := range t.values {
		sought[i] = s.codes(p, t.modifier.Name, v)
	}
	table := make([]uint8, size)
	for _, codes := range sought {
		mark(table, codes)
	}
	switch {
	case t.modifier.Name == "title":
		if !t.exclude {
			p.exact = slices.Clone(table)
			s.planNearMisses(p, t, scope, sought, table)
		}
	case t.modifier.Open:
		found := s.visible(scope, &byCode{column: column, by: postedAs(t.modifier.Name)}, size, sought)
		for i, v := range t.values {
			if found[i] || v == "" || isSpecial(t.modifier.Name, v) {
				continue
			}
			p.warnings = append(p.warnings, Warning{Code: WarnUnknownValue, Modifier: t.name(), Value: v,
				Message: fmt.Sprintf("no source request that you can see has %q as its %s", v, t.modifier.Label)})
		}
	}
	f := &byCode{column: column, table: inverted(table, t.exclude)}
	if !t.exclude {
		f.by = postedAs(t.modifier.Name)
	}
	p.add(f)
}

// isSpecial reports whether a value may be asked for although no request has it.
func isSpecial(modifier, value string) bool {
	switch modifier {
	case "issues":
		return strings.EqualFold(value, hasIssues) || strings.EqualFold(value, hasNoIssues)
	case "responsible":
		return strings.EqualFold(value, valueMe)
	}
	return false
}

// planNearMisses adds near misses of the texts that no visible title has.
func (s *Snapshot) planNearMisses(p *plan, t *term, scope []filter, sought [][]uint32, table []uint8) {
	found := s.visible(scope, &byCode{column: titles, by: byTitle}, len(table), sought)
	for i, v := range t.values {
		text := fold(v)
		if found[i] || text == "" {
			continue
		}
		codes := s.words.titles.near(text)
		if !s.visible(scope, &byCode{column: titles, by: byTitle}, len(table), [][]uint32{codes})[0] {
			continue
		}
		if p.near == nil {
			p.near = make([]uint8, len(table))
		}
		mark(p.near, codes)
		mark(table, codes)
		p.warnings = append(p.warnings, Warning{Code: WarnNearMiss, Modifier: t.name(), Value: v,
			Message: fmt.Sprintf("no title has %q in it; these have similar words", v)})
	}
}

func mark(table []uint8, codes []uint32) {
	for _, c := range codes {
		table[c] = 1
	}
}

// visible reports for each list of codes whether a row in the scope, whatever
// its status, has one of them in the filter's column; the filter's table is set.
func (s *Snapshot) visible(scope []filter, f *byCode, size int, sought [][]uint32) []bool {
	found := make([]bool, len(sought))
	left := len(sought)
	wanted, seen := make([]uint8, size), make([]uint8, size)
	f.table = wanted
	for _, codes := range sought {
		mark(wanted, codes)
	}
	every := plan{statuses: allStatuses(), filters: append(slices.Clone(scope), f)}
	var buffer [chunkRows]uint16
	for n, c := range s.chunks {
		selected := every.run(c, uint32(n)*chunkRows, &buffer)
		if len(selected) == 0 {
			continue
		}
		held := f.column(&c.columns)
		for _, i := range selected {
			code := held[i]
			seen[code], wanted[code] = 1, 0
		}
		for i, codes := range sought {
			if !found[i] && slices.ContainsFunc(codes, func(code uint32) bool { return seen[code] == 1 }) {
				found[i] = true
				left--
			}
		}
		if left == 0 {
			break
		}
	}
	return found
}

// columnOf returns the column of a modifier over a dictionary, and how many
// codes that has.
func (s *Snapshot) columnOf(p *plan, modifier string) (codesOf, int) {
	switch modifier {
	case "content_partner":
		return contentPartners, s.words.size(readmodel.Partners)
	case "fulfillment_partner":
		return fulfillmentPartners, s.words.size(readmodel.Partners)
	case "responsible":
		return p.responsible.column, s.words.size(readmodel.Accounts)
	case "language":
		return languages, s.words.size(readmodel.Languages)
	case "country":
		return countrySets, s.words.size(readmodel.CountrySets)
	case "issues":
		return issueSets, s.words.size(readmodel.IssueSets)
	case "package_id":
		return packages, s.words.size(readmodel.Packages)
	default: // title, movie_id
		return titles, s.words.size(readmodel.Titles)
	}
}

// codes returns the codes that a value of a modifier means.
func (s *Snapshot) codes(p *plan, modifier, value string) []uint32 {
	d := s.words
	switch modifier {
	case "content_partner", "fulfillment_partner":
		return matching(s.words.partners, namesPartner(s.names, value))
	case "responsible":
		return p.responsible.codes(s, value)
	case "language":
		return matching(d.languages.text, func(l string) bool { return strings.EqualFold(l, value) })
	case "country":
		return matchingSets(d.countries, hasName(value))
	case "issues":
		return matchingSets(d.issues, hasIssue(value))
	case "package_id":
		return matching(d.packages.text, func(l string) bool { return l == value })
	case "movie_id":
		return matching(d.titles.movie.text, func(l string) bool { return l == value })
	default: // title
		text := fold(value)
		if text == "" {
			return matching(d.titles.title.text, func(l string) bool { return l == "" })
		}
		return d.titles.containing(text)
	}
}

func matching(values []string, match func(string) bool) []uint32 {
	var codes []uint32
	for code, v := range values {
		if match(v) {
			codes = append(codes, uint32(code))
		}
	}
	return codes
}

func matchingSets(l *setList, match func([]string) bool) []uint32 {
	var codes []uint32
	for code, names := range l.names {
		if match(names) {
			codes = append(codes, uint32(code))
		}
	}
	return codes
}
