package job

import (
	"context"
	"slices"
	"sync"

	"backlot/domain"
)

// Directory knows every accepted job, without the requests that it is over and
// the parameters of its action. It follows the event log; it is safe for
// concurrent use.
type Directory struct {
	domain.Following
	mu      sync.RWMutex
	byID    map[string]*entry
	ordered []*entry // as they were accepted
	running map[string]*entry
	changed chan struct{} // closed and replaced whenever a job moved on
}

type entry struct {
	id       string
	place    domain.Position // at which it was accepted
	revision uint64          // of the last event seen
	state    State
}

// NewDirectory returns a directory that knows no job.
func NewDirectory() *Directory {
	return &Directory{byID: map[string]*entry{}, running: map[string]*entry{}, changed: make(chan struct{})}
}

// Apply folds a page of the log into the directory. Pages come in order;
// events of other aggregates are ignored.
func (d *Directory) Apply(p domain.Page) {
	defer d.Saw(p)
	d.mu.Lock()
	defer d.mu.Unlock()
	moved := false
	for _, r := range p.Events {
		id, ok := IDOf(r.Stream)
		if !ok {
			continue
		}
		moved = true
		e := d.byID[id]
		if e == nil {
			e = &entry{id: id}
			d.byID[id] = e
		}
		before := e.state.Phase
		e.state, e.revision = Fold(e.state, r), r.Revision
		e.state.Chunks, e.state.Parameters = nil, nil
		switch after := e.state.Phase; {
		case after == before:
		case after == Running:
			e.place = r.Position
			d.ordered = append(d.ordered, e)
			d.running[id] = e
		case e.state.Ended():
			delete(d.running, id)
		}
	}
	if moved {
		close(d.changed)
		d.changed = make(chan struct{})
	}
}

// Changed returns a channel that is closed when the next job has moved on. Take
// it before looking, to miss nothing.
func (d *Directory) Changed() <-chan struct{} {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.changed
}

// Get returns the job with an id; ok is false where none was accepted.
func (d *Directory) Get(id string) (j Job, ok bool) {
	j, _, ok = d.get(id)
	return j, ok
}

func (d *Directory) get(id string) (j Job, revision uint64, ok bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	e := d.byID[id]
	if e == nil || !e.state.Accepted() {
		return Job{}, 0, false
	}
	return Job{id, e.state}, e.revision, true
}

// Running returns the jobs that have not ended, in the order of their acceptance.
func (d *Directory) Running() []Job {
	d.mu.RLock()
	defer d.mu.RUnlock()
	entries := make([]*entry, 0, len(d.running))
	for _, e := range d.running {
		entries = append(entries, e)
	}
	slices.SortFunc(entries, func(a, b *entry) int { return int(min(max(int64(a.place)-int64(b.place), -1), 1)) })
	jobs := make([]Job, len(entries))
	for i, e := range entries {
		jobs[i] = Job{e.id, e.state}
	}
	return jobs
}

// List returns up to limit jobs that match, the newest first. before is the
// place to go on from, 0 for the beginning; next is the place that the next
// page goes on from, 0 after the last. match is called under a lock.
func (d *Directory) List(match func(State) bool, before domain.Position, limit int) (jobs []Job, next domain.Position) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	end := len(d.ordered)
	if before > 0 {
		end, _ = slices.BinarySearchFunc(d.ordered, before, func(e *entry, p domain.Position) int {
			if e.place < p {
				return -1
			}
			return 1
		})
	}
	for _, e := range slices.Backward(d.ordered[:end]) {
		if !match(e.state) {
			continue
		}
		if len(jobs) == limit {
			return jobs, next
		}
		jobs, next = append(jobs, Job{e.id, e.state}), e.place
	}
	return jobs, 0
}

// Watch sends a job whenever it has moved on, the latest state only, and closes
// the channel after the job has ended, or when ctx does. A job that the
// directory does not know yet is waited for.
func (d *Directory) Watch(ctx context.Context, id string) <-chan Job {
	out := make(chan Job)
	go func() {
		defer close(out)
		sent, seen := uint64(0), false
		for {
			changed := d.Changed()
			if j, revision, ok := d.get(id); ok && (!seen || revision > sent) {
				sent, seen = revision, true
				select {
				case out <- j:
				case <-ctx.Done():
					return
				}
				if j.Ended() {
					return
				}
				continue
			}
			select {
			case <-changed:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}
