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
	Bucket      float64      `json:"bucket"`     // how many requests the opened one has
	ManyGroups  float64      `json:"manyGroups"` // by title and language
	FirstLoad   []pageLoad   `json:"firstLoad"`
	Enter       []pageAction `json:"enter"`
	EnterEmpty  []pageAction `json:"enterEmpty"`
	Open        []pageAction `json:"open"`
	OpenEmpty   []pageAction `json:"openEmpty"`
	Scroll      []pageScroll `json:"scroll"`
	ScrollEmpty []pageScroll `json:"scrollEmpty"`

	Read         []pageScroll `json:"read"` // as fast as rows can be told apart
	GroupsEnter  []pageAction `json:"groupsEnter"`
	GroupsScroll []pageScroll `json:"groupsScroll"`
}

// pageLoad is what comes before the first search.
type pageLoad struct {
	Milliseconds float64 `json:"ms"`    // until one can type
	Bytes        float64 `json:"bytes"` // of scripts, as they are sent
	Files        float64 `json:"files"`
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
	Traced struct {
		Long []struct {
			Processor float64 `json:"processor"`
		} `json:"long"` // scripts of the portal over 50 ms of a processor's time
		Total   float64 `json:"processorTotal"`
		Longest float64 `json:"longestProcessor"`
	} `json:"traced"`
}

type pageAction struct {
	Milliseconds float64 `json:"ms"` // until it was painted
	pageWork
}

type pageScroll struct {
	Nodes  float64   `json:"nodes"` // the most that were in the document
	Bare   float64   `json:"bare"`  // share of the rows that were drawn before what they show was there
	Before float64   `json:"heapBefore"`
	After  float64   `json:"heapAfter"`
	Pages  float64   `json:"pages"`  // of rows that were asked for
	Frames []float64 `json:"frames"` // how long each took, in ms
	pageWork
}

// maxNodes bounds the document, however long the list is.
const maxNodes = 2500

// maxHeap bounds its objects, in MB, and maxFirstLoad its scripts, in kB.
const (
	maxHeap      = 50
	maxFirstLoad = 250
)

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
	ms = append(ms, of("page-groups", "from Enter until the buckets by title × language are painted", n, "ms", times(f.GroupsEnter), nil, detail{"groups", f.ManyGroups, ""}))
	for _, s := range []struct {
		name, label string
		rounds      []pageScroll
	}{
		{"page-scroll", "scrolling that bucket from end to end, frames at p99", f.Scroll},
		{"page-scroll-empty", "an empty page as high, frames at p99", f.ScrollEmpty},
		{"page-read", "scrolling it as fast as rows can be told apart, frames at p99", f.Read},
		{"page-groups-scroll", "scrolling the groups by title × language from end to end, frames at p99", f.GroupsScroll},
	} {
		var p99, medians, frames, nodes, pages, work, bare, before, after []float64
		for _, r := range s.rounds {
			count := float64(len(r.Frames))
			p99, medians = append(p99, quantile(r.Frames, 0.99)), append(medians, median(r.Frames))
			frames, nodes, pages = append(frames, count), append(nodes, r.Nodes), append(pages, r.Pages)
			work, bare = append(work, r.Traced.Total/max(count, 1)), append(bare, 100*r.Bare)
			before, after = append(before, r.Before/1e6), append(after, r.After/1e6)
		}
		details := []detail{{"median", median(medians), "ms"}, {"frames", median(frames), ""}, {"processor time of scripts", median(work), "ms a frame"}}
		switch s.name {
		case "page-scroll":
			details = append(details, detail{"pages of rows asked for", median(pages), ""})
		case "page-read":
			details = append(details, detail{"rows drawn before they were there", median(bare), "%"})
		}
		ms = append(ms, of(s.name, s.label, n, "ms", p99, nil, details...))
		if s.name == "page-scroll" {
			ms = append(ms, of("page-nodes", "elements in the document while it scrolls, at most", n, "", nodes, atMost(maxNodes)),
				of("page-heap", "objects of the page after that, in MB", n, "MB", after, atMost(maxHeap), detail{"before", median(before), "MB"}))
		}
	}
	bytes, until, files := make([]float64, len(f.FirstLoad)), make([]float64, len(f.FirstLoad)), 0.0
	for i, l := range f.FirstLoad {
		bytes[i], until[i], files = l.Bytes/1000, l.Milliseconds, l.Files
	}
	ms = append(ms, of("page-first-load", "JavaScript before the first search, as it is sent", n, "kB", bytes, atMost(maxFirstLoad), detail{"files", files, ""}, detail{"until one can type", median(until), "ms"}))
	works := func(actions []pageAction, scrolls []pageScroll) (all []pageWork) {
		for _, a := range actions {
			all = append(all, a.pageWork)
		}
		for _, s := range scrolls {
			all = append(all, s.pageWork)
		}
		return all
	}
	page := works(slices.Concat(f.Enter, f.Open, f.GroupsEnter), slices.Concat(f.Scroll, f.Read, f.GroupsScroll))
	empty := works(slices.Concat(f.EnterEmpty, f.OpenEmpty), f.ScrollEmpty)
	return append(ms,
		longScripts(page, n), longProcessing(page, n), longTasks("page-tasks", "tasks over 50 ms in all of that, the browser's own work and waiting for a processor included", page, n),
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
	return of("page-scripts", "scripts of the portal over 50 ms in all of that, waiting for a processor included", n, "", []float64{count}, atMost(0), detail{"longest", longest, "ms"})
}

// longProcessing counts them by what a processor spent on them, which waiting
// for one does not lengthen.
func longProcessing(all []pageWork, n int) measure {
	count, longest := 0.0, 0.0
	for _, w := range all {
		count, longest = count+float64(len(w.Traced.Long)), max(longest, w.Traced.Longest)
	}
	return of("page-processing", "scripts of the portal over 50 ms of processor time", n, "", []float64{count}, atMost(0), detail{"longest", longest, "ms"})
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
