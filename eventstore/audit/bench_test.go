package audit_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"backlot/domain/seal"
	"backlot/eventstore"
	"backlot/eventstore/audit"
	"backlot/eventstore/embedded"
)

// BenchmarkVerify verifies 100,000 events in 20,000 streams: the log alone, and
// with the streams in each of the ways that there are.
func BenchmarkVerify(b *testing.B) {
	const streams = 20_000
	dir := filepath.Join(b.TempDir(), "eventstore")
	o := open(b, dir)
	var group errgroup.Group
	group.SetLimit(16)
	for i := range streams {
		group.Go(func() error {
			name := fmt.Sprintf("sourceRequest-%d", i)
			_, _, err := o.Append(context.Background(), name, noEvents, comments(name, 0, 1+i%9))
			return err
		})
	}
	require.NoError(b, group.Wait())
	o.sealAll(b)
	o.stop()

	server, err := embedded.Open(context.Background(), embedded.Options{Dir: dir, ReadOnly: true})
	require.NoError(b, err)
	store, err := eventstore.Connect(eventstore.Config{Client: server.ClientConfiguration(), CallTimeout: patience})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, store.Close()); require.NoError(b, server.Close()) })
	for _, c := range []struct {
		name    string
		options audit.Options
	}{
		{"log", audit.Options{Streams: func(context.Context, func(seal.Finding)) error { return nil }}},
		{"ends", audit.Options{}},
		{"deep", audit.Options{Deep: true}},
		{"stopped", audit.Options{Streams: func(ctx context.Context, found func(seal.Finding)) error {
			return server.CheckIndex(ctx, func(f embedded.IndexFault) { found(seal.Finding{Stream: f.Stream, Text: f.Detail}) })
		}}},
	} {
		b.Run(c.name, func(b *testing.B) {
			events := 0
			for b.Loop() {
				r, err := audit.Verify(context.Background(), store, c.options)
				require.NoError(b, err)
				require.Zero(b, r.Found)
				events += r.Events
			}
			b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
