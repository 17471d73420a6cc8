package readapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"backlot/domain"
	"backlot/domain/job"
	"backlot/readapi/words"
)

type jobAnswer struct {
	ID         string      `json:"id"`
	Kind       job.Kind    `json:"kind"`
	Action     *string     `json:"action"`
	Phase      job.Phase   `json:"phase"`
	Stopping   bool        `json:"stopping"`
	Failure    *problem    `json:"failure"`
	StartedBy  actorAnswer `json:"started_by"`
	StartedAt  time.Time   `json:"started_at"`
	FinishedAt *time.Time  `json:"finished_at"`
	Query      *string     `json:"query"`
	ChosenAt   *string     `json:"chosen_at"`
	File       *fileOfJob  `json:"file"`
	Total      *int        `json:"total"`
	Done       int         `json:"done"`
	Opened     int         `json:"opened"`
	Changed    int         `json:"changed"`
	Unchanged  int         `json:"unchanged"`
	Refused    int         `json:"refused"`
	NotDone    int         `json:"not_done"`
	TotalBytes int64       `json:"total_bytes"`
	ReadBytes  int64       `json:"read_bytes"`
	Position   string      `json:"position"`
}

type fileOfJob struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

func (s *server) job(j job.Job) jobAnswer {
	a := jobAnswer{
		ID: j.ID, Kind: j.Kind, Action: orNull(j.Action), Phase: j.Phase, Stopping: j.Stopping, StartedBy: view{server: s, words: words.English}.actor(j.By),
		StartedAt: instant(j.StartedAt), FinishedAt: timeOrNull(j.EndedAt), Done: j.Done(), Opened: j.Opened, Changed: j.Changed,
		Unchanged: j.Unchanged, Refused: j.Refused, NotDone: j.NotDone(), ReadBytes: j.Offset, Position: j.Position.String(),
	}
	if j.Phase == job.Failed {
		p := problemOf(&domain.Error{Code: j.Code, Message: j.Reason}, words.English)
		a.Failure = &p
	}
	if j.File != nil {
		a.File, a.TotalBytes = &fileOfJob{j.File.Name, j.File.Size, j.File.SHA256}, j.File.Size
	}
	if j.Kind == job.Bulk {
		at := j.ChosenAt.String()
		a.Total, a.ChosenAt, a.Query = &j.Total, &at, orNull(j.Query)
	}
	return a
}

// sees reports whether a job exists for the asker: its own, and all of them for
// those who see all.
func (x *exchange) sees(s job.State) bool {
	return s.By.Account == x.by.Account || x.by.SeesAll()
}

// visibleJob returns the job that the path names.
func (s *server) visibleJob(x *exchange) (job.Job, error) {
	if _, ok, err := x.after(); err != nil {
		return job.Job{}, err
	} else if ok {
		if err := s.awaitFollower(x, s.Jobs, "jobs"); err != nil {
			return job.Job{}, err
		}
	}
	j, err := s.JobCommands.Job(x.r.Context(), x.variable("id"))
	if err == nil && !x.sees(j.State) {
		err = job.ErrNotFound
	}
	return j, err
}

func (s *server) getJob(x *exchange) error {
	j, err := s.visibleJob(x)
	if err != nil {
		return err
	}
	return x.answer(http.StatusOK, s.job(j))
}

// Sizes of pages.
const (
	defaultJobs, maxJobs         = 50, 500
	defaultRefusals, maxRefusals = 1_000, 10_000
)

func (s *server) listJobs(x *exchange) error {
	limit, err := x.number("limit", 1, maxJobs, defaultJobs)
	if err != nil {
		return err
	}
	var before domain.Position
	if cursor, given := x.parameter("cursor"); given {
		if before, err = domain.ParsePosition(cursor); err != nil || before == 0 {
			return domain.Invalid("cursor", fmt.Sprintf("%q is not a cursor; use the next of an answer, or none", cursor))
		}
	}
	if err := s.awaitFollower(x, s.Jobs, "jobs"); err != nil {
		return err
	}
	found, next := s.Jobs.List(x.sees, before, limit)
	jobs := make([]jobAnswer, len(found))
	for i, j := range found {
		jobs[i] = s.job(j)
	}
	a := map[string]any{"jobs": jobs, "next": nil}
	if next > 0 {
		a["next"] = next.String()
	}
	return x.answer(http.StatusOK, a)
}

type refusalAnswer struct {
	Line      *int        `json:"line"`
	RequestID *string     `json:"request_id"`
	Field     *string     `json:"field"`
	Code      domain.Code `json:"code"`
	Reason    string      `json:"reason"`
	Allowed   []string    `json:"allowed"`
}

func (s *server) listJobRefusals(x *exchange) error {
	j, err := s.visibleJob(x)
	if err != nil {
		return err
	}
	limit, err := x.number("limit", 1, maxRefusals, defaultRefusals)
	if err != nil {
		return err
	}
	offset, err := x.number("offset", 0, maxOffset, 0)
	if err != nil {
		return err
	}
	refusals := []refusalAnswer{}
	if j.Refused > 0 {
		page, err := s.JobCommands.Refusals(x.r.Context(), j.ID, offset, limit)
		if err != nil {
			return err
		}
		for _, r := range page {
			refusals = append(refusals, refusalAnswer{
				Line: orNull(r.Line), RequestID: orNull(r.ID), Field: orNull(r.Field), Code: r.Code, Reason: r.Reason, Allowed: list(r.Allowed),
			})
		}
	}
	var next *int
	if end := offset + len(refusals); len(refusals) == limit && end < j.Recorded {
		next = &end
	}
	return x.answer(http.StatusOK, struct {
		Total    int             `json:"total"`
		Listed   int             `json:"listed"`
		Refusals []refusalAnswer `json:"refusals"`
		Next     *int            `json:"next"`
	}{j.Refused, j.Recorded, refusals, next})
}

// watchJob sends a job's progress as server-sent events until its report.
func (s *server) watchJob(x *exchange) error {
	j, err := s.visibleJob(x)
	if err != nil {
		return err
	}
	progress, err := s.JobCommands.Watch(x.r.Context(), j.ID)
	if err != nil {
		return err
	}
	x.Header().Set("Content-Type", "text/event-stream")
	x.Header().Set("X-Accel-Buffering", "no") // a proxy that buffers would hold the progress back
	x.WriteHeader(http.StatusOK)
	flush := http.NewResponseController(x).Flush
	for j := range progress {
		data, err := json.Marshal(s.job(j))
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(x, "event: progress\ndata: %s\n\n", data); err != nil {
			return nil // nobody is there any more
		}
		if err := flush(); err != nil {
			return nil
		}
	}
	return nil
}

type stopBody struct {
	Reason string `json:"reason"`
}

func (s *server) stopJob(x *exchange) error {
	var body stopBody
	i, err := s.instruction(x, &body, false, true)
	if err != nil {
		return err
	}
	j, err := s.visibleJob(x)
	if err != nil {
		return err
	}
	if j, err = s.JobCommands.Stop(x.r.Context(), j.ID, body.Reason, i); err != nil {
		return err
	}
	return s.accepted(x, j)
}
