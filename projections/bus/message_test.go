package bus

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	cloudevents "github.com/cloudevents/sdk-go/v2/event"
	"github.com/google/uuid"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/domain/timecode"
)

func ptr[T any](v T) *T { return &v }

// stays is the kinds of events that no message is made of.
var stays = map[string]bool{"responsible_changed": true, "files_downloaded": true}

// examples is one event of each kind, with every field set to what the field
// could hold.
var examples = []sourcerequest.Event{
	sourcerequest.Opened{
		PackageID: "P-1", MovieID: "80100172", Title: `Äußerst <spannend> & "gut"`, MovieType: sourcerequest.MovieEpisode, IsOriginal: true,
		ContentPartner: "studio-nord", FulfillmentPartner: "post-house", SourceType: sourcerequest.SourceAudioME,
		ServiceType: sourcerequest.ServiceConform, Language: "Korean", Countries: []string{"Italy", "Spain"},
		DueDate: domain.NewDate(2026, 12, 24), EstimatedDeliveryDate: domain.NewDate(2026, 12, 27),
		MaterialStatus: sourcerequest.MaterialReceived, Status: sourcerequest.StatusDelivered, Import: true, Upgrades: "SR-0",
	},
	sourcerequest.FieldsEdited{
		PackageID: ptr("P-2"), MovieID: ptr("80100173"), Title: ptr("Another"), MovieType: ptr(sourcerequest.MovieStandalone),
		IsOriginal: ptr(true), ContentPartner: ptr("studio-sued"), SourceType: ptr(sourcerequest.SourceSubs),
		ServiceType: ptr(sourcerequest.ServiceCreate), Language: ptr("Dutch"), Countries: []string{"Belgium"}, DueDate: ptr(domain.NewDate(2027, 1, 2)),
	},
	sourcerequest.Assigned{FulfillmentPartner: "post-house"},
	sourcerequest.SubAssigned{SubAssignee: "dub-studio"},
	sourcerequest.ResponsibleChanged{Organisation: "dub-studio", Account: "a-17"},
	sourcerequest.MaterialStatusChanged{MaterialStatus: sourcerequest.MaterialRejected, Reason: "no sound"},
	sourcerequest.MaterialsProvided{Materials: []sourcerequest.MaterialFile{
		{ID: "m1", Kind: sourcerequest.MaterialTimedText, Name: "list.srt", Size: 5 << 40, SHA256: "9f86d081"},
	}},
	sourcerequest.EstimatedDeliveryDateChanged{Date: domain.NewDate(2026, 12, 28), Reason: "the studio is booked"},
	sourcerequest.DeliveryStarted{DeliveryID: "d1", Method: sourcerequest.MethodWatchFolder, Files: []sourcerequest.DeclaredFile{
		{ID: "f1", Name: "part 1.mov", Size: 7 << 33, SHA256: "9f86d081"},
	}},
	sourcerequest.FileDelivered{DeliveryID: "d1", FileID: "f1", Size: 7 << 33, SHA256: "9f86d081"},
	sourcerequest.DeliveryCompleted{DeliveryID: "d1"},
	sourcerequest.DeliveryInspected{DeliveryID: "d1", Findings: []sourcerequest.Finding{
		{ID: "i1", FileID: "f1", Code: "commercial_blacks", Hard: true, Where: "00:10:00:00", Text: "black for 3 s"},
	}, Examined: []sourcerequest.Examination{{FileID: "f1", As: "Video and audio", Note: "not probed"}}},
	sourcerequest.FindingOverridden{DeliveryID: "d1", FindingID: "i1", Reason: "it is a fade"},
	sourcerequest.QualityControlRecorded{ResultID: "q1", DeliveryID: "d1", Check: sourcerequest.CheckSpot, Passed: true, FrameRate: timecode.Rate2997Drop, Issues: []sourcerequest.Issue{
		{ID: "q1-1", Code: "drift", Category: "Audio", Severity: sourcerequest.SeverityFYI, TimecodeIn: "00:00:01;02", TimecodeOut: "00:00:02;00", Description: "late"},
	}},
	sourcerequest.QCIssueAnswered{IssueID: "q1-1", Answer: sourcerequest.AnswerCreativeIntent, Note: "meant so"},
	sourcerequest.FilesDownloaded{Files: []sourcerequest.FileRef{{DeliveryID: "d1", ID: "f1"}}, Archive: true},
	sourcerequest.RedeliveryRequested{Scope: sourcerequest.RedeliveryMetadataOnly, Cause: sourcerequest.CausePerson, Reasons: []string{"wrong language tag"}},
	sourcerequest.Commented{CommentID: "c1", TextID: "t1", Text: "said by Kim"},
	sourcerequest.CommentRedacted{CommentID: "c1"},
	sourcerequest.Cancelled{Reason: "not needed"},
	sourcerequest.Reinstated{Reason: "needed after all"},
	sourcerequest.Upgraded{ReplacedBy: "SR-2"},
	sourcerequest.RowImported{Row: sourcerequest.Row{
		PackageID: "P-1", MovieID: "80100172", Title: "A Title", MovieType: sourcerequest.MovieSupplemental, IsOriginal: ptr(true),
		ContentPartner: "studio-nord", FulfillmentPartner: "post-house", SourceType: sourcerequest.SourceDubs,
		ServiceType: sourcerequest.ServiceUnknown, Language: "French", Countries: []string{"France"}, DueDate: domain.NewDate(2026, 12, 24),
		EstimatedDeliveryDate: domain.NewDate(2026, 12, 25), MaterialStatus: sourcerequest.MaterialAccepted, Status: sourcerequest.StatusProcessed,
	}},
}

// bare is events with as little in them as can be.
var bare = []sourcerequest.Event{
	sourcerequest.Opened{
		PackageID: "P-1", MovieID: "1", Title: "A", MovieType: sourcerequest.MovieEpisode, ContentPartner: "studio", SourceType: sourcerequest.SourceIMF,
		ServiceType: sourcerequest.ServiceUnknown, Language: "Dutch", Countries: []string{"Peru"}, DueDate: domain.NewDate(2026, 12, 24),
		MaterialStatus: sourcerequest.MaterialNotReceived, Status: sourcerequest.StatusOpen,
	},
	sourcerequest.FieldsEdited{IsOriginal: ptr(false)},
	sourcerequest.Assigned{}, sourcerequest.SubAssigned{}, sourcerequest.MaterialStatusChanged{MaterialStatus: sourcerequest.MaterialReceived},
	sourcerequest.MaterialsProvided{}, sourcerequest.DeliveryStarted{DeliveryID: "d1", Method: sourcerequest.MethodAPI},
	sourcerequest.DeliveryInspected{DeliveryID: "d1"}, sourcerequest.QualityControlRecorded{ResultID: "q1", Check: sourcerequest.CheckFull},
	sourcerequest.QCIssueAnswered{IssueID: "i", Answer: sourcerequest.AnswerWillFix},
	sourcerequest.RedeliveryRequested{Scope: sourcerequest.RedeliveryFull, Cause: sourcerequest.CauseInspection},
	sourcerequest.Cancelled{}, sourcerequest.Reinstated{}, sourcerequest.RowImported{},
}

var at = time.Date(2026, 11, 23, 12, 0, 0, 7_000_000, time.UTC)

func recorded(e any) domain.Recorded {
	return domain.Recorded{
		Stream: "sourceRequest-SR-1", Revision: 3, Position: 4711, ID: uuid.MustParse("5c1f7a52-7a0c-5a57-9d5a-6d3c1d0b7b11"), Type: "SourceRequestX.v1", Event: e,
		Metadata: domain.Metadata{
			OccurredAt: at, Actor: domain.Principal{Account: "a-17", Organisation: "post-house", Role: domain.RoleFulfillmentPartner},
			CorrelationID: uuid.MustParse("00000000-0000-4000-8000-000000000001"), CausationID: uuid.MustParse("00000000-0000-4000-8000-000000000002"),
			CommandKey: "a-17/secret-key", CommandHash: "hash-of-the-body", ChainHash: "chain",
		},
	}
}

var portalsWriter = writer{source: "/backlot", schemas: "https://backlot.example/api/v1/asyncapi.yaml#/components/schemas/"}

// document is the AsyncAPI document as JSON values.
func document(t testing.TB) map[string]any {
	t.Helper()
	var parsed any
	require.NoError(t, yaml.Unmarshal(Document, &parsed))
	text, err := json.Marshal(parsed)
	require.NoError(t, err)
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err)
	return value.(map[string]any)
}

func within(t testing.TB, v any, path ...string) any {
	t.Helper()
	for _, p := range path {
		require.Contains(t, v, p)
		v = v.(map[string]any)[p]
	}
	return v
}

// validator returns what checks a message against the document.
func validator(t testing.TB) func(payload []byte) error {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	require.NoError(t, compiler.AddResource("https://backlot.example/asyncapi.json", document(t)))
	return func(payload []byte) error {
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(payload))
		if err != nil {
			return err
		}
		kind := strings.TrimSuffix(strings.TrimPrefix(value.(map[string]any)["type"].(string), "backlot.source_request."), ".v1")
		schema, err := compiler.Compile("https://backlot.example/asyncapi.json#/components/messages/" + kind + "/payload")
		if err != nil {
			return err
		}
		return schema.Validate(value)
	}
}

func TestEveryKindIsDescribedOrStays(t *testing.T) {
	d := document(t)
	assert.Equal(t, "3.0.0", d["asyncapi"])
	messages, offered := within(t, d, "components", "messages").(map[string]any), within(t, d, "channels", "sourceRequests", "messages").(map[string]any)
	var kinds []string
	for _, kind := range sourcerequest.Kinds() {
		if stays[kind] {
			continue
		}
		kinds = append(kinds, kind)
		assert.Equal(t, map[string]any{"$ref": "#/components/messages/" + kind}, offered[kind])
		assert.Equal(t, TypeOf(kind), within(t, messages, kind, "name"))
		schema := within(t, d, "components", "schemas", kind)
		assert.Equal(t, false, within(t, schema, "additionalProperties"), "%s takes any member, so that no message could be wrong", kind)
	}
	assert.Len(t, messages, len(kinds))
	assert.Len(t, offered, len(kinds))
}

func TestVocabulariesAreTheDomains(t *testing.T) {
	d := document(t)
	for name, want := range map[string]any{
		"Status": sourcerequest.Statuses(), "MaterialStatus": sourcerequest.MaterialStatuses(), "MovieType": sourcerequest.MovieTypes(),
		"ServiceType": sourcerequest.ServiceTypes(), "SourceType": sourcerequest.SourceTypes(), "FrameRate": timecode.Rates(),
	} {
		var labels []any
		for i := range reflect.ValueOf(want).Len() {
			labels = append(labels, reflect.ValueOf(want).Index(i).String())
		}
		assert.Equal(t, labels, within(t, d, "components", "schemas", name, "enum"))
	}
}

func TestMessagesAreAsTheDocumentHasThem(t *testing.T) {
	validate := validator(t)
	covered := map[string]bool{}
	for i, e := range append(examples, bare...) {
		m, ok, err := portalsWriter.message(recorded(e))
		require.NoError(t, err)
		covered[e.Kind()] = true
		require.Equal(t, !stays[e.Kind()], ok, e.Kind())
		if !ok {
			continue
		}
		require.NoError(t, validate(m.Payload), "%s: %s", e.Kind(), m.Payload)
		if i >= len(examples) {
			continue
		}
		// Whatever the schema names is in the message of a full event.
		var got struct{ Data map[string]any }
		require.NoError(t, json.Unmarshal(m.Payload, &got))
		for property := range within(t, document(t), "components", "schemas", e.Kind(), "properties").(map[string]any) {
			assert.Contains(t, got.Data, property, e.Kind())
		}
	}
	for _, kind := range sourcerequest.Kinds() {
		assert.True(t, covered[kind], "%s has no example", kind)
	}
	require.Error(t, validate([]byte(`{"type":"backlot.source_request.cancelled.v1","data":{"reason":7}}`)))
}

func TestAMessage(t *testing.T) {
	m, ok, err := portalsWriter.message(recorded(sourcerequest.EstimatedDeliveryDateChanged{Date: domain.NewDate(2026, 12, 28), Reason: "booked"}))
	require.NoError(t, err)
	require.True(t, ok)
	assert.Equal(t, "5c1f7a52-7a0c-5a57-9d5a-6d3c1d0b7b11", m.UUID)
	assert.Equal(t, "SR-1", m.Metadata.Get(partitionKey))
	assert.JSONEq(t, `{
		"specversion": "1.0", "id": "5c1f7a52-7a0c-5a57-9d5a-6d3c1d0b7b11", "source": "/backlot",
		"type": "backlot.source_request.estimated_delivery_date_changed.v1", "subject": "SR-1", "time": "2026-11-23T12:00:00.007Z",
		"datacontenttype": "application/json",
		"dataschema": "https://backlot.example/api/v1/asyncapi.yaml#/components/schemas/estimated_delivery_date_changed",
		"partitionkey": "SR-1", "position": "4711", "revision": 3,
		"correlationid": "00000000-0000-4000-8000-000000000001", "causationid": "00000000-0000-4000-8000-000000000002",
		"actor": "a-17", "actororganisation": "post-house", "actorrole": "fulfillment_partner",
		"data": {"estimated_delivery_date": "2026-12-28", "reason": "booked"}}`, string(m.Payload))
	var e cloudevents.Event
	require.NoError(t, json.Unmarshal(m.Payload, &e))
	require.NoError(t, e.Validate())
	again, _, err := portalsWriter.message(recorded(sourcerequest.EstimatedDeliveryDateChanged{Date: domain.NewDate(2026, 12, 28), Reason: "booked"}))
	require.NoError(t, err)
	assert.JSONEq(t, string(m.Payload), string(again.Payload))
}

func TestWhatPeopleSayStaysInThePortal(t *testing.T) {
	m, _, err := portalsWriter.message(recorded(sourcerequest.Commented{CommentID: "c1", TextID: "text-17", Text: "call Kim at kim@post.example"}))
	require.NoError(t, err)
	var got struct{ Data map[string]any }
	require.NoError(t, json.Unmarshal(m.Payload, &got))
	assert.Equal(t, map[string]any{"comment_id": "c1"}, got.Data)
	for _, inside := range []string{"kim", "text-17", "secret-key", "hash-of-the-body", "chain"} {
		assert.NotContains(t, strings.ToLower(string(m.Payload)), inside)
	}
}

func TestAnEventThatIsNotKnownIsNotPassedOver(t *testing.T) {
	_, _, err := portalsWriter.message(recorded(nil))
	require.Equal(t, domain.CodeInternal, domain.ErrorCode(err))
	require.ErrorContains(t, err, "event 3 of sourceRequest-SR-1 has the type SourceRequestX.v1")
}
