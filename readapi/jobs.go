package readapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"backlot/domain"
	"backlot/domain/job"
	"backlot/domain/sourcerequest"
)

type jobAnswer struct {
	ID         string          `json:"id"`
	Kind       string          `json:"kind"`
	Phase      job.Phase       `json:"phase"`
	Failure    *problem        `json:"failure"`
	StartedBy  actorAnswer     `json:"started_by"`
	StartedAt  time.Time       `json:"started_at"`
	FinishedAt *time.Time      `json:"finished_at"`
	TotalBytes int64           `json:"total_bytes"`
	ReadBytes  int64           `json:"read_bytes"`
	Rows       int             `json:"rows"`
	Opened     int             `json:"opened"`
	Changed    int             `json:"changed"`
	Unchanged  int             `json:"unchanged"`
	Refused    int             `json:"refused"`
	Refusals   []refusalAnswer `json:"refusals"`
	Position   string          `json:"position"`
}

type refusalAnswer struct {
	Line      int      `json:"line"`
	RequestID *string  `json:"request_id"`
	Column    *string  `json:"column"`
	Reason    string   `json:"reason"`
	Allowed   []string `json:"allowed"`
}

func (s *server) job(j job.Job) jobAnswer {
	a := jobAnswer{
		ID: j.ID, Kind: j.Kind, Phase: j.Phase, StartedBy: view{server: s}.actor(j.By), StartedAt: instant(j.StartedAt), FinishedAt: timeOrNull(j.FinishedAt),
		TotalBytes: max(j.TotalBytes, 0), ReadBytes: j.ReadBytes, Rows: j.Rows, Opened: j.Opened, Changed: j.Changed, Unchanged: j.Unchanged,
		Refused: j.Refused, Refusals: []refusalAnswer{}, Position: j.Position.String(),
	}
	if j.Failure != nil {
		p := problemOf(j.Failure)
		a.Failure = &p
	}
	for _, r := range j.Refusals {
		a.Refusals = append(a.Refusals, refusalAnswer{Line: r.Line, RequestID: orNull(r.ID), Column: orNull(r.Column), Reason: r.Reason, Allowed: list(r.Allowed)})
	}
	return a
}

// maxFileName is the length of a file's name in a job's record, in bytes.
const maxFileName = 200

// The media types of import files.
const (
	csvType      = "text/csv"
	workbookType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

func (s *server) importRequests(x *exchange) error {
	if _, err := idempotencyKey(x.r); err != nil {
		return err
	}
	if sourcerequest.Authorize(x.by, sourcerequest.State{}, sourcerequest.ImportRow{}) != nil {
		return domain.Errorf(domain.CodeForbidden, "Only operators import source requests.")
	}
	if err := wantMediaType(x.r, csvType, workbookType); err != nil {
		return err
	}
	name, _ := x.parameter("name")
	if len(name) > maxFileName {
		return domain.Invalid("name", fmt.Sprintf("name has more than %d bytes", maxFileName))
	}
	if x.r.ContentLength > s.MaxImport {
		return s.importTooLarge()
	}
	j, err := s.Imports.Start(x.r.Context(), x.by, name, x.r.ContentLength, http.MaxBytesReader(x, x.r.Body, s.MaxImport))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return s.importTooLarge()
	}
	if err != nil {
		return err
	}
	x.Header().Set("Location", base+"/jobs/"+j.ID)
	return x.answer(http.StatusAccepted, s.job(j))
}

func (s *server) importTooLarge() error {
	return domain.Errorf(domain.CodeTooLarge, "The file is larger than %d bytes; import it in parts.", s.MaxImport)
}

var errNoJob = domain.Errorf(domain.CodeNotFound, "There is no such job. A restart of the server forgets them; importing the file again changes nothing that is in already.")

// visibleJob returns a job that the asker began or, seeing all, may look at.
func (s *server) visibleJob(x *exchange) (job.Job, error) {
	j, ok := s.Imports.Job(x.variable("id"))
	if !ok || j.By.Account != x.by.Account && !x.by.SeesAll() {
		return job.Job{}, errNoJob
	}
	return j, nil
}

func (s *server) getJob(x *exchange) error {
	j, err := s.visibleJob(x)
	if err != nil {
		return err
	}
	return x.answer(http.StatusOK, s.job(j))
}

// watchJob sends a job's progress as server-sent events until its report.
func (s *server) watchJob(x *exchange) error {
	j, err := s.visibleJob(x)
	if err != nil {
		return err
	}
	progress, err := s.Imports.Watch(x.r.Context(), j.ID)
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
