package facets

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"
	"time"

	"backlot/domain"
)

// Days that rows can hold: 0 for none, up to maxDay.
var maxDay = domain.NewDate(2199, time.December, 31)

// dayCount is a bound of days that a table over days covers.
const dayCount = 84_006

// months gives each day its month's ordinal: 0 for no day, 1 for 1970-01.
var months = sync.OnceValue(func() []uint32 {
	table := make([]uint32, dayCount)
	for day := domain.Date(1); day < dayCount; day++ {
		t := day.Start(time.UTC)
		table[day] = uint32((t.Year()-1970)*12) + uint32(t.Month())
	}
	return table
})

// monthLabel is the inverse of months: YYYY-MM.
func monthLabel(ordinal uint32) string {
	return domain.NewDate(1970, time.Month(ordinal), 1).Month()
}

// noDay is both ends of the value that stands for no date.
const noDay = math.MinInt32

// days are a date modifier's value: the first and the last day that it means
// on some day. None if from > to.
type days func(today domain.Date) (from, to domain.Date)

func between(from, to domain.Date) days {
	return func(domain.Date) (domain.Date, domain.Date) { return from, to }
}

// Forms that a date may have, for errors.
var dateForms = []string{
	"2017", "2017-04", "2017-04-09", "2017-04..2017-06", "2017-04..", "..2017-06",
	"today", "tomorrow", "yesterday", "this week", "next week", "last week", "this month", "next month", "last month",
	"this year", "next year", "last year", "next 14 days", "last 14 days", "overdue",
}

// parseDays reads a date modifier's value. The error is CodeInvalid without a field.
func parseDays(value string) (days, *domain.Error) {
	s := strings.Join(strings.Fields(strings.ToLower(value)), " ")
	if s == "" {
		return between(noDay, noDay), nil
	}
	if s == "overdue" {
		return func(today domain.Date) (domain.Date, domain.Date) { return 1, today - 1 }, nil
	}
	from, to, isRange := strings.Cut(s, "..")
	if !isRange {
		if d, _ := parseSpan(s); d != nil {
			return d, nil
		}
		return nil, dateError(value)
	}
	from, to = strings.TrimSpace(from), strings.TrimSpace(to)
	first, firstFixed := parseSpan(from)
	last, lastFixed := parseSpan(to)
	switch {
	case from == "" && to == "", from != "" && first == nil, to != "" && last == nil:
		return nil, dateError(value)
	case first != nil && last != nil && firstFixed && lastFixed:
		a, _ := first(0)
		if _, b := last(0); a > b {
			return nil, &domain.Error{Code: domain.CodeInvalid, Message: fmt.Sprintf("%q ends before it begins", value), Allowed: dateForms}
		}
	}
	return func(today domain.Date) (domain.Date, domain.Date) {
		a, b := domain.Date(1), maxDay
		if first != nil {
			a, _ = first(today)
		}
		if last != nil {
			_, b = last(today)
		}
		return a, b
	}, nil
}

func dateError(value string) *domain.Error {
	return &domain.Error{Code: domain.CodeInvalid, Allowed: dateForms,
		Message: fmt.Sprintf("%q is not a date: write a year, a month, a day, a range or a relative date between 1971 and 2199", value)}
}

// parseSpan reads anything but a range or overdue; nil if it is neither a date
// nor relative. fixed means that it does not depend on today.
func parseSpan(s string) (d days, fixed bool) {
	if d = parseCalendar(s); d != nil {
		return d, true
	}
	return parseRelative(s), false
}

func parseCalendar(s string) days {
	for _, form := range []struct {
		layout       string
		years, month int
	}{{"2006", 1, 0}, {"2006-01", 0, 1}} {
		t, err := time.Parse(form.layout, s)
		if err != nil || len(s) != len(form.layout) {
			continue
		}
		from := domain.NewDate(t.Year(), t.Month(), 1)
		if !from.InRange() {
			return nil
		}
		return between(from, domain.NewDate(t.Year()+form.years, t.Month()+time.Month(form.month), 1)-1)
	}
	d, err := domain.ParseDate(s)
	if err != nil {
		return nil
	}
	return between(d, d)
}

// maxDays bounds `next N days`.
const maxDays = 36_500

func parseRelative(s string) days {
	switch s {
	case "today":
		return func(t domain.Date) (domain.Date, domain.Date) { return t, t }
	case "tomorrow":
		return func(t domain.Date) (domain.Date, domain.Date) { return t + 1, t + 1 }
	case "yesterday":
		return func(t domain.Date) (domain.Date, domain.Date) { return t - 1, t - 1 }
	}
	words := strings.Split(s, " ")
	steps := map[string]int{"this": 0, "next": 1, "last": -1}
	step, ok := steps[words[0]]
	switch {
	case !ok:
		return nil
	case len(words) == 2:
		return parsePeriod(words[1], step)
	case len(words) != 3 || step == 0 || words[2] != "days" && words[2] != "day":
		return nil
	}
	n, err := strconv.ParseUint(words[1], 10, 32)
	if err != nil || n == 0 || n > maxDays {
		return nil
	}
	more := domain.Date(n - 1)
	if step > 0 {
		return func(t domain.Date) (domain.Date, domain.Date) { return t, t + more }
	}
	return func(t domain.Date) (domain.Date, domain.Date) { return t - more, t }
}

func parsePeriod(period string, step int) days {
	switch period {
	case "week":
		return func(t domain.Date) (domain.Date, domain.Date) {
			monday := t - domain.Date((t.Weekday()+6)%7) + domain.Date(7*step)
			return monday, monday + 6
		}
	case "month":
		return func(t domain.Date) (domain.Date, domain.Date) {
			u := t.Start(time.UTC)
			return domain.NewDate(u.Year(), u.Month()+time.Month(step), 1), domain.NewDate(u.Year(), u.Month()+time.Month(step)+1, 1) - 1
		}
	case "year":
		return func(t domain.Date) (domain.Date, domain.Date) {
			u := t.Start(time.UTC)
			return domain.NewDate(u.Year()+step, 1, 1), domain.NewDate(u.Year()+step+1, 1, 1) - 1
		}
	}
	return nil
}

// dayTable marks the days that any of the values means.
func dayTable(values []days, today domain.Date) []uint8 {
	table := make([]uint8, dayCount)
	for _, value := range values {
		from, to := value(today)
		if from == noDay && to == noDay {
			table[0] = 1
			continue
		}
		for day := max(from, 1); day <= min(to, maxDay); day++ {
			table[day] = 1
		}
	}
	return table
}

// todayOf returns the calendar day of an instant, kept within what a Date's
// arithmetic can bear.
func todayOf(now time.Time, zone *time.Location) domain.Date {
	switch {
	case now.Year() < 1:
		return math.MinInt32 / 2
	case now.Year() > 9999:
		return math.MaxInt32 / 2
	}
	return domain.DateOf(now, zone)
}
