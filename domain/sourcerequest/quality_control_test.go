package sourcerequest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"backlot/domain"
	"backlot/domain/qualitycontrol"
	. "backlot/domain/sourcerequest"
	"backlot/domain/timecode"
)

// check is a failed full check with one issue, as somebody might give it.
func check(change func(*RecordQualityControl, *Issue)) RecordQualityControl {
	c := RecordQualityControl{ResultID: "q9", Check: CheckFull, Issues: []Issue{{ID: "i9", Code: "Typo", Severity: SeverityIssue, Description: "a typo"}}}
	change(&c, &c.Issues[0])
	return c
}

func TestIssuesComeFromTheCatalogue(t *testing.T) {
	for _, code := range []string{"Dialogue Out of Sync", "dialogue_out_of_sync", " dialogue out of sync "} {
		for _, category := range []string{"", "Sync", " sync "} {
			h := given(t, deliveredOnce()...).when(check(func(_ *RecordQualityControl, i *Issue) { i.Code, i.Category = code, category }))
			require.NoError(t, h.err)
			recorded, ok := h.events[0].(QualityControlRecorded)
			require.True(t, ok)
			assert.Equal(t, "Dialogue Out of Sync", recorded.Issues[0].Code)
			assert.Equal(t, "Sync", recorded.Issues[0].Category)
		}
	}
	for code, nearest := range map[string]string{"out of sync": "Dialogue Out of Sync", "Blakc Frame": "Black Frame"} {
		near := qualitycontrol.Nearest(code, 5)
		require.Equal(t, nearest, near[0])
		h := given(t, deliveredOnce()...).when(check(func(_ *RecordQualityControl, i *Issue) { i.Code = code }))
		h.thenInvalid("issues[0].code", near...)
		assert.ErrorContains(t, h.err, `the catalogue of issue types has no "`+code+`"; near it are: `+strings.Join(near, ", "))
	}
	for _, code := range []string{"", " ", "a\xff", "a\nb", strings.Repeat("x", 301)} {
		given(t, deliveredOnce()...).when(check(func(_ *RecordQualityControl, i *Issue) { i.Code = code })).thenInvalid("issues[0].code")
	}
}

// The catalogue knows no source requests, so that they can know it.
func TestTheCatalogueNamesOurSourceTypes(t *testing.T) {
	for _, issueType := range qualitycontrol.Types() {
		assert.Subset(t, labels(SourceTypes()), issueType.SourceTypes, issueType.Code)
	}
	for _, s := range SourceTypes() {
		assert.NotEmpty(t, qualitycontrol.Search(qualitycontrol.Selection{SourceType: string(s)}), s)
	}
}

func TestTimecodesAreReadAtTheFrameRate(t *testing.T) {
	for _, c := range []struct {
		rate         timecode.Rate
		in, out      string
		inIs, outIs  string
		field, wrong string // "": accepted
	}{
		{"", "", "", "", "", "", ""},
		{"", "00:00:00:00", "23:59:59:29", "00:00:00:00", "23:59:59:29", "", ""},
		{"", "01:02:03;59", "01:02:03;59", "01:02:03;59", "01:02:03;59", "", ""},
		{"", "120410", "", "00:12:04:10", "", "", ""},
		{"25", "120410", " 00120411 ", "00:12:04:10", "00:12:04:11", "", ""},
		{"29.97 df", "120410", "00:12:04;11", "00:12:04;10", "00:12:04;11", "", ""},
		{"59.94 DF", "01:02:03;59", "", "01:02:03;59", "", "", ""},
		{"29.97", "00:00:00:30", "", "", "", "timecode_in", "has no frame 30 at 29.97"},
		{"29.97 DF", "00:01:00;01", "", "", "", "timecode_in", "begins with frame 02"},
		{"29.97 DF", "00:00:59;29", "10000", "", "", "timecode_out", "begins with frame 02"},
		{"25", "00:12:04;10", "", "", "", "timecode_in", "25 is not"},
		{"", "00:01:00;01", "", "", "", "timecode_in", "does not exist"},
		{"", "1:2:3:4", "", "", "", "timecode_in", "write HH:MM:SS:FF"},
		{"", "00:00:00:00", "00:60:00:00", "", "", "timecode_out", "minutes run from 00 to 59"},
		{"", "00:00:00:00", "24:00:00:00", "", "", "timecode_out", "hours run from 00 to 23"},
		{"", "", "00:00:00:00", "", "", "timecode_out", "needs a timecode_in"},
		{"25", "00:00:10:00", "00:00:09:24", "", "", "timecode_out", "00:00:09:24 lies before the timecode_in, 00:00:10:00"},
		{"", "00:00:10:00", "00:00:11;00", "", "", "timecode_out", "not of one rate"},
	} {
		t.Run(strings.Join([]string{string(c.rate), c.in, c.out}, "/"), func(t *testing.T) {
			h := given(t, deliveredOnce()...).when(check(func(q *RecordQualityControl, i *Issue) {
				q.FrameRate, i.TimecodeIn, i.TimecodeOut = c.rate, c.in, c.out
			}))
			if c.wrong != "" {
				h.thenInvalid("issues[0]." + c.field)
				assert.ErrorContains(t, h.err, c.wrong)
				return
			}
			require.NoError(t, h.err)
			recorded, ok := h.events[0].(QualityControlRecorded)
			require.True(t, ok)
			assert.Equal(t, c.inIs, recorded.Issues[0].TimecodeIn)
			assert.Equal(t, c.outIs, recorded.Issues[0].TimecodeOut)
			assert.True(t, recorded.FrameRate.Known() || recorded.FrameRate == "", "the rate's own label")
		})
	}
}

// A Blocker cannot be waved through, and whoever finds one asks for a redelivery.
func TestABlockerAsksForARedelivery(t *testing.T) {
	blocker := func(q *RecordQualityControl, i *Issue) { i.Severity = SeverityBlocker }
	given(t, deliveredOnce()...).by(inspector).
		when(check(func(q *RecordQualityControl, i *Issue) { blocker(q, i); q.Passed = true })).thenInvalid("passed").is(StatusDelivered)
	for _, kind := range []Check{CheckFull, CheckSpot, CheckFix} {
		for name, past := range map[string][]Event{"Delivered": deliveredOnce(), "Processed": after(deliveredOnce(), DeliveryInspected{DeliveryID: "d1"})} {
			t.Run(string(kind)+" of "+name, func(t *testing.T) {
				given(t, past...).by(inspector).
					when(check(func(q *RecordQualityControl, i *Issue) { blocker(q, i); q.Check = kind })).
					then(QualityControlRecorded{ResultID: "q9", DeliveryID: "d1", Check: kind, Issues: []Issue{{
						ID: "i9", Code: "Typo", Category: "Timed Text", Severity: SeverityBlocker, Description: "a typo",
					}}}, RedeliveryRequested{Scope: RedeliveryFull, Cause: CauseQualityControl, Reasons: []string{"a typo"}}).is(StatusRedeliveryRequested)
			})
		}
	}
}

// Any Will Fix asks for a redelivery, once, also for what was only an FYI of a
// check that was passed. Other answers ask for none.
func TestAWillFixFailsTheQualityControl(t *testing.T) {
	passed := QualityControlRecorded{ResultID: "q1", DeliveryID: "d1", Check: CheckFull, Passed: true, Issues: []Issue{
		fyi, {ID: "i2", Code: "Banding", Category: "Colour", Severity: SeverityIssue, Description: "bands in the sky"}}}
	for name, past := range map[string][]Event{"Delivered": deliveredOnce(), "Processed": after(deliveredOnce(), DeliveryInspected{DeliveryID: "d1"})} {
		t.Run(name, func(t *testing.T) {
			given(t, after(past, passed)...).by(house).
				when(AnswerQCIssue{IssueID: "i1", Answer: AnswerCreativeIntent}).then(QCIssueAnswered{IssueID: "i1", Answer: AnswerCreativeIntent}).
				when(AnswerQCIssue{IssueID: "i2", Answer: AnswerBestPossible}).then(QCIssueAnswered{IssueID: "i2", Answer: AnswerBestPossible}).
				is(Status(name)).
				when(AnswerQCIssue{IssueID: "i1", Answer: AnswerWillFix}).
				then(QCIssueAnswered{IssueID: "i1", Answer: AnswerWillFix},
					RedeliveryRequested{Scope: RedeliveryFull, Cause: CauseQualityControl, Reasons: []string{"will fix: drifts a little"}}).is(StatusRedeliveryRequested).
				when(AnswerQCIssue{IssueID: "i2", Answer: AnswerWillFix}).then(QCIssueAnswered{IssueID: "i2", Answer: AnswerWillFix}).
				when(AnswerQCIssue{IssueID: "i1", Answer: AnswerCreativeIntent}).then(QCIssueAnswered{IssueID: "i1", Answer: AnswerCreativeIntent}).
				is(StatusRedeliveryRequested)
		})
	}
}

// redelivered leads from one delivery to a complete next one.
func redelivered(past []Event, id string) []Event {
	return after(past,
		RedeliveryRequested{Scope: RedeliveryFull, Cause: CauseQualityControl, Reasons: []string{"please"}},
		DeliveryStarted{DeliveryID: id, Method: MethodAPI, Files: []DeclaredFile{file1}},
		FileDelivered{DeliveryID: id, FileID: "f1", Size: 1_000, SHA256: sha('a')},
		DeliveryCompleted{DeliveryID: id},
	)
}

func TestIssuesCarryOverToPrevious(t *testing.T) {
	standing := func(s *specification) map[string]StandingIssue {
		out := map[string]StandingIssue{}
		for _, i := range s.state.StandingIssues() {
			out[i.ID] = i
		}
		return out
	}
	banding := Issue{ID: "i2", Code: "Banding", Category: "Colour", Severity: SeverityIssue, TimecodeIn: "00:00:01:00", Description: "bands"}
	typo := Issue{ID: "i3", Code: "Typo", Category: "Timed Text", Severity: SeverityFYI, Description: "a typo"}

	once := after(deliveredOnce(), QualityControlRecorded{ResultID: "q1", DeliveryID: "d1", Check: CheckFull, FrameRate: timecode.Rate25, Issues: []Issue{fyi, banding}},
		QCIssueAnswered{IssueID: "i1", Answer: AnswerWillFix}, QCIssueAnswered{IssueID: "i2", Answer: AnswerBestPossible})
	s := given(t, once...)
	was := standing(s)
	require.Len(t, was, 2)
	assert.Equal(t, StandingIssue{
		IssueState: IssueState{Issue: fyi, Answer: AnswerWillFix, AnsweredAt: was["i1"].AnsweredAt, AnsweredBy: operator},
		ResultID:   "q1", DeliveryID: "d1", FrameRate: timecode.Rate25,
	}, was["i1"])
	assert.False(t, was["i1"].Resolved(), "what will be fixed is not fixed yet")
	assert.True(t, was["i2"].Resolved(), "nothing is to be done about what is best possible")

	// A redelivery that has only begun changes nothing.
	s = given(t, after(once, RedeliveryRequested{Scope: RedeliveryFull, Cause: CauseQualityControl, Reasons: []string{"please"}},
		DeliveryStarted{DeliveryID: "d2", Method: MethodAPI, Files: []DeclaredFile{file1}})...)
	assert.False(t, standing(s)["i1"].Previous)

	twice := redelivered(once, "d2")
	s = given(t, twice...)
	assert.True(t, standing(s)["i1"].Previous)
	assert.False(t, standing(s)["i1"].Resolved())
	assert.Equal(t, "d1", standing(s)["i1"].DeliveryID)
	assert.Empty(t, s.state.Issues(), "searches look at the latest delivery")

	// Of the checks of a redelivery only a fix check that is passed confirms the fix.
	s = s.by(inspector).
		when(RecordQualityControl{ResultID: "q2", Check: CheckSpot, Passed: true}).
		then(QualityControlRecorded{ResultID: "q2", DeliveryID: "d2", Check: CheckSpot, Passed: true, Issues: []Issue{}}).
		when(RecordQualityControl{ResultID: "q3", Check: CheckFix, Issues: []Issue{typo}}).
		then(QualityControlRecorded{ResultID: "q3", DeliveryID: "d2", Check: CheckFix, Issues: []Issue{typo}},
			RedeliveryRequested{Scope: RedeliveryFull, Cause: CauseQualityControl, Reasons: []string{"quality control was not passed"}})
	assert.False(t, standing(s)["i1"].Resolved())
	assert.False(t, standing(s)["i3"].Previous)

	thrice := redelivered(after(twice, QualityControlRecorded{ResultID: "q3", DeliveryID: "d2", Check: CheckFix, Issues: []Issue{typo}}), "d3")
	s = given(t, thrice...).by(inspector).
		when(RecordQualityControl{ResultID: "q4", Check: CheckFix, Passed: true, Issues: []Issue{with(typo, func(i *Issue) { i.ID = "i4" })}}).
		then(QualityControlRecorded{ResultID: "q4", DeliveryID: "d3", Check: CheckFix, Passed: true, Issues: []Issue{with(typo, func(i *Issue) { i.ID = "i4" })}})
	is := standing(s)
	for _, id := range []string{"i1", "i2", "i3"} {
		assert.True(t, is[id].Previous, id)
		assert.True(t, is[id].Resolved(), id)
		assert.Equal(t, "q4", is[id].ConfirmedBy, id)
		assert.Equal(t, s.state.QualityControls[2].RecordedAt, is[id].ConfirmedAt, id)
	}
	assert.False(t, is["i4"].Previous)
	assert.False(t, is["i4"].Resolved(), "a check does not confirm its own issues")

	// The next redelivery takes that over in turn, and the first confirmation stays.
	s = given(t, redelivered(after(thrice, QualityControlRecorded{ResultID: "q4", DeliveryID: "d3", Check: CheckFix, Passed: true, Issues: []Issue{}}), "d4")...).by(inspector).
		when(RecordQualityControl{ResultID: "q5", Check: CheckFix, Passed: true}).
		then(QualityControlRecorded{ResultID: "q5", DeliveryID: "d4", Check: CheckFix, Passed: true, Issues: []Issue{}})
	assert.Equal(t, "q4", standing(s)["i1"].ConfirmedBy)
}

func TestIssuesOfADeliveryBeforeThePortalCarryOver(t *testing.T) {
	past := []Event{
		with(opened(), func(o *Opened) { o.Status, o.Import = StatusDelivered, true }),
		QualityControlRecorded{ResultID: "q1", Check: CheckFull, Issues: []Issue{fyi}},
	}
	s := given(t, past...)
	assert.False(t, s.state.StandingIssues()[0].Previous)
	s = given(t, redelivered(past, "d1")...)
	assert.True(t, s.state.StandingIssues()[0].Previous)
	assert.Empty(t, s.state.StandingIssues()[0].DeliveryID)
}

// Whatever happens: every issue is told once, in order; those of the latest
// delivery are current; a confirmation is a passed fix check of a later delivery
// that came after the issue.
func TestStandingIssuesAgreeWithTheChecks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := State{}
		at := domain.Occurrence{At: dawn, By: inspector}
		events := []Event{opened()}
		for range rapid.IntRange(0, 4).Draw(t, "deliveries") {
			id := fmt.Sprint("d", len(events))
			events = redelivered(events, id)
			for range rapid.IntRange(0, 3).Draw(t, "checks") {
				n := fmt.Sprint(len(events))
				events = append(events, QualityControlRecorded{
					ResultID: "q" + n, DeliveryID: id, Check: pick(t, "check", CheckFull, CheckFix), Passed: rapid.Bool().Draw(t, "passed"),
					Issues: []Issue{{ID: "i" + n, Code: "Typo", Category: "Timed Text", Severity: SeverityFYI, Description: "d"}},
				})
			}
		}
		for _, e := range events {
			at.At = at.At.Add(time.Minute)
			s = Evolve(s, e, at)
		}
		controls := map[string]int{}
		for n, qc := range s.QualityControls {
			controls[qc.ID] = n
		}
		standing := s.StandingIssues()
		require.Len(t, standing, len(s.QualityControls))
		for n, issue := range standing {
			found := s.QualityControls[n]
			require.Equal(t, found.ID, issue.ResultID)
			require.Equal(t, found.DeliveryID != s.LatestDelivery, issue.Previous)
			if issue.ConfirmedBy != "" {
				by := s.QualityControls[controls[issue.ConfirmedBy]]
				require.Greater(t, controls[issue.ConfirmedBy], n)
				require.True(t, by.Passed && by.Check == CheckFix && by.DeliveryID != found.DeliveryID)
				require.True(t, issue.Previous && issue.Resolved())
				require.Equal(t, by.RecordedAt, issue.ConfirmedAt)
			}
		}
	})
}

func TestQualityControlStandsToTheLatestDelivery(t *testing.T) {
	passed := func(id, delivery string, check Check, issues ...Issue) QualityControlRecorded {
		return QualityControlRecorded{ResultID: id, DeliveryID: delivery, Check: check, Passed: true, Issues: issues}
	}
	failed := func(id, delivery string, issues ...Issue) []Event {
		return []Event{
			QualityControlRecorded{ResultID: id, DeliveryID: delivery, Check: CheckFull, Issues: issues},
			RedeliveryRequested{Scope: RedeliveryFull, Cause: CauseQualityControl},
		}
	}
	redelivered := []Event{
		DeliveryStarted{DeliveryID: "d2", Method: MethodAPI, Files: []DeclaredFile{file1}},
		FileDelivered{DeliveryID: "d2", FileID: "f1", Size: 1_000, SHA256: sha('a')},
		DeliveryCompleted{DeliveryID: "d2"},
	}
	typo := Issue{ID: "i1", Code: "Typo", Severity: SeverityFYI, Description: "a typo"}
	standing := func(want QualityControlStatus, past ...[]Event) {
		t.Helper()
		assert.Equal(t, want, given(t, slices.Concat(past...)...).state.QualityControl())
	}
	once := deliveredOnce()
	is := func(e ...Event) []Event { return e }

	standing("", is(opened()))
	standing("", once[:3])
	standing(QualityControlAwaiting, once)
	standing(QualityControlAwaiting, once, is(DeliveryInspected{DeliveryID: "d1"}))
	standing("", once, is(RedeliveryRequested{Scope: RedeliveryFull, Cause: CauseInspection}))
	standing("", once, is(Upgraded{ReplacedBy: "SR-2"}))
	standing("", once, is(Cancelled{}))
	standing(QualityControlAwaiting, once, is(Cancelled{}, Reinstated{}))

	standing(QualityControlPassed, once, is(passed("q1", "d1", CheckSpot)))
	standing(QualityControlPassed, once, is(passed("q1", "d1", CheckFull, typo)))
	standing(QualityControlPassed, once, is(passed("q1", "d1", CheckFull, typo), QCIssueAnswered{IssueID: "i1", Answer: AnswerCreativeIntent}))
	standing(QualityControlPassed, once, is(passed("q1", "d1", CheckFull), Cancelled{}))
	standing(QualityControlNotPassed, once, is(passed("q1", "d1", CheckFull, typo), QCIssueAnswered{IssueID: "i1", Answer: AnswerWillFix}))
	standing(QualityControlNotPassed, once, failed("q1", "d1", typo))
	standing(QualityControlNotPassed, once, failed("q1", "d1", typo), is(passed("q2", "d1", CheckSpot)))

	standing(QualityControlAwaiting, once, failed("q1", "d1", typo), redelivered)
	standing(QualityControlAwaiting, once, is(passed("q1", "d1", CheckFull), RedeliveryRequested{Cause: CausePerson}), redelivered)
	standing(QualityControlPassed, once, failed("q1", "d1", typo), redelivered, is(passed("q2", "d2", CheckFix)))
	standing(QualityControlNotPassed, once, is(passed("q1", "d1", CheckFull), RedeliveryRequested{Cause: CausePerson}), redelivered, failed("q2", "d2", typo))

	imported := with(opened(), func(o *Opened) { o.Status, o.Import = StatusDelivered, true })
	standing(QualityControlAwaiting, is(imported))
	standing(QualityControlPassed, is(imported, passed("q1", "", CheckFull)))
	standing(QualityControlAwaiting, is(imported, passed("q1", "", CheckFull), RedeliveryRequested{Cause: CausePerson}), redelivered)
}
