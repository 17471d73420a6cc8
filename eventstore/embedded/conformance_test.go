package embedded_test

import (
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"

	"backlot/eventstore/conformance"
	"backlot/eventstore/embedded"
	"backlot/eventstore/embedded/internal/engine"
)

// TestConformanceWithATinyTail has subscribers fall off the tail again and
// again, and find their way back from the store: a new one, and one from which a
// scavenge has just removed what the first run left hidden.
func TestConformanceWithATinyTail(t *testing.T) {
	s := openServer(t, embedded.WithEngine(embedded.Options{Listen: "127.0.0.1:0"}, engine.Options{TailEvents: 3}))
	configure := func() *esdb.Configuration {
		c := s.ClientConfiguration()
		c.Address = s.Addr()
		return c
	}
	conformance.Run(t, configure, conformance.Features{})
	report, err := s.Scavenge(t.Context())
	require.NoError(t, err)
	require.Greater(t, report.Events, int64(100))
	conformance.Run(t, configure, conformance.Features{})
}
