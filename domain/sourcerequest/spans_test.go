package sourcerequest_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"backlot/domain"
	. "backlot/domain/sourcerequest"
)

// lived folds events that happened at local times of UTC.
func lived(events map[string]Event) []Moment {
	var moments []Moment
	var s State
	for _, at := range slices.Sorted(maps.Keys(events)) {
		t := time.UnixMilli(in("UTC", at)).UTC()
		s = Evolve(s, events[at], domain.Occurrence{At: t, By: operator, Revision: uint64(len(moments))})
		moments = append(moments, Moment{At: t, State: s})
	}
	return moments
}

func TestSpansFollowEventsAndTheClock(t *testing.T) {
	const (
		opens, delivers = "2026-11-02T09:00:00.000", "2026-12-03T10:00:00.000"
		checked, again  = "2026-12-04T10:00:00.000", "2026-12-05T10:00:00.000"
	)
	file := DeclaredFile{ID: "f1", Name: "a.wav", Size: 1, SHA256: sha('a')}
	past := lived(map[string]Event{
		opens:                     opened(), // due on 1 December, without materials
		"2026-11-29T08:00:00.000": MaterialStatusChanged{MaterialStatus: MaterialAccepted},
		"2026-11-30T08:00:00.000": DeliveryStarted{DeliveryID: "d1", Method: MethodAPI, Files: []DeclaredFile{file}},
		delivers:                  DeliveryCompleted{DeliveryID: "d1"},
		checked:                   RedeliveryRequested{Scope: RedeliveryFull, Cause: CausePerson},
		again:                     Cancelled{},
	})
	type span struct {
		From, To string
		Status   Status
		Insight  Bucket
		Overdue  bool
	}
	const layout = "2006-01-02T15:04:05.000"
	for name, c := range map[string]struct {
		now  string
		want []span
	}{
		"all of it": {"2026-12-06T00:00:00.000", []span{
			{opens, "2026-11-26T00:00:00.000", StatusOpen, BucketOnTrack, false},
			{"2026-11-26T00:00:00.000", "2026-11-29T08:00:00.000", StatusOpen, BucketAtRisk, false}, // five days left, by the clock
			{"2026-11-29T08:00:00.000", "2026-12-02T00:00:00.000", StatusOpen, BucketOnTrack, false},
			{"2026-12-02T00:00:00.000", delivers, StatusOpen, BucketCritical, true},
			{delivers, checked, StatusDelivered, BucketRequests, false},
			{checked, again, StatusRedeliveryRequested, BucketCritical, true},
			{again, "2026-12-06T00:00:00.000", StatusCancelled, BucketRequests, false},
		}},
		"until a moment within": {"2026-11-27T00:00:00.000", []span{
			{opens, "2026-11-26T00:00:00.000", StatusOpen, BucketOnTrack, false},
			{"2026-11-26T00:00:00.000", "2026-11-27T00:00:00.000", StatusOpen, BucketAtRisk, false},
		}},
		"before it was opened": {opens, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []span
			for _, s := range DefaultPolicy().Spans(past, time.UnixMilli(in("UTC", c.now))) {
				got = append(got, span{s.From.Format(layout), s.To.Format(layout), s.Status, s.Insight, s.Overdue})
			}
			assert.Equal(t, c.want, got)
		})
	}
}

// At any instant the span there says what the buckets say, and there is no gap.
func TestSpansSayWhatBucketsSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		gaps := []time.Duration{0, time.Millisecond, time.Hour, 50 * time.Hour, 8 * 24 * time.Hour, 30 * 24 * time.Hour}
		p := DefaultPolicy()
		p.Zone = zone(rapid.SampledFrom(zones).Draw(t, "zone"))
		start := in("UTC", "2026-11-02T09:00:00.000")
		at := start
		var moments []Moment
		for range rapid.IntRange(1, 6).Draw(t, "moments") {
			s := State{Status: rapid.SampledFrom(Statuses()).Draw(t, "status"), DueDate: day("2026-11-20") + domain.Date(rapid.IntRange(-20, 20).Draw(t, "due")), MaterialStatus: rapid.SampledFrom([]MaterialStatus{MaterialNotReceived, MaterialAccepted}).Draw(t, "material")}
			if rapid.Bool().Draw(t, "moved") {
				s.MovedDeliveryDate = s.DueDate + domain.Date(rapid.IntRange(-5, 5).Draw(t, "by"))
			}
			if s.Status == StatusRedeliveryRequested {
				s.Redelivery = &Redelivery{RequestedAt: time.UnixMilli(at)}
			}
			moments = append(moments, Moment{At: time.UnixMilli(at), State: s})
			at += rapid.SampledFrom(gaps).Draw(t, "after").Milliseconds()
		}
		now := at + max(1, rapid.SampledFrom(gaps).Draw(t, "now").Milliseconds())
		spans := p.Spans(moments, time.UnixMilli(now))
		assert.Equal(t, start, spans[0].From.UnixMilli())
		assert.Equal(t, now, spans[len(spans)-1].To.UnixMilli())
		for i, s := range spans {
			if i > 0 {
				assert.Equal(t, spans[i-1].To, s.From)
				assert.NotEqual(t, [3]any{spans[i-1].Status, spans[i-1].Insight, spans[i-1].Overdue}, [3]any{s.Status, s.Insight, s.Overdue}, "two spans alike")
			}
			for _, look := range []int64{s.From.UnixMilli(), s.To.UnixMilli() - 1} {
				var then State
				for _, m := range moments {
					if m.At.UnixMilli() <= look {
						then = m.State
					}
				}
				bs := bucketsAt(p, then.Facts(), look)
				assert.Equal(t, then.Status, s.Status)
				assert.Equal(t, bs.Has(BucketOverdueUndelivered), s.Overdue)
				if then.Status.IsOpen() {
					assert.True(t, bs.Has(s.Insight) && s.Insight != BucketRequests)
				} else {
					assert.Equal(t, BucketRequests, s.Insight)
				}
			}
		}
	})
}
