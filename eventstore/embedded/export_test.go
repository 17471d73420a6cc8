package embedded

import "backlot/eventstore/embedded/internal/engine"

// WithEngine sets the engine's bounds for a test.
func WithEngine(o Options, e engine.Options) Options {
	o.engine = e
	return o
}
