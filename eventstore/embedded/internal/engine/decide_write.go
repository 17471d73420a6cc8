package engine

import (
	"fmt"
	"math"

	"github.com/google/uuid"
)

func (d *decider) append(s *stream, r *request) (Result, error) {
	ids := make([]uuid.UUID, len(r.records))
	for i, b := range r.records {
		ids[i] = recordUUID(b)
	}
	v, err := d.check(s, r.expected, ids)
	switch {
	case err != nil:
		return Result{}, err
	case v.repeated:
		return v.result, nil
	case len(r.records) == 0:
		return Result{Revision: s.last}, nil
	}
	original, err := d.originalOf(s)
	if err != nil {
		return Result{}, err
	}
	// Read before anything is written: reading may flush the group.
	var revived []byte
	var meta *stream
	switch {
	case v.revive:
		if meta, revived, err = d.revivedMetadata(s); err != nil {
			return Result{}, err
		}
	case original != nil && original.softDeleted:
		// New metadata for a soft-deleted stream brings it back, empty.
		meta, revived = s, withTruncateBefore(recordData(r.records[len(r.records)-1]), original.last+1)
	}
	result, err := d.write(s, r.records)
	if err != nil {
		return Result{}, err
	}
	if original != nil {
		last := r.records[len(r.records)-1]
		original.softDeleted = parseMetadata(last[recordFlags]&flagJSON != 0, recordData(last)).softDeleted()
	}
	if revived != nil {
		if _, err := d.write(meta, [][]byte{metadataRecord(meta.name, revived)}); err != nil {
			return Result{}, err
		}
		if original == nil {
			original = s
		}
		original.softDeleted = false
	}
	return result, nil
}

// originalOf returns nil for a stream that is no metastream.
func (d *decider) originalOf(s *stream) (*stream, error) {
	name, ok := OriginalOf(s.name)
	if !ok {
		return nil, nil
	}
	return d.load(name)
}

// revivedMetadata is a soft-deleted stream's metadata, changed to show what is
// written from now on.
func (d *decider) revivedMetadata(s *stream) (*stream, []byte, error) {
	meta, err := d.load(MetastreamOf(s.name))
	if err != nil {
		return nil, nil, err
	}
	d.flush() // the metadata may be in the group that is not applied yet
	_, raw, _, err := metadataOf(d.engine.db, s.name, math.MaxUint64)
	if err != nil {
		return nil, nil, err
	}
	return meta, withTruncateBefore(raw, s.last+1), nil
}

func (d *decider) delete(s *stream, expected Expected) (Result, error) {
	// An id of its own never matches what stands there.
	if _, err := d.check(s, expected, []uuid.UUID{uuid.New()}); err != nil {
		return Result{}, err
	}
	meta, err := d.load(MetastreamOf(s.name))
	if err != nil {
		return Result{}, err
	}
	result, err := d.write(meta, [][]byte{metadataRecord(meta.name, deletedMetadata)})
	if err == nil {
		s.softDeleted = true
	}
	return result, err
}

func (d *decider) tombstone(s *stream, expected Expected) (Result, error) {
	if _, err := d.check(s, expected, []uuid.UUID{uuid.New()}); err != nil {
		return Result{}, err
	}
	s.last = TombstoneRevision - 1
	result, err := d.write(s, [][]byte{encodeRecord(s.name, Event{ID: uuid.New(), Type: TypeTombstone})})
	s.tombstoned = true
	return result, err
}

func metadataRecord(metastream string, data []byte) []byte {
	return encodeRecord(metastream, Event{ID: uuid.New(), Type: TypeMetadata, JSON: true, Data: data})
}

// write adds records to the group, after the stream's last event.
func (d *decider) write(s *stream, records [][]byte) (Result, error) {
	return d.writeCreated(s, records, d.engine.now().UnixNano()/int64(tick))
}

func (d *decider) writeCreated(s *stream, records [][]byte, created int64) (Result, error) {
	if d.group.batch == nil {
		d.group.batch = d.engine.db.NewBatch()
	}
	batch := d.group.batch
	if !s.numbered {
		s.number, s.numbered = d.nextNumber, true
		d.nextNumber++
		if err := batch.Set(nameKey(s.name), encodeNumber(s.number), nil); err != nil {
			return Result{}, d.engine.fail(err)
		}
		if err := batch.Set(counterKey, encodeNumber(d.nextNumber), nil); err != nil {
			return Result{}, d.engine.fail(err)
		}
	}
	for _, b := range records {
		s.last++
		d.lastPosition++
		stampRecord(b, created, uint64(s.last), s.number)
		if err := d.put(b, s); err != nil {
			return Result{}, d.engine.fail(err)
		}
	}
	return Result{Revision: s.last, Position: d.lastPosition}, nil
}

func (d *decider) put(b []byte, s *stream) error {
	record, err := decodeRecord(d.lastPosition, b)
	if err != nil {
		return fmt.Errorf("written: %w", err)
	}
	batch := d.group.batch
	if err := batch.Set(eventKey(record.Position), b, nil); err != nil {
		return err
	}
	if err := batch.Set(streamKey(s.number, record.Revision), encodeNumber(record.Position), nil); err != nil {
		return err
	}
	d.group.records = append(d.group.records, record)
	d.groupBytes += len(b)
	d.recent.put(record.ID, s.number, record.Revision, record.Position)
	return nil
}

func recordData(b []byte) []byte {
	r, err := decodeRecord(0, b)
	if err != nil {
		return nil
	}
	return r.Data
}
