package readapi

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"backlot/domain"
	"backlot/readapi/facets"
)

const (
	// maxLiveRows is how many changed requests an event tells of; of more, it says
	// that the list is to be read again.
	maxLiveRows = 100
	// keptDifferences is how many changes of a list are kept for those who come
	// back, or read slowly.
	keptDifferences = 64
	// A part is told instead of all groups if there are this many of them, and
	// fewer than half have changed.
	minPartly = 8
)

// liveSearch is a search as one scope sees it.
type liveSearch struct {
	count   facets.CountQuery
	rows    *facets.RowQuery // nil: only the counts are watched
	columns []facets.Column

	counts     *facets.Counts
	stale      bool
	counted    uint64 // the tick at which the counts became what they are
	before     uint64 // the one at which they had become what they were
	set        *facets.Set
	log        []listChange // what happened to the list, oldest first
	loggedFrom uint64       // the log has everything after this tick
	changed    []int        // the groups that are not what they were; nil if all have to be told

	mu    sync.Mutex
	built map[string]liveEvent // events of the present
}

type listChange struct {
	seq uint64
	facets.Difference
}

// key is what a search's answers depend on: colleagues share one, unless
// it asks for their own work.
func (l *liveSearch) key(columns string) string {
	by := l.count.Principal
	if !namesPeople(l.count.Selection) {
		by.Account = ""
	}
	q := url.Values{
		"by": {string(by.Role), by.Organisation, by.Account}, "selection": {l.count.Selection.String()}, "group": l.count.GroupBy,
		"page": {l.count.Sort, l.count.Search, fmt.Sprint(l.count.Limit), fmt.Sprint(l.count.Offset)},
	}
	if l.rows != nil {
		q.Set("columns", columns)
		if l.rows.Bucket != nil {
			q.Set("bucket", l.rows.Bucket.String())
		}
		for name, value := range l.rows.Group {
			q.Set(groupPrefix+name, value)
		}
	}
	return "search?" + q.Encode()
}

func (l *liveSearch) concerned(t *tick) bool {
	return t.everything || t.touched[scopeOf(l.count.Principal)]
}

func (l *liveSearch) evaluate(t *tick) (changed bool, err error) {
	count := l.count
	count.Now = t.now
	counts, err := t.snapshot.Count(count)
	if err != nil {
		return false, err
	}
	if l.counts == nil || l.stale != t.snapshot.Stale() || !sameCounts(l.counts, counts) {
		l.changed = changedGroups(l.counts, counts)
		l.before, l.counted = l.counted, t.seq
		changed = true
	}
	l.counts, l.stale = counts, t.snapshot.Stale()
	if l.rows != nil {
		moved, err := l.list(t)
		if err != nil {
			return false, err
		}
		changed = changed || moved
	}
	if changed {
		clear(l.built)
	}
	return changed, nil
}

// list finds out what has happened to the list.
func (l *liveSearch) list(t *tick) (changed bool, err error) {
	rows := *l.rows
	rows.Now = t.now
	set, err := t.snapshot.Select(rows)
	if err != nil {
		return false, err
	}
	// The rows themselves are not kept from being forgotten.
	before := l.set
	l.set = set.WithoutRows()
	if before == nil {
		l.loggedFrom = t.seq
		return true, nil
	}
	d := set.Since(before, t.changes, maxLiveRows)
	if d.None() {
		return false, nil
	}
	l.log = append(l.log, listChange{t.seq, d})
	if len(l.log) > keptDifferences {
		l.loggedFrom = l.log[0].seq
		l.log = slices.Delete(l.log, 0, 1)
	}
	return true, nil
}

func sameCounts(a, b *facets.Counts) bool {
	return a.Tally == b.Tally && a.GroupsTotal == b.GroupsTotal && a.NearMiss == b.NearMiss && slices.Equal(a.Warnings, b.Warnings) &&
		slices.EqualFunc(a.Groups, b.Groups, func(x, y facets.Group) bool { return x.Tally == y.Tally && sameKey(x, y) })
}

func sameKey(a, b facets.Group) bool {
	return slices.EqualFunc(a.Key, b.Key, func(x, y *string) bool { return x == y || x != nil && y != nil && *x == *y })
}

// changedGroups lists which groups have other numbers, if the groups are the
// same in the same order and telling of those alone is shorter; nil otherwise.
func changedGroups(before, after *facets.Counts) []int {
	if before == nil || len(after.Groups) < minPartly || len(before.Groups) != len(after.Groups) {
		return nil
	}
	changed := []int{}
	for i := range after.Groups {
		if !sameKey(before.Groups[i], after.Groups[i]) {
			return nil
		}
		if before.Groups[i].Tally != after.Groups[i].Tally {
			changed = append(changed, i)
		}
	}
	if 2*len(changed) > len(after.Groups) {
		return nil
	}
	return changed
}

func (l *liveSearch) events(at *tick, since uint64, whole, again bool) (events []liveEvent, err error) {
	if whole || l.counted > since {
		partly := !whole && l.changed != nil && since >= l.before
		e, err := l.made(fmt.Sprint("counts ", partly), func() (liveEvent, error) {
			if partly {
				return newLiveEvent("counts-changed", l.countsChanged(at))
			}
			q := l.count
			q.Now = at.now
			return newLiveEvent("counts", bucketsOf(at.snapshot, q, l.counts))
		})
		if err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	if l.rows == nil || whole && !again {
		return events, nil
	}
	first, _ := slices.BinarySearchFunc(l.log, since+1, func(c listChange, seq uint64) int {
		if c.seq < seq {
			return -1
		}
		return 1
	})
	if first == len(l.log) && !whole {
		return events, nil
	}
	d := facets.Difference{Many: true}
	if !whole && since >= l.loggedFrom {
		d = together(l.log[first:])
	}
	e, err := l.made(fmt.Sprint("rows ", first, d.Many), func() (liveEvent, error) { return l.rowsEvent(at, d) })
	return append(events, e), err
}

// made returns an event of the present, which whoever watches shares.
func (l *liveSearch) made(name string, build func() (liveEvent, error)) (liveEvent, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e, has := l.built[name]; has {
		return e, nil
	}
	e, err := build()
	if err == nil {
		l.built[name] = e
	}
	return e, err
}

// together returns what several changes come to.
func together(log []listChange) facets.Difference {
	const entered, changed, left = 1, 2, 3
	what := map[string]int{}
	for _, c := range log {
		if c.Many {
			return facets.Difference{Many: true}
		}
		for _, id := range c.Entered {
			if what[id] == left {
				what[id] = changed
			} else {
				what[id] = entered
			}
		}
		for _, id := range c.Changed {
			if _, had := what[id]; !had {
				what[id] = changed
			}
		}
		for _, id := range c.Left {
			if what[id] == entered {
				delete(what, id)
			} else {
				what[id] = left
			}
		}
	}
	var d facets.Difference
	for id, is := range what {
		switch is {
		case entered:
			d.Entered = append(d.Entered, id)
		case changed:
			d.Changed = append(d.Changed, id)
		default:
			d.Left = append(d.Left, id)
		}
	}
	if len(what) > maxLiveRows {
		return facets.Difference{Many: true}
	}
	return d
}

type countsChanged struct {
	standing
	Now         time.Time       `json:"now"`
	Matched     int             `json:"matched"`
	Buckets     bucketCounts    `json:"buckets"`
	Groups      []changedGroup  `json:"groups"`
	GroupsTotal int             `json:"groups_total"`
	NearMiss    bool            `json:"near_miss"`
	Warnings    []warningAnswer `json:"warnings"`
}

type changedGroup struct {
	At int `json:"at"`
	groupAnswer
}

func (l *liveSearch) countsChanged(at *tick) countsChanged {
	c := countsChanged{
		standing: snapshotStanding(at.snapshot), Now: at.now, Matched: l.counts.Matched, Buckets: bucketCountsOf(l.counts.Tally),
		Groups: make([]changedGroup, len(l.changed)), GroupsTotal: l.counts.GroupsTotal, NearMiss: l.counts.NearMiss, Warnings: warningAnswers(l.counts.Warnings),
	}
	for i, n := range l.changed {
		c.Groups[i] = changedGroup{n, groupOf(l.count.GroupBy, l.counts.Groups[n])}
	}
	return c
}

type liveRows struct {
	standing
	Now     time.Time        `json:"now"`
	Total   int              `json:"total"`
	Rows    []map[string]any `json:"rows"`
	Entered []string         `json:"entered"`
	Left    []string         `json:"left"`
	Again   bool             `json:"again"`
}

// rowsEvent tells of a list's changes: the rows that are in it and not what
// they were, or new, and the ids of those that are not in it any more.
func (l *liveSearch) rowsEvent(at *tick, d facets.Difference) (liveEvent, error) {
	a := liveRows{standing: snapshotStanding(at.snapshot), Now: at.now, Total: l.set.Len(), Rows: []map[string]any{}, Again: d.Many}
	slices.Sort(d.Entered)
	slices.Sort(d.Left)
	a.Entered, a.Left = list(d.Entered), list(d.Left)
	if ids := slices.Concat(d.Entered, d.Changed); len(ids) > 0 {
		q := *l.rows
		q.IDs, q.Now = ids, at.now
		q.Sort = []facets.SortKey{{Column: "request_id"}}
		rows, err := at.snapshot.Rows(q)
		if err != nil {
			return liveEvent{}, err
		}
		for i := range rows.Rows {
			a.Rows = append(a.Rows, rowAnswer(&rows.Rows[i], l.columns))
		}
	}
	return newLiveEvent("rows", a)
}

// searchOf reads a search that is to be watched.
func (x *exchange) searchOf() (l *liveSearch, key string, err error) {
	l = &liveSearch{built: map[string]liveEvent{}}
	if l.count, err = x.countQuery(); err != nil {
		return nil, "", err
	}
	rows, err := rowsOf(x.by, x.query)
	if err != nil {
		return nil, "", err
	}
	names, _ := x.parameter("columns")
	if l.columns, err = facets.ParseColumns(names); err != nil {
		return nil, "", err
	}
	switch v, given := x.parameter("rows"); {
	case !given || v == "true":
		l.rows = &rows
	case v != "false":
		return nil, "", domain.Invalid("rows", fmt.Sprintf("rows is true or false, not %q", v), "true", "false")
	case rows.Bucket != nil || rows.Group != nil:
		return nil, "", domain.Invalid("rows", "bucket and group.<name> select rows; leave out rows=false, or them")
	}
	var shown []string
	for _, c := range l.columns {
		shown = append(shown, c.Name)
	}
	return l, l.key(strings.Join(shown, ",")), nil
}
