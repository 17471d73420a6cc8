package job

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"backlot/domain"
)

// Command is something that somebody wants of a job.
type Command interface{ jobCommand() }

type (
	// Begin says what is to be done, anew if the list was never finished.
	Begin struct {
		Kind       Kind
		Action     string
		Parameters json.RawMessage
		Query      string
		File       *File
	}
	// List adds a chunk of requests.
	List struct{ Items []Item }
	// Accept fixes the list.
	Accept struct{ Position domain.Position }
	// Progress notes a chunk that was worked off.
	Progress Progressed
	// Stop asks the job to end as it is.
	Stop struct{ Reason string }
	// End ends the job.
	End Ended
)

func (Begin) jobCommand()    {}
func (List) jobCommand()     {}
func (Accept) jobCommand()   {}
func (Progress) jobCommand() {}
func (Stop) jobCommand()     {}
func (End) jobCommand()      {}

// ErrNotFound is what a job of somebody else's and one that never was have in
// common.
var ErrNotFound = domain.Errorf(domain.CodeNotFound, "there is no such job")

// Decide returns the events that a command leads to, none if it would change
// nothing. The error is CodeConflict where somebody else was quicker,
// CodeNotFound before the job was accepted, CodeRefused after it ended,
// CodeTooLarge for more requests than a job takes, CodeInvalid for what is
// wrong in itself.
func Decide(s State, c Command) ([]Event, error) {
	switch c := c.(type) {
	case Begin:
		return decideBegin(s, c)
	case List:
		return decideList(s, c)
	case Accept:
		if s.Phase != Listing {
			return nil, errNotListing
		}
		return []Event{Accepted{Total: s.Total, Position: c.Position}}, nil
	}
	switch {
	case !s.Accepted():
		return nil, ErrNotFound
	case s.Ended():
		return nil, domain.Refused(fmt.Sprintf("the job has ended: it is %s", s.Phase))
	}
	switch c := c.(type) {
	case Progress:
		return decideProgress(s, c)
	case Stop:
		switch {
		case utf8.RuneCountInString(c.Reason) > maxReason || !utf8.ValidString(c.Reason):
			return nil, domain.Invalid("reason", fmt.Sprintf("reason is text of at most %d characters", maxReason))
		case s.Stopping:
			return nil, nil
		}
		return []Event{StopRequested(c)}, nil
	case End:
		return decideEnd(s, c)
	}
	return nil, domain.Errorf(domain.CodeInternal, "no decision for %T", c)
}

const maxReason = 2_000 // characters

var errNotListing = domain.Errorf(domain.CodeConflict, "the job's requests are not being listed")

func decideBegin(s State, c Begin) ([]Event, error) {
	switch {
	case s.Accepted():
		return nil, domain.Errorf(domain.CodeConflict, "the job was accepted already")
	case c.Kind == Import && c.File == nil:
		return nil, domain.Invalid("file", "file is required for an import")
	case c.Kind == Bulk && c.Action == "":
		return nil, domain.Invalid("action", "action is required for a bulk job")
	case c.Kind != Import && c.Kind != Bulk:
		return nil, domain.Invalid("kind", "there is no such kind", string(Bulk), string(Import))
	}
	return []Event{Began(c)}, nil
}

func decideList(s State, c List) ([]Event, error) {
	switch {
	case s.Phase != Listing:
		return nil, errNotListing
	case s.Kind == Import:
		return nil, domain.Invalid("items", "an import lists no requests: its file does")
	case len(c.Items) == 0:
		return nil, nil
	case len(c.Items) > MaxChunk:
		return nil, domain.Invalid("items", fmt.Sprintf("a chunk has at most %d requests", MaxChunk))
	case s.Total+len(c.Items) > MaxItems:
		return nil, domain.Errorf(domain.CodeTooLarge, "a job is over at most %d requests; do it in parts", MaxItems)
	}
	return []Event{Listed(c)}, nil
}

func decideProgress(s State, c Progress) ([]Event, error) {
	if c.Chunk != s.Next {
		return nil, domain.Errorf(domain.CodeConflict, "chunk %d was worked off already", c.Chunk)
	}
	if min(c.Opened, c.Changed, c.Unchanged, c.Refused) < 0 || len(c.Refusals) > c.Refused || s.Recorded+len(c.Refusals) > MaxRefusals {
		return nil, domain.Invalid("refused", "the counts of the chunk are wrong")
	}
	done, whole := c.Opened+c.Changed+c.Unchanged+c.Refused, MaxChunk
	if s.Kind == Bulk {
		if c.Chunk >= len(s.Chunks) {
			return nil, domain.Invalid("chunk", fmt.Sprintf("the job has %d chunks", len(s.Chunks)))
		}
		whole = len(s.Chunks[c.Chunk])
		if done < whole && !s.Stopping {
			return nil, domain.Invalid("chunk", fmt.Sprintf("%d of %d requests of the chunk were tried", done, whole))
		}
	}
	if done > whole {
		return nil, domain.Invalid("chunk", fmt.Sprintf("%d requests were tried of a chunk of %d", done, whole))
	}
	return []Event{Progressed(c)}, nil
}

func decideEnd(s State, c End) ([]Event, error) {
	switch {
	case c.Phase == Finished && s.Kind == Bulk && s.Done() < s.Total:
		return nil, domain.Invalid("phase", fmt.Sprintf("the job is not finished: %d of %d requests were tried", s.Done(), s.Total))
	case c.Phase == Stopped && !s.Stopping:
		return nil, domain.Invalid("phase", "nobody asked the job to stop")
	case c.Phase == Failed && c.Reason == "":
		return nil, domain.Invalid("reason", "a failure has a reason")
	case c.Phase != Finished && c.Phase != Stopped && c.Phase != Failed:
		return nil, domain.Invalid("phase", "no job ends so", string(Finished), string(Stopped), string(Failed))
	}
	return []Event{Ended(c)}, nil
}
