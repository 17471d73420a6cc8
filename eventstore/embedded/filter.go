package embedded

import (
	"bytes"
	"regexp"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"

	"backlot/eventstore/embedded/internal/engine"
)

// defaultWindow is EventStoreDB's where the client sets none.
const defaultWindow = 32

// filter chooses among the events of $all.
type filter struct {
	prefixes [][]byte
	regex    *regexp.Regexp
	byType   bool
	// interval is the number of events considered between two checkpoints.
	interval uint64

	// known remembers the answer for event types, which are few.
	known map[string]bool
}

// maxKnownTypes keeps a store with made-up types from filling memory.
const maxKnownTypes = 1024

func filterOf(o *streams.ReadReq_Options_FilterOptions) (*filter, error) {
	var expression *streams.ReadReq_Options_FilterOptions_Expression
	byType := false
	switch v := o.GetFilter().(type) {
	case *streams.ReadReq_Options_FilterOptions_EventType:
		expression, byType = v.EventType, true
	case *streams.ReadReq_Options_FilterOptions_StreamIdentifier:
		expression = v.StreamIdentifier
	default:
		return nil, badRequest("A filter is by event type or by stream name.")
	}
	window := uint64(defaultWindow)
	if v, ok := o.GetWindow().(*streams.ReadReq_Options_FilterOptions_Max); ok {
		window = uint64(v.Max)
	}
	return newFilter(byType, expression.GetPrefix(), expression.GetRegex(), window, uint64(o.GetCheckpointIntervalMultiplier()))
}

// newFilter takes an expression only where there are no prefixes.
func newFilter(byType bool, prefixes []string, expression string, window, multiplier uint64) (*filter, error) {
	f := &filter{byType: byType, known: make(map[string]bool)}
	for _, p := range prefixes {
		f.prefixes = append(f.prefixes, []byte(p))
	}
	if len(f.prefixes) == 0 {
		regex, err := regexp.Compile(expression)
		if err != nil {
			return nil, badRequest("The filter's regular expression is not understood (it must be RE2, without lookaround): " + err.Error())
		}
		f.regex = regex
	}
	if window == 0 {
		return nil, badRequest("The filter's window must be at least 1.")
	}
	if multiplier == 0 {
		return nil, badRequest("The checkpoint interval multiplier must be at least 1.")
	}
	f.interval = window * multiplier
	return f, nil
}

// matches is true of everything for no filter.
func (f *filter) matches(r *engine.Record) bool {
	if f == nil {
		return true
	}
	if !f.byType {
		return f.test(r.Stream)
	}
	match, ok := f.known[string(r.Type)]
	if !ok {
		match = f.test(r.Type)
		if len(f.known) < maxKnownTypes {
			f.known[string(r.Type)] = match
		}
	}
	return match
}

func (f *filter) test(text []byte) bool {
	if f.regex != nil {
		return f.regex.Match(text)
	}
	for _, p := range f.prefixes {
		if bytes.HasPrefix(text, p) {
			return true
		}
	}
	return false
}
