package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/readapi/facets"
)

// system is somebody who can be asked.
type system interface {
	name() string
	// prepare readies a question; nil if the system has no answer to it.
	prepare(ctx context.Context, q question) (asker, error)
}

// asker asks one system one question.
type asker interface {
	// ask returns how long the answer took, as whoever asked has it.
	ask(ctx context.Context, now time.Time) (time.Duration, error)
	answer(ctx context.Context, now time.Time) (*answer, error)
}

// Names of systems in tables and figures.
const (
	indexName    = "index in process"
	portalName   = "portal over HTTP"
	postgresName = "PostgreSQL"
	duckdbName   = "DuckDB in process"
	bitmapsName  = "Redis bitmaps"
)

// portalSystem is the portal as a client on the same machine sees it:
// authentication, scope, encoding and transport included.
type portalSystem struct{ *portal }

func (portalSystem) name() string { return portalName }

func (p portalSystem) prepare(_ context.Context, q question) (asker, error) {
	return &portalAsker{portal: p.portal, q: q}, nil
}

type portalAsker struct {
	portal *portal
	q      question
	body   bytes.Buffer
}

func (a *portalAsker) ask(ctx context.Context, now time.Time) (time.Duration, error) {
	path := a.q.path(now)
	begun := time.Now()
	err := a.portal.fetch(ctx, path, &a.body)
	return time.Since(begun), err
}

func (a *portalAsker) answer(ctx context.Context, now time.Time) (*answer, error) {
	if err := a.portal.fetch(ctx, a.q.path(now), &a.body); err != nil {
		return nil, err
	}
	var got struct {
		Matched int64            `json:"matched"`
		Buckets map[string]int64 `json:"buckets"`
		Groups  []struct {
			Key     map[string]*string `json:"key"`
			Matched int64              `json:"matched"`
			Buckets map[string]int64   `json:"buckets"`
		} `json:"groups"`
		Values []struct {
			Value *string `json:"value"`
			Count int64   `json:"count"`
		} `json:"values"`
		Total int64            `json:"total"`
		Rows  []map[string]any `json:"rows"`
		Stale bool             `json:"stale"`
	}
	if err := json.Unmarshal(a.body.Bytes(), &got); err != nil {
		return nil, err
	}
	if got.Stale {
		return nil, fmt.Errorf("the portal's answer is stale")
	}
	out := &answer{}
	switch a.q.kind {
	case askCounts:
		out.counts = map[string]tally{"": tallyOf(got.Matched, got.Buckets)}
		for _, g := range got.Groups {
			var labels []string
			for _, d := range a.q.group {
				labels = append(labels, labelOr(g.Key[d]))
			}
			out.counts[strings.Join(labels, glue)] = tallyOf(g.Matched, g.Buckets)
		}
	case askRows:
		out.total = got.Total
		for _, r := range got.Rows {
			var cells []string
			for _, c := range listed {
				if p, ok := r[c].(map[string]any); ok {
					cells = append(cells, fmt.Sprint(p["name"]))
				} else {
					cells = append(cells, fmt.Sprint(r[c]))
				}
			}
			out.rows = append(out.rows, strings.Join(cells, glue))
		}
	case askValues:
		out.values = map[string]int64{}
		for _, v := range got.Values {
			out.values[labelOr(v.Value)] = v.Count
		}
	}
	return out, nil
}

func tallyOf(matched int64, buckets map[string]int64) tally {
	t := tally{matched}
	for b := range sourcerequest.Bucket(sourcerequest.BucketCount) {
		t[1+b] = buckets[b.String()]
	}
	return t
}

func labelOr(v *string) string {
	if v == nil {
		return noValue
	}
	return *v
}

// indexSystem is the facet index called directly.
type indexSystem struct{ index *facets.Index }

func (indexSystem) name() string { return indexName }

var everybody = domain.Principal{Account: "bench", Role: domain.RoleOperator}

func (s indexSystem) prepare(_ context.Context, q question) (asker, error) {
	selection, err := facets.ParseSelection(q.modifiers())
	if err != nil {
		return nil, err
	}
	return &indexAsker{index: s.index, q: q, selection: selection}, nil
}

type indexAsker struct {
	index     *facets.Index
	q         question
	selection facets.Selection
}

func (a *indexAsker) run(now time.Time) (*facets.Counts, *facets.Rows, *facets.Values, error) {
	s, err := a.index.Snapshot()
	if err != nil {
		return nil, nil, nil, err
	}
	switch a.q.kind {
	case askRows:
		bucket := listedBucket
		rows, err := s.Rows(facets.RowQuery{Principal: everybody, Selection: a.selection, Bucket: &bucket, Sort: []facets.SortKey{{Column: "due_date"}}, Now: now, Limit: listedRows})
		return nil, rows, nil, err
	case askValues:
		values, err := s.Values(facets.ValuesQuery{Principal: everybody, Modifier: "country", Selection: a.selection, Limit: maxValues, Now: now})
		return nil, nil, values, err
	}
	counts, err := s.Count(facets.CountQuery{Principal: everybody, Selection: a.selection, GroupBy: a.q.group, Limit: maxGroups, Now: now})
	return counts, nil, nil, err
}

func (a *indexAsker) ask(_ context.Context, now time.Time) (time.Duration, error) {
	begun := time.Now()
	_, _, _, err := a.run(now)
	return time.Since(begun), err
}

func (a *indexAsker) answer(_ context.Context, now time.Time) (*answer, error) {
	counts, rows, values, err := a.run(now)
	if err != nil {
		return nil, err
	}
	out := &answer{}
	switch {
	case counts != nil:
		out.counts = map[string]tally{"": indexTally(counts.Tally)}
		for _, g := range counts.Groups {
			var labels []string
			for _, k := range g.Key {
				labels = append(labels, labelOr(k))
			}
			out.counts[strings.Join(labels, glue)] = indexTally(g.Tally)
		}
	case rows != nil:
		out.total = int64(rows.Total)
		for i := range rows.Rows {
			var cells []string
			for _, c := range listed {
				cells = append(cells, fmt.Sprint(rows.Rows[i].Value(c)))
			}
			out.rows = append(out.rows, strings.Join(cells, glue))
		}
	case values != nil:
		out.values = map[string]int64{}
		for _, v := range values.Values {
			out.values[labelOr(v.Value)] = int64(v.Matched)
		}
	}
	return out, nil
}

func indexTally(t facets.Tally) tally {
	out := tally{int64(t.Matched)}
	for b, n := range t.Buckets {
		out[1+b] = int64(n)
	}
	return out
}

// names resolves the data set's partners for an index in this process.
type names map[string]string

func partnerNames() names {
	n := names{}
	for _, p := range partners() {
		n[p.id] = p.name
	}
	return n
}

// Name implements facets.Names.
func (n names) Name(id string) string {
	if name, ok := n[id]; ok {
		return name
	}
	return id
}

// Find implements facets.Names.
func (n names) Find(name string) (string, bool) {
	for id, other := range n {
		if strings.EqualFold(name, other) {
			return id, true
		}
	}
	return "", false
}
