package sourcerequest_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	. "backlot/domain/sourcerequest"
)

// wrongNames are what no name may be. Blank is wrong only where it is required.
var wrongNames = map[string]string{
	"blank":         " \t ",
	"too long":      strings.Repeat("é", 301),
	"not UTF-8":     "a\xffb",
	"a control":     "a\x1fb",
	"a line break":  "a\nb",
	"a tab":         "a\tb",
	"a zero":        "a\x00b",
	"a C1 control":  "a\u0085b",
	"a delete sign": "a\x7fb",
}

func TestOpenChecksEveryField(t *testing.T) {
	names := map[string]func(*Open, string){
		"package_id":          func(o *Open, s string) { o.PackageID = s },
		"movie_id":            func(o *Open, s string) { o.MovieID = s },
		"title":               func(o *Open, s string) { o.Title = s },
		"content_partner":     func(o *Open, s string) { o.ContentPartner = s },
		"fulfillment_partner": func(o *Open, s string) { o.FulfillmentPartner = s },
		"language":            func(o *Open, s string) { o.Language = s },
		"country":             func(o *Open, s string) { o.Countries = []string{"Peru", s} },
	}
	for field, set := range names {
		for what, value := range wrongNames {
			if field == "fulfillment_partner" && what == "blank" {
				continue // nobody yet
			}
			t.Run(field+"/"+what, func(t *testing.T) {
				given(t).when(with(openCommand(), func(o *Open) { set(o, value) })).thenInvalid(field)
			})
		}
		t.Run(field+"/the longest", func(t *testing.T) {
			h := given(t).when(with(openCommand(), func(o *Open) { set(o, strings.Repeat("é", 300)) }))
			require.NoError(t, h.err)
		})
	}
	for what, c := range map[string]struct {
		field   string
		change  func(*Open)
		allowed []string
	}{
		"no country":             {"country", func(o *Open) { o.Countries = nil }, nil},
		"two countries in one":   {"country", func(o *Open) { o.Countries = []string{"Peru|Chile"} }, nil},
		"no due date":            {"due_date", func(o *Open) { o.DueDate = 0 }, nil},
		"an impossible day":      {"due_date", func(o *Open) { o.DueDate = 2_000_000_000 }, nil},
		"an impossible EDD":      {"estimated_delivery_date", func(o *Open) { o.EstimatedDeliveryDate = -5 }, nil},
		"no movie type":          {"movie_type", func(o *Open) { o.MovieType = "" }, labels(MovieTypes())},
		"a wrong movie type":     {"movie_type", func(o *Open) { o.MovieType = "Film" }, labels(MovieTypes())},
		"no source type":         {"source_type", func(o *Open) { o.SourceType = "" }, labels(SourceTypes())},
		"a wrong source type":    {"source_type", func(o *Open) { o.SourceType = "VHS" }, labels(SourceTypes())},
		"a wrong service type":   {"service_type", func(o *Open) { o.ServiceType = "Magic" }, labels(ServiceTypes())},
		"a wrong material":       {"material_status", func(o *Open) { o.MaterialStatus = "Lost" }, labels(MaterialStatuses())},
		"a wrong id it upgrades": {"request_id", func(o *Open) { o.Upgrades = "../x" }, nil},
	} {
		t.Run(what, func(t *testing.T) {
			given(t).when(with(openCommand(), c.change)).thenInvalid(c.field, c.allowed...)
		})
	}
}

func TestOpenBringsItsFieldsIntoForm(t *testing.T) {
	given(t).when(with(openCommand(), func(o *Open) {
		o.Title, o.FulfillmentPartner, o.Language = "  The Long Harbour ", " house ", "Norwegian\n"
		o.MovieType, o.SourceType, o.ServiceType = "episode", " dubs", "CONFORM"
		o.Countries = []string{"Norway", " Canada", "Norway"}
		o.EstimatedDeliveryDate = o.DueDate
	})).then(opened())
	given(t).when(with(openCommand(), func(o *Open) {
		o.ServiceType, o.MaterialStatus, o.EstimatedDeliveryDate, o.Upgrades = "", "received", day("2026-12-09"), "SR-1"
	})).then(with(opened(), func(e *Opened) {
		e.ServiceType, e.MaterialStatus, e.EstimatedDeliveryDate, e.Upgrades = ServiceUnknown, MaterialReceived, day("2026-12-09"), "SR-1"
	}))
}

func TestFreeTextIsChecked(t *testing.T) {
	wrong := func(limit int) map[string]string {
		return map[string]string{"too long": strings.Repeat("é", limit+1), "not UTF-8": "a\xffb", "a control": "a\x1fb"}
	}
	file := func(change func(*MaterialFile)) Command {
		return ProvideMaterials{Materials: []MaterialFile{with(MaterialFile{ID: "m1", Kind: MaterialAudio, Name: "a"}, change)}}
	}
	issue := func(change func(*Issue)) Command {
		return RecordQualityControl{ResultID: "q9", Check: CheckFull, Issues: []Issue{with(Issue{ID: "i9", Code: "Typo", Category: "Timed Text", Severity: SeverityIssue, Description: "typo"}, change)}}
	}
	finding := func(change func(*Finding)) Command {
		return RecordInspection{DeliveryID: "d1", Findings: []Finding{with(blacks, change)}}
	}
	for _, c := range []struct {
		field    string
		limit    int
		required bool
		status   Status
		command  func(string) Command
	}{
		{"text", 10_000, true, StatusOpen, func(s string) Command { return AddComment{CommentID: "c9", TextID: "t9", Text: s} }},
		{"reason", 2_000, true, StatusOpen, func(s string) Command {
			return ChangeEstimatedDeliveryDate{Date: day("2026-12-09"), Reason: s}
		}},
		{"reason", 2_000, true, StatusOpen, func(s string) Command {
			return ChangeMaterialStatus{MaterialStatus: MaterialRejected, Reason: s}
		}},
		{"reason", 2_000, false, StatusOpen, func(s string) Command {
			return ChangeMaterialStatus{MaterialStatus: MaterialReceived, Reason: s}
		}},
		{"reason", 2_000, false, StatusOpen, func(s string) Command { return Cancel{Reason: s} }},
		{"reason", 2_000, false, StatusCancelled, func(s string) Command { return Reinstate{Reason: s} }},
		{"reason", 2_000, true, StatusRedeliveryRequested, func(s string) Command { return OverrideFinding{DeliveryID: "d1", FindingID: "n1", Reason: s} }},
		{"reasons", 2_000, true, StatusDelivered, func(s string) Command { return RequestRedelivery{Reasons: []string{"fine", s}} }},
		{"note", 2_000, false, StatusDelivered, func(s string) Command {
			return AnswerQCIssue{IssueID: "i1", Answer: AnswerBestPossible, Note: s}
		}},
		{"issues[0].description", 2_000, true, StatusDelivered, func(s string) Command { return issue(func(i *Issue) { i.Description = s }) }},
		{"issues[0].id", 300, true, StatusDelivered, func(s string) Command { return issue(func(i *Issue) { i.ID = s }) }},
		{"findings[0].id", 300, true, StatusDelivered, func(s string) Command { return finding(func(f *Finding) { f.ID = s }) }},
		{"findings[0].text", 2_000, true, StatusDelivered, func(s string) Command { return finding(func(f *Finding) { f.Text = s }) }},
		{"findings[0].where", 2_000, false, StatusDelivered, func(s string) Command { return finding(func(f *Finding) { f.Where = s }) }},
		{"materials[0].id", 300, true, StatusOpen, func(s string) Command { return file(func(m *MaterialFile) { m.ID = s }) }},
		{"materials[0].name", 300, true, StatusOpen, func(s string) Command { return file(func(m *MaterialFile) { m.Name = s }) }},
		{"comment_id", 300, true, StatusOpen, func(s string) Command { return AddComment{CommentID: s, TextID: "t9"} }},
		{"text_id", 300, true, StatusOpen, func(s string) Command { return AddComment{CommentID: "c9", TextID: s, Text: "hello"} }},
		{"result_id", 300, true, StatusDelivered, func(s string) Command { return RecordQualityControl{ResultID: s, Check: CheckFull, Passed: true} }},
		{"delivery_id", 300, true, StatusOpen, func(s string) Command {
			return StartDelivery{DeliveryID: s, Method: MethodAPI, Files: []DeclaredFile{file1}}
		}},
		{"files[0].id", 300, true, StatusOpen, func(s string) Command {
			return StartDelivery{DeliveryID: "d9", Method: MethodAPI, Files: []DeclaredFile{{ID: s, Name: "a"}}}
		}},
		{"files[0].name", 300, true, StatusOpen, func(s string) Command {
			return StartDelivery{DeliveryID: "d9", Method: MethodAPI, Files: []DeclaredFile{{ID: "f", Name: s}}}
		}},
	} {
		name := fmt.Sprintf("%s of %s", c.field, reflect.TypeOf(c.command("")).Name())
		for what, value := range wrong(c.limit) {
			t.Run(name+"/"+what, func(t *testing.T) {
				given(t, pasts()[c.status]...).when(c.command(value)).thenInvalid(c.field)
			})
		}
		t.Run(name+"/the longest", func(t *testing.T) {
			require.NoError(t, given(t, pasts()[c.status]...).when(c.command(strings.Repeat("é", c.limit))).err)
		})
		t.Run(name+"/blank", func(t *testing.T) {
			h := given(t, pasts()[c.status]...).when(c.command(" \n "))
			if c.required {
				h.thenInvalid(c.field)
			} else {
				require.NoError(t, h.err)
			}
		})
	}
}

func TestIdentifiersAreTakenAsTheyAre(t *testing.T) {
	given(t, opened()).when(AddComment{CommentID: " c1", TextID: "t1"}).thenInvalid("comment_id")
	given(t, opened()).when(AddComment{CommentID: "c1", TextID: "t1 "}).thenInvalid("text_id")
	given(t, opened()).when(StartDelivery{DeliveryID: "d 1", Method: MethodAPI, Files: []DeclaredFile{file1}}).
		then(DeliveryStarted{DeliveryID: "d 1", Method: MethodAPI, Files: []DeclaredFile{file1}})
}

func TestCommentsKeepTheirLines(t *testing.T) {
	kept, err := CommentText("\n first\n\tsecond \n")
	require.NoError(t, err)
	require.Equal(t, "first\n\tsecond", kept)
}

func TestACommentNeedsAText(t *testing.T) {
	given(t, opened()).when(AddComment{CommentID: "c1"}).thenInvalid("text")
}

func TestChoicesAreChecked(t *testing.T) {
	for name, c := range map[string]struct {
		status  Status
		command Command
		field   string
		allowed []string
	}{
		"material status": {StatusOpen, ChangeMaterialStatus{MaterialStatus: "Lost"}, "material_status", labels(MaterialStatuses())},
		"material kind":   {StatusOpen, ProvideMaterials{Materials: []MaterialFile{{ID: "m", Name: "a", Kind: "Smell"}}}, "materials[0].kind", []string{"Video", "Audio", "Timed Text", "Document"}},
		"method":          {StatusOpen, StartDelivery{DeliveryID: "d9", Method: "Pigeon", Files: []DeclaredFile{file1}}, "method", []string{"Browser", "API", "Watch Folder"}},
		"check":           {StatusDelivered, RecordQualityControl{ResultID: "q9", Check: "Glance", Passed: true}, "check", []string{"Full", "Spot", "Fix"}},
		"frame rate": {StatusDelivered, RecordQualityControl{ResultID: "q9", Check: CheckFull, Passed: true, FrameRate: "26"}, "frame_rate",
			[]string{"23.976", "24", "25", "29.97", "29.97 DF", "30", "48", "50", "59.94", "59.94 DF", "60"}},
		"category": {StatusDelivered, RecordQualityControl{ResultID: "q9", Check: CheckFull, Issues: []Issue{{ID: "i", Code: "Typo", Category: "Audio", Severity: SeverityFYI, Description: "d"}}},
			"issues[0].category", []string{"Timed Text"}},
		"severity": {StatusDelivered, RecordQualityControl{ResultID: "q9", Check: CheckFull, Issues: []Issue{{ID: "i", Code: "Typo", Severity: "Bad", Description: "d"}}},
			"issues[0].severity", []string{"FYI", "Issue", "Blocker"}},
		"answer":       {StatusDelivered, AnswerQCIssue{IssueID: "i1", Answer: "Perhaps"}, "answer", []string{"Will Fix", "Creative Intent", "Best Possible"}},
		"scope":        {StatusDelivered, RequestRedelivery{Scope: "Some", Reasons: []string{"x"}}, "scope", []string{"Full", "Metadata Only"}},
		"movie type":   {StatusOpen, Edit{MovieType: ptr(MovieType("Film"))}, "movie_type", labels(MovieTypes())},
		"source type":  {StatusOpen, Edit{SourceType: ptr(SourceType("VHS"))}, "source_type", labels(SourceTypes())},
		"service type": {StatusOpen, Edit{ServiceType: ptr(ServiceType("Magic"))}, "service_type", labels(ServiceTypes())},
	} {
		t.Run(name, func(t *testing.T) {
			given(t, pasts()[c.status]...).when(c.command).thenInvalid(c.field, c.allowed...)
		})
	}
}

func TestOtherInputIsChecked(t *testing.T) {
	issue := func(change func(*Issue)) []Issue {
		return []Issue{with(Issue{ID: "i9", Code: "Typo", Category: "Timed Text", Severity: SeverityIssue, Description: "typo"}, change)}
	}
	for name, c := range map[string]struct {
		status  Status
		command Command
		field   string
	}{
		"no EDD":                    {StatusOpen, ChangeEstimatedDeliveryDate{Reason: "late"}, "date"},
		"an impossible EDD":         {StatusOpen, ChangeEstimatedDeliveryDate{Date: day("2199-12-31") + 1, Reason: "late"}, "date"},
		"no reasons":                {StatusDelivered, RequestRedelivery{}, "reasons"},
		"no materials":              {StatusOpen, ProvideMaterials{}, "materials"},
		"a material of -1 bytes":    {StatusOpen, ProvideMaterials{Materials: []MaterialFile{{ID: "m", Kind: MaterialAudio, Name: "a", Size: -1}}}, "materials[0].size"},
		"a material twice":          {StatusOpen, ProvideMaterials{Materials: []MaterialFile{{ID: "m", Kind: MaterialAudio, Name: "a"}, {ID: "m", Kind: MaterialAudio, Name: "b"}}}, "materials[1].id"},
		"a material's checksum":     {StatusOpen, ProvideMaterials{Materials: []MaterialFile{{ID: "m", Kind: MaterialAudio, Name: "a", SHA256: "beef"}}}, "materials[0].sha256"},
		"no files":                  {StatusOpen, StartDelivery{DeliveryID: "d9", Method: MethodAPI}, "files"},
		"a file of -1 bytes":        {StatusOpen, StartDelivery{DeliveryID: "d9", Method: MethodAPI, Files: []DeclaredFile{{ID: "f", Name: "a", Size: -1}}}, "files[0].size"},
		"a file twice":              {StatusOpen, StartDelivery{DeliveryID: "d9", Method: MethodAPI, Files: []DeclaredFile{file1, file1}}, "files[1].id"},
		"a declared checksum":       {StatusOpen, StartDelivery{DeliveryID: "d9", Method: MethodAPI, Files: []DeclaredFile{with(file1, func(f *DeclaredFile) { f.SHA256 = "beef" })}}, "files[0].sha256"},
		"no delivered checksum":     {StatusOpen, DeliverFile{DeliveryID: "d2", FileID: "f1", Size: 1_000}, "sha256"},
		"a delivered checksum":      {StatusOpen, DeliverFile{DeliveryID: "d2", FileID: "f1", Size: 1_000, SHA256: sha('g')}, "sha256"},
		"a finding of no code":      {StatusDelivered, RecordInspection{DeliveryID: "d1", Findings: []Finding{with(blacks, func(f *Finding) { f.Code = " " })}}, "findings[0].code"},
		"a finding in no file":      {StatusDelivered, RecordInspection{DeliveryID: "d1", Findings: []Finding{with(blacks, func(f *Finding) { f.FileID = "f9" })}}, "findings[0].file_id"},
		"no file was examined":      {StatusDelivered, RecordInspection{DeliveryID: "d1", Examined: []Examination{{FileID: "f9", As: "Text"}}}, "examined[0].file_id"},
		"examined as nothing":       {StatusDelivered, RecordInspection{DeliveryID: "d1", Examined: []Examination{{FileID: "f1"}}}, "examined[0].as"},
		"a note with a control":     {StatusDelivered, RecordInspection{DeliveryID: "d1", Examined: []Examination{{FileID: "f1", As: "Text", Note: "a\x00"}}}, "examined[0].note"},
		"a finding twice":           {StatusDelivered, RecordInspection{DeliveryID: "d1", Findings: []Finding{blacks, blacks}}, "findings[1].id"},
		"a known issue":             {StatusDelivered, RecordQualityControl{ResultID: "q9", Check: CheckFull, Issues: issue(func(i *Issue) { i.ID = "i1" })}, "issues[0].id"},
		"an issue twice":            {StatusDelivered, RecordQualityControl{ResultID: "q9", Check: CheckFull, Issues: append(issue(func(*Issue) {}), issue(func(*Issue) {})...)}, "issues[1].id"},
		"failed without an issue":   {StatusDelivered, RecordQualityControl{ResultID: "q9", Check: CheckFull}, "issues"},
		"passed with a blocker":     {StatusDelivered, RecordQualityControl{ResultID: "q9", Check: CheckFull, Passed: true, Issues: issue(func(i *Issue) { i.Severity = SeverityBlocker })}, "passed"},
		"upgraded to no request id": {StatusDelivered, Upgrade{}, "request_id"},
		"an edited name":            {StatusOpen, Edit{Title: ptr("a\nb")}, "title"},
		"an edited due date":        {StatusOpen, Edit{DueDate: ptr(domain.Date(0))}, "due_date"},
		"edited away countries":     {StatusOpen, Edit{Countries: []string{}}, "country"},
		"an edited partner":         {StatusOpen, Edit{FulfillmentPartner: ptr("a\x00")}, "fulfillment_partner"},
		"an edited helper":          {StatusOpen, Edit{SubAssignee: ptr("a\x00")}, "sub_assignee"},
	} {
		t.Run(name, func(t *testing.T) {
			given(t, pasts()[c.status]...).when(c.command).thenInvalid(c.field)
		})
	}
}

func TestChecksumsAreKeptInLowerCase(t *testing.T) {
	given(t, pasts()[StatusOpen]...).when(DeliverFile{DeliveryID: "d2", FileID: "f2", Size: 20, SHA256: sha('B')}).
		then(FileDelivered{DeliveryID: "d2", FileID: "f2", Size: 20, SHA256: sha('b')})
}

func TestVocabulariesAreComplete(t *testing.T) {
	quoted := func(values []string) []string {
		var out []string
		for _, v := range values {
			out = append(out, fmt.Sprintf("%q", v))
		}
		return out
	}
	for typeName, values := range map[string][]string{
		"Status": labels(Statuses()), "MaterialStatus": labels(MaterialStatuses()), "MovieType": labels(MovieTypes()),
		"ServiceType": labels(ServiceTypes()), "SourceType": labels(SourceTypes()),
	} {
		assert.Equal(t, constantsOf(t, typeName), quoted(values), typeName)
	}
}

func TestVocabulariesAreCopies(t *testing.T) {
	Statuses()[0], MaterialStatuses()[0], MovieTypes()[0], ServiceTypes()[0], SourceTypes()[0] = "x", "x", "x", "x", "x"
	assert.NotContains(t, append(labels(Statuses()), labels(SourceTypes())...), "x")
	assert.NotContains(t, append(append(labels(MaterialStatuses()), labels(MovieTypes())...), labels(ServiceTypes())...), "x")
}

func TestParsingLabels(t *testing.T) {
	for _, parse := range map[string]func(string) (string, error){
		"Redelivery Requested": func(s string) (string, error) { v, err := ParseStatus(s); return string(v), err },
		"Not Received":         func(s string) (string, error) { v, err := ParseMaterialStatus(s); return string(v), err },
		"Standalone":           func(s string) (string, error) { v, err := ParseMovieType(s); return string(v), err },
		"Conform":              func(s string) (string, error) { v, err := ParseServiceType(s); return string(v), err },
		"CC/SDH":               func(s string) (string, error) { v, err := ParseSourceType(s); return string(v), err },
	} {
		for _, wrong := range []string{"", " ", "nonsense", "\xff"} {
			_, err := parse(wrong)
			assert.Equal(t, domain.CodeInvalid, domain.ErrorCode(err))
		}
	}
	v, err := ParseStatus("  redelivery REQUESTED ")
	require.NoError(t, err)
	assert.Equal(t, StatusRedeliveryRequested, v)

	yes, err := ParseYesNo("is_original", " yes")
	require.NoError(t, err)
	assert.True(t, yes)
	no, err := ParseYesNo("is_original", "NO")
	require.NoError(t, err)
	assert.False(t, no)
	_, err = ParseYesNo("is_original", "true")
	var e *domain.Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, &domain.Error{Code: domain.CodeInvalid, Field: "is_original", Message: `is_original does not know "true"; one of: Yes, No`, Allowed: []string{"Yes", "No"}}, e)
	assert.Equal(t, "Yes", YesNo(true))
	assert.Equal(t, "No", YesNo(false))
}

func TestRequestIDs(t *testing.T) {
	for _, id := range []string{"1", "SR-0000001", "a.b_c-D", strings.Repeat("9", 32)} {
		assert.NoError(t, ValidateID(id), id)
	}
	for _, id := range []string{"", " ", ".", "..", "a b", "a/b", "é", "a\n", strings.Repeat("9", 33), "a\x00"} {
		assert.Equal(t, domain.CodeInvalid, domain.ErrorCode(ValidateID(id)), "%q", id)
	}
	assert.NoError(t, ValidateID(NumberedID(1)))
	assert.NoError(t, ValidateID(NumberedID(1<<64-1)))
	assert.Equal(t, "SR-0000042", NumberedID(42))
}

func labels[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

func TestAFindingHasATypeOfTheCatalogue(t *testing.T) {
	s := given(t, pasts()[StatusDelivered]...).state
	_, err := Decide(s, RecordInspection{DeliveryID: "d1", Findings: []Finding{with(blacks, func(f *Finding) { f.Code = "blacks" })}})
	var e *domain.Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, domain.CodeInvalid, e.Code)
	assert.Equal(t, "findings[0].code", e.Field)
	assert.Contains(t, e.Message, `"blacks"`)
	assert.Contains(t, e.Allowed, "Commercial Blacks")
}
