package engine

import (
	"context"
	"errors"

	"github.com/cockroachdb/pebble/v2"
)

// find goes through the streams that have metadata and those that have a
// tombstone: no other can hide anything. It holds a page of them at a time.
func (s *scavenge) find(ctx context.Context) error {
	prefix := nameKey(metastreamPrefix)
	err := s.pages(ctx, prefix, nameKey("$%"), func(key, _ []byte) error {
		metastream := string(key[1:])
		original, _ := OriginalOf(metastream)
		if err := s.stream(ctx, metastream); err != nil {
			return err
		}
		return s.stream(ctx, original)
	})
	if err != nil {
		return err
	}
	// So that those with both are not found again.
	if err := s.remove(ctx); err != nil {
		return err
	}
	for number := uint64(0); ; number++ {
		name, at, err := s.nextTombstone(ctx, number)
		if err != nil || name == "" {
			return err
		}
		if err := s.stream(ctx, name); err != nil {
			return err
		}
		number = at
	}
}

// pageEntries bounds what is copied of the store at once.
const pageEntries = 512

type entry struct{ key, value []byte }

// pages calls each with the entries of a range of keys.
func (s *scavenge) pages(ctx context.Context, from, to []byte, each func(key, value []byte) error) error {
	for {
		page, err := s.page(from, to)
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		for _, e := range page {
			if err := each(e.key, e.value); err != nil {
				return err
			}
		}
		if len(page) < pageEntries {
			return nil
		}
		from = append(page[len(page)-1].key, 0) //nolint:gocritic // the next possible key
	}
}

func (s *scavenge) page(from, to []byte) ([]entry, error) {
	iter, err := s.engine.db.NewIter(&pebble.IterOptions{LowerBound: from, UpperBound: to})
	if err != nil {
		return nil, readError(err)
	}
	var page []entry
	for ok := iter.First(); ok && len(page) < pageEntries; ok = iter.Next() {
		page = append(page, entry{append([]byte(nil), iter.Key()...), append([]byte(nil), iter.Value()...)})
	}
	if err := errors.Join(iter.Error(), iter.Close()); err != nil {
		return nil, readError(err)
	}
	return page, nil
}

// nextTombstone finds the next stream, by its number, that has a tombstone and
// other events; "" for none.
func (s *scavenge) nextTombstone(ctx context.Context, number uint64) (name string, at uint64, err error) {
	iter, err := s.engine.db.NewIter(&pebble.IterOptions{LowerBound: []byte{prefixStream}, UpperBound: []byte{prefixStream + 1}})
	if err != nil {
		return "", 0, readError(err)
	}
	defer iter.Close()
	for ctx.Err() == nil && iter.SeekGE(streamKey(number, TombstoneRevision)) {
		at = numberOfKey(iter.Key())
		if at != number {
			number = at // the first event of a later stream
			continue
		}
		position := decodeNumber(iter.Value())
		if iter.Prev() && numberOfKey(iter.Key()) == number {
			r, closer, err := getRecord(s.engine.db, position)
			if err != nil {
				return "", 0, err
			}
			defer closer.Close()
			return string(r.Stream), number, nil
		}
		number++
	}
	if err := errors.Join(iter.Error(), ctx.Err()); err != nil {
		return "", 0, readError(err)
	}
	return "", 0, nil
}

// stream adds what a stream hides as of what is durable.
func (s *scavenge) stream(ctx context.Context, name string) error {
	e := s.engine
	number, found, err := getNumber(e.db, nameKey(name))
	if err != nil || !found {
		return err
	}
	var seen visibility
	err = e.settled(func() (err error) {
		seen, err = e.visibilityOf(name, number, e.Durable())
		return err
	})
	if err != nil || seen.until() < 0 {
		return err
	}
	return s.pages(ctx, streamKey(number, 0), afterStreamKey(number, uint64(seen.until())), func(key, value []byte) error {
		h := hiddenEvent{stream: name, number: number, revision: revisionOfKey(key), position: decodeNumber(value)}
		r, closer, err := getRecord(e.db, h.position)
		switch {
		case errors.Is(err, errNoRecord):
			h.isGone = true
		case err != nil:
			return err
		default:
			h.created = r.Created
			if err := closer.Close(); err != nil {
				return err
			}
		}
		if !seen.hides(h.revision, h.created) || h.isGone && int64(h.revision) == seen.last {
			return nil
		}
		return s.add(ctx, h)
	})
}
