//go:build !race

package audit_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain/seal"
	"backlot/eventstore/embedded"
	"backlot/eventstore/embedded/tamper"
)

// TestAttacksOnALargeStore makes them all at once, in 100,000 events. With the race
// detector it would take minutes: `make test` runs it without.
func TestAttacksOnALargeStore(t *testing.T) {
	const events = 102_400 // over 100,000, in equal shares of rounds and writers
	large := build(t, 400, events, 8)
	t.Run("nothing wrong", func(t *testing.T) {
		store := open(t, copyFolder(t, large.dir))
		began := time.Now()
		r := store.verify(t, large.seals...)
		t.Logf("%.0f events a second", float64(r.Events)/time.Since(began).Seconds())
		assert.Empty(t, r.Findings)
		assert.Zero(t, r.Found)
		last := large.seals[len(large.seals)-1]
		assert.Equal(t, seal.Report{
			Events: large.events, Streams: r.Streams, Seals: len(large.seals), Exported: len(large.seals),
			Sealed: last.Count, SealedTo: last.Position, Unsealed: unsealedEvents,
		}, r)
		assert.Greater(t, r.Streams, 380)
	})
	t.Run("a damaged table", func(t *testing.T) {
		tables, err := filepath.Glob(filepath.Join(large.dir, "*.sst"))
		require.NoError(t, err)
		named := 0
		for i := 0; i < len(tables) && named == 0; i++ {
			table := tables[i]
			dir, name := copyFolder(t, large.dir), filepath.Base(table)
			data, err := os.ReadFile(table)
			require.NoError(t, err)
			data[len(data)/4] ^= 1
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o600))
			server, err := embedded.Open(t.Context(), embedded.Options{Dir: dir})
			var damaged *embedded.DamagedFileError
			if errors.As(err, &damaged) {
				require.Equal(t, name, damaged.File, "opening reads what is newest")
				continue
			}
			require.NoError(t, err)
			require.NoError(t, server.Close())
			for _, f := range open(t, dir).verify(t).Findings {
				require.Equal(t, []any{seal.Corrupt, name}, []any{f.Kind, f.File}, "what stands behind it is not missed")
				named++
			}
		}
		require.Positive(t, named, "none of %d tables was read only by verifying", len(tables))
	})
	t.Run("everything wrong", func(t *testing.T) {
		var want []place
		r := large.after(t, func(s *tamper.Store) {
			for i, a := range attacks {
				if !a.whole {
					victim, other := victims(i + 1)
					want = append(want, a.change(t, s, victim, other)...)
				}
			}
		}).verify(t)
		assert.ElementsMatch(t, want, places(r), "%+v", r.Findings)
	})
}
