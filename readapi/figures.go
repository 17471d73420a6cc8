package readapi

import (
	"context"
	"encoding/csv"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"time"

	"backlot/domain"
	"backlot/domain/figures"
	"backlot/readapi/deliveries"
	"backlot/readapi/export"
	"backlot/readapi/facets"
)

// figureParameters are what selects deliveries.
var figureParameters = []string{"fulfillment_partner", "content_partner", "source_type", "service_type", "language", "as", "from", "to", "now", "after"}

type targetAnswer struct {
	Share   float64 `json:"share"`
	AtLeast bool    `json:"at_least"`
}

type figureAnswer struct {
	Figure      string       `json:"figure"`
	Label       string       `json:"label"`
	Numerator   int          `json:"numerator"`
	Denominator int          `json:"denominator"`
	Share       *float64     `json:"share"`
	Target      targetAnswer `json:"target"`
	Met         *bool        `json:"met"`
	Unknown     int          `json:"unknown"`
	Waiting     int          `json:"waiting"`
	Time        *timeAnswer  `json:"time"`
}

// timeAnswer is of the time that redeliveries took, in seconds.
type timeAnswer struct {
	Limit  int64  `json:"limit"`
	Median *int64 `json:"median"`
	P90    *int64 `json:"p90"`
}

func figureAnswers(m *deliveries.Measures) []figureAnswer {
	out := make([]figureAnswer, len(m))
	for i := range m {
		f, tally := figures.Figure(i), m[i].Tally
		target := f.Target()
		a := figureAnswer{
			Figure: f.String(), Label: f.Label(), Numerator: tally.Numerator, Denominator: tally.Denominator, Unknown: tally.Unknown, Waiting: tally.Waiting,
			Target: targetAnswer{Share: float64(target.PerMille) / 1000, AtLeast: target.AtLeast},
		}
		if tally.Denominator > 0 {
			share, met := float64(tally.Numerator)/float64(tally.Denominator), target.Met(tally)
			a.Share, a.Met = &share, &met
		}
		if f == figures.BlockerTime {
			a.Time = &timeAnswer{Limit: int64(figures.BlockerLimit.Seconds())}
			if took := m[i].Redelivered; len(took) > 0 {
				median, p90 := figures.Percentile(took, 50)/1000, figures.Percentile(took, 90)/1000
				a.Time.Median, a.Time.P90 = &median, &p90
			}
		}
		out[i] = a
	}
	return out
}

// figureQuery reads what selects deliveries for figures. Quality control has no figures:
// it judges what partners deliver, and not the partners.
func (s *server) figureQuery(x *exchange) (q deliveries.Query, err error) {
	if x.by.Role == domain.RoleQualityControl {
		return q, domain.Errorf(domain.CodeForbidden, "Partner figures are the partners' and the service's own business.")
	}
	return s.deliveryQuery(x)
}

// deliveryQuery reads what selects deliveries, whoever asks.
func (s *server) deliveryQuery(x *exchange) (q deliveries.Query, err error) {
	q.Principal, q.As = x.by, deliveries.AsAssignee
	if as, given := x.parameter("as"); given {
		if q.As, err = deliveries.ParseAs(as); err != nil {
			return q, err
		}
	}
	for name, day := range map[string]*domain.Date{"from": &q.From, "to": &q.To} {
		if v, given := x.parameter(name); given {
			if *day, err = domain.ParseDate(v); err != nil {
				return q, domain.Invalid(name, fmt.Sprintf("%s is a day like 2026-11-23 between 1971 and 2199, not %q", name, v))
			}
		}
	}
	for name, value := range map[string]**string{
		"fulfillment_partner": &q.FulfillmentPartner, "content_partner": &q.ContentPartner, "source_type": &q.SourceType, "service_type": &q.ServiceType, "language": &q.Language,
	} {
		if v, given := x.parameter(name); given {
			*value = &v
		}
	}
	q.Now, err = s.now(x)
	return q, err
}

// deliveriesNow returns the index of deliveries at or after the position that
// after= names, with the organisations known that far.
func (s *server) deliveriesNow(x *exchange) (*deliveries.Snapshot, error) {
	if err := s.awaitOrganisations(x); err != nil {
		return nil, err
	}
	if p, ok, _ := x.after(); ok {
		ctx, cancel := context.WithTimeout(x.r.Context(), s.AfterTimeout)
		defer cancel()
		if err := s.Deliveries.WaitFor(ctx, p); err != nil {
			return nil, err
		}
	}
	return s.Deliveries.Snapshot()
}

// periodAnswer is what answers say of the deliveries that they are about.
type periodAnswer struct {
	standing
	Now      time.Time       `json:"now"`
	From     domain.Date     `json:"from"`
	To       domain.Date     `json:"to"`
	Zone     string          `json:"zone"`
	As       deliveries.As   `json:"as"`
	Warnings []warningAnswer `json:"warnings"`
}

func (s *server) ofPeriod(q *deliveries.Query, snapshot *deliveries.Snapshot, warnings []deliveries.Warning) periodAnswer {
	a := periodAnswer{
		standing: standing{Position: snapshot.Position().String(), Stale: snapshot.Stale()}, Now: instant(q.Now), From: q.From, To: q.To,
		Zone: s.Policy.Zone.String(), As: q.As, Warnings: []warningAnswer{},
	}
	for _, w := range warnings {
		a.Warnings = append(a.Warnings, warningAnswer{Code: "unknown_value", Modifier: w.Parameter, Value: w.Value, Message: w.Message})
	}
	return a
}

type figureGroupAnswer struct {
	Key     map[string]*string `json:"key"`
	Figures []figureAnswer     `json:"figures"`
}

func (s *server) getPartnerFigures(x *exchange) error {
	q, err := s.figureQuery(x)
	if err != nil {
		return err
	}
	var by []string
	if group, given := x.parameter("group"); given && group != "" {
		if by, err = deliveries.ParseGroupBy(group); err != nil {
			return err
		}
	}
	limit, err := x.number("groups_limit", 1, maxGroups, defaultGroups)
	if err != nil {
		return err
	}
	offset, err := x.number("groups_offset", 0, maxOffset, 0)
	if err != nil {
		return err
	}
	snapshot, err := s.deliveriesNow(x)
	if err != nil {
		return err
	}
	measured, err := snapshot.Measure(q, by, offset, limit)
	if err != nil {
		return err
	}
	a := struct {
		periodAnswer
		Figures     []figureAnswer       `json:"figures"`
		Groups      *[]figureGroupAnswer `json:"groups,omitempty"`
		GroupsTotal *int                 `json:"groups_total,omitempty"`
	}{periodAnswer: s.ofPeriod(&q, snapshot, measured.Warnings), Figures: figureAnswers(&measured.Measures)}
	if by != nil {
		groups := make([]figureGroupAnswer, len(measured.Groups))
		for i := range measured.Groups {
			key := make(map[string]*string, len(by))
			for n, name := range by {
				key[name] = measured.Groups[i].Key[n]
			}
			groups[i] = figureGroupAnswer{Key: key, Figures: figureAnswers(&measured.Groups[i].Measures)}
		}
		a.Groups, a.GroupsTotal = &groups, &measured.GroupsTotal
	}
	return x.answer(http.StatusOK, a)
}

// deliveryRowAnswer is a delivery in the list behind a number.
type deliveryRowAnswer struct {
	RequestID      string         `json:"request_id"`
	Title          *string        `json:"title"`
	Delivery       int            `json:"delivery"`
	Counts         string         `json:"counts"`
	Partner        *partnerAnswer `json:"fulfillment_partner"`
	SubAssignee    *partnerAnswer `json:"sub_assignee"`
	ContentPartner *partnerAnswer `json:"content_partner"`
	SourceType     *string        `json:"source_type"`
	ServiceType    *string        `json:"service_type"`
	Language       *string        `json:"language"`
	DeliveredAt    *time.Time     `json:"delivered_at"`
	ImportedAt     *time.Time     `json:"imported_at"`
	First          bool           `json:"first"`
	DueDate        domain.Date    `json:"due_date"`
	OnTime         *bool          `json:"on_time"`
	SentBackAt     *time.Time     `json:"sent_back_at"`
	Cause          *string        `json:"cause"`
	Scope          *string        `json:"scope"`
	BlockerAt      *time.Time     `json:"blocker_at"`
	BlockerSeconds *int64         `json:"blocker_seconds"`
	BlockerWaits   bool           `json:"blocker_waits"`
	Redelivered    bool           `json:"blocker_redelivered"`
}

var partWords = [figures.PartCount]string{figures.PartNumerator: "numerator", figures.PartRemainder: "remainder", figures.PartWaiting: "waiting", figures.PartUnknown: "unknown"}

func deliveryRow(d *deliveries.Delivery, title string) deliveryRowAnswer {
	a := deliveryRowAnswer{
		RequestID: d.RequestID, Title: orNull(title), Delivery: d.Number, Counts: partWords[d.Part],
		Partner: listedPartner(d.Partner), SubAssignee: listedPartner(d.SubAssignee), ContentPartner: listedPartner(d.ContentPartner),
		SourceType: orNull(d.SourceType), ServiceType: orNull(d.ServiceType), Language: orNull(d.Language),
		First: d.First && !d.Unknown, DueDate: d.DueDate, OnTime: d.OnTime, SentBackAt: timeOrNull(d.SentBackAt), Cause: orNull(d.Cause), Scope: orNull(d.Scope),
		BlockerAt: timeOrNull(d.BlockerAt), BlockerWaits: d.BlockerWaits, Redelivered: d.Redelivered,
	}
	if d.Unknown {
		a.ImportedAt = timeOrNull(d.DeliveredAt)
	} else {
		a.DeliveredAt = timeOrNull(d.DeliveredAt)
	}
	if !d.BlockerAt.IsZero() {
		seconds := int64(d.BlockerWait.Seconds())
		a.BlockerSeconds = &seconds
	}
	return a
}

func listedPartner(p deliveries.Partner) *partnerAnswer { return rowPartner(facets.Partner(p)) }

// behind is what a list of the deliveries behind a number is of.
type behind struct {
	query    deliveries.Query
	figure   figures.Figure
	number   deliveries.Number
	snapshot *deliveries.Snapshot
	requests *facets.Snapshot // for what they are called
}

func (s *server) behind(x *exchange) (b behind, err error) {
	if b.query, err = s.figureQuery(x); err != nil {
		return b, err
	}
	if b.figure, err = figures.ParseFigure(x.variable("figure")); err != nil {
		return b, err
	}
	b.number = deliveries.Denominator
	if number, given := x.parameter("number"); given {
		if b.number, err = deliveries.ParseNumber(number); err != nil {
			return b, err
		}
	}
	return b, s.standingOf(x, &b)
}

// standingOf sets what a list is of.
func (s *server) standingOf(x *exchange, b *behind) (err error) {
	if b.snapshot, err = s.deliveriesNow(x); err != nil {
		return err
	}
	b.requests, err = s.snapshot(x)
	return err
}

// asked returns the page of the list that is asked for.
func (b *behind) asked(x *exchange) (*deliveries.List, map[string]string, error) {
	limit, err := x.number("limit", 1, maxRows, defaultRows)
	if err != nil {
		return nil, nil, err
	}
	cursor, given := x.parameter("cursor")
	if given && cursor == "" {
		return nil, nil, domain.Invalid("cursor", "the cursor is empty; use the next of an answer, or none")
	}
	return b.page(cursor, limit)
}

// page returns a page of the list, and the titles of its requests by their ids.
func (b *behind) page(cursor string, limit int) (*deliveries.List, map[string]string, error) {
	l, err := b.snapshot.List(b.query, b.figure, b.number, cursor, limit)
	if err != nil || len(l.Rows) == 0 {
		return l, nil, err
	}
	ids := make([]string, len(l.Rows))
	for i := range l.Rows {
		ids[i] = l.Rows[i].RequestID
	}
	found, err := b.requests.Rows(facets.RowQuery{Principal: b.query.Principal, IDs: ids, Now: b.query.Now})
	if err != nil {
		return nil, nil, err
	}
	titles := make(map[string]string, len(found.Rows))
	for i := range found.Rows {
		titles[found.Rows[i].RequestID] = found.Rows[i].Title
	}
	return l, titles, nil
}

func (s *server) listFigureRequests(x *exchange) error {
	b, err := s.behind(x)
	if err != nil {
		return err
	}
	l, titles, err := b.asked(x)
	if err != nil {
		return err
	}
	rows := make([]deliveryRowAnswer, len(l.Rows))
	for i := range l.Rows {
		rows[i] = deliveryRow(&l.Rows[i], titles[l.Rows[i].RequestID])
	}
	b.query.Now = l.Now
	return x.answer(http.StatusOK, struct {
		periodAnswer
		Figure string              `json:"figure"`
		Number deliveries.Number   `json:"number"`
		Total  int                 `json:"total"`
		Rows   []deliveryRowAnswer `json:"rows"`
		Next   *string             `json:"next"`
	}{s.ofPeriod(&b.query, b.snapshot, l.Warnings), b.figure.String(), b.number, l.Total, rows, orNull(l.Next)})
}

var figureColumns = []string{
	"request_id", "title", "delivery", "counts", "fulfillment_partner", "sub_assignee", "content_partner", "source_type", "service_type", "language",
	"delivered_at", "imported_at", "first", "due_date", "on_time", "sent_back_at", "cause", "scope", "blocker_at", "blocker_seconds", "blocker_waits", "blocker_redelivered",
}

// filePage is how many rows of a file are made at a time. Tests make it small.
var filePage = maxRows

func (s *server) exportFigureRequests(x *exchange) error {
	b, err := s.behind(x)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("backlot-%s-%s-%s.csv", b.figure, b.number, domain.DateOf(b.query.Now, s.Policy.Zone))
	return s.writeDeliveries(x, &b, name, figureColumns, func(d *deliveries.Delivery, title string) []string {
		row := deliveryRow(d, title)
		return row.record()
	})
}

// writeDeliveries writes the whole list as CSV, a page after the other.
func (s *server) writeDeliveries(x *exchange, b *behind, name string, columns []string, record func(d *deliveries.Delivery, title string) []string) error {
	l, titles, err := b.page("", filePage)
	if err != nil {
		return err
	}
	x.Header().Set("Content-Type", export.CSV.MediaType())
	x.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	x.WriteHeader(http.StatusOK)
	if x.r.Method == http.MethodHead {
		return nil
	}
	connection := http.NewResponseController(x)
	w, err := export.NewCSV(&hurriedWriter{x, connection})
	if err == nil {
		err = w.Write(columns)
	}
	for err == nil {
		for i := range l.Rows {
			if err = w.Write(record(&l.Rows[i], titles[l.Rows[i].RequestID])); err != nil {
				break
			}
		}
		if err != nil || l.Next == "" {
			break
		}
		if err = x.r.Context().Err(); err == nil {
			l, titles, err = b.page(l.Next, filePage)
		}
	}
	return s.endCSV(x, w, connection, err)
}

// endCSV ends a file. What went wrong after its first byte ends the
// connection, so that nobody takes a part for the whole.
func (s *server) endCSV(x *exchange, w *csv.Writer, connection *http.ResponseController, err error) error {
	if err == nil {
		w.Flush()
		err = w.Error()
	}
	_ = connection.SetWriteDeadline(time.Time{}) // the next request on it has all the time again
	if err != nil {
		s.Logger.Warn("an export was broken off", "request", x.id.String(), "error", err)
		panic(http.ErrAbortHandler)
	}
	return nil
}

// record returns the row as a line of a file, under figureColumns.
func (a *deliveryRowAnswer) record() []string {
	onTime, seconds := "", ""
	if a.OnTime != nil {
		onTime = cellYesNo(*a.OnTime)
	}
	if a.BlockerSeconds != nil {
		seconds = strconv.FormatInt(*a.BlockerSeconds, 10)
	}
	return []string{
		export.Guarded(a.RequestID), cellWord(a.Title), strconv.Itoa(a.Delivery), a.Counts, cellPartner(a.Partner), cellPartner(a.SubAssignee), cellPartner(a.ContentPartner),
		cellWord(a.SourceType), cellWord(a.ServiceType), cellWord(a.Language), cellTime(a.DeliveredAt), cellTime(a.ImportedAt), cellYesNo(a.First), a.DueDate.String(), onTime,
		cellTime(a.SentBackAt), cellWord(a.Cause), cellWord(a.Scope), cellTime(a.BlockerAt), seconds, cellYesNo(a.BlockerWaits), cellYesNo(a.Redelivered),
	}
}
