package commands

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/job"
	"backlot/domain/sourcerequest"
	"backlot/domain/upload"
)

// waitingFiles are files that were sent, and what was asked of them.
type waitingFiles struct {
	files map[string]upload.Upload
	given []string
	fails error
	asked int
}

func (s *waitingFiles) Staged(_ context.Context, by domain.Principal, id string) (upload.Upload, error) {
	s.asked++
	up, ok := s.files[id]
	if !ok || up.By.Account != by.Account {
		return up, domain.Invalid("file_id", "no such file")
	}
	return up, nil
}

func (s *waitingFiles) Given(_ context.Context, up upload.Upload) error {
	if s.fails == nil {
		s.given = append(s.given, up.ID)
	}
	return s.fails
}

func staged(by domain.Principal, id, name string) upload.Upload {
	return upload.Upload{ID: id, Size: 7, Offset: 7, Ticket: upload.Ticket{Purpose: upload.Material, Name: name, By: by, Found: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}}
}

// wanted is what a client says of files: their ids, and the kind.
func wanted(ids ...string) (c sourcerequest.ProvideMaterials) {
	for _, id := range ids {
		c.Materials = append(c.Materials, sourcerequest.MaterialFile{ID: id, Kind: "video", Name: id})
	}
	return c
}

func TestFilesAreKeptBeforeARequestHasThem(t *testing.T) {
	b := newBench(t)
	b.open("R1")
	files := &waitingFiles{files: map[string]upload.Upload{"m1": staged(operator, "m1", "reel.mov"), "m2": staged(operator, "m2", "notes.txt")}}
	materials := &Materials{Requests: b.requests, Files: files}
	provide := func(who domain.Principal, key string, c sourcerequest.ProvideMaterials) error {
		_, err := materials.Provide(t.Context(), "R1", c, by(who, key, key))
		return err
	}
	broken := domain.Errorf(domain.CodeUnavailable, "the store is away")
	files.fails = broken
	require.ErrorIs(t, provide(operator, "a", wanted("m1")), broken)
	require.Len(t, b.requestEvents("R1"), 1, "nothing was appended of a file that could be taken away")

	files.fails = nil
	b.log.set(func(string) error {
		require.Equal(t, []string{"m1", "m2"}, files.given)
		return errors.New("a crash")
	})
	require.Error(t, provide(operator, "a", wanted("m1", "m2")))
	b.log.set(nil)
	require.NoError(t, provide(operator, "a", wanted("m1", "m2")))
	events := b.requestEvents("R1")
	require.Len(t, events, 2)
	sum := files.files["m1"].Found
	require.Equal(t, sourcerequest.MaterialsProvided{Materials: []sourcerequest.MaterialFile{
		{ID: "m1", Kind: sourcerequest.MaterialVideo, Name: "reel.mov", Size: 7, SHA256: sum}, {ID: "m2", Kind: sourcerequest.MaterialVideo, Name: "notes.txt", Size: 7, SHA256: sum},
	}}, events[1].Event)

	clear(files.files)
	files.asked = 0
	require.NoError(t, provide(operator, "a", wanted("m1", "m2")), "sent again")
	require.NoError(t, provide(operator, "b", wanted("m1")), "it has it already")
	for who, code := range map[domain.Principal]domain.Code{juniper: domain.CodeForbidden, lantern: domain.CodeNotFound} {
		require.Equal(t, code, domain.ErrorCode(provide(who, "c", wanted("m9"))))
	}
	require.Equal(t, domain.CodeInvalid, domain.ErrorCode(provide(operator, "d", wanted())))
	require.Zero(t, files.asked, "scope, rights and the key come first")
	err := provide(operator, "e", wanted("m9"))
	var e *domain.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, "materials[0].file_id", e.Field)
	_, err = materials.Provide(t.Context(), "no id", wanted("m1"), by(operator, "f", ""))
	require.Same(t, sourcerequest.ErrNotFound, err)
}

func TestAJobGivesOneFileToManyRequests(t *testing.T) {
	b := newBench(t)
	b.open("R1")
	b.open("R2")
	files := &waitingFiles{files: map[string]upload.Upload{"m1": staged(operator, "m1", "reel.mov")}}
	jobs := b.jobs(t.TempDir(), func(c *JobsConfig) { c.Materials = &Materials{Requests: b.requests, Files: files} })
	order := job.Order{Action: job.ActionMaterials, Command: wanted("m1"), Choose: func(context.Context) ([]job.Item, domain.Position, error) {
		return []job.Item{{ID: "R1"}, {ID: "R2"}, {ID: "R3"}}, 7, nil
	}}
	started, err := jobs.StartBulk(t.Context(), order, by(operator, "k", ""))
	require.NoError(t, err)
	report := b.ended(jobs, started.ID)
	require.Equal(t, job.Finished, report.Phase, report.Reason)
	require.Equal(t, 2, report.Changed)
	require.Equal(t, 1, report.Refused)
	require.Equal(t, []string{"m1"}, files.given, "kept once")
	for _, id := range []string{"R1", "R2"} {
		events := b.requestEvents(id)
		require.Equal(t, "reel.mov", events[len(events)-1].Event.(sourcerequest.MaterialsProvided).Materials[0].Name)
	}
	clear(files.files)
	again, err := jobs.StartBulk(t.Context(), order, by(operator, "k", ""))
	require.NoError(t, err)
	require.Equal(t, started.ID, again.ID)

	_, err = jobs.StartBulk(t.Context(), order, by(operator, "another", ""))
	require.Equal(t, domain.CodeInvalid, domain.ErrorCode(err), "nothing waits any more")
	_, err = jobs.StartBulk(t.Context(), order, by(juniper, "k", ""))
	require.Equal(t, domain.CodeForbidden, domain.ErrorCode(err))
}
