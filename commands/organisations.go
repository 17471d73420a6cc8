package commands

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"backlot/domain"
	"backlot/domain/organisation"
)

// Organisations are the use cases that change organisations.
type Organisations struct {
	log       Log
	directory *organisation.Directory
	now       func() time.Time
}

// NewOrganisations returns the use cases over an event log.
func NewOrganisations(c Config) *Organisations {
	c.setDefaults()
	return &Organisations{log: c.Log, directory: c.Organisations, now: c.Now}
}

// maxSlugs bounds how many organisations may share a slug.
const maxSlugs = 1_000

// ids yields the ids that an organisation of this name may have, in the order
// in which they are given out.
func ids(name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		slug := organisation.Slug(name)
		for n := 1; n < maxSlugs; n++ {
			id := slug
			if n > 1 {
				id = fmt.Sprintf("%s-%d", slug, n)
			}
			if !yield(id) {
				return
			}
		}
	}
}

// Ensure returns the id of the organisation with a name, registering it, or
// adding the kind, where needed. Errors: CodeInvalid for a wrong name.
func (o *Organisations) Ensure(ctx context.Context, name string, kind organisation.Kind, i domain.Instruction) (string, error) {
	if id, ok := o.directory.Find(name); ok {
		if s, _ := o.directory.Get(id); slices.Contains(s.Kinds, kind) {
			return id, nil
		}
		return id, o.ensure(ctx, id, name, kind, i)
	}
	for id := range ids(name) {
		if err := o.ensure(ctx, id, name, kind, i); domain.ErrorCode(err) != domain.CodeConflict {
			return id, err
		}
	}
	return "", domain.Errorf(domain.CodeConflict, "too many organisations have a name like %q", name)
}

// Rename changes the name of an organisation; the former one stays as an alias.
// Errors: CodeNotFound, CodeInvalid, CodeConflict where another one has the name.
func (o *Organisations) Rename(ctx context.Context, id, name string, i domain.Instruction) (domain.Position, error) {
	if other, taken := o.directory.Find(name); taken && other != id {
		return 0, domain.Errorf(domain.CodeConflict, "another organisation has the name %q", name)
	}
	out, err := change(ctx, o.log, organisation.StreamPrefix+id, i, o.now, organisation.Fold, func(s organisation.State) ([]organisation.Event, error) {
		return organisation.Decide(s, organisation.Rename{Name: name})
	})
	return out.Position, err
}

// Find returns the id of the organisation with a name, without registering
// it: ok is false where there is none. The directory may be behind the log, so
// a name that it does not know is looked for in the streams.
func (o *Organisations) Find(ctx context.Context, name string) (id string, ok bool, err error) {
	if id, ok := o.directory.Find(name); ok {
		return id, true, nil
	}
	for id := range ids(name) {
		s, err := o.load(ctx, id)
		if err != nil || !s.Exists() {
			return "", false, err
		}
		if s.AnswersTo(name) {
			return id, true, nil
		}
	}
	return "", false, nil
}

func (o *Organisations) load(ctx context.Context, id string) (organisation.State, error) {
	l, err := load(ctx, o.log, organisation.StreamPrefix+id, "", organisation.Fold)
	return l.state, err
}

// ensure is CodeConflict if the id belongs to an organisation with another name.
func (o *Organisations) ensure(ctx context.Context, id, name string, kind organisation.Kind, i domain.Instruction) error {
	i.Key += "/" + string(kind) // one command may want both kinds
	taken := false
	_, err := change(ctx, o.log, organisation.StreamPrefix+id, i, o.now, organisation.Fold, func(s organisation.State) ([]organisation.Event, error) {
		events, err := organisation.Decide(s, organisation.Ensure{Name: name, Kind: kind})
		taken = domain.ErrorCode(err) == domain.CodeConflict
		return events, err
	})
	if domain.ErrorCode(err) == domain.CodeConflict && !taken {
		return domain.Errorf(domain.CodeUnavailable, "the organisation %q is being changed by too many at once", name)
	}
	return err
}
