//go:build !race

package readapi

import (
	"bufio"
	"context"
	"errors"
	"net/http/httptest"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func heap() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// An export of tens of thousands of events is on its way before the log has
// been read, and needs no more memory at its end than in its middle. The race
// detector keeps memory of its own, so it runs without.
func TestAuditExportStreams(t *testing.T) {
	const requests, comments = 200, 100
	log := &watchedLog{ended: make(chan error, 1)}
	p := newPortal(t, func(c *Config) {
		log.Log, c.Log = c.Log, log
		c.AuditKept = 500
	})
	p.manyComments(requests, comments)
	s := httptest.NewServer(p.handler)
	defer s.Close()
	const middle, step, late = 5_000, 1_000, 20_000
	arrived := make(chan struct{})
	var heaps []int // at every thousandth event, from the middle on
	log.at = func(_ context.Context, n int) error {
		if n == middle {
			select {
			case <-arrived:
			case <-time.After(20 * time.Second):
				return errors.New("nothing has arrived")
			}
		}
		if n >= middle && n <= late && n%step == 0 {
			heaps = append(heaps, heap())
		}
		return nil
	}
	answer := p.export(s, t.Context(), "format=jsonl&organisation=Juice")
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	n, size := 0, 0
	for lines.Scan() {
		size += len(lines.Bytes())
		if n++; n == 1000 {
			close(arrived)
		}
	}
	require.NoError(t, lines.Err())
	require.NoError(t, <-log.ended)
	assert.Greater(t, size, 12<<20)
	assert.Equal(t, requests*comments, n)
	// The store, the projector and the sealer of this process come and go with
	// memory of their own: what stays is in every one of the last ones.
	require.Len(t, heaps, 16)
	assert.Less(t, slices.Min(heaps[11:])-slices.Min(heaps[:5]), 5<<20, "11,000 lines are 7 MB, and more than that as entries")
}
