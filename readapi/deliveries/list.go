package deliveries

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"backlot/domain"
	"backlot/domain/figures"
	"backlot/domain/sourcerequest"
	"backlot/readmodel"
)

// Number is one of the numbers of a figure.
type Number string

// The numbers.
const (
	Numerator   Number = "numerator"
	Denominator Number = "denominator"
	Remainder   Number = "remainder" // what is in the denominator and not in the numerator
	Waiting     Number = "waiting"
	Unknown     Number = "unknown"
)

var numbers = map[Number][]figures.Part{
	Numerator: {figures.PartNumerator}, Denominator: {figures.PartNumerator, figures.PartRemainder}, Remainder: {figures.PartRemainder},
	Waiting: {figures.PartWaiting}, Unknown: {figures.PartUnknown},
}

// Numbers lists the numbers.
func Numbers() []string {
	return []string{string(Numerator), string(Denominator), string(Remainder), string(Waiting), string(Unknown)}
}

// ParseNumber finds a number; CodeInvalid otherwise.
func ParseNumber(s string) (Number, error) {
	if _, ok := numbers[Number(s)]; ok {
		return Number(s), nil
	}
	return "", domain.Invalid("number", fmt.Sprintf("a figure has no number %q", s), Numbers()...)
}

// Partner is an organisation; both are empty where there is none.
type Partner struct{ ID, Name string }

// Delivery is a delivery in a list.
type Delivery struct {
	RequestID      string
	Number         int // from 1, in the order in which the request's deliveries were completed
	Partner        Partner
	SubAssignee    Partner // that made it
	ContentPartner Partner
	SourceType     string
	ServiceType    string
	Language       string
	Unknown        bool // it came before the portal did; DeliveredAt is when it was imported
	First          bool
	DeliveredAt    time.Time
	DueDate        domain.Date
	OnTime         *bool // nil where it does not count
	SentBackAt     time.Time
	Cause          string
	Scope          string
	BlockerAt      time.Time
	BlockerWait    time.Duration // so far, or until it ended
	BlockerWaits   bool          // it goes on
	Redelivered    bool          // by the same partner; known of blockers only
	Files          int           // 0 if it came before the portal did
	Inspection     string        // verdict, likewise ""
	Part           figures.Part  // in the figure
}

// List is a page of the deliveries behind a number.
type List struct {
	Total    int
	Now      time.Time // the query's, or the cursor's
	Rows     []Delivery
	Next     string // cursor of the next page, "" on the last one
	Warnings []Warning
}

// candidate is a row that is to be listed, by what it is sorted by.
type candidate struct {
	at int64
	row
}

// before sorts by time, the latest first, then by request and number.
func (a candidate) before(b candidate) int {
	return cmp.Or(cmp.Compare(b.at, a.at), cmp.Compare(a.c.ids[a.i], b.c.ids[b.i]), cmp.Compare(a.c.number[a.i], b.c.number[b.i]))
}

// place is what a cursor holds: the place behind a row, and what it belongs to.
type place struct {
	Query  string `json:"q"`
	Now    int64  `json:"n"`
	At     int64  `json:"a"`
	ID     string `json:"i"`
	Number uint16 `json:"d"`
}

// before reports whether a candidate comes behind the place.
func (p *place) before(c candidate) bool {
	return cmp.Or(cmp.Compare(c.at, p.At), cmp.Compare(p.ID, c.c.ids[c.i]), cmp.Compare(p.Number, c.c.number[c.i])) < 0
}

// identity names what a cursor belongs to.
func (q *Query) identity(f figures.Figure, n Number) string {
	s := fmt.Sprintf("%s %s %s %d %d", f, n, q.As, q.From, q.To)
	for _, v := range []*string{q.FulfillmentPartner, q.ContentPartner, q.SourceType, q.ServiceType, q.Language, q.Inspection} {
		if v == nil {
			s += " -"
		} else {
			s += fmt.Sprintf(" %q", *v)
		}
	}
	return s
}

func parseCursor(cursor, identity string) (*place, error) {
	var c place
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	switch {
	case err != nil || c.ID == "":
		return nil, domain.Invalid("cursor", "this is not a cursor that an answer gave")
	case c.Query != identity:
		return nil, domain.Invalid("cursor", "the cursor belongs to another list; leave it out to begin anew")
	}
	return &c, nil
}

// List returns a page of the deliveries behind a number of a figure, the latest
// first: by when they were sent back with a blocker for BlockerTime, by when
// they were completed for all others. With a cursor the query's Now is that of
// the page before. The error is CodeInvalid.
func (s *Snapshot) List(q Query, f figures.Figure, n Number, cursor string, limit int) (*List, error) {
	var from *place
	if cursor != "" {
		var err error
		if from, err = parseCursor(cursor, q.identity(f, n)); err != nil {
			return nil, err
		}
		q.Now = time.UnixMilli(from.Now).UTC()
	}
	p, err := s.plan(&q)
	if err != nil {
		return nil, err
	}
	l := &List{Now: q.Now}
	var wanted [figures.PartCount]bool
	for _, part := range numbers[n] {
		wanted[part] = true
	}
	first := &firsts{limit: limit + 1} // one more tells whether there is a next page
	p.each(func(chunk *chunk, rows []uint16) {
		for _, i := range rows {
			r := row{chunk, int(i)}
			if !p.within(dayIn(f, r)) || !wanted[chunk.part(r.i, f, p.now)] {
				continue
			}
			l.Total++
			c := candidate{chunk.at[r.i], r}
			if f == figures.BlockerTime {
				c.at = chunk.blocker[r.i]
			}
			if from == nil || from.before(c) {
				first.offer(c)
			}
		}
	})
	page := first.sorted()
	if len(page) > limit {
		page = page[:limit]
		last := page[limit-1]
		b, err := json.Marshal(place{q.identity(f, n), p.now, last.at, last.c.ids[last.i], last.c.number[last.i]})
		if err != nil {
			return nil, err
		}
		l.Next = base64.RawURLEncoding.EncodeToString(b)
	}
	for _, c := range page {
		l.Rows = append(l.Rows, s.delivery(c.row, f, p.now))
	}
	if l.Total == 0 {
		l.Warnings = p.warnings()
	}
	return l, nil
}

// firsts keeps the first few of the candidates that it is offered.
type firsts struct {
	limit int
	kept  []candidate
	last  *candidate // the last of limit kept ones: what comes after it is not wanted
}

func (f *firsts) offer(c candidate) {
	if f.last != nil && c.before(*f.last) >= 0 {
		return
	}
	if f.kept = append(f.kept, c); len(f.kept) >= 2*f.limit {
		f.kept = f.sorted()
		last := f.kept[f.limit-1]
		f.last = &last
	}
}

func (f *firsts) sorted() []candidate {
	slices.SortFunc(f.kept, candidate.before)
	return f.kept[:min(f.limit, len(f.kept))]
}

// delivery returns a row as lists show it.
func (s *Snapshot) delivery(r row, f figures.Figure, now int64) Delivery {
	d := r.c.row(r.i)
	facts := d.Facts()
	out := Delivery{
		RequestID: d.ID, Number: int(d.Number), Partner: s.partner(d.Partner), SubAssignee: s.partner(d.Maker), ContentPartner: s.partner(d.ContentPartner),
		SourceType: labelOf(sourcerequest.SourceTypes(), d.SourceType), ServiceType: labelOf(sourcerequest.ServiceTypes(), d.ServiceType), Language: s.words.languages[d.Language],
		Files: int(d.Files), Inspection: labelOf(sourcerequest.Verdicts(), d.Inspection),
		Unknown: facts.Unknown, First: facts.First, DeliveredAt: instant(d.At), DueDate: d.DueDate, SentBackAt: instant(d.SentBack),
		Cause: labelOf(sourcerequest.Causes(), d.Cause), Scope: labelOf(sourcerequest.RedeliveryScopes(), d.Scope), BlockerAt: instant(d.Blocker),
		BlockerWaits: d.Flags.Has(readmodel.DeliveryWaits), Redelivered: facts.Wait.Redelivered, Part: r.c.part(r.i, f, now),
	}
	if facts.Blocker {
		out.BlockerWait = facts.Wait.At(time.UnixMilli(now))
	}
	switch facts.PartIn(figures.OnTimeRate, now) {
	case figures.PartNumerator, figures.PartRemainder:
		out.OnTime = &facts.OnTime
	}
	return out
}

func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func (s *Snapshot) partner(code uint32) Partner {
	if code == 0 {
		return Partner{}
	}
	id := s.words.partners[code]
	return Partner{ID: id, Name: s.names.Name(id)}
}
