package transfer

import (
	"context"
	"errors"

	"backlot/domain"
	"backlot/eventstore/embedded"
)

// importBytes bounds what is imported at once, beside the number of events.
const importBytes = 4 << 20

// storeTarget writes into an embedded store that nobody serves.
type storeTarget struct {
	importer *embedded.Importer
	// samePositions keeps the source's; else they are given anew.
	samePositions bool
	pending       []embedded.ImportedEvent
	bytes         int
	written       int64
}

func openStoreTarget(dir string) (*storeTarget, error) {
	importer, err := embedded.OpenImporter(embedded.Options{Dir: dir})
	if errors.Is(err, embedded.ErrInUse) {
		return nil, &domain.Error{Code: domain.CodeRefused, Message: "the event store in " + dir + " is in use; stop its server first", Err: err}
	}
	if err != nil {
		return nil, unavailable("the event store in "+dir+" cannot be opened", err)
	}
	return &storeTarget{importer: importer}, nil
}

// Write implements Target.
func (t *storeTarget) Write(ctx context.Context, e Event) error {
	position := uint64(0)
	if t.samePositions {
		position = e.Position
	}
	t.pending = append(t.pending, embedded.ImportedEvent{
		Position: position,
		Stream:   e.Stream, Revision: e.Revision, ID: e.ID, Type: e.Type, JSON: e.JSON, Created: e.Created, Data: e.Data, Metadata: e.Metadata,
	})
	t.bytes += len(e.Data) + len(e.Metadata)
	if len(t.pending) < embedded.MaxImport && t.bytes < importBytes {
		return nil
	}
	return t.write(ctx)
}

func (t *storeTarget) write(ctx context.Context) error {
	n, err := t.importer.Import(ctx, t.pending)
	t.written += int64(n)
	clear(t.pending)
	t.pending, t.bytes = t.pending[:0], 0
	if errors.Is(err, embedded.ErrImportConflict) {
		return &domain.Error{Code: domain.CodeRefused, Message: "the target holds other events than the source in the same place", Err: err}
	}
	if err != nil {
		return unavailable("the target cannot be written", err)
	}
	return nil
}

// Flush implements Target.
func (t *storeTarget) Flush(ctx context.Context) (int64, error) {
	err := t.write(ctx)
	return t.written, err
}

// Close implements Target.
func (t *storeTarget) Close() error { return t.importer.Close() }
