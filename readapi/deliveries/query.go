package deliveries

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"backlot/domain"
	"backlot/domain/figures"
	"backlot/domain/sourcerequest"
)

// As says in which part a fulfillment partner is looked at.
type As string

// The parts.
const (
	AsAssignee    As = "assignee"     // it answers for its deliveries
	AsSubAssignee As = "sub_assignee" // it made deliveries that the assignee answers for
)

// ParseAs finds a part; CodeInvalid otherwise.
func ParseAs(s string) (As, error) {
	switch as := As(s); as {
	case AsAssignee, AsSubAssignee:
		return as, nil
	}
	return "", domain.Invalid("as", fmt.Sprintf("as does not know %q", s), string(AsAssignee), string(AsSubAssignee))
}

// Query selects deliveries. Values are nil where anything goes; "" is no value.
// Partners are given by name or id, in any case.
type Query struct {
	Principal          domain.Principal
	As                 As          // default AsAssignee
	From, To           domain.Date // first and last day of the period, zero for open
	FulfillmentPartner *string     // in the part that As says
	ContentPartner     *string     // of the request now
	SourceType         *string
	ServiceType        *string
	Language           *string
	Inspection         *string   // verdict; "" is that of what came before the portal did
	Now                time.Time // decides which blockers are late
}

// row is a row's place.
type row struct {
	c *chunk
	i int
}

// filter leaves those of some rows of a chunk that it accepts, in their array.
type filter func(c *chunk, rows []uint16) []uint16

// where makes a filter of a column that is to have a value.
func where[T comparable](column func(*chunk) *[chunkRows]T, want T) filter {
	return func(c *chunk, rows []uint16) []uint16 {
		values, n := column(c), 0
		for _, i := range rows {
			rows[n] = i
			if values[i%chunkRows] == want {
				n++
			}
		}
		return rows[:n]
	}
}

// accepting makes a filter of a rule for each row.
func accepting(rule func(c *chunk, i uint16) bool) filter {
	return func(c *chunk, rows []uint16) []uint16 {
		n := 0
		for _, i := range rows {
			rows[n] = i
			if rule(c, i%chunkRows) {
				n++
			}
		}
		return rows[:n]
	}
}

// nobodys is the code of no value.
const nobodys = ^uint32(0)

// partnerOf is the column of the partner that a query looks at.
func (q *Query) partnerOf() func(*chunk) *codes {
	if q.As == AsSubAssignee {
		return func(c *chunk) *codes { return &c.maker }
	}
	return func(c *chunk) *codes { return &c.partner }
}

// scope returns the filter that leaves what the principal may see: the rules of
// sourcerequest.Visible over rows, and for fulfillment partners what is theirs.
func (s *Snapshot) scope(q *Query) filter {
	p, own := q.Principal, nobodys
	if p.Organisation != "" {
		own = s.partnerCode(p.Organisation)
	}
	made := accepting(func(c *chunk, i uint16) bool { return c.maker[i] != 0 })
	if q.As != AsSubAssignee {
		made = func(_ *chunk, rows []uint16) []uint16 { return rows }
	}
	switch p.Role {
	case domain.RoleOperator, domain.RoleAuditor, domain.RoleSystem, domain.RoleQualityControl: // which sees what was delivered
		return made
	case domain.RoleContentPartner:
		ownTitles := where(func(c *chunk) *codes { return &c.contentPartner }, own)
		return func(c *chunk, rows []uint16) []uint16 { return made(c, ownTitles(c, rows)) }
	case domain.RoleFulfillmentPartner:
		its := where(q.partnerOf(), own)
		still := accepting(func(c *chunk, i uint16) bool { return c.fulfillmentPartner[i] == own || c.subAssignee[i] == own })
		return func(c *chunk, rows []uint16) []uint16 { return still(c, its(c, rows)) }
	}
	return func(_ *chunk, rows []uint16) []uint16 { return rows[:0] }
}

// partnerCode returns the code of an organisation id.
func (s *Snapshot) partnerCode(id string) uint32 {
	if i := slices.Index(s.words.partners, id); i >= 0 {
		return uint32(i)
	}
	return nobodys
}

// partnerGiven returns the code of an organisation by name or id.
func (s *Snapshot) partnerGiven(given string) uint32 {
	given = strings.TrimSpace(given)
	if id, ok := s.names.Find(given); ok {
		return s.partnerCode(id)
	}
	return s.partnerCode(given)
}

// Warning is something in a query that its answer does not show.
type Warning struct {
	Parameter string
	Value     string
	Message   string
}

// wanted is a value that a query asks for.
type wanted struct {
	parameter, value string
	filter           filter
}

// wants compiles the query's values. An unknown one of a fixed vocabulary is
// CodeInvalid.
func (s *Snapshot) wants(q *Query) ([]wanted, error) {
	var all []wanted
	codesAre := func(parameter string, value *string, code func(string) uint32, column func(*chunk) *codes) {
		if value == nil {
			return
		}
		all = append(all, wanted{parameter, *value, where(column, code(*value))})
	}
	bytesAre := func(parameter string, value *string, code uint8, column func(*chunk) *bytes) {
		if value != nil {
			all = append(all, wanted{parameter, *value, where(column, code)})
		}
	}
	codesAre("fulfillment_partner", q.FulfillmentPartner, s.partnerGiven, q.partnerOf())
	codesAre("content_partner", q.ContentPartner, s.partnerGiven, func(c *chunk) *codes { return &c.contentPartner })
	codesAre("language", q.Language, func(v string) uint32 {
		same := func(l string) bool { return strings.EqualFold(l, strings.TrimSpace(v)) }
		if i := slices.IndexFunc(s.words.languages, same); i >= 0 {
			return uint32(i)
		}
		return nobodys
	}, func(c *chunk) *codes { return &c.language })
	sourceType, err := code(q.SourceType, sourcerequest.ParseSourceType, sourcerequest.SourceTypes())
	if err != nil {
		return nil, err
	}
	bytesAre("source_type", q.SourceType, sourceType, func(c *chunk) *bytes { return &c.sourceType })
	serviceType, err := code(q.ServiceType, sourcerequest.ParseServiceType, sourcerequest.ServiceTypes())
	if err != nil {
		return nil, err
	}
	bytesAre("service_type", q.ServiceType, serviceType, func(c *chunk) *bytes { return &c.serviceType })
	verdict, err := code(q.Inspection, sourcerequest.ParseVerdict, sourcerequest.Verdicts())
	if err != nil {
		return nil, err
	}
	bytesAre("inspection", q.Inspection, verdict, func(c *chunk) *bytes { return &c.inspection })
	return all, nil
}

func code[T ~string](value *string, parse func(string) (T, error), vocabulary []T) (uint8, error) {
	if value == nil || strings.TrimSpace(*value) == "" {
		return 0, nil
	}
	v, err := parse(*value)
	return uint8(slices.Index(vocabulary, v) + 1), err
}

// plan is a compiled query.
type plan struct {
	snapshot *Snapshot
	scope    filter
	wants    []wanted
	from, to domain.Date
	now      int64
}

const lastDay = domain.Date(1<<31 - 1)

func (s *Snapshot) plan(q *Query) (*plan, error) {
	if q.From != 0 && q.To != 0 && q.To < q.From {
		return nil, domain.Invalid("to", fmt.Sprintf("the period ends on %s, before it begins on %s", q.To, q.From))
	}
	wants, err := s.wants(q)
	if err != nil {
		return nil, err
	}
	return &plan{s, s.scope(q), wants, q.From, cmp.Or(q.To, lastDay), q.Now.UnixMilli()}, nil
}

// each calls f with the selected rows of each chunk that has something of the
// period, the latest chunk first; whether a row's day lies in it is for f to
// find out.
func (p *plan) each(f func(c *chunk, rows []uint16)) {
	var buffer [chunkRows]uint16
	for _, c := range slices.Backward(p.snapshot.chunks) {
		if c.lastDay < p.from || c.firstDay > p.to {
			continue
		}
		rows := buffer[:0]
		for i := range c.n {
			if c.number[i] != 0 { // a place that was written
				rows = append(rows, uint16(i))
			}
		}
		rows = p.scope(c, rows)
		for _, w := range p.wants {
			rows = w.filter(c, rows)
		}
		if len(rows) > 0 {
			f(c, rows)
		}
	}
}

func (p *plan) within(day domain.Date) bool { return day != 0 && p.from <= day && day <= p.to }

// dayIn is the day by which a row falls into a period of a figure.
func dayIn(f figures.Figure, r row) domain.Date {
	if f == figures.BlockerTime {
		return r.c.blockerDay[r.i]
	}
	return r.c.day[r.i]
}

// warnings names the values that no delivery in the principal's scope has, at
// any time: a value that does not exist is like one that it may not see.
func (p *plan) warnings() []Warning {
	var out []Warning
	for _, w := range p.wants {
		found := false
		(&plan{p.snapshot, p.scope, []wanted{w}, 0, lastDay, 0}).each(func(*chunk, []uint16) { found = true })
		if !found {
			out = append(out, Warning{w.parameter, w.value, fmt.Sprintf("no delivery that you can see has the %s %q", strings.ReplaceAll(w.parameter, "_", " "), w.value)})
		}
	}
	return out
}
