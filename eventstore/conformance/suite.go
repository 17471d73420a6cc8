// Package conformance is what this portal expects of an EventStoreDB, as a
// suite that runs against any of them through the unmodified Go client. Each
// expectation names its source.
//
// The suite needs no store of its own: its streams, event types and ids are
// random, and it knows no position but those that it was given. It leaves a few
// thousand small events behind. Where a server wants a login, it has to be an
// administrator's, as the suite reads $all and streams' metadata.
package conformance

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
)

// Features say in what servers may differ.
type Features struct {
	// Complete servers have persistent subscriptions, projections and
	// operations, too. The others have to say that they do not.
	Complete bool
	// MaxAppendSize is the server's limit of one append, in bytes;
	// EventStoreDB's default of 1 MiB when 0.
	MaxAppendSize int
	// DataOnly servers count nothing but data towards MaxAppendSize, as older
	// EventStoreDBs do.
	DataOnly bool
	// Idle is how long a subscription is left alone before it has to deliver.
	Idle time.Duration
}

// testCase is one expectation and where it comes from.
type testCase struct {
	name   string
	source string
	test   func(*session)
}

// cases in the order in which they are listed.
func cases() []testCase {
	var all []testCase
	for _, group := range [][]testCase{
		expectedRevisionCases, idempotencyCases, appendCases, batchCases, deleteCases, truncationCases,
		readCases, filterCases, subscriptionCases, protocolCases,
	} {
		all = append(all, group...)
	}
	return all
}

// Run tests the server that configure leads to, and logs the list of cases with
// the result and the source of each. Each call of configure returns a new
// configuration; one with several seeds is a cluster.
func Run(t *testing.T, configure func() *esdb.Configuration, f Features) {
	if f.MaxAppendSize == 0 {
		f.MaxAppendSize = 1 << 20
	}
	client, err := esdb.NewClient(configure())
	require.NoError(t, err)
	t.Cleanup(func() { _ = client.Close() })
	conn := dial(t, configure())

	all := cases()
	results := make([]string, len(all))
	t.Run("cases", func(t *testing.T) {
		for i, c := range all {
			results[i] = "not run"
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				t.Cleanup(func() {
					results[i] = "pass"
					if t.Failed() {
						results[i] = "FAIL"
						t.Logf("expected by: %s", c.source)
					}
				})
				c.test(&session{
					T:        t,
					client:   client,
					conn:     conn,
					streams:  streams.NewStreamsClient(conn),
					features: f,
					prefix:   "conformance-" + strings.ReplaceAll(uuid.NewString(), "-", ""),
				})
			})
		}
	})
	var list strings.Builder
	for i, c := range all {
		fmt.Fprintf(&list, "\n%-7s %-82s %s", results[i], c.name, c.source)
	}
	t.Logf("%d cases:%s", len(all), list.String())
}

// session is one case's use of the server.
type session struct {
	*testing.T
	client   *esdb.Client
	conn     *grpc.ClientConn
	streams  streams.StreamsClient
	features Features
	prefix   string // of every stream, and nobody else's
}

// stream returns the full name of one of the case's streams.
func (s *session) stream(name string) string { return s.prefix + "-" + name }
