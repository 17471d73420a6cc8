package bus

import (
	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/domain/timecode"
)

// The shapes below are a contract with other systems, described in
// asyncapi.yaml: a changed shape is a new version of the type. They are written
// out, so that a new field of an event stays inside until somebody decides
// otherwise.

type openedData struct {
	PackageID             string                       `json:"package_id"`
	MovieID               string                       `json:"movie_id"`
	Title                 string                       `json:"title"`
	MovieType             sourcerequest.MovieType      `json:"movie_type"`
	IsOriginal            bool                         `json:"is_original"`
	ContentPartner        string                       `json:"content_partner"`
	FulfillmentPartner    *string                      `json:"fulfillment_partner"`
	SourceType            sourcerequest.SourceType     `json:"source_type"`
	ServiceType           sourcerequest.ServiceType    `json:"service_type"`
	Language              string                       `json:"language"`
	Countries             []string                     `json:"countries"`
	DueDate               domain.Date                  `json:"due_date"`
	EstimatedDeliveryDate domain.Date                  `json:"estimated_delivery_date"`
	MaterialStatus        sourcerequest.MaterialStatus `json:"material_status"`
	Status                sourcerequest.Status         `json:"status"`
	Imported              bool                         `json:"imported"`
	Upgrades              *string                      `json:"upgrades"`
}

type editedData struct {
	PackageID      *string                    `json:"package_id,omitempty"`
	MovieID        *string                    `json:"movie_id,omitempty"`
	Title          *string                    `json:"title,omitempty"`
	MovieType      *sourcerequest.MovieType   `json:"movie_type,omitempty"`
	IsOriginal     *bool                      `json:"is_original,omitempty"`
	ContentPartner *string                    `json:"content_partner,omitempty"`
	SourceType     *sourcerequest.SourceType  `json:"source_type,omitempty"`
	ServiceType    *sourcerequest.ServiceType `json:"service_type,omitempty"`
	Language       *string                    `json:"language,omitempty"`
	Countries      []string                   `json:"countries,omitempty"`
	DueDate        *domain.Date               `json:"due_date,omitempty"`
}

type assignedData struct {
	FulfillmentPartner *string `json:"fulfillment_partner"`
}

type subAssignedData struct {
	SubAssignee *string `json:"sub_assignee"`
}

type materialStatusData struct {
	MaterialStatus sourcerequest.MaterialStatus `json:"material_status"`
	Reason         string                       `json:"reason,omitempty"`
}

type materialsData struct {
	Materials []materialData `json:"materials"`
}

type materialData struct {
	ID     string                     `json:"id"`
	Kind   sourcerequest.MaterialKind `json:"kind"`
	Name   string                     `json:"name"`
	Size   int64                      `json:"size"` // bytes
	SHA256 string                     `json:"sha256,omitempty"`
}

type estimatedDeliveryDateData struct {
	EstimatedDeliveryDate domain.Date `json:"estimated_delivery_date"`
	Reason                string      `json:"reason"`
}

type deliveryStartedData struct {
	DeliveryID string                       `json:"delivery_id"`
	Method     sourcerequest.DeliveryMethod `json:"method"`
	Files      []fileData                   `json:"files"`
}

type fileData struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Size     int64  `json:"size"` // bytes
	SHA256   string `json:"sha256,omitempty"`
	Location string `json:"location,omitempty"`
}

type fileDeliveredData struct {
	DeliveryID string `json:"delivery_id"`
	FileID     string `json:"file_id"`
	Size       int64  `json:"size"` // bytes
	SHA256     string `json:"sha256"`
}

type deliveryCompletedData struct {
	DeliveryID string `json:"delivery_id"`
}

type deliveryInspectedData struct {
	DeliveryID string        `json:"delivery_id"`
	Findings   []findingData `json:"findings"`
}

type findingData struct {
	ID     string `json:"id"`
	FileID string `json:"file_id,omitempty"`
	Code   string `json:"code"`
	Hard   bool   `json:"hard"`
	Where  string `json:"where,omitempty"`
	Text   string `json:"text"`
}

type findingOverriddenData struct {
	DeliveryID string `json:"delivery_id"`
	FindingID  string `json:"finding_id"`
	Reason     string `json:"reason"`
}

type qualityControlData struct {
	ResultID   string              `json:"result_id"`
	DeliveryID *string             `json:"delivery_id"`
	Check      sourcerequest.Check `json:"check"`
	Passed     bool                `json:"passed"`
	FrameRate  timecode.Rate       `json:"frame_rate,omitempty"`
	Issues     []issueData         `json:"issues"`
}

type issueData struct {
	ID          string                 `json:"id"`
	FileID      string                 `json:"file_id,omitempty"`
	Code        string                 `json:"code"`
	Category    string                 `json:"category"`
	Severity    sourcerequest.Severity `json:"severity"`
	TimecodeIn  string                 `json:"timecode_in,omitempty"`
	TimecodeOut string                 `json:"timecode_out,omitempty"`
	Description string                 `json:"description"`
}

type issueAnsweredData struct {
	IssueID string               `json:"issue_id"`
	Answer  sourcerequest.Answer `json:"answer"`
	Note    string               `json:"note,omitempty"`
}

type redeliveryData struct {
	Scope   sourcerequest.RedeliveryScope `json:"scope"`
	Cause   sourcerequest.Cause           `json:"cause"`
	Reasons []string                      `json:"reasons"`
}

type commentData struct {
	CommentID string `json:"comment_id"`
}

type reasonData struct {
	Reason string `json:"reason,omitempty"`
}

type upgradedData struct {
	ReplacedBy string `json:"replaced_by"`
}

type rowData struct {
	PackageID             string                       `json:"package_id,omitempty"`
	MovieID               string                       `json:"movie_id,omitempty"`
	Title                 string                       `json:"title,omitempty"`
	MovieType             sourcerequest.MovieType      `json:"movie_type,omitempty"`
	IsOriginal            *bool                        `json:"is_original,omitempty"`
	ContentPartner        string                       `json:"content_partner,omitempty"`
	FulfillmentPartner    string                       `json:"fulfillment_partner,omitempty"`
	SourceType            sourcerequest.SourceType     `json:"source_type,omitempty"`
	ServiceType           sourcerequest.ServiceType    `json:"service_type,omitempty"`
	Language              string                       `json:"language,omitempty"`
	Countries             []string                     `json:"countries,omitempty"`
	DueDate               *domain.Date                 `json:"due_date,omitempty"`
	EstimatedDeliveryDate *domain.Date                 `json:"estimated_delivery_date,omitempty"`
	MaterialStatus        sourcerequest.MaterialStatus `json:"material_status,omitempty"`
	Status                sourcerequest.Status         `json:"status,omitempty"`
}

// dataOf returns what goes out of an event; ok is false for one that stays
// inside: who is responsible is the organisation's own business, and who looked
// at which file is the auditors'.
func dataOf(e sourcerequest.Event) (data any, ok bool) {
	switch e := e.(type) {
	case sourcerequest.Opened:
		return openedData{
			PackageID: e.PackageID, MovieID: e.MovieID, Title: e.Title, MovieType: e.MovieType, IsOriginal: e.IsOriginal,
			ContentPartner: e.ContentPartner, FulfillmentPartner: orNull(e.FulfillmentPartner), SourceType: e.SourceType,
			ServiceType: e.ServiceType, Language: e.Language, Countries: e.Countries, DueDate: e.DueDate,
			EstimatedDeliveryDate: e.EstimatedDeliveryDate, MaterialStatus: e.MaterialStatus, Status: e.Status,
			Imported: e.Import, Upgrades: orNull(e.Upgrades),
		}, true
	case sourcerequest.FieldsEdited:
		return editedData(e), true
	case sourcerequest.Assigned:
		return assignedData{orNull(e.FulfillmentPartner)}, true
	case sourcerequest.SubAssigned:
		return subAssignedData{orNull(e.SubAssignee)}, true
	case sourcerequest.MaterialStatusChanged:
		return materialStatusData(e), true
	case sourcerequest.MaterialsProvided:
		return materialsData{each(e.Materials, func(m sourcerequest.MaterialFile) materialData { return materialData(m) })}, true
	case sourcerequest.EstimatedDeliveryDateChanged:
		return estimatedDeliveryDateData{e.Date, e.Reason}, true
	case sourcerequest.DeliveryStarted:
		return deliveryStartedData{e.DeliveryID, e.Method, each(e.Files, func(f sourcerequest.DeclaredFile) fileData { return fileData(f) })}, true
	case sourcerequest.FileDelivered:
		return fileDeliveredData(e), true
	case sourcerequest.DeliveryCompleted:
		return deliveryCompletedData(e), true
	case sourcerequest.DeliveryInspected:
		return deliveryInspectedData{e.DeliveryID, each(e.Findings, func(f sourcerequest.Finding) findingData { return findingData(f) })}, true
	case sourcerequest.FindingOverridden:
		return findingOverriddenData(e), true
	case sourcerequest.QualityControlRecorded:
		issues := each(e.Issues, func(i sourcerequest.Issue) issueData { return issueData(i) })
		return qualityControlData{e.ResultID, orNull(e.DeliveryID), e.Check, e.Passed, e.FrameRate, issues}, true
	case sourcerequest.QCIssueAnswered:
		return issueAnsweredData(e), true
	case sourcerequest.RedeliveryRequested:
		return redeliveryData{e.Scope, e.Cause, append([]string{}, e.Reasons...)}, true
	case sourcerequest.Commented:
		return commentData{e.CommentID}, true
	case sourcerequest.CommentRedacted:
		return commentData{e.CommentID}, true
	case sourcerequest.Cancelled:
		return reasonData(e), true
	case sourcerequest.Reinstated:
		return reasonData(e), true
	case sourcerequest.Upgraded:
		return upgradedData(e), true
	case sourcerequest.RowImported:
		r := e.Row
		return rowData{
			PackageID: r.PackageID, MovieID: r.MovieID, Title: r.Title, MovieType: r.MovieType, IsOriginal: r.IsOriginal,
			ContentPartner: r.ContentPartner, FulfillmentPartner: r.FulfillmentPartner, SourceType: r.SourceType,
			ServiceType: r.ServiceType, Language: r.Language, Countries: r.Countries, DueDate: orNoDate(r.DueDate),
			EstimatedDeliveryDate: orNoDate(r.EstimatedDeliveryDate), MaterialStatus: r.MaterialStatus, Status: r.Status,
		}, true
	}
	return nil, false
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func orNoDate(d domain.Date) *domain.Date {
	if d.IsZero() {
		return nil
	}
	return &d
}

// each is never nil: a list without members is [] in JSON.
func each[A, B any](from []A, convert func(A) B) []B {
	out := make([]B, len(from))
	for i, a := range from {
		out[i] = convert(a)
	}
	return out
}
