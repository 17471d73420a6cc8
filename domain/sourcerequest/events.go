package sourcerequest

import (
	"backlot/domain"
	"backlot/domain/timecode"
)

// The JSON names and the labels in this file are a storage format: the log is
// for ever. A changed shape is a new version in the event catalog with an
// upcaster, never an edit here.

// Event is one change of a source request.
type Event interface {
	// Kind is the event's name in the API, for example material_status_changed.
	Kind() string
	sourceRequestEvent()
}

type (
	// Opened began the request. Import is true when a file's row did; then the
	// row's status, material status and estimated delivery date are as they were.
	Opened struct {
		PackageID             string         `json:"packageId"`
		MovieID               string         `json:"movieId"`
		Title                 string         `json:"title"`
		MovieType             MovieType      `json:"movieType"`
		IsOriginal            bool           `json:"isOriginal"`
		ContentPartner        string         `json:"contentPartner"`     // organisation id
		FulfillmentPartner    string         `json:"fulfillmentPartner"` // organisation id, "" while unassigned
		SourceType            SourceType     `json:"sourceType"`
		ServiceType           ServiceType    `json:"serviceType"`
		Language              string         `json:"language"`
		Countries             []string       `json:"countries"` // sorted, at least one
		DueDate               domain.Date    `json:"dueDate"`
		EstimatedDeliveryDate domain.Date    `json:"estimatedDeliveryDate"` // null follows the due date
		MaterialStatus        MaterialStatus `json:"materialStatus"`
		Status                Status         `json:"status"`
		Import                bool           `json:"import,omitempty"`
		Upgrades              string         `json:"upgrades,omitempty"` // id of the request that this one replaces
	}

	// FieldsEdited set the fields that are not null.
	FieldsEdited struct {
		PackageID      *string      `json:"packageId,omitempty"`
		MovieID        *string      `json:"movieId,omitempty"`
		Title          *string      `json:"title,omitempty"`
		MovieType      *MovieType   `json:"movieType,omitempty"`
		IsOriginal     *bool        `json:"isOriginal,omitempty"`
		ContentPartner *string      `json:"contentPartner,omitempty"`
		SourceType     *SourceType  `json:"sourceType,omitempty"`
		ServiceType    *ServiceType `json:"serviceType,omitempty"`
		Language       *string      `json:"language,omitempty"`
		Countries      []string     `json:"countries,omitempty"`
		DueDate        *domain.Date `json:"dueDate,omitempty"`
	}

	// Assigned gave the request to a fulfillment partner, or to nobody; it ends
	// a sub-assignment, and nobody is responsible any more.
	Assigned struct {
		FulfillmentPartner string `json:"fulfillmentPartner"`
	}

	// SubAssigned let another fulfillment partner work beside the assignee, or
	// ended that (""). Nobody of the new one is responsible yet.
	SubAssigned struct {
		SubAssignee string `json:"subAssignee"`
	}

	// ResponsibleChanged named the person within an organisation that works on
	// the request who answers for it, or said that nobody does ("").
	ResponsibleChanged struct {
		Organisation string `json:"organisation"` // organisation id
		Account      string `json:"account"`      // account id
	}

	// MaterialStatusChanged is what the fulfillment partner says of its materials.
	MaterialStatusChanged struct {
		MaterialStatus MaterialStatus `json:"materialStatus"`
		Reason         string         `json:"reason,omitempty"`
	}

	// MaterialsProvided added files to work from.
	MaterialsProvided struct {
		Materials []MaterialFile `json:"materials"`
	}

	// EstimatedDeliveryDateChanged moved the date, for a reason.
	EstimatedDeliveryDateChanged struct {
		Date   domain.Date `json:"date"`
		Reason string      `json:"reason"`
	}

	// DeliveryStarted declared the files of a delivery.
	DeliveryStarted struct {
		DeliveryID   string         `json:"deliveryId"`
		Method       DeliveryMethod `json:"method"`
		Files        []DeclaredFile `json:"files"`
		AutoComplete bool           `json:"autoComplete,omitempty"` // it is complete when its last file has arrived
	}

	// FileDelivered is one declared file that has arrived whole.
	FileDelivered struct {
		DeliveryID string `json:"deliveryId"`
		FileID     string `json:"fileId"`
		Size       int64  `json:"size"`   // bytes
		SHA256     string `json:"sha256"` // hex
	}

	// DeliveryCompleted closed a delivery; the request is Delivered.
	DeliveryCompleted struct {
		DeliveryID string `json:"deliveryId"`
	}

	// DeliveryInspected is the verdict of inspection. Without findings the
	// request is Processed.
	DeliveryInspected struct {
		DeliveryID string        `json:"deliveryId"`
		Findings   []Finding     `json:"findings"`
		Examined   []Examination `json:"examined,omitempty"` // what was looked at; none where nobody told
	}

	// FindingOverridden accepted an overridable finding, for a reason.
	FindingOverridden struct {
		DeliveryID string `json:"deliveryId"`
		FindingID  string `json:"findingId"`
		Reason     string `json:"reason"`
	}

	// QualityControlRecorded is the result of a person's check of a delivery.
	QualityControlRecorded struct {
		ResultID   string        `json:"resultId"`
		DeliveryID string        `json:"deliveryId,omitempty"` // "" when the delivery came before the portal did
		Check      Check         `json:"check"`
		Passed     bool          `json:"passed"`
		FrameRate  timecode.Rate `json:"frameRate,omitempty"` // of the timecodes; "" where nobody told
		Issues     []Issue       `json:"issues"`
	}

	// QCIssueAnswered is what the fulfillment partner says to an issue.
	QCIssueAnswered struct {
		IssueID string `json:"issueId"`
		Answer  Answer `json:"answer"`
		Note    string `json:"note,omitempty"`
	}

	// FilesDownloaded is somebody who began to download files: one, or several
	// as one archive. It is recorded before the first byte goes out.
	FilesDownloaded struct {
		Files   []FileRef `json:"files"`
		Archive bool      `json:"archive,omitempty"`
	}

	// RedeliveryRequested asked for the asset again.
	RedeliveryRequested struct {
		Scope   RedeliveryScope `json:"scope"`
		Cause   Cause           `json:"cause"`
		Reasons []string        `json:"reasons"`
	}

	// Commented is something that somebody said.
	Commented struct {
		CommentID string    `json:"commentId"`
		TextID    string    `json:"textId,omitempty"`           // of what was said; "" in version 1
		Text      string    `json:"text,omitempty" former:"v1"` // what version 1 said here, and keeps for ever
		Mentions  []Mention `json:"mentions,omitempty"`         // whom the text speaks to, in its order
	}

	// CommentRedacted says that a comment's text was deleted.
	CommentRedacted struct {
		CommentID string `json:"commentId"`
	}

	// Cancelled took the request back.
	Cancelled struct {
		Reason string `json:"reason,omitempty"`
	}

	// Reinstated brought a cancelled request back to where it was.
	Reinstated struct {
		Reason string `json:"reason,omitempty"`
	}

	// Upgraded closed the request in favour of another one.
	Upgraded struct {
		ReplacedBy string `json:"replacedBy"` // request id
	}

	// RowImported is the last imported row after a later import changed it; it
	// follows the edits that came of that.
	RowImported struct {
		Row Row `json:"row"`
	}
)

// MaterialFile is a file to work from.
type MaterialFile struct {
	ID     string       `json:"id"`
	Kind   MaterialKind `json:"kind"`
	Name   string       `json:"name"`
	Size   int64        `json:"size"` // bytes
	SHA256 string       `json:"sha256,omitempty"`
}

// DeclaredFile is a file that a delivery will hold.
type DeclaredFile struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Size     int64  `json:"size"` // bytes
	SHA256   string `json:"sha256,omitempty"`
	Location string `json:"location,omitempty"` // URI of a file that came another way and is not in the store of files
}

// FileRef names a file of a request: a delivered file with its delivery, or a
// material without one.
type FileRef struct {
	DeliveryID string `json:"deliveryId,omitempty"`
	ID         string `json:"id"`
}

// Finding is one thing that inspection found wrong. Verdicts of before there
// was a catalogue may have codes of their own.
type Finding struct {
	ID     string `json:"id"`
	FileID string `json:"fileId,omitempty"`
	Code   string `json:"code"` // of a finding.Type
	Hard   bool   `json:"hard"` // cannot be overridden
	Where  string `json:"where,omitempty"`
	Text   string `json:"text"`
}

// Examination is how inspection looked at a file.
type Examination struct {
	FileID string `json:"fileId"`
	As     string `json:"as"`             // what it was taken for, for example SubRip subtitles
	Note   string `json:"note,omitempty"` // what was not looked at, and why
}

// Issue is one thing that quality control found wrong. Results of before there
// was a catalogue may have codes and categories of their own.
type Issue struct {
	ID          string   `json:"id"`
	FileID      string   `json:"fileId,omitempty"` // of the delivery's file that it is about; "" for none in particular
	Code        string   `json:"code"`             // of a qualitycontrol.Type
	Category    string   `json:"category"`
	Severity    Severity `json:"severity"`
	TimecodeIn  string   `json:"timecodeIn,omitempty"` // SMPTE HH:MM:SS:FF, ;FF for drop-frame
	TimecodeOut string   `json:"timecodeOut,omitempty"`
	Description string   `json:"description"`
}

// Row is a row of an import file with its values in canonical form and its
// partners as organisation ids. An empty field was blank, which means unchanged.
type Row struct {
	PackageID             string         `json:"packageId,omitempty"`
	MovieID               string         `json:"movieId,omitempty"`
	Title                 string         `json:"title,omitempty"`
	MovieType             MovieType      `json:"movieType,omitempty"`
	IsOriginal            *bool          `json:"isOriginal,omitempty"`
	ContentPartner        string         `json:"contentPartner,omitempty"`
	FulfillmentPartner    string         `json:"fulfillmentPartner,omitempty"`
	SourceType            SourceType     `json:"sourceType,omitempty"`
	ServiceType           ServiceType    `json:"serviceType,omitempty"`
	Language              string         `json:"language,omitempty"`
	Countries             []string       `json:"countries,omitempty"`
	DueDate               domain.Date    `json:"dueDate,omitempty"`
	EstimatedDeliveryDate domain.Date    `json:"estimatedDeliveryDate,omitempty"`
	MaterialStatus        MaterialStatus `json:"materialStatus,omitempty"`
	Status                Status         `json:"status,omitempty"`
}

func (Opened) sourceRequestEvent()                       {}
func (FieldsEdited) sourceRequestEvent()                 {}
func (Assigned) sourceRequestEvent()                     {}
func (SubAssigned) sourceRequestEvent()                  {}
func (ResponsibleChanged) sourceRequestEvent()           {}
func (MaterialStatusChanged) sourceRequestEvent()        {}
func (MaterialsProvided) sourceRequestEvent()            {}
func (EstimatedDeliveryDateChanged) sourceRequestEvent() {}
func (DeliveryStarted) sourceRequestEvent()              {}
func (FileDelivered) sourceRequestEvent()                {}
func (DeliveryCompleted) sourceRequestEvent()            {}
func (DeliveryInspected) sourceRequestEvent()            {}
func (FindingOverridden) sourceRequestEvent()            {}
func (QualityControlRecorded) sourceRequestEvent()       {}
func (QCIssueAnswered) sourceRequestEvent()              {}
func (FilesDownloaded) sourceRequestEvent()              {}
func (RedeliveryRequested) sourceRequestEvent()          {}
func (Commented) sourceRequestEvent()                    {}
func (CommentRedacted) sourceRequestEvent()              {}
func (Cancelled) sourceRequestEvent()                    {}
func (Reinstated) sourceRequestEvent()                   {}
func (Upgraded) sourceRequestEvent()                     {}
func (RowImported) sourceRequestEvent()                  {}

// Kind implements Event.
func (Opened) Kind() string { return "opened" }

// Kind implements Event.
func (FieldsEdited) Kind() string { return "fields_edited" }

// Kind implements Event.
func (Assigned) Kind() string { return "assigned" }

// Kind implements Event.
func (SubAssigned) Kind() string { return "sub_assigned" }

// Kind implements Event.
func (ResponsibleChanged) Kind() string { return "responsible_changed" }

// Kind implements Event.
func (MaterialStatusChanged) Kind() string { return "material_status_changed" }

// Kind implements Event.
func (MaterialsProvided) Kind() string { return "materials_provided" }

// Kind implements Event.
func (EstimatedDeliveryDateChanged) Kind() string { return "estimated_delivery_date_changed" }

// Kind implements Event.
func (DeliveryStarted) Kind() string { return "delivery_started" }

// Kind implements Event.
func (FileDelivered) Kind() string { return "file_delivered" }

// Kind implements Event.
func (DeliveryCompleted) Kind() string { return "delivery_completed" }

// Kind implements Event.
func (DeliveryInspected) Kind() string { return "delivery_inspected" }

// Kind implements Event.
func (FindingOverridden) Kind() string { return "finding_overridden" }

// Kind implements Event.
func (QualityControlRecorded) Kind() string { return "quality_control_recorded" }

// Kind implements Event.
func (QCIssueAnswered) Kind() string { return "qc_issue_answered" }

// Kind implements Event.
func (FilesDownloaded) Kind() string { return "files_downloaded" }

// Kind implements Event.
func (RedeliveryRequested) Kind() string { return "redelivery_requested" }

// Kind implements Event.
func (Commented) Kind() string { return "commented" }

// Kind implements Event.
func (CommentRedacted) Kind() string { return "comment_redacted" }

// Kind implements Event.
func (Cancelled) Kind() string { return "cancelled" }

// Kind implements Event.
func (Reinstated) Kind() string { return "reinstated" }

// Kind implements Event.
func (Upgraded) Kind() string { return "upgraded" }

// Kind implements Event.
func (RowImported) Kind() string { return "row_imported" }
