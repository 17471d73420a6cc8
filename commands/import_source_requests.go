package commands

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"backlot/domain"
	"backlot/domain/job"
	"backlot/domain/organisation"
	"backlot/domain/sourcerequest"
)

// StartImport takes in a file whole, checks its header and accepts a job that
// imports its rows, each as one atomic append. size is the body's length in
// bytes, -1 if unknown. i.BodyHash stands for all but the file. A key that is
// known with the same file gets the job that it led to, as it is now. Errors:
// CodeForbidden for anybody but an operator, CodeInvalid for a file that as a
// whole cannot be imported, CodeKeyReused, CodeConflict.
func (m *Jobs) StartImport(ctx context.Context, name string, size int64, body io.Reader, i domain.Instruction) (job.Job, error) {
	if !mayImport(i.By) {
		return job.Job{}, domain.Errorf(domain.CodeForbidden, "only operators import source requests")
	}
	a, err := m.takeIn(ctx, size, body)
	if err != nil {
		return job.Job{}, err
	}
	defer func() { _ = os.Remove(a.path) }() // unless a job has it now
	hash := sha256.Sum256([]byte(i.BodyHash + "\n" + a.sha256))
	i.BodyHash = hex.EncodeToString(hash[:])
	file := &job.File{Name: name, Size: a.size, SHA256: a.sha256}
	keep := sync.OnceValue(func() error { return m.keep(a, m.keptFile(i.NewID("job"), file)) })
	return m.accept(ctx, &job.Begin{Kind: job.Import, File: file}, func(context.Context) ([]job.Item, domain.Position, error) { return nil, 0, keep() }, i)
}

func mayImport(p domain.Principal) bool {
	return sourcerequest.Authorize(p, sourcerequest.State{}, sourcerequest.ImportRow{}) == nil
}

// importing is an import under way.
type importing struct {
	r    *run
	file *os.File
	rows *rowReader
	by   domain.Principal

	partnersMu sync.RWMutex
	partners   map[partner]string
}

type partner struct {
	name string
	kind organisation.Kind
}

// maxPartners bounds how many names an import remembers at a time.
const maxPartners = 20_000

// openImport opens the job's file where its next row begins.
func (r *run) openImport(ctx context.Context) (part, error) {
	s := r.l.state
	file, err := os.Open(r.keptFile(r.id, s.File))
	if errors.Is(err, os.ErrNotExist) {
		return nil, failure{domain.Errorf(domain.CodeRefused, "no server has the file any more; import it again: what came in stays as it is")}
	}
	if err != nil {
		return nil, fmt.Errorf("the import file: %w", err)
	}
	j := &importing{r: r, file: file, partners: map[partner]string{}}
	if j.rows, err = newRowReader(file); err == nil {
		err = j.rows.skipTo(ctx, s.Offset)
	}
	if err != nil {
		j.close()
		return nil, fmt.Errorf("the import file: %w", err)
	}
	return j, nil
}

func (j *importing) close() { _ = j.file.Close() }

func (j *importing) chunk(ctx context.Context, r *run) (job.Progressed, bool, bool, error) {
	var active bool
	if j.by, active = r.by(); !active {
		return job.Progressed{}, false, false, failure{errInactive}
	} else if !mayImport(j.by) {
		return job.Progressed{}, false, false, failure{domain.Errorf(domain.CodeForbidden, "the account that began the job may import no more")}
	}
	rows, last, err := j.read()
	if err != nil {
		return job.Progressed{}, false, false, err
	}
	results := make([]result, len(rows))
	done := each(r.stopping, ctx, rows, func(n int, row fileRow) {
		results[n].id, results[n].line = row.id, row.line
		if row.refusal != nil {
			results[n].err = row.refusal
			return
		}
		results[n].err = r.patiently(ctx, func() (err error) {
			results[n].out, err = j.apply(context.WithoutCancel(ctx), row)
			return err
		})
	})
	if err := ctx.Err(); err != nil {
		return job.Progressed{}, false, false, err // the next run goes through the chunk again
	}
	p := r.tally(results[:done])
	switch {
	case done == len(rows):
		p.Offset, p.Line = j.rows.offset, j.rows.line
	case done > 0:
		p.Offset, p.Line = rows[done-1].end, rows[done-1].line
	}
	return p, last, done == len(rows), nil
}

// read returns the next chunk of rows; last says that none is behind it.
func (j *importing) read() (rows []fileRow, last bool, err error) {
	for len(rows) < j.r.Chunk {
		row, err := j.rows.next()
		if errors.Is(err, io.EOF) {
			return rows, true, nil
		}
		if err != nil {
			return nil, false, fmt.Errorf("reading the import file: %w", err)
		}
		rows = append(rows, row)
	}
	return rows, false, nil
}

// apply brings one row in. A new request, the usual case, costs one append and
// no read: the store refuses it where the stream exists.
func (j *importing) apply(ctx context.Context, f fileRow) (sourcerequest.Outcome, error) {
	i := domain.Instruction{By: j.by, Key: fmt.Sprintf("import/%s/%d", j.r.id, f.line), CorrelationID: j.r.l.state.Correlation}
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
		r, err := j.r.Requests.load(ctx, f.id, "")
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
	out, exists, err := j.r.Requests.decide(ctx, unread(f.id), command, i)
	if !exists && domain.ErrorCode(err) != domain.CodeInvalid {
		return out, err
	}
	return j.r.Requests.handle(ctx, f.id, command, i)
}

// find returns the id of a partner that plays its part already; of one that
// must be registered first, the id that it has or its name. No name has no id.
func (j *importing) find(ctx context.Context, name string, kind organisation.Kind) (id string, ok bool, err error) {
	if name == "" {
		return "", true, nil
	}
	j.partnersMu.RLock()
	id, ok = j.partners[partner{name, kind}]
	j.partnersMu.RUnlock()
	if ok {
		return id, true, nil
	}
	id, ok, err = j.r.Requests.organisations.Find(ctx, name)
	if err != nil || !ok {
		return name, false, err
	}
	return id, false, nil
}

// register returns the id of a partner, registering it where needed: one at a
// time, the first row of a partner for all.
func (j *importing) register(ctx context.Context, name string, kind organisation.Kind, i domain.Instruction) (string, error) {
	if name == "" {
		return "", nil
	}
	j.partnersMu.Lock()
	defer j.partnersMu.Unlock()
	key := partner{name, kind}
	if id, ok := j.partners[key]; ok {
		return id, nil
	}
	id, err := j.r.Requests.organisations.Ensure(ctx, name, kind, i)
	if err == nil {
		if len(j.partners) == maxPartners {
			clear(j.partners)
		}
		j.partners[key] = id
	}
	return id, err
}

func inColumn(err error, column string) error {
	e := *asError(err)
	e.Field = column
	return &e
}
