package commands

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"backlot/domain"
	"backlot/domain/job"
)

// Principals knows what accounts may do at this moment.
type Principals interface {
	// Principal returns who an account is now; ok is false for one that may do
	// nothing any more.
	Principal(account string) (p domain.Principal, ok bool)
}

// JobsConfig is what jobs work with. Requests, Directory and Incoming are
// required.
type JobsConfig struct {
	Requests  *SourceRequests
	Directory *job.Directory // follows the log
	Incoming  string         // folder that keeps the files of imports until they are in

	Materials  *Materials    // default: no action gives files
	Principals Principals    // default: everybody stays who they were when they began the job
	Pause      time.Duration // before the first retry, longer before each further one; default 100 ms
	Chunk      int           // requests or rows between two notes of progress; default and at most job.MaxChunk
}

// Jobs are the use cases of work that outlasts the request that asked for it,
// and the worker that does it. A job is taken up again after a restart where it
// was left. Safe for concurrent use.
type Jobs struct {
	JobsConfig
	log       Log
	now       func() time.Time
	logger    *slog.Logger
	accepting *stripes

	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	tasks  sync.WaitGroup

	mu        sync.Mutex
	runs      map[string]*run // under way here
	elsewhere map[string]bool // another process was quicker
}

// NewJobs starts the worker.
func NewJobs(c JobsConfig) *Jobs {
	if c.Pause <= 0 {
		c.Pause = 100 * time.Millisecond
	}
	if c.Chunk <= 0 || c.Chunk > job.MaxChunk {
		c.Chunk = job.MaxChunk
	}
	ctx, cancel := context.WithCancel(context.Background())
	m := &Jobs{
		JobsConfig: c, log: c.Requests.log, now: c.Requests.now, logger: c.Requests.logger, accepting: newStripes(),
		ctx: ctx, cancel: cancel, runs: map[string]*run{}, elsewhere: map[string]bool{},
	}
	left := m.incomingFiles()
	m.tasks.Go(func() { m.watchOver(left) })
	return m
}

// Close stops working and waits for the requests under way. What is not done
// goes on with the next NewJobs.
func (m *Jobs) Close() error {
	m.cancel()
	m.tasks.Wait()
	return nil
}

// Job returns a job's progress or report; CodeNotFound for an unknown one.
func (m *Jobs) Job(ctx context.Context, id string) (job.Job, error) {
	if j, ok := m.Directory.Get(id); ok && m.Directory.Ready() {
		return j, nil
	}
	if uuid.Validate(id) != nil {
		return job.Job{}, job.ErrNotFound
	}
	// The directory may be behind the log.
	l, err := load(ctx, m.log, job.StreamOf(id), "", job.Fold)
	if err != nil {
		return job.Job{}, err
	}
	if !l.state.Accepted() {
		return job.Job{}, job.ErrNotFound
	}
	return job.Job{ID: id, State: l.state}, nil
}

// Watch sends a job whenever it has moved on, the latest state only, and closes
// the channel after it has ended, or when the context or this process does.
// CodeNotFound for an unknown one.
func (m *Jobs) Watch(ctx context.Context, id string) (<-chan job.Job, error) {
	if _, err := m.Job(ctx, id); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	release := context.AfterFunc(m.ctx, cancel)
	context.AfterFunc(ctx, func() { release() })
	return m.Directory.Watch(ctx, id), nil
}

// Refusals returns up to limit of the refusals that a job's events spell out,
// in the order of its requests or lines, without the first offset ones.
func (m *Jobs) Refusals(ctx context.Context, id string, offset, limit int) ([]job.Refusal, error) {
	var page []job.Refusal
	err := m.log.ReadStream(ctx, job.StreamOf(id), func(r domain.Recorded) error {
		e, ok := r.Event.(job.Progressed)
		if !ok {
			return nil
		}
		skip := min(offset, len(e.Refusals))
		offset -= skip
		page = append(page, e.Refusals[skip:][:min(limit-len(page), len(e.Refusals)-skip)]...)
		if len(page) == limit {
			return io.EOF
		}
		return nil
	})
	if err == io.EOF {
		err = nil
	}
	return page, err
}

// Stop asks a job to end as it is: requests under way are ended, the others are
// left alone. CodeForbidden for anybody but an operator and whoever began the
// job, CodeNotFound for an unknown job, CodeRefused for one that has ended.
func (m *Jobs) Stop(ctx context.Context, id, reason string, i domain.Instruction) (job.Job, error) {
	if uuid.Validate(id) != nil {
		return job.Job{}, job.ErrNotFound
	}
	out, err := change(ctx, m.log, job.StreamOf(id), i, m.now, job.Fold, func(s job.State) ([]job.Event, error) {
		if s.Accepted() && s.By.Account != i.By.Account && i.By.Role != domain.RoleOperator {
			return nil, domain.Errorf(domain.CodeForbidden, "the role %s may not stop other people's jobs", i.By.Role)
		}
		return job.Decide(s, job.Stop{Reason: reason})
	})
	return job.Job{ID: id, State: out.State}, err
}
