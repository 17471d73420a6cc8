package readmodel

import "strings"

// Model is a read model: each has a projector, a checkpoint and generations of
// its own, and is built anew without the others.
type Model struct {
	name    string // in its keys and generations; "" is that of the facets
	Version string // of its format; a change of any layout raises it
	RowSize int    // bytes
}

// The read models.
var (
	// Facets are the requests, as searches need them.
	Facets = Model{name: "", Version: Version, RowSize: RowSize}
	// Deliveries are the completed deliveries, as the partner figures need them.
	Deliveries = Model{name: "deliveries", Version: DeliveriesVersion, RowSize: DeliverySize}
)

// separator of a model's name and what makes its generation unique.
const ofModel = "."

func (m Model) key(rest string) string {
	if m.name == "" {
		return "backlot:" + rest
	}
	return "backlot:" + m.name + ":" + rest
}

// String names the model in logs.
func (m Model) String() string {
	if m.name == "" {
		return "facets"
	}
	return m.name
}

// LiveKey holds the id of the generation that readers use.
func (m Model) LiveKey() string { return m.key("live") }

// BuildingKey holds the id of the generation that is being built beside the
// live one, so that a projector that was restarted goes on with it.
func (m Model) BuildingKey() string { return m.key("building") }

// Generation returns the id of a build of the model, made of a unique one.
func (m Model) Generation(unique Generation) Generation {
	if m.name == "" {
		return unique
	}
	return Generation(m.name+ofModel) + unique
}

// Keys is the pattern, as of SCAN, of the keys of all generations of the model.
func (m Model) Keys() string { return m.key("{*}:*") }

// GenerationOf returns the generation of the model that a key belongs to.
func (m Model) GenerationOf(key string) (g Generation, ok bool) {
	rest, ok := strings.CutPrefix(key, m.key("{"))
	if !ok {
		return "", false
	}
	id, _, ok := strings.Cut(rest, "}:")
	return Generation(id), ok && id != ""
}
