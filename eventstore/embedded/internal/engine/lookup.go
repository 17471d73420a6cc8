package engine

import (
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"
)

// streamEnd finds a stream's last event at or before a position, and apart
// from it whether that is a tombstone. last is -1 for a stream without events.
func streamEnd(db *pebble.DB, number, until uint64) (last int64, position uint64, err error) {
	iter, err := db.NewIter(&pebble.IterOptions{
		LowerBound: streamKey(number, 0),
		UpperBound: streamKey(number+1, 0),
	})
	if err != nil {
		return noRevision, 0, readError(err)
	}
	defer iter.Close()
	for ok := iter.Last(); ok; ok = iter.Prev() {
		if p := decodeNumber(iter.Value()); p <= until {
			return int64(revisionOfKey(iter.Key())), p, nil
		}
	}
	if err := iter.Error(); err != nil {
		return noRevision, 0, readError(err)
	}
	return noRevision, 0, nil
}

// isTombstoned reports whether a stream had a tombstone at a position.
func isTombstoned(db *pebble.DB, stream string, until uint64) (bool, error) {
	number, found, err := getNumber(db, nameKey(stream))
	if err != nil || !found {
		return false, err
	}
	position, found, err := getNumber(db, streamKey(number, TombstoneRevision))
	return found && position <= until, err
}

// metadataOf reads a stream's metadata as it stood at a position, with the raw
// event data and its revision; the latter is -1 if there is none.
func metadataOf(db *pebble.DB, stream string, until uint64) (m metadata, raw []byte, revision int64, err error) {
	if _, ok := OriginalOf(stream); ok {
		return metastreamMetadata, nil, noRevision, nil
	}
	number, found, err := getNumber(db, nameKey(MetastreamOf(stream)))
	if err != nil || !found {
		return metadata{}, nil, noRevision, err
	}
	last, position, err := streamEnd(db, number, until)
	if err != nil || last == noRevision {
		return metadata{}, nil, noRevision, err
	}
	r, closer, err := getRecord(db, position)
	if err != nil {
		return metadata{}, nil, noRevision, err
	}
	defer closer.Close()
	return parseMetadata(r.JSON, r.Data), append([]byte(nil), r.Data...), last, nil
}

type closer interface{ Close() error }

// errNoRecord answers for an event that was scavenged.
var errNoRecord = errors.New("engine: no record")

// getRecord returns a view that lasts until the closer is closed. It fails with
// errNoRecord when nothing stands there.
func getRecord(db *pebble.DB, position uint64) (Record, closer, error) {
	v, c, err := db.Get(eventKey(position))
	if errors.Is(err, pebble.ErrNotFound) {
		return Record{}, nil, fmt.Errorf("%w at position %d", errNoRecord, position)
	}
	if err != nil {
		return Record{}, nil, readError(err)
	}
	r, err := decodeRecord(position, v)
	if err != nil {
		return Record{}, nil, errors.Join(err, c.Close())
	}
	return r, c, nil
}
