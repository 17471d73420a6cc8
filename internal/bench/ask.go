package bench

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"
)

// asked is what came of one question at one size.
type asked struct {
	Name    string             `json:"name"`
	Label   string             `json:"label"`
	N       int                `json:"n"`
	Systems map[string]*timing `json:"systems"` // by name; without who has no answer
}

// timing is how long a system took, in milliseconds.
type timing struct {
	Median float64   `json:"median"`
	P99    float64   `json:"p99"`
	Asked  int       `json:"asked"`
	Rounds []float64 `json:"rounds"` // medians of each
}

// ratio is how many times longer one system took than another, within each round.
func (a *asked) ratio(of, to string) []float64 {
	x, y := a.Systems[of], a.Systems[to]
	if x == nil || y == nil {
		return nil
	}
	var out []float64
	for i := range min(len(x.Rounds), len(y.Rounds)) {
		out = append(out, x.Rounds[i]/y.Rounds[i])
	}
	return out
}

// Turns of one system.
const (
	turn      = 150 * time.Millisecond // aimed at
	fewest    = 2
	most      = 100
	wakingUps = 3
)

// ask puts one question to the systems by turns. An answer that differs from
// the first system's is an error: nothing else would count.
func ask(ctx context.Context, q question, n, rounds int, systems []system) (*asked, error) {
	out := &asked{Name: q.name, Label: q.label, N: n, Systems: map[string]*timing{}}
	type turned struct {
		asker
		name  string
		times []float64
		count int
	}
	var turns []*turned
	var firstAnswers []*answer
	for _, s := range systems {
		a, err := s.prepare(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("%s, %s: %w", q.name, s.name(), err)
		}
		if a == nil {
			continue
		}
		for i, now := range q.now {
			got, err := a.answer(ctx, now)
			if err != nil {
				return nil, fmt.Errorf("%s, %s: %w", q.name, s.name(), err)
			}
			if len(turns) == 0 {
				if len(got.counts)+len(got.values)+len(got.rows) == 0 {
					return nil, fmt.Errorf("%s has an empty answer", q.name)
				}
				firstAnswers = append(firstAnswers, got)
			} else if d := firstAnswers[i].differences(got); d != "" {
				return nil, &differs{q.name, turns[0].name, s.name(), d}
			}
		}
		turns = append(turns, &turned{asker: a, name: s.name()})
		out.Systems[s.name()] = &timing{}
	}
	asks := 0
	one := func(t *turned) (time.Duration, error) {
		asks++
		took, err := t.ask(ctx, q.now[asks%len(q.now)])
		if err != nil {
			err = fmt.Errorf("%s, %s: %w", q.name, t.name, err)
		}
		return took, err
	}
	for _, t := range turns {
		var took time.Duration
		for range wakingUps {
			var err error
			if took, err = one(t); err != nil {
				return nil, err
			}
		}
		t.count = min(max(int(turn/max(took, time.Microsecond)), fewest), most)
	}
	for round := range rounds {
		for i := range turns {
			t := turns[(round+i)%len(turns)]
			runtime.GC() // of what the one before left behind
			var times []float64
			for range t.count {
				took, err := one(t)
				if err != nil {
					return nil, err
				}
				times = append(times, float64(took)/1e6)
			}
			t.times = append(t.times, times...)
			out.Systems[t.name].Rounds = append(out.Systems[t.name].Rounds, median(times))
		}
	}
	for _, t := range turns {
		s := out.Systems[t.name]
		s.Median, s.P99, s.Asked = median(t.times), quantile(t.times, 0.99), len(t.times)
	}
	return out, nil
}

// differs is an answer that is not the others'.
type differs struct{ question, first, second, how string }

// Error says what differs.
func (d *differs) Error() string {
	return fmt.Sprintf("%s: %s and %s answer differently, so their times do not count:\n%s", d.question, d.first, d.second, d.how)
}

func isDiffering(err error) bool {
	var d *differs
	return errors.As(err, &d)
}
