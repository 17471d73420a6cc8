package organisation

// The JSON names in this file are a storage format; see the event catalog.

// Kind is a part that an organisation plays.
type Kind string

// The kinds.
const (
	ContentPartner     Kind = "content_partner"
	FulfillmentPartner Kind = "fulfillment_partner"
)

// Event is one change of an organisation.
type Event interface{ organisationEvent() }

type (
	// Registered began the organisation.
	Registered struct {
		Name    string   `json:"name"`
		Kinds   []Kind   `json:"kinds"`
		Aliases []string `json:"aliases,omitempty"`
	}
	// KindAdded gave the organisation another part to play.
	KindAdded struct {
		Kind Kind `json:"kind"`
	}
	// Renamed changed the name; the former one stays as an alias.
	Renamed struct {
		Name string `json:"name"`
	}
)

func (Registered) organisationEvent() {}
func (KindAdded) organisationEvent()  {}
func (Renamed) organisationEvent()    {}
