package sourcerequest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	. "backlot/domain/sourcerequest"
)

// never stands for a request that was never opened.
const never Status = ""

// Parts of the pasts below.
var (
	file1   = DeclaredFile{ID: "f1", Name: "dub_no.wav", Size: 1_000}
	file2   = DeclaredFile{ID: "f2", Name: "dub_no.xml", Size: 20, SHA256: sha('b')}
	fyi     = Issue{ID: "i1", Code: "Sync Drift", Category: "Sync", Severity: SeverityFYI, TimecodeIn: "00:01:02:03", Description: "drifts a little"}
	blacks  = Finding{ID: "n1", FileID: "f1", Code: "Commercial Blacks", Text: "commercial blacks over 2 s"}
	corrupt = Finding{ID: "n2", FileID: "f1", Code: "Decode Error", Hard: true, Text: "cannot be decoded"}
)

// pasts has for each status a past that leads there. All of them have a
// complete delivery d1 (but Open: whole, not completed), a started one d2, and
// since the delivery a QC result q1 with the issue i1.
func pasts() map[Status][]Event {
	open := []Event{
		opened(),
		DeliveryStarted{DeliveryID: "d1", Method: MethodAPI, Files: []DeclaredFile{file1}},
		FileDelivered{DeliveryID: "d1", FileID: "f1", Size: 1_000, SHA256: sha('a')},
		DeliveryStarted{DeliveryID: "d2", Method: MethodBrowser, Files: []DeclaredFile{file1, file2}},
	}
	delivered := after(open,
		DeliveryCompleted{DeliveryID: "d1"},
		QualityControlRecorded{ResultID: "q1", DeliveryID: "d1", Check: CheckSpot, Passed: true, Issues: []Issue{fyi}},
	)
	processed := after(delivered, DeliveryInspected{DeliveryID: "d1", Findings: []Finding{}})
	redelivery := after(delivered,
		DeliveryInspected{DeliveryID: "d1", Findings: []Finding{blacks, corrupt}},
		RedeliveryRequested{Scope: RedeliveryFull, Cause: CauseInspection, Reasons: []string{blacks.Text, corrupt.Text}},
	)
	return map[Status][]Event{
		never:                     nil,
		StatusOpen:                open,
		StatusDelivered:           delivered,
		StatusProcessed:           processed,
		StatusRedeliveryRequested: redelivery,
		StatusUpgraded:            after(processed, Upgraded{ReplacedBy: "SR-2"}),
		StatusCancelled:           after(redelivery, Cancelled{}),
	}
}

// after returns the events with more behind them, in an array of their own.
func after(events []Event, more ...Event) []Event {
	return append(append([]Event(nil), events...), more...)
}

func TestPastsLeadWhereTheySay(t *testing.T) {
	require.Len(t, pasts(), len(Statuses())+1, "a past for each status, and none at all")
	for status, past := range pasts() {
		require.Equal(t, status, given(t, past...).state.Status)
	}
}

// eventSamples has one event of each type.
func eventSamples() []Event {
	title, due := "New", day("2026-12-24")
	return []Event{
		opened(),
		FieldsEdited{Title: &title, DueDate: &due, Countries: []string{"Peru"}},
		Assigned{FulfillmentPartner: "other"},
		SubAssigned{SubAssignee: "helper"},
		ResponsibleChanged{Organisation: "house", Account: "fred"},
		MaterialStatusChanged{MaterialStatus: MaterialRejected, Reason: "wrong reel"},
		MaterialsProvided{Materials: []MaterialFile{{ID: "m1", Kind: MaterialVideo, Name: "reel.mov", Size: 1}}},
		EstimatedDeliveryDateChanged{Date: day("2026-12-03"), Reason: "late reel"},
		DeliveryStarted{DeliveryID: "d3", Method: MethodAPI, Files: []DeclaredFile{file1}},
		FileDelivered{DeliveryID: "d2", FileID: "f1", Size: 1_000, SHA256: sha('c')},
		DeliveryCompleted{DeliveryID: "d1"},
		DeliveryInspected{DeliveryID: "d1", Findings: []Finding{blacks}},
		FindingOverridden{DeliveryID: "d1", FindingID: "n1", Reason: "intended"},
		QualityControlRecorded{ResultID: "q2", DeliveryID: "d1", Check: CheckFull, Issues: []Issue{{ID: "i2", Code: "Typo", Category: "Timed Text", Severity: SeverityIssue, Description: "typo"}}},
		QCIssueAnswered{IssueID: "i1", Answer: AnswerWillFix},
		FilesDownloaded{Files: []FileRef{{DeliveryID: "d1", ID: "f1"}}, Archive: true},
		RedeliveryRequested{Scope: RedeliveryFull, Cause: CausePerson, Reasons: []string{"please"}},
		Commented{CommentID: "c1", TextID: "t1"},
		CommentRedacted{CommentID: "c1"},
		Cancelled{Reason: "not needed"},
		Reinstated{},
		Upgraded{ReplacedBy: "SR-2"},
		RowImported{Row: Row{Title: "New"}},
	}
}
