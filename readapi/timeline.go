package readapi

import (
	"context"
	"net/http"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/readapi/facets"
	"backlot/readapi/words"
)

const (
	// defaultLanes, maxLanes are the requests of one timeline.
	defaultLanes, maxLanes = 200, 500
	// lanesAtOnce is how many streams one timeline reads side by side.
	lanesAtOnce = 8
)

type timelineAnswer struct {
	standing
	Now      time.Time       `json:"now"`
	Total    int             `json:"total"`
	Lanes    []laneAnswer    `json:"lanes"`
	NearMiss bool            `json:"near_miss"`
	Warnings []warningAnswer `json:"warnings"`
}

type laneAnswer struct {
	RequestID             string                       `json:"request_id"`
	PackageID             string                       `json:"package_id"`
	MovieID               string                       `json:"movie_id"`
	Title                 string                       `json:"title"`
	SourceType            sourcerequest.SourceType     `json:"source_type"`
	Language              string                       `json:"language"`
	FulfillmentPartner    *partnerAnswer               `json:"fulfillment_partner"`
	Status                sourcerequest.Status         `json:"status"`
	MaterialStatus        sourcerequest.MaterialStatus `json:"material_status"`
	DueDate               domain.Date                  `json:"due_date"`
	DueDatePasses         time.Time                    `json:"due_date_passes_at"`
	EstimatedDeliveryDate domain.Date                  `json:"estimated_delivery_date"`
	EstimatePasses        time.Time                    `json:"estimated_delivery_date_passes_at"`
	OpenedAt              time.Time                    `json:"opened_at"`
	Buckets               []string                     `json:"buckets"`
	Why                   []ruleAnswer                 `json:"why"`
	Spans                 []spanAnswer                 `json:"spans"`
	Marks                 []markAnswer                 `json:"marks"`
}

type spanAnswer struct {
	From    time.Time            `json:"from"`
	To      time.Time            `json:"to"`
	Status  sourcerequest.Status `json:"status"`
	Insight *string              `json:"insight"`
	Overdue bool                 `json:"overdue"`
}

type markAnswer struct {
	At      time.Time            `json:"at"`
	Kind    string               `json:"kind"`
	Summary string               `json:"summary"`
	Changes []changeAnswer       `json:"changes"`
	Status  sourcerequest.Status `json:"status"`
	Passed  *bool                `json:"passed"`
}

// getTimeline tells how each of the selected requests came to be where it is.
func (s *server) getTimeline(x *exchange) error {
	q := facets.RowQuery{Principal: x.by}
	var err error
	if q.Now, err = s.now(x); err != nil {
		return err
	}
	if q.Limit, err = x.number("limit", 1, maxLanes, defaultLanes); err != nil {
		return err
	}
	if q.Selection, err = x.selection(); err != nil {
		return err
	}
	if q.Sort, err = facets.ParseSort("package_id,source_type,language"); err != nil {
		return err
	}
	snapshot, err := s.snapshot(x)
	if err != nil {
		return err
	}
	rows, err := snapshot.Rows(q)
	if err != nil {
		return err
	}
	lanes := make([]*laneAnswer, len(rows.Rows))
	w := x.words()
	group, ctx := errgroup.WithContext(x.r.Context())
	group.SetLimit(lanesAtOnce)
	for i, row := range rows.Rows {
		group.Go(func() (err error) {
			lanes[i], err = s.lane(ctx, x.by, w, row.RequestID, q.Now)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	a := timelineAnswer{standing: snapshotStanding(snapshot), Now: q.Now, Total: rows.Total, Lanes: []laneAnswer{}, NearMiss: rows.NearMiss, Warnings: warningAnswers(rows.Warnings)}
	for _, l := range lanes {
		if l == nil {
			a.Total-- // taken out of the scope since the index was last written
			continue
		}
		a.Lanes = append(a.Lanes, *l)
	}
	return x.answer(http.StatusOK, a)
}

// lane tells of one request; nil if the principal may not see it.
func (s *server) lane(ctx context.Context, by domain.Principal, w *words.Words, id string, now time.Time) (*laneAnswer, error) {
	steps, err := s.steps(ctx, id)
	if err != nil || len(steps) == 0 {
		return nil, err
	}
	present := steps[len(steps)-1].after
	if !present.Exists() || !sourcerequest.Visible(by, present) {
		return nil, nil
	}
	v := view{server: s, by: by, id: id, state: present, words: w}
	l := &laneAnswer{
		RequestID: id, PackageID: present.PackageID, MovieID: present.MovieID, Title: present.Title,
		SourceType: present.SourceType, Language: present.Language, FulfillmentPartner: v.worker(present.FulfillmentPartner, present),
		Status: present.Status, MaterialStatus: present.MaterialStatus,
		DueDate: present.DueDate, DueDatePasses: s.passes(present.DueDate),
		EstimatedDeliveryDate: present.EstimatedDeliveryDate(), EstimatePasses: s.passes(present.EstimatedDeliveryDate()),
		OpenedAt: instant(present.OpenedAt), Spans: []spanAnswer{}, Marks: []markAnswer{},
	}
	l.Buckets, l.Why = v.judged(present, now)
	moments := make([]sourcerequest.Moment, len(steps))
	for i, p := range steps {
		moments[i] = sourcerequest.Moment{At: p.Metadata.OccurredAt, State: p.after}
		if !marked(p) || v.hidesStep(p) {
			continue
		}
		m, err := v.mark(ctx, p)
		if err != nil {
			return nil, err
		}
		l.Marks = append(l.Marks, m)
	}
	for _, span := range s.Policy.Spans(moments, now) {
		a := spanAnswer{From: span.From, To: span.To, Status: span.Status, Overdue: span.Overdue}
		if span.Insight != sourcerequest.BucketRequests {
			a.Insight = orNull(span.Insight.String())
		}
		l.Spans = append(l.Spans, a)
	}
	return l, nil
}

// passes returns the instant at which a day has passed.
func (s *server) passes(d domain.Date) time.Time { return instant((d + 1).Start(s.Policy.Zone)) }

// markedFields are those whose changes a timeline shows.
var markedFields = []string{"status", "due_date", "estimated_delivery_date", "material_status"}

// marked reports whether a step is one that a timeline shows: it is about the
// delivery, or changed what one plans by.
func marked(p step) bool {
	switch e := p.Event.(type) {
	case sourcerequest.Opened, sourcerequest.MaterialsProvided, sourcerequest.MaterialStatusChanged, sourcerequest.EstimatedDeliveryDateChanged,
		sourcerequest.DeliveryCompleted, sourcerequest.DeliveryInspected, sourcerequest.QualityControlRecorded, sourcerequest.RedeliveryRequested,
		sourcerequest.Cancelled, sourcerequest.Reinstated, sourcerequest.Upgraded:
		return true
	case sourcerequest.FieldsEdited:
		return e.DueDate != nil
	}
	return p.before.Status != p.after.Status
}

func (v view) mark(ctx context.Context, p step) (markAnswer, error) {
	e, err := v.entry(ctx, p)
	if err != nil {
		return markAnswer{}, err
	}
	m := markAnswer{At: e.At, Kind: e.Kind, Summary: e.Summary, Changes: []changeAnswer{}, Status: p.after.Status}
	if e.Kind != (sourcerequest.Opened{}).Kind() {
		m.Changes = slices.DeleteFunc(e.Changes, func(c changeAnswer) bool { return !slices.Contains(markedFields, c.Field) })
	}
	switch event := p.Event.(type) {
	case sourcerequest.QualityControlRecorded:
		m.Passed = &event.Passed
	case sourcerequest.DeliveryInspected:
		passed := len(event.Findings) == 0
		m.Passed = &passed
	}
	return m, nil
}
