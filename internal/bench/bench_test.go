package bench

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain/sourcerequest"
)

const testRequests = 2_000

func TestTheCatalogueIsAlwaysTheSame(t *testing.T) {
	first := slices.Collect(catalogue(testRequests))
	require.Len(t, first, testRequests)
	assert.Equal(t, first, slices.Collect(catalogue(testRequests)))
	larger := slices.Collect(catalogue(2 * testRequests))
	assert.Equal(t, first, larger[:testRequests], "a larger one begins as a smaller one")
	for n, q := range larger {
		require.Equal(t, n, q.number)
		require.Equal(t, requestID(n), q.id)
		require.GreaterOrEqual(t, q.title, larger[max(0, n-1)].title, "titles are dense and in order")
		require.Equal(t, q.facts, q.state.Facts())
		require.True(t, slices.IsSorted(q.state.Countries))
		for _, h := range q.history {
			require.False(t, h.at.After(Now), "nothing happened later than questions are asked")
		}
	}
}

func TestTheCatalogueHasItsSkew(t *testing.T) {
	const n = 20_000
	share := map[string]float64{}
	buckets := map[sourcerequest.Bucket]int{}
	for q := range catalogue(n) {
		for _, label := range []string{string(q.state.Status), string(q.state.SourceType), q.state.Language, q.state.FulfillmentPartner} {
			share[label] += 1. / n
		}
		bs := sourcerequest.BucketsAt(q.facts.Open, q.facts.UsableMaterials, q.instants, Now.UnixMilli())
		for b := range sourcerequest.Bucket(sourcerequest.BucketCount) {
			if bs.Has(b) {
				buckets[b]++
			}
		}
	}
	for label, want := range map[string]float64{"Open": 0.596, "Cancelled": 0.039, "Subs": 0.32, "IMF": 0.041, "Korean": 0.09, "Icelandic": 0.009} {
		assert.InDelta(t, want, share[label], 0.012, label)
	}
	assert.InDelta(t, 1./12, share[postHouses[3].id], 0.02)
	for b := range sourcerequest.Bucket(sourcerequest.BucketCount) {
		assert.Greater(t, buckets[b], n/200, "%s is worth asking for", b)
	}
}

// reference answers a question by looking at every request.
func reference(q question, n int, now time.Time) *answer {
	out := &answer{}
	matches := func(r *request) bool {
		if r.state.Status == sourcerequest.StatusCancelled {
			return false
		}
		for _, f := range q.filters {
			var is bool
			switch {
			case f.title != "":
				is = strings.Contains(strings.ToLower(r.state.Title), f.title)
			case f.near != "":
				is = strings.Contains(r.state.Title, "Lighthouse")
			case f.column == "":
				is = r.state.DueDate >= f.from && r.state.DueDate <= f.to
			default:
				is = slices.Contains(f.values, r.label(f.column))
			}
			if is == f.exclude {
				return false
			}
		}
		return true
	}
	type listedRow struct {
		due  int
		cell string
	}
	var rows []listedRow
	if q.kind == askValues {
		out.values = map[string]int64{}
	}
	if q.kind == askCounts {
		out.counts = map[string]tally{}
	}
	for r := range catalogue(n) {
		if !matches(r) {
			continue
		}
		bs := sourcerequest.BucketsAt(r.facts.Open, r.facts.UsableMaterials, r.instants, now.UnixMilli())
		switch q.kind {
		case askValues:
			for _, c := range r.state.Countries {
				out.values[c]++
			}
		case askRows:
			if bs.Has(listedBucket) {
				out.total++
				rows = append(rows, listedRow{int(r.state.DueDate), strings.Join([]string{
					r.id, r.state.Title, nameOf(r.state.FulfillmentPartner), r.state.Language, r.state.DueDate.String(), string(r.state.Status),
				}, glue)})
			}
		default:
			var labels []string
			for _, g := range q.group {
				labels = append(labels, r.label(g))
			}
			for _, key := range slices.Compact([]string{"", strings.Join(labels, glue)}) {
				t := out.counts[key]
				t[0]++
				for b := range sourcerequest.Bucket(sourcerequest.BucketCount) {
					if bs.Has(b) {
						t[1+b]++
					}
				}
				out.counts[key] = t
			}
		}
	}
	slices.SortStableFunc(rows, func(a, b listedRow) int { return a.due - b.due })
	for _, r := range rows[:min(len(rows), listedRows)] {
		out.rows = append(out.rows, r.cell)
	}
	return out
}

func (q *request) label(column string) string {
	s := q.state
	switch column {
	case "language":
		return s.Language
	case "source_type":
		return string(s.SourceType)
	case "service_type":
		return string(s.ServiceType)
	case "movie_type":
		return string(s.MovieType)
	case "is_original":
		return yesNo(s.IsOriginal)
	case "fulfillment_partner":
		return nameOf(s.FulfillmentPartner)
	}
	panic("the reference does not know " + column)
}

// The index and the bitmaps need nothing but redis-server, which the tests have
// anyway; PostgreSQL and DuckDB are held to the same answers by every run.
func TestAnswersAreEqual(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	server, err := startRedis(ctx, dir, "index")
	require.NoError(t, err)
	defer func() { require.NoError(t, server.close()) }()
	require.NoError(t, putRows(ctx, server.client, testRequests))
	x, err := follow(ctx, server.client)
	require.NoError(t, err)
	defer x.stop()
	bitmaps, err := startBitmaps(ctx, dir, testRequests, questionNamed("two-days-in-turn").now)
	require.NoError(t, err)
	defer func() { require.NoError(t, bitmaps.close()) }()
	answered := map[string]int{}
	for _, q := range questions() {
		for _, s := range []system{indexSystem{x.Index}, bitmaps} {
			a, err := s.prepare(ctx, q)
			require.NoError(t, err)
			if a == nil {
				continue
			}
			answered[s.name()]++
			for _, now := range q.now {
				got, err := a.answer(ctx, now)
				require.NoError(t, err)
				want := reference(q, testRequests, now)
				require.NotEmpty(t, len(want.counts)+len(want.values)+len(want.rows))
				assert.Empty(t, want.differences(got), "%s of %s", q.name, s.name())
				took, err := a.ask(ctx, now)
				require.NoError(t, err)
				assert.Positive(t, took)
			}
		}
	}
	assert.Equal(t, map[string]int{indexName: len(questions()), bitmapsName: len(questions()) - 3}, answered)
}

func TestWhatIsRecordedIsWhatIsAsked(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	events, err := record(ctx, dir, testRequests)
	require.NoError(t, err)
	want := len(partners())
	for q := range catalogue(testRequests) {
		want += len(q.history)
	}
	assert.Equal(t, want, events)
	var all int
	for batch, err := range encoded(ctx, bundle+1) {
		require.NoError(t, err)
		all += len(batch)
		for _, e := range batch {
			require.NotEmpty(t, e.Data)
			require.Contains(t, string(e.Metadata), `"chainHash"`)
		}
	}
	assert.Greater(t, all, bundle)
}

// fixed is a system that always says the same.
type fixed struct {
	called string
	says   tally
	takes  time.Duration
}

func (f fixed) name() string                                          { return f.called }
func (f fixed) prepare(context.Context, question) (asker, error)      { return f, nil }
func (f fixed) ask(context.Context, time.Time) (time.Duration, error) { return f.takes, nil }
func (f fixed) answer(context.Context, time.Time) (*answer, error) {
	return &answer{counts: map[string]tally{"": f.says}}, nil
}

func TestOnlyEqualAnswersCount(t *testing.T) {
	q := questionNamed("totals")
	a, err := ask(t.Context(), q, 1_000, 4, []system{fixed{portalName, tally{7}, time.Millisecond}, fixed{duckdbName, tally{7}, 5 * time.Millisecond}})
	require.NoError(t, err)
	assert.Equal(t, []float64{5, 5, 5, 5}, a.ratio(duckdbName, portalName))
	assert.Nil(t, a.ratio(postgresName, portalName))
	assert.Equal(t, 1., a.Systems[portalName].P99)

	_, err = ask(t.Context(), q, 1_000, 4, []system{fixed{portalName, tally{7}, 1}, fixed{duckdbName, tally{8}, 1}})
	require.True(t, isDiffering(err))
	assert.ErrorContains(t, err, `group "": [7 0 0 0 0 0 0 0] and [8 0 0 0 0 0 0 0]`)

	_, err = ask(t.Context(), question{name: "nothing", now: onlyNow(), kind: askValues}, 1_000, 1, []system{empty{}})
	require.ErrorContains(t, err, "empty answer")
	assert.False(t, isDiffering(errors.New("another")))
}

type empty struct{ fixed }

func (e empty) prepare(context.Context, question) (asker, error) { return e, nil }
func (empty) answer(context.Context, time.Time) (*answer, error) { return &answer{}, nil }

func TestDifferences(t *testing.T) {
	a := &answer{total: 1, rows: []string{"x"}, values: map[string]int64{"Japan": 1}, counts: map[string]tally{"": {1}}}
	b := &answer{total: 2, rows: []string{"y", "z"}, values: map[string]int64{"Poland": 1}, counts: map[string]tally{"": {1}, "Dubs": {2}}}
	assert.Empty(t, a.differences(a))
	d := a.differences(b)
	for _, want := range []string{"total 1 and 2", `row 0: "x" and "y"`, `row 1: "" and "z"`, `value "Japan": 1 and 0`, `value "Poland": nothing and 1`, `group "Dubs": nothing`} {
		assert.Contains(t, d, want)
	}
	many := &answer{}
	for i := range 2 * maxDifferences {
		many.rows = append(many.rows, fmt.Sprint(i))
	}
	assert.Contains(t, many.differences(&answer{}), fmt.Sprintf("and %d more", maxDifferences))
}

func TestStatistics(t *testing.T) {
	assert.Zero(t, median(nil))
	assert.Equal(t, 2.5, median([]float64{4, 1, 3, 2}))
	assert.Equal(t, 4., quantile([]float64{1, 4, 2}, 1))
	assert.InDelta(t, 3.96, quantile([]float64{1, 2, 3, 4, 0}, 0.99), 1e-9)
	l := fit([]float64{0.01, 0.1, 1}, []float64{0.25, 0.7, 5.2})
	assert.InDelta(t, 0.2, l.Fixed, 1e-9)
	assert.InDelta(t, 5, l.Each, 1e-9)
	for v, want := range map[float64]string{0: "0", 0.004: "0.0040", 0.5: "0.5", 1: "1", 1.234: "1.23", 12: "12", 12.34: "12.3", 456.7: "457", 1234567: "1,234,567"} {
		assert.Equal(t, want, figure(v))
	}
}

func testReport() *Report {
	r := &Report{Machine: Machine{CPUs: 2, Go: "go1.26", Rounds: 3}}
	for i, n := range []int{10_000, 100_000, 1_000_000} {
		ms := math.Pow(10, float64(i)-1)
		r.Questions = append(r.Questions, &asked{Name: "two-dimensions", Label: "source type × language", N: n, Systems: map[string]*timing{
			portalName:   {Median: ms, P99: 2 * ms, Rounds: []float64{ms, ms, ms}},
			postgresName: {Median: 60 * ms, P99: 90 * ms, Rounds: []float64{60 * ms, 61 * ms, 59 * ms}},
			duckdbName:   {Median: 4 * ms, P99: 5 * ms, Rounds: []float64{4 * ms, 4 * ms, 4 * ms}},
		}})
	}
	r.Measures = append(r.Measures,
		of("history-open", "opening a history", 10_000, "ms", []float64{0.5, 0.5}, nil), of("history-open", "opening a history", 1_000_000, "ms", []float64{0.6, 0.6}, nil),
		of(onlyVisible, "visible", 1_000_000, "ms", []float64{30, 31, 32}, atMost(50)), measure{Name: onlyBusy, Label: "busy", Value: 9, Must: atMost(1.5), Invalid: "only 300 events a second came in"})
	run := &run{Config: Config{Sizes: []int{10_000, 100_000, 1_000_000}}, report: r}
	run.conclude()
	return r
}

func TestConclusions(t *testing.T) {
	r := testReport()
	values := map[string]float64{}
	for _, m := range r.Measures {
		values[m.Name] = m.Value
	}
	assert.Equal(t, 60., values["against-postgres"])
	assert.Equal(t, 4., values["against-duckdb"])
	assert.NotContains(t, values, "against-bitmaps", "nobody asked them")
	assert.InDelta(t, 1.2, values[onlyHistory], 1e-9)
	require.Len(t, r.Missed(), 1, "what was not measured is not missed")
	assert.Contains(t, r.Missed()[0], "must be ≥ 5")
	require.Len(t, r.Growth, 1)
	assert.InDelta(t, 1, r.Growth[0].Exponent, 1e-9)
	assert.InDelta(t, 10, r.Growth[0].Each, 1e-9)
	text := r.Markdown()
	for _, want := range []string{"| source type × language | – | 10 / 20 | 600 / 900 | **60** | 40 / 50 | **4** | – | – |", "not measured: only 300 events", "| **no** |", "| yes |"} {
		assert.Contains(t, text, want)
	}
}

func TestARunIsComparedWithAnother(t *testing.T) {
	file := t.TempDir() + "/before.json"
	require.NoError(t, testReport().Write(file))
	before, err := Read(file)
	require.NoError(t, err)
	same, worse := testReport().Against(before)
	assert.Zero(t, worse)
	assert.Contains(t, same, "other figures are the same")

	slower := testReport()
	for _, q := range slower.Questions {
		q.Systems[portalName].Rounds = []float64{9, 9, 9}
	}
	slower.Measures[2].Value = 20 // visible sooner
	table, worse := slower.Against(before)
	assert.Equal(t, 4, worse, "of the two largest sizes, against two peers: %s", table)
	assert.Contains(t, table, "| visible | 31 ms | 20 ms | ± 15 % | better |")

	noisy := testReport()
	for _, m := range noisy.Measures {
		if m.Name == onlyVisible {
			copy(m.Rounds, []float64{20, 31, 60})
		}
	}
	assert.Greater(t, tolerance([]float64{31}, []float64{20, 31, 60}), 1.)
	_, err = Read(file + "x")
	require.Error(t, err)
}

func TestTheChartIsADrawing(t *testing.T) {
	chart := testReport().Chart()
	d := xml.NewDecoder(strings.NewReader(chart))
	bars := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "rect" {
			bars++
		}
	}
	assert.Equal(t, 1+5+3, bars, "the ground, the legend and a bar for each of three systems")
	assert.Contains(t, chart, "1,000,000 requests")
	assert.Contains(t, (&Report{}).Chart(), "</svg>")
}

func TestConfigurationsThatCannotBe(t *testing.T) {
	for _, c := range []Config{{Sizes: []int{10}}, {Only: []string{"nothing"}}, {Peers: []string{"oracle"}}, {Rounds: -1}, {Window: -1}} {
		_, err := Run(t.Context(), c)
		assert.Error(t, err, "%+v", c)
	}
}
