package job

import (
	"context"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// The actions that many requests can be given at once. Their names are a
// storage format, and the last part of the API's routes.
const (
	ActionComment        = "comment"
	ActionEdit           = "edit"
	ActionAssign         = "assign"
	ActionResponsible    = "responsible"
	ActionMaterialStatus = "material-status"
	ActionMaterials      = "materials"
	ActionEDD            = "estimated-delivery-date"
	ActionRedelivery     = "redelivery"
	ActionCancel         = "cancel"
	ActionReinstate      = "reinstate"
)

// Order asks for a bulk job.
type Order struct {
	Action  string                // one of the constants
	Command sourcerequest.Command // what the action gives to each request; an item may bring its own date
	Query   string                // the search that Choose asks, for the job's record
	// Choose returns the requests, each once, and the position of the log at
	// which they were chosen. It is not asked for an order that is known.
	Choose func(context.Context) ([]Item, domain.Position, error)
}
