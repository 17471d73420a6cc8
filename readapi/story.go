package readapi

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// storyteller puts one step of a request's history into a sentence.
type storyteller struct {
	view
	step
	changes []sourcerequest.Change // with names in the place of ids
	said    *string                // by a comment; nil if that is kept no more
}

const dayLayout = "2 Jan 2006"

// tell returns the sentence, without a full stop. A nil event is one that this
// version does not know.
func (t storyteller) tell(e sourcerequest.Event) string {
	who := t.who(t.Metadata.Actor)
	switch e := e.(type) {
	case sourcerequest.Opened:
		return who + t.opened(e)
	case sourcerequest.FieldsEdited:
		return who + " changed " + t.edits()
	case sourcerequest.Assigned:
		return who + t.assigned()
	case sourcerequest.SubAssigned:
		if e.SubAssignee == "" {
			return who + " ended the sub-assignment of " + t.change("sub_assignee").From
		}
		return who + " asked " + t.change("sub_assignee").To + " to work on it as sub-assignee"
	case sourcerequest.ResponsibleChanged:
		return who + t.responsible()
	case sourcerequest.MaterialStatusChanged:
		if t.before.MaterialStatus == e.MaterialStatus {
			return who + " rejected the materials again" + because(e.Reason)
		}
		return who + " changed the material status" + t.fromTo("material_status") + because(e.Reason)
	case sourcerequest.MaterialsProvided:
		names := make([]string, len(e.Materials))
		for i, m := range e.Materials {
			names[i] = m.Name
		}
		return who + " provided " + counted(len(names), "material") + ": " + some(names)
	case sourcerequest.EstimatedDeliveryDateChanged:
		return who + " moved the estimated delivery date" + t.fromTo("estimated_delivery_date") + because(e.Reason)
	case sourcerequest.DeliveryStarted:
		names := make([]string, len(e.Files))
		for i, f := range e.Files {
			names[i] = f.Name
		}
		return who + " started a delivery of " + counted(len(names), "file") + ": " + some(names)
	case sourcerequest.FileDelivered:
		return who + " delivered the file " + t.fileName(e) + " (" + byteCount(e.Size) + ")"
	case sourcerequest.DeliveryCompleted:
		return who + " completed the delivery" + t.nowStands()
	case sourcerequest.DeliveryInspected:
		if len(e.Findings) == 0 {
			return who + " inspected the delivery and found nothing wrong" + t.nowStands()
		}
		texts := make([]string, len(e.Findings))
		for i, f := range e.Findings {
			texts[i] = f.Text
		}
		return who + " inspected the delivery and found " + counted(len(texts), "problem") + ": " + some(texts)
	case sourcerequest.FindingOverridden:
		return who + " accepted the finding " + t.findingCode(e) + because(e.Reason) + t.nowStands()
	case sourcerequest.QualityControlRecorded:
		return who + " recorded a " + strings.ToLower(string(e.Check)) + " quality control, " + verdict(e)
	case sourcerequest.QCIssueAnswered:
		return who + " answered the issue " + t.issueText(e.IssueID) + " with " + string(e.Answer) + because(e.Note)
	case sourcerequest.FilesDownloaded:
		return who + " downloaded " + t.downloaded(e)
	case sourcerequest.RedeliveryRequested:
		what := " asked for a redelivery"
		if e.Scope == sourcerequest.RedeliveryMetadataOnly {
			what += " of the metadata"
		}
		why := because(strings.Join(t.reasons(e.Cause, e.Reasons, t.after), "; "))
		switch e.Cause {
		case sourcerequest.CauseInspection:
			return "Inspection" + what + why
		case sourcerequest.CauseQualityControl:
			return "Quality control" + what + why
		}
		return who + what + why
	case sourcerequest.Commented:
		if t.said == nil {
			return who + " commented; the text is no longer kept"
		}
		return who + " commented: " + shortened(*t.said)
	case sourcerequest.CommentRedacted:
		return who + " redacted a comment"
	case sourcerequest.Cancelled:
		return who + " cancelled the request" + because(e.Reason)
	case sourcerequest.Reinstated:
		return who + " reinstated the request as " + string(t.after.Status) + because(e.Reason)
	case sourcerequest.Upgraded:
		if id := t.change("upgraded_to").To; id != "" {
			return who + " closed the request in favour of " + id
		}
		return who + " closed the request in favour of another one"
	case sourcerequest.RowImported:
		return who + " imported the request again from a file"
	}
	return who + " did something that this version of the portal does not know: " + t.Type
}

// who names the organisation that acted; the streaming service's own people
// act by their role.
func (t storyteller) who(p domain.Principal) string {
	switch {
	case p.Organisation != "":
		return t.Organisations.Name(p.Organisation)
	case p.Role == domain.RoleOperator:
		return "An operator"
	case p.Role == domain.RoleQualityControl:
		return "Quality control"
	case p.Role == domain.RoleAuditor:
		return "An auditor"
	}
	return "The portal"
}

func (t storyteller) opened(e sourcerequest.Opened) string {
	verb := " opened"
	if e.Import {
		verb = " imported"
	}
	text := fmt.Sprintf("%s the request for %s in %s of “%s”, due on %s", verb, e.SourceType, e.Language, e.Title, day(e.DueDate))
	if !e.EstimatedDeliveryDate.IsZero() && e.EstimatedDeliveryDate != e.DueDate {
		text += ", expected on " + day(e.EstimatedDeliveryDate)
	}
	if e.FulfillmentPartner != "" {
		text += ", assigned to " + t.change("fulfillment_partner").To
	}
	if e.Status != sourcerequest.StatusOpen {
		text += ", as " + string(e.Status)
	}
	if e.Upgrades != "" {
		text += ", to replace another one"
	}
	return text
}

// edits lists what was edited. The estimated delivery date that follows the
// due date needs no words of its own.
func (t storyteller) edits() string {
	var parts []string
	for _, c := range t.changes {
		if c.Field != "estimated_delivery_date" {
			parts = append(parts, "the "+lowerLabel(c.Field)+t.fromTo(c.Field))
		}
	}
	return joined(parts)
}

func (t storyteller) assigned() string {
	c := t.change("fulfillment_partner")
	text := " took the request back from " + c.From
	switch {
	case c.From == "":
		text = " assigned the request to " + c.To
	case c.To != "":
		text = " moved the request from " + c.From + " to " + c.To
	}
	if helper := t.change("sub_assignee"); helper.From != "" {
		text += ", which ended the sub-assignment of " + helper.From
	}
	return text
}

func (t storyteller) responsible() string {
	c := t.change("responsible")
	if c.From == c.To {
		c = t.change("sub_responsible")
	}
	switch {
	case c.To == "":
		return " said that " + c.From + " is no longer responsible"
	case c.From == "":
		return " made " + c.To + " responsible"
	}
	return " made " + c.To + " responsible in the place of " + c.From
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
	c := t.change(field)
	from, to := spoken(field, c.From), spoken(field, c.To)
	switch {
	case from == "":
		return " to " + to
	case to == "":
		return " from " + from + " to nothing"
	}
	return " from " + from + " to " + to
}

// spoken puts a value as a sentence would.
func spoken(field, value string) string {
	switch field {
	case "due_date", "estimated_delivery_date":
		if d, err := domain.ParseDate(value); err == nil {
			return day(d)
		}
	case "title":
		return "“" + value + "”"
	}
	return value
}

func day(d domain.Date) string { return d.Start(time.UTC).Format(dayLayout) }

// nowStands tells the status that the step led to.
func (t storyteller) nowStands() string {
	if c := t.change("status"); c.To != "" {
		return "; the request is " + c.To
	}
	return ""
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
	what := "file"
	names := make([]string, len(e.Files))
	for i, f := range e.Files {
		names[i] = f.ID
		if file, ok := t.after.File(f); ok {
			names[i] = file.Name
		}
	}
	switch {
	case !slices.ContainsFunc(e.Files, func(f sourcerequest.FileRef) bool { return f.DeliveryID != "" }):
		what = "material"
	case !slices.ContainsFunc(e.Files, func(f sourcerequest.FileRef) bool { return f.DeliveryID == "" }):
		what = "delivered file"
	}
	text := counted(len(names), what)
	if e.Archive {
		text += " as one archive"
	}
	return text + ": " + some(names)
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
				return "“" + shortened(i.Description) + "”"
			}
		}
	}
	return id
}

func verdict(e sourcerequest.QualityControlRecorded) string {
	text := "not passed"
	if e.Passed {
		text = "passed"
	}
	if len(e.Issues) == 0 {
		return text
	}
	descriptions := make([]string, len(e.Issues))
	for i, issue := range e.Issues {
		descriptions[i] = string(issue.Severity) + ", " + issue.Description
	}
	return text + ", with " + counted(len(e.Issues), "issue") + ": " + some(descriptions)
}

func because(reason string) string {
	switch reason {
	case "":
		return ""
	case sourcerequest.ReasonImport:
		return ", by an import"
	}
	return ": " + reason
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// shownItems is how many items of a list a sentence spells out.
const shownItems = 3

func some(items []string) string {
	if len(items) <= shownItems+1 {
		return strings.Join(items, "; ")
	}
	return fmt.Sprintf("%s; and %d more", strings.Join(items[:shownItems], "; "), len(items)-shownItems)
}

// joined writes a list as people do: a, b and c.
func joined(items []string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	return strings.Join(items[:len(items)-1], ", ") + " and " + items[len(items)-1]
}

// lowerLabel is a field's label inside a sentence.
func lowerLabel(field string) string {
	label := fieldLabels[field]
	if strings.HasSuffix(label, " ID") {
		return strings.ToLower(strings.TrimSuffix(label, " ID")) + " ID"
	}
	return strings.ToLower(label)
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
