package main

import (
	"path/filepath"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"backlot/eventstore/embedded"
	"backlot/eventstore/transfer"
)

// TestTransferCommands backs up a store that is in use, restores it, and copies
// what was restored back to another place.
func TestTransferCommands(t *testing.T) {
	ctx, folder := t.Context(), t.TempDir()
	data := filepath.Join(folder, "data")
	store, err := embedded.Open(ctx, embedded.Options{Dir: filepath.Join(data, "eventstore"), Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	defer func() { require.NoError(t, store.Close()) }()
	client, err := esdb.NewClient(store.ClientConfiguration())
	require.NoError(t, err)
	defer func() { _ = client.Close() }()
	for _, stream := range []string{"a", "b", "a"} {
		_, err := client.AppendToStream(ctx, stream, esdb.AppendToStreamOptions{}, esdb.EventData{EventID: uuid.New(), EventType: "e", Data: []byte("{}")})
		require.NoError(t, err)
	}
	count := func(place string) (n int) {
		source, err := transfer.OpenSource(ctx, place)
		require.NoError(t, err)
		defer func() { require.NoError(t, source.Close()) }()
		require.NoError(t, source.Read(ctx, 0, func(transfer.Event) error { n++; return nil }))
		return n
	}

	file := filepath.Join(folder, "backup")
	address := "esdb://" + store.Addr() + "?tls=false"
	require.NoError(t, (&backupCommand{File: file, Data: data}).Run(ctx))
	require.NoError(t, (&backupCommand{File: file, Data: "nowhere", From: address}).Run(ctx))
	restored, until, copied := filepath.Join(folder, "restored"), filepath.Join(folder, "until"), filepath.Join(folder, "copied")
	require.NoError(t, (&restoreCommand{File: file, Data: restored}).Run(ctx))
	require.NoError(t, (&restoreCommand{File: file, Data: until, Until: "2"}).Run(ctx))
	require.Error(t, (&restoreCommand{File: file, Data: filepath.Join(folder, "x"), Until: "yesterday"}).Run(ctx))
	require.NoError(t, (&copyCommand{From: restored, To: copied}).Run(ctx))
	require.NoError(t, (&copyCommand{From: copied, To: address}).Run(ctx))
	require.Error(t, (&copyCommand{From: until, To: data}).Run(ctx), "its server is running")
	for place, want := range map[string]int{data: 3, restored: 3, until: 2, copied: 3} {
		require.Equal(t, want, count(place), place)
	}
}
