package conformance_test

import (
	"context"
	"flag"
	"os"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/stretchr/testify/require"

	"backlot/eventstore/conformance"
	"backlot/eventstore/embedded"
)

// address is the variable that names a server to test in place of the embedded
// one.
const address = "BACKLOT_CONFORMANCE_ESDB"

var (
	idle          = flag.Duration("idle", time.Second, "how long a subscription is idle; 60s shows that pings do not end it")
	complete      = flag.Bool("complete", true, "the server of "+address+" has persistent subscriptions")
	maxAppendSize = flag.Int("max-append-size", 1<<20, "the server's limit of one append, in bytes")
	dataOnly      = flag.Bool("data-only", false, "the server counts only data towards its limit, as older ones do")
)

func TestConformance(t *testing.T) {
	uri, features := server(t)
	conformance.Run(t, func() *esdb.Configuration {
		c, err := esdb.ParseConnectionString(uri)
		require.NoError(t, err, "the address is a connection string such as esdb://127.0.0.1:2113?tls=false")
		c.Logger = esdb.NoopLogging()
		return c
	}, features)
}

// server returns the address of the server to test, and what it has.
func server(t *testing.T) (string, conformance.Features) {
	t.Helper()
	features := conformance.Features{MaxAppendSize: *maxAppendSize, DataOnly: *dataOnly, Idle: *idle}
	if uri := os.Getenv(address); uri != "" {
		features.Complete = *complete
		return uri, features
	}
	s, err := embedded.Open(context.Background(), embedded.Options{FS: vfs.NewMem(), Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return "esdb://" + s.Addr() + "?tls=false", features
}
