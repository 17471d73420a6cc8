package main

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

func openTestStore(t *testing.T) *embeddedStore {
	s, err := openEmbedded(t.Context(), filepath.Join(t.TempDir(), "store"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.close()) })
	return s
}

func TestAnEventIsWhatThePortalRecords(t *testing.T) {
	ids := map[uuid.UUID]bool{}
	for i, e := range openedEvents(100, 50) {
		assert.Equal(t, openedEvent(100+i), e)
		ids[e.id] = true
		assert.InDelta(t, 400, len(e.data), 60)
		assert.InDelta(t, 320, len(e.metadata), 40)
		var opened sourcerequest.Opened
		require.NoError(t, json.Unmarshal(e.data, &opened))
		assert.NotEmpty(t, opened.Countries)
		var m domain.Metadata
		require.NoError(t, json.Unmarshal(e.metadata, &m))
		assert.Len(t, m.ChainHash, 64)
	}
	assert.Len(t, ids, 50)
}

func TestMedian(t *testing.T) {
	assert.Zero(t, median(nil))
	assert.Equal(t, 3.0, median([]float64{9, 1, 3}))
	assert.Equal(t, 2.5, median([]float64{4, 1, 3, 2}))
}

func TestContendersTakeTurns(t *testing.T) {
	var order []string
	speed := map[string]float64{"a": 6, "b": 2}
	m, err := take(t.Context(), "x", "events/s", 3, []contender{{name: "a"}, {name: "b"}}, func(_ context.Context, c contender, round int) (float64, error) {
		order = append(order, c.name)
		return speed[c.name] * float64(round+1), nil
	})
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "b", "b", "a", "a", "b"}, order)
	assert.Equal(t, []float64{6, 12, 18}, m.values("a"))
	assert.Equal(t, []float64{3, 3, 3}, m.ratios("a", "b"))
	assert.Empty(t, m.ratios("a", "c"))

	_, err = take(t.Context(), "x", "events/s", 1, []contender{{name: "a"}}, func(context.Context, contender, int) (float64, error) {
		return 0, errors.New("broken")
	})
	require.EqualError(t, err, "x, a: broken")
}

func TestReport(t *testing.T) {
	r := report{Measures: []measure{
		{Name: "appends", Unit: "events/s", Rounds: []map[string]float64{
			{embeddedName: 20_000, messageName: 5_000}, {embeddedName: 30_000, messageName: 6_000}, {embeddedName: 10_000, messageName: 4_000},
		}},
		{Name: "live", Unit: "ms", Rounds: []map[string]float64{{embeddedName: 0.5}}},
	}}
	table := r.markdown()
	assert.Contains(t, table, "| appends (events/s) | 20.0k | 5000 | **4.00** (2.50–5.00) |  |  |\n")
	assert.Contains(t, table, "| live (ms) | 0.50 |  |  |  |  |\n")
}

// TestMeasuresOfTheEmbeddedStore runs every measure, small.
func TestMeasuresOfTheEmbeddedStore(t *testing.T) {
	s := openTestStore(t)
	c := config{events: 4000, rounds: 2, duration: 50 * time.Millisecond, live: 5}
	settled := false
	r := report{}
	require.NoError(t, r.measureAll(t.Context(), c, []contender{{embeddedName, s}}, func() error { settled = true; return nil }))
	assert.True(t, settled)
	assert.Equal(t, 4000, r.Machine.Events)
	require.Len(t, r.Measures, 7)
	for _, m := range r.Measures {
		require.Len(t, m.values(embeddedName), 2, m.Name)
		for _, v := range m.values(embeddedName) {
			assert.Positive(t, v, m.Name)
		}
	}
	assert.Empty(t, r.Measures[0].ratios(embeddedName, messageName))
}

func TestAReaderCountsWhatItReads(t *testing.T) {
	s := openTestStore(t)
	w, err := s.connect(t.Context(), 1)
	require.NoError(t, err)
	require.NoError(t, w.append(t.Context(), "sourceRequest-1", noStream, openedEvents(0, 3)))
	_, err = reader{events: 4}.run(t.Context(), contender{embeddedName, s}, 0)
	require.EqualError(t, err, "3 events were read instead of 4")
	v, err := reader{events: 3}.run(t.Context(), contender{embeddedName, s}, 0)
	require.NoError(t, err)
	assert.Positive(t, v)
	require.Error(t, complete("SourceRequestOpened", nil, []byte("{}")))
}

func TestAWriterNamesTheExactRevision(t *testing.T) {
	s := openTestStore(t)
	w, err := s.connect(t.Context(), 1)
	require.NoError(t, err)
	require.NoError(t, w.append(t.Context(), "sourceRequest-1", noStream, openedEvents(0, 2)))
	require.Error(t, w.append(t.Context(), "sourceRequest-1", 0, openedEvents(2, 1)))
	require.NoError(t, w.append(t.Context(), "sourceRequest-1", 1, openedEvents(2, 1)))
}
