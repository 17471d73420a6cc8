package projections

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// history makes a log that grows by random events of a few requests, of other
// streams and of unknown types.
type history struct {
	revisions map[string]uint64 // next one of each stream
	position  domain.Position
	at        time.Time
}

func newHistory() *history {
	return &history{revisions: map[string]uint64{}, at: time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)}
}

func (h *history) record(stream string, event any) domain.Recorded {
	h.position += 7
	h.at = h.at.Add(1234 * time.Millisecond)
	r := domain.Recorded{
		Stream: stream, Revision: h.revisions[stream], Position: h.position, Type: fmt.Sprintf("%T", event), Event: event,
		Metadata: domain.Metadata{OccurredAt: h.at, Actor: domain.Principal{Account: "a1", Role: domain.RoleOperator}},
	}
	if _, starts := event.(sourcerequest.DeliveryStarted); starts { // by whoever may be the sub-assignee
		r.Metadata.Actor = domain.Principal{Account: "a2", Organisation: "org-g", Role: domain.RoleFulfillmentPartner}
	}
	h.revisions[stream]++
	return r
}

// draw records n random events of at most requests requests.
func (h *history) draw(t *rapid.T, n, requests int) []domain.Recorded {
	events := make([]domain.Recorded, n)
	for i := range events {
		id := fmt.Sprintf("SR-%d", rapid.IntRange(1, requests).Draw(t, "request"))
		stream := sourcerequest.StreamOf(id)
		switch what := rapid.IntRange(0, 19).Draw(t, "what"); {
		case what == 0:
			events[i] = h.record("organisation-acme", struct{}{})
		case what == 1:
			events[i] = h.record(stream, nil)
		case h.revisions[stream] == 0:
			events[i] = h.record(stream, drawOpened(t))
		default:
			events[i] = h.record(stream, drawEvent(t))
		}
	}
	return events
}

func pick[T any](t *rapid.T, values ...T) T { return rapid.SampledFrom(values).Draw(t, "value") }

func drawDate(t *rapid.T) domain.Date {
	return domain.NewDate(2026, time.November, rapid.IntRange(1, 60).Draw(t, "day"))
}

func drawOpened(t *rapid.T) sourcerequest.Opened {
	return sourcerequest.Opened{
		PackageID: pick(t, "P1", "P2", "P3"), MovieID: pick(t, "M1", "M2"), Title: pick(t, "Harbour Lights", "Ōkami", "North"),
		MovieType: pick(t, sourcerequest.MovieTypes()...), IsOriginal: rapid.Bool().Draw(t, "original"),
		ContentPartner: pick(t, "org-a", "org-b"), FulfillmentPartner: pick(t, "", "org-f", "org-g"),
		SourceType: pick(t, sourcerequest.SourceTypes()...), ServiceType: pick(t, sourcerequest.ServiceTypes()...),
		Language: pick(t, "Korean", "Dutch", "French"), Countries: pick(t, []string{"Japan"}, []string{"Canada", "Japan"}, []string{"Chile"}),
		DueDate: drawDate(t), EstimatedDeliveryDate: pick(t, 0, drawDate(t)),
		MaterialStatus: pick(t, sourcerequest.MaterialStatuses()...), Status: pick(t, sourcerequest.Statuses()...),
		Import: rapid.Bool().Draw(t, "import"),
	}
}

// drawEvent draws any event: folding is total, so it need not make sense.
func drawEvent(t *rapid.T) sourcerequest.Event {
	delivery, finding, issue := pick(t, "d1", "d2"), pick(t, "f1", "f2"), pick(t, "i1", "i2")
	switch rapid.IntRange(0, 19).Draw(t, "event") {
	case 0:
		title, due := pick(t, "Harbour Lights", "South"), drawDate(t)
		return sourcerequest.FieldsEdited{Title: &title, DueDate: &due}
	case 1:
		return sourcerequest.Assigned{FulfillmentPartner: pick(t, "", "org-f", "org-h")}
	case 2:
		return sourcerequest.SubAssigned{SubAssignee: pick(t, "", "org-g")}
	case 3:
		return sourcerequest.MaterialStatusChanged{MaterialStatus: pick(t, sourcerequest.MaterialStatuses()...)}
	case 4:
		return sourcerequest.MaterialsProvided{Materials: []sourcerequest.MaterialFile{{ID: "m", Kind: sourcerequest.MaterialAudio, Name: "a.wav", Size: 3}}}
	case 5:
		return sourcerequest.EstimatedDeliveryDateChanged{Date: drawDate(t), Reason: "late"}
	case 6:
		return sourcerequest.DeliveryStarted{DeliveryID: delivery, Method: sourcerequest.MethodAPI, Files: []sourcerequest.DeclaredFile{{ID: "x", Name: "x.mov", Size: 9}}}
	case 7:
		return sourcerequest.FileDelivered{DeliveryID: delivery, FileID: "x", Size: 9, SHA256: "00"}
	case 8, 9:
		return sourcerequest.DeliveryCompleted{DeliveryID: delivery}
	case 10:
		return sourcerequest.DeliveryInspected{DeliveryID: delivery, Findings: pick(t, nil, []sourcerequest.Finding{{ID: "f1", Code: "telecine"}})}
	case 11:
		return sourcerequest.FindingOverridden{DeliveryID: delivery, FindingID: finding, Reason: "fine"}
	case 12:
		return sourcerequest.QualityControlRecorded{ResultID: "q", DeliveryID: delivery, Check: sourcerequest.CheckSpot, Issues: []sourcerequest.Issue{{
			ID: issue, Code: pick(t, "drift", "typo"), Category: "Subtitles", Severity: pick(t, sourcerequest.SeverityIssue, sourcerequest.SeverityBlocker),
		}}}
	case 13:
		return sourcerequest.QCIssueAnswered{IssueID: issue, Answer: pick(t, sourcerequest.AnswerWillFix, sourcerequest.AnswerCreativeIntent)}
	case 14:
		return sourcerequest.RedeliveryRequested{Scope: sourcerequest.RedeliveryFull, Cause: sourcerequest.CausePerson, Reasons: []string{"sync"}}
	case 15:
		return sourcerequest.Commented{CommentID: "c", Text: "<é> & so on"}
	case 16:
		return sourcerequest.Cancelled{}
	case 17:
		return sourcerequest.Reinstated{}
	case 18:
		return sourcerequest.ResponsibleChanged{Organisation: pick(t, "org-f", "org-g", "org-h"), Account: pick(t, "", "ann", "bob")}
	case 19:
		return sourcerequest.FilesDownloaded{Files: []sourcerequest.FileRef{{ID: "m1"}, {DeliveryID: delivery, ID: "x"}}}
	default:
		return sourcerequest.Upgraded{ReplacedBy: "SR-2"}
	}
}
