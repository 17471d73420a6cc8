package readapi

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"backlot/domain"
	"backlot/readapi/facets"
)

// Days of a trend.
const (
	defaultTrendDays = 35
	maxTrendDays     = 400
)

type trendPoint struct {
	Day     domain.Date  `json:"day"`
	At      time.Time    `json:"at"`
	Matched int          `json:"matched"`
	Buckets bucketCounts `json:"buckets"`
}

// getTrends counts a selection at the end of each day, and of today at this moment.
func (s *server) getTrends(x *exchange) error {
	if every, given := x.parameter("every"); given && every != "day" {
		return domain.Invalid("every", fmt.Sprintf("every is day, not %q", every), "day")
	}
	selection, err := x.selection()
	if err != nil {
		return err
	}
	now := instant(s.Now())
	from, to, err := s.trendDays(x, now)
	if err != nil {
		return err
	}
	snapshot, err := s.snapshot(x)
	if err != nil {
		return err
	}
	if _, given := x.parameter("from"); !given {
		for from < to && s.endOf(from, now).Before(snapshot.PastFrom()) {
			from++
		}
	}
	points := make([]trendPoint, 0, to-from+1)
	moments := make([]time.Time, 0, cap(points))
	for day := from; day <= to; day++ {
		at := s.endOf(day, now)
		points, moments = append(points, trendPoint{Day: day, At: at}), append(moments, at)
	}
	trend, err := snapshot.Trend(facets.TrendQuery{Principal: x.by, Selection: selection, Moments: moments})
	if err != nil {
		var e *domain.Error
		if errors.As(err, &e) && e.Code == domain.CodeNotKept {
			e.Field = "from"
		}
		return err
	}
	for i, t := range trend.Tallies {
		points[i].Matched, points[i].Buckets = t.Matched, bucketCountsOf(t)
	}
	return x.answer(http.StatusOK, struct {
		standing
		Now      time.Time       `json:"now"`
		Zone     string          `json:"zone"`
		From     domain.Date     `json:"from"`
		To       domain.Date     `json:"to"`
		Every    string          `json:"every"`
		Points   []trendPoint    `json:"points"`
		NearMiss bool            `json:"near_miss"`
		Warnings []warningAnswer `json:"warnings"`
	}{snapshotStanding(snapshot), now, s.Policy.Zone.String(), from, to, "day", points, trend.NearMiss, warningAnswers(trend.Warnings)})
}

// endOf returns the last moment of a day in the policy's zone, or now on the
// day that is not over.
func (s *server) endOf(day domain.Date, now time.Time) time.Time {
	end := instant((day + 1).Start(s.Policy.Zone).Add(-time.Millisecond))
	if end.After(now) {
		return now
	}
	return end
}

// trendDays returns the first and the last day that a trend is about.
func (s *server) trendDays(x *exchange, now time.Time) (from, to domain.Date, err error) {
	today := domain.DateOf(now, s.Policy.Zone)
	to = today
	if v, given := x.parameter("to"); given {
		if to, err = domain.ParseDate(v); err != nil {
			return 0, 0, domain.Invalid("to", fmt.Sprintf("%q is not a day; write it like 2026-11-23", v))
		}
	}
	from = to - defaultTrendDays + 1
	if v, given := x.parameter("from"); given {
		if from, err = domain.ParseDate(v); err != nil {
			return 0, 0, domain.Invalid("from", fmt.Sprintf("%q is not a day; write it like 2026-11-23", v))
		}
	}
	switch {
	case to > today:
		return 0, 0, domain.Invalid("to", fmt.Sprintf("%s is in the future; today is %s", to, today))
	case from > to:
		return 0, 0, domain.Invalid("from", fmt.Sprintf("%s is after %s, the last day", from, to))
	case int(to-from) >= maxTrendDays:
		return 0, 0, domain.Invalid("from", fmt.Sprintf("these are %d days; at most %d", to-from+1, maxTrendDays))
	}
	return from, to, nil
}
