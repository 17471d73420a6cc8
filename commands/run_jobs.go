package commands

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"backlot/domain"
	"backlot/domain/job"
)

const (
	// jobWorkers change requests at the same time, so that the store's group
	// commit is full while every change is an append of its own.
	jobWorkers = 64
	// maxRuns is how many jobs a process works on at once; the others wait.
	maxRuns = 4
	// lease is how long a job that another process moved on is left to it.
	lease = 15 * time.Second
	// lookEvery is how often the worker looks whether a lease has run out.
	lookEvery = time.Second
	// faultPatience is how often something is tried that fails for a reason that
	// nobody foresaw, with pauses that double. What is away is waited for.
	faultPatience = 8
	maxPause      = 5 * time.Second
)

// jobsPrincipal reports on jobs; what they do, they do as who began them.
var jobsPrincipal = domain.Principal{Account: "jobs", Role: domain.RoleSystem}

// run is a job that this process works on.
type run struct {
	*Jobs
	id       string
	l        *loaded[job.State]
	attempt  string          // makes what this run appends known from what another one does
	stopping context.Context // ends when somebody asked the job to stop
	stop     context.CancelFunc
}

// part is what works off one kind of job.
type part interface {
	// chunk works off the next chunk of at most job.MaxChunk. last says that
	// nothing is left behind it, whole that none of it was left out because the
	// job is to stop. The error ends the run, and as a *failure the job.
	chunk(ctx context.Context, r *run) (p job.Progressed, last, whole bool, err error)
	close()
}

// failure is why a job cannot go on, ever.
type failure struct{ error }

// errElsewhere means that another process works on the job as well.
var errElsewhere = errors.New("another process works on the job")

// watchOver starts and stops runs as the log says, until Close. left are files
// of an earlier process.
func (m *Jobs) watchOver(left []string) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		changed := m.Directory.Changed()
		if m.Directory.Ready() {
			m.removeUnneeded(left)
			left = nil
			m.look()
		}
		select {
		case <-changed:
		case <-tick.C:
		case <-m.ctx.Done():
			return
		}
	}
}

// look starts what waits and stops what shall stop.
func (m *Jobs) look() {
	m.mu.Lock()
	defer m.mu.Unlock()
	running := m.Directory.Running()
	if len(running) == 0 {
		clear(m.elsewhere)
	}
	for _, j := range running {
		if r := m.runs[j.ID]; r != nil {
			if j.Stopping {
				r.stop()
			}
			continue
		}
		if len(m.runs) == maxRuns || m.elsewhere[j.ID] && m.now().Before(j.UpdatedAt.Add(lease)) || m.keptElsewhere(j) {
			continue
		}
		r := &run{Jobs: m, id: j.ID, attempt: uuid.NewString()}
		r.stopping, r.stop = context.WithCancel(context.Background())
		m.runs[j.ID] = r
		m.tasks.Go(func() { m.finish(r, r.work()) })
	}
}

// finish forgets a run. A job that ended stays in the directory's list of the
// running ones until the log has told so, and is only looked at once more.
func (m *Jobs) finish(r *run, err error) {
	r.stop()
	m.mu.Lock()
	delete(m.runs, r.id)
	m.elsewhere[r.id] = true
	if r.l != nil && r.l.state.Ended() {
		delete(m.elsewhere, r.id)
	}
	m.mu.Unlock()
	switch {
	case errors.Is(err, errElsewhere):
		m.logger.Info("a job is worked on by another process", slog.String("job", r.id))
	case err != nil && m.ctx.Err() == nil:
		m.logger.Error("a job is interrupted", slog.String("job", r.id), slog.Any("error", err))
	case err == nil:
		m.logger.Info("a job ended", slog.String("job", r.id), slog.String("kind", string(r.l.state.Kind)), slog.String("action", r.l.state.Action),
			slog.String("phase", string(r.l.state.Phase)), slog.String("report", r.l.state.Summary()))
	}
}

// work does the job to its end. The error says why it stays as it is for now.
func (r *run) work() error {
	ctx := r.ctx
	if err := r.load(ctx, ""); err != nil {
		return err
	}
	if r.l.state.Ended() {
		r.discard(r.l.state)
		return nil
	}
	p, err := r.part(ctx)
	if err == nil {
		defer p.close()
		err = r.chunks(ctx, p)
	}
	var f failure
	if errors.As(err, &f) {
		e := asError(f.error)
		if e.Code == domain.CodeInternal {
			r.logger.Error("a job failed", slog.String("job", r.id), slog.Any("error", f.error))
		}
		err = r.commit(ctx, "end", job.End{Phase: job.Failed, Code: e.Code, Reason: e.Message})
	}
	if err == nil {
		r.discard(r.l.state)
	}
	return err
}

func (r *run) part(ctx context.Context) (part, error) {
	if r.l.state.Kind == job.Import {
		return r.openImport(ctx)
	}
	return r.openBulk()
}

func (r *run) chunks(ctx context.Context, p part) error {
	for {
		s := r.l.state
		switch {
		case s.Kind == job.Bulk && s.Next == len(s.Chunks):
			return r.commit(ctx, "end", job.End{Phase: job.Finished})
		case s.Stopping:
			return r.commit(ctx, "end", job.End{Phase: job.Stopped})
		}
		done, last, whole, err := p.chunk(ctx, r)
		if err != nil {
			return err
		}
		done.Chunk = s.Next
		done.Refusals = bounded(done.Refusals[:min(len(done.Refusals), job.MaxRefusals-s.Recorded)])
		steps := []job.Command{job.Progress(done)}
		switch {
		case !whole:
			steps = append(steps, job.End{Phase: job.Stopped})
		case last:
			steps = append(steps, job.End{Phase: job.Finished})
		}
		if err := r.commit(ctx, fmt.Sprint("chunk/", s.Next), steps...); err != nil || len(steps) > 1 {
			return err
		}
	}
}

// commit gives commands to the job in one append, as often as it takes.
// errElsewhere if another process has moved the job on meanwhile.
func (r *run) commit(ctx context.Context, what string, steps ...job.Command) error {
	i := domain.Instruction{By: jobsPrincipal, Key: "job/" + r.id + "/" + what, BodyHash: r.attempt, CorrelationID: r.l.state.Correlation}
	next := r.l.state.Next
	if r.stopping.Err() != nil && !r.l.state.Stopping {
		if err := r.load(ctx, ""); err != nil {
			return err
		}
	}
	for {
		if r.l.state.Next != next || r.l.state.Ended() {
			return errElsewhere
		}
		revision := r.l.version.Revision
		events, err := decideAll(r.l.state, steps)
		if err == nil {
			_, err = record(ctx, r.log, r.l, job.StreamOf(r.id), i, r.now(), job.Fold, events)
		}
		if err == nil {
			return nil
		}
		if e := r.load(ctx, i.CommandKey()); e != nil {
			return e
		}
		switch {
		case r.l.known != nil && r.l.known.bodyHash == r.attempt:
			return nil // it was recorded, only the answer was lost
		case r.l.version.Revision != revision: // somebody asked it to stop, or was quicker
			continue
		}
		switch domain.ErrorCode(err) {
		case domain.CodeInvalid, domain.CodeTooLarge, domain.CodeRefused:
			return failure{fmt.Errorf("the job's progress is not taken: %w", err)}
		}
		if err := pause(ctx, r.Pause); err != nil {
			return err
		}
	}
}

func decideAll(s job.State, steps []job.Command) (events []job.Event, err error) {
	for _, step := range steps {
		decided, err := job.Decide(s, step)
		if err != nil {
			return nil, err
		}
		for _, e := range decided {
			s = job.Evolve(s, e, domain.Occurrence{})
		}
		events = append(events, decided...)
	}
	return events, nil
}

// load folds the job's stream, watching for a command key.
func (r *run) load(ctx context.Context, commandKey string) error {
	return r.patiently(ctx, func() (err error) {
		r.l, err = load(ctx, r.log, job.StreamOf(r.id), commandKey, job.Fold)
		return err
	})
}

// by returns who the job acts as now; ok is false where he may do nothing any
// more.
func (r *run) by() (p domain.Principal, ok bool) {
	began := r.l.state.By
	if r.Principals == nil {
		return began, true
	}
	p, ok = r.Principals.Principal(began.Account)
	p.Account = began.Account
	return p, ok
}

// errInactive is why nothing more is done for an account.
var errInactive = domain.Errorf(domain.CodeForbidden, "the account that began the job may do nothing any more")

// each does something with items at the same time, until stopping ends, and
// returns how many of the first ones it was done with.
func each[T any](stopping, ctx context.Context, items []T, do func(n int, item T)) int {
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(jobWorkers, len(items)) {
		group.Go(func() {
			for stopping.Err() == nil && ctx.Err() == nil {
				n := int(next.Add(1)) - 1
				if n >= len(items) {
					return
				}
				do(n, items[n])
			}
		})
	}
	group.Wait()
	return min(int(next.Load()), len(items))
}

// patiently does something until it is done or refused. The store may be away
// for as long as it likes; other faults are tried a bounded number of times.
func (m *Jobs) patiently(ctx context.Context, do func() error) error {
	wait := m.Pause
	for attempt := 1; ; attempt++ {
		err := do()
		switch domain.ErrorCode(err) {
		case domain.CodeUnavailable, domain.CodeTimeout:
		case domain.CodeInternal:
			if attempt == faultPatience {
				return err
			}
		default:
			return err
		}
		if err := pause(ctx, wait); err != nil {
			return err
		}
		wait = min(2*wait, maxPause)
	}
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
