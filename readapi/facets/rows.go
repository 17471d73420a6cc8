package facets

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/readmodel"
)

// RowQuery asks for rows.
type RowQuery struct {
	Principal domain.Principal // whose scope is listed
	Selection Selection
	Bucket    *sourcerequest.Bucket // only requests in it, nil for all matched
	Group     map[string]string     // only requests of this group: grouping name to label exactly, "" for none
	IDs       []string              // only these, whatever their status if no Status modifier says otherwise; nil for all
	Except    []string              // none of these
	Sort      []SortKey             // default: due_date. Ties are ordered by request id, empty values come last
	Now       time.Time             // required, but for a cursor, which brings its own
	Limit     int                   // at most so many; 0 for all
	Offset    int                   // leave out the first so many; not together with Cursor
	Cursor    string                // Next of the previous page of the same query; CodeInvalid if it is of another

	asOf int64 // the moment of the snapshot that the query is for, Unix ms; 0 for the present
}

// Rows are the answer to a RowQuery.
type Rows struct {
	Total    int // how many rows the query selects, whatever Limit, Offset and Cursor
	Rows     []Row
	Next     string    // the cursor of the next page, "" after the last
	Now      time.Time // the instant that the rows were judged at: the query's, or the cursor's
	NearMiss bool      // as in Counts
	Warnings []Warning
}

// Rows lists what a query selects. The error is CodeInvalid for a wrong Sort,
// Group, Limit, Offset or Cursor.
func (s *Snapshot) Rows(q RowQuery) (*Rows, error) {
	l, err := s.list(&q)
	if err != nil {
		return nil, err
	}
	r := &Rows{Total: l.total, Rows: make([]Row, len(l.page)), Now: q.Now, NearMiss: l.plan.near != nil, Warnings: l.plan.warnings}
	for i, c := range l.page {
		r.Rows[i] = s.row(l.plan, c.row)
	}
	if l.more && len(l.page) > 0 {
		r.Next = l.sorter.cursorAfter(&q, q.Now, l.page[len(l.page)-1])
	}
	return r, nil
}

// listed is a page of rows by number.
type listed struct {
	plan   *plan
	sorter *sorter
	total  int
	page   []candidate
	more   bool // rows follow
}

// list evaluates a query; with a cursor, it sets the query's now to the cursor's.
func (s *Snapshot) list(q *RowQuery) (*listed, error) {
	if s.then != nil {
		q.asOf = s.then.at
	}
	if err := checkSort(q.Sort); err != nil {
		return nil, err
	}
	if err := checkPage(q.Limit, q.Offset, "limit", "offset"); err != nil {
		return nil, err
	}
	var cur *cursor
	if q.Cursor != "" {
		if q.Offset > 0 {
			return nil, domain.Invalid("offset", "use offset or cursor, not both")
		}
		var err error
		if cur, err = parseCursor(q); err != nil {
			return nil, err
		}
		q.Now = time.UnixMilli(cur.Now).UTC()
	}
	p, err := s.plan(q.Principal, q.Selection, q.Now)
	if err != nil {
		return nil, err
	}
	if err := s.restrict(p, q); err != nil {
		return nil, err
	}
	l := &listed{plan: p, sorter: s.sorter(q.Sort, p)}
	var after *marker
	if cur != nil {
		after = l.sorter.marker(cur)
	}
	l.page, l.total, l.more = s.collect(p, l.sorter, after, q.Offset, q.Limit)
	return l, nil
}

// restrict adds the filters of the ids, the bucket and the group.
func (s *Snapshot) restrict(p *plan, q *RowQuery) error {
	for _, name := range slices.Sorted(maps.Keys(q.Group)) {
		if !slices.Contains(groupingNames(), name) {
			return domain.Invalid("group."+name, fmt.Sprintf("there is no grouping %q", name), groupingNames()...)
		}
		f := s.dimension(p, name).filter(q.Group[name])
		if f, ok := f.(*byCode); ok {
			f.by = postedAs(name)
		}
		p.add(f)
	}
	if q.IDs != nil {
		p.add(s.numberFilter(q.IDs, false))
		if !p.statusGiven {
			p.statuses = allStatuses()
		}
	}
	if q.Except != nil {
		p.add(s.numberFilter(q.Except, true))
	}
	if q.Bucket == nil || *q.Bucket == sourcerequest.BucketRequests && p.statusGiven {
		return nil
	}
	f := &inClasses{now: p.now}
	for class, bs := range bucketsOf {
		f.table[class] = bit(bs.Has(*q.Bucket))
	}
	p.add(f)
	return nil
}

// collector is what one worker collects rows with.
type collector struct {
	heap        heap[candidate]
	total, left int
	buffer      [chunkRows]uint16
}

// collect returns a page of the rows in order, how many there are in all, and
// whether any come after the page. With a marker, the page begins after it.
func (s *Snapshot) collect(p *plan, o *sorter, after *marker, offset, limit int) (page []candidate, total int, more bool) {
	keep := pageEnd(s.length, offset, limit)
	// A heap of many rows costs more than parting all of them at the end.
	bounded := keep <= s.length/16
	parts := make([]*collector, workers(len(s.chunks)))
	stride := strideOf(len(s.chunks))
	parallel(len(s.chunks), func(worker int, next func() (int, int)) {
		w := &collector{heap: heap[candidate]{limit: keep, compare: o.compare}}
		parts[worker] = w
		for from, to := next(); from < to; from, to = next() {
			for n := from; n < to; n++ {
				at := n * stride % len(s.chunks)
				c, base := s.chunks[at], uint32(at)*chunkRows
				selected := p.run(c, base, &w.buffer)
				w.total += len(selected)
				w.collect(o, c, base, selected, after, bounded)
			}
		}
	})
	var rows []candidate
	left := 0
	for _, w := range parts {
		if w == nil {
			continue
		}
		rows = append(rows, w.heap.items...)
		total += w.total
		left += w.left
	}
	end := pageEnd(left, offset, limit)
	return window(rows, min(offset, end), end, o.compare), total, left > end
}

func (w *collector) collect(o *sorter, c *chunk, base uint32, selected []uint16, after *marker, bounded bool) {
	simple := len(o.keys) == 1 && !o.keys[0].byID
	for _, i := range selected {
		row := o.candidate(c, base, i)
		if after != nil && !o.after(row, after) {
			continue
		}
		w.left++
		if !bounded {
			w.heap.items = append(w.heap.items, row)
			continue
		}
		if w.heap.full() {
			top := w.heap.top()
			if row.key > top.key {
				continue
			}
			if simple && row.key == top.key {
				last, j := o.place(top.row)
				if c.ids[i] > last.ids[j] {
					continue
				}
			}
		}
		w.heap.offer(row)
	}
}

// strideOf returns the step by which to walk n chunks in no order, each once.
// Rows often lie in the order that is asked for, or the reverse: then each one
// would enter the heap.
func strideOf(n int) int {
	stride := max(1, int(float64(n)*0.6180339887))
	for gcd(stride, n) > 1 {
		stride++
	}
	return stride
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// pageEnd returns where a page of n items ends.
func pageEnd(n, offset, limit int) int {
	if limit > 0 && offset < n && limit < n-offset {
		return offset + limit
	}
	return n
}

// row makes the row with a number, as the plan's instant sees it.
func (s *Snapshot) row(p *plan, number uint32) Row {
	c, i := s.chunks[number/chunkRows], int(number%chunkRows)
	d := s.words
	flags := readmodel.Flags(c.flags[i])
	facts := readmodel.Row{
		Flags: flags, DueDate: domain.Date(c.dueDate[i]), EstimatedDate: domain.Date(c.estimatedDate[i]), RedeliveryAsked: c.redeliveryAsked[i],
	}
	title := c.title[i]
	return Row{
		RequestID:             c.ids[i],
		PackageID:             d.packages.text[c.pack[i]],
		MovieID:               d.titles.movie.text[title],
		Title:                 d.titles.title.text[title],
		MovieType:             labelOf(movieTypeOf, c.movieType[i]),
		IsOriginal:            flags.Has(readmodel.FlagOriginal),
		ContentPartner:        s.partner(c.contentPartner[i]),
		FulfillmentPartner:    s.partner(c.fulfillmentPartner[i]),
		SubAssignee:           s.partner(c.subAssignee[i]),
		Responsible:           s.person(p.responsible.at(&c.columns, i)),
		SourceType:            labelOf(sourceTypeOf, c.sourceType[i]),
		ServiceType:           labelOf(serviceTypeOf, c.serviceType[i]),
		Language:              d.languages.text[c.language[i]],
		Countries:             d.countries.names[c.countrySet[i]],
		DueDate:               facts.DueDate,
		EstimatedDeliveryDate: facts.EstimatedDate,
		MaterialStatus:        labelOf(materialStatusOf, c.materialStatus[i]),
		Status:                labelOf(statusOf, c.status[i]),
		QualityControl:        labelOf(qualityControlOf, c.qualityControl[i]),
		Issues:                d.issues.names[c.issueSet[i]],
		Buckets:               bucketsOf[c.classesAt(p.now)[i]],
		Why:                   s.policy.Why(facts.Facts(), p.now),
		NearMiss:              p.near != nil && p.near[title] == 1 && p.exact[title] == 0,
		Revision:              c.revision[i],
	}
}

func (s *Snapshot) partner(code uint32) Partner {
	id := s.words.partners[code]
	if id == "" {
		return Partner{}
	}
	return Partner{ID: id, Name: s.names.Name(id)}
}
