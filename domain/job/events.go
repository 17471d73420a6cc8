package job

import (
	"encoding/json"

	"backlot/domain"
)

// The JSON names and the labels in this file are a storage format; see the
// event catalog.

// Kind is what sort of work a job is.
type Kind string

// The kinds.
const (
	Bulk   Kind = "bulk"   // one action, given to each request of a list
	Import Kind = "import" // the rows of a file
)

// Phase is where a job is.
type Phase string

// The phases.
const (
	Listing  Phase = "Listing" // not a job yet: what it is over is being written down
	Running  Phase = "Running"
	Finished Phase = "Finished" // everything was tried; some may have been refused
	Stopped  Phase = "Stopped"  // somebody stopped it; the rest was not tried
	Failed   Phase = "Failed"   // it ended early; Reason says why
)

// Item is one request of a bulk job.
type Item struct {
	ID   string      `json:"id"`
	Date domain.Date `json:"date,omitempty"` // of the action, where each request has its own
}

// File is what an import brings in.
type File struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`   // bytes
	SHA256 string `json:"sha256"` // hex
}

// Refusal is one request, or one row of a file, that was not changed, and why.
type Refusal struct {
	Line    int         `json:"line,omitempty"` // of the file, from 1, the header counted; 0 in a bulk job
	ID      string      `json:"id,omitempty"`   // request id; a row may lack it
	Code    domain.Code `json:"code"`
	Reason  string      `json:"reason"`
	Field   string      `json:"field,omitempty"` // the field or column that is wrong, if it is one
	Allowed []string    `json:"allowed,omitempty"`
}

// Event is one step of a job.
type Event interface{ jobEvent() }

type (
	// Began says what is to be done. Once more before Accepted, it starts anew:
	// whoever listed the requests did not come to an end.
	Began struct {
		Kind       Kind            `json:"kind"`
		Action     string          `json:"action,omitempty"`     // of a bulk job
		Parameters json.RawMessage `json:"parameters,omitempty"` // of the action
		Query      string          `json:"query,omitempty"`      // the search that chose the requests, if one did
		File       *File           `json:"file,omitempty"`       // of an import
	}

	// Listed added a chunk of requests: at most MaxChunk, each once in a job.
	Listed struct {
		Items []Item `json:"items"`
	}

	// Accepted fixed the list. From here on it is a job.
	Accepted struct {
		Total    int             `json:"total"`    // requests listed; 0 for an import, whose rows nobody has counted
		Position domain.Position `json:"position"` // of the log, at which the requests were chosen
	}

	// Progressed is a chunk that was worked off. The last one of a job that was
	// stopped may be incomplete.
	Progressed struct {
		Chunk     int             `json:"chunk"` // from 0
		Opened    int             `json:"opened,omitempty"`
		Changed   int             `json:"changed"`
		Unchanged int             `json:"unchanged"`
		Refused   int             `json:"refused"`
		Refusals  []Refusal       `json:"refusals,omitempty"` // fewer than Refused beyond MaxRefusals of a job
		Position  domain.Position `json:"position"`           // of the last event that the chunk led to, 0 for none
		Offset    int64           `json:"offset,omitempty"`   // of an import: where its next row begins, in bytes
		Line      int             `json:"line,omitempty"`     // of an import: the last line that was read, from 1
	}

	// StopRequested asks the job to end as it is.
	StopRequested struct {
		Reason string `json:"reason,omitempty"`
	}

	// Ended is the last event.
	Ended struct {
		Phase  Phase       `json:"phase"` // Finished, Stopped or Failed
		Code   domain.Code `json:"code,omitempty"`
		Reason string      `json:"reason,omitempty"`
	}
)

func (Began) jobEvent()         {}
func (Listed) jobEvent()        {}
func (Accepted) jobEvent()      {}
func (Progressed) jobEvent()    {}
func (StopRequested) jobEvent() {}
func (Ended) jobEvent()         {}
