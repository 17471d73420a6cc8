package readapi

import (
	"net/http"
	"time"

	"backlot/domain/sourcerequest"
	"backlot/domain/upload"
	"backlot/readmodel"
)

// standing is what every answer from a read model says of itself.
type standing struct {
	Position string `json:"position"`
	Stale    bool   `json:"stale"`
}

// documentStanding is never stale: what would be is read from the log.
func documentStanding(d readmodel.Document) standing { return standing{Position: d.Position.String()} }

type deliveryAnswer struct {
	ID          string                       `json:"id"`
	Method      sourcerequest.DeliveryMethod `json:"method"`
	StartedAt   time.Time                    `json:"started_at"`
	StartedBy   actorAnswer                  `json:"started_by"`
	CompletedAt *time.Time                   `json:"completed_at"`
	InspectedAt *time.Time                   `json:"inspected_at"`
	Files       []fileAnswer                 `json:"files"`
	Findings    []findingAnswer              `json:"findings"`
	Examined    []examinationAnswer          `json:"examined"`
}

type fileAnswer struct {
	ID          string                       `json:"id"`
	Name        string                       `json:"name"`
	Size        int64                        `json:"size"`
	SHA256      *string                      `json:"sha256"`
	Status      fileStatus                   `json:"status"`
	Received    int64                        `json:"received"`
	Problem     *string                      `json:"problem"`
	DeliveredAt *time.Time                   `json:"delivered_at"`
	ProcessedAt *time.Time                   `json:"processed_at"`
	Method      sourcerequest.DeliveryMethod `json:"method"`
	Location    *string                      `json:"location"`
	Content     *string                      `json:"content"`
	Downloads   []downloadAnswer             `json:"downloads"`
	Current     []fileIssueAnswer            `json:"current_issues"`
	Previous    []fileIssueAnswer            `json:"previous_issues"`
	Upload      *uploadAnswer                `json:"upload"`
}

type findingAnswer struct {
	ID             string  `json:"id"`
	FileID         *string `json:"file_id"`
	Code           string  `json:"code"`
	Hard           bool    `json:"hard"`
	Where          *string `json:"where"`
	Text           string  `json:"text"`
	Overridden     bool    `json:"overridden"`
	OverrideReason *string `json:"override_reason"`
	Overridable    bool    `json:"overridable"`
	Help           *string `json:"help"`
}

type examinationAnswer struct {
	FileID string  `json:"file_id"`
	As     string  `json:"as"`
	Note   *string `json:"note"`
}

func (s *server) listDeliveries(x *exchange) error {
	d, v, err := s.requested(x)
	if err != nil {
		return err
	}
	deliveries := []deliveryAnswer{}
	visible := v.deliveries(d.State)
	underway, issues := s.underway(x.r.Context(), visible...), v.fileIssues()
	for _, delivery := range visible {
		deliveries = append(deliveries, v.delivery(delivery, underway, issues))
	}
	current, previous := []issueAnswer{}, []issueAnswer{}
	for _, issue := range d.State.StandingIssues() {
		if issue.Previous {
			previous = append(previous, v.issue(issue))
		} else {
			current = append(current, v.issue(issue))
		}
	}
	return x.answer(http.StatusOK, struct {
		standing
		Deliveries     []deliveryAnswer `json:"deliveries"`
		CurrentIssues  []issueAnswer    `json:"current_issues"`
		PreviousIssues []issueAnswer    `json:"previous_issues"`
	}{documentStanding(d), deliveries, current, previous})
}

func (v view) delivery(d sourcerequest.Delivery, underway map[string]*upload.Upload, issues fileIssues) deliveryAnswer {
	a := deliveryAnswer{
		ID: d.ID, Method: d.Method, StartedAt: instant(d.StartedAt), StartedBy: v.actor(d.StartedBy),
		CompletedAt: timeOrNull(d.CompletedAt), InspectedAt: timeOrNull(d.InspectedAt),
		Files: []fileAnswer{}, Findings: []findingAnswer{}, Examined: []examinationAnswer{},
	}
	for _, f := range d.Files {
		a.Files = append(a.Files, v.file(d, f, underway[f.ID], issues))
	}
	for _, f := range d.Findings {
		a.Findings = append(a.Findings, v.finding(d.ID, f))
	}
	for _, e := range d.Examined {
		a.Examined = append(a.Examined, examinationAnswer{FileID: e.FileID, As: e.As, Note: orNull(e.Note)})
	}
	return a
}

type commentAnswer struct {
	ID         string          `json:"id"`
	Text       *string         `json:"text"`
	Mentions   []mentionAnswer `json:"mentions"`
	Redacted   bool            `json:"redacted"`
	Redactable bool            `json:"redactable"`
	At         time.Time       `json:"at"`
	By         actorAnswer     `json:"by"`
}

func (s *server) listComments(x *exchange) error {
	d, v, err := s.requested(x)
	if err != nil {
		return err
	}
	said := v.comments(d.State)
	var ids []string
	for _, c := range said {
		if c.TextID != "" && !c.Redacted {
			ids = append(ids, c.TextID)
		}
	}
	if err := v.texts.readAll(x.r.Context(), ids); err != nil {
		return err
	}
	comments := []commentAnswer{}
	for _, c := range said {
		a := commentAnswer{ID: c.ID, Mentions: []mentionAnswer{}, Redacted: c.Redacted, Redactable: v.redactable(c.ID), At: instant(c.At), By: v.actor(c.By)}
		written, err := v.written(x.r.Context(), c)
		if err != nil {
			return err
		}
		if written != nil {
			said := v.withNames(*written)
			a.Text, a.Mentions = &said, v.mentionsIn(*written)
		}
		comments = append(comments, a)
	}
	return x.answer(http.StatusOK, struct {
		standing
		Comments []commentAnswer `json:"comments"`
	}{documentStanding(d), comments})
}

// redactable asks the domain whether it would redact a comment.
func (v view) redactable(id string) bool {
	c := sourcerequest.Redact{CommentID: id}
	if sourcerequest.Authorize(v.by, v.state, c) != nil {
		return false
	}
	events, err := sourcerequest.Decide(v.state, c)
	return err == nil && len(events) > 0
}
