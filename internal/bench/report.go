package bench

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
)

// Report is what a run found.
type Report struct {
	Machine   Machine   `json:"machine"`
	Free      []float64 `json:"freeProcessors"` // before and after the questions of each size; see Machine.FreeBefore
	Questions []*asked  `json:"questions"`
	Measures  []measure `json:"measures"`
	Growth    []growth  `json:"growth"`
}

// Machine is what the figures depend on.
type Machine struct {
	Date       string  `json:"date"`
	CPUs       int     `json:"cpus"`
	Processor  string  `json:"processor"`
	Go         string  `json:"go"`
	Redis      string  `json:"redis"`
	PostgreSQL string  `json:"postgresql"`
	DuckDB     string  `json:"duckdb"`
	Chromium   string  `json:"chromium,omitempty"`
	Rounds     int     `json:"rounds"`
	Sizes      []int   `json:"sizes"`
	LoadBefore string  `json:"loadBefore"`     // of the last minute before the run
	FreeBefore float64 `json:"freeProcessors"` // share of the processors that a program got that wanted all
}

// growth is how a question's time over HTTP grows with the requests.
type growth struct {
	Name     string  `json:"name"`
	Label    string  `json:"label"`
	Fixed    float64 `json:"fixedMillis"`
	Each     float64 `json:"millisPerMillion"`
	Exponent float64 `json:"exponent"` // of N, between the two largest sizes
}

// grow fits the questions that were asked at several sizes.
func (r *Report) grow() {
	for _, q := range questions() {
		var xs, ys []float64
		for _, a := range r.Questions {
			if a.Name == q.name {
				xs, ys = append(xs, float64(a.N)/1e6), append(ys, a.Systems[portalName].Median)
			}
		}
		if len(xs) < 2 {
			continue
		}
		l := fit(xs, ys)
		n := len(xs)
		r.Growth = append(r.Growth, growth{q.name, q.label, l.Fixed, l.Each, math.Log(ys[n-1]/ys[n-2]) / math.Log(xs[n-1]/xs[n-2])})
	}
}

// Read reads a report that Write wrote.
func Read(file string) (*Report, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	r := &Report{}
	if err := json.Unmarshal(b, r); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return r, nil
}

// Missed returns the labels of the measures that did not reach what they must.
func (r *Report) Missed() []string {
	var out []string
	for _, m := range r.Measures {
		if m.Must != nil && m.Invalid == "" && !m.Must.met(m.Value) {
			out = append(out, fmt.Sprintf("%s: %s %s, must be %s", m.Label, figure(m.Value), m.Unit, m.Must))
		}
	}
	return out
}

var peers = []string{postgresName, duckdbName, bitmapsName}

// summary is a question's figures in one line.
func (a *asked) summary() string {
	var parts []string
	for _, name := range append([]string{indexName, portalName}, peers...) {
		if t := a.Systems[name]; t != nil {
			parts = append(parts, fmt.Sprintf("%s %s", name, figure(t.Median)))
		}
	}
	return fmt.Sprintf("%s (ms): %s", a.Label, strings.Join(parts, ", "))
}

// Markdown is the report as tables.
func (r *Report) Markdown() string {
	var b strings.Builder
	m := r.Machine
	fmt.Fprintf(&b, "%d processors (%s), %s, Redis %s, PostgreSQL %s, DuckDB %s; %d rounds, the systems by turns. Load before the run %s; a program that wanted all processors got %.0f %% of them",
		m.CPUs, orNone(m.Processor), m.Go, orNone(m.Redis), orNone(m.PostgreSQL), orNone(m.DuckDB), m.Rounds, orNone(m.LoadBefore), 100*m.FreeBefore)
	if len(r.Free) > 0 {
		fmt.Fprintf(&b, ", and %.0f to %.0f %% around the questions", 100*slices.Min(r.Free), 100*slices.Max(r.Free))
	}
	b.WriteString(".\n")
	var sizes []int
	for _, q := range r.Questions {
		if !slices.Contains(sizes, q.N) {
			sizes = append(sizes, q.N)
		}
	}
	for _, n := range sizes {
		fmt.Fprintf(&b, "\n%s requests, medians and p99 in ms; × is how many times longer than the portal over HTTP.\n\n| question | %s | %s |", count(n), indexName, portalName)
		rule := "|---|---:|---:|"
		for _, p := range peers {
			fmt.Fprintf(&b, " %s | × |", p)
			rule += "---:|---:|"
		}
		fmt.Fprintf(&b, "\n%s\n", rule)
		for _, q := range r.Questions {
			if q.N != n {
				continue
			}
			fmt.Fprintf(&b, "| %s | %s | %s |", q.Label, q.Systems[indexName], q.Systems[portalName])
			for _, p := range peers {
				ratio := "–"
				if rounds := q.ratio(p, portalName); rounds != nil {
					ratio = "**" + figure(median(rounds)) + "**"
				}
				fmt.Fprintf(&b, " %s | %s |", q.Systems[p], ratio)
			}
			b.WriteString("\n")
		}
	}
	if len(r.Growth) > 0 {
		b.WriteString("\n| question over HTTP | fixed (ms) | for each million (ms) | exponent of N |\n|---|---:|---:|---:|\n")
		for _, g := range r.Growth {
			fmt.Fprintf(&b, "| %s | %s | %s | %.2f |\n", g.Label, figure(g.Fixed), figure(g.Each), g.Exponent)
		}
	}
	if len(r.Measures) > 0 {
		b.WriteString("\n| measure | requests | value | rounds | must | met |\n|---|---:|---:|---|---|---|\n")
		for _, m := range r.Measures {
			bound, met := "", ""
			if m.Must != nil {
				bound, met = m.Must.String(), "**no**"
				switch {
				case m.Invalid != "":
					met = "not measured: " + m.Invalid
				case m.Must.met(m.Value):
					met = "yes"
				}
			}
			spread := ""
			if len(m.Rounds) > 1 {
				spread = figure(slices.Min(m.Rounds)) + "–" + figure(slices.Max(m.Rounds))
			}
			label := m.Label
			for _, d := range m.Detail {
				label += fmt.Sprintf("; %s %s", d.Name, strings.TrimSpace(figure(d.Value)+" "+d.Unit))
			}
			fmt.Fprintf(&b, "| %s | %s | **%s** %s | %s | %s | %s |\n", label, count(m.N), figure(m.Value), m.Unit, spread, bound, met)
		}
	}
	return b.String()
}

// String is the median and the p99.
func (t *timing) String() string {
	if t == nil {
		return "–"
	}
	return figure(t.Median) + " / " + figure(t.P99)
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
