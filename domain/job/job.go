// Package job describes work that outlasts the request that asked for it: an
// import now, bulk changes later.
package job

import (
	"fmt"
	"time"

	"backlot/domain"
)

// Phase is where a job is.
type Phase string

// The phases.
const (
	Running  Phase = "Running"
	Finished Phase = "Finished" // every row was tried; some may have been refused
	Failed   Phase = "Failed"   // it ended early; Failure says why
)

// Job is the progress and, in the end, the report of a job.
type Job struct {
	ID         string
	Kind       string // "import"
	Phase      Phase
	Failure    *domain.Error // why it failed
	By         domain.Principal
	StartedAt  time.Time
	FinishedAt time.Time // zero while running
	TotalBytes int64     // of the input
	ReadBytes  int64     // of the input, so far
	Rows       int       // tried so far
	Opened     int
	Changed    int
	Unchanged  int
	Refused    int
	Refusals   []Refusal       // in the order of lines once finished; the first MaxRefusals
	Position   domain.Position // of the last event that the job led to
}

// MaxRefusals is how many refused rows a report spells out; the count is exact
// whatever their number.
const MaxRefusals = 10_000

// Refusal is one row that was not imported, and why.
type Refusal struct {
	Line    int    // of the file, from 1, the header counted
	ID      string // request id, if the row has one
	Column  string // the column that is wrong, if it is one
	Reason  string
	Allowed []string
}

// Summary returns the counts in one line.
func (j Job) Summary() string {
	s := fmt.Sprintf("%d rows: %d opened, %d changed, %d unchanged, %d refused", j.Rows, j.Opened, j.Changed, j.Unchanged, j.Refused)
	if j.Failure != nil {
		s += "; " + j.Failure.Message
	}
	return s
}
