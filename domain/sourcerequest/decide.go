package sourcerequest

import (
	"fmt"
	"reflect"
	"slices"

	"backlot/domain"
)

// Decide returns the events that a command leads to, none if it would change
// nothing. The error is CodeInvalid for wrong input, CodeNotFound for a request
// that was never opened, CodeConflict for opening one twice, and CodeRefused
// with what would be accepted when the state does not allow it.
func Decide(s State, c Command) ([]Event, error) {
	switch c := c.(type) {
	case Open:
		if s.Exists() {
			return nil, domain.Errorf(domain.CodeConflict, "a source request with this id exists already")
		}
		return decideOpen(c)
	case ImportRow:
		return decideImport(s, c.Row)
	}
	if !s.Exists() {
		return nil, ErrNotFound
	}
	switch c := c.(type) {
	case Edit:
		return decideEdit(s, c)
	case ChangeResponsible:
		return decideResponsible(s, c)
	case ChangeMaterialStatus:
		return decideMaterialStatus(s, c)
	case ProvideMaterials:
		return decideMaterials(s, c)
	case ChangeEstimatedDeliveryDate:
		return decideEstimatedDeliveryDate(s, c)
	case StartDelivery:
		return decideStartDelivery(s, c)
	case DeliverFile:
		return decideDeliverFile(s, c)
	case CompleteDelivery:
		return decideCompleteDelivery(s, c)
	case RecordInspection:
		return decideInspection(s, c)
	case OverrideFinding:
		return decideOverride(s, c)
	case RecordQualityControl:
		return decideQualityControl(s, c)
	case AnswerQCIssue:
		return decideAnswer(s, c)
	case RecordDownload:
		return decideDownload(s, c)
	case RequestRedelivery:
		return decideRedelivery(s, c)
	case AddComment:
		return decideComment(s, c)
	case Redact:
		return decideRedact(s, c)
	case Cancel:
		return decideCancel(s, c)
	case Reinstate:
		return decideReinstate(s, c)
	case Upgrade:
		return decideUpgrade(s, c)
	}
	return nil, domain.Errorf(domain.CodeInternal, "no decision for %T", c)
}

func decideOpen(c Open) ([]Event, error) {
	e := Opened{
		IsOriginal: c.IsOriginal, Status: StatusOpen, Upgrades: c.Upgrades,
		DueDate: c.DueDate, EstimatedDeliveryDate: c.EstimatedDeliveryDate, MaterialStatus: MaterialNotReceived, ServiceType: ServiceUnknown,
	}
	var err error
	check := func(f func() error) {
		if err == nil {
			err = f()
		}
	}
	for _, f := range []struct {
		field string
		from  string
		to    *string
	}{
		{"package_id", c.PackageID, &e.PackageID}, {"movie_id", c.MovieID, &e.MovieID}, {"title", c.Title, &e.Title},
		{"content_partner", c.ContentPartner, &e.ContentPartner}, {"language", c.Language, &e.Language},
	} {
		check(func() (err error) { *f.to, err = name(f.field, f.from); return err })
	}
	check(func() (err error) {
		e.FulfillmentPartner, err = optionalName("fulfillment_partner", c.FulfillmentPartner)
		return err
	})
	check(func() (err error) { e.MovieType, err = canonical("movie_type", c.MovieType, movieTypes); return err })
	check(func() (err error) {
		e.SourceType, err = canonical("source_type", c.SourceType, sourceTypes)
		return err
	})
	if c.ServiceType != "" {
		check(func() (err error) {
			e.ServiceType, err = canonical("service_type", c.ServiceType, serviceTypes)
			return err
		})
	}
	if c.MaterialStatus != "" {
		check(func() (err error) {
			e.MaterialStatus, err = canonical("material_status", c.MaterialStatus, materialStatuses)
			return err
		})
	}
	check(func() (err error) { e.Countries, err = countries(c.Countries); return err })
	check(func() error { return day("due_date", c.DueDate) })
	if !c.EstimatedDeliveryDate.IsZero() {
		check(func() error { return day("estimated_delivery_date", c.EstimatedDeliveryDate) })
	}
	if c.Upgrades != "" {
		check(func() error { return ValidateID(c.Upgrades) })
	}
	if err != nil {
		return nil, err
	}
	if e.EstimatedDeliveryDate == e.DueDate {
		e.EstimatedDeliveryDate = 0
	}
	return []Event{e}, nil
}

// assignsOnly reports whether an edit says who makes the asset, and nothing else.
func (c Edit) assignsOnly() bool {
	c.FulfillmentPartner, c.SubAssignee = nil, nil
	return reflect.DeepEqual(c, Edit{})
}

// decideEdit emits at most one event of each kind, with only what differs.
func decideEdit(s State, c Edit) ([]Event, error) {
	if s.Status == StatusCancelled || s.Status == StatusUpgraded {
		if c.assignsOnly() {
			return nil, refusedBy(s, "assign")
		}
		return nil, refusedBy(s, "edit")
	}
	var e FieldsEdited
	changed := false
	for _, f := range []struct {
		field string
		from  string
		want  *string
		to    **string
	}{
		{"package_id", s.PackageID, c.PackageID, &e.PackageID}, {"movie_id", s.MovieID, c.MovieID, &e.MovieID},
		{"title", s.Title, c.Title, &e.Title}, {"content_partner", s.ContentPartner, c.ContentPartner, &e.ContentPartner},
		{"language", s.Language, c.Language, &e.Language},
	} {
		if f.want == nil {
			continue
		}
		v, err := name(f.field, *f.want)
		if err != nil {
			return nil, err
		}
		if v != f.from {
			*f.to, changed = &v, true
		}
	}
	errs := []error{
		editChoice("movie_type", s.MovieType, c.MovieType, movieTypes, &e.MovieType, &changed),
		editChoice("source_type", s.SourceType, c.SourceType, sourceTypes, &e.SourceType, &changed),
		editChoice("service_type", s.ServiceType, c.ServiceType, serviceTypes, &e.ServiceType, &changed),
	}
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	if c.IsOriginal != nil && *c.IsOriginal != s.IsOriginal {
		e.IsOriginal, changed = c.IsOriginal, true
	}
	if c.Countries != nil {
		v, err := countries(c.Countries)
		if err != nil {
			return nil, err
		}
		if !slices.Equal(v, s.Countries) {
			e.Countries, changed = v, true
		}
	}
	if c.DueDate != nil && *c.DueDate != s.DueDate {
		if err := day("due_date", *c.DueDate); err != nil {
			return nil, err
		}
		e.DueDate, changed = c.DueDate, true
	}
	var events []Event
	if changed {
		events = append(events, e)
	}
	if c.FulfillmentPartner != nil {
		assignee, err := optionalName("fulfillment_partner", *c.FulfillmentPartner)
		if err != nil {
			return nil, err
		}
		if assignee != s.FulfillmentPartner {
			events = append(events, Assigned{FulfillmentPartner: assignee})
			s.FulfillmentPartner, s.SubAssignee = assignee, ""
		}
	}
	if c.SubAssignee != nil {
		helper, err := optionalName("sub_assignee", *c.SubAssignee)
		switch {
		case err != nil:
			return nil, err
		case helper == s.SubAssignee:
			return events, nil
		case helper != "" && s.FulfillmentPartner == "":
			return nil, domain.Refused("a request without a fulfillment partner has no sub-assignee", "fulfillment_partner")
		case helper != "" && helper == s.FulfillmentPartner:
			return nil, domain.Invalid("sub_assignee", "the fulfillment partner itself cannot be the sub-assignee")
		}
		events = append(events, SubAssigned{SubAssignee: helper})
	}
	return events, nil
}

func editChoice[T ~string](field string, from T, want *T, vocabulary []T, to **T, changed *bool) error {
	if want == nil {
		return nil
	}
	v, err := canonical(field, *want, vocabulary)
	if err == nil && v != from {
		*to, *changed = &v, true
	}
	return err
}

func decideResponsible(s State, c ChangeResponsible) ([]Event, error) {
	if s.Status == StatusCancelled || s.Status == StatusUpgraded {
		return nil, refusedBy(s, "say who is responsible")
	}
	if c.Account != "" {
		if err := identifier("account", c.Account); err != nil {
			return nil, err
		}
	}
	if c.Organisation == "" {
		c.Organisation = s.FulfillmentPartner
	}
	present := s.Responsible
	switch c.Organisation {
	case "":
		return nil, domain.Refused("for a request without a fulfillment partner nobody is responsible", "fulfillment_partner")
	case s.FulfillmentPartner:
	case s.SubAssignee:
		present = s.SubResponsible
	default:
		return nil, domain.Invalid("account", "the account is of an organisation that does not work on the request")
	}
	if c.Account == present {
		return nil, nil
	}
	return []Event{ResponsibleChanged(c)}, nil
}

func decideMaterialStatus(s State, c ChangeMaterialStatus) ([]Event, error) {
	if s.Status == StatusCancelled || s.Status == StatusUpgraded {
		return nil, refusedBy(s, "change the material status")
	}
	to, err := canonical("material_status", c.MaterialStatus, materialStatuses)
	if err != nil {
		return nil, err
	}
	reason, err := text("reason", c.Reason, maxReason, to == MaterialRejected)
	if err != nil {
		return nil, err
	}
	if to == s.MaterialStatus && (to != MaterialRejected || !s.MaterialSinceRejected) {
		return nil, nil
	}
	return []Event{MaterialStatusChanged{MaterialStatus: to, Reason: reason}}, nil
}

func decideMaterials(s State, c ProvideMaterials) ([]Event, error) {
	if s.Status == StatusCancelled || s.Status == StatusUpgraded {
		return nil, refusedBy(s, "provide materials")
	}
	if len(c.Materials) == 0 {
		return nil, domain.Invalid("materials", "materials is required: at least one file")
	}
	provided := map[string]bool{}
	for _, m := range s.Materials {
		provided[m.ID] = true
	}
	seen := map[string]bool{}
	var added []MaterialFile
	for i, m := range c.Materials {
		err := identifier(fmt.Sprintf("materials[%d].id", i), m.ID)
		if err != nil {
			return nil, err
		}
		if seen[m.ID] {
			return nil, domain.Invalid(fmt.Sprintf("materials[%d].id", i), fmt.Sprintf("the material id %q is used twice", m.ID))
		}
		seen[m.ID] = true
		if m.Kind, err = canonical(fmt.Sprintf("materials[%d].kind", i), m.Kind, materialKinds); err != nil {
			return nil, err
		}
		if m.Name, err = name(fmt.Sprintf("materials[%d].name", i), m.Name); err != nil {
			return nil, err
		}
		if m.Size < 0 {
			return nil, domain.Invalid(fmt.Sprintf("materials[%d].size", i), "a size is a number of bytes, 0 or more")
		}
		if m.SHA256, err = checksum(fmt.Sprintf("materials[%d].sha256", i), m.SHA256, false); err != nil {
			return nil, err
		}
		if !provided[m.ID] {
			added = append(added, m)
		}
	}
	if added == nil {
		return nil, nil
	}
	return []Event{MaterialsProvided{Materials: added}}, nil
}

func decideEstimatedDeliveryDate(s State, c ChangeEstimatedDeliveryDate) ([]Event, error) {
	if !s.Status.IsOpen() {
		return nil, refusedBy(s, "move the estimated delivery date")
	}
	if err := day("date", c.Date); err != nil {
		return nil, err
	}
	reason, err := text("reason", c.Reason, maxReason, true)
	if err != nil {
		return nil, err
	}
	if c.Date == s.EstimatedDeliveryDate() {
		return nil, nil
	}
	return []Event{EstimatedDeliveryDateChanged{Date: c.Date, Reason: reason}}, nil
}

func decideRedelivery(s State, c RequestRedelivery) ([]Event, error) {
	if s.Status != StatusDelivered && s.Status != StatusProcessed {
		return nil, refusedBy(s, "ask for a redelivery")
	}
	if c.Scope == "" {
		c.Scope = RedeliveryFull
	}
	scope, err := canonical("scope", c.Scope, redeliveryScopes)
	if err != nil {
		return nil, err
	}
	reasons, err := someReasons(c.Reasons)
	if err != nil {
		return nil, err
	}
	return []Event{RedeliveryRequested{Scope: scope, Cause: CausePerson, Reasons: reasons}}, nil
}

func someReasons(in []string) ([]string, error) {
	var out []string
	for _, r := range in {
		r, err := text("reasons", r, maxReason, true)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	if len(out) == 0 {
		return nil, domain.Invalid("reasons", "reasons is required: at least one")
	}
	return out, nil
}

func decideComment(s State, c AddComment) ([]Event, error) {
	if err := identifier("comment_id", c.CommentID); err != nil {
		return nil, err
	}
	if c.Text != "" || c.TextID == "" {
		if _, err := CommentText(c.Text); err != nil {
			return nil, err
		}
	}
	if err := identifier("text_id", c.TextID); err != nil {
		return nil, err
	}
	if _, said := s.Comment(c.CommentID); said {
		return nil, nil
	}
	if len(c.Mentions) > maxMentions {
		return nil, domain.Invalid("text", fmt.Sprintf("the comment mentions %d; at most %d are told of it", len(c.Mentions), maxMentions))
	}
	return []Event{Commented{CommentID: c.CommentID, TextID: c.TextID, Mentions: c.Mentions}}, nil
}

// CommentText returns what a comment says in the form that is kept; CodeInvalid.
func CommentText(s string) (string, error) { return text("text", s, maxComment, true) }

func decideRedact(s State, c Redact) ([]Event, error) {
	comment, ok := s.Comment(c.CommentID)
	switch {
	case !ok:
		return nil, domain.Errorf(domain.CodeNotFound, "there is no such comment on the request")
	case comment.Redacted:
		return nil, nil
	case comment.TextID == "":
		return nil, domain.Refused("the comment was written before texts were kept apart: what it says is part of an event, and events are for ever")
	}
	return []Event{CommentRedacted(c)}, nil
}

func decideCancel(s State, c Cancel) ([]Event, error) {
	reason, err := text("reason", c.Reason, maxReason, false)
	if err != nil {
		return nil, err
	}
	if s.Status == StatusCancelled {
		return nil, nil
	}
	return []Event{Cancelled{Reason: reason}}, nil
}

func decideReinstate(s State, c Reinstate) ([]Event, error) {
	reason, err := text("reason", c.Reason, maxReason, false)
	if err != nil {
		return nil, err
	}
	if s.Status != StatusCancelled {
		return nil, refusedBy(s, "reinstate")
	}
	return []Event{Reinstated{Reason: reason}}, nil
}

func decideUpgrade(s State, c Upgrade) ([]Event, error) {
	if err := ValidateID(c.ReplacedBy); err != nil {
		return nil, err
	}
	if s.Status == StatusUpgraded && s.UpgradedTo == c.ReplacedBy {
		return nil, nil
	}
	if s.Status != StatusDelivered && s.Status != StatusProcessed {
		return nil, refusedBy(s, "upgrade")
	}
	return []Event{Upgraded(c)}, nil
}

// Actions are the names by which an answer tells what a state accepts.
const (
	actionEdit           = "edit"
	actionResponsible    = "responsible"
	actionMaterialStatus = "material-status"
	actionMaterials      = "materials"
	actionEDD            = "estimated-delivery-date"
	actionDeliver        = "deliver"
	actionQC             = "quality-control"
	actionRedelivery     = "redelivery"
	actionComment        = "comment"
	actionCancel         = "cancel"
	actionReinstate      = "reinstate"
	actionUpgrade        = "upgrade"
)

// AcceptedActions lists what can be done to a request in a status, by the
// names that the API's routes have.
func AcceptedActions(s Status) []string {
	switch s {
	case StatusOpen:
		return []string{actionEdit, actionResponsible, actionMaterialStatus, actionMaterials, actionEDD, actionDeliver, actionComment, actionCancel}
	case StatusRedeliveryRequested:
		return []string{actionEdit, actionResponsible, actionMaterialStatus, actionMaterials, actionEDD, actionDeliver, actionQC, actionComment, actionCancel}
	case StatusDelivered, StatusProcessed:
		return []string{actionEdit, actionResponsible, actionMaterialStatus, actionMaterials, actionQC, actionRedelivery, actionUpgrade, actionComment, actionCancel}
	case StatusUpgraded:
		return []string{actionComment, actionCancel}
	case StatusCancelled:
		return []string{actionComment, actionReinstate}
	}
	return nil
}

func refusedBy(s State, what string) error {
	return domain.Refused(fmt.Sprintf("a request that is %s does not let anybody %s", s.Status, what), AcceptedActions(s.Status)...)
}
