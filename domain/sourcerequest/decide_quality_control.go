package sourcerequest

import (
	"errors"
	"fmt"
	"strings"

	"backlot/domain"
	"backlot/domain/qualitycontrol"
	"backlot/domain/timecode"
)

func decideQualityControl(s State, c RecordQualityControl) ([]Event, error) {
	if err := identifier("result_id", c.ResultID); err != nil {
		return nil, err
	}
	for _, qc := range s.QualityControls {
		if qc.ID == c.ResultID {
			return nil, nil
		}
	}
	delivered := s.Status == StatusDelivered || s.Status == StatusProcessed
	if !delivered && (s.Status != StatusRedeliveryRequested || !s.WasDelivered) {
		return nil, refusedBy(s, "record a quality control")
	}
	check, err := canonical("check", c.Check, checks)
	if err != nil {
		return nil, err
	}
	if c.FrameRate != "" {
		if c.FrameRate, err = canonical("frame_rate", c.FrameRate, frameRates); err != nil {
			return nil, err
		}
	}
	e := QualityControlRecorded{
		ResultID: c.ResultID, DeliveryID: s.LatestDelivery, Check: check, Passed: c.Passed, FrameRate: c.FrameRate, Issues: []Issue{},
	}
	var reasons []string
	seen := map[string]bool{}
	for i, issue := range c.Issues {
		if issue, err = validIssue(fmt.Sprintf("issues[%d]", i), issue, c.FrameRate); err != nil {
			return nil, err
		}
		if err := s.checkedFile(fmt.Sprintf("issues[%d].file_id", i), issue.FileID); err != nil {
			return nil, err
		}
		if _, _, taken := s.issue(issue.ID); taken || seen[issue.ID] {
			return nil, domain.Invalid(fmt.Sprintf("issues[%d].id", i), fmt.Sprintf("the issue id %q is used already", issue.ID))
		}
		seen[issue.ID] = true
		if issue.Severity == SeverityBlocker && c.Passed {
			return nil, domain.Invalid("passed", "a quality control with a Blocker has not passed")
		}
		if issue.Severity != SeverityFYI {
			reasons = append(reasons, issue.Description)
		}
		e.Issues = append(e.Issues, issue)
	}
	if !c.Passed && len(e.Issues) == 0 {
		return nil, domain.Invalid("issues", "a quality control that was not passed names at least one issue")
	}
	events := []Event{e}
	if !c.Passed && delivered {
		if reasons == nil {
			reasons = []string{"quality control was not passed"}
		}
		events = append(events, RedeliveryRequested{Scope: RedeliveryFull, Cause: CauseQualityControl, Reasons: reasons})
	}
	return events, nil
}

// checkedFile checks that an issue is about a file of the latest delivery, if
// it is about one.
func (s State) checkedFile(field, id string) error {
	if id == "" {
		return nil
	}
	latest, known := s.Delivery(s.LatestDelivery)
	if _, ok := latest.File(id); ok {
		return nil
	}
	if !known {
		return domain.Invalid(field, "the portal knows no files of this request's delivery; leave file_id out")
	}
	ids := make([]string, len(latest.Files))
	for i, f := range latest.Files {
		ids[i] = f.ID
	}
	return domain.Invalid(field, fmt.Sprintf("the latest delivery has no file %q", id), ids...)
}

func validIssue(field string, issue Issue, rate timecode.Rate) (Issue, error) {
	var err error
	if err = identifier(field+".id", issue.ID); err != nil {
		return issue, err
	}
	kind, err := issueType(field+".code", issue.Code)
	if err != nil {
		return issue, err
	}
	category := strings.TrimSpace(issue.Category)
	if category != "" && !strings.EqualFold(category, string(kind.Category)) {
		return issue, domain.Invalid(field+".category", fmt.Sprintf("the category of %s is %s; it may be left out", kind.Code, kind.Category), string(kind.Category))
	}
	issue.Code, issue.Category = kind.Code, string(kind.Category)
	if issue.Severity, err = canonical(field+".severity", issue.Severity, severities); err != nil {
		return issue, err
	}
	if issue.Description, err = text(field+".description", issue.Description, maxReason, true); err != nil {
		return issue, err
	}
	issue.TimecodeIn, issue.TimecodeOut, err = timecodes(field, issue.TimecodeIn, issue.TimecodeOut, rate)
	return issue, err
}

// issueType finds a code in the catalogue; the error names the nearest ones.
func issueType(field, code string) (qualitycontrol.Type, error) {
	code, err := name(field, code)
	if err != nil {
		return qualitycontrol.Type{}, err
	}
	kind, ok := qualitycontrol.Find(code)
	if !ok {
		near := qualitycontrol.Nearest(code, 5)
		return kind, domain.Invalid(field, fmt.Sprintf("the catalogue of issue types has no %q; near it are: %s", code, strings.Join(near, ", ")), near...)
	}
	return kind, nil
}

// timecodes checks where an issue begins and ends, and writes both in full. The
// end needs a beginning, is written in the same way and lies not before it.
func timecodes(field, in, out string, rate timecode.Rate) (string, string, error) {
	from, hasIn, err := parseTimecode(field+".timecode_in", in, rate)
	if err != nil {
		return "", "", err
	}
	to, hasOut, err := parseTimecode(field+".timecode_out", out, rate)
	switch field += ".timecode_out"; {
	case err != nil:
		return "", "", err
	case !hasIn && !hasOut:
		return "", "", nil
	case !hasOut:
		return from.String(), "", nil
	case !hasIn:
		return "", "", domain.Invalid(field, field+" needs a timecode_in")
	case from.Drop != to.Drop:
		return "", "", domain.Invalid(field, fmt.Sprintf("%s and %s are not of one rate: one is drop-frame and the other is not", from, to))
	case to.Compare(from) < 0:
		return "", "", domain.Invalid(field, fmt.Sprintf("%s lies before the timecode_in, %s", to, from))
	}
	return from.String(), to.String(), nil
}

func parseTimecode(field, s string, rate timecode.Rate) (t timecode.Timecode, given bool, err error) {
	if strings.TrimSpace(s) == "" {
		return t, false, nil
	}
	if rate == "" {
		t, err = timecode.Parse(s)
	} else {
		t, err = rate.Parse(s)
	}
	var e *domain.Error
	if errors.As(err, &e) {
		err = domain.Invalid(field, e.Message)
	}
	return t, true, err
}

func decideAnswer(s State, c AnswerQCIssue) ([]Event, error) {
	answer, err := canonical("answer", c.Answer, answers)
	if err != nil {
		return nil, err
	}
	note, err := text("note", c.Note, maxReason, false)
	if err != nil {
		return nil, err
	}
	q, i, ok := s.issue(c.IssueID)
	if !ok {
		return nil, domain.Errorf(domain.CodeNotFound, "the request has no QC issue %q", c.IssueID)
	}
	if s.Status == StatusCancelled || s.Status == StatusUpgraded {
		return nil, refusedBy(s, "answer a QC issue")
	}
	qc := s.QualityControls[q]
	if qc.DeliveryID != s.LatestDelivery {
		return nil, domain.Refused("the issue belongs to an earlier delivery")
	}
	if issue := qc.Issues[i]; issue.Answer == answer && issue.Note == note {
		return nil, nil
	}
	events := []Event{QCIssueAnswered{IssueID: c.IssueID, Answer: answer, Note: note}}
	if answer == AnswerWillFix && (s.Status == StatusDelivered || s.Status == StatusProcessed) {
		events = append(events, RedeliveryRequested{
			Scope: RedeliveryFull, Cause: CauseQualityControl, Reasons: []string{"will fix: " + qc.Issues[i].Description},
		})
	}
	return events, nil
}
