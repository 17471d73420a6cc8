package domain_test

import (
	"encoding/json"
	"testing"
	"time"
	_ "time/tzdata" // the zones below, on any machine

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	. "backlot/domain"
)

func TestParseDate(t *testing.T) {
	for _, s := range []string{"1971-01-01", "2026-11-23", "2024-02-29", "2199-12-31"} {
		d, err := ParseDate(s)
		require.NoError(t, err)
		assert.Equal(t, s, d.String())
		assert.True(t, d.InRange())
	}
	for _, s := range []string{
		"", " ", "2026", "2026-11", "2026-11-1", "2026-1-23", "26-11-23", "2026-02-29", "2026-11-31", "2026-13-01", "2026-00-10", "2026-11-00",
		"2026/11/23", "23.11.2026", "2026-11-23 ", "2026-11-23T00:00:00Z", "1970-12-31", "1970-01-01", "2200-01-01", "-2026-11-23", "null",
	} {
		d, err := ParseDate(s)
		assert.Equal(t, CodeInvalid, ErrorCode(err), s)
		assert.Zero(t, d, s)
	}
}

func TestDates(t *testing.T) {
	d := NewDate(2026, time.November, 23)
	assert.Equal(t, "2026-11-23", d.String())
	assert.Equal(t, "2026-11", d.Month())
	assert.Equal(t, time.Monday, d.Weekday())
	assert.Equal(t, "2026-12-01", NewDate(2026, time.November, 31).String())
	assert.Equal(t, Date(1), NewDate(1970, time.January, 2))
	assert.False(t, d.IsZero())

	var none Date
	assert.True(t, none.IsZero())
	assert.False(t, none.InRange())
	assert.Empty(t, none.String())
	assert.Empty(t, none.Month())
}

func TestDateJSON(t *testing.T) {
	type holder struct {
		D Date `json:"d"`
	}
	for in, want := range map[string]Date{
		`{"d":"2026-11-23"}`: NewDate(2026, time.November, 23), `{"d":null}`: 0, `{"d":""}`: 0, `{}`: 0,
	} {
		var h holder
		require.NoError(t, json.Unmarshal([]byte(in), &h), in)
		assert.Equal(t, want, h.D, in)
	}
	for _, in := range []string{`{"d":1}`, `{"d":true}`, `{"d":{}}`, `{"d":"tomorrow"}`, `{"d":"2026-02-30"}`, `{"d":"1970-01-01"}`} {
		h := holder{D: 7}
		assert.Equal(t, CodeInvalid, ErrorCode(json.Unmarshal([]byte(in), &h)), in)
		assert.Equal(t, Date(7), h.D, "a refused date changes nothing")
	}
	b, err := json.Marshal([]Date{0, NewDate(2026, time.November, 23)})
	require.NoError(t, err)
	assert.JSONEq(t, `[null,"2026-11-23"]`, string(b))
}

func TestDateOfAZone(t *testing.T) {
	at := time.Date(2026, time.November, 24, 3, 30, 0, 0, time.UTC)
	for zone, want := range map[string]string{"UTC": "2026-11-24", "America/New_York": "2026-11-23", "Asia/Tokyo": "2026-11-24", "Pacific/Kiritimati": "2026-11-24"} {
		assert.Equal(t, want, DateOf(at, location(t, zone)).String(), zone)
	}
}

func location(t require.TestingT, name string) *time.Location {
	z, err := time.LoadLocation(name)
	require.NoError(t, err)
	return z
}

func TestStartWhereThereIsNoMidnight(t *testing.T) {
	for _, c := range []struct{ zone, day, start string }{
		{"UTC", "2026-11-23", "2026-11-23T00:00:00Z"},
		{"America/New_York", "2026-03-08", "2026-03-08T00:00:00-05:00"},
		{"America/New_York", "2026-03-09", "2026-03-09T00:00:00-04:00"},
		{"America/Santiago", "2026-09-06", "2026-09-06T01:00:00-03:00"},
		{"Atlantic/Azores", "2026-03-29", "2026-03-29T01:00:00Z"},
		{"America/Havana", "2026-11-01", "2026-11-01T00:00:00-04:00"}, // comes twice: the first
		{"Pacific/Apia", "2011-12-30", "2011-12-31T00:00:00+14:00"},   // a day that was left out
	} {
		d, err := ParseDate(c.day)
		require.NoError(t, err)
		assert.Equal(t, c.start, d.Start(location(t, c.zone)).Format(time.RFC3339), c.zone)
	}
}

func TestADayBeginsWhereTheOneBeforeEnds(t *testing.T) {
	zones := []string{"UTC", "America/New_York", "America/Santiago", "America/Havana", "America/Asuncion", "America/Sao_Paulo", "Atlantic/Azores", "Africa/Cairo", "Asia/Beirut", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kiritimati"}
	rapid.Check(t, func(t *rapid.T) {
		zone := location(t, rapid.SampledFrom(zones).Draw(t, "zone"))
		d := Date(rapid.Int32Range(int32(NewDate(1971, 1, 1)), int32(NewDate(2199, 12, 31))).Draw(t, "day"))
		start := d.Start(zone)
		assert.GreaterOrEqual(t, DateOf(start, zone), d)
		assert.Less(t, DateOf(start.Add(-time.Nanosecond), zone), d)
		assert.LessOrEqual(t, start.UnixNano(), (d + 1).Start(zone).UnixNano())
	})
}

func FuzzParseDate(f *testing.F) {
	f.Add("2026-11-23")
	f.Add("2026-02-30")
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDate(s)
		if err != nil {
			require.Equal(t, CodeInvalid, ErrorCode(err))
			return
		}
		require.Equal(t, s, d.String(), "one day has one spelling")
		require.True(t, d.InRange())
		require.Equal(t, d, DateOf(d.Start(time.UTC), time.UTC))
	})
}

func FuzzDateJSON(f *testing.F) {
	for _, s := range []string{`"2026-11-23"`, `""`, `null`, `7`, `"\u0032026-11-23"`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var d Date
		if err := json.Unmarshal(b, &d); err != nil {
			require.Zero(t, d)
			return
		}
		out, err := json.Marshal(d)
		require.NoError(t, err)
		var again Date
		require.NoError(t, json.Unmarshal(out, &again))
		require.Equal(t, d, again)
	})
}
