package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
)

// pageFigures are what web/bench/page.mjs prints: one of each list for every round.
type pageFigures struct {
	Browser     string       `json:"browser"`
	Groups      float64      `json:"groups"`
	Bucket      float64      `json:"bucket"` // how many requests the opened one has
	Enter       []pageAction `json:"enter"`
	EnterEmpty  []pageAction `json:"enterEmpty"`
	Open        []pageAction `json:"open"`
	OpenEmpty   []pageAction `json:"openEmpty"`
	Scroll      []pageScroll `json:"scroll"`
	ScrollEmpty []pageScroll `json:"scrollEmpty"`
}

// pageWork is what kept the page's thread for more than 50 ms, in ms: whole
// tasks, the browser's own included, and scripts of the portal.
type pageWork struct {
	Tasks   []float64 `json:"tasks"`
	Scripts []struct {
		Milliseconds float64 `json:"ms"`
		Invoker      string  `json:"invoker"`
		Source       string  `json:"source"`
	} `json:"scripts"`
}

type pageAction struct {
	Milliseconds float64 `json:"ms"` // until it was painted
	pageWork
}

type pageScroll struct {
	Nodes  float64   `json:"nodes"`  // the most that were in the document
	Pages  float64   `json:"pages"`  // of rows that were asked for
	Frames []float64 `json:"frames"` // how long each took, in ms
	pageWork
}

// maxNodes bounds the document, however long the list is.
const maxNodes = 2500

// page measures the page in a real Chromium, beside an empty one.
func (w *world) page(ctx context.Context) ([]measure, error) {
	if _, err := os.Stat(filepath.Join(w.run.Web, "node_modules", "@playwright", "test")); err != nil {
		return nil, fmt.Errorf("no Playwright; run `npm ci` in web: %w", err)
	}
	if err := w.portal.settle(ctx); err != nil {
		return nil, err
	}
	w.run.report.Free = append(w.run.report.Free, freeProcessors(ctx))
	cmd := exec.CommandContext(ctx, "node", "bench/page.mjs", w.portal.url, strconv.Itoa(w.n), strconv.Itoa(w.run.Rounds))
	cmd.Dir = w.run.Web
	cmd.Env = append(os.Environ(), "BACKLOT_TOKEN="+token)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the page's benchmark: %w", err), errors.New(said.String()))
	}
	w.run.report.Free = append(w.run.report.Free, freeProcessors(ctx))
	var f pageFigures
	if err := json.Unmarshal(out, &f); err != nil {
		return nil, err
	}
	w.run.report.Machine.Chromium = f.Browser
	return f.measures(w.n), nil
}

func (f *pageFigures) measures(n int) []measure {
	var ms []measure
	action := func(name, label string, page, empty []pageAction, details ...detail) {
		ms = append(ms, of(name, label, n, "ms", times(page), nil, details...), of(name+"-empty", "the same answer, to an empty page that shows nothing of it", n, "ms", times(empty), nil))
	}
	action("page-enter", "from Enter until the buckets by source type × language are painted", f.Enter, f.EnterEmpty, detail{"groups", f.Groups, ""})
	action("page-open", "from a click until the first rows of a bucket are painted", f.Open, f.OpenEmpty, detail{"in the bucket", f.Bucket, "requests"})
	for _, s := range []struct {
		name, label string
		rounds      []pageScroll
	}{{"page-scroll", "scrolling that bucket from end to end, frames at p99", f.Scroll}, {"page-scroll-empty", "an empty page as high, frames at p99", f.ScrollEmpty}} {
		var p99, medians, frames, nodes, pages []float64
		for _, r := range s.rounds {
			p99, medians = append(p99, quantile(r.Frames, 0.99)), append(medians, median(r.Frames))
			frames, nodes, pages = append(frames, float64(len(r.Frames))), append(nodes, r.Nodes), append(pages, r.Pages)
		}
		ms = append(ms, of(s.name, s.label, n, "ms", p99, nil, detail{"median", median(medians), "ms"}, detail{"frames", median(frames), ""}, detail{"pages of rows asked for", median(pages), ""}))
		if s.name == "page-scroll" {
			ms = append(ms, of("page-nodes", "elements in the document while it scrolls, at most", n, "", nodes, atMost(maxNodes)))
		}
	}
	works := func(actions []pageAction, scrolls []pageScroll) (all []pageWork) {
		for _, a := range actions {
			all = append(all, a.pageWork)
		}
		for _, s := range scrolls {
			all = append(all, s.pageWork)
		}
		return all
	}
	page := works(slices.Concat(f.Enter, f.Open), f.Scroll)
	empty := works(slices.Concat(f.EnterEmpty, f.OpenEmpty), f.ScrollEmpty)
	return append(ms,
		longScripts(page, n), longTasks("page-tasks", "tasks over 50 ms in all of that, the browser's own work and waiting for a processor included", page, n),
		longTasks("page-tasks-empty", "the same of the empty page", empty, n))
}

// longScripts counts the portal's own scripts that took more than 50 ms.
func longScripts(all []pageWork, n int) measure {
	count, longest := 0.0, 0.0
	for _, w := range all {
		for _, s := range w.Scripts {
			count, longest = count+1, max(longest, s.Milliseconds)
		}
	}
	return of("page-scripts", "scripts of the portal over 50 ms in all of that", n, "", []float64{count}, atMost(0), detail{"longest", longest, "ms"})
}

func longTasks(name, label string, all []pageWork, n int) measure {
	count, longest := 0.0, 0.0
	for _, w := range all {
		for _, t := range w.Tasks {
			count, longest = count+1, max(longest, t)
		}
	}
	return of(name, label, n, "", []float64{count}, nil, detail{"longest", longest, "ms"})
}

func times(actions []pageAction) []float64 {
	out := make([]float64, len(actions))
	for i, a := range actions {
		out[i] = a.Milliseconds
	}
	return out
}
