package commands

import (
	"context"
	"errors"
	"fmt"

	"backlot/domain"
	"backlot/domain/job"
	"backlot/domain/sourcerequest"
	"backlot/domain/upload"
)

// Staging is what is known of files that were sent and wait to be materials.
type Staging interface {
	// Staged returns a file that the principal sent, whole and checked;
	// CodeInvalid says what is in the way.
	Staged(ctx context.Context, by domain.Principal, id string) (upload.Upload, error)
	// Given says that the file is what it was sent for: it is kept from now on.
	Given(ctx context.Context, up upload.Upload) error
}

// Materials are the use cases by which files that were sent become materials
// of requests: of one, or of many that share them. Of a file, a command says
// the id and the kind; the rest is known from its arrival.
type Materials struct {
	Requests *SourceRequests
	Files    Staging
}

// Provide gives a request files that whoever instructs sent. They are kept
// before the request has them, so that it never has one that is gone; a crash
// in between leaves a file that nothing leads to. Errors: those of Change, and
// CodeInvalid for a file that does not wait.
func (m *Materials) Provide(ctx context.Context, id string, c sourcerequest.ProvideMaterials, i domain.Instruction) (sourcerequest.Outcome, error) {
	if sourcerequest.ValidateID(id) != nil {
		return sourcerequest.Outcome{}, sourcerequest.ErrNotFound
	}
	r, err := m.Requests.load(ctx, id, i.CommandKey())
	if err != nil {
		return sourcerequest.Outcome{}, err
	}
	// Scope, rights and what is known of the key come before what waits.
	if events, out, err := r.consider(c, i); err != nil || len(events) == 0 {
		return out, err
	}
	if c, err = m.keep(ctx, c, i.By); err != nil {
		return sourcerequest.Outcome{}, err
	}
	return m.Requests.handle(ctx, id, c, i)
}

// keep fills in what is known of the files, and keeps them.
func (m *Materials) keep(ctx context.Context, c sourcerequest.ProvideMaterials, by domain.Principal) (sourcerequest.ProvideMaterials, error) {
	files := make([]upload.Upload, len(c.Materials))
	known := sourcerequest.ProvideMaterials{Materials: make([]sourcerequest.MaterialFile, len(c.Materials))}
	for n, asked := range c.Materials {
		up, err := m.Files.Staged(ctx, by, asked.ID)
		var e *domain.Error
		if errors.As(err, &e) && e.Code == domain.CodeInvalid {
			return known, domain.Invalid(fmt.Sprintf("materials[%d].file_id", n), e.Message)
		}
		if err != nil {
			return known, err
		}
		files[n] = up
		known.Materials[n] = sourcerequest.MaterialFile{ID: up.ID, Kind: asked.Kind, Name: up.Name, Size: up.Size, SHA256: up.Found}
	}
	for _, up := range files {
		if err := m.Files.Given(ctx, up); err != nil {
			return known, err
		}
	}
	return known, nil
}

// startMaterials keeps the files once for all requests, when it is known which
// they are and before the job is written down.
func (m *Jobs) startMaterials(ctx context.Context, o job.Order, c sourcerequest.ProvideMaterials, i domain.Instruction) (job.Job, error) {
	begin := job.Begin{Kind: job.Bulk, Action: o.Action, Query: o.Query}
	choose := func(ctx context.Context) ([]job.Item, domain.Position, error) {
		items, at, err := o.Choose(ctx)
		if err != nil || len(items) > job.MaxItems {
			return items, at, err
		}
		if c, err = m.Materials.keep(ctx, c, i.By); err == nil {
			begin.Parameters, err = encodeAction(o.Action, c)
		}
		return items, at, err
	}
	return m.accept(ctx, &begin, choose, i)
}
