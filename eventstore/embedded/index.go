package embedded

import (
	"context"
	"fmt"

	"backlot/eventstore/embedded/internal/engine"
)

// IndexFault is a place at which what a stream shows and what the log holds
// differ. Only somebody who goes round the store can bring that about.
type IndexFault = engine.IndexFault

// IndexFaultKind is how they differ.
type IndexFaultKind = engine.IndexFaultKind

// The kinds of faults.
const (
	EventHidden  = engine.EventHidden  // its stream does not show it
	EventForeign = engine.EventForeign // a stream shows it that it is not of
	EventLost    = engine.EventLost    // its stream leads to it, and it is not in the log
	StreamLost   = engine.StreamLost   // a stream of which no more than its name is there
	NumberReused = engine.NumberReused // a new stream or event would get what another one has
)

// CheckIndex compares all streams with the log, below the protocol, and calls
// each with every fault. The store has to be open for reading only.
func (s *Server) CheckIndex(ctx context.Context, each func(IndexFault)) error {
	if err := s.engine.CheckIndex(ctx, each); err != nil {
		return fmt.Errorf("embedded: check the index: %w", err)
	}
	return nil
}
