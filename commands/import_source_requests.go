package commands

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"backlot/domain"
	"backlot/domain/job"
	"backlot/domain/organisation"
	"backlot/domain/sourcerequest"
)

// importWorkers append at the same time, so that the store's group commit is
// full while every row is an append of its own.
const importWorkers = 64

// keptJobs is how many finished jobs are remembered.
const keptJobs = 100

// Imports are the jobs that bring in files of source requests. A job lives as
// long as the process: after a restart the same file is imported again, which
// opens what is missing and changes nothing else.
type Imports struct {
	requests *SourceRequests
	dir      string
	ctx      context.Context
	cancel   context.CancelFunc
	running  sync.WaitGroup

	mu     sync.Mutex
	jobs   map[string]*importJob
	recent []string // ids, oldest first
}

// NewImports keeps incoming files in a folder until they are imported.
func NewImports(requests *SourceRequests, dir string) *Imports {
	ctx, cancel := context.WithCancel(context.Background())
	return &Imports{requests: requests, dir: dir, ctx: ctx, cancel: cancel, jobs: map[string]*importJob{}}
}

// Close stops running jobs and waits for their rows under way.
func (m *Imports) Close() error {
	m.cancel()
	m.running.Wait()
	return nil
}

// Start takes in a CSV file or a workbook whole, checks its header and imports its rows in
// the background, each as one atomic append. size is the body's length in
// bytes, -1 if unknown. Errors: CodeForbidden for anybody but an operator,
// CodeInvalid for a file that as a whole cannot be imported.
func (m *Imports) Start(ctx context.Context, by domain.Principal, name string, size int64, body io.Reader) (job.Job, error) {
	if err := sourcerequest.Authorize(by, sourcerequest.State{}, sourcerequest.ImportRow{}); err != nil {
		return job.Job{}, domain.Errorf(domain.CodeForbidden, "only operators import source requests")
	}
	file, err := os.CreateTemp(m.dir, "import-*.csv")
	if err != nil {
		return job.Job{}, fmt.Errorf("keeping the import file: %w", err)
	}
	discard := func() {
		_ = file.Close()
		_ = os.Remove(file.Name())
	}
	n, err := io.Copy(file, body)
	if err != nil || size >= 0 && n != size {
		discard()
		return job.Job{}, &domain.Error{Code: domain.CodeInvalid, Message: fmt.Sprintf("the file did not arrive whole: %d bytes of %d; send it again", n, size), Err: err}
	}
	if file, n, err = asCSV(ctx, file, n); err != nil {
		discard()
		return job.Job{}, err
	}
	rows, err := newRowReader(file)
	if err != nil {
		discard()
		return job.Job{}, err
	}
	j := &importJob{requests: m.requests, partners: map[partner]string{}, watchers: map[chan struct{}]bool{}}
	j.job = job.Job{ID: uuid.NewString(), Kind: "import", Phase: job.Running, By: by, StartedAt: m.requests.now().UTC(), TotalBytes: n}
	m.add(j)
	m.running.Go(func() {
		defer discard()
		j.run(m.ctx, rows)
		m.requests.logger.Info("import ended", slog.String("job", j.job.ID), slog.String("file", name), slog.String("report", j.snapshot().Summary()))
	})
	return j.snapshot(), nil
}

func (m *Imports) add(j *importJob) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.jobs[j.job.ID] = j
	m.recent = append(m.recent, j.job.ID)
	if len(m.recent) > keptJobs {
		m.recent = slices.DeleteFunc(m.recent, func(id string) bool {
			old := len(m.jobs) > keptJobs && m.jobs[id].snapshot().Phase != job.Running
			if old {
				delete(m.jobs, id)
			}
			return old
		})
	}
}

// Job returns a job's progress or report; ok is false for an unknown id.
func (m *Imports) Job(id string) (j job.Job, ok bool) {
	m.mu.Lock()
	found, ok := m.jobs[id]
	m.mu.Unlock()
	if !ok {
		return job.Job{}, false
	}
	return found.snapshot(), true
}

// Watch sends the job whenever it has moved on, the latest state only, and
// closes the channel after the report or when the context ends. CodeNotFound
// for an unknown id.
func (m *Imports) Watch(ctx context.Context, id string) (<-chan job.Job, error) {
	m.mu.Lock()
	j, ok := m.jobs[id]
	m.mu.Unlock()
	if !ok {
		return nil, domain.Errorf(domain.CodeNotFound, "there is no such job; a restart of the server forgets them: import the file again")
	}
	return j.watch(ctx), nil
}

// importJob is one import under way.
type importJob struct {
	requests *SourceRequests

	mu       sync.Mutex
	job      job.Job
	watchers map[chan struct{}]bool

	partnersMu sync.RWMutex
	partners   map[partner]string
}

type partner struct {
	name string
	kind organisation.Kind
}

func (j *importJob) run(ctx context.Context, rows *rowReader) {
	work := make(chan fileRow, importWorkers)
	group, stopping := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer close(work)
		for {
			row, err := rows.next()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return fmt.Errorf("reading the import file: %w", err)
			}
			select {
			case work <- row:
			case <-stopping.Done():
				return stopping.Err()
			}
		}
	})
	for range importWorkers {
		group.Go(func() error {
			for row := range work {
				if stopping.Err() != nil {
					return nil // somebody else said why
				}
				if err := j.importRow(stopping, row); err != nil {
					return err
				}
			}
			return nil
		})
	}
	j.finish(group.Wait())
}

// importRow tries one row and counts it. The error ends the job: it is about
// the store, not about the row.
func (j *importJob) importRow(stopping context.Context, row fileRow) error {
	var out sourcerequest.Outcome
	refusal := row.refusal
	if refusal == nil {
		var err error
		if out, err = j.applyPatiently(stopping, row); err != nil {
			refusal = asError(err)
			switch refusal.Code {
			case domain.CodeInternal, domain.CodeUnavailable, domain.CodeTimeout:
				return fmt.Errorf("line %d: %w", row.line, err)
			}
		}
	}
	j.update(func(p *job.Job) {
		p.Rows++
		p.ReadBytes = max(p.ReadBytes, row.end)
		p.Position = max(p.Position, out.Position)
		switch {
		case refusal != nil:
			p.Refused++
			if len(p.Refusals) < job.MaxRefusals {
				p.Refusals = append(p.Refusals, job.Refusal{Line: row.line, ID: row.id, Column: refusal.Field, Reason: refusal.Message, Allowed: refusal.Allowed})
			}
		case !out.Changed:
			p.Unchanged++
		case out.Revision == 0:
			p.Opened++
		default:
			p.Changed++
		}
	})
	return nil
}

// storePatience is how often a row is tried while the store is away, with
// pauses that double from firstPause: some 25 s in all.
const (
	storePatience = 8
	firstPause    = 100 * time.Millisecond
)

// applyPatiently brings a row in, also over a short outage of the store. A row
// that was begun is ended when the job stops.
func (j *importJob) applyPatiently(stopping context.Context, row fileRow) (sourcerequest.Outcome, error) {
	wait := firstPause
	for attempt := 1; ; attempt++ {
		out, err := j.apply(context.WithoutCancel(stopping), row)
		code := domain.ErrorCode(err)
		if (code != domain.CodeUnavailable && code != domain.CodeTimeout) || attempt == storePatience {
			return out, err
		}
		select {
		case <-time.After(wait):
			wait *= 2
		case <-stopping.Done():
			return out, stopping.Err()
		}
	}
}

// apply brings one row in. A new request, the usual case, costs one append and
// no read: the store refuses it where the stream exists.
func (j *importJob) apply(ctx context.Context, f fileRow) (sourcerequest.Outcome, error) {
	i := domain.Instruction{By: j.job.By, Key: fmt.Sprintf("import/%s/%d", j.job.ID, f.line)}
	content, contentKnown, err := j.find(ctx, f.row.ContentPartner, organisation.ContentPartner)
	if err != nil {
		return sourcerequest.Outcome{}, inColumn(err, "content_partner")
	}
	fulfillment, fulfillmentKnown, err := j.find(ctx, f.row.FulfillmentPartner, organisation.FulfillmentPartner)
	if err != nil {
		return sourcerequest.Outcome{}, inColumn(err, "fulfillment_partner")
	}
	command := sourcerequest.ImportRow{Row: f.row}
	command.Row.ContentPartner, command.Row.FulfillmentPartner = content, fulfillment
	if !contentKnown || !fulfillmentKnown {
		// A partner is registered only for a row that can come in: one that is
		// refused leaves nothing behind.
		r, err := j.requests.load(ctx, f.id, "")
		if err != nil {
			return sourcerequest.Outcome{}, err
		}
		if _, err := sourcerequest.Decide(r.state, command); err != nil {
			return sourcerequest.Outcome{}, err
		}
		if command.Row.ContentPartner, err = j.register(ctx, f.row.ContentPartner, organisation.ContentPartner, i); err != nil {
			return sourcerequest.Outcome{}, inColumn(err, "content_partner")
		}
		if command.Row.FulfillmentPartner, err = j.register(ctx, f.row.FulfillmentPartner, organisation.FulfillmentPartner, i); err != nil {
			return sourcerequest.Outcome{}, inColumn(err, "fulfillment_partner")
		}
	}
	body, err := json.Marshal(command.Row)
	if err != nil {
		return sourcerequest.Outcome{}, err
	}
	hash := sha256.Sum256(body)
	i.BodyHash = hex.EncodeToString(hash[:])
	// A row that lacks a column cannot be new, but may change what is there.
	out, exists, err := j.requests.decide(ctx, unread(f.id), command, i)
	if !exists && domain.ErrorCode(err) != domain.CodeInvalid {
		return out, err
	}
	return j.requests.handle(ctx, f.id, command, i)
}

// find returns the id of a partner that plays its part already; of one that
// must be registered first, the id that it has or its name. No name has no id.
func (j *importJob) find(ctx context.Context, name string, kind organisation.Kind) (id string, ok bool, err error) {
	if name == "" {
		return "", true, nil
	}
	j.partnersMu.RLock()
	id, ok = j.partners[partner{name, kind}]
	j.partnersMu.RUnlock()
	if ok {
		return id, true, nil
	}
	id, ok, err = j.requests.organisations.Find(ctx, name)
	if err != nil || !ok {
		return name, false, err
	}
	return id, false, nil
}

// register returns the id of a partner, registering it where needed: one at a
// time, the first row of a partner for all.
func (j *importJob) register(ctx context.Context, name string, kind organisation.Kind, i domain.Instruction) (string, error) {
	if name == "" {
		return "", nil
	}
	j.partnersMu.Lock()
	defer j.partnersMu.Unlock()
	key := partner{name, kind}
	if id, ok := j.partners[key]; ok {
		return id, nil
	}
	id, err := j.requests.organisations.Ensure(ctx, name, kind, i)
	if err == nil {
		j.partners[key] = id
	}
	return id, err
}

func inColumn(err error, column string) error {
	e := *asError(err)
	e.Field = column
	return &e
}

func (j *importJob) finish(err error) {
	if err != nil && !errors.Is(err, context.Canceled) {
		j.requests.logger.Error("import failed", slog.String("job", j.job.ID), slog.Any("error", err))
	}
	j.update(func(p *job.Job) {
		p.Phase, p.FinishedAt = job.Finished, j.requests.now().UTC()
		slices.SortFunc(p.Refusals, func(a, b job.Refusal) int { return a.Line - b.Line })
		switch {
		case err == nil:
			p.ReadBytes = p.TotalBytes
			return
		case errors.Is(err, context.Canceled):
			p.Failure = domain.Errorf(domain.CodeUnavailable, "the server stopped during the import; import the file again: what came in stays as it is")
		default:
			p.Failure = domain.Errorf(asError(err).Code, "the import stopped: the event store does not take events; import the file again when it does: what came in stays as it is")
		}
		p.Phase = job.Failed
	})
}

func (j *importJob) update(change func(*job.Job)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	change(&j.job)
	for w := range j.watchers {
		select {
		case w <- struct{}{}:
		default: // it has one to look at already
		}
	}
}

func (j *importJob) snapshot() job.Job {
	j.mu.Lock()
	defer j.mu.Unlock()
	p := j.job
	p.Refusals = slices.Clone(p.Refusals)
	return p
}

func (j *importJob) watch(ctx context.Context) <-chan job.Job {
	moved := make(chan struct{}, 1)
	moved <- struct{}{}
	j.mu.Lock()
	j.watchers[moved] = true
	j.mu.Unlock()
	out := make(chan job.Job)
	go func() {
		defer close(out)
		defer func() {
			j.mu.Lock()
			delete(j.watchers, moved)
			j.mu.Unlock()
		}()
		for {
			select {
			case <-moved:
			case <-ctx.Done():
				return
			}
			p := j.snapshot()
			if p.Phase == job.Running {
				p.Refusals = nil // the report is for the end
			}
			select {
			case out <- p:
			case <-ctx.Done():
				return
			}
			if p.Phase != job.Running {
				return
			}
		}
	}()
	return out
}
