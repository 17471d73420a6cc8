package main

import (
	"bytes"
	"crypto/rand"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"backlot/eventstore/embedded"
)

// TestScavengeCommand erases on a running server, and on the same one stopped.
func TestScavengeCommand(t *testing.T) {
	data := t.TempDir()
	p := start(t, data, "--scavenge-every=0")
	written := writeAndDelete(t, data)
	require.Positive(t, filesWith(t, data, written))
	out, err := exec.Command(binary, "scavenge", "--server", p.url, "--token", token).CombinedOutput()
	require.NoError(t, err, string(out))
	require.Contains(t, string(out), "events removed: 1;")
	require.Zero(t, filesWith(t, data, written))

	written = writeAndDelete(t, data)
	out, err = exec.Command(binary, "scavenge", "--data", data).CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(out), "in use")
	p.stop()
	require.Positive(t, filesWith(t, data, written))
	out, err = exec.Command(binary, "scavenge", "--data", data).CombinedOutput()
	require.NoError(t, err, string(out))
	require.Zero(t, filesWith(t, data, written))

	for _, args := range [][]string{{"scavenge"}, {"scavenge", "--data", t.TempDir()}} {
		out, err = exec.Command(binary, args...).CombinedOutput()
		require.Error(t, err, string(out))
	}
}

// TestAServerScavengesByItself erases on a stopped server: the next start
// removes it.
func TestAServerScavengesByItself(t *testing.T) {
	data := t.TempDir()
	p := start(t, data, "--scavenge-every=0")
	written := writeAndDelete(t, data)
	p.stop()
	require.Positive(t, filesWith(t, data, written))
	p = start(t, data)
	p.eventually("scavenged", func() bool { return filesWith(t, data, written) == 0 })
}

// writeAndDelete appends to a running server's store, round the portal, an
// event with the bytes that it returns, and deletes its stream.
func writeAndDelete(t *testing.T, data string) []byte {
	t.Helper()
	config, err := embedded.Running(filepath.Join(data, "eventstore"))
	require.NoError(t, err)
	client, err := esdb.NewClient(config)
	require.NoError(t, err)
	defer func() { require.NoError(t, client.Close()) }()
	written := make([]byte, 500)
	_, _ = rand.Read(written)
	stream := "person-" + uuid.NewString()
	_, err = client.AppendToStream(t.Context(), stream, esdb.AppendToStreamOptions{}, esdb.EventData{EventID: uuid.New(), EventType: "e", ContentType: esdb.ContentTypeBinary, Data: written})
	require.NoError(t, err)
	_, err = client.DeleteStream(t.Context(), stream, esdb.DeleteStreamOptions{ExpectedRevision: esdb.Any{}})
	require.NoError(t, err)
	return written
}

// filesWith counts the files of the event store that hold either half of some
// bytes that nothing compresses.
func filesWith(t *testing.T, data string, searched []byte) (n int) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(data, "eventstore", "*"))
	require.NoError(t, err)
	for _, name := range names {
		content, err := os.ReadFile(name)
		if os.IsNotExist(err) {
			continue
		}
		require.NoError(t, err)
		half := len(searched) / 2
		if bytes.Contains(content, searched[:half]) || bytes.Contains(content, searched[half:]) {
			n++
		}
	}
	return n
}
