package domain

import (
	"encoding/json"
	"time"
)

// Date is a calendar day as days since 1970-01-01; zero means no date. It has
// no zone: which instant a day begins at depends on the policy's zone.
type Date int32

const dateLayout = "2006-01-02"

// Earliest and latest day that ParseDate accepts.
var (
	minDate = NewDate(1971, time.January, 1)
	maxDate = NewDate(2199, time.December, 31)
)

// NewDate returns the day of a year, month and day of the month; out-of-range
// days overflow into the next month as time.Date does.
func NewDate(year int, month time.Month, day int) Date {
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// DateOf returns the calendar day of an instant in a zone.
func DateOf(t time.Time, zone *time.Location) Date {
	y, m, d := t.In(zone).Date()
	return NewDate(y, m, d)
}

// ParseDate reads YYYY-MM-DD between 1971 and 2199. The error is an *Error
// with CodeInvalid and no field.
func ParseDate(s string) (Date, error) {
	if d, ok := plainDate(s); ok {
		return d, nil
	}
	t, err := time.Parse(dateLayout, s)
	if err != nil {
		return 0, Errorf(CodeInvalid, "%q is not a date; write YYYY-MM-DD, for example 2026-12-24", s)
	}
	d := Date(t.Unix() / 86400)
	if !d.InRange() {
		return 0, Errorf(CodeInvalid, "%q is not between %s and %s", s, minDate, maxDate)
	}
	return d, nil
}

// plainDate reads a day up to the 28th of a month: every event has dates, and
// this takes a tenth of the time. ok is false for what has to be looked at closer.
func plainDate[T string | []byte](s T) (d Date, ok bool) {
	if len(s) != len(dateLayout) || s[4] != '-' || s[7] != '-' {
		return 0, false
	}
	number := func(from, to int) (n int) {
		for _, c := range []byte(s[from:to]) {
			if c < '0' || c > '9' {
				return -1 << 20
			}
			n = 10*n + int(c-'0')
		}
		return n
	}
	year, month, day := number(0, 4), number(5, 7), number(8, 10)
	if year < 0 || month < 1 || month > 12 || day < 1 || day > 28 {
		return 0, false
	}
	d = NewDate(year, time.Month(month), day)
	return d, d.InRange()
}

// IsZero reports whether there is no date.
func (d Date) IsZero() bool { return d == 0 }

// InRange reports whether ParseDate would accept the day as it is written.
func (d Date) InRange() bool { return d >= minDate && d <= maxDate }

// Start returns the instant at which the day begins in a zone: the first whose
// calendar day there is not an earlier one.
func (d Date) Start(zone *time.Location) time.Time {
	y, m, day := d.utc().Date()
	t := time.Date(y, m, day, 0, 0, 0, 0, zone)
	if DateOf(t, zone) < d {
		// Where the clocks go forward at midnight (Santiago, Havana, the Azores)
		// there is no midnight, and time.Date names an instant before the gap.
		_, t = t.ZoneBounds()
	}
	return t
}

// Month returns the day's month as YYYY-MM, "" for no date.
func (d Date) Month() string {
	if d == 0 {
		return ""
	}
	return d.utc().Format("2006-01")
}

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// String returns YYYY-MM-DD, "" for no date.
func (d Date) String() string {
	if d == 0 {
		return ""
	}
	return d.utc().Format(dateLayout)
}

// Append adds what String returns.
func (d Date) Append(b []byte) []byte {
	if d == 0 {
		return b
	}
	return d.utc().AppendFormat(b, dateLayout)
}

// MarshalJSON writes "YYYY-MM-DD", or null for no date.
func (d Date) MarshalJSON() ([]byte, error) {
	if d == 0 {
		return []byte("null"), nil
	}
	return []byte(`"` + d.String() + `"`), nil
}

// UnmarshalJSON reads "YYYY-MM-DD", "" or null.
func (d *Date) UnmarshalJSON(b []byte) error {
	if len(b) == len(`""`)+len(dateLayout) && b[0] == '"' && b[len(b)-1] == '"' {
		if v, ok := plainDate(b[1 : len(b)-1]); ok {
			*d = v
			return nil
		}
	}
	var s *string
	if err := json.Unmarshal(b, &s); err != nil {
		return Errorf(CodeInvalid, "a date is a string like 2026-12-24, not %s", b)
	}
	if s == nil || *s == "" {
		*d = 0
		return nil
	}
	v, err := ParseDate(*s)
	if err != nil {
		return err
	}
	*d = v
	return nil
}

func (d Date) utc() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }
