package engine

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func openEngine(t testing.TB, o Options) *Engine {
	t.Helper()
	if o.FS == nil {
		o.FS = vfs.NewMem()
	}
	e, err := Open(o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, e.Close()) })
	return e
}

func newEvent(typ string) Event {
	return Event{ID: uuid.New(), Type: typ, JSON: true, Data: fmt.Appendf(nil, "%q", typ)}
}

func mustAppend(t testing.TB, e *Engine, stream string, expected Expected, events ...Event) Result {
	t.Helper()
	result, err := e.Append(context.Background(), stream, expected, events)
	require.NoError(t, err)
	return result
}

// clone makes a record outlive its page.
func clone(r Record) Record {
	b := encodeRecord(string(r.Stream), Event{ID: r.ID, Type: string(r.Type), JSON: r.JSON, Data: r.Data, Metadata: r.Metadata})
	stampRecord(b, r.Created, r.Revision, r.number)
	c, err := decodeRecord(r.Position, b)
	if err != nil {
		panic(err)
	}
	return c
}

type pager interface {
	Next(limit int) ([]Record, error)
}

func collect(p pager, limit int) ([]Record, error) {
	var all []Record
	for {
		records, err := p.Next(limit)
		if err != nil || len(records) == 0 {
			return all, err
		}
		for _, r := range records {
			all = append(all, clone(r))
		}
	}
}

func readLog(t testing.TB, e *Engine) []Record {
	t.Helper()
	records, err := collect(e.ReadForwards(0), math.MaxInt)
	require.NoError(t, err)
	return records
}
