package sourcerequest

import (
	"slices"

	"backlot/domain"
)

// Evolve folds one event into the state. It is total: an event that it does
// not know, or that names something the state does not have, leaves the state
// as it was but for the instant of its last change. Before a request is opened
// nothing else happens to it.
func Evolve(s State, e Event, o domain.Occurrence) State {
	if e, ok := e.(Opened); ok {
		return opened(e, o)
	}
	if !s.Exists() {
		return s
	}
	if _, ok := e.(FilesDownloaded); !ok { // whoever reads changes nothing
		s.UpdatedAt = o.At
	}
	switch e := e.(type) {
	case FieldsEdited:
		s = edited(s, e)
		s.FieldRevision = o.Revision
	case Assigned:
		s.FulfillmentPartner, s.SubAssignee, s.Helpers = e.FulfillmentPartner, "", nil
		s.Responsible, s.SubResponsible = "", ""
		s.FieldRevision = o.Revision
	case SubAssigned:
		s.SubAssignee, s.SubResponsible = e.SubAssignee, ""
		if e.SubAssignee != "" && !slices.Contains(s.Helpers, e.SubAssignee) {
			s.Helpers = append(slices.Clip(s.Helpers), e.SubAssignee)
		}
		s.FieldRevision = o.Revision
	case ResponsibleChanged:
		switch e.Organisation {
		case "":
		case s.FulfillmentPartner:
			s.Responsible = e.Account
		case s.SubAssignee:
			s.SubResponsible = e.Account
		}
	case MaterialStatusChanged:
		s.MaterialStatus = e.MaterialStatus
		if e.MaterialStatus == MaterialRejected {
			s.MaterialSinceRejected = false
		}
		s.FieldRevision = o.Revision
	case MaterialsProvided:
		s.Materials = slices.Clip(s.Materials)
		for _, m := range e.Materials {
			s.Materials = append(s.Materials, Material{MaterialFile: m, ProvidedAt: o.At, ProvidedBy: o.By})
		}
		s.MaterialSinceRejected = s.MaterialSinceRejected || len(e.Materials) > 0
	case EstimatedDeliveryDateChanged:
		s.MovedDeliveryDate = e.Date
		s.FieldRevision = o.Revision
	case DeliveryStarted:
		files := make([]DeliveryFile, len(e.Files))
		for i, f := range e.Files {
			files[i] = DeliveryFile{DeclaredFile: f}
		}
		s.Deliveries = append(slices.Clip(s.Deliveries), Delivery{ID: e.DeliveryID, Method: e.Method, Files: files, StartedAt: o.At, StartedBy: o.By, AutoComplete: e.AutoComplete})
	case FileDelivered:
		s = s.withDelivery(e.DeliveryID, func(d *Delivery) {
			d.Files = slices.Clone(d.Files)
			for i := range d.Files {
				if d.Files[i].ID == e.FileID {
					d.Files[i].Size, d.Files[i].SHA256, d.Files[i].DeliveredAt = e.Size, e.SHA256, o.At
				}
			}
		})
	case DeliveryCompleted:
		if s.delivery(e.DeliveryID) != nil {
			s = s.withDelivery(e.DeliveryID, func(d *Delivery) { d.CompletedAt = o.At })
			s.Status, s.LatestDelivery, s.WasDelivered = StatusDelivered, e.DeliveryID, true
		}
	case DeliveryInspected:
		s = s.withDelivery(e.DeliveryID, func(d *Delivery) {
			d.InspectedAt, d.Examined = o.At, e.Examined
			d.Findings = make([]FindingState, len(e.Findings))
			for i, f := range e.Findings {
				d.Findings[i] = FindingState{Finding: f}
			}
		})
		s = s.processedIfClean(e.DeliveryID)
	case FindingOverridden:
		s = s.withDelivery(e.DeliveryID, func(d *Delivery) {
			d.Findings = slices.Clone(d.Findings)
			for i := range d.Findings {
				if d.Findings[i].ID == e.FindingID {
					d.Findings[i].Overridden, d.Findings[i].OverrideReason = true, e.Reason
				}
			}
		})
		s = s.processedIfClean(e.DeliveryID)
	case QualityControlRecorded:
		qc := QualityControl{ID: e.ResultID, DeliveryID: e.DeliveryID, Check: e.Check, Passed: e.Passed, FrameRate: e.FrameRate, RecordedAt: o.At, RecordedBy: o.By}
		for _, issue := range e.Issues {
			qc.Issues = append(qc.Issues, IssueState{Issue: issue})
		}
		s.QualityControls = append(slices.Clip(s.QualityControls), qc)
	case QCIssueAnswered:
		if q, i, ok := s.issue(e.IssueID); ok {
			s.QualityControls = slices.Clone(s.QualityControls)
			issues := slices.Clone(s.QualityControls[q].Issues)
			issues[i].Answer, issues[i].Note, issues[i].AnsweredAt, issues[i].AnsweredBy = e.Answer, e.Note, o.At, o.By
			s.QualityControls[q].Issues = issues
		}
	case FilesDownloaded:
		s.Downloads = s.downloadedBy(e.Files, o)
	case RedeliveryRequested:
		s.Status = StatusRedeliveryRequested
		s.Redelivery = &Redelivery{Scope: e.Scope, Cause: e.Cause, Reasons: e.Reasons, RequestedAt: o.At}
	case Commented:
		s.Comments = append(slices.Clip(s.Comments), Comment{ID: e.CommentID, TextID: e.TextID, Text: e.Text, At: o.At, By: o.By})
	case CommentRedacted:
		if i := slices.IndexFunc(s.Comments, func(c Comment) bool { return c.ID == e.CommentID }); i >= 0 {
			s.Comments = slices.Clone(s.Comments)
			s.Comments[i].Redacted, s.Comments[i].Text = true, ""
		}
	case Cancelled:
		if s.Status != StatusCancelled {
			s.StatusBeforeCancel, s.Status = s.Status, StatusCancelled
		}
	case Reinstated:
		if s.Status == StatusCancelled {
			s.Status, s.StatusBeforeCancel = s.reinstatesTo(), ""
		}
	case Upgraded:
		s.Status, s.UpgradedTo = StatusUpgraded, e.ReplacedBy
	case RowImported:
		s.LastRow = &e.Row
	}
	return s
}

func opened(e Opened, o domain.Occurrence) State {
	s := State{
		PackageID: e.PackageID, MovieID: e.MovieID, Title: e.Title, MovieType: e.MovieType, IsOriginal: e.IsOriginal,
		ContentPartner: e.ContentPartner, FulfillmentPartner: e.FulfillmentPartner,
		SourceType: e.SourceType, ServiceType: e.ServiceType, Language: e.Language, Countries: e.Countries,
		DueDate: e.DueDate, MovedDeliveryDate: e.EstimatedDeliveryDate,
		Status: e.Status, MaterialStatus: e.MaterialStatus, Upgrades: e.Upgrades,
		OpenedAt: o.At, UpdatedAt: o.At, FieldRevision: o.Revision,
	}
	switch e.Status {
	case StatusDelivered, StatusProcessed, StatusUpgraded:
		s.WasDelivered = true
	case StatusRedeliveryRequested:
		s.WasDelivered = true
		// Nobody knows when it was asked for: it counts from the import.
		s.Redelivery = &Redelivery{Scope: RedeliveryFull, Cause: CauseImport, RequestedAt: o.At}
	}
	if e.Import {
		s.LastRow = rowOf(e)
	}
	return s
}

func edited(s State, e FieldsEdited) State {
	set(&s.PackageID, e.PackageID)
	set(&s.MovieID, e.MovieID)
	set(&s.Title, e.Title)
	set(&s.MovieType, e.MovieType)
	set(&s.IsOriginal, e.IsOriginal)
	set(&s.ContentPartner, e.ContentPartner)
	set(&s.SourceType, e.SourceType)
	set(&s.ServiceType, e.ServiceType)
	set(&s.Language, e.Language)
	set(&s.DueDate, e.DueDate)
	if len(e.Countries) > 0 {
		s.Countries = e.Countries
	}
	return s
}

func set[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}

// rowOf returns the imported row that an opened event carries.
func rowOf(e Opened) *Row {
	return &Row{
		PackageID: e.PackageID, MovieID: e.MovieID, Title: e.Title, MovieType: e.MovieType, IsOriginal: &e.IsOriginal,
		ContentPartner: e.ContentPartner, FulfillmentPartner: e.FulfillmentPartner,
		SourceType: e.SourceType, ServiceType: e.ServiceType, Language: e.Language, Countries: e.Countries,
		DueDate: e.DueDate, EstimatedDeliveryDate: dateOr(e.EstimatedDeliveryDate, e.DueDate),
		MaterialStatus: e.MaterialStatus, Status: e.Status,
	}
}

func dateOr(d, otherwise domain.Date) domain.Date {
	if d.IsZero() {
		return otherwise
	}
	return d
}

// withDelivery applies a change to a copy of one delivery.
func (s State) withDelivery(id string, change func(*Delivery)) State {
	for i := range s.Deliveries {
		if s.Deliveries[i].ID == id {
			s.Deliveries = slices.Clone(s.Deliveries)
			change(&s.Deliveries[i])
			break
		}
	}
	return s
}

// processedIfClean makes the request Processed when its latest delivery was
// inspected and no finding stands. After a redelivery was asked for, that
// holds only if nobody but inspection asked: quality control may have failed
// the delivery meanwhile.
func (s State) processedIfClean(deliveryID string) State {
	d := s.delivery(deliveryID)
	if d == nil || deliveryID != s.LatestDelivery || d.InspectedAt.IsZero() {
		return s
	}
	for _, f := range d.Findings {
		if !f.Overridden {
			return s
		}
	}
	asked := s.Status == StatusRedeliveryRequested && s.Redelivery != nil && s.Redelivery.Cause == CauseInspection
	if s.Status == StatusDelivered || asked && !s.failedQualityControl(deliveryID) {
		s.Status = StatusProcessed
	}
	return s
}

// failedQualityControl reports whether a check of the delivery failed, or an
// issue of it will be fixed.
func (s State) failedQualityControl(deliveryID string) bool {
	for _, qc := range s.QualityControls {
		if qc.DeliveryID != deliveryID {
			continue
		}
		willFix := func(i IssueState) bool { return i.Answer == AnswerWillFix }
		if !qc.Passed || slices.ContainsFunc(qc.Issues, willFix) {
			return true
		}
	}
	return false
}

func (s State) reinstatesTo() Status {
	if s.StatusBeforeCancel == "" {
		return StatusOpen
	}
	return s.StatusBeforeCancel
}
