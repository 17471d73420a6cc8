package sourcerequest_test

import (
	"reflect"
	"time"

	"pgregory.net/rapid"

	"backlot/domain"
	. "backlot/domain/sourcerequest"
	"backlot/domain/timecode"
)

// The generators draw from few identifiers and labels, so that commands and
// events meet what is there already; now and then they draw what is wrong.

func pick[T any](t *rapid.T, label string, values ...T) T {
	return rapid.SampledFrom(values).Draw(t, label)
}

func optional[T any](t *rapid.T, label string, values ...T) *T {
	if pick(t, label+"?", false, false, true) {
		return ptr(pick(t, label, values...))
	}
	return nil
}

func some[T any](t *rapid.T, label string, max int, draw func() T) []T {
	var out []T
	for range rapid.IntRange(0, max).Draw(t, label) {
		out = append(out, draw())
	}
	return out
}

func drawDate(t *rapid.T) domain.Date {
	return pick(t, "date", 0, day("2026-12-01"), day("2026-12-02"), day("2027-01-15"), domain.Date(-7))
}

func drawText(t *rapid.T) string {
	return pick(t, "text", "", "a", "b", " c ", "two\nlines", "\xff", "\x1f")
}

func drawPartner(t *rapid.T) string {
	return pick(t, "partner", "", "house", "helper", "other", "studio")
}

func drawMaterial(t *rapid.T) MaterialFile {
	return MaterialFile{ID: pick(t, "material id", "m1", "m2", ""), Kind: pick(t, "kind", MaterialVideo, "timed text", "?"), Name: drawText(t), Size: pick[int64](t, "size", 0, 7, -1)}
}

func drawFile(t *rapid.T) DeclaredFile {
	wrong := with(file1, func(f *DeclaredFile) { f.SHA256 = "x" })
	return pick(t, "file", file1, file1, file2, file2, DeclaredFile{ID: "f3", Name: "c.txt"}, DeclaredFile{ID: "f4"}, wrong)
}

// drawArrival draws a file that arrives, mostly as it was declared.
func drawArrival(t *rapid.T) DeliverFile {
	d := pick(t, "arrival",
		DeliverFile{FileID: "f1", Size: 1_000, SHA256: sha('a')}, DeliverFile{FileID: "f2", Size: 20, SHA256: sha('b')}, DeliverFile{FileID: "f3", SHA256: sha('c')},
		DeliverFile{FileID: "f1", Size: 999, SHA256: sha('a')}, DeliverFile{FileID: "f2", Size: 20, SHA256: sha('c')}, DeliverFile{FileID: "f4", SHA256: "x"})
	d.DeliveryID = pick(t, "delivery id", "d1", "d2", "d3")
	return d
}

func drawIssue(t *rapid.T) Issue {
	return Issue{
		ID: pick(t, "issue id", "i1", "i2", "i3", "i4", ""), Code: pick(t, "code", "Typo", "subtitle_drift", "drift"), Category: pick(t, "category", "", "Timed Text", "text"),
		Severity: pick(t, "severity", SeverityFYI, SeverityIssue, SeverityBlocker), Description: pick(t, "description", "d", "e", ""),
		TimecodeIn: pick(t, "timecode in", "", "410", "00:00:04;10"), TimecodeOut: pick(t, "timecode out", "", "00:00:04:10"),
	}
}

func drawFinding(t *rapid.T) Finding {
	return Finding{ID: pick(t, "finding id", "n1", "n2", ""), Code: pick(t, "code", "Commercial Blacks", "decode error", "blacks"), Hard: rapid.Bool().Draw(t, "hard"), Text: pick(t, "text", "a", "b")}
}

func drawRow(t *rapid.T) Row {
	r := rowAsOpened(pick(t, "status", append(Statuses(), "", "open")...))
	if pick(t, "blank?", false, true) {
		r = Row{Status: r.Status, IsOriginal: r.IsOriginal}
	}
	r.Title = pick(t, "title", r.Title, "t", " t ", "")
	r.FulfillmentPartner = drawPartner(t)
	r.DueDate = pick(t, "due", r.DueDate, day("2026-12-24"), 0)
	r.EstimatedDeliveryDate = pick(t, "EDD", r.EstimatedDeliveryDate, day("2026-12-24"), day("2026-12-26"), 0)
	r.MaterialStatus = pick(t, "material", append(MaterialStatuses(), "", "received")...)
	return r
}

// drawCommand draws a command of any type. Mostly it could be accepted.
func drawCommand(t *rapid.T) Command {
	delivery := func() string { return pick(t, "delivery id", "d1", "d2", "d3") }
	// A range would favour its low end; commands that deliver and close come
	// more often, for they need each other.
	switch pick(t, "command", 0, 1, 2, 3, 4, 5, 5, 6, 6, 6, 6, 7, 7, 7, 7, 8, 8, 9, 9, 10, 10, 11, 12, 13, 14, 14, 15, 15, 16, 17, 18, 19, 20, 20) {
	case 0:
		return with(openCommand(), func(o *Open) {
			o.Title, o.FulfillmentPartner, o.EstimatedDeliveryDate = pick(t, "title", "t", ""), drawPartner(t), drawDate(t)
		})
	case 1:
		return Edit{
			Title: optional(t, "title", "t", "u", ""), IsOriginal: optional(t, "original", true, false), ServiceType: optional(t, "service", ServiceCreate, ServiceConform, "?"),
			ContentPartner: optional(t, "content partner", "studio", "other"), DueDate: optional(t, "due", day("2026-12-01"), day("2026-12-24"), 0),
			Countries:          some(t, "countries", 2, func() string { return pick(t, "country", "Peru", "Chile") }),
			FulfillmentPartner: optional(t, "assignee", "house", "other", ""), SubAssignee: optional(t, "sub-assignee", "helper", "other", ""),
		}
	case 2:
		return ChangeMaterialStatus{MaterialStatus: pick(t, "material", append(MaterialStatuses(), "?")...), Reason: drawText(t)}
	case 3:
		return ProvideMaterials{Materials: some(t, "materials", 2, func() MaterialFile { return drawMaterial(t) })}
	case 4:
		return ChangeEstimatedDeliveryDate{Date: drawDate(t), Reason: drawText(t)}
	case 5:
		return StartDelivery{DeliveryID: pick(t, "delivery id", "d1", "d2", "d3", ""), Method: pick(t, "method", MethodAPI, MethodBrowser, "?"), Files: some(t, "files", 2, func() DeclaredFile { return drawFile(t) })}
	case 6:
		return drawArrival(t)
	case 7:
		return CompleteDelivery{DeliveryID: delivery()}
	case 8:
		return RecordInspection{DeliveryID: delivery(), Findings: some(t, "findings", 2, func() Finding { return drawFinding(t) })}
	case 9:
		return OverrideFinding{DeliveryID: delivery(), FindingID: pick(t, "finding id", "n1", "n2"), Reason: pick(t, "reason", "r", "r", "")}
	case 10:
		return RecordQualityControl{ResultID: pick(t, "result id", "q1", "q2", "q3", ""), Check: pick(t, "check", CheckFull, CheckFix), Passed: rapid.Bool().Draw(t, "passed"), FrameRate: pick(t, "rate", "", timecode.Rate25, "29.97 df", "26"), Issues: some(t, "issues", 2, func() Issue { return drawIssue(t) })}
	case 11:
		return AnswerQCIssue{IssueID: pick(t, "issue id", "i1", "i2", "i3", "i4"), Answer: pick(t, "answer", AnswerWillFix, AnswerCreativeIntent, "best possible", "?"), Note: drawText(t)}
	case 12:
		return RequestRedelivery{Scope: pick(t, "scope", RedeliveryFull, RedeliveryMetadataOnly, "", "?"), Reasons: some(t, "reasons", 2, func() string { return drawText(t) })}
	case 13:
		return AddComment{CommentID: pick(t, "comment id", "c1", "c2", ""), TextID: pick(t, "text id", "t1", "t2", ""), Text: drawText(t)}
	case 20:
		return RecordDownload{Files: some(t, "files", 2, func() FileRef {
			return pick(t, "file", FileRef{DeliveryID: "d1", ID: "f1"}, FileRef{DeliveryID: "d2", ID: "f2"}, FileRef{ID: "m1"}, FileRef{ID: "f1"})
		}), Archive: rapid.Bool().Draw(t, "archive")}
	case 19:
		return Redact{CommentID: pick(t, "comment id", "c1", "c2", "")}
	case 18:
		return ChangeResponsible{Organisation: pick(t, "of", "", "house", "helper", "other"), Account: pick(t, "account", "", "fred", "hana", " x")}
	case 14, 15:
		return pick[Command](t, "close", Cancel{}, Reinstate{}, Reinstate{}, Upgrade{ReplacedBy: "SR-2"}, Upgrade{})
	default:
		return ImportRow{Row: drawRow(t)}
	}
}

// alien is an event that the fold does not know.
type alien struct{ Event }

// drawEvent draws an event that no decision stands behind: any type, with
// identifiers that may or may not name something.
func drawEvent(t *rapid.T) Event {
	samples := append(eventSamples(), nil, alien{}, Event((*Opened)(nil)))
	e := pick(t, "event", samples...)
	if e == nil || rapid.Bool().Draw(t, "as it is") {
		return e
	}
	v := reflect.New(reflect.TypeOf(e)).Elem()
	v.Set(reflect.ValueOf(e))
	if v.Kind() != reflect.Struct {
		return e
	}
	for i := range v.NumField() {
		switch f := v.Field(i); f.Interface().(type) {
		case string:
			f.SetString(pick(t, v.Type().Field(i).Name, "", "d1", "d2", "f1", "n1", "i1", "q1", "house", "nowhere"))
		case Status:
			f.SetString(string(pick(t, "status", append(Statuses(), "")...)))
		default:
			if rapid.Bool().Draw(t, "zero "+v.Type().Field(i).Name) {
				f.SetZero()
			}
		}
	}
	return v.Interface().(Event)
}

func occurrence(revision int) domain.Occurrence {
	who := []domain.Principal{operator, house, studio, helper, inspector, system}
	return domain.Occurrence{At: dawn.Add(time.Duration(revision) * time.Minute), By: who[revision%len(who)], Revision: uint64(revision)}
}
