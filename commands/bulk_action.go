package commands

import (
	"encoding/json"
	"errors"

	"backlot/domain"
	"backlot/domain/job"
	"backlot/domain/sourcerequest"
)

// The JSON names in this file are a storage format: the parameters of a job are
// part of its events. Fields are only ever added.

// The parameters have the fields of the commands, in their order, so that one
// converts to the other and a field that is added to a command is missed here.
type (
	commentParameters struct {
		CommentID string                  `json:"-"`                  // each request has its own
		TextID    string                  `json:"textId,omitempty"`   // one text for all of them
		Text      string                  `json:"text,omitempty"`     // of jobs from before texts were kept apart
		Mentions  []sourcerequest.Mention `json:"mentions,omitempty"` // of the text
	}
	editParameters struct {
		PackageID          *string                    `json:"packageId,omitempty"`
		MovieID            *string                    `json:"movieId,omitempty"`
		Title              *string                    `json:"title,omitempty"`
		MovieType          *sourcerequest.MovieType   `json:"movieType,omitempty"`
		IsOriginal         *bool                      `json:"isOriginal,omitempty"`
		ContentPartner     *string                    `json:"contentPartner,omitempty"`
		SourceType         *sourcerequest.SourceType  `json:"sourceType,omitempty"`
		ServiceType        *sourcerequest.ServiceType `json:"serviceType,omitempty"`
		Language           *string                    `json:"language,omitempty"`
		Countries          []string                   `json:"countries,omitempty"`
		DueDate            *domain.Date               `json:"dueDate,omitempty"`
		FulfillmentPartner *string                    `json:"fulfillmentPartner,omitempty"`
		SubAssignee        *string                    `json:"subAssignee,omitempty"`
	}
	responsibleParameters struct {
		Organisation string `json:"organisation,omitempty"`
		Account      string `json:"account,omitempty"`
	}
	materialStatusParameters struct {
		MaterialStatus sourcerequest.MaterialStatus `json:"materialStatus"`
		Reason         string                       `json:"reason,omitempty"`
	}
	materialsParameters struct {
		Materials []sourcerequest.MaterialFile `json:"materials"`
	}
	eddParameters struct {
		Date   domain.Date `json:"date,omitempty"` // none: each request has its own
		Reason string      `json:"reason"`
	}
	redeliveryParameters struct {
		Scope   sourcerequest.RedeliveryScope `json:"scope,omitempty"`
		Reasons []string                      `json:"reasons"`
	}
	reasonParameters struct {
		Reason string `json:"reason,omitempty"`
	}
)

var errNoAction = errors.New("not an action for many requests")

// encodeAction returns the parameters of an action.
func encodeAction(action string, c sourcerequest.Command) (json.RawMessage, error) {
	var p any
	switch c := c.(type) {
	case sourcerequest.AddComment:
		p = commentParameters(c)
	case sourcerequest.Edit:
		p = editParameters(c)
	case sourcerequest.ChangeResponsible:
		p = responsibleParameters(c)
	case sourcerequest.ChangeMaterialStatus:
		p = materialStatusParameters(c)
	case sourcerequest.ProvideMaterials:
		p = materialsParameters(c)
	case sourcerequest.ChangeEstimatedDeliveryDate:
		p = eddParameters(c)
	case sourcerequest.RequestRedelivery:
		p = redeliveryParameters(c)
	case sourcerequest.Cancel:
		p = reasonParameters(c)
	case sourcerequest.Reinstate:
		p = reasonParameters(c)
	default:
		return nil, errNoAction
	}
	parameters, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	_, err = decodeAction(action, parameters)
	return parameters, err
}

// decodeAction returns the command that an action with its parameters gives.
func decodeAction(action string, parameters json.RawMessage) (sourcerequest.Command, error) {
	switch action {
	case job.ActionComment:
		p, err := decodeParameters[commentParameters](parameters)
		return sourcerequest.AddComment(p), err
	case job.ActionEdit, job.ActionAssign:
		p, err := decodeParameters[editParameters](parameters)
		return sourcerequest.Edit(p), err
	case job.ActionResponsible:
		p, err := decodeParameters[responsibleParameters](parameters)
		return sourcerequest.ChangeResponsible(p), err
	case job.ActionMaterialStatus:
		p, err := decodeParameters[materialStatusParameters](parameters)
		return sourcerequest.ChangeMaterialStatus(p), err
	case job.ActionMaterials:
		p, err := decodeParameters[materialsParameters](parameters)
		return sourcerequest.ProvideMaterials(p), err
	case job.ActionEDD:
		p, err := decodeParameters[eddParameters](parameters)
		return sourcerequest.ChangeEstimatedDeliveryDate(p), err
	case job.ActionRedelivery:
		p, err := decodeParameters[redeliveryParameters](parameters)
		return sourcerequest.RequestRedelivery(p), err
	case job.ActionCancel:
		p, err := decodeParameters[reasonParameters](parameters)
		return sourcerequest.Cancel(p), err
	case job.ActionReinstate:
		p, err := decodeParameters[reasonParameters](parameters)
		return sourcerequest.Reinstate(p), err
	}
	return nil, errNoAction
}

func decodeParameters[P any](parameters json.RawMessage) (p P, err error) {
	err = json.Unmarshal(parameters, &p)
	return p, err
}

// forItem returns the command for one request of a job.
func forItem(c sourcerequest.Command, item job.Item, i domain.Instruction) sourcerequest.Command {
	switch c := c.(type) {
	case sourcerequest.AddComment:
		c.CommentID = i.NewID("comment")
		return c
	case sourcerequest.ChangeEstimatedDeliveryDate:
		if !item.Date.IsZero() {
			c.Date = item.Date
		}
		return c
	}
	return c
}
