package embedded

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"backlot/eventstore/embedded/internal/engine"
)

// MaxImport is how many events one Import takes.
const MaxImport = engine.MaxImport

// ErrImportConflict refuses to import events into a store that has others in
// their place.
var ErrImportConflict = engine.ErrImportConflict

// ImportedEvent is an event as another store recorded it.
type ImportedEvent struct {
	Stream   string
	Revision uint64 // that of a tombstone is math.MaxInt64
	ID       uuid.UUID
	Type     string
	JSON     bool
	Created  time.Time // in steps of 100 ns
	Data     []byte
	Metadata []byte
	// Position in the log; 0 or one that is not behind the last event's for the
	// next one.
	Position uint64
}

// Importer writes into a store that nobody serves what another store recorded:
// deletions, truncations and metadata are events like any others.
type Importer struct{ engine *engine.Engine }

// OpenImporter opens or creates the store in o.Dir. It fails with ErrInUse
// while the store is open elsewhere.
func OpenImporter(o Options) (*Importer, error) {
	o.setDefaults()
	if err := o.validate(); err != nil {
		return nil, err
	}
	e, err := engine.Open(o.engineOptions())
	if err != nil {
		return nil, fmt.Errorf("embedded: %w", err)
	}
	return &Importer{e}, nil
}

// Import writes at most MaxImport events, in order, with their revisions, ids,
// times and, where they have one, positions. It returns how many were written,
// when they are on disk; those that are there already are not written again, and
// an event that stands in the place of another is ErrImportConflict.
func (i *Importer) Import(ctx context.Context, events []ImportedEvent) (int, error) {
	in := make([]engine.Imported, len(events))
	for k, e := range events {
		if e.Stream == "" {
			return 0, errors.New("embedded: an imported event needs a stream")
		}
		in[k] = engine.Imported{
			Event:  engine.Event{ID: e.ID, Type: e.Type, JSON: e.JSON, Data: e.Data, Metadata: e.Metadata},
			Stream: e.Stream, Revision: e.Revision, Created: e.Created.UnixNano() / 100, Position: e.Position,
		}
	}
	return i.engine.Import(ctx, in)
}

// End is the position of the last event, 0 in an empty store.
func (i *Importer) End() uint64 { return i.engine.Durable() }

// Close closes the store.
func (i *Importer) Close() error { return i.engine.Close() }
