package sourcerequest

import (
	"time"

	"backlot/domain"
	"backlot/domain/timecode"
)

// Command is something that somebody wants of a source request. Identifiers
// come in with the command.
type Command interface{ sourceRequestCommand() }

type (
	// Open asks for an asset. A zero EstimatedDeliveryDate follows the due date.
	Open struct {
		PackageID             string
		MovieID               string
		Title                 string
		MovieType             MovieType
		IsOriginal            bool
		ContentPartner        string // organisation id
		FulfillmentPartner    string // organisation id, "" for nobody yet
		SourceType            SourceType
		ServiceType           ServiceType // "" is Unknown
		Language              string
		Countries             []string
		DueDate               domain.Date
		EstimatedDeliveryDate domain.Date
		MaterialStatus        MaterialStatus // "" is Not Received
		Upgrades              string         // id of the request that this one replaces
	}

	// Edit sets the fields that are not nil. FulfillmentPartner and SubAssignee
	// assign; both are organisation ids and may be "".
	Edit struct {
		PackageID          *string
		MovieID            *string
		Title              *string
		MovieType          *MovieType
		IsOriginal         *bool
		ContentPartner     *string
		SourceType         *SourceType
		ServiceType        *ServiceType
		Language           *string
		Countries          []string
		DueDate            *domain.Date
		FulfillmentPartner *string
		SubAssignee        *string
	}

	// ChangeResponsible names the person within an organisation that works on
	// the request who answers for it. Organisation "" is the fulfillment
	// partner's; Account is an account id of that organisation, "" for nobody.
	// That the account is one of the organisation's is checked before.
	ChangeResponsible struct {
		Organisation string
		Account      string
	}

	// ChangeMaterialStatus says how the materials are; a rejection needs a reason.
	ChangeMaterialStatus struct {
		MaterialStatus MaterialStatus
		Reason         string
	}

	// ProvideMaterials adds files to work from.
	ProvideMaterials struct{ Materials []MaterialFile }

	// ChangeEstimatedDeliveryDate moves the date; it needs a reason.
	ChangeEstimatedDeliveryDate struct {
		Date   domain.Date
		Reason string
	}

	// StartDelivery declares the files of a delivery. Files with a location came
	// another way: they have arrived, and need a checksum.
	StartDelivery struct {
		DeliveryID   string
		Method       DeliveryMethod
		Files        []DeclaredFile
		AutoComplete bool // complete it when its last file has arrived
	}

	// DeliverFile says that a declared file has arrived whole.
	DeliverFile struct {
		DeliveryID string
		FileID     string
		Size       int64 // bytes
		SHA256     string
	}

	// CompleteDelivery closes a delivery of which every file has arrived.
	CompleteDelivery struct{ DeliveryID string }

	// RecordInspection gives the verdict over a completed delivery. Each finding
	// has a code of the catalogue, which says whether it is hard.
	RecordInspection struct {
		DeliveryID string
		Findings   []Finding
		Examined   []Examination
		First      bool // give it only if there is none yet
	}

	// OverrideFinding accepts an overridable finding; it needs a reason.
	OverrideFinding struct {
		DeliveryID string
		FindingID  string
		Reason     string
	}

	// RecordQualityControl gives the result of a check of the latest delivery.
	// Each issue has a code of the catalogue; its category may be left out. The
	// frame rate is what its timecodes are read at; without one they are checked
	// as far as that goes.
	RecordQualityControl struct {
		ResultID  string
		Check     Check
		Passed    bool
		FrameRate timecode.Rate
		Issues    []Issue
	}

	// AnswerQCIssue says what will be done about an issue.
	AnswerQCIssue struct {
		IssueID string
		Answer  Answer
		Note    string
	}

	// RecordDownload says that an account is about to download files, now. Once
	// within DownloadSpan for each file: a player that seeks, and a download in
	// many ranges, are one.
	RecordDownload struct {
		Files   []FileRef
		Archive bool
		Account string
		At      time.Time
	}

	// RequestRedelivery asks for the asset again; it needs a reason.
	RequestRedelivery struct {
		Scope   RedeliveryScope // "" is Full
		Reasons []string
	}

	// AddComment says something. The text is kept apart, under TextID, before
	// the command is decided; Text is what to keep there, "" where that was done.
	AddComment struct {
		CommentID string
		TextID    string
		Text      string
		Mentions  []Mention // those of the text
	}

	// Redact takes back what a comment says. Its text is deleted afterwards.
	Redact struct{ CommentID string }

	// Cancel takes the request back.
	Cancel struct{ Reason string }

	// Reinstate brings a cancelled request back to where it was.
	Reinstate struct{ Reason string }

	// Upgrade closes the request in favour of another one, which exists.
	Upgrade struct{ ReplacedBy string }

	// ImportRow opens a request as a file's row has it or, if it is open
	// already, applies what changed in the file since the last import.
	ImportRow struct{ Row Row }
)

func (Open) sourceRequestCommand()                        {}
func (Edit) sourceRequestCommand()                        {}
func (ChangeResponsible) sourceRequestCommand()           {}
func (ChangeMaterialStatus) sourceRequestCommand()        {}
func (ProvideMaterials) sourceRequestCommand()            {}
func (ChangeEstimatedDeliveryDate) sourceRequestCommand() {}
func (StartDelivery) sourceRequestCommand()               {}
func (DeliverFile) sourceRequestCommand()                 {}
func (CompleteDelivery) sourceRequestCommand()            {}
func (RecordInspection) sourceRequestCommand()            {}
func (OverrideFinding) sourceRequestCommand()             {}
func (RecordQualityControl) sourceRequestCommand()        {}
func (AnswerQCIssue) sourceRequestCommand()               {}
func (RecordDownload) sourceRequestCommand()              {}
func (RequestRedelivery) sourceRequestCommand()           {}
func (AddComment) sourceRequestCommand()                  {}
func (Redact) sourceRequestCommand()                      {}
func (Cancel) sourceRequestCommand()                      {}
func (Reinstate) sourceRequestCommand()                   {}
func (Upgrade) sourceRequestCommand()                     {}
func (ImportRow) sourceRequestCommand()                   {}
