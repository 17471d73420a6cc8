package sourcerequest

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"backlot/domain"
	"backlot/domain/finding"
)

func decideStartDelivery(s State, c StartDelivery) ([]Event, error) {
	if err := identifier("delivery_id", c.DeliveryID); err != nil {
		return nil, err
	}
	if s.delivery(c.DeliveryID) != nil {
		return nil, nil
	}
	if !s.Status.IsOpen() {
		return nil, refusedBy(s, "deliver")
	}
	method, err := canonical("method", c.Method, deliveryMethods)
	if err != nil {
		return nil, err
	}
	if len(c.Files) == 0 {
		return nil, domain.Invalid("files", "files is required: at least one")
	}
	seen := map[string]bool{}
	files := make([]DeclaredFile, len(c.Files))
	for i, f := range c.Files {
		if f.Name, err = name(fmt.Sprintf("files[%d].name", i), f.Name); err != nil {
			return nil, err
		}
		if f.Size < 0 {
			return nil, domain.Invalid(fmt.Sprintf("files[%d].size", i), "a size is a number of bytes, 0 or more")
		}
		if f.Location, err = location(fmt.Sprintf("files[%d].location", i), f.Location); err != nil {
			return nil, err
		}
		if f.SHA256, err = checksum(fmt.Sprintf("files[%d].sha256", i), f.SHA256, f.Location != ""); err != nil {
			return nil, err
		}
		if err = identifier(fmt.Sprintf("files[%d].id", i), f.ID); err != nil {
			return nil, err
		}
		if seen[f.ID] {
			return nil, domain.Invalid(fmt.Sprintf("files[%d].id", i), fmt.Sprintf("the file id %q is used twice", f.ID))
		}
		seen[f.ID], files[i] = true, f
	}
	events := []Event{DeliveryStarted{DeliveryID: c.DeliveryID, Method: method, Files: files, AutoComplete: c.AutoComplete}}
	for _, f := range files {
		if f.Location != "" {
			events = append(events, FileDelivered{DeliveryID: c.DeliveryID, FileID: f.ID, Size: f.Size, SHA256: f.SHA256})
		}
	}
	if c.AutoComplete && len(events) == 1+len(files) {
		events = append(events, DeliveryCompleted{DeliveryID: c.DeliveryID})
	}
	return events, nil
}

// location checks where a file is that came another way, "" for one that will
// be sent: a URI with a scheme, and without a password, for it is kept for ever.
func location(field, s string) (string, error) {
	s, err := text(field, s, maxReason, false)
	if err != nil || s == "" {
		return s, err
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Scheme == "" || u.Host == "" && u.Path == "" && u.Opaque == "" || strings.ContainsAny(s, " \r\n\t"):
		return "", domain.Invalid(field, field+" is not a URI, for example aspera://host/folder/film.mov or file:///watch/film.mov")
	case u.User != nil:
		return "", domain.Invalid(field, field+" holds a user or a password; it is kept for ever, so leave them out")
	}
	return s, nil
}

func decideDeliverFile(s State, c DeliverFile) ([]Event, error) {
	d, err := s.openDelivery(c.DeliveryID)
	if err != nil {
		return nil, err
	}
	if c.SHA256, err = checksum("sha256", c.SHA256, true); err != nil {
		return nil, err
	}
	for _, f := range d.Files {
		if f.ID != c.FileID {
			continue
		}
		if !f.DeliveredAt.IsZero() {
			if f.Size == c.Size && f.SHA256 == c.SHA256 {
				return nil, nil
			}
			return nil, domain.Refused(fmt.Sprintf("the file %q has arrived already, with another content", f.Name))
		}
		if f.Size != c.Size {
			return nil, domain.Refused(fmt.Sprintf("the file %q was declared with %d bytes and arrived with %d", f.Name, f.Size, c.Size))
		}
		if f.SHA256 != "" && f.SHA256 != c.SHA256 {
			return nil, domain.Refused(fmt.Sprintf("the file %q does not have the declared checksum", f.Name))
		}
		if d.AutoComplete && d.lacksOnly(f.ID) {
			return []Event{FileDelivered(c), DeliveryCompleted{DeliveryID: d.ID}}, nil
		}
		return []Event{FileDelivered(c)}, nil
	}
	return nil, domain.Errorf(domain.CodeNotFound, "the delivery declares no file %q", c.FileID)
}

// lacksOnly reports whether every other file has arrived.
func (d Delivery) lacksOnly(id string) bool {
	return !slices.ContainsFunc(d.Files, func(f DeliveryFile) bool { return f.ID != id && f.DeliveredAt.IsZero() })
}

func decideCompleteDelivery(s State, c CompleteDelivery) ([]Event, error) {
	if d := s.delivery(c.DeliveryID); d != nil && !d.CompletedAt.IsZero() {
		return nil, nil
	}
	d, err := s.openDelivery(c.DeliveryID)
	if err != nil {
		return nil, err
	}
	var missing []string
	for _, f := range d.Files {
		if f.DeliveredAt.IsZero() {
			missing = append(missing, f.Name)
		}
	}
	if missing != nil {
		return nil, domain.Refused(fmt.Sprintf("%d of %d files have not arrived", len(missing), len(d.Files)), missing...)
	}
	return []Event{DeliveryCompleted(c)}, nil
}

// openDelivery returns a delivery that can still take files.
func (s State) openDelivery(id string) (*Delivery, error) {
	d := s.delivery(id)
	switch {
	case d == nil:
		return nil, noDelivery(id)
	case !d.CompletedAt.IsZero():
		return nil, domain.Refused("the delivery is complete; start another one")
	case !s.Status.IsOpen():
		return nil, refusedBy(s, "deliver")
	}
	return d, nil
}

func noDelivery(id string) error {
	return domain.Errorf(domain.CodeNotFound, "the request has no delivery %q", id)
}

func decideInspection(s State, c RecordInspection) ([]Event, error) {
	d := s.delivery(c.DeliveryID)
	switch {
	case d == nil:
		return nil, noDelivery(c.DeliveryID)
	case d.CompletedAt.IsZero():
		return nil, domain.Refused("the delivery is not complete", actionDeliver)
	case s.Status == StatusCancelled || s.Status == StatusUpgraded:
		// A verdict that changes no status now would be lost on reinstating: the
		// request would stay Delivered for ever.
		return nil, refusedBy(s, "record an inspection")
	}
	findings := make([]Finding, len(c.Findings))
	seen := map[string]bool{}
	for i, f := range c.Findings {
		var err error
		if findings[i], err = validFinding(fmt.Sprintf("findings[%d]", i), f); err != nil {
			return nil, err
		}
		if seen[f.ID] {
			return nil, domain.Invalid(fmt.Sprintf("findings[%d].id", i), fmt.Sprintf("the finding id %q is used twice", f.ID))
		}
		seen[f.ID] = true
		if f.FileID != "" && !d.has(f.FileID) {
			return nil, domain.Invalid(fmt.Sprintf("findings[%d].file_id", i), fmt.Sprintf("the delivery has no file %q", f.FileID))
		}
	}
	examined, err := examinations(d, c.Examined)
	if err != nil {
		return nil, err
	}
	if c.First && !d.InspectedAt.IsZero() {
		return nil, nil
	}
	same := func(was FindingState, is Finding) bool { return was.Finding == is }
	if !d.InspectedAt.IsZero() && slices.EqualFunc(d.Findings, findings, same) {
		return nil, nil
	}
	events := []Event{DeliveryInspected{DeliveryID: c.DeliveryID, Findings: findings, Examined: examined}}
	stood := s.Status == StatusDelivered || s.Status == StatusProcessed
	if len(findings) > 0 && stood && s.LatestDelivery == c.DeliveryID {
		reasons := make([]string, len(findings))
		for i, f := range findings {
			reasons[i] = f.Text
			if f.Where != "" {
				reasons[i] = f.Where + ": " + f.Text
			}
		}
		events = append(events, RedeliveryRequested{Scope: RedeliveryFull, Cause: CauseInspection, Reasons: reasons})
	}
	return events, nil
}

func validFinding(field string, f Finding) (Finding, error) {
	err := identifier(field+".id", f.ID)
	if err != nil {
		return f, err
	}
	kind, err := findingType(field+".code", f.Code)
	if err != nil {
		return f, err
	}
	f.Code, f.Hard = kind.Code, kind.Hard
	if f.Where, err = text(field+".where", f.Where, maxReason, false); err != nil {
		return f, err
	}
	f.Text, err = text(field+".text", f.Text, maxReason, true)
	return f, err
}

// findingType finds the type that a code names.
func findingType(field, code string) (finding.Type, error) {
	code, err := name(field, code)
	if err != nil {
		return finding.Type{}, err
	}
	kind, ok := finding.Find(code)
	if !ok {
		types := finding.Types()
		known := make([]string, len(types))
		for i, t := range types {
			known[i] = t.Code
		}
		return kind, domain.Invalid(field, fmt.Sprintf("the catalogue of findings has no %q", code), known...)
	}
	return kind, nil
}

// examinations checks what is said of how each file was looked at.
func examinations(d *Delivery, in []Examination) ([]Examination, error) {
	var out []Examination
	for i, e := range in {
		field := fmt.Sprintf("examined[%d]", i)
		if !d.has(e.FileID) {
			return nil, domain.Invalid(field+".file_id", fmt.Sprintf("the delivery has no file %q", e.FileID))
		}
		var err error
		if e.As, err = name(field+".as", e.As); err != nil {
			return nil, err
		}
		if e.Note, err = text(field+".note", e.Note, maxReason, false); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

func (d *Delivery) has(fileID string) bool {
	return slices.ContainsFunc(d.Files, func(f DeliveryFile) bool { return f.ID == fileID })
}

func decideOverride(s State, c OverrideFinding) ([]Event, error) {
	reason, err := text("reason", c.Reason, maxReason, true)
	if err != nil {
		return nil, err
	}
	if s.Status == StatusCancelled || s.Status == StatusUpgraded {
		return nil, refusedBy(s, "override a finding")
	}
	d := s.delivery(c.DeliveryID)
	if d == nil {
		return nil, noDelivery(c.DeliveryID)
	}
	for _, f := range d.Findings {
		switch {
		case f.ID != c.FindingID:
			continue
		case f.Overridden:
			return nil, nil
		case f.Hard:
			return nil, domain.Refused(fmt.Sprintf("the finding %s is hard: it needs a redelivery", f.Code), actionDeliver)
		}
		return []Event{FindingOverridden{DeliveryID: c.DeliveryID, FindingID: c.FindingID, Reason: reason}}, nil
	}
	return nil, domain.Errorf(domain.CodeNotFound, "the delivery has no finding %q", c.FindingID)
}
