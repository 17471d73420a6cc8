package bench

import (
	"fmt"
	"slices"
	"strings"
)

// noise is how far a figure may move from run to run by itself, at the least.
const noise = 0.15

// change is a figure of this run beside that of another one.
type change struct {
	label     string
	unit      string
	was, is   float64
	tolerance float64 // share of what it was
	smaller   bool    // is better
}

// worse reports whether the figure moved the wrong way, further than noise.
func (c change) worse() bool { return c.moved() > c.tolerance }

// better reports whether it moved the right way, further than noise.
func (c change) better() bool { return c.moved() < -c.tolerance }

// moved is by how much the figure is worse, as a share.
func (c change) moved() float64 {
	if c.smaller {
		return c.is/c.was - 1
	}
	return c.was/c.is - 1
}

// changes compares what both runs have. Times are compared as ratios to the
// peers of their own run where there is one, so that a busier or another machine
// is no regression.
func (r *Report) changes(before *Report) []change {
	var out []change
	for _, q := range r.Questions {
		i := slices.IndexFunc(before.Questions, func(o *asked) bool { return o.Name == q.Name && o.N == q.N })
		if i < 0 {
			continue
		}
		old := before.Questions[i]
		for _, p := range peers {
			is, was := q.ratio(p, portalName), old.ratio(p, portalName)
			if is != nil && was != nil {
				out = append(out, change{label: fmt.Sprintf("%s at %s: %s ÷ the portal", q.Label, count(q.N), p), unit: "×", was: median(was), is: median(is), tolerance: tolerance(was, is)})
			}
		}
	}
	for _, m := range r.Measures {
		i := slices.IndexFunc(before.Measures, func(o measure) bool { return o.Name == m.Name && o.N == m.N })
		if i < 0 || m.Value == 0 || before.Measures[i].Value == 0 || m.Invalid+before.Measures[i].Invalid != "" {
			continue
		}
		old := before.Measures[i]
		out = append(out, change{m.Label, m.Unit, old.Value, m.Value, tolerance(old.Rounds, m.Rounds), m.Smaller || m.Unit == "ms" || m.Unit == "s"})
	}
	return out
}

// tolerance is how much the rounds of either run differ among themselves.
func tolerance(was, is []float64) float64 {
	t := noise
	for _, rounds := range [][]float64{was, is} {
		if m := median(rounds); m > 0 {
			t = max(t, (quantile(rounds, 0.9)-quantile(rounds, 0.1))/m)
		}
	}
	return t
}

// Against compares the run with another one: a table of what moved beyond
// noise, and how many figures are worse.
func (r *Report) Against(before *Report) (markdown string, worse int) {
	var b strings.Builder
	same := 0
	b.WriteString("| measure | was | is | noise | |\n|---|---:|---:|---:|---|\n")
	for _, c := range r.changes(before) {
		verdict := "better"
		switch {
		case c.worse():
			verdict = "**worse**"
			worse++
		case !c.better():
			same++
			continue
		}
		fmt.Fprintf(&b, "| %s | %s %s | %s %s | ± %.0f %% | %s |\n", c.label, figure(c.was), c.unit, figure(c.is), c.unit, 100*c.tolerance, verdict)
	}
	fmt.Fprintf(&b, "\n%d other figures are the same within noise.\n", same)
	return b.String(), worse
}
