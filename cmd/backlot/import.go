package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/schollz/progressbar/v3"
)

type importCommand struct {
	File     string        `arg:"" help:"The CSV file." type:"existingfile"`
	Server   string        `help:"Where the server is." default:"http://127.0.0.1:8080"`
	Token    string        `help:"An operator's API token."`
	RetryFor time.Duration `help:"How long to wait for a server that does not answer; an import that it forgot is sent again." default:"1m"`
	Report   string        `help:"Write the refused rows to this file as CSV." type:"path"`
}

// jobAnswer is what the API says of a job.
type jobAnswer struct {
	ID         string   `json:"id"`
	Phase      string   `json:"phase"`
	Rows       int      `json:"rows"`
	Opened     int      `json:"opened"`
	Changed    int      `json:"changed"`
	Unchanged  int      `json:"unchanged"`
	Refused    int      `json:"refused"`
	TotalBytes int64    `json:"total_bytes"`
	ReadBytes  int64    `json:"read_bytes"`
	Position   string   `json:"position"`
	Failure    *problem `json:"failure"`
	Refusals   []struct {
		Line   int    `json:"line"`
		ID     string `json:"request_id"`
		Column string `json:"column"`
		Reason string `json:"reason"`
	} `json:"refusals"`
}

type problem struct {
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

// Run sends the file, shows the progress and prints the report. It ends with
// an error when a row was refused, so that a script notices.
func (c *importCommand) Run(ctx context.Context) error {
	if c.Token == "" {
		return errors.New("an import needs an operator's token: --token or BACKLOT_TOKEN")
	}
	bar := progressbar.NewOptions64(-1,
		progressbar.OptionSetWriter(os.Stderr), progressbar.OptionSetDescription("sending"), progressbar.OptionSetWidth(40),
		progressbar.OptionSetElapsedTime(false), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
	job, err := c.importUntilDone(ctx, bar)
	_ = bar.Finish()
	if err != nil {
		return err
	}
	return c.report(job)
}

// importUntilDone sends the file and follows the job; when the server went
// away and forgot the job, it sends the file again, which changes nothing
// that is in already.
func (c *importCommand) importUntilDone(ctx context.Context, bar *progressbar.ProgressBar) (jobAnswer, error) {
	deadline := time.Now().Add(c.RetryFor)
	for {
		job, err := c.send(ctx)
		for err == nil && job.Phase == "Running" {
			bar.ChangeMax64(job.TotalBytes)
			bar.Describe(fmt.Sprintf("%d rows, %d refused", job.Rows, job.Refused))
			_ = bar.Set64(job.ReadBytes)
			if err = pause(ctx, 200*time.Millisecond); err == nil {
				id := job.ID
				if job, err = c.get(ctx, id); err == nil {
					deadline = time.Now().Add(c.RetryFor)
				} else if job.ID == "" {
					job.ID = id
				}
			}
		}
		var again *tryAgain
		if !errors.As(err, &again) {
			return job, err
		}
		if time.Now().After(deadline) {
			return job, fmt.Errorf("gave up after %s: %w", c.RetryFor, err)
		}
		if err := pause(ctx, time.Second); err != nil {
			return job, err
		}
	}
}

// tryAgain is an error that may pass: no answer, not ready, or a job that a
// restarted server does not know.
type tryAgain struct{ err error }

func (e *tryAgain) Error() string { return e.err.Error() }
func (e *tryAgain) Unwrap() error { return e.err }

func (c *importCommand) send(ctx context.Context) (jobAnswer, error) {
	f, err := os.Open(c.File)
	if err != nil {
		return jobAnswer{}, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return jobAnswer{}, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url("/import"), f)
	if err != nil {
		return jobAnswer{}, err
	}
	r.ContentLength = info.Size()
	if info.Size() == 0 {
		r.Body = http.NoBody
	}
	r.Header.Set("Content-Type", "text/csv")
	r.Header.Set("Idempotency-Key", uuid.NewString())
	return c.do(r)
}

func (c *importCommand) get(ctx context.Context, id string) (jobAnswer, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url("/jobs/"+id), nil)
	if err != nil {
		return jobAnswer{}, err
	}
	return c.do(r)
}

func (c *importCommand) do(r *http.Request) (jobAnswer, error) {
	r.Header.Set("Authorization", "Bearer "+c.Token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		if r.Context().Err() != nil {
			return jobAnswer{}, r.Context().Err()
		}
		return jobAnswer{}, &tryAgain{err}
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return jobAnswer{}, &tryAgain{err}
	}
	if answer.StatusCode >= 300 {
		var p problem
		if json.Unmarshal(body, &p) != nil || p.Detail == "" {
			p.Detail = string(bytes.TrimSpace(body))
		}
		err := fmt.Errorf("the server says %s: %s", answer.Status, p.Detail)
		forgotten := answer.StatusCode == http.StatusNotFound && r.Method == http.MethodGet
		if forgotten || answer.StatusCode == http.StatusServiceUnavailable || answer.StatusCode == http.StatusGatewayTimeout {
			return jobAnswer{}, &tryAgain{err}
		}
		return jobAnswer{}, err
	}
	var job jobAnswer
	if err := json.Unmarshal(body, &job); err != nil {
		return job, fmt.Errorf("an answer that is no job: %w", err)
	}
	return job, nil
}

func (c *importCommand) url(path string) string {
	return strings.TrimRight(c.Server, "/") + "/api/v1" + path
}

// shownRefusals is how many refused rows are printed; --report has them all.
const shownRefusals = 20

func (c *importCommand) report(job jobAnswer) error {
	fmt.Printf("%d rows: %d opened, %d changed, %d unchanged, %d refused (position %s)\n", job.Rows, job.Opened, job.Changed, job.Unchanged, job.Refused, job.Position)
	for n, r := range job.Refusals {
		if n == shownRefusals {
			fmt.Printf("  … and %d more; --report FILE has them all\n", job.Refused-n)
			break
		}
		fmt.Printf("  line %d, %s: %s\n", r.Line, orDash(r.ID), r.Reason)
	}
	if c.Report != "" {
		if err := writeReport(c.Report, job); err != nil {
			return err
		}
	}
	switch {
	case job.Phase == "Failed" && job.Failure != nil:
		return errors.New(job.Failure.Detail)
	case job.Phase == "Failed":
		return errors.New("the import ended early")
	case job.Refused > 0:
		return fmt.Errorf("%d of %d rows were refused", job.Refused, job.Rows)
	}
	return nil
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
