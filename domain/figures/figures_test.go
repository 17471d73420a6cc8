package figures_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	. "backlot/domain/figures"
	"backlot/domain/sourcerequest"
)

// dawn is when every specification begins; its request is due two days later.
var dawn = time.Date(2026, time.November, 2, 9, 0, 0, 0, time.UTC)

var due = domain.NewDate(2026, time.November, 4)

// specification is a request with a past.
type specification struct {
	t        *testing.T
	state    State
	revision uint64
	at       time.Time
	by       domain.Principal
}

func given(t *testing.T, events ...sourcerequest.Event) *specification {
	t.Helper()
	return (&specification{t: t, at: dawn}).then(events...)
}

// then lets events happen.
func (s *specification) then(events ...sourcerequest.Event) *specification {
	for _, e := range events {
		s.state = Evolve(s.state, e, domain.Occurrence{At: s.at, By: s.by, Revision: s.revision})
		s.revision++
	}
	return s
}

// after lets time pass.
func (s *specification) after(d time.Duration) *specification {
	s.at = s.at.Add(d)
	return s
}

// as sets who acts.
func (s *specification) as(organisation string) *specification {
	s.by = domain.Principal{Account: "somebody", Organisation: organisation, Role: domain.RoleFulfillmentPartner}
	return s
}

func opened() sourcerequest.Opened {
	return sourcerequest.Opened{FulfillmentPartner: "house", ContentPartner: "studio", SourceType: sourcerequest.SourceDubs, Language: "Korean", DueDate: due, Status: sourcerequest.StatusOpen}
}

func imported(status sourcerequest.Status) sourcerequest.Opened {
	e := opened()
	e.Status, e.Import = status, true
	return e
}

// delivered is a delivery that comes at once.
func delivered(id string) []sourcerequest.Event {
	return []sourcerequest.Event{
		sourcerequest.DeliveryStarted{DeliveryID: id, Files: []sourcerequest.DeclaredFile{{ID: "f", Name: "f.mov"}}},
		sourcerequest.DeliveryCompleted{DeliveryID: id},
	}
}

// failed is a quality control that asks for a redelivery.
func failed(id, delivery string, severity sourcerequest.Severity) []sourcerequest.Event {
	return []sourcerequest.Event{
		sourcerequest.QualityControlRecorded{ResultID: id, DeliveryID: delivery, Issues: []sourcerequest.Issue{{ID: id, Code: "Dropout", Severity: severity}}},
		sourcerequest.RedeliveryRequested{Scope: sourcerequest.RedeliveryFull, Cause: sourcerequest.CauseQualityControl},
	}
}

func asked(cause sourcerequest.Cause, scope sourcerequest.RedeliveryScope) sourcerequest.Event {
	return sourcerequest.RedeliveryRequested{Scope: scope, Cause: cause}
}

func assigned(to string) sourcerequest.Event {
	return sourcerequest.Assigned{FulfillmentPartner: to}
}

// parts requires the parts of every delivery, in UTC, now.
func (s *specification) parts(figure Figure, want ...Part) *specification {
	s.t.Helper()
	var got []Part
	for i := range s.state.Deliveries {
		got = append(got, s.state.Deliveries[i].Facts(time.UTC).PartIn(figure, s.at.UnixMilli()))
	}
	require.Equal(s.t, want, got, figure)
	return s
}

func (s *specification) partners(want ...string) {
	s.t.Helper()
	var got []string
	for _, d := range s.state.Deliveries {
		got = append(got, d.Partner)
	}
	require.Equal(s.t, want, got)
}

func TestADeliveryIsOneThatWasCompleted(t *testing.T) {
	given(t, opened()).parts(RedeliveryRate).
		then(sourcerequest.DeliveryStarted{DeliveryID: "d1"}).parts(RedeliveryRate).
		then(sourcerequest.DeliveryCompleted{DeliveryID: "d1"}).parts(RedeliveryRate, PartRemainder).
		then(sourcerequest.DeliveryCompleted{DeliveryID: "d1"}, sourcerequest.DeliveryCompleted{DeliveryID: "never started"}).parts(RedeliveryRate, PartRemainder)
}

func TestWhateverIsAskedForSendsBack(t *testing.T) {
	for _, cause := range []sourcerequest.Cause{sourcerequest.CauseInspection, sourcerequest.CauseQualityControl, sourcerequest.CausePerson, sourcerequest.CauseImport} {
		for _, scope := range []sourcerequest.RedeliveryScope{sourcerequest.RedeliveryFull, sourcerequest.RedeliveryMetadataOnly} {
			s := given(t, opened()).then(delivered("d1")...).after(time.Hour).then(asked(cause, scope)).
				parts(RedeliveryRate, PartNumerator).parts(BlockerShare, PartRemainder).parts(BlockerTime, PartNone)
			d := s.state.Deliveries[0]
			assert.Equal(t, dawn.Add(time.Hour).UnixMilli(), d.SentBack)
			assert.Equal(t, cause, d.Cause)
			assert.Equal(t, scope, d.Scope)
			s.after(time.Hour).then(delivered("d2")...).parts(RedeliveryRate, PartNumerator, PartRemainder).
				then(asked(cause, scope)).parts(RedeliveryRate, PartNumerator, PartNumerator)
		}
	}
}

func TestWhatInspectionTakesBackIsNotSentBack(t *testing.T) {
	found := []sourcerequest.Event{
		sourcerequest.DeliveryInspected{DeliveryID: "d1", Findings: []sourcerequest.Finding{{ID: "n1", Code: "telecine"}, {ID: "n2", Code: "commercial_blacks"}}},
		asked(sourcerequest.CauseInspection, sourcerequest.RedeliveryFull),
	}
	override := func(id string) sourcerequest.Event {
		return sourcerequest.FindingOverridden{DeliveryID: "d1", FindingID: id, Reason: "fine"}
	}
	given(t, opened()).then(delivered("d1")...).then(found...).parts(RedeliveryRate, PartNumerator).
		then(override("n1")).parts(RedeliveryRate, PartNumerator).
		then(override("n2")).parts(RedeliveryRate, PartRemainder).
		after(time.Hour).then(failed("q1", "d1", sourcerequest.SeverityIssue)...).parts(RedeliveryRate, PartNumerator)
	given(t, opened()).then(delivered("d1")...).then(found...).
		then(sourcerequest.DeliveryInspected{DeliveryID: "d1"}).parts(RedeliveryRate, PartRemainder)

	// What quality control failed meanwhile stays sent back.
	given(t, opened()).then(delivered("d1")...).then(found...).
		then(failed("q1", "d1", sourcerequest.SeverityBlocker)[:1]...).then(override("n1"), override("n2")).
		parts(RedeliveryRate, PartNumerator).parts(BlockerShare, PartNumerator)
	given(t, opened()).then(delivered("d1")...).
		then(sourcerequest.QualityControlRecorded{ResultID: "q1", DeliveryID: "d1", Passed: true, Issues: []sourcerequest.Issue{{ID: "i1", Severity: sourcerequest.SeverityIssue}}}).
		then(found...).then(sourcerequest.QCIssueAnswered{IssueID: "i1", Answer: sourcerequest.AnswerWillFix}, override("n1"), override("n2")).
		parts(RedeliveryRate, PartNumerator)
}

func TestAnswersChangeNothing(t *testing.T) {
	given(t, opened()).then(delivered("d1")...).then(failed("q1", "d1", sourcerequest.SeverityBlocker)...).
		then(sourcerequest.QCIssueAnswered{IssueID: "q1", Answer: sourcerequest.AnswerCreativeIntent}).
		parts(RedeliveryRate, PartNumerator).parts(BlockerShare, PartNumerator).parts(BlockerTime, PartWaiting)
	// A "will fix" sends back what quality control had passed.
	given(t, opened()).then(delivered("d1")...).
		then(sourcerequest.QualityControlRecorded{ResultID: "q1", DeliveryID: "d1", Passed: true, Issues: []sourcerequest.Issue{{ID: "i1", Severity: sourcerequest.SeverityIssue}}}).
		parts(RedeliveryRate, PartRemainder).
		then(sourcerequest.QCIssueAnswered{IssueID: "i1", Answer: sourcerequest.AnswerWillFix}, asked(sourcerequest.CauseQualityControl, sourcerequest.RedeliveryFull)).
		parts(RedeliveryRate, PartNumerator).parts(BlockerShare, PartRemainder)
}

func TestOnTimeIsOfFirstDeliveries(t *testing.T) {
	endOfDue := due.Start(time.UTC).AddDate(0, 0, 1).Sub(dawn)
	given(t, opened()).after(endOfDue-time.Millisecond).then(delivered("d1")...).parts(OnTimeRate, PartNumerator).
		after(time.Hour).then(asked(sourcerequest.CausePerson, sourcerequest.RedeliveryFull)).then(delivered("d2")...).
		parts(OnTimeRate, PartNumerator, PartNone)
	late := given(t, opened()).after(endOfDue).then(delivered("d1")...).parts(OnTimeRate, PartRemainder)

	// The days are those of the zone.
	west := time.FixedZone("west", -3600)
	assert.Equal(t, PartNumerator, late.state.Deliveries[0].Facts(west).PartIn(OnTimeRate, 0))
	assert.Equal(t, due, late.state.Deliveries[0].Day(west))
	assert.Equal(t, due+1, late.state.Deliveries[0].Day(time.UTC))
}

func TestTheDueDateIsTheOneInForce(t *testing.T) {
	moved := due + 5
	edit := sourcerequest.FieldsEdited{DueDate: &moved}
	given(t, opened()).then(edit).after(100*time.Hour).then(delivered("d1")...).parts(OnTimeRate, PartNumerator)
	given(t, opened()).after(100*time.Hour).then(delivered("d1")...).then(edit).parts(OnTimeRate, PartRemainder)
	// The estimated delivery date moves nothing.
	given(t, opened()).then(sourcerequest.EstimatedDeliveryDateChanged{Date: moved, Reason: "late"}).after(100*time.Hour).
		then(delivered("d1")...).parts(OnTimeRate, PartRemainder)
}

func TestTheAssigneeAtThatMomentAnswers(t *testing.T) {
	given(t, opened()).then(delivered("d1")...).then(assigned("other")).
		then(asked(sourcerequest.CausePerson, sourcerequest.RedeliveryFull)).then(delivered("d2")...).
		parts(RedeliveryRate, PartNumerator, PartRemainder).partners("house", "other")
	given(t, opened()).then(assigned("")).then(delivered("d1")...).partners("")
}

func TestASubAssigneeDeliversForTheAssignee(t *testing.T) {
	s := given(t, opened(), sourcerequest.SubAssigned{SubAssignee: "helper"}).as("helper").then(delivered("d1")...)
	s.partners("house")
	assert.Equal(t, "helper", s.state.Deliveries[0].Maker)
	s = given(t, opened(), sourcerequest.SubAssigned{SubAssignee: "helper"}).as("house").then(delivered("d1")...)
	assert.Empty(t, s.state.Deliveries[0].Maker)
	// Somebody who was not asked to help has made nothing.
	s = given(t, opened()).as("stranger").then(delivered("d1")...)
	assert.Empty(t, s.state.Deliveries[0].Maker)
}

func TestCancellingAndUpgradingUndoNothing(t *testing.T) {
	given(t, opened()).then(delivered("d1")...).then(sourcerequest.Cancelled{}).parts(RedeliveryRate, PartRemainder).parts(OnTimeRate, PartNumerator)
	given(t, opened()).then(delivered("d1")...).then(sourcerequest.Upgraded{ReplacedBy: "SR-2"}).parts(RedeliveryRate, PartRemainder).parts(OnTimeRate, PartNumerator)
	given(t, opened()).then(delivered("d1")...).then(failed("q1", "d1", sourcerequest.SeverityBlocker)...).
		then(sourcerequest.Cancelled{}).parts(RedeliveryRate, PartNumerator).parts(BlockerShare, PartNumerator).parts(BlockerTime, PartNone).
		then(sourcerequest.Reinstated{}).parts(RedeliveryRate, PartNumerator).parts(BlockerTime, PartWaiting)
}

func TestWhatWasImportedIsUnknown(t *testing.T) {
	for _, status := range []sourcerequest.Status{sourcerequest.StatusDelivered, sourcerequest.StatusProcessed, sourcerequest.StatusUpgraded, sourcerequest.StatusRedeliveryRequested} {
		s := given(t, imported(status)).parts(RedeliveryRate, PartUnknown).parts(OnTimeRate, PartUnknown).parts(BlockerShare, PartUnknown).parts(BlockerTime, PartNone)
		s.partners("house")
		assert.Equal(t, dawn.UnixMilli(), s.state.Deliveries[0].At)
	}
	for _, status := range []sourcerequest.Status{sourcerequest.StatusOpen, sourcerequest.StatusCancelled} {
		given(t, imported(status)).parts(RedeliveryRate)
	}
	given(t, imported(sourcerequest.StatusRedeliveryRequested)).then(delivered("d1")...).
		parts(OnTimeRate, PartUnknown, PartNone).parts(RedeliveryRate, PartUnknown, PartRemainder)
	given(t, imported(sourcerequest.StatusOpen)).then(delivered("d1")...).parts(OnTimeRate, PartNumerator)
	// A blocker that is found here is known.
	given(t, imported(sourcerequest.StatusProcessed)).then(failed("q1", "", sourcerequest.SeverityBlocker)...).
		parts(BlockerShare, PartUnknown).parts(BlockerTime, PartWaiting).
		after(time.Hour).then(delivered("d1")...).parts(BlockerTime, PartNumerator, PartNone)
}

func TestABlockerIsRedeliveredInTime(t *testing.T) {
	sent := func() *specification {
		return given(t, opened()).then(delivered("d1")...).after(time.Hour).then(failed("q1", "d1", sourcerequest.SeverityBlocker)...).parts(BlockerTime, PartWaiting)
	}
	sent().after(BlockerLimit).parts(BlockerTime, PartWaiting).then(delivered("d2")...).parts(BlockerTime, PartNumerator, PartNone)
	late := sent().after(BlockerLimit+time.Millisecond).parts(BlockerTime, PartRemainder).then(delivered("d2")...).parts(BlockerTime, PartRemainder, PartNone)
	assert.Equal(t, Wait{Elapsed: BlockerLimit.Milliseconds() + 1, Redelivered: true}, late.state.Deliveries[0].Wait)
	assert.Equal(t, dawn.Add(time.Hour).UnixMilli(), late.state.Deliveries[0].Blocker)

	// Each blocker has a time of its own.
	sent().after(time.Hour).then(delivered("d2")...).then(failed("q2", "d2", sourcerequest.SeverityBlocker)...).parts(BlockerTime, PartNumerator, PartWaiting)
	// An issue is no blocker.
	given(t, opened()).then(delivered("d1")...).then(failed("q1", "d1", sourcerequest.SeverityIssue)...).parts(BlockerTime, PartNone)
}

func TestABlockersTimeBeginsWhenItIsFound(t *testing.T) {
	s := given(t, opened()).then(delivered("d1")...).then(asked(sourcerequest.CausePerson, sourcerequest.RedeliveryFull)).parts(BlockerTime, PartNone).
		after(30*time.Hour).then(failed("q1", "d1", sourcerequest.SeverityBlocker)[:1]...).parts(BlockerTime, PartWaiting)
	assert.Equal(t, dawn.UnixMilli(), s.state.Deliveries[0].SentBack)
	assert.Equal(t, dawn.Add(30*time.Hour).UnixMilli(), s.state.Deliveries[0].Blocker)
	s.after(47*time.Hour).then(delivered("d2")...).parts(BlockerTime, PartNumerator, PartNone)
}

func TestABlockersTimeStandsStill(t *testing.T) {
	sent := func() *specification {
		return given(t, opened()).then(delivered("d1")...).then(failed("q1", "d1", sourcerequest.SeverityBlocker)...).after(40 * time.Hour)
	}
	sent().then(sourcerequest.Cancelled{}).after(1000*time.Hour).parts(BlockerTime, PartNone).
		then(sourcerequest.Reinstated{}).after(8*time.Hour).then(delivered("d2")...).parts(BlockerTime, PartNumerator, PartNone)
	sent().then(sourcerequest.Cancelled{}).after(1000*time.Hour).then(sourcerequest.Reinstated{}).after(9*time.Hour).parts(BlockerTime, PartRemainder)

	// Another partner's redelivery is not the first one's.
	taken := sent().then(assigned("other")).after(1000*time.Hour).parts(BlockerTime, PartNone).then(delivered("d2")...).parts(BlockerTime, PartNone, PartNone)
	assert.Equal(t, Wait{Elapsed: (40 * time.Hour).Milliseconds()}, taken.state.Deliveries[0].Wait)
	sent().after(9*time.Hour).then(assigned("other")).parts(BlockerTime, PartRemainder).then(delivered("d2")...).parts(BlockerTime, PartRemainder, PartNone)
	sent().then(assigned("other")).after(time.Hour).then(assigned("house")).after(time.Hour).then(delivered("d2")...).parts(BlockerTime, PartNumerator, PartNone)
}

func TestTargets(t *testing.T) {
	for _, c := range []struct {
		figure                 Figure
		numerator, denominator int
		met                    bool
	}{
		{RedeliveryRate, 0, 0, true}, {RedeliveryRate, 3, 100, true}, {RedeliveryRate, 4, 100, false}, {RedeliveryRate, 30, 1001, true}, {RedeliveryRate, 31, 1001, false},
		{OnTimeRate, 97, 100, true}, {OnTimeRate, 96, 100, false}, {OnTimeRate, 0, 0, true},
		{BlockerShare, 5, 1000, true}, {BlockerShare, 6, 1000, false},
		{BlockerTime, 7, 7, true}, {BlockerTime, 6, 7, false},
	} {
		assert.Equal(t, c.met, c.figure.Target().Met(Tally{Numerator: c.numerator, Denominator: c.denominator}), "%v", c)
	}
	for f := range Figure(Count) {
		parsed, err := ParseFigure(f.String())
		require.NoError(t, err)
		assert.Equal(t, f, parsed)
		assert.NotEmpty(t, f.Label())
	}
	_, err := ParseFigure("Redelivery_rate")
	assert.Equal(t, domain.CodeNotFound, domain.ErrorCode(err))
}

func TestPercentiles(t *testing.T) {
	assert.Zero(t, Percentile(nil, 50))
	ten := []int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	assert.EqualValues(t, 5, Percentile(ten, 50))
	assert.EqualValues(t, 9, Percentile(ten, 90))
	assert.EqualValues(t, 10, Percentile(ten, 91))
	assert.EqualValues(t, 10, Percentile(ten, 100))
	assert.EqualValues(t, 1, Percentile(ten, 0))
	assert.EqualValues(t, 7, Percentile([]int64{7}, 50))
}
