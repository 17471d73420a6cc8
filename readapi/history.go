package readapi

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

type historyAnswer struct {
	Position  string        `json:"position"`
	RequestID string        `json:"request_id"`
	Entries   []entryAnswer `json:"entries"`
	AsOf      *asOfAnswer   `json:"as_of"`
}

type entryAnswer struct {
	ID            uuid.UUID      `json:"id"`
	Position      string         `json:"position"`
	Revision      uint64         `json:"revision"`
	At            time.Time      `json:"at"`
	Kind          string         `json:"kind"`
	EventType     string         `json:"event_type,omitempty"`
	Actor         actorAnswer    `json:"actor"`
	Summary       string         `json:"summary"`
	Changes       []changeAnswer `json:"changes"`
	Reason        *string        `json:"reason"`
	Text          *string        `json:"text"`
	CorrelationID uuid.UUID      `json:"correlation_id"`
}

type changeAnswer struct {
	Field string  `json:"field"`
	Label string  `json:"label"`
	From  *string `json:"from"`
	To    *string `json:"to"`
}

type asOfAnswer struct {
	At      time.Time      `json:"at"`
	Request *requestAnswer `json:"request"`
	Buckets []string       `json:"buckets"`
	Why     []ruleAnswer   `json:"why"`
	Counts  countsAnswer   `json:"counts"`
}

// kindUnknown is the kind of an event that this version does not know.
const kindUnknown = "unknown"

// step is one event of a request and what it did.
type step struct {
	domain.Recorded
	before, after sourcerequest.State
}

func (s *server) getHistory(x *exchange) error {
	at, given, err := s.asOf(x)
	if err != nil {
		return err
	}
	if err := s.awaitOrganisations(x); err != nil {
		return err
	}
	ctx, id := x.r.Context(), x.variable("id")
	steps, err := s.steps(ctx, id)
	if err != nil {
		return err
	}
	present := sourcerequest.State{}
	if len(steps) > 0 {
		present = steps[len(steps)-1].after
	}
	if !present.Exists() || !sourcerequest.Visible(x.by, present) {
		return sourcerequest.ErrNotFound
	}
	v := view{server: s, by: x.by, id: id, state: present, words: x.words(), texts: s.newTexts()}
	a := historyAnswer{Position: steps[len(steps)-1].Position.String(), RequestID: id}
	if given {
		steps = slices.DeleteFunc(steps, func(p step) bool { return p.Metadata.OccurredAt.After(at) })
		if len(steps) == 0 {
			e := domain.Errorf(domain.CodeNotFound, "Request %s was not open yet at %s: it was opened at %s.", id, at.Format(time.RFC3339), present.OpenedAt.UTC().Format(time.RFC3339))
			e.Field = "at"
			return e
		}
		if a.AsOf, err = v.asOf(ctx, steps[len(steps)-1].after, at); err != nil {
			return err
		}
	}
	if a.Entries, err = v.entries(ctx, steps); err != nil {
		return err
	}
	return x.answer(http.StatusOK, a)
}

// asOf returns the instant that at= names: itself, or the last moment of a day.
func (s *server) asOf(x *exchange) (at time.Time, given bool, err error) {
	v, given := x.parameter("at")
	if !given {
		return at, false, nil
	}
	at, err = s.moment("at", v, true)
	return at, true, err
}

// moment reads an instant, or a day in the policy's zone: its first moment or
// its last one.
func (s *server) moment(field, v string, last bool) (time.Time, error) {
	if day, err := domain.ParseDate(v); err == nil {
		if last {
			return instant((day + 1).Start(s.Policy.Zone).Add(-time.Millisecond)), nil
		}
		return instant(day.Start(s.Policy.Zone)), nil
	}
	at, err := parseInstant(field, v)
	if err != nil {
		return at, domain.Invalid(field, fmt.Sprintf("%q is neither an instant like 2026-11-23T12:00:00Z nor a day like 2026-11-23", v))
	}
	return at, nil
}

// steps replays a request's stream. One that is no request's has none.
func (s *server) steps(ctx context.Context, id string) ([]step, error) {
	events, err := s.events(ctx, id)
	if err != nil {
		return nil, err
	}
	steps := make([]step, len(events))
	var state sourcerequest.State
	for i, r := range events {
		before := state
		state = sourcerequest.Fold(state, r)
		steps[i] = step{Recorded: r, before: before, after: state}
	}
	return steps, nil
}

// events reads a request's stream. One that is no request's has none.
func (s *server) events(ctx context.Context, id string) ([]domain.Recorded, error) {
	if sourcerequest.ValidateID(id) != nil {
		return nil, nil
	}
	var events []domain.Recorded
	err := s.Streams.ReadStream(ctx, sourcerequest.StreamOf(id), func(r domain.Recorded) error {
		events = append(events, r)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the history of %s: %w", id, err)
	}
	return events, nil
}

func (v view) asOf(ctx context.Context, s sourcerequest.State, at time.Time) (*asOfAnswer, error) {
	request, err := v.request(ctx, s)
	if err != nil {
		return nil, err
	}
	a := &asOfAnswer{At: at, Request: request, Counts: v.counts(s)}
	a.Buckets, a.Why = v.judged(s, at)
	return a, nil
}

// entries tells the steps that the viewer may know of, newest first.
func (v view) entries(ctx context.Context, steps []step) ([]entryAnswer, error) {
	entries := []entryAnswer{}
	for i, p := range slices.Backward(steps) {
		if v.hidesStep(p) {
			continue
		}
		if err := v.texts.ahead(ctx, backwards(steps[:i+1])); err != nil {
			return nil, err
		}
		e, err := v.entry(ctx, p)
		if err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// backwards returns the events of steps, newest first.
func backwards(steps []step) iter.Seq[domain.Recorded] {
	return func(yield func(domain.Recorded) bool) {
		for _, p := range slices.Backward(steps) {
			if !yield(p.Recorded) {
				return
			}
		}
	}
}

// hidesStep reports whether a step is kept from the viewer.
func (v view) hidesStep(p step) bool {
	e, _ := p.Event.(sourcerequest.Event)
	return sourcerequest.HidesEvent(v.by, v.state, p.after, e, p.Metadata.Actor)
}

func (v view) entry(ctx context.Context, p step) (entryAnswer, error) {
	e := entryAnswer{
		ID: p.ID, Position: p.Position.String(), Revision: p.Revision, At: instant(p.Metadata.OccurredAt), Kind: kindUnknown,
		Actor: v.actor(p.Metadata.Actor), CorrelationID: p.Metadata.CorrelationID,
	}
	changes := sourcerequest.Changes(sourcerequest.SeenBy(v.by, p.before), sourcerequest.SeenBy(v.by, p.after))
	if err := v.resolve(ctx, p, changes); err != nil {
		return e, err
	}
	event, ok := p.Event.(sourcerequest.Event)
	if ok {
		e.Kind = event.Kind()
	} else {
		e.EventType = p.Type
	}
	if c, ok := event.(sourcerequest.Commented); ok {
		var err error
		if e.Text, err = v.said(ctx, sourcerequest.Comment{ID: c.CommentID, TextID: c.TextID, Text: c.Text}); err != nil {
			return e, err
		}
	}
	e.Summary = storyteller{view: v, step: p, changes: changes, said: e.Text}.tell(event)
	e.Reason = orNull(v.reasonOf(p))
	e.Changes = make([]changeAnswer, len(changes))
	for i, c := range changes {
		e.Changes[i] = changeAnswer{Field: c.Field, Label: v.words.Field(c.Field), From: orNull(c.From), To: orNull(c.To)}
	}
	return e, nil
}

// resolve puts names in the place of ids, and nothing in the place of what the
// viewer may not know of.
func (v view) resolve(ctx context.Context, p step, changes []sourcerequest.Change) error {
	var err error
	for i := range changes {
		c := &changes[i]
		if c.From, err = v.resolved(ctx, c.Field, c.From, p.before); err != nil {
			return err
		}
		if c.To, err = v.resolved(ctx, c.Field, c.To, p.after); err != nil {
			return err
		}
	}
	return nil
}

func (v view) resolved(ctx context.Context, field, value string, then sourcerequest.State) (string, error) {
	switch {
	case value == "":
		return "", nil
	case field == "content_partner":
		return v.Organisations.Name(value), nil
	case slices.Contains(sourcerequest.PartnerFields, field):
		return v.worker(value, then).Name, nil
	case slices.Contains(sourcerequest.AccountFields, field):
		return v.displayName(value), nil
	case field == "upgraded_to":
		return v.other(ctx, value)
	}
	return value, nil
}

// reasonOf returns why, as the one who acted said it.
func (v view) reasonOf(p step) string {
	switch e := p.Event.(type) {
	case sourcerequest.MaterialStatusChanged:
		return e.Reason
	case sourcerequest.EstimatedDeliveryDateChanged:
		return e.Reason
	case sourcerequest.FindingOverridden:
		return e.Reason
	case sourcerequest.QCIssueAnswered:
		return e.Note
	case sourcerequest.RedeliveryRequested:
		return strings.Join(v.reasons(e.Cause, e.Reasons, p.after), "; ")
	case sourcerequest.Cancelled:
		return e.Reason
	case sourcerequest.Reinstated:
		return e.Reason
	}
	return ""
}
