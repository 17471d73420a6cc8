package sourcerequest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"time"
	_ "time/tzdata" // a policy's zone has to be known on machines without a zone database

	"backlot/domain"
)

// Policy holds the thresholds and the zone by which requests fall into buckets.
type Policy struct {
	Zone               *time.Location
	CriticalDays       int           // Critical: EDD after the due date and this many days or fewer left; default 2
	AtRiskDays         int           // At Risk: no usable materials and this many days or fewer left; default 5
	RedeliveryDeadline time.Duration // Critical: a redelivery asked for longer ago than this; default 48 h
}

// DefaultPolicy returns the portal's policy in UTC.
func DefaultPolicy() Policy {
	return Policy{Zone: time.UTC, CriticalDays: 2, AtRiskDays: 5, RedeliveryDeadline: 48 * time.Hour}
}

type policyFile struct {
	Zone                    *string `json:"zone"`
	CriticalDays            *int    `json:"critical_days"`
	AtRiskDays              *int    `json:"at_risk_days"`
	RedeliveryDeadlineHours *int    `json:"redelivery_deadline_hours"`
}

// ReadPolicy reads a policy file: a JSON object with any of zone (an IANA
// name), critical_days, at_risk_days and redelivery_deadline_hours. What it
// leaves out has its default; what it cannot mean is CodeInvalid.
func ReadPolicy(r io.Reader) (Policy, error) {
	p := DefaultPolicy()
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	f := &policyFile{}
	err := d.Decode(&f)
	if err == nil && f == nil {
		err = errors.New("it is null")
	}
	if err == nil {
		if _, more := d.Token(); more != io.EOF {
			err = errors.New("something follows the object")
		}
	}
	if err != nil {
		return p, domain.Errorf(domain.CodeInvalid, "the policy file is not one JSON object with zone, critical_days, at_risk_days, redelivery_deadline_hours: %v", err)
	}
	if f.Zone != nil {
		zone, err := time.LoadLocation(*f.Zone)
		if err != nil || *f.Zone == "" || *f.Zone == "Local" {
			return p, domain.Invalid("zone", fmt.Sprintf("%q is not an IANA time zone; for example Europe/Berlin", *f.Zone))
		}
		p.Zone = zone
	}
	for _, n := range []struct {
		field string
		value *int
		set   func(int)
	}{
		{"critical_days", f.CriticalDays, func(n int) { p.CriticalDays = n }},
		{"at_risk_days", f.AtRiskDays, func(n int) { p.AtRiskDays = n }},
		{"redelivery_deadline_hours", f.RedeliveryDeadlineHours, func(n int) { p.RedeliveryDeadline = time.Duration(n) * time.Hour }},
	} {
		if n.value == nil {
			continue
		}
		if *n.value < 0 || *n.value > 3650 {
			return p, domain.Invalid(n.field, fmt.Sprintf("%s is %d; it lies between 0 and 3650", n.field, *n.value))
		}
		n.set(*n.value)
	}
	return p, nil
}

// Fingerprint identifies the policy: read models built under another one are
// built anew.
func (p Policy) Fingerprint() string {
	return fmt.Sprintf("1/%s/%d/%d/%s", p.Zone, p.CriticalDays, p.AtRiskDays, p.RedeliveryDeadline)
}

// Bucket is one of the seven counts that every search shows.
type Bucket uint8

// The buckets, in the order in which they are shown.
const (
	BucketRequests Bucket = iota
	BucketCritical
	BucketAtRisk
	BucketOnTrack
	BucketAwaitingMaterials
	BucketMaterialsAvailable
	BucketOverdueUndelivered
	BucketCount int = iota
)

var bucketKeys = [BucketCount]string{
	"requests", "critical", "at_risk", "on_track", "awaiting_materials", "materials_available", "overdue_undelivered",
}

// String returns the bucket's key, for example at_risk.
func (b Bucket) String() string { return bucketKeys[b] }

// ParseBucket finds a bucket by its key; CodeInvalid otherwise.
func ParseBucket(key string) (Bucket, error) {
	for i, k := range bucketKeys {
		if k == key {
			return Bucket(i), nil
		}
	}
	return 0, domain.Invalid("bucket", fmt.Sprintf("there is no bucket %q", key), bucketKeys[:]...)
}

// Buckets is a set of buckets, bit 1<<b for bucket b.
type Buckets uint8

// Has reports whether the set holds b.
func (bs Buckets) Has(b Bucket) bool { return bs&(1<<b) != 0 }

// Never is the instant, in Unix milliseconds, that does not come.
const Never = math.MaxInt64

// Facts are what the buckets of a request depend on. They change by events
// only; the clock comes in as now.
type Facts struct {
	Open             bool
	UsableMaterials  bool
	MaterialRejected bool // and none provided since
	DueDate          domain.Date
	EstimatedDate    domain.Date
	RedeliveryAsked  int64 // Unix ms since which an open request waits for its redelivery; Never if it does not
}

// Facts returns the facts of a state.
func (s State) Facts() Facts {
	f := Facts{
		Open:             s.Status.IsOpen(),
		UsableMaterials:  s.HasUsableMaterials(),
		MaterialRejected: s.MaterialStatus == MaterialRejected && !s.MaterialSinceRejected,
		DueDate:          s.DueDate,
		EstimatedDate:    s.EstimatedDeliveryDate(),
		RedeliveryAsked:  Never,
	}
	if s.Status == StatusRedeliveryRequested && s.Redelivery != nil {
		f.RedeliveryAsked = s.Redelivery.RequestedAt.UnixMilli()
	}
	return f
}

// Rule is a reason for which an open request is Critical or At Risk.
type Rule uint8

// The rules, in the order in which they matter to the person who reads them.
const (
	RuleDueDatePassed Rule = iota
	RuleRedeliveryLate
	RuleEDDPassed
	RuleEDDAfterDueSoon
	RuleRedeliveryAsked
	RuleMaterialsRejected
	RuleNoMaterials
	RuleEDDAfterDue
	RuleCount int = iota
)

var rules = [RuleCount]struct {
	key, label string
	bucket     Bucket
}{
	RuleDueDatePassed:     {"due_date_passed", "Due date has passed", BucketCritical},
	RuleRedeliveryLate:    {"redelivery_late", "Redelivery asked for too long ago", BucketCritical},
	RuleEDDPassed:         {"edd_passed", "EDD has passed", BucketCritical},
	RuleEDDAfterDueSoon:   {"edd_after_due_soon", "EDD after due date, and due soon", BucketCritical},
	RuleRedeliveryAsked:   {"redelivery_asked", "Redelivery asked for", BucketAtRisk},
	RuleMaterialsRejected: {"materials_rejected", "Materials were rejected", BucketAtRisk},
	RuleNoMaterials:       {"no_materials", "No usable materials, and due soon", BucketAtRisk},
	RuleEDDAfterDue:       {"edd_after_due", "EDD after due date", BucketAtRisk},
}

// String returns the rule's key.
func (r Rule) String() string { return rules[r].key }

// Label returns the rule in words.
func (r Rule) Label() string { return rules[r].label }

// Bucket returns the bucket that the rule leads to.
func (r Rule) Bucket() Bucket { return rules[r].bucket }

// since returns the first instant, in Unix ms, at which a rule holds for the
// facts. Every rule, once it holds, holds until an event changes the facts.
func (p Policy) since(r Rule, f Facts) int64 {
	if !f.Open {
		return Never
	}
	when := func(condition bool, instant int64) int64 {
		if condition {
			return instant
		}
		return Never
	}
	late := f.EstimatedDate > f.DueDate
	switch r {
	case RuleDueDatePassed:
		return p.startOf(f.DueDate + 1)
	case RuleEDDPassed:
		return p.startOf(f.EstimatedDate + 1)
	case RuleEDDAfterDueSoon:
		return when(late, p.startOf(f.DueDate-domain.Date(p.CriticalDays)))
	case RuleRedeliveryLate:
		// "More than 48 h ago": the first millisecond after.
		return when(f.RedeliveryAsked != Never, f.RedeliveryAsked+p.RedeliveryDeadline.Milliseconds()+1)
	case RuleRedeliveryAsked:
		return when(f.RedeliveryAsked != Never, math.MinInt64)
	case RuleMaterialsRejected:
		return when(f.MaterialRejected, math.MinInt64)
	case RuleNoMaterials:
		return when(!f.UsableMaterials, p.startOf(f.DueDate-domain.Date(p.AtRiskDays)))
	case RuleEDDAfterDue:
		return when(late, math.MinInt64)
	}
	return Never
}

func (p Policy) startOf(d domain.Date) int64 { return d.Start(p.Zone).UnixMilli() }

// Instants are the moments, in Unix ms, from which an open request is in a
// bucket that depends on the clock: At Risk from AtRisk until Critical. Never
// where it does not come.
type Instants struct{ Critical, AtRisk, Overdue int64 }

// Instants returns the moments at which a request with these facts changes bucket.
func (p Policy) Instants(f Facts) Instants {
	in := Instants{Critical: Never, AtRisk: Never, Overdue: p.since(RuleDueDatePassed, f)}
	for r := range Rule(RuleCount) {
		if r.Bucket() == BucketCritical {
			in.Critical = min(in.Critical, p.since(r, f))
		} else {
			in.AtRisk = min(in.AtRisk, p.since(r, f))
		}
	}
	return in
}

// BucketsAt returns the buckets of a request at an instant in Unix ms. With
// the instants it needs no policy: that is what a facet row stores.
func BucketsAt(open, usableMaterials bool, in Instants, now int64) Buckets {
	if !open {
		return 0
	}
	bs := Buckets(1 << BucketRequests)
	switch {
	case now >= in.Critical:
		bs |= 1 << BucketCritical
	case now >= in.AtRisk:
		bs |= 1 << BucketAtRisk
	default:
		bs |= 1 << BucketOnTrack
	}
	if usableMaterials {
		bs |= 1 << BucketMaterialsAvailable
	} else {
		bs |= 1 << BucketAwaitingMaterials
	}
	if now >= in.Overdue {
		bs |= 1 << BucketOverdueUndelivered
	}
	return bs
}

// Why returns the rules that put a request where it is at an instant in Unix
// ms: those of Critical if any holds, else those of At Risk.
func (p Policy) Why(f Facts, now int64) []Rule {
	var critical, atRisk []Rule
	for r := range Rule(RuleCount) {
		if now < p.since(r, f) {
			continue
		}
		if r.Bucket() == BucketCritical {
			critical = append(critical, r)
		} else {
			atRisk = append(atRisk, r)
		}
	}
	if len(critical) > 0 {
		return critical
	}
	return atRisk
}
