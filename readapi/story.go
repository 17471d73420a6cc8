package readapi

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/readapi/words"
)

// storyteller puts one step of a request's history into a sentence.
type storyteller struct {
	view
	step
	changes []sourcerequest.Change // with names in the place of ids
	said    *string                // by a comment; nil if that is kept no more
}

// tell returns the sentence, without a full stop. A nil event is one that this
// version does not know.
func (t storyteller) tell(e sourcerequest.Event) string {
	w := t.words
	switch e := e.(type) {
	case sourcerequest.Opened:
		return t.opened(e)
	case sourcerequest.FieldsEdited:
		return t.say(w.Edited, words.Parts{"edits": t.edits()})
	case sourcerequest.Assigned:
		return t.assigned()
	case sourcerequest.SubAssigned:
		if e.SubAssignee == "" {
			return t.say(w.SubAssignmentEnded, words.Parts{"partner": t.change("sub_assignee").From})
		}
		return t.say(w.SubAssigned, words.Parts{"partner": t.change("sub_assignee").To})
	case sourcerequest.ResponsibleChanged:
		return t.responsible()
	case sourcerequest.MaterialStatusChanged:
		if t.before.MaterialStatus == e.MaterialStatus {
			return t.say(w.RejectedAgain, words.Parts{"why": t.because(e.Reason)})
		}
		return t.say(w.MaterialStatusChanged, words.Parts{"change": t.fromTo("material_status"), "why": t.because(e.Reason)})
	case sourcerequest.MaterialsProvided:
		names := make([]string, len(e.Materials))
		for i, m := range e.Materials {
			names[i] = m.Name
		}
		return t.listed(w.MaterialsProvided, w.Materials, names)
	case sourcerequest.EstimatedDeliveryDateChanged:
		return t.say(w.DeliveryDateMoved, words.Parts{"change": t.fromTo("estimated_delivery_date"), "why": t.because(e.Reason)})
	case sourcerequest.DeliveryStarted:
		names := make([]string, len(e.Files))
		for i, f := range e.Files {
			names[i] = f.Name
		}
		return t.listed(w.DeliveryStarted, w.Files, names)
	case sourcerequest.FileDelivered:
		return t.say(w.FileDelivered, words.Parts{"name": t.fileName(e), "size": byteCount(e.Size)})
	case sourcerequest.DeliveryCompleted:
		return t.say(w.DeliveryCompleted, words.Parts{"status": t.nowStands()})
	case sourcerequest.DeliveryInspected:
		if len(e.Findings) == 0 {
			return t.say(w.InspectedClean, words.Parts{"status": t.nowStands()})
		}
		texts := make([]string, len(e.Findings))
		for i, f := range e.Findings {
			texts[i] = f.Text
		}
		return t.say(w.InspectedFound, words.Parts{"count": w.Count(len(texts), w.Findings), "findings": w.Some(texts)})
	case sourcerequest.FindingOverridden:
		return t.say(w.FindingOverridden, words.Parts{"code": t.findingCode(e), "why": t.because(e.Reason), "status": t.nowStands()})
	case sourcerequest.QualityControlRecorded:
		return t.qualityControl(e)
	case sourcerequest.QCIssueAnswered:
		return t.say(w.QCIssueAnswered, words.Parts{"issue": t.issueText(e.IssueID), "answer": w.Value(string(e.Answer)), "why": t.because(e.Note)})
	case sourcerequest.FilesDownloaded:
		return t.downloaded(e)
	case sourcerequest.RedeliveryRequested:
		return t.redelivery(e)
	case sourcerequest.Commented:
		if t.said == nil {
			return t.say(w.CommentGone, nil)
		}
		return t.say(w.Commented, words.Parts{"text": shortened(*t.said)})
	case sourcerequest.CommentRedacted:
		return t.say(w.CommentRedacted, nil)
	case sourcerequest.Cancelled:
		return t.say(w.Cancelled, words.Parts{"why": t.because(e.Reason)})
	case sourcerequest.Reinstated:
		return t.say(w.Reinstated, words.Parts{"status": w.Value(string(t.after.Status)), "why": t.because(e.Reason)})
	case sourcerequest.Upgraded:
		if id := t.change("upgraded_to").To; id != "" {
			return t.say(w.Upgraded, words.Parts{"id": id})
		}
		return t.say(w.UpgradedToAnother, nil)
	case sourcerequest.RowImported:
		return t.say(w.ImportedAgain, nil)
	}
	return t.say(w.NotKnown, words.Parts{"type": t.Type})
}

// say puts parts, and who acted, into a sentence.
func (t storyteller) say(s words.Sentence, parts words.Parts) string {
	all := words.Parts{"who": t.who(t.Metadata.Actor)}
	maps.Copy(all, parts)
	return t.words.Say(s, all)
}

// listed counts things and names them.
func (t storyteller) listed(s words.Sentence, things words.Count, names []string) string {
	return t.say(s, words.Parts{"count": t.words.Count(len(names), things), "names": t.words.Some(names)})
}

// who names the organisation that acted; the streaming service's own people
// act by their role.
func (t storyteller) who(p domain.Principal) string {
	switch {
	case p.Organisation != "":
		return t.Organisations.Name(p.Organisation)
	case p.Role == domain.RoleOperator:
		return string(t.words.Operator)
	case p.Role == domain.RoleQualityControl:
		return string(t.words.QualityControl)
	case p.Role == domain.RoleAuditor:
		return string(t.words.Auditor)
	}
	return string(t.words.Portal)
}

func (t storyteller) opened(e sourcerequest.Opened) string {
	w := t.words
	terms := []string{w.Say(w.Due, words.Parts{"date": w.Day(e.DueDate)})}
	if !e.EstimatedDeliveryDate.IsZero() && e.EstimatedDeliveryDate != e.DueDate {
		terms = append(terms, w.Say(w.Expected, words.Parts{"date": w.Day(e.EstimatedDeliveryDate)}))
	}
	if e.FulfillmentPartner != "" {
		terms = append(terms, w.Say(w.AssignedTo, words.Parts{"partner": t.change("fulfillment_partner").To}))
	}
	if e.Status != sourcerequest.StatusOpen {
		terms = append(terms, w.Say(w.As, words.Parts{"status": w.Value(string(e.Status))}))
	}
	if e.Upgrades != "" {
		terms = append(terms, string(w.Replacing))
	}
	s := w.Opened
	if e.Import {
		s = w.Imported
	}
	return t.say(s, words.Parts{"asset": w.Value(string(e.SourceType)), "language": e.Language, "title": e.Title, "terms": strings.Join(terms, w.Comma)})
}

// edits lists what was edited. The estimated delivery date that follows the
// due date needs no words of its own.
func (t storyteller) edits() string {
	w := t.words
	var edits []string
	for _, c := range t.changes {
		if c.Field != "estimated_delivery_date" {
			edits = append(edits, w.Say(w.Edit, words.Parts{"field": w.Inside(w.Field(c.Field)), "change": t.fromTo(c.Field)}))
		}
	}
	return w.All(edits)
}

func (t storyteller) assigned() string {
	w, c := t.words, t.change("fulfillment_partner")
	ended := ""
	if helper := t.change("sub_assignee"); helper.From != "" {
		ended = w.Say(w.EndedSubAssignment, words.Parts{"partner": helper.From})
	}
	switch {
	case c.From == "":
		return t.say(w.Assigned, words.Parts{"partner": c.To, "ended": ended})
	case c.To != "":
		return t.say(w.Moved, words.Parts{"from": c.From, "to": c.To, "ended": ended})
	}
	return t.say(w.TakenBack, words.Parts{"partner": c.From, "ended": ended})
}

func (t storyteller) responsible() string {
	w, c := t.words, t.change("responsible")
	if c.From == c.To {
		c = t.change("sub_responsible")
	}
	switch {
	case c.To == "":
		return t.say(w.NoLongerResponsible, words.Parts{"person": c.From})
	case c.From == "":
		return t.say(w.MadeResponsible, words.Parts{"person": c.To})
	}
	return t.say(w.ResponsibleReplaced, words.Parts{"person": c.To, "former": c.From})
}

// change returns what the step did to a field.
func (t storyteller) change(field string) sourcerequest.Change {
	for _, c := range t.changes {
		if c.Field == field {
			return c
		}
	}
	return sourcerequest.Change{Field: field}
}

func (t storyteller) fromTo(field string) string {
	w, c := t.words, t.change(field)
	parts := words.Parts{"from": t.spoken(field, c.From), "to": t.spoken(field, c.To)}
	switch {
	case c.From == "":
		return w.Say(w.To, parts)
	case c.To == "":
		return w.Say(w.FromToNothing, parts)
	}
	return w.Say(w.FromTo, parts)
}

// spoken puts a value as a sentence would.
func (t storyteller) spoken(field, value string) string {
	switch field {
	case "due_date", "estimated_delivery_date":
		if d, err := domain.ParseDate(value); err == nil {
			return t.words.Day(d)
		}
	case "title":
		return t.words.Say(t.words.Quote, words.Parts{"text": value})
	case "status", "material_status", "movie_type", "is_original", "source_type", "service_type":
		if value != "" {
			return t.words.Say(t.words.Fixed, words.Parts{"value": t.words.Value(value)})
		}
	}
	return value
}

// nowStands tells the status that the step led to.
func (t storyteller) nowStands() string {
	if c := t.change("status"); c.To != "" {
		return t.words.Say(t.words.NowStands, words.Parts{"status": t.words.Value(c.To)})
	}
	return ""
}

func (t storyteller) redelivery(e sourcerequest.RedeliveryRequested) string {
	w := t.words
	what := w.Redelivery
	if e.Scope == sourcerequest.RedeliveryMetadataOnly {
		what = w.RedeliveryOfMetadata
	}
	s := w.RedeliveryAsked
	switch e.Cause {
	case sourcerequest.CauseInspection:
		s = w.RedeliveryByInspection
	case sourcerequest.CauseQualityControl:
		s = w.RedeliveryAfterControl
	}
	return t.say(s, words.Parts{"what": string(what), "why": t.because(strings.Join(t.reasons(e.Cause, e.Reasons, t.after), "; "))})
}

func (t storyteller) fileName(e sourcerequest.FileDelivered) string {
	for _, d := range t.after.Deliveries {
		for _, f := range d.Files {
			if d.ID == e.DeliveryID && f.ID == e.FileID {
				return f.Name
			}
		}
	}
	return e.FileID
}

// downloaded tells which files, all of which are materials, or delivered, or
// some of either.
func (t storyteller) downloaded(e sourcerequest.FilesDownloaded) string {
	w := t.words
	what := w.Files
	names := make([]string, len(e.Files))
	for i, f := range e.Files {
		names[i] = f.ID
		if file, ok := t.after.File(f); ok {
			names[i] = file.Name
		}
	}
	switch {
	case !slices.ContainsFunc(e.Files, func(f sourcerequest.FileRef) bool { return f.DeliveryID != "" }):
		what = w.Materials
	case !slices.ContainsFunc(e.Files, func(f sourcerequest.FileRef) bool { return f.DeliveryID == "" }):
		what = w.DeliveredFiles
	}
	if e.Archive {
		return t.listed(w.DownloadedArchive, what, names)
	}
	return t.listed(w.Downloaded, what, names)
}

func (t storyteller) findingCode(e sourcerequest.FindingOverridden) string {
	for _, d := range t.after.Deliveries {
		for _, f := range d.Findings {
			if d.ID == e.DeliveryID && f.ID == e.FindingID {
				return f.Code
			}
		}
	}
	return e.FindingID
}

func (t storyteller) issueText(id string) string {
	for _, qc := range t.after.QualityControls {
		for _, i := range qc.Issues {
			if i.ID == id {
				return t.words.Say(t.words.Quote, words.Parts{"text": shortened(i.Description)})
			}
		}
	}
	return id
}

func (t storyteller) qualityControl(e sourcerequest.QualityControlRecorded) string {
	w := t.words
	verdict := w.NotPassed
	if e.Passed {
		verdict = w.Passed
	}
	issues := ""
	if len(e.Issues) > 0 {
		texts := make([]string, len(e.Issues))
		for i, issue := range e.Issues {
			texts[i] = w.Say(w.Issue, words.Parts{"severity": w.Value(string(issue.Severity)), "description": issue.Description})
		}
		issues = w.Say(w.WithIssues, words.Parts{"count": w.Count(len(texts), w.Issues), "issues": w.Some(texts)})
	}
	return t.say(w.QualityControlRecorded, words.Parts{"check": w.Inside(w.Value(string(e.Check))), "verdict": string(verdict), "issues": issues})
}

func (t storyteller) because(reason string) string {
	switch reason {
	case "":
		return ""
	case sourcerequest.ReasonImport:
		return string(t.words.ByImport)
	}
	return t.words.Say(t.words.Why, words.Parts{"reason": reason})
}

const maxQuote = 160 // characters of a text that a sentence quotes

func shortened(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > maxQuote {
		return strings.TrimSpace(string(r[:maxQuote-1])) + "…"
	}
	return text
}

// byteCount writes a size in the largest decimal unit that is not below 1.
func byteCount(n int64) string {
	units := []string{"B", "kB", "MB", "GB", "TB", "PB"}
	v, u := float64(n), 0
	for v >= 1000 && u < len(units)-1 {
		v, u = v/1000, u+1
	}
	if u == 0 {
		return strconv.FormatInt(n, 10) + " B"
	}
	return strconv.FormatFloat(v, 'f', 1, 64) + " " + units[u]
}
