package figures

import (
	"slices"
	"time"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// State is what the figures need of a source request: the request as far as
// its status, parties and groups go, and its deliveries in the order in which
// they were completed. It is a value: folding never changes the slices of an
// earlier one. Its JSON is kept in read models.
type State struct {
	Request    sourcerequest.State `json:"request"`
	Deliveries []Delivery          `json:"deliveries,omitempty"`
}

// Delivery is a completed delivery and what became of it. Instants are Unix ms.
type Delivery struct {
	ID      string      `json:"id"`              // "" if it came before the portal did
	Partner string      `json:"partner"`         // organisation id of the assignee at that moment, "" if there was none
	Maker   string      `json:"maker,omitempty"` // organisation id of the sub-assignee that made it
	Unknown bool        `json:"unknown,omitempty"`
	First   bool        `json:"first,omitempty"` // of its request
	At      int64       `json:"at"`              // when it was completed; of an unknown one when it was imported
	DueDate domain.Date `json:"dueDate"`         // in force at that moment
	Files   int         `json:"files,omitempty"` // 0 if it came before the portal did

	Inspection sourcerequest.Verdict `json:"inspection,omitempty"` // "" if it came before the portal did

	SentBack int64                         `json:"sentBack,omitempty"` // when a redelivery was asked for, 0 if none is
	Cause    sourcerequest.Cause           `json:"cause,omitempty"`
	Scope    sourcerequest.RedeliveryScope `json:"scope,omitempty"`
	Blocker  int64                         `json:"blocker,omitempty"` // since when it is sent back with a blocker, 0 if it is not
	Wait     Wait                          `json:"wait,omitzero"`
}

// Wait is the time that a blocker waits for its redelivery. It runs while the
// partner that delivered can redeliver: while the request is neither cancelled
// nor somebody else's.
type Wait struct {
	Running     bool  `json:"running,omitempty"`
	Since       int64 `json:"since,omitempty"`       // while it runs: when it would have begun without a break, Unix ms
	Elapsed     int64 `json:"elapsed,omitempty"`     // while it does not run: ms
	Redelivered bool  `json:"redelivered,omitempty"` // it ended with a redelivery of the same partner's
}

// run lets the wait run or stand still from an instant on.
func (w Wait) run(running bool, at int64) Wait {
	switch {
	case running == w.Running:
	case running:
		w.Running, w.Since, w.Elapsed = true, at-w.Elapsed, 0
	default:
		w.Running, w.Since, w.Elapsed = false, 0, at-w.Since
	}
	return w
}

// At returns how long the wait has lasted at an instant.
func (w Wait) At(now time.Time) time.Duration {
	ms := w.Elapsed
	if w.Running {
		ms = now.UnixMilli() - w.Since
	}
	return time.Duration(ms) * time.Millisecond
}

// Fold folds recorded events into the state, as sourcerequest.Fold does.
func Fold(s State, events ...domain.Recorded) State {
	for i := range events {
		if e, ok := events[i].Event.(sourcerequest.Event); ok {
			s = Evolve(s, e, events[i].Occurrence())
		}
	}
	return s
}

// Evolve folds one event into the state. It is total, as sourcerequest.Evolve
// is, by whose rules the status of the request goes.
func Evolve(s State, e sourcerequest.Event, o domain.Occurrence) State {
	e, ok := bearing(e)
	if _, opens := e.(sourcerequest.Opened); !ok || opens == s.Request.Exists() {
		return s
	}
	before, at := s.Request, o.At.UnixMilli()
	s.Request = sourcerequest.Evolve(before, e, o)
	s.Deliveries = slices.Clone(s.Deliveries)
	switch e := e.(type) {
	case sourcerequest.Opened:
		if s.Request.WasDelivered {
			s.Deliveries = append(s.Deliveries, Delivery{Partner: e.FulfillmentPartner, Unknown: true, First: true, At: at, DueDate: e.DueDate})
		}
	case sourcerequest.DeliveryCompleted:
		if started, open := openDelivery(before, e.DeliveryID); open {
			s.complete(started, before, at)
		}
	}
	s.settle(at)
	return s
}

// DependOn reports whether an event can change a state.
func DependOn(e sourcerequest.Event) bool {
	_, ok := bearing(e)
	return ok
}

// openDelivery returns a delivery that is not complete.
func openDelivery(r sourcerequest.State, id string) (d sourcerequest.Delivery, open bool) {
	i := slices.IndexFunc(r.Deliveries, func(d sourcerequest.Delivery) bool { return d.ID == id })
	if i < 0 || !r.Deliveries[i].CompletedAt.IsZero() {
		return d, false
	}
	return r.Deliveries[i], true
}

// complete adds a delivery, and ends the wait for it.
func (s *State) complete(started sourcerequest.Delivery, before sourcerequest.State, at int64) {
	if d := s.delivery(before.LatestDelivery); d != nil && d.Wait.Running {
		d.Wait = d.Wait.run(false, at)
		d.Wait.Redelivered = true
	}
	d := Delivery{ID: started.ID, Partner: before.FulfillmentPartner, First: len(s.Deliveries) == 0, At: at, DueDate: before.DueDate, Files: len(started.Files)}
	if by := started.StartedBy; by.Role == domain.RoleFulfillmentPartner && by.Organisation != d.Partner && slices.Contains(before.Helpers, by.Organisation) {
		d.Maker = by.Organisation
	}
	s.Deliveries = append(s.Deliveries, d)
}

// settle brings what became of the deliveries up to what the request says.
func (s *State) settle(at int64) {
	r := &s.Request
	asked := r.Status == sourcerequest.StatusRedeliveryRequested
	latest := s.delivery(r.LatestDelivery)
	for i := range s.Deliveries {
		d := &s.Deliveries[i]
		if of, known := r.Delivery(d.ID); known {
			d.Inspection = of.Verdict()
		}
		if d == latest {
			switch {
			case asked && d.SentBack == 0 && r.Redelivery != nil:
				d.SentBack, d.Cause, d.Scope = r.Redelivery.RequestedAt.UnixMilli(), r.Redelivery.Cause, r.Redelivery.Scope
			case r.Status == sourcerequest.StatusDelivered || r.Status == sourcerequest.StatusProcessed:
				d.SentBack, d.Cause, d.Scope, d.Blocker, d.Wait = 0, "", "", 0, Wait{}
			}
			if d.SentBack != 0 && d.Blocker == 0 && hasBlocker(r, d.ID) {
				d.Blocker = at
			}
		}
		runs := d == latest && d.Blocker != 0 && asked && r.FulfillmentPartner == d.Partner
		d.Wait = d.Wait.run(runs, at)
	}
}

// delivery returns the delivery with an id, nil if there is none.
func (s *State) delivery(id string) *Delivery {
	for i := range s.Deliveries {
		if s.Deliveries[i].ID == id {
			return &s.Deliveries[i]
		}
	}
	return nil
}

func hasBlocker(r *sourcerequest.State, delivery string) bool {
	return slices.ContainsFunc(r.QualityControls, func(qc sourcerequest.QualityControl) bool {
		return qc.DeliveryID == delivery && slices.ContainsFunc(qc.Issues, func(i sourcerequest.IssueState) bool { return i.Severity == sourcerequest.SeverityBlocker })
	})
}

// bearing returns what of an event the figures depend on, so that the state
// stays small; ok is false if they do not depend on it at all.
func bearing(e sourcerequest.Event) (of sourcerequest.Event, ok bool) {
	switch e := e.(type) {
	case sourcerequest.Opened:
		return sourcerequest.Opened{
			ContentPartner: e.ContentPartner, FulfillmentPartner: e.FulfillmentPartner, SourceType: e.SourceType, ServiceType: e.ServiceType,
			Language: e.Language, DueDate: e.DueDate, Status: e.Status,
		}, true
	case sourcerequest.FieldsEdited:
		return sourcerequest.FieldsEdited{ContentPartner: e.ContentPartner, SourceType: e.SourceType, ServiceType: e.ServiceType, Language: e.Language, DueDate: e.DueDate}, true
	case sourcerequest.DeliveryStarted:
		return sourcerequest.DeliveryStarted{DeliveryID: e.DeliveryID, Files: make([]sourcerequest.DeclaredFile, len(e.Files))}, true
	case sourcerequest.DeliveryInspected:
		of := sourcerequest.DeliveryInspected{DeliveryID: e.DeliveryID}
		for _, f := range e.Findings {
			of.Findings = append(of.Findings, sourcerequest.Finding{ID: f.ID})
		}
		return of, true
	case sourcerequest.FindingOverridden:
		return sourcerequest.FindingOverridden{DeliveryID: e.DeliveryID, FindingID: e.FindingID}, true
	case sourcerequest.QualityControlRecorded:
		of := sourcerequest.QualityControlRecorded{ResultID: e.ResultID, DeliveryID: e.DeliveryID, Passed: e.Passed}
		for _, i := range e.Issues {
			of.Issues = append(of.Issues, sourcerequest.Issue{ID: i.ID, Severity: i.Severity})
		}
		return of, true
	case sourcerequest.QCIssueAnswered:
		return sourcerequest.QCIssueAnswered{IssueID: e.IssueID, Answer: e.Answer}, true
	case sourcerequest.RedeliveryRequested:
		return sourcerequest.RedeliveryRequested{Scope: e.Scope, Cause: e.Cause}, true
	case sourcerequest.Cancelled:
		return sourcerequest.Cancelled{}, true
	case sourcerequest.Reinstated:
		return sourcerequest.Reinstated{}, true
	case sourcerequest.Assigned, sourcerequest.SubAssigned, sourcerequest.DeliveryCompleted, sourcerequest.Upgraded:
		return e, true
	}
	return nil, false
}
