package sourcerequest

import (
	"slices"
	"strings"
)

// MaterialState is whether a material is the one to work from; of a column of
// materials, whether there is one, and whether it took another one's place.
type MaterialState string

// The states of materials.
const (
	MaterialNotAvailable MaterialState = "Not Available" // of a column only
	MaterialActive       MaterialState = "Active"
	MaterialUpgraded     MaterialState = "Upgraded" // a newer one of the same kind and name took its place
)

// MaterialStates returns the states of materials.
func MaterialStates() []MaterialState {
	return []MaterialState{MaterialNotAvailable, MaterialActive, MaterialUpgraded}
}

// MaterialKinds returns the kinds of material, in the order of their columns.
func MaterialKinds() []MaterialKind { return slices.Clone(materialKinds) }

// ParseMaterialKind finds a kind of material by its label in any case;
// CodeInvalid otherwise.
func ParseMaterialKind(field, s string) (MaterialKind, error) {
	return canonical(field, MaterialKind(s), materialKinds)
}

// Material returns the material with an id.
func (s State) Material(id string) (Material, bool) {
	i := slices.IndexFunc(s.Materials, func(m Material) bool { return m.ID == id })
	if i < 0 {
		return Material{}, false
	}
	return s.Materials[i], true
}

// ReplacedBy returns the id of the material that took a material's place, ""
// while it is the one to work from. Names are the same in any case.
func (s State) ReplacedBy(id string) string {
	i := slices.IndexFunc(s.Materials, func(m Material) bool { return m.ID == id })
	if i < 0 {
		return ""
	}
	for _, newer := range s.Materials[i+1:] {
		if newer.Kind == s.Materials[i].Kind && strings.EqualFold(newer.Name, s.Materials[i].Name) {
			return newer.ID
		}
	}
	return ""
}

// ActiveMaterials returns the materials to work from, of some kinds or, where
// none is named, of all.
func (s State) ActiveMaterials(kinds ...MaterialKind) []Material {
	var active []Material
	for _, m := range s.Materials {
		if (len(kinds) == 0 || slices.Contains(kinds, m.Kind)) && s.ReplacedBy(m.ID) == "" {
			active = append(active, m)
		}
	}
	return active
}

// MaterialColumn returns the state of a column.
func (s State) MaterialColumn(kind MaterialKind) MaterialState {
	state := MaterialNotAvailable
	for _, m := range s.Materials {
		switch {
		case m.Kind != kind:
		case s.ReplacedBy(m.ID) != "":
			return MaterialUpgraded
		default:
			state = MaterialActive
		}
	}
	return state
}
