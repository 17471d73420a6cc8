package bench

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// bitmapsSystem is a Redis that holds a bitmap of request numbers for each value
// of each dimension, for each due date, and for each bucket. Somebody would have
// to keep the buckets' up to date as the clock goes; here they are ready for the
// instants that are asked about. Titles and sorted rows are beyond it.
type bitmapsSystem struct {
	redis   *redisServer
	values  map[string][]string // by dimension
	present map[string]bool     // keys with a bit set
}

// sets are the bitmaps that are counted; On Track and Materials Available follow
// from them.
var sets = []string{"matched", "requests", "critical", "at_risk", "awaiting", "overdue"}

func (*bitmapsSystem) name() string { return bitmapsName }

func startBitmaps(ctx context.Context, dir string, n int, nows []time.Time) (*bitmapsSystem, error) {
	server, err := startRedis(ctx, dir, "bitmaps")
	if err != nil {
		return nil, err
	}
	s := &bitmapsSystem{redis: server, values: map[string][]string{}, present: map[string]bool{}}
	maps := map[string][]byte{}
	set := func(key string, number int) {
		m := maps[key]
		if m == nil {
			m = make([]byte, (n+7)/8)
			maps[key], s.present[key] = m, true
		}
		m[number/8] |= 0x80 >> (number % 8)
	}
	value := func(dimension, v string, number int) {
		key := valueKey(dimension, v)
		if !s.present[key] {
			s.values[dimension] = append(s.values[dimension], v)
		}
		set(key, number)
	}
	for q := range catalogue(n) {
		st := &q.state
		value("language", st.Language, q.number)
		value("source_type", string(st.SourceType), q.number)
		value("service_type", string(st.ServiceType), q.number)
		value("movie_type", string(st.MovieType), q.number)
		value("is_original", yesNo(st.IsOriginal), q.number)
		value("content_partner", nameOf(st.ContentPartner), q.number)
		value("fulfillment_partner", nameOf(st.FulfillmentPartner), q.number)
		value("due_date", st.DueDate.String(), q.number)
		for _, c := range st.Countries {
			value("country", c, q.number)
		}
		if st.Status == sourcerequest.StatusCancelled {
			continue
		}
		for _, now := range nows {
			in := func(name string, is bool) {
				if is {
					set(setKey(now, name), q.number)
				}
			}
			bs := sourcerequest.BucketsAt(q.facts.Open, q.facts.UsableMaterials, q.instants, now.UnixMilli())
			in("matched", true)
			in("requests", bs.Has(sourcerequest.BucketRequests))
			in("critical", bs.Has(sourcerequest.BucketCritical))
			in("at_risk", bs.Has(sourcerequest.BucketAtRisk))
			in("awaiting", bs.Has(sourcerequest.BucketAwaitingMaterials))
			in("overdue", bs.Has(sourcerequest.BucketOverdueUndelivered))
		}
	}
	for key, m := range maps {
		if err := server.client.Set(ctx, key, m, 0).Err(); err != nil {
			return nil, fmt.Errorf("%w (%w)", err, server.close())
		}
	}
	return s, nil
}

func (s *bitmapsSystem) close() error { return s.redis.close() }

func yesNo(b bool) string {
	if b {
		return "Yes"
	}
	return "No"
}

func valueKey(dimension, v string) string { return dimension + ":" + v }

func setKey(now time.Time, name string) string {
	return fmt.Sprintf("now:%d:%s", now.UnixMilli(), name)
}

func (s *bitmapsSystem) prepare(_ context.Context, q question) (asker, error) {
	if q.kind == askRows || len(q.group) > 2 || slices.ContainsFunc(q.filters, func(f filter) bool { return f.title != "" || f.near != "" }) {
		return nil, nil
	}
	return &bitmapsAsker{s, q}, nil
}

type bitmapsAsker struct {
	system *bitmapsSystem
	q      question
}

func (a *bitmapsAsker) ask(ctx context.Context, now time.Time) (time.Duration, error) {
	begun := time.Now()
	_, err := a.answer(ctx, now)
	return time.Since(begun), err
}

// narrowed puts into tmp:<set> what of each set the filters select, and returns
// the keys to count.
func (a *bitmapsAsker) narrowed(ctx context.Context, p redis.Pipeliner, now time.Time, of []string) []string {
	keys := make([]string, len(of))
	for i, name := range of {
		keys[i] = setKey(now, name)
	}
	if len(a.q.filters) == 0 {
		return keys
	}
	var operands []string
	for i, f := range a.q.filters {
		var any []string
		if f.column == "" {
			for d := f.from; d <= f.to; d++ {
				any = append(any, a.existing("due_date", domain.Date(d).String())...)
			}
		}
		for _, v := range f.values {
			any = append(any, a.existing(f.column, v)...)
		}
		key := fmt.Sprintf("tmp:filter:%d", i)
		if len(any) == 1 && !f.exclude {
			key = any[0]
		} else {
			p.BitOpOr(ctx, key, append([]string{"empty"}, any...)...)
		}
		if f.exclude {
			p.BitOpNot(ctx, key, key)
		}
		operands = append(operands, key)
	}
	for i, name := range of {
		p.BitOpAnd(ctx, "tmp:"+name, append([]string{keys[i]}, operands...)...)
		keys[i] = "tmp:" + name
	}
	return keys
}

func (a *bitmapsAsker) existing(dimension, v string) []string {
	if key := valueKey(dimension, v); a.system.present[key] {
		return []string{key}
	}
	return nil
}

func (a *bitmapsAsker) answer(ctx context.Context, now time.Time) (*answer, error) {
	if a.q.kind == askValues {
		return a.countValues(ctx, now)
	}
	client := a.system.redis.client
	all := make([]*redis.IntCmd, len(sets))
	groups := map[string][]*redis.IntCmd{}
	var keys []string
	_, err := client.Pipelined(ctx, func(p redis.Pipeliner) error {
		keys = a.narrowed(ctx, p, now, sets)
		for i, k := range keys {
			all[i] = p.BitCount(ctx, k, nil)
		}
		// Who is matched first: the rest is counted only where anybody is.
		a.countGroups(ctx, p, keys[:1], func(string) bool { return true }, groups)
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := &answer{counts: map[string]tally{"": tallyOfCounted(results(all))}}
	if len(a.q.group) == 0 {
		return out, nil
	}
	matched := map[string][]*redis.IntCmd{}
	for label, counts := range groups {
		if counts[0].Val() > 0 {
			matched[label] = counts
		}
	}
	_, err = client.Pipelined(ctx, func(p redis.Pipeliner) error {
		a.countGroups(ctx, p, keys[1:], func(label string) bool { return matched[label] != nil }, matched)
		return nil
	})
	for label, counts := range matched {
		out.counts[label] = tallyOfCounted(results(counts))
	}
	return out, err
}

// countGroups counts each group in each of the sets.
func (a *bitmapsAsker) countGroups(ctx context.Context, p redis.Pipeliner, of []string, wanted func(label string) bool, into map[string][]*redis.IntCmd) {
	count := func(label, set, key string) {
		if wanted(label) {
			p.BitOpAnd(ctx, "tmp:group", set, key)
			into[label] = append(into[label], p.BitCount(ctx, "tmp:group", nil))
		}
	}
	switch len(a.q.group) {
	case 1:
		d := a.q.group[0]
		for _, v := range a.system.values[d] {
			for _, set := range of {
				count(v, set, valueKey(d, v))
			}
		}
	case 2:
		d, e := a.q.group[0], a.q.group[1]
		for _, v := range a.system.values[d] {
			for _, set := range of {
				p.BitOpAnd(ctx, "tmp:outer", set, valueKey(d, v))
				for _, w := range a.system.values[e] {
					count(v+glue+w, "tmp:outer", valueKey(e, w))
				}
			}
		}
	}
}

func (a *bitmapsAsker) countValues(ctx context.Context, now time.Time) (*answer, error) {
	counts := map[string]*redis.IntCmd{}
	_, err := a.system.redis.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		keys := a.narrowed(ctx, p, now, sets[:1])
		for _, c := range a.system.values["country"] {
			p.BitOpAnd(ctx, "tmp:value", keys[0], valueKey("country", c))
			counts[c] = p.BitCount(ctx, "tmp:value", nil)
		}
		return nil
	})
	out := &answer{values: map[string]int64{}}
	for c, n := range counts {
		if n.Val() > 0 {
			out.values[c] = n.Val()
		}
	}
	return out, err
}

func results(counts []*redis.IntCmd) []int64 {
	out := make([]int64, len(counts))
	for i, c := range counts {
		out[i] = c.Val()
	}
	return out
}
