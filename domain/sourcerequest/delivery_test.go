package sourcerequest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	. "backlot/domain/sourcerequest"
)

func TestADeliveryOfSeveralFiles(t *testing.T) {
	start := StartDelivery{DeliveryID: "d1", Method: "watch folder", Files: []DeclaredFile{file1, file2}}
	s := given(t, opened()).by(house).
		when(start).then(DeliveryStarted{DeliveryID: "d1", Method: MethodWatchFolder, Files: []DeclaredFile{file1, file2}}).is(StatusOpen).
		when(start).thenNothing().
		when(CompleteDelivery{DeliveryID: "d1"}).thenRefused("dub_no.wav", "dub_no.xml").
		when(DeliverFile{DeliveryID: "d1", FileID: "f1", Size: 999, SHA256: sha('a')}).thenRefused().
		when(DeliverFile{DeliveryID: "d1", FileID: "f1", Size: 1_000, SHA256: sha('a')}).
		then(FileDelivered{DeliveryID: "d1", FileID: "f1", Size: 1_000, SHA256: sha('a')}).
		when(DeliverFile{DeliveryID: "d1", FileID: "f1", Size: 1_000, SHA256: sha('A')}).thenNothing().
		when(DeliverFile{DeliveryID: "d1", FileID: "f1", Size: 1_000, SHA256: sha('b')}).thenRefused().
		when(DeliverFile{DeliveryID: "d1", FileID: "f2", Size: 20, SHA256: sha('a')}).thenRefused(). // declared with another checksum
		when(DeliverFile{DeliveryID: "d1", FileID: "f3", Size: 20, SHA256: sha('a')}).thenError(domain.CodeNotFound).
		when(DeliverFile{DeliveryID: "d9", FileID: "f1", Size: 20, SHA256: sha('a')}).thenError(domain.CodeNotFound).
		when(CompleteDelivery{DeliveryID: "d9"}).thenError(domain.CodeNotFound).
		when(CompleteDelivery{DeliveryID: "d1"}).thenRefused("dub_no.xml").
		when(DeliverFile{DeliveryID: "d1", FileID: "f2", Size: 20, SHA256: sha('b')}).
		then(FileDelivered{DeliveryID: "d1", FileID: "f2", Size: 20, SHA256: sha('b')}).is(StatusOpen).
		when(CompleteDelivery{DeliveryID: "d1"}).then(DeliveryCompleted{DeliveryID: "d1"}).is(StatusDelivered).
		when(CompleteDelivery{DeliveryID: "d1"}).thenNothing()

	require.Equal(t, []Delivery{{
		ID: "d1", Method: MethodWatchFolder, StartedAt: dawn.Add(time.Minute), StartedBy: house, CompletedAt: dawn.Add(4 * time.Minute),
		Files: []DeliveryFile{
			{DeclaredFile: with(file1, func(f *DeclaredFile) { f.SHA256 = sha('a') }), DeliveredAt: dawn.Add(2 * time.Minute)},
			{DeclaredFile: file2, DeliveredAt: dawn.Add(3 * time.Minute)},
		},
	}}, s.state.Deliveries)
	assert.Equal(t, "d1", s.state.LatestDelivery)
	assert.True(t, s.state.WasDelivered)
}

// deliveredOnce is a request with one complete delivery d1 of one file.
func deliveredOnce() []Event {
	return []Event{
		opened(),
		DeliveryStarted{DeliveryID: "d1", Method: MethodAPI, Files: []DeclaredFile{file1}},
		FileDelivered{DeliveryID: "d1", FileID: "f1", Size: 1_000, SHA256: sha('a')},
		DeliveryCompleted{DeliveryID: "d1"},
	}
}

func TestInspectionFindsEverythingClean(t *testing.T) {
	given(t, deliveredOnce()...).by(system).
		when(RecordInspection{DeliveryID: "d1"}).then(DeliveryInspected{DeliveryID: "d1", Findings: []Finding{}}).is(StatusProcessed).
		when(RecordInspection{DeliveryID: "d1"}).thenNothing()
}

func TestInspectionAsksForARedeliveryUntilItsFindingsAreOverridden(t *testing.T) {
	quiet := Finding{ID: "n3", Code: "Low-Variance File", Text: "low-variance file"}
	s := given(t, deliveredOnce()...).
		when(RecordInspection{DeliveryID: "d1", Findings: []Finding{blacks, quiet}}).
		then(DeliveryInspected{DeliveryID: "d1", Findings: []Finding{blacks, quiet}},
			RedeliveryRequested{Scope: RedeliveryFull, Cause: CauseInspection, Reasons: []string{blacks.Text, quiet.Text}}).
		is(StatusRedeliveryRequested)
	assert.Equal(t, []string{"Commercial Blacks", "Low-Variance File"}, s.state.Issues())
	s.when(OverrideFinding{DeliveryID: "d9", FindingID: "n1", Reason: "intended"}).thenError(domain.CodeNotFound).
		when(OverrideFinding{DeliveryID: "d1", FindingID: "n9", Reason: "intended"}).thenError(domain.CodeNotFound).
		when(OverrideFinding{DeliveryID: "d1", FindingID: "n1", Reason: "intended"}).
		then(FindingOverridden{DeliveryID: "d1", FindingID: "n1", Reason: "intended"}).is(StatusRedeliveryRequested).
		when(OverrideFinding{DeliveryID: "d1", FindingID: "n1", Reason: "again"}).thenNothing()
	assert.Equal(t, []string{"Low-Variance File"}, s.state.Issues())
	s.when(OverrideFinding{DeliveryID: "d1", FindingID: "n3", Reason: "a still"}).
		then(FindingOverridden{DeliveryID: "d1", FindingID: "n3", Reason: "a still"}).is(StatusProcessed)
	assert.Empty(t, s.state.Issues())
	assert.Equal(t, FindingState{Finding: quiet, Overridden: true, OverrideReason: "a still"}, s.state.Deliveries[0].Findings[1])
}

func TestTheReasonOfARedeliveryNamesThePlace(t *testing.T) {
	at := with(blacks, func(f *Finding) { f.Where = "00:10:00:00" })
	given(t, deliveredOnce()...).when(RecordInspection{DeliveryID: "d1", Findings: []Finding{at}}).
		then(DeliveryInspected{DeliveryID: "d1", Findings: []Finding{at}},
			RedeliveryRequested{Scope: RedeliveryFull, Cause: CauseInspection, Reasons: []string{"00:10:00:00: commercial blacks over 2 s"}})
}

func TestAFirstVerdictIsGivenOnlyOnce(t *testing.T) {
	given(t, deliveredOnce()...).
		when(RecordInspection{DeliveryID: "d1", Findings: []Finding{blacks}, First: true}).
		then(DeliveryInspected{DeliveryID: "d1", Findings: []Finding{blacks}},
			RedeliveryRequested{Scope: RedeliveryFull, Cause: CauseInspection, Reasons: []string{blacks.Text}}).
		when(RecordInspection{DeliveryID: "d1", First: true}).thenNothing().
		when(RecordInspection{DeliveryID: "d1"}).then(DeliveryInspected{DeliveryID: "d1", Findings: []Finding{}}).is(StatusProcessed)
}

func TestTheCatalogueSaysWhetherAFindingIsHard(t *testing.T) {
	soft := Finding{ID: "n1", Code: " decode-error", Text: "it stops at 00:10:00"}
	hard := with(soft, func(f *Finding) { f.Code, f.Hard = "Decode Error", true })
	given(t, deliveredOnce()...).when(RecordInspection{DeliveryID: "d1", Findings: []Finding{soft}}).
		then(DeliveryInspected{DeliveryID: "d1", Findings: []Finding{hard}}, RedeliveryRequested{Scope: RedeliveryFull, Cause: CauseInspection, Reasons: []string{hard.Text}}).
		when(OverrideFinding{DeliveryID: "d1", FindingID: "n1", Reason: "intended"}).thenRefused("deliver")
}

func TestInspectionSaysWhatItLookedAt(t *testing.T) {
	examined := []Examination{{FileID: "f1", As: "Video and audio", Note: "not probed"}}
	s := given(t, deliveredOnce()...).when(RecordInspection{DeliveryID: "d1", Examined: examined}).
		then(DeliveryInspected{DeliveryID: "d1", Findings: []Finding{}, Examined: examined}).is(StatusProcessed)
	assert.Equal(t, examined, s.state.Deliveries[0].Examined)
	s.when(RecordInspection{DeliveryID: "d1"}).thenNothing()
}

func TestInspectionMayBeRepeated(t *testing.T) {
	given(t, deliveredOnce()...).
		when(RecordInspection{DeliveryID: "d1", Findings: []Finding{blacks}}).
		then(DeliveryInspected{DeliveryID: "d1", Findings: []Finding{blacks}},
			RedeliveryRequested{Scope: RedeliveryFull, Cause: CauseInspection, Reasons: []string{blacks.Text}}).
		when(RecordInspection{DeliveryID: "d1", Findings: []Finding{blacks}}).thenNothing().
		when(RecordInspection{DeliveryID: "d1"}).
		then(DeliveryInspected{DeliveryID: "d1", Findings: []Finding{}}).is(StatusProcessed).
		when(RecordInspection{DeliveryID: "d1", Findings: []Finding{corrupt}}).
		then(DeliveryInspected{DeliveryID: "d1", Findings: []Finding{corrupt}},
			RedeliveryRequested{Scope: RedeliveryFull, Cause: CauseInspection, Reasons: []string{corrupt.Text}}).is(StatusRedeliveryRequested)
}

func TestInspectionOfAnEarlierDeliveryChangesNoStatus(t *testing.T) {
	past := after(deliveredOnce(),
		RedeliveryRequested{Scope: RedeliveryFull, Cause: CausePerson, Reasons: []string{"please"}},
		DeliveryStarted{DeliveryID: "d2", Method: MethodAPI, Files: []DeclaredFile{file1}},
		FileDelivered{DeliveryID: "d2", FileID: "f1", Size: 1_000, SHA256: sha('a')},
		DeliveryCompleted{DeliveryID: "d2"},
	)
	given(t, past...).
		when(RecordInspection{DeliveryID: "d1", Findings: []Finding{blacks}}).
		then(DeliveryInspected{DeliveryID: "d1", Findings: []Finding{blacks}}).is(StatusDelivered).
		when(RecordInspection{DeliveryID: "d1"}).
		then(DeliveryInspected{DeliveryID: "d1", Findings: []Finding{}}).is(StatusDelivered).
		when(RecordInspection{DeliveryID: "d2"}).
		then(DeliveryInspected{DeliveryID: "d2", Findings: []Finding{}}).is(StatusProcessed)
}

func TestACleanInspectionDoesNotUndoWhatOthersAsked(t *testing.T) {
	for _, cause := range []Cause{CausePerson, CauseQualityControl, CauseImport} {
		given(t, after(deliveredOnce(), RedeliveryRequested{Scope: RedeliveryFull, Cause: cause, Reasons: []string{"please"}})...).
			when(RecordInspection{DeliveryID: "d1"}).
			then(DeliveryInspected{DeliveryID: "d1", Findings: []Finding{}}).is(StatusRedeliveryRequested)
	}
}

func TestOverridingDoesNotUndoAFailedQualityControl(t *testing.T) {
	typo := Issue{ID: "i1", Code: "Typo", Category: "Timed Text", Severity: SeverityIssue, Description: "a typo"}
	inspected := after(deliveredOnce(), DeliveryInspected{DeliveryID: "d1", Findings: []Finding{blacks}},
		RedeliveryRequested{Scope: RedeliveryFull, Cause: CauseInspection, Reasons: []string{blacks.Text}})
	for name, qc := range map[string][]Event{
		"failed": {QualityControlRecorded{ResultID: "q1", DeliveryID: "d1", Check: CheckFull, Issues: []Issue{typo}}},
		"will fix": {QualityControlRecorded{ResultID: "q1", DeliveryID: "d1", Check: CheckFull, Passed: true, Issues: []Issue{typo}},
			QCIssueAnswered{IssueID: "i1", Answer: AnswerWillFix}},
	} {
		t.Run(name, func(t *testing.T) {
			given(t, after(inspected, qc...)...).
				when(OverrideFinding{DeliveryID: "d1", FindingID: "n1", Reason: "intended"}).
				then(FindingOverridden{DeliveryID: "d1", FindingID: "n1", Reason: "intended"}).is(StatusRedeliveryRequested)
		})
	}
}

func TestAFailedQualityControlOfAnEarlierDeliveryHoldsNothingUp(t *testing.T) {
	typo := Issue{ID: "i1", Code: "Typo", Category: "Timed Text", Severity: SeverityIssue, Description: "a typo"}
	given(t, after(deliveredOnce(),
		QualityControlRecorded{ResultID: "q1", DeliveryID: "d1", Check: CheckFull, Issues: []Issue{typo}},
		RedeliveryRequested{Scope: RedeliveryFull, Cause: CauseQualityControl, Reasons: []string{"a typo"}},
		DeliveryStarted{DeliveryID: "d2", Method: MethodAPI, Files: []DeclaredFile{file1}},
		FileDelivered{DeliveryID: "d2", FileID: "f1", Size: 1_000, SHA256: sha('a')},
		DeliveryCompleted{DeliveryID: "d2"},
		DeliveryInspected{DeliveryID: "d2", Findings: []Finding{blacks}},
		RedeliveryRequested{Scope: RedeliveryFull, Cause: CauseInspection, Reasons: []string{blacks.Text}},
	)...).
		when(OverrideFinding{DeliveryID: "d2", FindingID: "n1", Reason: "intended"}).
		then(FindingOverridden{DeliveryID: "d2", FindingID: "n1", Reason: "intended"}).is(StatusProcessed)
}

// A verdict over a request that somebody cancelled meanwhile would be lost:
// reinstated, the request would be Delivered for ever.
func TestAVerdictWaitsForAReinstatement(t *testing.T) {
	given(t, after(deliveredOnce(), Cancelled{})...).by(system).
		when(RecordInspection{DeliveryID: "d1"}).thenRefused("comment", "reinstate").
		when(Reinstate{}).then(Reinstated{}).is(StatusDelivered).
		when(RecordInspection{DeliveryID: "d1"}).then(DeliveryInspected{DeliveryID: "d1", Findings: []Finding{}}).is(StatusProcessed)
}

func TestQualityControlPasses(t *testing.T) {
	s := given(t, deliveredOnce()...).by(inspector).
		when(RecordQualityControl{ResultID: "q1", Check: "spot", Passed: true, Issues: []Issue{with(fyi, func(i *Issue) { i.Severity = "fyi" })}}).
		then(QualityControlRecorded{ResultID: "q1", DeliveryID: "d1", Check: CheckSpot, Passed: true, Issues: []Issue{fyi}}).is(StatusDelivered)
	require.Equal(t, []QualityControl{{
		ID: "q1", DeliveryID: "d1", Check: CheckSpot, Passed: true, Issues: []IssueState{{Issue: fyi}}, RecordedAt: dawn.Add(4 * time.Minute), RecordedBy: inspector,
	}}, s.state.QualityControls)
	assert.Equal(t, []string{"Sync", "Sync Drift"}, s.state.Issues())
}

func TestAFailedQualityControlAsksForARedelivery(t *testing.T) {
	fyiOnly := fyi
	issue := Issue{ID: "i2", Code: "Typo", Category: "Timed Text", Severity: SeverityIssue, Description: "a typo"}
	blocker := Issue{ID: "i3", Code: "Wrong Asset", Category: "Asset", Severity: SeverityBlocker, Description: "another film"}
	for name, c := range map[string]struct {
		issues  []Issue
		reasons []string
	}{
		"with an issue and a blocker": {[]Issue{fyiOnly, issue, blocker}, []string{"a typo", "another film"}},
		"with an FYI only":            {[]Issue{fyiOnly}, []string{"quality control was not passed"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := given(t, deliveredOnce()...).by(inspector).
				when(RecordQualityControl{ResultID: "q1", Check: CheckFull, Issues: c.issues}).
				then(QualityControlRecorded{ResultID: "q1", DeliveryID: "d1", Check: CheckFull, Issues: c.issues},
					RedeliveryRequested{Scope: RedeliveryFull, Cause: CauseQualityControl, Reasons: c.reasons}).is(StatusRedeliveryRequested)
			assert.Equal(t, &Redelivery{Scope: RedeliveryFull, Cause: CauseQualityControl, Reasons: c.reasons, RequestedAt: dawn.Add(5 * time.Minute)}, s.state.Redelivery)
			s.when(RecordQualityControl{ResultID: "q1", Check: CheckFull, Issues: c.issues}).thenNothing()
		})
	}
}

func TestQualityControlOfARequestImportedAsDelivered(t *testing.T) {
	s := given(t, with(opened(), func(o *Opened) { o.Status, o.Import = StatusDelivered, true })).
		when(RecordQualityControl{ResultID: "q1", Check: CheckFull, Passed: true, Issues: []Issue{fyi}}).
		then(QualityControlRecorded{ResultID: "q1", Check: CheckFull, Passed: true, Issues: []Issue{fyi}})
	assert.Equal(t, []string{"Sync", "Sync Drift"}, s.state.Issues())
	s.when(RecordInspection{DeliveryID: "d1"}).thenError(domain.CodeNotFound)
}

func TestAnswersToAQCIssue(t *testing.T) {
	past := after(deliveredOnce(), QualityControlRecorded{ResultID: "q1", DeliveryID: "d1", Check: CheckFull, Passed: true, Issues: []Issue{fyi}})
	for _, answer := range []Answer{AnswerCreativeIntent, AnswerBestPossible} {
		s := given(t, past...).by(house).
			when(AnswerQCIssue{IssueID: "i1", Answer: answer, Note: " meant so "}).
			then(QCIssueAnswered{IssueID: "i1", Answer: answer, Note: "meant so"}).is(StatusDelivered).
			when(AnswerQCIssue{IssueID: "i1", Answer: answer, Note: "meant so"}).thenNothing()
		assert.Empty(t, s.state.Issues(), "an answered issue is resolved")
		assert.Equal(t, IssueState{Issue: fyi, Answer: answer, Note: "meant so", AnsweredAt: dawn.Add(5 * time.Minute), AnsweredBy: house}, s.state.QualityControls[0].Issues[0])
	}
	s := given(t, past...).by(house).
		when(AnswerQCIssue{IssueID: "i9", Answer: AnswerWillFix}).thenError(domain.CodeNotFound).
		when(AnswerQCIssue{IssueID: "i1", Answer: "will fix"}).
		then(QCIssueAnswered{IssueID: "i1", Answer: AnswerWillFix},
			RedeliveryRequested{Scope: RedeliveryFull, Cause: CauseQualityControl, Reasons: []string{"will fix: drifts a little"}}).is(StatusRedeliveryRequested)
	assert.Equal(t, []string{"Sync", "Sync Drift"}, s.state.Issues(), "what will be fixed is not resolved yet")
	s.when(AnswerQCIssue{IssueID: "i1", Answer: AnswerWillFix}).thenNothing().
		when(AnswerQCIssue{IssueID: "i1", Answer: AnswerBestPossible}).then(QCIssueAnswered{IssueID: "i1", Answer: AnswerBestPossible}).
		is(StatusRedeliveryRequested)
}

func TestARedeliveryClosesTheIssuesOfTheOneBefore(t *testing.T) {
	s := given(t, pasts()[StatusRedeliveryRequested]...)
	assert.Equal(t, []string{"Commercial Blacks", "Decode Error", "Sync", "Sync Drift"}, s.state.Issues())
	s.when(DeliverFile{DeliveryID: "d2", FileID: "f1", Size: 1_000, SHA256: sha('a')}).then(FileDelivered{DeliveryID: "d2", FileID: "f1", Size: 1_000, SHA256: sha('a')}).
		when(DeliverFile{DeliveryID: "d2", FileID: "f2", Size: 20, SHA256: sha('b')}).then(FileDelivered{DeliveryID: "d2", FileID: "f2", Size: 20, SHA256: sha('b')}).
		when(CompleteDelivery{DeliveryID: "d2"}).then(DeliveryCompleted{DeliveryID: "d2"}).is(StatusDelivered).
		when(AnswerQCIssue{IssueID: "i1", Answer: AnswerWillFix}).thenRefused()
	assert.Empty(t, s.state.Issues())
	s.when(RequestRedelivery{Reasons: []string{" once more "}}).
		then(RedeliveryRequested{Scope: RedeliveryFull, Cause: CausePerson, Reasons: []string{"once more"}}).is(StatusRedeliveryRequested).
		when(RequestRedelivery{Reasons: []string{"once more"}}).thenRefused(accepts[StatusRedeliveryRequested]...)
}

func TestIssuesAreNamedOnceAndSorted(t *testing.T) {
	s := given(t, after(deliveredOnce(),
		QualityControlRecorded{ResultID: "q1", DeliveryID: "d1", Check: CheckFull, Issues: []Issue{
			{ID: "i1", Code: "typo", Category: "text"}, {ID: "i2", Code: "drift", Category: "sync"}, {ID: "i3", Code: "typo", Category: "text"}, {ID: "i4", Code: "odd"},
		}},
		DeliveryInspected{DeliveryID: "d1", Findings: []Finding{{ID: "n1", Code: "drift"}}},
	)...)
	assert.Equal(t, []string{"drift", "odd", "sync", "text", "typo"}, s.state.Issues())
}

func TestTheVerdictOfInspection(t *testing.T) {
	s := given(t, deliveredOnce()...)
	verdict := func() Verdict {
		d, known := s.state.Delivery("d1")
		require.True(t, known)
		return d.Verdict()
	}
	assert.Equal(t, VerdictAwaiting, verdict())
	s.happens(DeliveryInspected{DeliveryID: "d1", Findings: []Finding{{ID: "n1"}, {ID: "n2"}}})
	assert.Equal(t, VerdictFindings, verdict())
	s.happens(FindingOverridden{DeliveryID: "d1", FindingID: "n1"})
	assert.Equal(t, VerdictFindings, verdict())
	s.happens(FindingOverridden{DeliveryID: "d1", FindingID: "n2"})
	assert.Equal(t, VerdictOverridden, verdict())
	s.happens(DeliveryInspected{DeliveryID: "d1"})
	assert.Equal(t, VerdictClean, verdict())
}
