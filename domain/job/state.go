package job

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"backlot/domain"
)

// State is a job as its events left it. The zero State never began.
type State struct {
	Kind        Kind
	Action      string
	Parameters  json.RawMessage
	Query       string
	File        *File
	By          domain.Principal // who asked for it
	Correlation uuid.UUID        // the user action that everything the job does is part of

	Phase    Phase
	Stopping bool        // somebody asked it to stop
	Code     domain.Code // why it ended early
	Reason   string

	StartedAt time.Time // when it was accepted
	UpdatedAt time.Time // when it last moved on
	EndedAt   time.Time // zero before

	Chunks   [][]Item        // the requests, as they were listed
	Total    int             // requests listed
	ChosenAt domain.Position // of the log, at which they were chosen

	Next      int             // the chunk that is to be worked off next
	Opened    int             // by an import
	Changed   int             // and so on: requests, or rows of a file
	Unchanged int             // there was nothing to change
	Refused   int             // may be more than Recorded
	Recorded  int             // refusals that the events spell out
	Offset    int64           // of an import: where its next row begins, in bytes
	Line      int             // of an import: the last line that was read
	Position  domain.Position // of the last event that the job led to
}

// Job is a job that was accepted.
type Job struct {
	ID string
	State
}

// Bounds of a job.
const (
	MaxChunk    = 1_000     // requests or rows in a chunk
	MaxItems    = 1_000_000 // requests in a job
	MaxRefusals = 100_000   // refusals that a job spells out; their count is exact whatever their number
)

// Ended reports whether nothing more happens to the job.
func (s State) Ended() bool {
	return s.Phase == Finished || s.Phase == Stopped || s.Phase == Failed
}

// Accepted reports whether it is a job: one that is still being listed is not.
func (s State) Accepted() bool { return s.Phase == Running || s.Ended() }

// Done is how many requests or rows were tried.
func (s State) Done() int { return s.Opened + s.Changed + s.Unchanged + s.Refused }

// NotDone is how many listed requests were not tried when the job ended, 0
// before. An import does not know how many rows it leaves.
func (s State) NotDone() int {
	if !s.Ended() || s.Kind == Import {
		return 0
	}
	return s.Total - s.Done()
}

// Summary returns the counts in one line.
func (s State) Summary() string {
	what := "requests"
	if s.Kind == Import {
		what = "rows"
	}
	text := fmt.Sprintf("%d %s: %d opened, %d changed, %d unchanged, %d refused", s.Done(), what, s.Opened, s.Changed, s.Unchanged, s.Refused)
	if n := s.NotDone(); n > 0 {
		text += fmt.Sprintf(", %d not done", n)
	}
	if s.Reason != "" {
		text += "; " + s.Reason
	}
	return text
}

// Evolve folds one event into the state. It is total: an event that does not
// belong where the job stands leaves it as it was.
func Evolve(s State, e Event, o domain.Occurrence) State {
	switch e := e.(type) {
	case Began:
		if s.Accepted() {
			return s
		}
		s = State{Kind: e.Kind, Action: e.Action, Parameters: e.Parameters, Query: e.Query, File: e.File, By: o.By, Phase: Listing}
	case Listed:
		if s.Phase != Listing {
			return s
		}
		s.Chunks = append(s.Chunks[:len(s.Chunks):len(s.Chunks)], e.Items)
		s.Total += len(e.Items)
	case Accepted:
		if s.Phase != Listing {
			return s
		}
		s.Phase, s.StartedAt, s.ChosenAt = Running, o.At, e.Position
	case Progressed:
		if s.Phase != Running || e.Chunk != s.Next {
			return s
		}
		s.Next++
		s.Opened += e.Opened
		s.Changed += e.Changed
		s.Unchanged += e.Unchanged
		s.Refused += e.Refused
		s.Recorded += len(e.Refusals)
		s.Position = max(s.Position, e.Position)
		s.Offset, s.Line = max(s.Offset, e.Offset), max(s.Line, e.Line)
	case StopRequested:
		if s.Phase != Running {
			return s
		}
		s.Stopping = true
	case Ended:
		if s.Phase != Running {
			return s
		}
		s.Phase, s.Code, s.Reason, s.EndedAt = e.Phase, e.Code, e.Reason, o.At
	default:
		return s
	}
	s.UpdatedAt = o.At
	return s
}

// StreamPrefix begins the name of every job's stream; the id follows.
const StreamPrefix = "job-"

// StreamOf returns the name of a job's stream.
func StreamOf(id string) string { return StreamPrefix + id }

// IDOf returns the job id that a stream belongs to; ok is false for the streams
// of other aggregates.
func IDOf(stream string) (id string, ok bool) { return strings.CutPrefix(stream, StreamPrefix) }

// Fold folds one recorded event into the state.
func Fold(s State, r domain.Recorded) State {
	e, _ := r.Event.(Event)
	s = Evolve(s, e, r.Occurrence())
	if _, began := e.(Began); began && s.Phase == Listing {
		s.Correlation = r.Metadata.CorrelationID
	}
	return s
}
