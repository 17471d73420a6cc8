package eventstore

import (
	"encoding/json"
	"slices"
	"strings"
)

// upcaster turns the JSON object of one version into that of the next one. It
// works on JSON because the Go type of a former version is gone.
type upcaster func(object map[string]json.RawMessage) error

// before decodes data of the upcaster's version with the next version's decoder.
func (u upcaster) before(next func([]byte) (any, error)) func([]byte) (any, error) {
	return func(data []byte) (any, error) {
		var object map[string]json.RawMessage
		if err := unmarshal(data, &object); err != nil {
			return nil, err
		}
		if object == nil {
			object = map[string]json.RawMessage{}
		}
		if err := u(object); err != nil {
			return nil, err
		}
		upcasted, err := marshal(object)
		if err != nil {
			return nil, err
		}
		return next(upcasted)
	}
}

// asItIs is for a version that only says less than the next one: version 1 of
// a comment holds its text, where version 2 has the id of one kept apart, and
// version 1 of a quality control has no frame rate and version 2 no file of an
// issue, and version 1 of a delivery has no files that came another way.
func asItIs(map[string]json.RawMessage) error { return nil }

// splitCountries: version 1 of an opened request had its countries in one
// string, "country": "Italy|Spain".
func splitCountries(object map[string]json.RawMessage) error {
	var joined string
	if raw, ok := object["country"]; ok {
		if err := unmarshal(raw, &joined); err != nil {
			return err
		}
	}
	delete(object, "country")
	countries := []string{}
	for _, c := range strings.Split(joined, "|") {
		if c = strings.TrimSpace(c); c != "" {
			countries = append(countries, c)
		}
	}
	slices.Sort(countries)
	raw, err := marshal(slices.Compact(countries))
	object["countries"] = raw
	return err
}
