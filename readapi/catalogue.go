package readapi

import (
	"net/http"
	"time"

	"backlot/domain/sourcerequest"
	"backlot/readapi/facets"
)

type modifierAnswer struct {
	Name      string      `json:"name"`
	Label     string      `json:"label"`
	Kind      facets.Kind `json:"kind"`
	Open      bool        `json:"open"`
	Values    []string    `json:"values"`
	Help      string      `json:"help"`
	Samples   []string    `json:"samples"`
	Groupable bool        `json:"groupable"`
}

type groupingAnswer struct {
	Name  string `json:"name"`
	Label string `json:"label"`
}

type columnAnswer struct {
	Name  string            `json:"name"`
	Label string            `json:"label"`
	Kind  facets.ColumnKind `json:"kind"`
}

type bucketAnswer struct {
	Key   string `json:"key"`
	Label string `json:"label"`
	Kind  string `json:"kind"`
	Help  string `json:"help"`
}

// thresholdsAnswer is what the policy says, for whoever explains the buckets.
type thresholdsAnswer struct {
	CriticalDays            int `json:"critical_days"`
	AtRiskDays              int `json:"at_risk_days"`
	RedeliveryDeadlineHours int `json:"redelivery_deadline_hours"`
}

type catalogueAnswer struct {
	Modifiers  []modifierAnswer `json:"modifiers"`
	Groupings  []groupingAnswer `json:"groupings"`
	Columns    []columnAnswer   `json:"columns"`
	Buckets    []bucketAnswer   `json:"buckets"`
	Thresholds thresholdsAnswer `json:"thresholds"`
}

// Kinds of bucket.
const (
	insight    = "insight"
	assetState = "asset_state"
)

var buckets = []bucketAnswer{
	{sourcerequest.BucketRequests.String(), "Requests", insight, "All open requests."},
	{sourcerequest.BucketCritical.String(), "Critical", insight, "Requests that need action now."},
	{sourcerequest.BucketAtRisk.String(), "At Risk", insight, "Requests that may become critical."},
	{sourcerequest.BucketOnTrack.String(), "On Track", insight, "Requests that are neither critical nor at risk."},
	{sourcerequest.BucketAwaitingMaterials.String(), "Awaiting Materials", assetState, "Work cannot begin: no usable materials are there."},
	{sourcerequest.BucketMaterialsAvailable.String(), "Materials Available", assetState, "Usable materials are there."},
	{sourcerequest.BucketOverdueUndelivered.String(), "Overdue Undelivered", assetState, "The due date has passed and nothing was delivered."},
}

func (s *server) listModifiers(x *exchange) error {
	a := catalogueAnswer{Modifiers: []modifierAnswer{}, Groupings: []groupingAnswer{}, Columns: []columnAnswer{}, Buckets: buckets}
	for _, m := range facets.Modifiers() {
		a.Modifiers = append(a.Modifiers, modifierAnswer{
			Name: m.Name, Label: m.Label, Kind: m.Kind, Open: m.Open, Values: list(m.Values), Help: m.Help, Samples: list(m.Samples), Groupable: m.Groupable,
		})
	}
	for _, g := range facets.Groupings() {
		a.Groupings = append(a.Groupings, groupingAnswer(g))
	}
	for _, c := range facets.Columns() {
		a.Columns = append(a.Columns, columnAnswer(c))
	}
	a.Thresholds = thresholdsAnswer{
		CriticalDays:            s.Policy.CriticalDays,
		AtRiskDays:              s.Policy.AtRiskDays,
		RedeliveryDeadlineHours: int(s.Policy.RedeliveryDeadline / time.Hour),
	}
	return x.answer(http.StatusOK, a)
}
