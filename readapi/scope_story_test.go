package readapi

import (
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

var inspection = domain.Principal{Account: "inspection", Role: domain.RoleSystem}

// give gives a command of somebody's to a request, a minute after whatever was
// given before.
func (w *scopeWorld) give(by domain.Principal, id string, c sourcerequest.Command) {
	w.t.Helper()
	w.pass(time.Minute)
	_, err := w.requests.Change(w.t.Context(), id, c, domain.Instruction{By: by, Key: uuid.NewString()})
	require.NoError(w.t, err, "%s on %s: %T", by.Account, id, c)
}

// delivers sends one file and has it inspected, as it was done before codes came
// from a catalogue, so that the code is a secret too.
func (w *scopeWorld) delivers(by scopePerson, word string, findings ...sourcerequest.Finding) {
	w.t.Helper()
	w.deliversTo(by.principal(), "zqid"+word, "zqfile"+word+".wav")
	events := []sourcerequest.Event{sourcerequest.DeliveryInspected{DeliveryID: "d", Findings: findings}}
	if len(findings) > 0 {
		events = append(events, sourcerequest.RedeliveryRequested{Scope: sourcerequest.RedeliveryFull, Cause: sourcerequest.CauseInspection, Reasons: []string{findings[0].Text}})
	}
	w.append(inspection, "zqid"+word, events...)
}

// deliversTo sends one file, which is all of a delivery.
func (w *scopeWorld) deliversTo(who domain.Principal, id, file string) {
	w.t.Helper()
	w.sendsTo(who, id, file)
	w.give(who, id, sourcerequest.CompleteDelivery{DeliveryID: "d"})
}

// sendsTo sends one file.
func (w *scopeWorld) sendsTo(who domain.Principal, id, file string) {
	w.t.Helper()
	hash := strings.Repeat("ab", 32)
	w.give(who, id, sourcerequest.StartDelivery{DeliveryID: "d", Method: sourcerequest.MethodAPI, Files: []sourcerequest.DeclaredFile{{ID: "f", Name: file, Size: 1, SHA256: hash}}})
	w.give(who, id, sourcerequest.DeliverFile{DeliveryID: "d", FileID: "f", Size: 1, SHA256: hash})
}

// begins declares a file, and sends some of it.
func (w *scopeWorld) begins(by scopePerson, word string, keptFrom ...string) {
	w.t.Helper()
	delivery, file, name := "zqdelivery"+word, "zqupload"+word, "zqpending"+word
	w.give(by.principal(), "zqid"+word, sourcerequest.StartDelivery{DeliveryID: delivery, Method: sourcerequest.MethodAPI, Files: []sourcerequest.DeclaredFile{{ID: file, Name: name + ".wav", Size: 3}}})
	for _, secret := range []string{delivery, file, name} {
		w.said(requestOf(word), secret, "what "+by.word+" sends", keptFrom, "listDeliveries")
	}
	created := w.as(by.principal()).tus().with("Upload-Length", "3").with("Upload-Metadata", metadata(uploadOf(word))).send(http.MethodPost, uploadsPath, "")
	require.Equal(w.t, uploadsPath+file, created.header.Get("Location"), "%s", created.body)
	require.Equal(w.t, http.StatusNoContent, w.as(by.principal()).sends(uploadsPath+file, 0, "x").status)
}

// uploadOf are the metadata of what was begun on a request.
func uploadOf(word string) map[string]any {
	return map[string]any{"request_id": "zqid" + word, "delivery_id": "zqdelivery" + word, "file_id": "zqupload" + word}
}

// append adds events that no command of today leads to, a minute later.
func (w *scopeWorld) append(by domain.Principal, id string, events ...sourcerequest.Event) {
	w.t.Helper()
	w.pass(time.Minute)
	stream := sourcerequest.StreamOf(id)
	last, _, err := w.store.LastEvent(w.t.Context(), stream)
	require.NoError(w.t, err)
	var drafts []domain.Draft
	for _, e := range events {
		drafts = append(drafts, domain.Draft{ID: uuid.New(), Event: e, Metadata: domain.Metadata{OccurredAt: w.now(), Actor: by}})
	}
	_, _, err = w.store.Append(w.t.Context(), stream, domain.Version{Exists: true, Revision: last.Revision, ChainHash: last.Metadata.ChainHash}, drafts)
	require.NoError(w.t, err)
}

// commentOf is the id of somebody's comment.
func commentOf(by scopePerson, word string) string { return "zqsaid" + by.word + word }

func (w *scopeWorld) comments(by scopePerson, word string, keptFrom ...string) {
	w.t.Helper()
	text := "zqcomment" + by.word + word
	w.give(by.principal(), "zqid"+word, sourcerequest.AddComment{CommentID: commentOf(by, word), TextID: uuid.NewString(), Text: "A " + text + " that goes on"})
	w.said(requestOf(word), commentOf(by, word), "the id of the comment of "+by.word, keptFrom, "listComments")
	w.said(requestOf(word), text, "the comment of "+by.word, keptFrom, "listComments", "getHistory", "searchAudit", "exportAudit")
}

// mentions has somebody mention those whom they may: who else reads it has to
// know them too, to be told of them.
func (w *scopeWorld) mentions(by scopePerson, word string, mentions ...sourcerequest.Mention) {
	w.t.Helper()
	said := "Look,"
	for _, m := range mentions {
		said += " " + m.String()
	}
	w.give(by.principal(), "zqid"+word, sourcerequest.AddComment{CommentID: uuid.NewString(), TextID: uuid.NewString(), Text: said, Mentions: mentions})
}

func (w *scopeWorld) postpones(by scopePerson, word string, keptFrom ...string) {
	w.t.Helper()
	text := "zqreason" + word
	w.give(by.principal(), "zqid"+word, sourcerequest.ChangeEstimatedDeliveryDate{Date: domain.DateOf(noon.AddDate(0, 1, 0), time.UTC), Reason: text})
	w.said(requestOf(word), text, "the reason of "+by.word+" for a later date", keptFrom, "getTimeline", "getHistory", "searchAudit", "exportAudit")
}

// answersFor makes somebody responsible: known within the organisation, and to
// those who see all.
func (w *scopeWorld) answersFor(person scopePerson, word string) {
	w.t.Helper()
	w.responsible[word] = append(w.responsible[word], person)
	w.give(anOperator, "zqid"+word, sourcerequest.ChangeResponsible{Organisation: person.organisation, Account: person.id()})
}

// checks fails a delivery as it was done before codes came from a catalogue, so
// that the code is a secret too.
func (w *scopeWorld) checks(word string) {
	w.t.Helper()
	issue := sourcerequest.Issue{
		ID: "zqissue" + word, Code: "zqcode" + word, Severity: sourcerequest.SeverityIssue, Category: "Audio", Description: "zqdescription" + word,
	}
	w.append(sepia.principal(), "zqid"+word,
		sourcerequest.QualityControlRecorded{ResultID: "qc", DeliveryID: "d", Check: sourcerequest.CheckFull, Issues: []sourcerequest.Issue{issue}},
		sourcerequest.RedeliveryRequested{Scope: sourcerequest.RedeliveryFull, Cause: sourcerequest.CauseQualityControl, Reasons: []string{issue.Description}},
	)
	r := requestOf(word)
	w.said(r, "zqissue"+word, "the id of the QC issue", nil, "listQualityControls", "listDeliveries")
	w.said(r, "zqcode"+word, "the code of the QC issue", nil, "listQualityControls", "listDeliveries", "listRequests", "listModifierValues", "countBuckets")
	w.said(r, "zqdescription"+word, "the description of the QC issue", nil, "listQualityControls", "listDeliveries")
}

// turns notes that a request is about to be somebody else's: histories are read
// as of now as well.
func (w *scopeWorld) turns(word string) {
	w.turned[word] = append(w.turned[word], w.now())
}

func (w *scopeWorld) reassigns(word, to string) {
	w.t.Helper()
	w.turns(word)
	w.give(anOperator, "zqid"+word, sourcerequest.Edit{FulfillmentPartner: &to})
}

func (w *scopeWorld) subAssigns(word, to string) {
	w.t.Helper()
	w.turns(word)
	w.give(anOperator, "zqid"+word, sourcerequest.Edit{SubAssignee: &to})
}

// slatesKey is the Idempotency-Key of a comment that slate could write when
// its organisation worked on thimble.
const slatesKey = "a key of slate's"

const slatesComment = `{"text":"zqslatesown"}`

// happens makes of the requests what scopeRequests says that they are.
func (w *scopeWorld) happens() {
	w.comments(azure, "kestrel")
	w.comments(lilac, "kestrel")
	w.postpones(azure, "kestrel")
	w.answersFor(hazel, "kestrel")
	w.mentions(azure, "kestrel", sourcerequest.Mention{Account: hazel.id()}, sourcerequest.Mention{Organisation: nord})
	w.provides(lilac, "kestrel")
	for _, by := range []scopePerson{olga, umber, mauve, azure} { // of whom alder may know azure
		w.downloads(by, "kestrel", sourcerequest.FileRef{ID: materialOf("kestrel")})
	}
	w.begins(azure, "kestrel")

	w.comments(topaz, "bramble")
	w.comments(coral, "bramble")
	w.postpones(topaz, "bramble")
	w.answersFor(onyx, "bramble")
	w.provides(coral, "bramble")

	w.subAssigns("gondola", alder)
	w.comments(azure, "gondola")
	w.comments(topaz, "gondola")
	w.answersFor(hazel, "gondola")
	w.answersFor(onyx, "gondola")

	w.comments(slate, "thimble", birch)
	w.comments(lilac, "thimble")
	w.postpones(slate, "thimble", birch)
	w.answersFor(hazel, "thimble")
	w.delivers(slate, "thimble")
	w.said(requestOf("thimble"), "zqfilethimble", "the delivered file", []string{birch}, "listDeliveries", "getHistory")
	w.checks("thimble")
	w.give(slate.principal(), "zqidthimble", sourcerequest.AnswerQCIssue{IssueID: "zqissuethimble", Answer: sourcerequest.AnswerWillFix, Note: "zqnotethimble"})
	w.said(requestOf("thimble"), "zqnotethimble", "the answer of slate to the QC issue", []string{birch}, "listQualityControls", "listDeliveries", "getHistory")
	w.as(slate.principal()).with("Idempotency-Key", slatesKey).post("/requests/zqidthimble/comments", slatesComment).ok(http.StatusOK)
	w.said(requestOf("thimble"), "zqslatesown", "the comment that slate repeats", []string{birch})
	w.downloads(slate, "thimble", sourcerequest.FileRef{DeliveryID: "d", ID: "f"})
	w.begins(slate, "thimble", birch)
	w.reassigns("thimble", birch)
	w.comments(topaz, "thimble")

	w.comments(olive, "lantern", alder)
	w.postpones(olive, "lantern", alder)
	w.mentions(lilac, "lantern", sourcerequest.Mention{Account: olive.id()}, sourcerequest.Mention{Organisation: cedar})
	w.reassigns("lantern", alder)

	w.comments(olive, "harrow", alder)
	w.delivers(olive, "harrow", sourcerequest.Finding{ID: "zqfindingharrow", FileID: "f", Code: "zqhissharrow", Text: "zqtextharrow"})
	w.said(requestOf("harrow"), "zqfileharrow", "the delivered file", []string{alder}, "listDeliveries")
	w.said(requestOf("harrow"), "zqfindingharrow", "the id of the finding", []string{alder}, "listDeliveries")
	w.said(requestOf("harrow"), "zqhissharrow", "the code of the finding", nil, "listRequests")
	w.said(requestOf("harrow"), "zqtextharrow", "the text of the finding", []string{alder}, "listDeliveries")
	w.reassigns("harrow", alder)

	w.subAssigns("quartz", alder)
	w.comments(flint, "quartz")
	w.comments(topaz, "quartz")
	w.answersFor(hazel, "quartz")
	w.subAssigns("quartz", "")

	w.delivers(azure, "walrus")
	w.said(requestOf("walrus"), "zqfilewalrus", "the delivered file", nil, "listDeliveries", "getHistory")
	w.checks("walrus")

	w.comments(ebony, "juniper")
	w.turns("juniper")
	w.give(anOperator, "zqidjuniper", sourcerequest.Edit{ContentPartner: ptr(sud)})

	w.give(anOperator, "zqidmosaic", sourcerequest.Upgrade{ReplacedBy: "zqidbramble"})

	w.cancels("beacon")
	w.comments(ebony, "falcon")
	w.comments(pearl, "falcon")
	w.answersFor(ebony, "falcon")
	w.cancels("falcon")
	w.comments(pearl, "walruz")
}

func (w *scopeWorld) provides(by scopePerson, word string) {
	w.t.Helper()
	text := "zqmaterial" + word
	content := "zqcontent" + word
	require.NoError(w.t, w.files.Create(w.t.Context(), materialOf(word), strings.NewReader(content)))
	w.give(by.principal(), "zqid"+word, sourcerequest.ProvideMaterials{Materials: []sourcerequest.MaterialFile{{ID: materialOf(word), Kind: sourcerequest.MaterialVideo, Name: text + ".mov", Size: int64(len(content))}}})
	w.said(requestOf(word), text, "the material of "+by.word, nil, "listMaterials", "getHistory", "getTimeline")
	w.said(requestOf(word), content, "the content of the material of "+by.word, nil)
	w.said(requestOf(word), materialOf(word), "the id of the material of "+by.word, nil, "listMaterials")
}

// materialOf is the id of a request's material.
func materialOf(word string) string { return "zqreel" + word }

// downloads records that somebody downloaded a file of a request.
func (w *scopeWorld) downloads(by scopePerson, word string, file sourcerequest.FileRef) {
	w.t.Helper()
	w.give(by.principal(), "zqid"+word, sourcerequest.RecordDownload{Files: []sourcerequest.FileRef{file}, Account: by.id(), At: w.now()})
}

func (w *scopeWorld) cancels(word string) {
	w.t.Helper()
	text := "zqcancelled" + word
	w.give(anOperator, "zqid"+word, sourcerequest.Cancel{Reason: text})
	w.said(requestOf(word), text, "why it was cancelled", nil, "getTimeline", "getHistory", "searchAudit")
}
