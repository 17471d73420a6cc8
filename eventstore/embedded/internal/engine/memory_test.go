package engine

import (
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestLRUForgetsTheLeastRecentlyUsed(t *testing.T) {
	c := newLRU[string, int](3)
	for i, k := range []string{"a", "b", "c"} {
		c.put(k, i)
	}
	_, ok := c.get("a")
	require.True(t, ok)
	c.put("b", 10)
	c.put("d", 3)
	_, ok = c.get("c")
	require.False(t, ok)
	b, ok := c.get("b")
	require.True(t, ok)
	require.Equal(t, 10, b)
	require.Equal(t, 3, c.len())
}

func TestRecentIDs(t *testing.T) {
	c := newRecentIDs(3)
	ids := make([]uuid.UUID, 5)
	for i := range ids {
		ids[i] = uuid.New()
	}
	c.put(ids[0], 1, 0, 1)
	c.put(ids[0], 2, 0, 2) // in another stream
	c.put(ids[0], 1, 1, 3) // again
	place, ok := c.get(ids[0], 1)
	require.True(t, ok)
	require.EqualValues(t, 1, place.revision)
	c.put(ids[1], 1, 2, 4) // pushes out the first, which was replaced since
	_, ok = c.get(ids[0], 1)
	require.True(t, ok)
	c.put(ids[2], 1, 3, 5)
	_, ok = c.get(ids[0], 2)
	require.False(t, ok)
	for i := range 1000 {
		c.put(uuid.New(), 1, uint64(i), uint64(i))
		require.LessOrEqual(t, len(c.byID), 3)
	}
}

func TestTail(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := rapid.IntRange(1, 6).Draw(t, "events")
		tail := newTail(events, 256*rapid.IntRange(1, 8).Draw(t, "size"), 10)
		end := uint64(10)
		t.Repeat(map[string]func(*rapid.T){
			"append": func(t *rapid.T) {
				changed := tail.read(end, nil).Changed
				records := make([]Record, rapid.IntRange(0, 8).Draw(t, "n"))
				for i := range records {
					end++
					records[i] = Record{Position: end, Data: make([]byte, rapid.IntRange(0, 300).Draw(t, "bytes"))}
				}
				tail.append(records)
				select {
				case <-changed:
				default:
					if len(records) > 0 {
						t.Fatal("nobody was woken")
					}
				}
			},
			"read": func(t *rapid.T) {
				after := uint64(rapid.Int64Range(0, int64(end)+3).Draw(t, "after"))
				got := tail.read(after, make([]Record, rapid.IntRange(1, 5).Draw(t, "buf")))
				if got.Covered != (after >= tail.floor) {
					t.Fatalf("covered: %v, floor %d", got.Covered, tail.floor)
				}
				for i, r := range got.Records {
					if r.Position != after+uint64(i)+1 {
						t.Fatalf("position %d after %d", r.Position, after)
					}
				}
				if got.Covered && after < end && len(got.Records) == 0 {
					t.Fatal("nothing to read")
				}
				if n := len(got.Records); got.Covered && got.AtEnd != (after+uint64(n) >= end) {
					t.Fatalf("at end: %v", got.AtEnd)
				}
			},
			"": func(t *rapid.T) {
				if tail.count > events || tail.bytes > tail.maxBytes && tail.count > 1 {
					t.Fatalf("%d events, %d bytes", tail.count, tail.bytes)
				}
				held := 0
				for _, r := range tail.ring {
					if r.Position != 0 {
						held++
					}
				}
				if held != tail.count {
					t.Fatalf("%d records are held, %d count", held, tail.count)
				}
			},
		})
	})
}

func TestPageGivesLargeBuffersBack(t *testing.T) {
	var p Page
	require.NoError(t, p.add(1, encodeRecord("s", Event{Data: make([]byte, 4*pageBytes)})))
	require.True(t, p.full(pageEvents))
	p.reset()
	require.Nil(t, p.buf)
	for i := range pageEvents {
		require.NoError(t, p.add(uint64(i), encodeRecord("s", Event{Type: fmt.Sprint(i)})))
	}
	for i, r := range p.Records {
		require.Equal(t, fmt.Sprint(i), string(r.Type))
	}
}
