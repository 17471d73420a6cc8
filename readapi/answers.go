package readapi

import (
	"slices"
	"time"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/readapi/words"
)

// The types in this file and their JSON are those of openapi.yaml.

type partnerAnswer struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type actorAnswer struct {
	Account      string         `json:"account"`
	Name         *string        `json:"name"`
	Role         domain.Role    `json:"role"`
	Organisation *partnerAnswer `json:"organisation"`
}

type requestAnswer struct {
	RequestID                  string                       `json:"request_id"`
	PackageID                  string                       `json:"package_id"`
	MovieID                    string                       `json:"movie_id"`
	Title                      string                       `json:"title"`
	MovieType                  sourcerequest.MovieType      `json:"movie_type"`
	IsOriginal                 bool                         `json:"is_original"`
	ContentPartner             *partnerAnswer               `json:"content_partner"`
	FulfillmentPartner         *partnerAnswer               `json:"fulfillment_partner"`
	SubAssignee                *partnerAnswer               `json:"sub_assignee"`
	Responsible                *personAnswer                `json:"responsible"`
	SubResponsible             *personAnswer                `json:"sub_responsible"`
	SourceType                 sourcerequest.SourceType     `json:"source_type"`
	ServiceType                sourcerequest.ServiceType    `json:"service_type"`
	Language                   string                       `json:"language"`
	Countries                  []string                     `json:"countries"`
	DueDate                    domain.Date                  `json:"due_date"`
	EstimatedDeliveryDate      domain.Date                  `json:"estimated_delivery_date"`
	EstimatedDeliveryDateMoved bool                         `json:"estimated_delivery_date_moved"`
	Status                     sourcerequest.Status         `json:"status"`
	StatusBeforeCancel         *string                      `json:"status_before_cancel"`
	MaterialStatus             sourcerequest.MaterialStatus `json:"material_status"`
	Issues                     []string                     `json:"issues"`
	Redelivery                 *redeliveryAnswer            `json:"redelivery"`
	Upgrades                   *string                      `json:"upgrades"`
	UpgradedTo                 *string                      `json:"upgraded_to"`
	OpenedAt                   time.Time                    `json:"opened_at"`
	UpdatedAt                  time.Time                    `json:"updated_at"`
	ETag                       string                       `json:"etag"`
}

type redeliveryAnswer struct {
	Scope       sourcerequest.RedeliveryScope `json:"scope"`
	Cause       sourcerequest.Cause           `json:"cause"`
	Reasons     []string                      `json:"reasons"`
	RequestedAt time.Time                     `json:"requested_at"`
}

type ruleAnswer struct {
	Key    string `json:"key"`
	Label  string `json:"label"`
	Bucket string `json:"bucket"`
}

type countsAnswer struct {
	Deliveries      int `json:"deliveries"`
	QualityControls int `json:"quality_controls"`
	Comments        int `json:"comments"`
	Materials       int `json:"materials"`
}

// list makes nil an empty list: in JSON a list is never null.
func list[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}

// orNull makes the zero value null.
func orNull[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

func timeOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = instant(t)
	return &t
}

func bucketKeys(set sourcerequest.Buckets) []string {
	keys := []string{}
	for b := range sourcerequest.Bucket(sourcerequest.BucketCount) {
		if set.Has(b) {
			keys = append(keys, b.String())
		}
	}
	return keys
}

func ruleAnswers(rules []sourcerequest.Rule, w *words.Words) []ruleAnswer {
	out := make([]ruleAnswer, len(rules))
	for i, r := range rules {
		out[i] = ruleAnswer{Key: r.String(), Label: w.Rule(r.String()), Bucket: r.Bucket().String()}
	}
	return out
}

// judged returns a request's buckets at an instant and the rules behind them.
func (v view) judged(state sourcerequest.State, now time.Time) ([]string, []ruleAnswer) {
	facts := state.Facts()
	set := sourcerequest.BucketsAt(facts.Open, facts.UsableMaterials, v.Policy.Instants(facts), now.UnixMilli())
	return bucketKeys(set), ruleAnswers(v.Policy.Why(facts, now.UnixMilli()), v.words)
}

// without returns the items for which hidden is false.
func without[T any](items []T, hidden func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(items), hidden)
}
