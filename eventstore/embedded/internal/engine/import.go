package engine

import (
	"context"
	"errors"
	"fmt"
)

// MaxImport is how many events one Import takes: the streams of all of them
// must fit into the decider's memory.
const MaxImport = minStreams / 4

// ErrImportConflict refuses events that the store holds otherwise.
var ErrImportConflict = errors.New("engine: the store holds something else already")

// Imported is an event that was recorded elsewhere.
type Imported struct {
	Event
	Stream   string
	Revision uint64
	Created  int64 // 100 ns since the Unix epoch
	// Position is the next one where it is not behind the log's end.
	Position uint64
}

// Import writes events as they were recorded elsewhere: with their revisions
// and positions, which may leave out what the other store had truncated, and
// times of creation. Events that are here already are passed over; it fails with
// ErrImportConflict when another stands in the place of one, and may then have
// written those before. It returns how many were written, when they are on disk.
func (e *Engine) Import(ctx context.Context, events []Imported) (int, error) {
	if len(events) > MaxImport {
		return 0, fmt.Errorf("engine: import of %d events at once, at most %d", len(events), MaxImport)
	}
	r := &request{kind: importEvents, imported: events}
	if _, err := e.submit(ctx, r); err != nil {
		return 0, err
	}
	return r.written, nil
}

func (d *decider) importAll(r *request) (Result, error) {
	var result Result
	for i := range r.imported {
		in := &r.imported[i]
		s, err := d.load(in.Stream)
		if err != nil {
			return Result{}, err
		}
		original, err := d.originalOf(s)
		if err != nil {
			return Result{}, err
		}
		if s.last != noRevision && in.Revision <= uint64(s.last) {
			if err := d.checkImported(s, in); err != nil {
				return Result{}, err
			}
			continue
		}
		if in.Revision > TombstoneRevision || s.tombstoned {
			return Result{}, fmt.Errorf("%w: stream %q ends before event %d", ErrImportConflict, in.Stream, in.Revision)
		}
		s.last = int64(in.Revision) - 1
		d.lastPosition = max(d.lastPosition+1, in.Position) - 1
		record := encodeRecord(in.Stream, in.Event)
		if result, err = d.writeCreated(s, [][]byte{record}, in.Created); err != nil {
			return Result{}, err
		}
		r.written++
		s.tombstoned = s.last == TombstoneRevision
		if original != nil {
			original.softDeleted = parseMetadata(in.JSON, in.Data).softDeleted()
		}
	}
	return result, nil
}

func (d *decider) checkImported(s *stream, in *Imported) error {
	if place, ok := d.recent.get(in.ID, s.number); ok && place.revision == in.Revision {
		return nil
	}
	id, _, found, err := d.idAt(s, int64(in.Revision))
	if err != nil {
		return err
	}
	if !found || id != in.ID {
		return fmt.Errorf("%w: event %d of stream %q", ErrImportConflict, in.Revision, in.Stream)
	}
	return nil
}
