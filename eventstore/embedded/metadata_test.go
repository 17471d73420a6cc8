package embedded_test

import (
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"

	"backlot/eventstore/embedded"
)

// TestMetadataThatIsNotUnderstood hides nothing.
func TestMetadataThatIsNotUnderstood(t *testing.T) {
	for _, metadata := range []string{`{"$tb":`, `[]`, `{"$tb":"3"}`, `{"$maxCount":-1,"$tb":3}`, `{"$maxAge":0}`} {
		c := newClient(t)
		appendTo(t, c, "s", esdb.NoStream{}, numbered(5)...)
		setMetadata(t, c, "s", metadata)
		require.Equal(t, "0 1 2 3 4", types(readStream(t, c, "s", esdb.ReadStreamOptions{}, all)), metadata)
	}
}

func TestMaxAge(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	c := connect(t, openServer(t, embedded.Options{Now: func() time.Time { return now }}))
	setMetadata(t, c, "s", `{"$maxAge":60}`)
	for _, e := range numbered(4) {
		appendTo(t, c, "s", esdb.Any{}, e)
		now = now.Add(30 * time.Second)
	}
	// Written at 0, 30, 60 and 90 seconds; it is 120 now.
	require.Equal(t, "2 3", types(readStream(t, c, "s", esdb.ReadStreamOptions{}, all)))
	require.Equal(t, "2", types(readStream(t, c, "s", esdb.ReadStreamOptions{}, 1)))
	require.Equal(t, "3 2", types(readStream(t, c, "s", esdb.ReadStreamOptions{Direction: esdb.Backwards, From: esdb.End{}}, all)))
	now = now.Add(time.Hour)
	require.Equal(t, "", types(readStream(t, c, "s", esdb.ReadStreamOptions{}, all)))
}
