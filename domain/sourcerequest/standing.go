package sourcerequest

import (
	"slices"
	"time"

	"backlot/domain/timecode"
)

// StandingIssue is a QC issue, the check that found it and what has become of it.
type StandingIssue struct {
	IssueState
	ResultID    string        // of the quality control
	DeliveryID  string        // that was checked; "" when it came before the portal did
	FrameRate   timecode.Rate // of its timecodes; "" where nobody told
	Previous    bool          // another delivery has arrived since
	ConfirmedBy string        // id of the passed fix check of a later delivery; "" if there was none
	ConfirmedAt time.Time
}

// Resolved reports whether nothing is left to do: the issue was answered as
// creative intent or best possible, or a later fix check was passed.
func (i StandingIssue) Resolved() bool { return i.accepted() || i.ConfirmedBy != "" }

// accepted reports whether the issue was answered with a reason to leave it.
func (i IssueState) accepted() bool {
	return i.Answer == AnswerCreativeIntent || i.Answer == AnswerBestPossible
}

// QualityControl returns how quality control stands to the latest delivery. It
// passed if every check of it did and nothing that was found will be fixed. One
// that nobody has checked awaits a check while the request is Delivered or
// Processed: another delivery begins anew, and none is awaited of what has to be
// delivered again anyway.
func (s State) QualityControl() QualityControlStatus {
	checked := slices.ContainsFunc(s.QualityControls, func(qc QualityControl) bool { return qc.DeliveryID == s.LatestDelivery })
	switch {
	case checked && s.failedQualityControl(s.LatestDelivery):
		return QualityControlNotPassed
	case checked:
		return QualityControlPassed
	case s.Status == StatusDelivered || s.Status == StatusProcessed:
		return QualityControlAwaiting
	}
	return ""
}

// StandingIssues returns every issue that quality control found, in the order
// in which they were recorded. When a redelivery arrives, the issues of the
// deliveries before it become previous ones; the first fix check of it, or of a
// later one, that is passed confirms that they were fixed.
func (s State) StandingIssues() []StandingIssue {
	var issues []StandingIssue
	for q, qc := range s.QualityControls {
		standing := StandingIssue{ResultID: qc.ID, DeliveryID: qc.DeliveryID, FrameRate: qc.FrameRate, Previous: qc.DeliveryID != s.LatestDelivery}
		for _, later := range s.QualityControls[q+1:] {
			if later.Check == CheckFix && later.Passed && later.DeliveryID != qc.DeliveryID {
				standing.ConfirmedBy, standing.ConfirmedAt = later.ID, later.RecordedAt
				break
			}
		}
		for _, issue := range qc.Issues {
			standing.IssueState = issue
			issues = append(issues, standing)
		}
	}
	return issues
}
