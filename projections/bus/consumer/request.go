package main

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	cloudevents "github.com/cloudevents/sdk-go/v2/event"
)

// request is what this consumer wants to know of a source request, and what it
// takes to know it.
type request struct {
	Revision     int32  // of the last event
	Status       string // "" if the request was opened before the stream begins
	BeforeCancel string
	Delivery     string              // the latest one
	Findings     map[string][]string // by inspected delivery: those that nobody has overridden
	Failed       []string            // deliveries that quality control wants again
	Issues       map[string]string   // QC issue to delivery
	Inspection   bool                // inspection asked for the redelivery
}

// fold applies an event. Kinds that say nothing of the status, and kinds that
// are new, are passed over.
func (r *request) fold(e cloudevents.Event) error {
	var data struct {
		Status     string `json:"status"`
		DeliveryID string `json:"delivery_id"`
		FindingID  string `json:"finding_id"`
		IssueID    string `json:"issue_id"`
		Answer     string `json:"answer"`
		Cause      string `json:"cause"`
		Passed     bool   `json:"passed"`
		Findings   []struct{ ID string }
		Issues     []struct{ ID string }
	}
	if err := e.DataAs(&data); err != nil {
		return err
	}
	switch kind := strings.TrimPrefix(e.Type(), "backlot.source_request."); kind {
	case "opened.v1":
		r.Status = data.Status
	case "delivery_completed.v1":
		r.Status, r.Delivery = "Delivered", data.DeliveryID
	case "delivery_inspected.v1":
		stand := []string{}
		for _, f := range data.Findings {
			stand = append(stand, f.ID)
		}
		r.Findings = with(r.Findings, data.DeliveryID, stand)
		r.processedIfClean(data.DeliveryID)
	case "finding_overridden.v1":
		stand := slices.DeleteFunc(slices.Clone(r.Findings[data.DeliveryID]), func(id string) bool { return id == data.FindingID })
		r.Findings = with(r.Findings, data.DeliveryID, stand)
		r.processedIfClean(data.DeliveryID)
	case "quality_control_recorded.v1":
		if !data.Passed {
			r.Failed = append(r.Failed, data.DeliveryID)
		}
		for _, i := range data.Issues {
			r.Issues = with(r.Issues, i.ID, data.DeliveryID)
		}
	case "qc_issue_answered.v1":
		if data.Answer == "Will Fix" {
			r.Failed = append(r.Failed, r.Issues[data.IssueID])
		}
	case "redelivery_requested.v1":
		r.Status, r.Inspection = "Redelivery Requested", data.Cause == "Inspection"
	case "cancelled.v1":
		r.Status, r.BeforeCancel = "Cancelled", r.Status
	case "reinstated.v1":
		r.Status, r.BeforeCancel = cmp.Or(r.BeforeCancel, "Open"), ""
	case "upgraded.v1":
		r.Status = "Upgraded"
	}
	return nil
}

// processedIfClean makes the request Processed when no finding of its latest
// delivery stands, unless somebody else than inspection wants it again.
func (r *request) processedIfClean(delivery string) {
	stand, inspected := r.Findings[delivery]
	wanted := r.Status == "Redelivery Requested" && (!r.Inspection || slices.Contains(r.Failed, delivery))
	if delivery == r.Delivery && inspected && len(stand) == 0 && !wanted && (r.Status == "Delivered" || r.Status == "Redelivery Requested") {
		r.Status = "Processed"
	}
}

// with returns a copy of a map with one more entry.
func with[V any](m map[string]V, key string, value V) map[string]V {
	m = maps.Clone(m)
	if m == nil {
		m = map[string]V{}
	}
	m[key] = value
	return m
}
