package commands

import (
	"context"
	"fmt"
	"slices"

	"backlot/domain"
	"backlot/domain/job"
	"backlot/domain/sourcerequest"
)

// StartBulk accepts a job that gives an action to many requests; a key that is
// known gets the job that it led to, as it is now. Errors: CodeForbidden for an
// action that the role may give to no request, CodeInvalid for one that no
// request would take, CodeTooLarge for too many requests, CodeKeyReused,
// CodeConflict, and those of Choose.
func (m *Jobs) StartBulk(ctx context.Context, o job.Order, i domain.Instruction) (job.Job, error) {
	if err := sourcerequest.CheckForMany(i.By, o.Command); err != nil {
		return job.Job{}, err
	}
	switch c := o.Command.(type) {
	case sourcerequest.AddComment:
		return m.startComment(ctx, o, c, i)
	case sourcerequest.ProvideMaterials:
		return m.startMaterials(ctx, o, c, i)
	}
	return m.startBulk(ctx, o, i)
}

func (m *Jobs) startBulk(ctx context.Context, o job.Order, i domain.Instruction) (job.Job, error) {
	parameters, err := encodeAction(o.Action, o.Command)
	if err != nil {
		return job.Job{}, fmt.Errorf("the action %s: %w", o.Action, err)
	}
	begin := job.Begin{Kind: job.Bulk, Action: o.Action, Parameters: parameters, Query: o.Query}
	return m.accept(ctx, &begin, o.Choose, i)
}

// startComment keeps the text once for all requests, when it is known which
// they are and before the job is written down.
func (m *Jobs) startComment(ctx context.Context, o job.Order, c sourcerequest.AddComment, i domain.Instruction) (job.Job, error) {
	body, err := sourcerequest.CommentText(c.Text)
	if err != nil {
		return job.Job{}, err
	}
	begun := true
	choose := o.Choose
	o.Choose = func(ctx context.Context) ([]job.Item, domain.Position, error) {
		begun = false
		items, at, err := choose(ctx)
		if err != nil || len(items) > job.MaxItems {
			return items, at, err
		}
		return items, at, m.Requests.texts.Keep(ctx, c.TextID, body, i)
	}
	if err := m.Requests.mentionsOfMany(c.Mentions, i.By); err != nil {
		return job.Job{}, err
	}
	o.Command = sourcerequest.AddComment{TextID: c.TextID, Mentions: c.Mentions}
	j, err := m.startBulk(ctx, o, i)
	if err != nil || !begun {
		return j, err
	}
	return j, m.Requests.texts.sameAgain(ctx, c.TextID, c.Text)
}

// accept writes a job down, to the point from which it is worked off. What it
// begins with may be known only after choosing.
func (m *Jobs) accept(ctx context.Context, begin *job.Begin, choose func(context.Context) ([]job.Item, domain.Position, error), i domain.Instruction) (job.Job, error) {
	id := i.NewID("job")
	defer m.accepting.lock(id)()
	var err error
	for range maxAttempts {
		var l *loaded[job.State]
		if l, err = load(ctx, m.log, job.StreamOf(id), i.CommandKey(), job.Fold); err != nil {
			return job.Job{}, err
		}
		if l.known != nil && l.known.bodyHash != i.BodyHash {
			return job.Job{}, errKeyReused
		}
		if !l.state.Accepted() {
			err = m.write(ctx, id, l, begin, choose, i)
		}
		if domain.ErrorCode(err) == domain.CodeConflict {
			continue // another process got the same command
		}
		return job.Job{ID: id, State: l.state}, err
	}
	return job.Job{}, err
}

// write appends a job's beginning, its list and its acceptance. Where it stops
// short, the next attempt begins anew.
func (m *Jobs) write(ctx context.Context, id string, l *loaded[job.State], begin *job.Begin, choose func(context.Context) ([]job.Item, domain.Position, error), i domain.Instruction) error {
	items, chosenAt, err := choose(ctx)
	if err != nil {
		return err
	}
	if len(items) > job.MaxItems {
		return domain.Errorf(domain.CodeTooLarge, "this is over %d requests; a job takes at most %d: narrow the search", len(items), job.MaxItems)
	}
	steps := []job.Command{*begin}
	for chunk := range slices.Chunk(items, m.Chunk) {
		steps = append(steps, job.List{Items: chunk})
	}
	for _, step := range append(steps, job.Accept{Position: chosenAt}) {
		events, err := job.Decide(l.state, step)
		if err != nil {
			return err
		}
		i := i
		if l.version.Exists { // each append has a key of its own; the first one is what a retry is known by
			i.Key = fmt.Sprintf("%s/%d", i.Key, l.version.Revision+1)
		}
		if _, err := record(ctx, m.log, l, job.StreamOf(id), i, m.now(), job.Fold, events); err != nil {
			return err
		}
	}
	return nil
}
