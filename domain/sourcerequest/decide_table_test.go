package sourcerequest_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	. "backlot/domain/sourcerequest"
)

// accepts is what each status is said to accept.
var accepts = map[Status][]string{
	StatusOpen:                {"edit", "responsible", "material-status", "materials", "estimated-delivery-date", "deliver", "comment", "cancel"},
	StatusRedeliveryRequested: {"edit", "responsible", "material-status", "materials", "estimated-delivery-date", "deliver", "quality-control", "comment", "cancel"},
	StatusDelivered:           {"edit", "responsible", "material-status", "materials", "quality-control", "redelivery", "upgrade", "comment", "cancel"},
	StatusProcessed:           {"edit", "responsible", "material-status", "materials", "quality-control", "redelivery", "upgrade", "comment", "cancel"},
	StatusUpgraded:            {"comment", "cancel"},
	StatusCancelled:           {"comment", "reinstate"},
}

// verdict is what a command leads to in a status.
type verdict func(t *testing.T, status Status, h *happening)

func emits(events ...Event) verdict {
	return func(t *testing.T, _ Status, h *happening) { h.then(events...) }
}

func nothing(t *testing.T, _ Status, h *happening) { h.thenNothing() }

// refused says what the status accepts.
func refused(t *testing.T, status Status, h *happening) { h.thenRefused(accepts[status]...) }

func refusedSaying(allowed ...string) verdict {
	return func(t *testing.T, _ Status, h *happening) { h.thenRefused(allowed...) }
}

func refusedIn(column string, allowed ...string) verdict {
	return func(t *testing.T, status Status, h *happening) {
		want := allowed
		if want == nil {
			want = accepts[status]
		}
		h.thenRefusedIn(column, want...)
	}
}

func fails(code domain.Code) verdict {
	return func(t *testing.T, _ Status, h *happening) { h.thenError(code) }
}

var notFound = fails(domain.CodeNotFound)

// verdicts has an entry for each status; the table's test insists on it.
type verdicts map[Status]verdict

// in sets the verdict of several statuses; a second one for the same is a mistake.
func (v verdicts) in(what verdict, statuses ...Status) verdicts {
	for _, s := range statuses {
		if _, twice := v[s]; twice {
			panic("two verdicts for " + string(s))
		}
		v[s] = what
	}
	return v
}

// row is a command and what it leads to everywhere. action is the name by which
// answers tell that it is accepted, "" where none does.
type row struct {
	name    string
	action  string
	command Command
	leadsTo verdicts
}

// The statuses in groups that treat commands alike.
var (
	live    = []Status{StatusOpen, StatusRedeliveryRequested, StatusDelivered, StatusProcessed}
	ended   = []Status{StatusUpgraded, StatusCancelled}
	waiting = []Status{StatusOpen, StatusRedeliveryRequested}
	settled = []Status{StatusDelivered, StatusProcessed}
)

func table() []row {
	newTitle, service := "New Title", ServiceCreate
	redone := RedeliveryRequested{Scope: RedeliveryFull, Cause: CauseQualityControl, Reasons: []string{"a typo"}}
	typo := Issue{ID: "i2", Code: "Typo", Category: "Timed Text", Severity: SeverityIssue, Description: "a typo"}
	reel := MaterialFile{ID: "m1", Kind: MaterialVideo, Name: "reel.mov", Size: 5}
	nothingYet := func() verdicts { return verdicts{}.in(notFound, never) }
	return []row{
		{"open", "", openCommand(), verdicts{}.in(emits(opened()), never).in(fails(domain.CodeConflict), append(live, ended...)...)},
		{"edit", "edit", Edit{Title: &newTitle}, nothingYet().in(emits(FieldsEdited{Title: &newTitle}), live...).in(refused, ended...)},
		{"edit the service type", "edit", Edit{ServiceType: &service}, nothingYet().in(emits(FieldsEdited{ServiceType: &service}), live...).in(refused, ended...)},
		{"assign", "edit", Edit{FulfillmentPartner: ptr("other")}, nothingYet().in(emits(Assigned{FulfillmentPartner: "other"}), live...).in(refused, ended...)},
		{"sub-assign", "edit", Edit{SubAssignee: ptr("helper")}, nothingYet().in(emits(SubAssigned{SubAssignee: "helper"}), live...).in(refused, ended...)},
		{"say who is responsible", "responsible", ChangeResponsible{Account: "fred"},
			nothingYet().in(emits(ResponsibleChanged{Organisation: "house", Account: "fred"}), live...).in(refused, ended...)},
		{"say that nobody is responsible", "", ChangeResponsible{Organisation: "house"}, nothingYet().in(nothing, live...).in(refused, ended...)},
		{"change the material status", "material-status", ChangeMaterialStatus{MaterialStatus: MaterialReceived},
			nothingYet().in(emits(MaterialStatusChanged{MaterialStatus: MaterialReceived}), live...).in(refused, ended...)},
		{"provide materials", "materials", ProvideMaterials{Materials: []MaterialFile{reel}},
			nothingYet().in(emits(MaterialsProvided{Materials: []MaterialFile{reel}}), live...).in(refused, ended...)},
		{"move the EDD", "estimated-delivery-date", ChangeEstimatedDeliveryDate{Date: day("2026-12-05"), Reason: "a late reel"},
			nothingYet().in(emits(EstimatedDeliveryDateChanged{Date: day("2026-12-05"), Reason: "a late reel"}), waiting...).in(refused, append(settled, ended...)...)},
		{"start a delivery", "deliver", StartDelivery{DeliveryID: "d3", Method: MethodAPI, Files: []DeclaredFile{file1}},
			nothingYet().in(emits(DeliveryStarted{DeliveryID: "d3", Method: MethodAPI, Files: []DeclaredFile{file1}}), waiting...).in(refused, append(settled, ended...)...)},
		{"start the same delivery again", "", StartDelivery{DeliveryID: "d2", Method: MethodAPI, Files: []DeclaredFile{file1}},
			nothingYet().in(nothing, append(live, ended...)...)},
		{"deliver a file", "deliver", DeliverFile{DeliveryID: "d2", FileID: "f1", Size: 1_000, SHA256: sha('c')},
			nothingYet().in(emits(FileDelivered{DeliveryID: "d2", FileID: "f1", Size: 1_000, SHA256: sha('c')}), waiting...).in(refused, append(settled, ended...)...)},
		{"deliver a file into a complete delivery", "", DeliverFile{DeliveryID: "d1", FileID: "f1", Size: 1_000, SHA256: sha('a')},
			nothingYet().in(nothing, StatusOpen).in(refusedSaying(), StatusRedeliveryRequested, StatusDelivered, StatusProcessed, StatusUpgraded, StatusCancelled)},
		{"complete a delivery", "", CompleteDelivery{DeliveryID: "d1"},
			nothingYet().in(emits(DeliveryCompleted{DeliveryID: "d1"}), StatusOpen).in(nothing, StatusRedeliveryRequested, StatusDelivered, StatusProcessed, StatusUpgraded, StatusCancelled)},
		{"complete a delivery that lacks files", "", CompleteDelivery{DeliveryID: "d2"},
			nothingYet().in(refusedSaying("dub_no.wav", "dub_no.xml"), waiting...).in(refused, append(settled, ended...)...)},
		{"record a clean inspection", "", RecordInspection{DeliveryID: "d1"},
			nothingYet().in(refusedSaying("deliver"), StatusOpen).in(emits(DeliveryInspected{DeliveryID: "d1", Findings: []Finding{}}), StatusDelivered, StatusRedeliveryRequested).
				in(nothing, StatusProcessed).in(refused, ended...)},
		{"record an inspection with findings", "", RecordInspection{DeliveryID: "d1", Findings: []Finding{blacks}},
			nothingYet().in(refusedSaying("deliver"), StatusOpen).
				in(emits(DeliveryInspected{DeliveryID: "d1", Findings: []Finding{blacks}},
					RedeliveryRequested{Scope: RedeliveryFull, Cause: CauseInspection, Reasons: []string{blacks.Text}}), settled...).
				in(emits(DeliveryInspected{DeliveryID: "d1", Findings: []Finding{blacks}}), StatusRedeliveryRequested).in(refused, ended...)},
		{"override a finding", "", OverrideFinding{DeliveryID: "d1", FindingID: "n1", Reason: "intended"},
			nothingYet().in(notFound, StatusOpen, StatusDelivered, StatusProcessed).
				in(emits(FindingOverridden{DeliveryID: "d1", FindingID: "n1", Reason: "intended"}), StatusRedeliveryRequested).in(refused, ended...)},
		{"override a hard finding", "", OverrideFinding{DeliveryID: "d1", FindingID: "n2", Reason: "intended"},
			nothingYet().in(notFound, StatusOpen, StatusDelivered, StatusProcessed).in(refusedSaying("deliver"), StatusRedeliveryRequested).in(refused, ended...)},
		{"pass quality control", "quality-control", RecordQualityControl{ResultID: "q2", Check: CheckFull, Passed: true},
			nothingYet().in(emits(QualityControlRecorded{ResultID: "q2", DeliveryID: "d1", Check: CheckFull, Passed: true, Issues: []Issue{}}), append(settled, StatusRedeliveryRequested)...).
				in(refused, StatusOpen, StatusUpgraded, StatusCancelled)},
		{"fail quality control", "quality-control", RecordQualityControl{ResultID: "q2", Check: CheckFull, Issues: []Issue{typo}},
			nothingYet().in(emits(QualityControlRecorded{ResultID: "q2", DeliveryID: "d1", Check: CheckFull, Issues: []Issue{typo}}, redone), settled...).
				in(emits(QualityControlRecorded{ResultID: "q2", DeliveryID: "d1", Check: CheckFull, Issues: []Issue{typo}}), StatusRedeliveryRequested).
				in(refused, StatusOpen, StatusUpgraded, StatusCancelled)},
		{"record the same quality control again", "", RecordQualityControl{ResultID: "q1", Check: CheckSpot, Passed: true},
			nothingYet().in(refused, StatusOpen).in(nothing, StatusDelivered, StatusProcessed, StatusRedeliveryRequested, StatusUpgraded, StatusCancelled)},
		{"answer a QC issue: will fix", "", AnswerQCIssue{IssueID: "i1", Answer: AnswerWillFix},
			nothingYet().in(notFound, StatusOpen).
				in(emits(QCIssueAnswered{IssueID: "i1", Answer: AnswerWillFix},
					RedeliveryRequested{Scope: RedeliveryFull, Cause: CauseQualityControl, Reasons: []string{"will fix: drifts a little"}}), settled...).
				in(emits(QCIssueAnswered{IssueID: "i1", Answer: AnswerWillFix}), StatusRedeliveryRequested).in(refused, ended...)},
		{"answer a QC issue: creative intent", "", AnswerQCIssue{IssueID: "i1", Answer: AnswerCreativeIntent, Note: "meant so"},
			nothingYet().in(notFound, StatusOpen).
				in(emits(QCIssueAnswered{IssueID: "i1", Answer: AnswerCreativeIntent, Note: "meant so"}), StatusDelivered, StatusProcessed, StatusRedeliveryRequested).in(refused, ended...)},
		{"download a delivered file", "", RecordDownload{Files: []FileRef{{DeliveryID: "d1", ID: "f1"}}, Account: "fred", At: dawn},
			nothingYet().in(emits(FilesDownloaded{Files: []FileRef{{DeliveryID: "d1", ID: "f1"}}}), append(live, ended...)...)},
		{"download a file that has not arrived", "", RecordDownload{Files: []FileRef{{DeliveryID: "d2", ID: "f1"}}, Account: "fred", At: dawn}, nothingYet().in(notFound, append(live, ended...)...)},
		{"ask for a redelivery", "redelivery", RequestRedelivery{Scope: RedeliveryMetadataOnly, Reasons: []string{"wrong language tag"}},
			nothingYet().in(emits(RedeliveryRequested{Scope: RedeliveryMetadataOnly, Cause: CausePerson, Reasons: []string{"wrong language tag"}}), settled...).
				in(refused, append(waiting, ended...)...)},
		{"comment", "comment", AddComment{CommentID: "c1", TextID: "t1", Text: "hello"},
			nothingYet().in(emits(Commented{CommentID: "c1", TextID: "t1"}), append(live, ended...)...)},
		{"redact a comment that nobody made", "", Redact{CommentID: "c9"}, nothingYet().in(notFound, append(live, ended...)...)},
		{"cancel", "cancel", Cancel{Reason: "not needed"},
			nothingYet().in(emits(Cancelled{Reason: "not needed"}), append(live, StatusUpgraded)...).in(nothing, StatusCancelled)},
		{"reinstate", "reinstate", Reinstate{Reason: "needed after all"},
			nothingYet().in(refused, append(live, StatusUpgraded)...).in(emits(Reinstated{Reason: "needed after all"}), StatusCancelled)},
		{"upgrade", "upgrade", Upgrade{ReplacedBy: "SR-3"},
			nothingYet().in(emits(Upgraded{ReplacedBy: "SR-3"}), settled...).in(refused, append(waiting, ended...)...)},
		{"upgrade to the same again", "", Upgrade{ReplacedBy: "SR-2"},
			nothingYet().in(emits(Upgraded{ReplacedBy: "SR-2"}), settled...).in(refused, append(waiting, StatusCancelled)...).in(nothing, StatusUpgraded)},
		{"import an edit", "edit", ImportRow{Row: Row{Title: "New Title"}},
			verdicts{}.in(func(t *testing.T, _ Status, h *happening) { h.thenInvalid("is_original", "Yes", "No") }, never).
				in(func(t *testing.T, _ Status, h *happening) {
					h.then(FieldsEdited{Title: &newTitle}, RowImported{Row: with(rowAsOpened(h.s.state.Status), func(r *Row) { r.Title = newTitle })})
				}, live...).
				in(refusedIn("title"), ended...)},
		{"import a cancellation", "", ImportRow{Row: with(rowAsOpened(StatusCancelled), func(r *Row) { r.EstimatedDeliveryDate = 0 })},
			verdicts{}.in(emits(with(opened(), func(o *Opened) { o.Status, o.Import = StatusCancelled, true })), never).
				in(emits(Cancelled{Reason: ReasonImport}, RowImported{Row: rowAsOpened(StatusCancelled)}), append(live, StatusUpgraded)...).
				in(nothing, StatusCancelled)},
		{"import an upgrade", "", ImportRow{Row: Row{Status: StatusUpgraded}},
			verdicts{}.in(func(t *testing.T, _ Status, h *happening) { h.thenInvalid("is_original", "Yes", "No") }, never).
				in(refusedIn("status", "Open", "Cancelled"), StatusOpen).
				in(refusedIn("status", "Redelivery Requested", "Cancelled"), StatusRedeliveryRequested).
				in(refusedIn("status", "Delivered", "Cancelled", "Redelivery Requested"), StatusDelivered).
				in(refusedIn("status", "Processed", "Cancelled", "Redelivery Requested"), StatusProcessed).
				in(refusedIn("status", "Cancelled", "Redelivery Requested"), StatusCancelled).
				in(nothing, StatusUpgraded)},
	}
}

// openCommand is the command that leads to opened.
func openCommand() Open {
	o := opened()
	return Open{
		PackageID: o.PackageID, MovieID: o.MovieID, Title: o.Title, MovieType: o.MovieType, IsOriginal: o.IsOriginal,
		ContentPartner: o.ContentPartner, FulfillmentPartner: o.FulfillmentPartner, SourceType: o.SourceType, ServiceType: o.ServiceType,
		Language: o.Language, Countries: o.Countries, DueDate: o.DueDate,
	}
}

// rowAsOpened is the row that a file would have for opened in a status.
func rowAsOpened(s Status) Row {
	o := opened()
	return Row{
		PackageID: o.PackageID, MovieID: o.MovieID, Title: o.Title, MovieType: o.MovieType, IsOriginal: ptr(o.IsOriginal),
		ContentPartner: o.ContentPartner, FulfillmentPartner: o.FulfillmentPartner, SourceType: o.SourceType, ServiceType: o.ServiceType,
		Language: o.Language, Countries: o.Countries, DueDate: o.DueDate, EstimatedDeliveryDate: o.DueDate,
		MaterialStatus: o.MaterialStatus, Status: s,
	}
}

func ptr[T any](v T) *T { return &v }

func TestEveryCommandInEveryStatus(t *testing.T) {
	for _, r := range table() {
		for status, past := range pasts() {
			t.Run(r.name+"/"+string(status), func(t *testing.T) {
				leadsTo, ok := r.leadsTo[status]
				require.True(t, ok, "the table has no entry")
				h := given(t, past...).when(r.command)
				leadsTo(t, status, h)
				if r.action != "" && status != never {
					refused := domain.ErrorCode(h.err) == domain.CodeRefused
					assert.NotEqual(t, refused, slices.Contains(AcceptedActions(status), r.action) || len(h.events) == 0 && h.err == nil,
						"AcceptedActions and Decide disagree about %s", r.action)
				}
			})
		}
	}
}

func TestTheTableIsComplete(t *testing.T) {
	commands, actions := map[string]bool{}, map[string]bool{}
	for _, r := range table() {
		commands[reflect.TypeOf(r.command).Name()] = true
		actions[r.action] = true
		assert.Len(t, r.leadsTo, len(Statuses())+1, r.name)
	}
	for _, name := range methodReceivers(t, "sourceRequestCommand") {
		assert.True(t, commands[name], "the table has no row for the command %s", name)
	}
	for _, s := range Statuses() {
		assert.Equal(t, accepts[s], AcceptedActions(s))
		for _, a := range AcceptedActions(s) {
			assert.True(t, actions[a], "the table has no row for the action %s", a)
		}
	}
	assert.Nil(t, AcceptedActions(never))
}

type alienCommand struct{ Command }

func TestAnUnknownCommandIsAnInternalError(t *testing.T) {
	given(t, opened()).when(alienCommand{}).thenError(domain.CodeInternal)
}

func TestEventSamplesAreComplete(t *testing.T) {
	var have []string
	kinds := map[string]bool{}
	for _, e := range eventSamples() {
		have = append(have, reflect.TypeOf(e).Name())
		assert.False(t, kinds[e.Kind()], "two events have the kind %s", e.Kind())
		kinds[e.Kind()] = true
	}
	slices.Sort(have)
	assert.Equal(t, methodReceivers(t, "sourceRequestEvent"), have)
}

func TestARefusalNamesWhatWasTried(t *testing.T) {
	s := State{Status: StatusCancelled}
	for what, c := range map[string]Edit{
		"assign": {FulfillmentPartner: ptr("other"), SubAssignee: ptr("")},
		"edit":   {FulfillmentPartner: ptr("other"), Countries: []string{"Norway"}},
	} {
		_, err := Decide(s, c)
		assert.ErrorContains(t, err, "a request that is Cancelled does not let anybody "+what)
	}
}
