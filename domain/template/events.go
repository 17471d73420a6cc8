package template

// The JSON names in this file are a storage format; see the event catalog.

// Event is one change of an account's templates.
type Event interface{ templateEvent() }

type (
	// Saved began a template.
	Saved struct {
		ID     string   `json:"id"`
		Name   string   `json:"name"`
		Query  string   `json:"query"` // the modifiers as a canonical query string
		Groups []string `json:"groups,omitempty"`
	}
	// Renamed changed the name.
	Renamed struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	// QueryChanged changed what the template searches for and groups by.
	QueryChanged struct {
		ID     string   `json:"id"`
		Query  string   `json:"query"`
		Groups []string `json:"groups,omitempty"`
	}
	// Shared let the owner's organisation use the template.
	Shared struct {
		ID           string `json:"id"`
		Organisation string `json:"organisation,omitempty"` // id; empty for the streaming service's own people
	}
	// Unshared ended that.
	Unshared struct {
		ID string `json:"id"`
	}
	// DefaultChosen made a template, of the account or shared with it, the one
	// that the account begins with.
	DefaultChosen struct {
		ID string `json:"id,omitempty"` // empty for none
	}
	// Deleted ended the template.
	Deleted struct {
		ID string `json:"id"`
	}
)

func (Saved) templateEvent()         {}
func (Renamed) templateEvent()       {}
func (QueryChanged) templateEvent()  {}
func (Shared) templateEvent()        {}
func (Unshared) templateEvent()      {}
func (DefaultChosen) templateEvent() {}
func (Deleted) templateEvent()       {}
