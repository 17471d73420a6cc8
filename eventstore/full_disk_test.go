package eventstore

import (
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/eventstore/embedded"
)

func TestFullDiskIsSaidInASentence(t *testing.T) {
	fs := vfs.NewMem()
	server, err := embedded.Open(testContext(t), embedded.Options{FS: fs})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	store := connect(t, configOf(server))
	first, _, err := store.Append(testContext(t), "s", domain.Version{}, comments(0, 1))
	require.NoError(t, err)

	fs.TestingSetDiskUsage(vfs.DiskUsage{AvailBytes: 1 << 20, TotalBytes: 1 << 30})
	start := time.Now()
	_, _, err = store.Append(testContext(t), "s", first, comments(1, 1))
	var refused *domain.Error
	require.ErrorAs(t, err, &refused)
	require.Equal(t, domain.CodeUnavailable, refused.Code)
	require.Contains(t, refused.Message, "disk is full")
	require.Less(t, time.Since(start), outagePatience, "refused, and not taken for an outage")
	require.Len(t, readAll(t, store, "s"), 1)

	fs.TestingSetDiskUsage(vfs.DiskUsage{AvailBytes: 1 << 29, TotalBytes: 1 << 30})
	_, _, err = store.Append(testContext(t), "s", first, comments(1, 1))
	require.NoError(t, err)
	require.Len(t, readAll(t, store, "s"), 2)
}
