package readapi

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/account"
	"backlot/domain/organisation"
	"backlot/domain/sourcerequest"
	"backlot/eventstore"
	"backlot/readapi/words"
)

// Who acts in these tests.
var (
	anOperator  = domain.Principal{Account: "ada", Role: domain.RoleOperator}
	aChecker    = domain.Principal{Account: "quinn", Role: domain.RoleQualityControl}
	anAuditor   = domain.Principal{Account: "otto", Role: domain.RoleAuditor}
	someMachine = domain.Principal{Account: "inspection", Role: domain.RoleSystem}
	ofJuice     = domain.Principal{Account: "jo", Organisation: "juice", Role: domain.RoleFulfillmentPartner}
	ofSDI       = domain.Principal{Account: "sam", Organisation: "sdi", Role: domain.RoleFulfillmentPartner}
	ofNorth     = domain.Principal{Account: "nina", Organisation: "northlight", Role: domain.RoleContentPartner}
)

func someOrganisations() *organisation.Directory {
	d := organisation.NewDirectory()
	page := domain.Page{To: 3, CaughtUp: true}
	for id, name := range map[string]string{"juice": "Juice", "sdi": "SDI Media", "northlight": "Northlight"} {
		kind := organisation.FulfillmentPartner
		if id == "northlight" {
			kind = organisation.ContentPartner
		}
		page.Events = append(page.Events, domain.Recorded{
			Stream: organisation.StreamPrefix + id, Event: organisation.Registered{Name: name, Kinds: []organisation.Kind{kind}},
		})
	}
	d.Apply(page)
	return d
}

var someOpened = sourcerequest.Opened{
	PackageID: "p", MovieID: "m", Title: "House of Cards", MovieType: sourcerequest.MovieStandalone, ContentPartner: "northlight", FulfillmentPartner: "juice",
	SourceType: sourcerequest.SourceDubs, ServiceType: sourcerequest.ServiceUnknown, Language: "Korean", Countries: []string{"Japan"},
	DueDate: domain.NewDate(2026, 11, 24), MaterialStatus: sourcerequest.MaterialNotReceived, Status: sourcerequest.StatusOpen,
}

func ptr[T any](v T) *T { return &v }

func TestEveryEventIsTold(t *testing.T) {
	opened := func(change func(*sourcerequest.Opened)) sourcerequest.Opened { o := someOpened; change(&o); return o }
	started := sourcerequest.DeliveryStarted{DeliveryID: "d", Method: sourcerequest.MethodAPI, Files: []sourcerequest.DeclaredFile{{ID: "f", Name: "dub.wav", Size: 1_250_000}, {ID: "g", Name: "notes.txt"}}}
	failed := sourcerequest.QualityControlRecorded{ResultID: "q", DeliveryID: "d", Check: sourcerequest.CheckFull, Issues: []sourcerequest.Issue{{ID: "i", Code: "drift", Category: "Timed Text", Severity: sourcerequest.SeverityIssue, Description: "Subtitles drift"}}}
	inspected := sourcerequest.DeliveryInspected{DeliveryID: "d", Findings: []sourcerequest.Finding{{ID: "x", Code: "commercial_blacks", Text: "Black for 3 s"}}}
	tests := []struct {
		before []sourcerequest.Event // after Opened
		by     domain.Principal
		event  sourcerequest.Event
		want   string
	}{
		{nil, anOperator, someOpened, "An operator opened the request for Dubs in Korean of “House of Cards”, due on 24 Nov 2026, assigned to Juice"},
		{nil, anOperator, opened(func(o *sourcerequest.Opened) {
			o.Import, o.Status, o.FulfillmentPartner, o.EstimatedDeliveryDate = true, sourcerequest.StatusDelivered, "", domain.NewDate(2026, 12, 1)
		}), "An operator imported the request for Dubs in Korean of “House of Cards”, due on 24 Nov 2026, expected on 1 Dec 2026, as Delivered"},
		{nil, anOperator, opened(func(o *sourcerequest.Opened) { o.FulfillmentPartner, o.Upgrades = "", "99" }), "An operator opened the request for Dubs in Korean of “House of Cards”, due on 24 Nov 2026, to replace another one"},
		{nil, anOperator, sourcerequest.FieldsEdited{DueDate: ptr(domain.NewDate(2026, 12, 24))}, "An operator changed the due date from 24 Nov 2026 to 24 Dec 2026"},
		{nil, anOperator, sourcerequest.FieldsEdited{Title: ptr("House, M.D."), MovieID: ptr("m2"), Language: ptr("Dutch")}, "An operator changed the title from “House of Cards” to “House, M.D.”, the movie ID from m to m2 and the language from Korean to Dutch"},
		{nil, anOperator, sourcerequest.Assigned{FulfillmentPartner: "sdi"}, "An operator moved the request from Juice to SDI Media"},
		{nil, anOperator, sourcerequest.Assigned{}, "An operator took the request back from Juice"},
		{[]sourcerequest.Event{sourcerequest.Assigned{}}, anOperator, sourcerequest.Assigned{FulfillmentPartner: "sdi"}, "An operator assigned the request to SDI Media"},
		{[]sourcerequest.Event{sourcerequest.SubAssigned{SubAssignee: "sdi"}}, anOperator, sourcerequest.Assigned{}, "An operator took the request back from Juice, which ended the sub-assignment of SDI Media"},
		{nil, ofJuice, sourcerequest.SubAssigned{SubAssignee: "sdi"}, "Juice asked SDI Media to work on it as sub-assignee"},
		{nil, ofJuice, sourcerequest.ResponsibleChanged{Organisation: "juice", Account: "jo"}, "Juice made jo responsible"},
		{[]sourcerequest.Event{sourcerequest.ResponsibleChanged{Organisation: "juice", Account: "jo"}}, anOperator, sourcerequest.ResponsibleChanged{Organisation: "juice", Account: "jim"}, "An operator made jim responsible in the place of jo"},
		{[]sourcerequest.Event{sourcerequest.ResponsibleChanged{Organisation: "juice", Account: "jo"}}, ofJuice, sourcerequest.ResponsibleChanged{Organisation: "juice"}, "Juice said that jo is no longer responsible"},
		{[]sourcerequest.Event{sourcerequest.SubAssigned{SubAssignee: "sdi"}}, ofSDI, sourcerequest.ResponsibleChanged{Organisation: "sdi", Account: "sam"}, "SDI Media made sam responsible"},
		{[]sourcerequest.Event{sourcerequest.SubAssigned{SubAssignee: "sdi"}}, ofJuice, sourcerequest.SubAssigned{}, "Juice ended the sub-assignment of SDI Media"},
		{nil, ofJuice, sourcerequest.MaterialStatusChanged{MaterialStatus: sourcerequest.MaterialReceived}, "Juice changed the material status from Not Received to Received"},
		{nil, ofJuice, sourcerequest.MaterialStatusChanged{MaterialStatus: sourcerequest.MaterialRejected, Reason: "no sound"}, "Juice changed the material status from Not Received to Rejected: no sound"},
		{[]sourcerequest.Event{sourcerequest.MaterialStatusChanged{MaterialStatus: sourcerequest.MaterialRejected}}, ofJuice, sourcerequest.MaterialStatusChanged{MaterialStatus: sourcerequest.MaterialRejected, Reason: "still no sound"}, "Juice rejected the materials again: still no sound"},
		{nil, ofNorth, sourcerequest.MaterialsProvided{Materials: []sourcerequest.MaterialFile{{ID: "1", Name: "a.mov"}}}, "Northlight provided 1 material: a.mov"},
		{nil, ofNorth, sourcerequest.MaterialsProvided{Materials: []sourcerequest.MaterialFile{{ID: "1", Name: "a"}, {ID: "2", Name: "b"}, {ID: "3", Name: "c"}, {ID: "4", Name: "d"}, {ID: "5", Name: "e"}}}, "Northlight provided 5 materials: a; b; c; and 2 more"},
		{nil, ofJuice, sourcerequest.EstimatedDeliveryDateChanged{Date: domain.NewDate(2026, 11, 28), Reason: "subtitles need a second pass"}, "Juice moved the estimated delivery date from 24 Nov 2026 to 28 Nov 2026: subtitles need a second pass"},
		{nil, anOperator, sourcerequest.EstimatedDeliveryDateChanged{Date: domain.NewDate(2026, 11, 28), Reason: sourcerequest.ReasonImport}, "An operator moved the estimated delivery date from 24 Nov 2026 to 28 Nov 2026, by an import"},
		{nil, ofJuice, started, "Juice started a delivery of 2 files: dub.wav; notes.txt"},
		{[]sourcerequest.Event{started}, ofJuice, sourcerequest.FileDelivered{DeliveryID: "d", FileID: "f", Size: 1_250_000}, "Juice delivered the file dub.wav (1.2 MB)"},
		{[]sourcerequest.Event{started}, ofJuice, sourcerequest.DeliveryCompleted{DeliveryID: "d"}, "Juice completed the delivery; the request is Delivered"},
		{[]sourcerequest.Event{started, sourcerequest.DeliveryCompleted{DeliveryID: "d"}}, someMachine, sourcerequest.DeliveryInspected{DeliveryID: "d"}, "The portal inspected the delivery and found nothing wrong; the request is Processed"},
		{[]sourcerequest.Event{started, sourcerequest.DeliveryCompleted{DeliveryID: "d"}}, someMachine, inspected, "The portal inspected the delivery and found 1 problem: Black for 3 s"},
		{[]sourcerequest.Event{started, sourcerequest.DeliveryCompleted{DeliveryID: "d"}, inspected}, ofJuice, sourcerequest.FindingOverridden{DeliveryID: "d", FindingID: "x", Reason: "wanted"}, "Juice accepted the finding commercial_blacks: wanted; the request is Processed"},
		{nil, aChecker, failed, "Quality control recorded a full quality control, not passed, with 1 issue: Issue, Subtitles drift"},
		{nil, anOperator, sourcerequest.QualityControlRecorded{ResultID: "q", Check: sourcerequest.CheckSpot, Passed: true}, "An operator recorded a spot quality control, passed"},
		{[]sourcerequest.Event{failed}, ofJuice, sourcerequest.QCIssueAnswered{IssueID: "i", Answer: sourcerequest.AnswerCreativeIntent, Note: "as in the script"}, "Juice answered the issue “Subtitles drift” with Creative Intent: as in the script"},
		{[]sourcerequest.Event{sourcerequest.MaterialsProvided{Materials: []sourcerequest.MaterialFile{{ID: "m", Name: "a.mov"}}}}, ofJuice, sourcerequest.FilesDownloaded{Files: []sourcerequest.FileRef{{ID: "m"}}}, "Juice downloaded 1 material: a.mov"},
		{[]sourcerequest.Event{started, sourcerequest.FileDelivered{DeliveryID: "d", FileID: "f"}}, anAuditor, sourcerequest.FilesDownloaded{Files: []sourcerequest.FileRef{{DeliveryID: "d", ID: "f"}}}, "An auditor downloaded 1 delivered file: dub.wav"},
		{[]sourcerequest.Event{sourcerequest.MaterialsProvided{Materials: []sourcerequest.MaterialFile{{ID: "m", Name: "a.mov"}}}}, anOperator, sourcerequest.FilesDownloaded{Files: []sourcerequest.FileRef{{ID: "m"}, {DeliveryID: "d", ID: "g"}}, Archive: true}, "An operator downloaded 2 files as one archive: a.mov; g"},
		{nil, anOperator, sourcerequest.RedeliveryRequested{Scope: sourcerequest.RedeliveryFull, Cause: sourcerequest.CausePerson, Reasons: []string{"wrong cut", "no sound"}}, "An operator asked for a redelivery: wrong cut; no sound"},
		{nil, aChecker, sourcerequest.RedeliveryRequested{Scope: sourcerequest.RedeliveryMetadataOnly, Cause: sourcerequest.CauseQualityControl, Reasons: []string{"names"}}, "Quality control asked for a redelivery of the metadata: names"},
		{nil, someMachine, sourcerequest.RedeliveryRequested{Scope: sourcerequest.RedeliveryFull, Cause: sourcerequest.CauseInspection, Reasons: []string{"Black for 3 s"}}, "Inspection asked for a redelivery: Black for 3 s"},
		{nil, ofNorth, sourcerequest.Commented{CommentID: "c", Text: "Where is\n it?"}, "Northlight commented: Where is it?"},
		{[]sourcerequest.Event{sourcerequest.Commented{CommentID: "c", TextID: "t"}}, anOperator, sourcerequest.CommentRedacted{CommentID: "c"}, "An operator redacted a comment"},
		{nil, anOperator, sourcerequest.Cancelled{Reason: "no rights"}, "An operator cancelled the request: no rights"},
		{[]sourcerequest.Event{sourcerequest.Cancelled{}}, anOperator, sourcerequest.Reinstated{}, "An operator reinstated the request as Open"},
		{nil, anOperator, sourcerequest.Upgraded{ReplacedBy: "200"}, "An operator closed the request in favour of 200"},
		{nil, anOperator, sourcerequest.RowImported{}, "An operator imported the request again from a file"},
	}
	told := map[string]bool{}
	for _, test := range tests {
		t.Run(test.want, func(t *testing.T) {
			e := tellLast(t, words.English, test.before, test.by, test.event)
			assert.Equal(t, test.want, e.Summary)
			assert.Equal(t, test.event.Kind(), e.Kind)
			for _, c := range e.Changes {
				assert.NotEmpty(t, c.Label, c.Field)
			}
			assert.Equal(t, storyInJapanese[test.want], tellLast(t, words.Japanese, test.before, test.by, test.event).Summary)
		})
		told[test.event.Kind()] = true
	}
	for _, kind := range eventKinds(t) {
		assert.True(t, told[kind], "nobody tells what %s reads like", kind)
	}
}

// tellLast tells, in a language, the last of the events of a request that was
// opened.
func tellLast(t *testing.T, w *words.Words, before []sourcerequest.Event, by domain.Principal, event sourcerequest.Event) entryAnswer {
	t.Helper()
	var history []domain.Recorded
	record := func(by domain.Principal, e sourcerequest.Event) {
		n := uint64(len(history))
		history = append(history, domain.Recorded{
			Revision: n, Event: e, Metadata: domain.Metadata{OccurredAt: time.UnixMilli(int64(n)), Actor: by},
		})
	}
	if _, first := event.(sourcerequest.Opened); !first {
		record(anOperator, someOpened)
	}
	for _, e := range before {
		record(by, e)
	}
	then := sourcerequest.Fold(sourcerequest.State{}, history...)
	record(by, event)
	last := history[len(history)-1]
	after := sourcerequest.Fold(then, last)
	v := view{server: &server{Config: Config{Organisations: someOrganisations(), People: account.NewDirectory()}}, by: anOperator, id: "100", state: after, words: w}
	v.texts = &texts{known: map[string]*string{"t1": nil}} // of the golden comments; kept no more
	e, err := v.entry(t.Context(), step{Recorded: last, before: then, after: after})
	require.NoError(t, err)
	return e
}

// Every event that was ever written is told in each language, and in Japanese
// without a word of English that nobody typed.
func TestEveryGoldenEventIsToldInEveryLanguage(t *testing.T) {
	files, err := filepath.Glob("../eventstore/testdata/golden/SourceRequest*.json")
	require.NoError(t, err)
	told := map[string]bool{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		var golden struct {
			Type           string
			Data, Metadata json.RawMessage
		}
		require.NoError(t, json.Unmarshal(data, &golden), file)
		raw := eventstore.RawEvent{Recorded: domain.Recorded{Type: golden.Type}, Data: golden.Data, UserMetadata: golden.Metadata}
		r, err := eventstore.Decode(raw)
		require.NoError(t, err, file)
		event, ok := r.Event.(sourcerequest.Event)
		if !ok {
			continue // of the numbers of requests
		}
		told[event.Kind()] = true
		for _, by := range []domain.Principal{anOperator, aChecker, anAuditor, someMachine, ofJuice} {
			inEnglish, inJapanese := tellLast(t, words.English, nil, by, event), tellLast(t, words.Japanese, nil, by, event)
			assert.NotRegexp(t, `[{}]|%!`, inEnglish.Summary, file)
			assert.NotEqual(t, inEnglish.Summary, inJapanese.Summary, file)
			assert.Empty(t, englishIn(t, inJapanese.Summary, event), "%s: %s", file, inJapanese.Summary)
			for _, c := range inJapanese.Changes {
				assert.Empty(t, englishIn(t, c.Label, nil), file)
			}
		}
	}
	for _, kind := range sourcerequest.Kinds() {
		assert.True(t, told[kind], "no golden event of the kind %s", kind)
	}
}

// englishIn returns what is left in Latin letters of a Japanese text without
// what somebody typed or named: the strings of the event, but for the values
// that have a word in Japanese, and of the request.
func englishIn(t *testing.T, text string, event sourcerequest.Event) []string {
	t.Helper()
	var typed []string
	var collect func(any)
	collect = func(v any) {
		switch v := v.(type) {
		case string:
			if words.Japanese.Value(v) == v {
				typed = append(typed, shortened(v))
			}
		case []any:
			for _, item := range v {
				collect(item)
			}
		case map[string]any:
			for _, item := range v {
				collect(item)
			}
		}
	}
	for _, e := range []sourcerequest.Event{event, someOpened} {
		data, err := json.Marshal(e)
		require.NoError(t, err)
		var decoded any
		require.NoError(t, json.Unmarshal(data, &decoded))
		collect(decoded)
	}
	typed = append(typed, "Juice", "SDI Media", "Northlight", "Backlot", " ID", "QC ", "M&E", "CC/SDH", " B", " kB", " MB", " GB", " TB")
	slices.SortFunc(typed, func(a, b string) int { return len(b) - len(a) })
	for _, s := range typed {
		text = strings.ReplaceAll(text, s, "")
	}
	return regexp.MustCompile(`[A-Za-z]+`).FindAllString(text, -1)
}

// eventKinds lists the kinds that the domain's events have.
func eventKinds(t *testing.T) []string {
	source, err := os.ReadFile("../domain/sourcerequest/events.go")
	require.NoError(t, err)
	var kinds []string
	for _, m := range regexp.MustCompile(`Kind\(\) string \{ return "([a-z_]+)" \}`).FindAllSubmatch(source, -1) {
		kinds = append(kinds, string(m[1]))
	}
	require.NotEmpty(t, kinds)
	return kinds
}

func TestUnknownEventsAreTold(t *testing.T) {
	v := view{server: &server{Config: Config{Organisations: someOrganisations(), People: account.NewDirectory()}}, by: anOperator, id: "100", words: words.English}
	e, err := v.entry(t.Context(), step{Recorded: domain.Recorded{Type: "V9.Painted", Metadata: domain.Metadata{Actor: ofJuice}}})
	require.NoError(t, err)
	assert.Equal(t, kindUnknown, e.Kind)
	assert.Equal(t, "V9.Painted", e.EventType)
	assert.Equal(t, "Juice did something that this version of the portal does not know: V9.Painted", e.Summary)
	assert.Equal(t, "Juice", e.Actor.Organisation.Name)
}

func TestEveryFieldHasALabel(t *testing.T) {
	before := sourcerequest.State{}
	after := sourcerequest.Fold(before, domain.Recorded{Event: someOpened})
	after.SubAssignee, after.UpgradedTo, after.Responsible, after.SubResponsible = "sdi", "200", "jo", "sam"
	after.QualityControls = []sourcerequest.QualityControl{{Issues: []sourcerequest.IssueState{{Issue: sourcerequest.Issue{Code: "drift"}}}}}
	changes := sourcerequest.Changes(before, after)
	assert.Len(t, changes, len(words.English.Fields), "a field of the domain's changes has no label here, or a label has no field")
	for _, c := range changes {
		assert.NotEmpty(t, words.English.Fields[c.Field], c.Field)
	}
}

func TestLongTextsAreShortened(t *testing.T) {
	s := shortened(strings.Repeat("ü", 200))
	assert.Equal(t, maxQuote, len([]rune(s)))
	assert.True(t, strings.HasSuffix(s, "…"))
	assert.Equal(t, "999 B", byteCount(999))
	assert.Equal(t, "1.0 kB", byteCount(1000))
	assert.Equal(t, "2.5 TB", byteCount(2_500_000_000_000))
}
