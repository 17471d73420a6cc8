package worker

import (
	"context"
	"errors"
	"sync"
	"time"

	"backlot/domain"
	"backlot/domain/checkpoint"
)

// Worker follows the log and acts on it. Several may run with one checkpoint,
// in several processes: one acts and the others stand by.
type Worker struct {
	Config
	stream string // of the checkpoint

	// Of Run alone.
	at      place
	passive bool // another instance acts

	mu       sync.Mutex
	progress Progress
}

// Progress is where a worker stands.
type Progress struct {
	Active   bool            // it acts; otherwise it stands by
	Position domain.Position // of the checkpoint, as far as it is known here
	Waiting  time.Time       // when the first event happened that was not acted on yet; zero if none is known
	Failure  string          // why nothing is done at the moment; "" after a success
}

// New checks the configuration; the error is CodeInternal and names what is
// missing.
func New(c Config) (*Worker, error) {
	c.setDefaults()
	if err := c.validate(); err != nil {
		return nil, err
	}
	return &Worker{Config: c, stream: checkpoint.StreamOf(c.Name)}, nil
}

// Progress returns where the worker stands.
func (w *Worker) Progress() Progress {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.progress
}

func (w *Worker) note(change func(*Progress)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change(&w.progress)
}

// Run works until ctx ends, whose error it returns. Whatever else goes wrong is
// logged, told by Progress and tried again.
func (w *Worker) Run(ctx context.Context) error {
	for failures := 0; ; {
		before := w.at.version
		err := w.session(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if w.at.version != before {
			failures = 0
		}
		if errors.Is(err, errFenced) {
			w.passive = true
			w.note(func(s *Progress) { s.Active = false })
			w.Logger.Info("another instance is at work; this one stands by", "worker", w.Name)
			continue
		}
		w.Failed(err)
		failures++
		if err := w.Wait(ctx, BackOff(failures)); err != nil {
			return err
		}
	}
}

// Failed tells of a failure, once while it stays the same: for those who try
// again within Act.
func (w *Worker) Failed(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.progress.Failure != err.Error() {
		w.progress.Failure = err.Error()
		w.Logger.Error("a worker cannot go on at the moment", "worker", w.Name, "error", err)
	}
}

// session follows the log from the checkpoint until something fails.
func (w *Worker) session(ctx context.Context) error {
	at, err := w.load(ctx, w.at)
	if err != nil {
		return err
	}
	w.at = at
	w.note(func(s *Progress) { s.Active, s.Position = !w.passive, at.position })
	if w.Each != nil {
		return w.sideBySide(ctx)
	}
	return w.Log.Follow(ctx, at.position, w.Prefixes, func(page domain.Page) error { return w.apply(ctx, page) })
}

// apply acts on a page and then moves the checkpoint.
func (w *Worker) apply(ctx context.Context, page domain.Page) error {
	if w.passive && len(page.Events) > 0 {
		if err := w.standBy(ctx, page); err != nil {
			return err
		}
	}
	due := page.Events
	for len(due) > 0 && due[0].Position <= w.at.position {
		due = due[1:]
	}
	if len(due) > 0 {
		w.note(func(s *Progress) { s.Waiting = due[0].Metadata.OccurredAt })
		if err := w.Act(ctx, due); err != nil {
			return err
		}
		if err := w.save(ctx, due[len(due)-1]); err != nil {
			return err
		}
	}
	// If more waits, the next page says so at once.
	w.note(func(s *Progress) { s.Position, s.Waiting, s.Failure = w.at.position, time.Time{}, "" })
	return nil
}

// looks is how often a worker that stands by looks at the checkpoint before
// its patience ends.
const looks = 10

// standBy returns once another instance has acted on a page, or has not moved
// for so long that this one takes over.
func (w *Worker) standBy(ctx context.Context, page domain.Page) error {
	to := page.Events[len(page.Events)-1]
	for still := 0; w.at.position < to.Position; {
		if still == looks {
			w.passive = false
			w.note(func(s *Progress) { s.Active = true })
			w.Logger.Info("the other instance does not work any more; this one does now", "worker", w.Name, "position", w.at.position)
			return nil
		}
		w.note(func(s *Progress) { s.Waiting = page.Events[0].Metadata.OccurredAt })
		if err := w.Wait(ctx, w.Patience/looks); err != nil {
			return err
		}
		now, err := w.load(ctx, w.at)
		if err != nil {
			return err
		}
		if still++; now.version != w.at.version {
			w.at, still = now, 0
		}
	}
	return nil
}
