package transfer

import (
	"bytes"
	"context"
	"flag"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden file anew; none that was released may change")

const golden = "testdata/backup-1"

func goldenEvents() []Event {
	return []Event{
		{Stream: "a", Revision: 0, Position: 1, ID: uuid.MustParse("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), Type: "Happened", JSON: true,
			Created: time.Unix(1795435200, 123456700).UTC(), Data: []byte(`{"text":"ü"}`), Metadata: []byte(`{}`)},
		{Stream: "a", Revision: 1, Position: 20, ID: uuid.MustParse("6ba7b811-9dad-11d1-80b4-00c04fd430c8"), Type: "b",
			Created: time.Unix(-1, 0).UTC(), Data: []byte{0, 1, 2}, Metadata: []byte{}},
		{Stream: "a", Revision: tombstoneRevision, Position: math.MaxUint64, ID: uuid.MustParse("6ba7b812-9dad-11d1-80b4-00c04fd430c8"),
			Type: typeTombstone, Created: time.Unix(0, 0).UTC(), Data: []byte{}, Metadata: []byte{}},
	}
}

// TestGoldenBackup reads a file that an earlier version has written.
func TestGoldenBackup(t *testing.T) {
	ctx := context.Background()
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(golden), 0o755))
		require.NoError(t, os.RemoveAll(golden))
		target, err := openBackupTarget(golden)
		require.NoError(t, err)
		for i, e := range goldenEvents() {
			require.NoError(t, target.Write(ctx, e))
			if i < 2 { // so that there are several blocks and ends
				_, err := target.Flush(ctx)
				require.NoError(t, err)
			}
		}
		_, err = target.Flush(ctx)
		require.NoError(t, err)
		require.NoError(t, target.Close())
	}
	source, err := OpenBackup(golden)
	require.NoError(t, err)
	defer func() { require.NoError(t, source.Close()) }()
	for from, n := range map[uint64]int{0: 3, 1: 3, 2: 2, 20: 2, 21: 1} {
		var events []Event
		require.NoError(t, source.Read(ctx, from, func(e Event) error {
			events = append(events, e)
			return nil
		}))
		require.Equal(t, goldenEvents()[3-n:], events)
	}
}

func FuzzTakeEvent(f *testing.F) {
	for _, e := range goldenEvents() {
		f.Add(appendEvent(nil, e))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		e, rest, err := takeEvent(b)
		if err != nil {
			return
		}
		// What was read is what it would be written as, however it was written.
		again, none, err := takeEvent(appendEvent(nil, e))
		require.NoError(t, err)
		require.Empty(t, none)
		require.Equal(t, e, again)
		require.True(t, bytes.HasSuffix(b, rest))
	})
}

func FuzzBackupFile(f *testing.F) {
	content, err := os.ReadFile(golden)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(content)
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := newBlocks("backup", bytes.NewReader(b))
		if err != nil {
			require.False(t, bytes.HasPrefix(b, []byte(backupMagic)))
			return
		}
		defer r.decoder.Close()
		events := uint64(0)
		err = r.read(context.Background(), 0, func(Event) error { events++; return nil })
		if err == nil {
			require.Equal(t, r.total, events)
			require.True(t, r.ended)
			return
		}
		var damaged *DamagedError
		require.ErrorAs(t, err, &damaged)
	})
}
