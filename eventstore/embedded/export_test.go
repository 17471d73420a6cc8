package embedded

import (
	"time"

	"backlot/eventstore/embedded/internal/engine"
)

// WithEngine sets the engine's bounds for a test.
func WithEngine(o Options, e engine.Options) Options {
	o.engine = e
	return o
}

// SetCloseTimeout changes how long Close waits for clients.
func (s *Server) SetCloseTimeout(d time.Duration) { s.closeTimeout = d }
