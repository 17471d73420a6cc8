package readapi

import (
	"net/http"
	"time"

	"backlot/domain/qualitycontrol"
	"backlot/domain/sourcerequest"
	"backlot/domain/timecode"
)

type qualityControlAnswer struct {
	ID         string              `json:"id"`
	DeliveryID *string             `json:"delivery_id"`
	Check      sourcerequest.Check `json:"check"`
	Passed     bool                `json:"passed"`
	FrameRate  *string             `json:"frame_rate"`
	RecordedAt time.Time           `json:"recorded_at"`
	RecordedBy actorAnswer         `json:"recorded_by"`
	Issues     []issueAnswer       `json:"issues"`
}

type issueAnswer struct {
	ID               string                 `json:"id"`
	QualityControlID string                 `json:"quality_control_id"`
	DeliveryID       *string                `json:"delivery_id"`
	FileID           *string                `json:"file_id"`
	Code             string                 `json:"code"`
	Category         string                 `json:"category"`
	Severity         sourcerequest.Severity `json:"severity"`
	Help             *string                `json:"help"`
	FrameRate        *string                `json:"frame_rate"`
	TimecodeIn       *string                `json:"timecode_in"`
	FrameIn          *int64                 `json:"frame_in"`
	SecondsIn        *float64               `json:"seconds_in"`
	TimecodeOut      *string                `json:"timecode_out"`
	FrameOut         *int64                 `json:"frame_out"`
	SecondsOut       *float64               `json:"seconds_out"`
	Description      string                 `json:"description"`
	Answer           *string                `json:"answer"`
	Note             *string                `json:"note"`
	AnsweredAt       *time.Time             `json:"answered_at"`
	AnsweredBy       *actorAnswer           `json:"answered_by"`
	Answerable       bool                   `json:"answerable"`
	Previous         bool                   `json:"previous"`
	Resolved         bool                   `json:"resolved"`
	ConfirmedBy      *string                `json:"confirmed_by"`
	ConfirmedAt      *time.Time             `json:"confirmed_at"`
}

func (s *server) listQualityControls(x *exchange) error {
	d, v, err := s.requested(x)
	if err != nil {
		return err
	}
	issues := map[string][]issueAnswer{}
	for _, i := range d.State.StandingIssues() {
		issues[i.ResultID] = append(issues[i.ResultID], v.issue(i))
	}
	controls := []qualityControlAnswer{}
	for _, qc := range d.State.QualityControls {
		controls = append(controls, qualityControlAnswer{
			ID: qc.ID, DeliveryID: v.deliveryID(qc.DeliveryID), Check: qc.Check, Passed: qc.Passed, FrameRate: orNull(string(qc.FrameRate)),
			RecordedAt: instant(qc.RecordedAt), RecordedBy: v.actor(qc.RecordedBy), Issues: list(issues[qc.ID]),
		})
	}
	return x.answer(http.StatusOK, struct {
		standing
		QualityControls []qualityControlAnswer `json:"quality_controls"`
	}{documentStanding(d), controls})
}

func (v view) issue(i sourcerequest.StandingIssue) issueAnswer {
	a := issueAnswer{
		ID: i.ID, QualityControlID: i.ResultID, DeliveryID: v.deliveryID(i.DeliveryID), Code: i.Code, Category: i.Category, Severity: i.Severity,
		FrameRate: orNull(string(i.FrameRate)), TimecodeIn: orNull(i.TimecodeIn), TimecodeOut: orNull(i.TimecodeOut),
		Description: i.Description, Answerable: v.answerable(i.ID),
		Previous: i.Previous, Resolved: i.Resolved(), ConfirmedBy: orNull(i.ConfirmedBy), ConfirmedAt: timeOrNull(i.ConfirmedAt),
	}
	if a.DeliveryID != nil { // its files are kept with it
		a.FileID = orNull(i.FileID)
	}
	if t, ok := qualitycontrol.Find(i.Code); ok {
		help := helpOf(t)
		a.Help = &help
	}
	a.FrameIn, a.SecondsIn = converted(i.TimecodeIn, i.FrameRate)
	a.FrameOut, a.SecondsOut = converted(i.TimecodeOut, i.FrameRate)
	if i.Answer != "" && !v.hides(i.AnsweredBy) {
		by := v.actor(i.AnsweredBy)
		a.Answer, a.Note, a.AnsweredAt, a.AnsweredBy = orNull(string(i.Answer)), orNull(i.Note), timeOrNull(i.AnsweredAt), &by
	}
	return a
}

// deliveryID returns the id of a delivery if the viewer may know of it.
func (v view) deliveryID(id string) *string {
	for _, d := range v.deliveries(v.state) {
		if d.ID == id {
			return &d.ID
		}
	}
	return nil
}

// converted returns the frame of a timecode and the second at which it begins,
// nil where there is no timecode or its rate is not known.
func converted(code string, rate timecode.Rate) (frame *int64, seconds *float64) {
	if code == "" || !rate.Known() {
		return nil, nil
	}
	t, err := rate.Parse(code)
	if err != nil {
		return nil, nil
	}
	n, err := rate.Frame(t)
	if err != nil {
		return nil, nil
	}
	s := float64(rate.Duration(n)) / float64(time.Second)
	return &n, &s
}

// answerable asks the domain whether it would take an answer to an issue.
func (v view) answerable(issueID string) bool {
	c := sourcerequest.AnswerQCIssue{IssueID: issueID, Answer: sourcerequest.AnswerWillFix}
	if sourcerequest.Authorize(v.by, v.state, c) != nil {
		return false
	}
	_, err := sourcerequest.Decide(v.state, c)
	return err == nil
}
