package facets

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"backlot/domain"
)

func mustSelect(t require.TestingT, query string) Selection {
	q, err := url.ParseQuery(query)
	require.NoError(t, err)
	s, err := ParseSelection(q)
	require.NoError(t, err)
	return s
}

func containsText(s, part string) bool { return strings.Contains(s, part) }

func TestParseSelectionRefuses(t *testing.T) {
	for _, c := range []struct{ query, field, allowed, message string }{
		{"colour=red", "colour", "content_partner", "colour"},
		{"-colour=red", "-colour", "language", "-colour"},
		{"--language=Dutch", "--language", "language", "--language"},
		{"material_status=Received", "material_status", "status", "material_status"},
		{"status=Opened", "status", "Redelivery Requested", "Opened"},
		{"-status=all", "-status", "Open", "nothing would be left"},
		{"movie_type=Series", "movie_type", "Episode", "Series"},
		{"quality_control=Open", "quality_control", "Awaiting", "Open"},
		{"service_type=x", "service_type", "Conform", "x"},
		{"source_type=x", "source_type", "CC/SDH", "x"},
		{"is_original=maybe", "is_original", "Yes", "maybe"},
		{"is_original=Yes&is_original=perhaps", "is_original", "No", "perhaps"},
		{"due_date=soon", "due_date", "next 14 days", "soon"},
		{"-estimated_delivery_date=2017-13", "-estimated_delivery_date", "2017-04", "2017-13"},
		{"due_date=2017-06..2017-04", "due_date", "..2017-06", "ends before it begins"},
		{"title=%ff", "title", "", "UTF-8"},
		{"title=" + strings.Repeat("é", 301), "title", "", "300 characters"},
		{manyValues("title", 21), "title", "", "at most 20"},
		{manyValues("-request_id", 1001), "-request_id", "", "at most 1000"},
	} {
		q, err := url.ParseQuery(c.query)
		require.NoError(t, err)
		_, err = ParseSelection(q)
		var e *domain.Error
		require.ErrorAs(t, err, &e, c.query)
		require.Equal(t, domain.CodeInvalid, e.Code, c.query)
		require.Equal(t, c.field, e.Field, c.query)
		require.Contains(t, e.Message, c.message, c.query)
		if c.allowed != "" {
			require.Contains(t, e.Allowed, c.allowed, c.query)
		}
	}
}

func manyValues(name string, n int) string {
	q := url.Values{}
	for i := range n {
		q.Add(name, fmt.Sprint(i))
	}
	return q.Encode()
}

func TestSelectionsThatMeanTheSameAreWrittenTheSame(t *testing.T) {
	a := mustSelect(t, "status=open&language=Dutch&language=Korean&-country=France&due_date=Next++14+days&language=Dutch")
	b := mustSelect(t, "-country=France&due_date=next+14+days&language=Korean&language=+Dutch+&status=OPEN")
	require.Equal(t, a.String(), b.String())
	require.Equal(t, "-country=France&due_date=next+14+days&language=Dutch&language=Korean&status=Open", a.String())
	require.Equal(t, a.String(), mustSelect(t, a.String()).String())
	require.NotEqual(t, a.String(), mustSelect(t, "status=Open").String())
	require.Equal(t, "-country=France&due_date=next+14+days&status=Open", a.Without("language").String())
	require.Empty(t, Selection{}.String())
}

func TestTheCatalogueIsComplete(t *testing.T) {
	var names []string
	for _, m := range Modifiers() {
		names = append(names, m.Name)
		require.NotEmpty(t, m.Label)
		require.NotEmpty(t, m.Help)
		require.Equal(t, slices.Contains(groupingNames(), m.Name), m.Groupable, m.Name)
		for _, v := range slices.Concat(m.Values, m.Samples) {
			_, err := ParseSelection(url.Values{m.Name: {v}})
			require.NoError(t, err, "%s=%s", m.Name, v)
		}
	}
	require.Equal(t, []string{
		"content_partner", "fulfillment_partner", "responsible", "source_type", "service_type", "language", "country", "movie_type", "status", "is_original",
		"due_date", "estimated_delivery_date", "issues", "quality_control", "title", "request_id", "package_id", "movie_id",
	}, names)
}

func TestDates(t *testing.T) {
	// 2026-11-23 is a Monday.
	for _, c := range []struct{ today, value, from, to string }{
		{"2026-11-23", "2017", "2017-01-01", "2017-12-31"},
		{"2026-11-23", "2017-04", "2017-04-01", "2017-04-30"},
		{"2026-11-23", "2024-02", "2024-02-01", "2024-02-29"},
		{"2026-11-23", "2199", "2199-01-01", "2199-12-31"},
		{"2026-11-23", "2017-04-09", "2017-04-09", "2017-04-09"},
		{"2026-11-23", "2017-04..2017-06", "2017-04-01", "2017-06-30"},
		{"2026-11-23", "2017..2017-06-03", "2017-01-01", "2017-06-03"},
		{"2026-11-23", " 2017-04 .. 2017 ", "2017-04-01", "2017-12-31"},
		{"2026-11-23", "2017-04..", "2017-04-01", "2199-12-31"},
		{"2026-11-23", "..2017-06", "1970-01-02", "2017-06-30"},
		{"2026-11-23", "today..2026", "2026-11-23", "2026-12-31"},
		{"2026-11-23", "this week..next week", "2026-11-23", "2026-12-06"},
		{"2026-11-23", "TODAY", "2026-11-23", "2026-11-23"},
		{"2026-12-31", "tomorrow", "2027-01-01", "2027-01-01"},
		{"2027-01-01", "yesterday", "2026-12-31", "2026-12-31"},
		{"2026-11-23", "this week", "2026-11-23", "2026-11-29"},
		{"2026-11-29", "this  Week", "2026-11-23", "2026-11-29"},
		{"2026-11-22", "this week", "2026-11-16", "2026-11-22"},
		{"2027-01-01", "this week", "2026-12-28", "2027-01-03"},
		{"2026-11-25", "next week", "2026-11-30", "2026-12-06"},
		{"2026-11-25", "last week", "2026-11-16", "2026-11-22"},
		{"2026-01-31", "next month", "2026-02-01", "2026-02-28"},
		{"2026-03-31", "last month", "2026-02-01", "2026-02-28"},
		{"2026-12-01", "next month", "2027-01-01", "2027-01-31"},
		{"2026-11-23", "this month", "2026-11-01", "2026-11-30"},
		{"2026-11-23", "this year", "2026-01-01", "2026-12-31"},
		{"2026-11-23", "next year", "2027-01-01", "2027-12-31"},
		{"2026-11-23", "last year", "2025-01-01", "2025-12-31"},
		{"2026-11-23", "next 14 days", "2026-11-23", "2026-12-06"},
		{"2026-11-23", "next 1 day", "2026-11-23", "2026-11-23"},
		{"2026-11-23", "last 7 days", "2026-11-17", "2026-11-23"},
		{"2026-11-23", "overdue", "1970-01-02", "2026-11-22"},
	} {
		today, err := domain.ParseDate(c.today)
		require.NoError(t, err)
		d, invalid := parseDays(c.value)
		require.Nil(t, invalid, c.value)
		from, to := d(today)
		require.Equal(t, c.from, from.String(), "%q on %s", c.value, c.today)
		require.Equal(t, c.to, to.String(), "%q on %s", c.value, c.today)
	}
	d, invalid := parseDays("  ")
	require.Nil(t, invalid)
	require.Equal(t, []uint8{1, 0, 0}, dayTable([]days{d}, 2)[:3])
	for _, value := range []string{
		"..", "soon", "17", "2017-4", "2017-13", "2017-02-30", "2017-04-09T00:00", "1970", "2200", "20170409", "2017..2016", "2017-04-09..2017-04-08",
		"this 3 days", "next 0 days", "next -1 days", "next 99999 days", "next days", "next 3 fortnights", "overdue..", "2017....2018", "2017...2018", "week", "next", "+2017",
	} {
		_, invalid := parseDays(value)
		require.NotNil(t, invalid, value)
		require.Equal(t, dateForms, invalid.Allowed)
	}
	for _, form := range dateForms {
		_, invalid := parseDays(form)
		require.Nil(t, invalid, form)
	}
}

func FuzzDates(f *testing.F) {
	for _, form := range dateForms {
		f.Add(form, int64(0))
	}
	f.Add("next 36500 days..2017", int64(1<<62))
	f.Fuzz(func(t *testing.T, value string, ms int64) {
		d, invalid := parseDays(value)
		if invalid != nil {
			require.Equal(t, domain.CodeInvalid, invalid.Code)
			return
		}
		table := dayTable([]days{d}, todayOf(time.UnixMilli(ms), time.UTC))
		require.Len(t, table, dayCount)
		if strings.TrimSpace(value) != "" {
			require.Zero(t, table[0], "no date is found by an empty value only")
		}
	})
}

func TestTermsSayWhatTheSelectionSays(t *testing.T) {
	s := mustSelect(t, "status=open&-country=Japan&-country=&country=Italy&due_date=Next+14+days")
	require.Equal(t, []Term{
		{Modifier: "country", Values: []string{"Italy"}},
		{Modifier: "country", Exclude: true, Values: []string{"", "Japan"}},
		{Modifier: "status", Values: []string{"Open"}},
		{Modifier: "due_date", Values: []string{"next 14 days"}},
	}, s.Terms())
	s.Terms()[0].Values[0] = "Spain"
	require.Equal(t, "Italy", s.Terms()[0].Values[0], "terms are copies")
	require.Empty(t, Selection{}.Terms())
}
