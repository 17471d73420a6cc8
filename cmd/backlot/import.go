package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"
	"github.com/schollz/progressbar/v3"

	"backlot/commands/workbook"
)

type importCommand struct {
	client
	File     string        `arg:"" help:"The CSV file or the workbook (.xlsx)." type:"existingfile"`
	RetryFor time.Duration `help:"How long to wait for a server that does not answer; the import goes on when it is back." default:"1m"`
	Report   string        `help:"Write the refused rows to this file as CSV." type:"path"`

	key string // of the command, so that what is sent again is the same import
}

// jobAnswer is what the API says of a job.
type jobAnswer struct {
	ID         string   `json:"id"`
	Phase      string   `json:"phase"`
	Done       int      `json:"done"`
	Opened     int      `json:"opened"`
	Changed    int      `json:"changed"`
	Unchanged  int      `json:"unchanged"`
	Refused    int      `json:"refused"`
	TotalBytes int64    `json:"total_bytes"`
	ReadBytes  int64    `json:"read_bytes"`
	Position   string   `json:"position"`
	Failure    *problem `json:"failure"`
}

// refusalsAnswer is a page of the rows that a job refused.
type refusalsAnswer struct {
	Refusals []refusal `json:"refusals"`
	Next     *int      `json:"next"`
}

type refusal struct {
	Line   int    `json:"line"`
	ID     string `json:"request_id"`
	Field  string `json:"field"`
	Reason string `json:"reason"`
}

// Run sends the file, shows the progress and prints the report. It ends with
// an error when a row was refused, so that a script notices.
func (c *importCommand) Run(ctx context.Context) error {
	bar := progressbar.NewOptions64(-1,
		progressbar.OptionSetWriter(os.Stderr), progressbar.OptionSetDescription("sending"), progressbar.OptionSetWidth(40),
		progressbar.OptionSetElapsedTime(false), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
	job, err := c.importUntilDone(ctx, bar)
	_ = bar.Finish()
	if err != nil {
		return err
	}
	return c.report(ctx, job)
}

// importUntilDone sends the file and follows the job, also over a restart of
// the server. A server that does not know the job gets the file again.
func (c *importCommand) importUntilDone(ctx context.Context, bar *progressbar.ProgressBar) (job jobAnswer, err error) {
	unknown := true
	c.key = uuid.NewString()
	deadline := time.Now().Add(c.RetryFor)
	for unknown || job.Phase == "Running" {
		var next jobAnswer
		if unknown {
			next, err = c.send(ctx)
		} else {
			next, err = c.get(ctx, job.ID)
		}
		var again *tryAgain
		wait := 200 * time.Millisecond
		switch {
		case err == nil:
			job, unknown = next, false
			bar.ChangeMax64(job.TotalBytes)
			bar.Describe(fmt.Sprintf("%d rows, %d refused", job.Done, job.Refused))
			_ = bar.Set64(job.ReadBytes)
			deadline = time.Now().Add(c.RetryFor)
		case statusOf(err) == http.StatusNotFound && !unknown:
			unknown = true
		case !errors.As(err, &again):
			return job, err
		case time.Now().After(deadline):
			return job, fmt.Errorf("gave up after %s: %w", c.RetryFor, err)
		default:
			wait = time.Second
		}
		if err := pause(ctx, wait); err != nil {
			return job, err
		}
	}
	return job, nil
}

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
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url("/import?name="+url.QueryEscape(filepath.Base(c.File))), f)
	if err != nil {
		return jobAnswer{}, err
	}
	mediaType, err := mediaTypeOf(f)
	if err != nil {
		return jobAnswer{}, err
	}
	r.ContentLength = info.Size()
	if info.Size() == 0 {
		r.Body = http.NoBody
	}
	r.Header.Set("Content-Type", mediaType)
	r.Header.Set("Idempotency-Key", c.key)
	return c.do(r)
}

// mediaTypeOf tells a workbook from CSV by how the file begins, whatever its
// name. The server says what is wrong with a file that is neither.
func mediaTypeOf(f io.ReaderAt) (string, error) {
	start := make([]byte, workbook.StartLength)
	n, err := f.ReadAt(start, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	if workbook.IsWorkbook(start[:n]) {
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", nil
	}
	return "text/csv", nil
}

func (c *importCommand) get(ctx context.Context, id string) (jobAnswer, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url("/jobs/"+id), nil)
	if err != nil {
		return jobAnswer{}, err
	}
	return c.do(r)
}

func (c *importCommand) do(r *http.Request) (job jobAnswer, err error) {
	return job, c.client.do(r, &job)
}

// shownRefusals is how many refused rows are printed; --report has them all.
const shownRefusals = 20

func (c *importCommand) report(ctx context.Context, job jobAnswer) error {
	fmt.Printf("%d rows: %d opened, %d changed, %d unchanged, %d refused (position %s)\n", job.Done, job.Opened, job.Changed, job.Unchanged, job.Refused, job.Position)
	if job.Refused > 0 {
		shown, err := c.refusals(ctx, job.ID, 0, shownRefusals)
		if err != nil {
			return err
		}
		for _, r := range shown.Refusals {
			fmt.Printf("  line %d, %s: %s\n", r.Line, orDash(r.ID), r.Reason)
		}
		if more := job.Refused - len(shown.Refusals); more > 0 {
			fmt.Printf("  … and %d more; --report FILE has them all\n", more)
		}
	}
	if c.Report != "" {
		if err := c.writeReport(ctx, job); err != nil {
			return err
		}
	}
	switch {
	case job.Phase == "Failed" && job.Failure != nil:
		return errors.New(job.Failure.Detail)
	case job.Phase != "Finished":
		return errors.New("the import ended early: it was stopped")
	case job.Refused > 0:
		return fmt.Errorf("%d of %d rows were refused", job.Refused, job.Done)
	}
	return nil
}

// refusals returns a page of the rows that a job refused.
func (c *importCommand) refusals(ctx context.Context, id string, offset, limit int) (page refusalsAnswer, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url(fmt.Sprintf("/jobs/%s/refusals?offset=%d&limit=%d", id, offset, limit)), nil)
	if err != nil {
		return page, err
	}
	return page, c.client.do(r, &page)
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
