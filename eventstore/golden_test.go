package eventstore

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/account"
	"backlot/domain/checkpoint"
	"backlot/domain/job"
	"backlot/domain/notification"
	"backlot/domain/organisation"
	"backlot/domain/seal"
	"backlot/domain/sourcerequest"
	"backlot/domain/template"
	"backlot/domain/text"
	"backlot/domain/timecode"
)

var addGoldens = flag.Bool("add-goldens", false, "write the golden files that are missing; existing ones are never changed")

func ptr[T any](v T) *T { return &v }

// examples is one event of each type with every field set.
var examples = []any{
	sourcerequest.Opened{
		PackageID: "P-1", MovieID: "80100172", Title: "Äußerst <spannend> & \"gut\"", MovieType: sourcerequest.MovieEpisode, IsOriginal: true,
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
	sourcerequest.EstimatedDeliveryDateChanged{Date: domain.NewDate(2026, 12, 28), Reason: "the voice actor is ill"},
	sourcerequest.DeliveryStarted{DeliveryID: "d1", Method: sourcerequest.MethodWatchFolder, Files: []sourcerequest.DeclaredFile{
		{ID: "f1", Name: "part 1.mov", Size: 7 << 33, SHA256: "9f86d081", Location: "aspera://transfer.example/part%201.mov"},
	}, AutoComplete: true},
	sourcerequest.FileDelivered{DeliveryID: "d1", FileID: "f1", Size: 7 << 33, SHA256: "9f86d081"},
	sourcerequest.DeliveryCompleted{DeliveryID: "d1"},
	sourcerequest.DeliveryInspected{DeliveryID: "d1", Findings: []sourcerequest.Finding{
		{ID: "i1", FileID: "f1", Code: "commercial_blacks", Hard: true, Where: "00:10:00:00", Text: "black for 3 s"},
	}, Examined: []sourcerequest.Examination{{FileID: "f1", As: "Video and audio", Note: "not probed"}}},
	sourcerequest.FindingOverridden{DeliveryID: "d1", FindingID: "i1", Reason: "it is a fade"},
	sourcerequest.QualityControlRecorded{ResultID: "q1", DeliveryID: "d1", Check: sourcerequest.CheckSpot, Passed: true, FrameRate: timecode.Rate2997Drop, Issues: []sourcerequest.Issue{
		{ID: "q1-1", FileID: "f1", Code: "Sync Drift", Category: "Sync", Severity: sourcerequest.SeverityFYI, TimecodeIn: "00:00:01;02", TimecodeOut: "00:00:02;00", Description: "late"},
	}},
	sourcerequest.QCIssueAnswered{IssueID: "q1-1", Answer: sourcerequest.AnswerCreativeIntent, Note: "meant so"},
	sourcerequest.FilesDownloaded{Files: []sourcerequest.FileRef{{DeliveryID: "d1", ID: "f1"}}, Archive: true},
	sourcerequest.RedeliveryRequested{Scope: sourcerequest.RedeliveryMetadataOnly, Cause: sourcerequest.CausePerson, Reasons: []string{"wrong language tag"}},
	sourcerequest.Commented{CommentID: "c1", TextID: "t1", Mentions: []sourcerequest.Mention{{Account: "ada", Organisation: "post-house", Role: domain.RoleOperator}}},
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
	sourcerequest.NumbersReserved{First: 101, Count: 100},
	sourcerequest.Numbered{ID: "SR-0000101"},
	organisation.Registered{Name: "Post House", Kinds: []organisation.Kind{organisation.FulfillmentPartner}, Aliases: []string{"PH"}},
	organisation.KindAdded{Kind: organisation.ContentPartner},
	organisation.Renamed{Name: "Post House Berlin"},
	account.Opened{Role: domain.RoleFulfillmentPartner, Organisation: "post-house", Administrator: true},
	account.RightsChanged{Role: domain.RoleContentPartner, Organisation: "studio-nord", Administrator: true},
	account.PasswordSet{},
	account.SignedIn{Session: "9f86d081", Method: account.MethodPassword, ExpiresAt: time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC)},
	account.SignedOut{Session: "9f86d081"},
	account.TokenIssued{Token: "t-1", ExpiresAt: time.Date(2027, 12, 1, 8, 0, 0, 0, time.UTC)},
	account.TokenRevoked{Token: "t-1"},
	account.Deactivated{},
	account.Reactivated{},
	account.Erased{},
	account.Person{
		Name: "Kim Ahn", Login: "kim@post.example", Email: "kim@post.example", PasswordHash: "$argon2id$v=19$m=65536,t=1,p=2$c2FsdA$a2V5",
		Identity: &account.Identity{Issuer: "https://id.example", Subject: "248289761001"},
		Secrets: []account.Secret{{
			ID: "t-1", Kind: account.SecretToken, Hash: "9f86d081", Label: "nightly export", ExpiresAt: time.Date(2027, 12, 1, 8, 0, 0, 0, time.UTC),
		}},
	},
	account.LoginReserved{Account: "a-1"},
	account.LoginReleased{},
	text.Kept{Text: "Where is it?"},
	template.Saved{ID: "t1", Name: "Korean dubs", Query: "language=Korean&source_type=Dubs", Groups: []string{"country", "due_month"}},
	template.Renamed{ID: "t1", Name: "Dubs from Korea"},
	template.QueryChanged{ID: "t1", Query: "-country=France&language=Korean", Groups: []string{"status"}},
	template.Shared{ID: "t1", Organisation: "post-house"},
	template.Unshared{ID: "t1"},
	template.DefaultChosen{ID: "t1"},
	template.Deleted{ID: "t1"},
	seal.Sealed{
		Position: 17, Count: 12, Hash: "9a8d5cb71b37aff3ed1432a169734a91a90f382d5c80dc01a60fbecafff3b6dd",
		Entries: []seal.Entry{{Stream: "sourceRequest-1", Revision: 12, Hash: seal.Prefix{1, 35, 69, 103, 137, 171, 205, 239}}},
	},
	job.Began{
		Kind: job.Bulk, Action: "estimated-delivery-date", Parameters: json.RawMessage(`{"date":"2026-12-28","reason":"<strike>"}`),
		Query: "status=Open&language=Korean", File: &job.File{Name: "requests.csv", Size: 7 << 20, SHA256: "9f86d081"},
	},
	job.Listed{Items: []job.Item{{ID: "SR-0000101", Date: domain.NewDate(2026, 12, 28)}}},
	job.Accepted{Total: 2_001, Position: 48213},
	job.Progressed{
		Chunk: 2, Opened: 3, Changed: 4, Unchanged: 5, Refused: 1, Position: 48313, Offset: 5 << 20, Line: 2_014,
		Refusals: []job.Refusal{{
			Line: 2_007, ID: "SR-0000102", Code: domain.CodeRefused, Reason: "a request that is Cancelled does not let anybody edit",
			Field: "status", Allowed: []string{"comment", "reinstate"},
		}},
	},
	job.StopRequested{Reason: "the wrong date"},
	job.Ended{Phase: job.Failed, Code: domain.CodeForbidden, Reason: "the account may not do this any more"},
	checkpoint.Moved{Stream: "sourceRequest-1", Revision: 12, Position: 48313},
	notification.RuleSaved{ID: "r1", Content: aRule},
	notification.RuleReplaced{ID: "r1", Content: aRule},
	notification.RuleDeleted{ID: "r1"},
	notification.Secrets{ByRule: map[string]string{"r1": "whsec_c2VjcmV0"}},
	aNotification,
	notification.Marks{Before: 17, Also: []uint64{19, 23}},
	notification.Gathered{Notified: aNotification},
	notification.Digested{Notified: aNotification},
	notification.DigestTold{Rule: "r1", At: dawn},
	notification.Queued{Message: aMessage},
	notification.Claimed{ID: aMessage.ID, Until: dawn},
	notification.Tried{ID: aMessage.ID, Try: 3, At: dawn, Took: 120, Status: 503, Error: "the receiver answered 503", Outcome: notification.OutcomeRetry, Next: dawn.Add(time.Minute), Message: &aMessage},
	notification.SpokenUpTo{At: dawn, Until: dawn.Add(time.Hour)},
}

var (
	dawn  = time.Date(2026, 12, 1, 6, 0, 0, 0, time.UTC)
	aRule = notification.Content{
		Name: "Korean dubs", Kinds: []string{"delivery_completed", "became_critical"}, Query: "language=Korean", OwnActions: true,
		Daily: true, Hour: 8, Zone: "Europe/Berlin", Mail: true, Webhook: "https://hooks.example.com/backlot",
	}
	aNotification = notification.Notified{
		Rule: "r1", Kind: "became_critical", At: dawn, Request: "SR-1", Revision: 12, Position: 48313,
		By:     domain.Principal{Account: "ada", Organisation: "post-house", Role: domain.RoleFulfillmentPartner},
		Digest: &notification.Digest{Missed: true, Total: 2, Items: []notification.DigestItem{{Request: "SR-1", Events: []notification.DigestEvent{{Kind: "commented", Revision: 11, Worker: "post-house"}}}}},
	}
	aMessage = notification.Message{
		ID: uuid.MustParse("9f86d081-884c-5d65-9a2f-eaa0c55ad015"), Notification: uuid.MustParse("2c26b46b-68ff-5c68-bf99-b453c1d30413"),
		Channel: notification.ChannelWebhook, Notified: aNotification,
	}
)

// formerExamples is what each former version's golden file is read as.
var formerExamples = map[string]any{
	"SourceRequestDeliveryInspected.v1": sourcerequest.DeliveryInspected{DeliveryID: "d1", Findings: []sourcerequest.Finding{
		{ID: "i1", FileID: "f1", Code: "commercial_blacks", Hard: true, Where: "00:10:00:00", Text: "black for 3 s"},
	}},
	"SourceRequestDeliveryStarted.v1": sourcerequest.DeliveryStarted{DeliveryID: "d1", Method: sourcerequest.MethodWatchFolder, Files: []sourcerequest.DeclaredFile{
		{ID: "f1", Name: "part 1.mov", Size: 7 << 33, SHA256: "9f86d081"},
	}},
	"SourceRequestQualityControlRecorded.v2": sourcerequest.QualityControlRecorded{ResultID: "q1", DeliveryID: "d1", Check: sourcerequest.CheckSpot, Passed: true, FrameRate: timecode.Rate2997Drop, Issues: []sourcerequest.Issue{
		{ID: "q1-1", Code: "Sync Drift", Category: "Sync", Severity: sourcerequest.SeverityFYI, TimecodeIn: "00:00:01;02", TimecodeOut: "00:00:02;00", Description: "late"},
	}},
	"SourceRequestQualityControlRecorded.v1": sourcerequest.QualityControlRecorded{ResultID: "q1", DeliveryID: "d1", Check: sourcerequest.CheckSpot, Passed: true, Issues: []sourcerequest.Issue{
		{ID: "q1-1", Code: "drift", Category: "Audio", Severity: sourcerequest.SeverityFYI, TimecodeIn: "00:00:01;02", TimecodeOut: "00:00:02;00", Description: "late"},
	}},
	"SourceRequestCommented.v2": sourcerequest.Commented{CommentID: "c1", TextID: "t1"},
	"SourceRequestCommented.v1": sourcerequest.Commented{CommentID: "c1", Text: "Where is it?"},
	"SourceRequestOpened.v1": sourcerequest.Opened{
		PackageID: "P-1", MovieID: "80100172", Title: "A Title", MovieType: sourcerequest.MovieStandalone, IsOriginal: true,
		ContentPartner: "studio-nord", FulfillmentPartner: "post-house", SourceType: sourcerequest.SourceDubs,
		ServiceType: sourcerequest.ServiceCreate, Language: "Korean", Countries: []string{"Italy", "Spain"},
		DueDate: domain.NewDate(2026, 12, 24), MaterialStatus: sourcerequest.MaterialNotReceived, Status: sourcerequest.StatusOpen,
	},
}

// golden is a file of testdata/golden: an event as the log has it. The first
// event of the stream golden-1 with the id of draft(1).
type golden struct {
	Type     string          `json:"type"`
	Data     json.RawMessage `json:"data"`
	Metadata json.RawMessage `json:"metadata"`
}

const goldenStream = "golden-1"

func goldenPath(name string) string { return filepath.Join("testdata", "golden", name+".json") }

func readGolden(t testing.TB, name string) golden {
	t.Helper()
	file, err := os.ReadFile(goldenPath(name))
	require.NoError(t, err, "every persisted name has a golden file; run go test with -add-goldens for a new one")
	var g golden
	require.NoError(t, json.Unmarshal(file, &g))
	require.Equal(t, name, g.Type)
	g.Data, g.Metadata = compact(t, g.Data), compact(t, g.Metadata)
	return g
}

func compact(t testing.TB, in []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, json.Compact(&out, in))
	return out.Bytes()
}

func TestGoldenOfEveryCurrentVersion(t *testing.T) {
	covered := map[reflect.Type]bool{}
	for _, example := range examples {
		typ := reflect.TypeOf(example)
		covered[typ] = true
		name := events.byType[typ].name
		t.Run(name, func(t *testing.T) {
			requireAllSet(t, reflect.ValueOf(example), typ.String())
			written, version, err := events.prepare(goldenStream, domain.Version{}, 0, []domain.Draft{draft(1, example)})
			require.NoError(t, err)
			if *addGoldens {
				addGolden(t, golden{Type: name, Data: written[0].Data, Metadata: written[0].Metadata})
			}
			g := readGolden(t, name)
			require.Equal(t, string(g.Data), string(written[0].Data))
			require.Equal(t, string(g.Metadata), string(written[0].Metadata))

			raw := RawEvent{Recorded: domain.Recorded{Stream: goldenStream, ID: draft(1, nil).ID, Type: name}, Data: g.Data, UserMetadata: g.Metadata}
			hash, err := Verify("", raw)
			require.NoError(t, err)
			require.Equal(t, version.ChainHash, hash)
			r, err := events.decodeRecorded(raw)
			require.NoError(t, err)
			require.Equal(t, example, r.Event)
		})
	}
	for typ := range events.byType {
		require.True(t, covered[typ], "%s has no example", typ)
	}
}

func TestGoldenOfEveryFormerVersion(t *testing.T) {
	for _, name := range events.names() {
		if p := events.byName[name]; p.name == events.byType[p.typ].name {
			continue
		}
		t.Run(name, func(t *testing.T) {
			want, ok := formerExamples[name]
			require.True(t, ok, "what is it read as?")
			g := readGolden(t, name)
			raw := RawEvent{Recorded: domain.Recorded{Stream: goldenStream, ID: draft(1, nil).ID, Type: name}, Data: g.Data, UserMetadata: g.Metadata}
			_, err := Verify("", raw)
			require.NoError(t, err)
			r, err := events.decodeRecorded(raw)
			require.NoError(t, err)
			require.Equal(t, want, r.Event)
			require.Equal(t, events.byName[name].version, r.Metadata.SchemaVersion, "metadata tells what was written")
		})
	}
}

func TestNoGoldenWithoutAName(t *testing.T) {
	files, err := filepath.Glob(goldenPath("*"))
	require.NoError(t, err)
	var names []string
	for _, f := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(f), ".json"))
	}
	require.ElementsMatch(t, persistedNames, names)
}

func addGolden(t testing.TB, g golden) {
	t.Helper()
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	require.NoError(t, enc.Encode(g))
	f, err := os.OpenFile(goldenPath(g.Type), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if os.IsExist(err) {
		return
	}
	require.NoError(t, err)
	_, err = f.Write(out.Bytes())
	require.NoError(t, err)
	require.NoError(t, f.Close())
}

// requireAllSet finds fields that an example forgot, whose name no golden pins.
func requireAllSet(t testing.TB, v reflect.Value, path string) {
	t.Helper()
	if v.Kind() == reflect.Struct && v.NumField() == 0 {
		return // the event's name says it all
	}
	require.False(t, v.IsZero(), "%s is not set in the example", path)
	if v.Type() == reflect.TypeFor[time.Time]() {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		requireAllSet(t, v.Elem(), path)
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			requireAllSet(t, v.Index(i), path)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Tag.Get("former") != "" {
				continue // no current version writes it
			}
			requireAllSet(t, v.Field(i), path+"."+v.Type().Field(i).Name)
		}
	}
}
