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
	maxAppendSize = flag.Int("max-append-size", 1<<20, "the limit of the server of "+address+", in bytes")
	dataOnly      = flag.Bool("data-only", false, "the server of "+address+" counts only data towards its limit, as older ones do")
)

func TestConformance(t *testing.T) {
	uri, features := os.Getenv(address), conformance.Features{
		Complete: *complete, MaxAppendSize: *maxAppendSize, DataOnly: *dataOnly, Idle: *idle,
	}
	if uri == "" {
		s, err := embedded.Open(context.Background(), embedded.Options{FS: vfs.NewMem(), Listen: "127.0.0.1:0"})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, s.Close()) })
		uri, features = "esdb://"+s.Addr()+"?tls=false", conformance.Features{Idle: *idle}
	}
	conformance.Run(t, func() *esdb.Configuration {
		c, err := esdb.ParseConnectionString(uri)
		require.NoError(t, err, "the address is a connection string such as esdb://127.0.0.1:2113?tls=false")
		c.Logger = esdb.NoopLogging()
		return c
	}, features)
}
