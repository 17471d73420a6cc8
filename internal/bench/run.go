package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Config says what to measure. Fields with a default may be left out.
type Config struct {
	Program string        // the backlot program; it serves the portal that is measured
	Sizes   []int         // requests of the data sets; default 10,000, 100,000 and 1,000,000
	Only    []string      // names of Measures; default all but the page
	Rounds  int           // of each measure; default 5
	Window  time.Duration // how long a rate is measured in each round; default 3 s
	Dir     string        // folder on the disk to measure, what is made there is removed; default the system's for temporary files
	DuckDB  string        // folder of duckdb.mjs, with DuckDB installed; default internal/bench/duckdb
	Web     string        // folder of the page, with its packages installed, for the measure page; default web
	Peers   []string      // of postgres, duckdb and bitmaps; default all. One that is not installed is an error
	Out     io.Writer     // progress; default none
}

func (c *Config) setDefaults() error {
	if len(c.Sizes) == 0 {
		c.Sizes = []int{10_000, 100_000, 1_000_000}
	}
	c.Sizes = slices.Compact(slices.Sorted(slices.Values(c.Sizes)))
	if c.Sizes[0] < 1_000 {
		return fmt.Errorf("%d requests are too few to measure anything", c.Sizes[0])
	}
	if c.Rounds == 0 {
		c.Rounds = 5
	}
	if c.Window == 0 {
		c.Window = 3 * time.Second
	}
	if c.Rounds < 1 || c.Window < 0 {
		return errors.New("there have to be rounds, and they take some time")
	}
	if c.DuckDB == "" {
		c.DuckDB = filepath.Join("internal", "bench", "duckdb")
	}
	if c.Web == "" {
		c.Web = "web"
	}
	if c.Peers == nil {
		c.Peers = []string{"postgres", "duckdb", "bitmaps"}
	}
	for _, p := range c.Peers {
		if !slices.Contains([]string{"postgres", "duckdb", "bitmaps"}, p) {
			return fmt.Errorf("there is no peer %q; there are postgres, duckdb and bitmaps", p)
		}
	}
	if c.Out == nil {
		c.Out = io.Discard
	}
	return checkOnly(c.Only)
}

// run is a run under way.
type run struct {
	Config
	dir    string
	report *Report
	begun  time.Time
}

// wants reports whether to take a measure; that of the page, which needs a browser, only if it was named.
func (r *run) wants(name string) bool {
	return len(r.Only) == 0 && name != onlyPage || slices.Contains(r.Only, name)
}

func (r *run) say(format string, args ...any) {
	fmt.Fprintf(r.Out, "bench: %6.1f s  %s\n", time.Since(r.begun).Seconds(), fmt.Sprintf(format, args...))
}

// Run measures. What it found until an error is in the report, which is never
// nil. Answers that differ are an error.
func Run(ctx context.Context, c Config) (_ *Report, err error) {
	r := &run{Config: c, report: &Report{}, begun: time.Now()}
	if err := r.setDefaults(); err != nil {
		return r.report, err
	}
	if r.dir, err = os.MkdirTemp(r.Dir, "backlot-bench-"); err != nil {
		return r.report, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(r.dir)) }()
	if err := os.Chmod(r.dir, 0o711); err != nil { // PostgreSQL may be somebody else
		return r.report, err
	}
	r.report.Machine = describe(ctx, r)
	for _, n := range r.Sizes {
		if err := r.atSize(ctx, n); err != nil {
			return r.report, err
		}
	}
	largest := r.Sizes[len(r.Sizes)-1]
	if r.wants(onlyImport) {
		if err := r.add(r.imports(ctx, largest)); err != nil {
			return r.report, err
		}
	}
	if r.wants(onlyTenMillion) {
		if err := r.add(r.tenMillion(ctx, largest)); err != nil {
			return r.report, err
		}
	}
	r.conclude()
	return r.report, nil
}

// atSize measures what needs a data set of one size; most only at the largest.
func (r *run) atSize(ctx context.Context, n int) (err error) {
	everySize := []string{onlyQuestions, onlyHistory}
	largestOnly := []string{onlyMemory, onlyBusy, onlyVisible, onlyCommands, onlyColdStart, onlyProjector, onlyPage}
	isLargest := n == r.Sizes[len(r.Sizes)-1]
	needed := slices.ContainsFunc(everySize, r.wants) || isLargest && slices.ContainsFunc(largestOnly, r.wants)
	if !needed {
		return nil
	}
	w, err := newWorld(ctx, r, n)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	if isLargest && r.wants(onlyMemory) {
		r.say("memory")
		if err := r.add(w.memory(ctx)); err != nil {
			return err
		}
	}
	if r.wants(onlyQuestions) {
		if err := r.questions(ctx, w); err != nil {
			return err
		}
	}
	if r.wants(onlyHistory) {
		m, err := w.history(ctx)
		if err := r.add([]measure{m}, err); err != nil {
			return err
		}
	}
	if !isLargest {
		return nil
	}
	if w.index != nil { // it would follow along
		w.index.stop()
		w.index = nil
	}
	for _, m := range []struct {
		name string
		take func(context.Context) ([]measure, error)
	}{
		{onlyPage, w.page}, {onlyColdStart, w.coldStart}, {onlyBusy, w.busy}, {onlyVisible, w.visible}, {onlyCommands, w.commands}, {onlyProjector, w.projector},
	} {
		if !r.wants(m.name) {
			continue
		}
		r.say("%s", m.name)
		if w.portal == nil && m.name != onlyProjector {
			if err := w.serve(ctx); err != nil {
				return err
			}
		}
		if err := r.add(m.take(ctx)); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
	}
	return nil
}

func (r *run) add(ms []measure, err error) error {
	r.report.Measures = append(r.report.Measures, ms...)
	for _, m := range ms {
		r.say("%s: %s %s", m.Label, figure(m.Value), m.Unit)
	}
	return err
}

// questions asks the portal, the index and the peers at one size.
func (r *run) questions(ctx context.Context, w *world) (err error) {
	x, err := w.indexed(ctx)
	if err != nil {
		return err
	}
	systems := []system{indexSystem{x.Index}, portalSystem{w.portal}}
	var nows []time.Time
	for _, q := range questions() {
		for _, now := range q.now {
			if !slices.Contains(nows, now) {
				nows = append(nows, now)
			}
		}
	}
	for _, peer := range r.Peers {
		r.say("loading %s requests into %s", count(w.n), peer)
		switch peer {
		case "postgres":
			s, err := startPostgres(ctx, r.dir, w.n)
			if err != nil {
				return err
			}
			defer func() { s.close(); err = errors.Join(err, os.RemoveAll(s.server.Dir())) }()
			if r.report.Machine.PostgreSQL, err = s.server.Version(ctx); err != nil {
				return err
			}
			systems = append(systems, s)
		case "duckdb":
			s, err := startDuckDB(ctx, r.DuckDB, r.dir, w.n)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, s.close()) }()
			r.report.Machine.DuckDB = s.version
			systems = append(systems, s)
		case "bitmaps":
			s, err := startBitmaps(ctx, r.dir, w.n, nows)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, s.close()) }()
			systems = append(systems, s)
		}
	}
	if err := w.portal.settle(ctx); err != nil {
		return err
	}
	r.report.Free = append(r.report.Free, freeProcessors(ctx))
	for _, q := range questions() {
		a, err := ask(ctx, q, w.n, r.Rounds, systems)
		if err != nil {
			return err
		}
		r.report.Questions = append(r.report.Questions, a)
		r.say("%s", a.summary())
	}
	r.report.Free = append(r.report.Free, freeProcessors(ctx))
	return nil
}

// boundSize is the number of requests from which the peers have to be beaten: over
// a few, what everybody pays for each question is all there is.
const boundSize = 1_000_000

// conclude adds the measures that follow from others.
func (r *run) conclude() {
	largest := r.Sizes[len(r.Sizes)-1]
	for _, c := range []struct {
		name, label, question, peer string
		bound                       float64
	}{
		{"against-duckdb", "source type × language, unfiltered, over HTTP: DuckDB in process takes", "two-dimensions", duckdbName, 5},
		{"against-postgres", "the same: PostgreSQL takes", "two-dimensions", postgresName, 50},
		{"against-bitmaps", "the same: Redis bitmaps take", "two-dimensions", bitmapsName, 100},
		{"partner-against-postgres", "one partner, three modifiers, one grouping, over HTTP: PostgreSQL takes", "partner-modifiers", postgresName, 10},
	} {
		for _, q := range r.report.Questions {
			if q.N != largest || q.Name != c.question {
				continue
			}
			if rounds := q.ratio(c.peer, portalName); rounds != nil {
				m := of(c.name, c.label, largest, "×", rounds, atLeast(c.bound))
				if largest < boundSize {
					m.Must = nil
				}
				r.report.Measures = append(r.report.Measures, m)
			}
		}
	}
	var small, large *measure
	for i := range r.report.Measures {
		m := &r.report.Measures[i]
		if m.Name == "history-open" && (small == nil || m.N < small.N) {
			small = m
		}
		if m.Name == "history-open" && (large == nil || m.N > large.N) {
			large = m
		}
	}
	if small != nil && large != nil && small.N < large.N {
		// Independent of N: within the noise of a round trip.
		r.report.Measures = append(r.report.Measures, of(onlyHistory, fmt.Sprintf("opening one request's history, at %s requests ÷ at %s", count(large.N), count(small.N)),
			large.N, "×", ratios(large.Rounds, small.Rounds), atMost(1.5)))
	}
	r.report.grow()
}

// describe says what the figures depend on. It names nobody's machine.
func describe(ctx context.Context, r *run) Machine {
	m := Machine{CPUs: runtime.NumCPU(), Go: runtime.Version(), Rounds: r.Rounds, Sizes: r.Sizes, Date: time.Now().UTC().Format("2006-01-02")}
	if b, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(b)) {
			if rest, ok := strings.CutPrefix(line, "model name"); ok {
				m.Processor = strings.TrimSpace(strings.TrimLeft(rest, "\t: "))
				break
			}
		}
	}
	if out, err := exec.CommandContext(ctx, "redis-server", "--version").Output(); err == nil {
		for _, f := range strings.Fields(string(out)) {
			if v, ok := strings.CutPrefix(f, "v="); ok {
				m.Redis = v
			}
		}
	}
	if b, err := os.ReadFile("/proc/loadavg"); err == nil {
		m.LoadBefore = strings.Fields(string(b))[0]
	}
	m.FreeBefore = freeProcessors(ctx)
	return m
}

// Write writes the report as JSON.
func (r *Report) Write(file string) error {
	b, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(b, '\n'), 0o644)
}
