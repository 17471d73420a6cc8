package facets

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestIDIndexEqualsAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := newIDIndex()
		var chunks [4]*[chunkRows]string
		for n := range chunks {
			chunks[n] = new([chunkRows]string)
		}
		want := map[string]uint32{}
		id := rapid.Custom(func(t *rapid.T) string { return fmt.Sprint(rapid.IntRange(0, 3000).Draw(t, "id")) })
		for range rapid.IntRange(1, 400).Draw(t, "segments") {
			first := uint32(rapid.IntRange(0, 4*chunkRows-8).Draw(t, "first"))
			ids := chunks[first/chunkRows]
			i := first % chunkRows
			end := i
			for range rapid.IntRange(1, 8).Draw(t, "rows") {
				if end == chunkRows || ids[end] != "" {
					break
				}
				v := id.Draw(t, "id")
				if _, taken := want[v]; !taken {
					ids[end] = v
					want[v] = first + end - i
				}
				end++
			}
			require.NoError(t, x.add(first, ids, ids[i:end]))
		}
		for v := range 3001 {
			number, found := x.find(fmt.Sprint(v))
			is, taken := want[fmt.Sprint(v)]
			require.Equal(t, taken, found, v)
			require.Equal(t, is, number, v)
		}
		require.Equal(t, len(want), x.used)
		require.LessOrEqual(t, 4*x.used, 3*len(x.slots)+4)
	})
}

func TestIDIndexRefusesAnIDTwice(t *testing.T) {
	x, ids := newIDIndex(), new([chunkRows]string)
	ids[3], ids[9] = "A1", "A1"
	require.NoError(t, x.add(3, ids, ids[3:4]))
	require.NoError(t, x.add(3, ids, ids[3:4]), "the same row again")
	assert.EqualError(t, x.add(9, ids, ids[9:10]), "facets: row A1 is at 3 and at 9")
}

// Others look up while the table grows.
func TestIDIndexIsReadWhileItGrows(t *testing.T) {
	x := newIDIndex()
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for v := 0; ; v++ {
				select {
				case <-done:
					return
				default:
				}
				if n, found := x.find(fmt.Sprint(v % 20_000)); found {
					assert.Equal(t, uint32(v%20_000), n)
				}
			}
		})
	}
	var ids *[chunkRows]string
	for n := range uint32(20_000) {
		if n%chunkRows == 0 {
			ids = new([chunkRows]string)
		}
		ids[n%chunkRows] = fmt.Sprint(n)
		require.NoError(t, x.add(n, ids, ids[n%chunkRows:n%chunkRows+1]))
	}
	close(done)
	readers.Wait()
}

// A load asks for segments until there are none: those after the last take nothing.
func TestASegmentWithoutRowsMakesNoChunk(t *testing.T) {
	b := newBuilder("g", &Config{})
	require.NoError(t, b.Put(5*chunkRows, nil))
	assert.Empty(t, b.chunks)
	assert.Zero(t, b.Len())
}
