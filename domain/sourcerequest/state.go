package sourcerequest

import (
	"slices"
	"time"

	"backlot/domain"
	"backlot/domain/timecode"
)

// State is a source request as its events left it. The zero State is a request
// that was never opened. A State is a value: folding never changes the slices
// of an earlier one. Its JSON is what the read model's documents hold.
type State struct {
	PackageID             string           `json:"packageId"`
	MovieID               string           `json:"movieId"`
	Title                 string           `json:"title"`
	MovieType             MovieType        `json:"movieType"`
	IsOriginal            bool             `json:"isOriginal"`
	ContentPartner        string           `json:"contentPartner"`
	FulfillmentPartner    string           `json:"fulfillmentPartner,omitempty"`
	SubAssignee           string           `json:"subAssignee,omitempty"`
	Helpers               []string         `json:"helpers,omitempty"`        // every sub-assignee of the present assignee so far
	Responsible           string           `json:"responsible,omitempty"`    // account id, of the fulfillment partner's
	SubResponsible        string           `json:"subResponsible,omitempty"` // account id, of the sub-assignee's
	SourceType            SourceType       `json:"sourceType"`
	ServiceType           ServiceType      `json:"serviceType"`
	Language              string           `json:"language"`
	Countries             []string         `json:"countries"`
	DueDate               domain.Date      `json:"dueDate"`
	MovedDeliveryDate     domain.Date      `json:"movedDeliveryDate,omitempty"` // none: the EDD follows the due date
	Status                Status           `json:"status"`
	StatusBeforeCancel    Status           `json:"statusBeforeCancel,omitempty"`
	MaterialStatus        MaterialStatus   `json:"materialStatus"`
	MaterialSinceRejected bool             `json:"materialSinceRejected,omitempty"` // one was provided and none rejected since
	Materials             []Material       `json:"materials,omitempty"`
	Deliveries            []Delivery       `json:"deliveries,omitempty"`     // in the order in which they started
	LatestDelivery        string           `json:"latestDelivery,omitempty"` // id of the latest completed one
	WasDelivered          bool             `json:"wasDelivered,omitempty"`   // a delivery was completed, here or before the import
	QualityControls       []QualityControl `json:"qualityControls,omitempty"`
	Comments              []Comment        `json:"comments,omitempty"`
	Downloads             []Download       `json:"downloads,omitempty"`  // the latest of each account and file
	Redelivery            *Redelivery      `json:"redelivery,omitempty"` // the latest one asked for
	Upgrades              string           `json:"upgrades,omitempty"`   // id of the request that this one replaces
	UpgradedTo            string           `json:"upgradedTo,omitempty"` // id of the request that replaced this one
	OpenedAt              time.Time        `json:"openedAt"`
	UpdatedAt             time.Time        `json:"updatedAt"`
	FieldRevision         uint64           `json:"fieldRevision"`     // revision of the latest field change: the ETag
	LastRow               *Row             `json:"lastRow,omitempty"` // the last imported row
}

// Material is a provided file and how it came.
type Material struct {
	MaterialFile
	ProvidedAt time.Time        `json:"providedAt"`
	ProvidedBy domain.Principal `json:"providedBy"`
}

// Delivery is an attempt to deliver the asset.
type Delivery struct {
	ID          string           `json:"id"`
	Method      DeliveryMethod   `json:"method"`
	Files       []DeliveryFile   `json:"files"`
	StartedAt   time.Time        `json:"startedAt"`
	StartedBy   domain.Principal `json:"startedBy"`
	CompletedAt time.Time        `json:"completedAt,omitzero"`
	InspectedAt time.Time        `json:"inspectedAt,omitzero"`
	Findings    []FindingState   `json:"findings,omitempty"`
	Examined    []Examination    `json:"examined,omitempty"` // how inspection looked at the files

	AutoComplete bool `json:"autoComplete,omitempty"` // it is complete when its last file has arrived
}

// File returns the declared file with an id.
func (d Delivery) File(id string) (DeliveryFile, bool) {
	i := slices.IndexFunc(d.Files, func(f DeliveryFile) bool { return f.ID == id })
	if i < 0 {
		return DeliveryFile{}, false
	}
	return d.Files[i], true
}

// Verdict returns what inspection says of the delivery.
func (d Delivery) Verdict() Verdict {
	switch stands := func(f FindingState) bool { return !f.Overridden }; {
	case d.InspectedAt.IsZero():
		return VerdictAwaiting
	case slices.ContainsFunc(d.Findings, stands):
		return VerdictFindings
	case len(d.Findings) > 0:
		return VerdictOverridden
	}
	return VerdictClean
}

// DeliveryFile is a declared file and, once it has arrived, when.
type DeliveryFile struct {
	DeclaredFile
	DeliveredAt time.Time `json:"deliveredAt,omitzero"`
}

// FindingState is a finding and whether it was overridden.
type FindingState struct {
	Finding
	Overridden     bool   `json:"overridden,omitempty"`
	OverrideReason string `json:"overrideReason,omitempty"`
}

// QualityControl is a recorded check of a delivery.
type QualityControl struct {
	ID         string           `json:"id"`
	DeliveryID string           `json:"deliveryId,omitempty"`
	Check      Check            `json:"check"`
	Passed     bool             `json:"passed"`
	FrameRate  timecode.Rate    `json:"frameRate,omitempty"`
	Issues     []IssueState     `json:"issues,omitempty"`
	RecordedAt time.Time        `json:"recordedAt"`
	RecordedBy domain.Principal `json:"recordedBy"`
}

// IssueState is a QC issue and the answer to it.
type IssueState struct {
	Issue
	Answer     Answer           `json:"answer,omitempty"`
	Note       string           `json:"note,omitempty"`
	AnsweredAt time.Time        `json:"answeredAt,omitzero"`
	AnsweredBy domain.Principal `json:"answeredBy,omitzero"`
}

// Comment is something that somebody said.
type Comment struct {
	ID       string           `json:"id"`
	TextID   string           `json:"textId,omitempty"`   // of what was said; "" if that was before texts were kept apart
	Text     string           `json:"text,omitempty"`     // what was said before texts were kept apart
	Redacted bool             `json:"redacted,omitempty"` // the text was deleted
	At       time.Time        `json:"at"`
	By       domain.Principal `json:"by"`
}

// Comment returns the comment with an id.
func (s State) Comment(id string) (Comment, bool) {
	i := slices.IndexFunc(s.Comments, func(c Comment) bool { return c.ID == id })
	if i < 0 {
		return Comment{}, false
	}
	return s.Comments[i], true
}

// Redelivery is what was asked for again, why, and since when.
type Redelivery struct {
	Scope       RedeliveryScope `json:"scope"`
	Cause       Cause           `json:"cause"`
	Reasons     []string        `json:"reasons,omitempty"`
	RequestedAt time.Time       `json:"requestedAt"`
}

// Download is the latest time that an account downloaded a file.
type Download struct {
	FileRef
	By domain.Principal `json:"by"`
	At time.Time        `json:"at"`
}

// Exists reports whether the request was opened.
func (s State) Exists() bool { return s.Status != "" }

// EstimatedDeliveryDate is the moved date, or the due date while it never was.
func (s State) EstimatedDeliveryDate() domain.Date {
	if s.MovedDeliveryDate.IsZero() {
		return s.DueDate
	}
	return s.MovedDeliveryDate
}

// HasUsableMaterials is the rule of the bucket Materials Available.
func (s State) HasUsableMaterials() bool {
	return s.MaterialStatus == MaterialReceived || s.MaterialStatus == MaterialAccepted || s.MaterialSinceRejected
}

// Issues returns the codes and categories of the unresolved issues of the
// latest delivery, from quality control and from inspection, sorted, each once.
// An issue answered as creative intent or best possible is resolved, and so is
// an overridden finding.
func (s State) Issues() []string {
	var names []string
	for _, qc := range s.QualityControls {
		if qc.DeliveryID != s.LatestDelivery {
			continue
		}
		for _, issue := range qc.Issues {
			if !issue.accepted() {
				names = append(names, issue.Code, issue.Category)
			}
		}
	}
	if d := s.delivery(s.LatestDelivery); d != nil {
		for _, f := range d.Findings {
			if !f.Overridden {
				names = append(names, f.Code)
			}
		}
	}
	names = slices.DeleteFunc(names, func(n string) bool { return n == "" })
	slices.Sort(names)
	return slices.Compact(names)
}

// Delivery returns the delivery with an id.
func (s State) Delivery(id string) (Delivery, bool) {
	if d := s.delivery(id); d != nil {
		return *d, true
	}
	return Delivery{}, false
}

func (s State) delivery(id string) *Delivery {
	if id == "" {
		return nil
	}
	for i := range s.Deliveries {
		if s.Deliveries[i].ID == id {
			return &s.Deliveries[i]
		}
	}
	return nil
}

func (s State) issue(id string) (qc, issue int, ok bool) {
	for q := range s.QualityControls {
		for i := range s.QualityControls[q].Issues {
			if s.QualityControls[q].Issues[i].ID == id {
				return q, i, true
			}
		}
	}
	return 0, 0, false
}
