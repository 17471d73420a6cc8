package embedded_test

import (
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"backlot/eventstore/conformance"
	"backlot/eventstore/embedded"
	"backlot/eventstore/embedded/internal/engine"
)

// TestConformanceWithATinyTail has subscribers fall off the tail again and
// again, and find their way back from the store.
func TestConformanceWithATinyTail(t *testing.T) {
	s := openServer(t, embedded.WithEngine(embedded.Options{Listen: "127.0.0.1:0"}, engine.Options{TailEvents: 3}))
	conformance.Run(t, func() *esdb.Configuration {
		c := s.ClientConfiguration()
		c.Address = s.Addr()
		return c
	}, conformance.Features{})
}
