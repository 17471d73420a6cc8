package bench

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// measure is one figure that has a name, and mostly one that it must reach.
type measure struct {
	Name    string    `json:"name"`
	Label   string    `json:"label"`
	N       int       `json:"n"` // requests in the data set
	Unit    string    `json:"unit"`
	Value   float64   `json:"value"`
	Rounds  []float64 `json:"rounds,omitempty"` // that the value is the median of
	Must    *must     `json:"must,omitempty"`
	Detail  []detail  `json:"detail,omitempty"`
	Smaller bool      `json:"smallerIsBetter"`
	Invalid string    `json:"invalid,omitempty"` // why it is not what its label says
}

// must is a bound.
type must struct {
	Bound  float64 `json:"bound"`
	AtMost bool    `json:"atMost"` // else at least
}

func (m must) met(v float64) bool {
	if m.AtMost {
		return v <= m.Bound
	}
	return v >= m.Bound
}

// String returns the bound as a person writes it.
func (m must) String() string {
	if m.AtMost {
		return "≤ " + figure(m.Bound)
	}
	return "≥ " + figure(m.Bound)
}

func atMost(v float64) *must  { return &must{v, true} }
func atLeast(v float64) *must { return &must{v, false} }

// detail is a figure that a measure was made of.
type detail struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
}

// of returns a measure of rounds.
func of(name, label string, n int, unit string, rounds []float64, m *must, details ...detail) measure {
	return measure{Name: name, Label: label, N: n, Unit: unit, Value: median(rounds), Rounds: rounds, Must: m, Detail: details, Smaller: m != nil && m.AtMost}
}

// ratios divides, round by round.
func ratios(a, b []float64) []float64 {
	out := make([]float64, min(len(a), len(b)))
	for i := range out {
		out[i] = a[i] / b[i]
	}
	return out
}

// Names of measures, as --only takes them.
const (
	onlyQuestions  = "questions"
	onlyHistory    = "history"
	onlyMemory     = "memory"
	onlyBusy       = "busy"
	onlyVisible    = "visible"
	onlyCommands   = "commands"
	onlyColdStart  = "cold-start"
	onlyProjector  = "projector"
	onlyImport     = "import"
	onlyTenMillion = "ten-million"
	onlyPage       = "page"
)

// Measures lists the names that Config.Only takes, with what each is.
func Measures() [][2]string {
	return [][2]string{
		{onlyQuestions, "the questions, asked of the portal and its peers"},
		{onlyHistory, "opening one request's history, at every size"},
		{onlyMemory, "memory of the index and of Redis for each request"},
		{onlyBusy, "a grouped query while 1,000 events a second are projected, and without"},
		{onlyVisible, "from an accepted event until the read API shows it, at 1,000 events a second"},
		{onlyCommands, "commands over HTTP beside raw appends"},
		{onlyColdStart, "how long the index and the portal take to be ready"},
		{onlyProjector, "projecting the log into Redis beside reading it"},
		{onlyImport, "importing a file beside raw appends"},
		{onlyTenMillion, "the index alone over ten times the requests"},
		{onlyPage, "the page in Chromium beside an empty one; only if it is named"},
	}
}

func measureNames() []string {
	var out []string
	for _, m := range Measures() {
		out = append(out, m[0])
	}
	return out
}

func checkOnly(only []string) error {
	for _, o := range only {
		if !slices.Contains(measureNames(), o) {
			return fmt.Errorf("there is no measure %q; there are %s", o, strings.Join(measureNames(), ", "))
		}
	}
	return nil
}

// figure is a number with as many digits as say something.
func figure(v float64) string {
	switch a := max(v, -v); {
	case a >= 10_000:
		return thousands(int64(v + 0.5))
	case a >= 100:
		return fmt.Sprintf("%.0f", v)
	case a >= 10:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0")
	case a >= 0.01 || v == 0:
		return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", v), "0"), ".")
	}
	return fmt.Sprintf("%.4f", v)
}

func count(n int) string { return thousands(int64(n)) }

func thousands(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// freeProcessors is the share of the processors that this process gets when it
// wants all of them: what else the machine does is the rest.
func freeProcessors(ctx context.Context) float64 {
	const spin = 100 * time.Millisecond
	n := runtime.GOMAXPROCS(0)
	done := make(chan struct{}, n)
	before, begun := ownProcessorTime(), time.Now()
	for range n {
		go func() {
			for time.Since(begun) < spin && ctx.Err() == nil {
			}
			done <- struct{}{}
		}()
	}
	for range n {
		<-done
	}
	return min(1, float64(ownProcessorTime()-before)/float64(time.Since(begun)*time.Duration(n)))
}

// ownProcessorTime is how long this process has computed.
func ownProcessorTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
