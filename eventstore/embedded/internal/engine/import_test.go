package engine

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

func imported(r Record) Imported {
	return Imported{
		Event:  Event{ID: r.ID, Type: string(r.Type), JSON: r.JSON, Data: r.Data, Metadata: r.Metadata},
		Stream: string(r.Stream), Revision: r.Revision, Created: r.Created,
	}
}

// source has streams in every state there is.
func source(t *testing.T) *Engine {
	e := openEngine(t, Options{Dir: "source"})
	ctx := context.Background()
	mustAppend(t, e, "kept", NoStream, newEvent("1"), newEvent("2"))
	mustAppend(t, e, "again", NoStream, newEvent("1"), newEvent("2"))
	mustAppend(t, e, "gone", NoStream, newEvent("1"))
	mustAppend(t, e, "hidden", NoStream, newEvent("1"))
	mustAppend(t, e, "limited", NoStream, newEvent("1"), newEvent("2"), newEvent("3"))
	mustAppend(t, e, MetastreamOf("limited"), NoStream, Event{ID: newEvent("").ID, Type: TypeMetadata, JSON: true, Data: []byte(`{"$maxCount":2}`)})
	for _, stream := range []string{"again", "hidden"} {
		_, err := e.Delete(ctx, stream, StreamExists)
		require.NoError(t, err)
	}
	mustAppend(t, e, "again", Any, newEvent("3"))
	_, err := e.Tombstone(ctx, "gone", Any)
	require.NoError(t, err)
	return e
}

func TestImport(t *testing.T) {
	log := readLog(t, source(t))
	events := make([]Imported, len(log))
	for i, r := range log {
		events[i] = imported(r)
	}
	e := openEngine(t, Options{Dir: "target"})
	ctx := context.Background()
	half := len(events) / 2
	for _, want := range []int{half, 0} {
		n, err := e.Import(ctx, events[:half])
		require.NoError(t, err)
		require.Equal(t, want, n)
	}
	n, err := e.Import(ctx, events)
	require.NoError(t, err)
	require.Equal(t, len(events)-half, n)

	copied := readLog(t, e)
	require.Len(t, copied, len(log))
	for i := range log {
		log[i].number, copied[i].number = 0, 0
	}
	require.Equal(t, log, copied)
	require.NoError(t, checkIndex(e, readLog(t, e)))

	// The streams are in the same state: what they refuse and give is the same.
	var deleted *StreamDeletedError
	_, err = e.Append(ctx, "gone", Any, []Event{newEvent("no")})
	require.ErrorAs(t, err, &deleted)
	_, err = e.OpenStream("hidden")
	require.ErrorIs(t, err, ErrStreamNotFound)
	for stream, first := range map[string]int64{"kept": 0, "again": 2, "limited": 1} {
		s, err := e.OpenStream(stream)
		require.NoError(t, err)
		require.Equal(t, first, s.First, stream)
	}
	require.EqualValues(t, 1, mustAppend(t, e, "hidden", NoStream, newEvent("back")).Revision)

	other := events[0]
	other.ID = newEvent("").ID
	_, err = e.Import(ctx, []Imported{other})
	require.ErrorIs(t, err, ErrImportConflict)
	other.Stream, other.Revision = "gone", 7
	_, err = e.Import(ctx, []Imported{other})
	require.ErrorIs(t, err, ErrImportConflict)
}

func TestImportOfATruncatedStream(t *testing.T) {
	e := openEngine(t, Options{Dir: "target"})
	in := func(revision uint64) Imported {
		return Imported{Event: newEvent("e"), Stream: "s", Revision: revision, Created: 42}
	}
	_, err := e.Import(context.Background(), []Imported{in(5), in(6), in(9)})
	require.NoError(t, err)
	s, err := e.OpenStream("s")
	require.NoError(t, err)
	s.Forwards(0)
	records, err := s.Next(10)
	require.NoError(t, err)
	var revisions []uint64
	for _, r := range records {
		revisions = append(revisions, r.Revision)
		require.EqualValues(t, 42, r.Created)
	}
	require.Equal(t, []uint64{5, 6, 9}, revisions)
	require.EqualValues(t, 10, mustAppend(t, e, "s", 9, newEvent("next")).Revision)
	_, err = e.Import(context.Background(), []Imported{in(7)})
	require.ErrorIs(t, err, ErrImportConflict)
}

func TestImportKeepsPositions(t *testing.T) {
	e := openEngine(t, Options{Dir: "target", TailEvents: 4})
	var events []Imported
	for i, position := range []uint64{0, 3, 4, 9, 9, 0, 20} {
		events = append(events, Imported{Event: newEvent("e"), Stream: "s", Revision: uint64(i), Position: position})
	}
	n, err := e.Import(t.Context(), events)
	require.NoError(t, err)
	require.Equal(t, len(events), n)
	var positions []uint64
	for _, r := range readLog(t, e) {
		positions = append(positions, r.Position)
	}
	require.Equal(t, []uint64{1, 3, 4, 9, 10, 11, 20}, positions)
	tail := e.Tail(15, make([]Record, 4))
	require.True(t, tail.Covered)
	require.EqualValues(t, 20, tail.Records[0].Position)
	require.EqualValues(t, 21, mustAppend(t, e, "s", Any, newEvent("on")).Position)
}
