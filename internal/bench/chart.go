package bench

import (
	"fmt"
	"html"
	"math"
	"os"
	"strings"
)

// colours of the systems, apart also to those who see few colours.
var colours = map[string]string{indexName: "#0b7285", portalName: "#1971c2", postgresName: "#868e96", duckdbName: "#e8590c", bitmapsName: "#c2255c"}

// Chart is the questions at the largest size as an SVG: bars of median times on
// a logarithmic scale.
func (r *Report) Chart() string {
	var shown []*asked
	largest := 0
	for _, q := range r.Questions {
		largest = max(largest, q.N)
	}
	low, high := math.Inf(1), 0.0
	for _, q := range r.Questions {
		if q.N != largest {
			continue
		}
		shown = append(shown, q)
		for _, t := range q.Systems {
			low, high = min(low, t.Median), max(high, t.Median)
		}
	}
	order := append([]string{indexName, portalName}, peers...)
	const (
		width, left, right = 960, 330, 70
		bar, gap, top      = 11, 14, 64
	)
	height := top + 24
	for _, q := range shown {
		height += len(q.Systems)*bar + gap
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="system-ui, sans-serif" font-size="12">`+"\n", width, height)
	fmt.Fprintf(&b, "<title>Median times over %s requests, logarithmic</title>\n<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n", count(largest))
	fmt.Fprintf(&b, `<text x="16" y="24" font-size="15" font-weight="600">%s requests: median time in ms, logarithmic</text>`+"\n", count(largest))
	x := 16
	for _, name := range order {
		fmt.Fprintf(&b, `<rect x="%d" y="36" width="11" height="11" fill="%s"/><text x="%d" y="46">%s</text>`+"\n", x, colours[name], x+16, html.EscapeString(name))
		x += 40 + 7*len(name)
	}
	if len(shown) == 0 {
		b.WriteString("</svg>\n")
		return b.String()
	}
	first, last := math.Floor(math.Log10(low)), math.Ceil(math.Log10(high))
	at := func(ms float64) float64 {
		return left + (math.Log10(ms)-first)/max(last-first, 1)*(width-left-right)
	}
	for e := first; e <= last; e++ {
		x := at(math.Pow(10, e))
		fmt.Fprintf(&b, `<path d="M%.1f %dV%d" stroke="#dee2e6"/><text x="%.1f" y="%d" text-anchor="middle" fill="#495057">%s</text>`+"\n", x, top-4, height-20, x, height-6, figure(math.Pow(10, e)))
	}
	y := top
	for _, q := range shown {
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end">%s</text>`+"\n", left-10, y+len(q.Systems)*bar/2+4, html.EscapeString(q.Label))
		for _, name := range order {
			t := q.Systems[name]
			if t == nil {
				continue
			}
			w := at(t.Median) - left
			fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%.1f" height="%d" fill="%s"><title>%s: %s ms</title></rect><text x="%.1f" y="%d" font-size="9" fill="#495057">%s</text>`+"\n",
				left, y, max(w, 1), bar-2, colours[name], html.EscapeString(name), figure(t.Median), left+max(w, 1)+4, y+bar-3, figure(t.Median))
			y += bar
		}
		y += gap
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// WriteChart writes the chart.
func (r *Report) WriteChart(file string) error { return os.WriteFile(file, []byte(r.Chart()), 0o644) }
