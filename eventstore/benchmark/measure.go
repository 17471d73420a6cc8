package main

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"
)

// measure is one line of the table: what each contender reached in each round.
type measure struct {
	Name string `json:"name"`
	Unit string `json:"unit"`
	// Rounds has one value for each contender that took part, by its name.
	Rounds []map[string]float64 `json:"rounds"`
}

// contender is a store and the name of its column.
type contender struct {
	name string
	store
}

// take measures the contenders one after the other in every round, each round
// begun by the next of them.
func take(ctx context.Context, name, unit string, rounds int, contenders []contender, run func(ctx context.Context, c contender, round int) (float64, error)) (measure, error) {
	m := measure{Name: name, Unit: unit}
	for round := range rounds {
		values := map[string]float64{}
		for i := range contenders {
			c := contenders[(round+i)%len(contenders)]
			runtime.GC() // of what the one before left behind
			v, err := run(ctx, c, round)
			if err != nil {
				return m, fmt.Errorf("%s, %s: %w", name, c.name, err)
			}
			values[c.name] = v
		}
		m.Rounds = append(m.Rounds, values)
	}
	return m, nil
}

// values returns what a contender reached, round by round.
func (m measure) values(contender string) []float64 {
	var out []float64
	for _, r := range m.Rounds {
		if v, ok := r[contender]; ok {
			out = append(out, v)
		}
	}
	return out
}

// ratios compares two contenders within each round, where the machine was the
// same for both.
func (m measure) ratios(of, to string) []float64 {
	var out []float64
	for _, r := range m.Rounds {
		a, ok := r[of]
		b, also := r[to]
		if ok && also && b > 0 {
			out = append(out, a/b)
		}
	}
	return out
}

// median returns 0 for no values.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// writers appends single events for a time, each writer to its own stream at
// the exact revision, and returns appends a second.
type writers struct {
	count       int
	connections int // that they share, of stores that need some
	duration    time.Duration
	// stream names that of a writer in a round.
	stream func(round, writer int) string
	events []event // cycled, under new ids
}

func (w writers) run(ctx context.Context, c contender, round int) (float64, error) {
	to, err := c.connect(ctx, w.connections)
	if err != nil {
		return 0, err
	}
	defer to.close()
	// Statements are prepared and streams begun before the clock runs.
	revisions := make([]int64, w.count)
	each := func(work func(ctx context.Context, i int) error) error {
		g, ctx := errgroup.WithContext(ctx)
		for i := range w.count {
			g.Go(func() error { return work(ctx, i) })
		}
		return g.Wait()
	}
	one := func(ctx context.Context, i int) error {
		e := w.events[(i*31+int(revisions[i]))%len(w.events)]
		e.id = uuid.New()
		err := to.append(ctx, w.stream(round, i), revisions[i]-1, []event{e})
		revisions[i]++
		return err
	}
	if err := each(one); err != nil {
		return 0, err
	}
	var ended time.Time
	var last sync.Mutex
	begun := time.Now()
	err = each(func(ctx context.Context, i int) error {
		for time.Since(begun) < w.duration {
			if err := one(ctx, i); err != nil {
				return err
			}
		}
		last.Lock()
		defer last.Unlock()
		ended = time.Now()
		return nil
	})
	if err != nil {
		return 0, err
	}
	total := int64(0)
	for _, r := range revisions {
		total += r - 1
	}
	return float64(total) / ended.Sub(begun).Seconds(), nil
}

// thousands appends many events at a time by one writer, each time to a new
// stream, and returns events a second.
type thousands struct {
	appends, size int
}

func (t thousands) run(ctx context.Context, c contender, round int) (float64, error) {
	to, err := c.connect(ctx, 1)
	if err != nil {
		return 0, err
	}
	defer to.close()
	var spent time.Duration
	for i := range t.appends {
		number := round*t.appends + i
		events := openedEvents(number*t.size, t.size)
		begun := time.Now()
		if err := to.append(ctx, fmt.Sprintf("sourceRequest-import%d", number), noStream, events); err != nil {
			return 0, err
		}
		spent += time.Since(begun)
	}
	return float64(t.appends*t.size) / spent.Seconds(), nil
}

// reader reads everything and returns events a second.
type reader struct{ events int }

func (r reader) run(ctx context.Context, c contender, _ int) (float64, error) {
	begun := time.Now()
	n, err := c.readAll(ctx)
	if err != nil {
		return 0, err
	}
	if n != r.events {
		return 0, fmt.Errorf("%d events were read instead of %d", n, r.events)
	}
	return float64(n) / time.Since(begun).Seconds(), nil
}
