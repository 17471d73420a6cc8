package sourcerequest_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"backlot/domain"
	. "backlot/domain/sourcerequest"
)

func zone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return z
}

// zones have clocks that go forward at 2 o'clock, at midnight (so that there is
// none), by half an hour, and never.
var zones = []string{"UTC", "America/New_York", "Europe/Berlin", "America/Santiago", "Atlantic/Azores", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Kiritimati", "Pacific/Pago_Pago"}

// in returns an instant from a local time of a zone, given to the millisecond.
func in(zoneName, local string) int64 {
	t, err := time.ParseInLocation("2006-01-02T15:04:05.000", local, zone(zoneName))
	if err != nil {
		panic(err)
	}
	return t.UnixMilli()
}

// facts are those of an open request with materials, due far away.
func facts(change func(*Facts)) Facts {
	f := Facts{Open: true, UsableMaterials: true, DueDate: day("2027-06-01"), EstimatedDate: day("2027-06-01"), RedeliveryAsked: Never}
	change(&f)
	return f
}

func due(date string) func(*Facts) {
	return func(f *Facts) { f.DueDate, f.EstimatedDate = day(date), day(date) }
}

func set(buckets ...Bucket) Buckets {
	var bs Buckets
	for _, b := range buckets {
		bs |= 1 << b
	}
	return bs
}

func bucketsAt(p Policy, f Facts, now int64) Buckets {
	return BucketsAt(f.Open, f.UsableMaterials, p.Instants(f), now)
}

func TestEveryRuleAtItsBoundary(t *testing.T) {
	asked := in("UTC", "2026-11-21T12:00:00.000")
	for name, c := range map[string]struct {
		zone    string // default UTC
		facts   Facts
		now     string
		buckets Buckets
		why     []Rule
	}{
		"on track":                                {"", facts(due("2026-12-24")), "2026-11-23T12:00:00.000", set(BucketRequests, BucketOnTrack, BucketMaterialsAvailable), nil},
		"due today is not overdue":                {"", facts(due("2026-11-23")), "2026-11-23T12:00:00.000", set(BucketRequests, BucketOnTrack, BucketMaterialsAvailable), nil},
		"due today, the last millisecond":         {"", facts(due("2026-11-23")), "2026-11-23T23:59:59.999", set(BucketRequests, BucketOnTrack, BucketMaterialsAvailable), nil},
		"overdue from midnight on":                {"", facts(due("2026-11-23")), "2026-11-24T00:00:00.000", set(BucketRequests, BucketCritical, BucketMaterialsAvailable, BucketOverdueUndelivered), []Rule{RuleDueDatePassed, RuleEDDPassed}},
		"overdue in New York, before midnight":    {"America/New_York", facts(due("2026-11-23")), "2026-11-23T23:59:59.999", set(BucketRequests, BucketOnTrack, BucketMaterialsAvailable), nil},
		"overdue in New York":                     {"America/New_York", facts(due("2026-11-23")), "2026-11-24T00:00:00.000", set(BucketRequests, BucketCritical, BucketMaterialsAvailable, BucketOverdueUndelivered), []Rule{RuleDueDatePassed, RuleEDDPassed}},
		"New York, the day of 23 hours":           {"America/New_York", facts(due("2026-03-08")), "2026-03-08T23:59:59.999", set(BucketRequests, BucketOnTrack, BucketMaterialsAvailable), nil},
		"New York, after the day of 25 hours":     {"America/New_York", facts(due("2026-11-01")), "2026-11-02T00:00:00.000", set(BucketRequests, BucketCritical, BucketMaterialsAvailable, BucketOverdueUndelivered), []Rule{RuleDueDatePassed, RuleEDDPassed}},
		"Santiago, before a day without midnight": {"America/Santiago", facts(due("2026-09-05")), "2026-09-05T23:59:59.999", set(BucketRequests, BucketOnTrack, BucketMaterialsAvailable), nil},
		"Santiago, the day without midnight":      {"America/Santiago", facts(due("2026-09-05")), "2026-09-06T01:00:00.000", set(BucketRequests, BucketCritical, BucketMaterialsAvailable, BucketOverdueUndelivered), []Rule{RuleDueDatePassed, RuleEDDPassed}},

		"EDD passed, due later":    {"", facts(func(f *Facts) { f.DueDate, f.EstimatedDate = day("2026-12-24"), day("2026-11-22") }), "2026-11-23T00:00:00.000", set(BucketRequests, BucketCritical, BucketMaterialsAvailable), []Rule{RuleEDDPassed}},
		"EDD today":                {"", facts(func(f *Facts) { f.DueDate, f.EstimatedDate = day("2026-12-24"), day("2026-11-22") }), "2026-11-22T23:59:59.999", set(BucketRequests, BucketOnTrack, BucketMaterialsAvailable), nil},
		"EDD after due, 2 days":    {"", facts(func(f *Facts) { f.DueDate, f.EstimatedDate = day("2026-11-25"), day("2026-11-26") }), "2026-11-23T00:00:00.000", set(BucketRequests, BucketCritical, BucketMaterialsAvailable), []Rule{RuleEDDAfterDueSoon}},
		"EDD after due, 3 days":    {"", facts(func(f *Facts) { f.DueDate, f.EstimatedDate = day("2026-11-25"), day("2026-11-26") }), "2026-11-22T23:59:59.999", set(BucketRequests, BucketAtRisk, BucketMaterialsAvailable), []Rule{RuleEDDAfterDue}},
		"EDD equal to due, 2 days": {"", facts(due("2026-11-25")), "2026-11-23T12:00:00.000", set(BucketRequests, BucketOnTrack, BucketMaterialsAvailable), nil},
		"EDD after due, far away":  {"", facts(func(f *Facts) { f.EstimatedDate = day("2027-06-02") }), "2026-11-23T12:00:00.000", set(BucketRequests, BucketAtRisk, BucketMaterialsAvailable), []Rule{RuleEDDAfterDue}},
		"EDD after due, overdue":   {"", facts(func(f *Facts) { f.DueDate, f.EstimatedDate = day("2026-11-22"), day("2026-12-26") }), "2026-11-23T00:00:00.000", set(BucketRequests, BucketCritical, BucketMaterialsAvailable, BucketOverdueUndelivered), []Rule{RuleDueDatePassed, RuleEDDAfterDueSoon}},

		"no materials, 5 days": {"", facts(func(f *Facts) { due("2026-11-28")(f); f.UsableMaterials = false }), "2026-11-23T00:00:00.000", set(BucketRequests, BucketAtRisk, BucketAwaitingMaterials), []Rule{RuleNoMaterials}},
		"no materials, 6 days": {"", facts(func(f *Facts) { due("2026-11-28")(f); f.UsableMaterials = false }), "2026-11-22T23:59:59.999", set(BucketRequests, BucketOnTrack, BucketAwaitingMaterials), nil},
		"materials rejected":   {"", facts(func(f *Facts) { f.UsableMaterials, f.MaterialRejected = false, true }), "2026-11-23T12:00:00.000", set(BucketRequests, BucketAtRisk, BucketAwaitingMaterials), []Rule{RuleMaterialsRejected}},

		"redelivery just asked":     {"", facts(func(f *Facts) { f.RedeliveryAsked = asked }), "2026-11-21T12:00:00.000", set(BucketRequests, BucketAtRisk, BucketMaterialsAvailable), []Rule{RuleRedeliveryAsked}},
		"redelivery, 48 h":          {"", facts(func(f *Facts) { f.RedeliveryAsked = asked }), "2026-11-23T12:00:00.000", set(BucketRequests, BucketAtRisk, BucketMaterialsAvailable), []Rule{RuleRedeliveryAsked}},
		"redelivery, 48 h and 1 ms": {"", facts(func(f *Facts) { f.RedeliveryAsked = asked }), "2026-11-23T12:00:00.001", set(BucketRequests, BucketCritical, BucketMaterialsAvailable), []Rule{RuleRedeliveryLate}},
		"redelivery, before it was": {"", facts(func(f *Facts) { f.RedeliveryAsked = asked }), "2026-01-01T00:00:00.000", set(BucketRequests, BucketAtRisk, BucketMaterialsAvailable), []Rule{RuleRedeliveryAsked}},
		"critical hides at risk":    {"", facts(func(f *Facts) { due("2026-11-22")(f); f.UsableMaterials, f.MaterialRejected = false, true }), "2026-11-23T12:00:00.000", set(BucketRequests, BucketCritical, BucketAwaitingMaterials, BucketOverdueUndelivered), []Rule{RuleDueDatePassed, RuleEDDPassed}},
		"several reasons of at risk": {"", facts(func(f *Facts) {
			due("2026-11-24")(f)
			f.UsableMaterials, f.MaterialRejected, f.RedeliveryAsked = false, true, asked
		}), "2026-11-23T11:00:00.000", set(BucketRequests, BucketAtRisk, BucketAwaitingMaterials), []Rule{RuleRedeliveryAsked, RuleMaterialsRejected, RuleNoMaterials}},
		"not open": {"", facts(func(f *Facts) {
			due("2020-01-01")(f)
			f.Open, f.UsableMaterials, f.MaterialRejected = false, false, true
		}), "2026-11-23T12:00:00.000", 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			p := DefaultPolicy()
			if c.zone != "" {
				p.Zone = zone(c.zone)
			}
			now := in(p.Zone.String(), c.now)
			assert.Equal(t, c.buckets, bucketsAt(p, c.facts, now))
			assert.Equal(t, c.why, p.Why(c.facts, now))
		})
	}
}

func TestThresholdsAreThePolicys(t *testing.T) {
	p := Policy{Zone: time.UTC, CriticalDays: 0, AtRiskDays: 10, RedeliveryDeadline: time.Hour}
	late := facts(func(f *Facts) { f.DueDate, f.EstimatedDate = day("2026-11-23"), day("2026-11-24") })
	assert.True(t, bucketsAt(p, late, in("UTC", "2026-11-22T23:59:59.999")).Has(BucketAtRisk))
	assert.True(t, bucketsAt(p, late, in("UTC", "2026-11-23T00:00:00.000")).Has(BucketCritical))
	empty := facts(func(f *Facts) { due("2026-12-03")(f); f.UsableMaterials = false })
	assert.True(t, bucketsAt(p, empty, in("UTC", "2026-11-22T23:59:59.999")).Has(BucketOnTrack))
	assert.True(t, bucketsAt(p, empty, in("UTC", "2026-11-23T00:00:00.000")).Has(BucketAtRisk))
	asked := facts(func(f *Facts) { f.RedeliveryAsked = in("UTC", "2026-11-23T00:00:00.000") })
	assert.True(t, bucketsAt(p, asked, in("UTC", "2026-11-23T01:00:00.000")).Has(BucketAtRisk))
	assert.True(t, bucketsAt(p, asked, in("UTC", "2026-11-23T01:00:00.001")).Has(BucketCritical))
}

// naive evaluates the design's table as it is written, by days on the calendar.
func naive(p Policy, f Facts, now int64) Buckets {
	t := time.UnixMilli(now)
	today := domain.DateOf(t, p.Zone)
	if !f.Open {
		return 0
	}
	passed := func(d domain.Date) bool { return today > d }
	left := int(f.DueDate) - int(today)
	redelivery := f.RedeliveryAsked != Never
	critical := passed(f.DueDate) || passed(f.EstimatedDate) || f.EstimatedDate > f.DueDate && left <= p.CriticalDays ||
		redelivery && t.Sub(time.UnixMilli(f.RedeliveryAsked)) > p.RedeliveryDeadline
	atRisk := !critical && (!f.UsableMaterials && left <= p.AtRiskDays || f.EstimatedDate > f.DueDate || redelivery || f.MaterialRejected)
	bs := set(BucketRequests)
	for b, is := range map[Bucket]bool{
		BucketCritical: critical, BucketAtRisk: atRisk, BucketOnTrack: !critical && !atRisk,
		BucketAwaitingMaterials: !f.UsableMaterials, BucketMaterialsAvailable: f.UsableMaterials, BucketOverdueUndelivered: passed(f.DueDate),
	} {
		if is {
			bs |= set(b)
		}
	}
	return bs
}

func drawPolicy(t *rapid.T) Policy {
	return Policy{
		Zone: zone(rapid.SampledFrom(zones).Draw(t, "zone")), CriticalDays: rapid.IntRange(0, 7).Draw(t, "critical days"),
		AtRiskDays: rapid.IntRange(0, 14).Draw(t, "at risk days"), RedeliveryDeadline: time.Duration(rapid.IntRange(0, 100).Draw(t, "hours")) * time.Hour,
	}
}

// drawFacts has dates round the days on which clocks change, and drawNow
// instants round their midnights and the redelivery's deadline.
func drawFacts(t *rapid.T) Facts {
	date := rapid.Custom(func(t *rapid.T) domain.Date {
		near := rapid.SampledFrom([]string{"2026-03-08", "2026-03-29", "2026-04-05", "2026-09-06", "2026-10-25", "2026-11-01"}).Draw(t, "near")
		return day(near) + domain.Date(rapid.IntRange(-8, 8).Draw(t, "days off"))
	})
	f := Facts{
		Open: rapid.IntRange(0, 9).Draw(t, "open") > 0, UsableMaterials: rapid.Bool().Draw(t, "usable"), DueDate: date.Draw(t, "due"), RedeliveryAsked: Never,
	}
	f.EstimatedDate = f.DueDate + domain.Date(rapid.IntRange(-4, 4).Draw(t, "EDD off"))
	f.MaterialRejected = !f.UsableMaterials && rapid.Bool().Draw(t, "rejected")
	if rapid.Bool().Draw(t, "redelivery") {
		f.RedeliveryAsked = f.DueDate.Start(time.UTC).UnixMilli() + rapid.Int64Range(-5*86_400_000, 5*86_400_000).Draw(t, "asked")
	}
	return f
}

func drawNow(t *rapid.T, p Policy, f Facts) int64 {
	off := rapid.SampledFrom([]int64{-3_600_000, -1, 0, 1, 3_599_999, 3_600_000, 43_200_000}).Draw(t, "off")
	if f.RedeliveryAsked != Never && rapid.Bool().Draw(t, "at the deadline") {
		return f.RedeliveryAsked + p.RedeliveryDeadline.Milliseconds() + off
	}
	return (f.DueDate + domain.Date(rapid.IntRange(-16, 6).Draw(t, "day"))).Start(p.Zone).UnixMilli() + off
}

func TestBucketsAreWhatTheDesignSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, f := drawPolicy(t), drawFacts(t)
		for range 5 {
			now := drawNow(t, p, f)
			assert.Equal(t, naive(p, f, now), bucketsAt(p, f, now), "%v at %s", f, time.UnixMilli(now).In(p.Zone))
		}
	})
}

func TestBucketsDivideTheOpenRequests(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, f := drawPolicy(t), drawFacts(t)
		bs := bucketsAt(p, f, drawNow(t, p, f))
		count := func(of ...Bucket) (n int) {
			for _, b := range of {
				if bs.Has(b) {
					n++
				}
			}
			return n
		}
		requests := count(BucketRequests)
		assert.Equal(t, f.Open, requests == 1)
		assert.Equal(t, requests, count(BucketCritical, BucketAtRisk, BucketOnTrack))
		assert.Equal(t, requests, count(BucketAwaitingMaterials, BucketMaterialsAvailable))
		if bs.Has(BucketOverdueUndelivered) {
			assert.True(t, bs.Has(BucketCritical))
		}
	})
}

func TestWhyAgreesWithTheBuckets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, f := drawPolicy(t), drawFacts(t)
		now := drawNow(t, p, f)
		bs, why := bucketsAt(p, f, now), p.Why(f, now)
		assert.True(t, slices.IsSorted(why))
		assert.Equal(t, bs.Has(BucketCritical) || bs.Has(BucketAtRisk), len(why) > 0)
		for _, r := range why {
			assert.True(t, bs.Has(r.Bucket()), "%s does not lead where the request is", r)
		}
		assert.Equal(t, bs.Has(BucketOverdueUndelivered), slices.Contains(why, RuleDueDatePassed))
	})
}

// A bucket that depends on the clock is entered once: rows store one instant.
func TestTimeMovesRequestsTowardsCriticalOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, f := drawPolicy(t), drawFacts(t)
		f.Open = true
		rank := func(bs Buckets) int {
			return slices.IndexFunc([]Bucket{BucketOnTrack, BucketAtRisk, BucketCritical}, bs.Has)
		}
		now := drawNow(t, p, f)
		later := now + rapid.Int64Range(0, 90*86_400_000).Draw(t, "later")
		assert.LessOrEqual(t, rank(bucketsAt(p, f, now)), rank(bucketsAt(p, f, later)))
	})
}

func TestBucketsAndRulesHaveNames(t *testing.T) {
	var keys []string
	for b := range Bucket(BucketCount) {
		parsed, err := ParseBucket(b.String())
		require.NoError(t, err)
		assert.Equal(t, b, parsed)
		keys = append(keys, b.String())
	}
	assert.Equal(t, []string{"requests", "critical", "at_risk", "on_track", "awaiting_materials", "materials_available", "overdue_undelivered"}, keys)
	_, err := ParseBucket("Critical")
	var e *domain.Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, keys, e.Allowed)
	assert.Equal(t, "bucket", e.Field)

	seen := map[string]bool{}
	for r := range Rule(RuleCount) {
		assert.NotEmpty(t, r.Label())
		assert.False(t, seen[r.String()], r.String())
		seen[r.String()] = true
		assert.Contains(t, []Bucket{BucketCritical, BucketAtRisk}, r.Bucket())
	}
}

func TestFactsOfAState(t *testing.T) {
	s := given(t, pasts()[StatusRedeliveryRequested]...).state
	assert.Equal(t, Facts{Open: true, DueDate: day("2026-12-01"), EstimatedDate: day("2026-12-01"), RedeliveryAsked: s.Redelivery.RequestedAt.UnixMilli()}, s.Facts())
	for _, status := range Statuses() {
		f := given(t, pasts()[status]...).state.Facts()
		assert.Equal(t, status == StatusOpen || status == StatusRedeliveryRequested, f.Open)
		assert.Equal(t, status == StatusRedeliveryRequested, f.RedeliveryAsked != Never)
	}
	imported := given(t, with(opened(), func(o *Opened) { o.Status, o.Import = StatusRedeliveryRequested, true })).state
	assert.Equal(t, dawn.UnixMilli(), imported.Facts().RedeliveryAsked)
}
