package engine

import (
	"errors"
	"fmt"
	"math"

	"github.com/cockroachdb/pebble/v2"
	"github.com/google/uuid"
)

// decider takes requests one at a time, so that what it knows of a stream is
// always true. Only its goroutine touches it.
type decider struct {
	engine *Engine

	streams      *lru[string, *stream]
	recent       *recentIDs
	lastPosition uint64
	nextNumber   uint64

	group      *group
	groupBytes int
}

// stream is what the decider knows of a stream.
type stream struct {
	name       string
	number     uint64
	numbered   bool
	last       int64 // revision of the last event before a tombstone
	tombstoned bool
	// softDeleted: its metadata hides everything.
	softDeleted bool
}

func newDecider(e *Engine, o Options) (*decider, error) {
	d := &decider{
		engine:  e,
		streams: newLRU[string, *stream](o.Streams),
		recent:  newRecentIDs(o.RecentIDs),
		group:   new(group),
	}
	number, _, err := getNumber(e.db, counterKey)
	if err != nil {
		return nil, err
	}
	d.nextNumber = number
	if d.lastPosition, _, err = getNumber(e.db, endKey); err != nil {
		return nil, err
	}
	return d, d.recall(o.RecentIDs)
}

// recall finds the end of the log and the ids of the newest events.
func (d *decider) recall(n int) error {
	iter, err := d.engine.db.NewIter(&pebble.IterOptions{
		LowerBound: []byte{prefixEvent},
		UpperBound: []byte{prefixEvent + 1},
	})
	if err != nil {
		return readError(err)
	}
	defer iter.Close()
	valid := iter.Last()
	if valid {
		d.lastPosition = max(d.lastPosition, positionOfKey(iter.Key()))
	}
	for ; valid && n > 1; n-- {
		valid = iter.Prev()
	}
	if !valid {
		valid = iter.First()
	}
	for ; valid; valid = iter.Next() {
		r, err := decodeRecord(positionOfKey(iter.Key()), iter.Value())
		if err != nil {
			return err
		}
		d.recent.put(r.ID, r.number, r.Revision, r.Position)
	}
	if err := iter.Error(); err != nil {
		return readError(err)
	}
	return nil
}

func (d *decider) run() {
	defer close(d.engine.commits)
	for {
		select {
		case r := <-d.engine.requests:
			d.handle(r)
			d.gather()
			d.flush()
		case <-d.engine.closing:
			return
		}
	}
}

// gather takes what else is waiting, without waiting for it.
func (d *decider) gather() {
	for len(d.group.replies) < maxGroupRequests && d.groupBytes < maxGroupBytes {
		select {
		case r := <-d.engine.requests:
			d.handle(r)
		default:
			return
		}
	}
}

// flush applies the group and hands it over to be synced.
func (d *decider) flush() {
	g := d.group
	if len(g.replies) == 0 && g.batch == nil {
		return
	}
	d.group, d.groupBytes = new(group), 0
	if failed := d.engine.failed.Load(); failed != nil {
		g.fail(failed)
		return
	}
	if g.batch != nil {
		if err := d.engine.db.ApplyNoSyncWait(g.batch, pebble.Sync); err != nil {
			g.fail(d.engine.fail(fmt.Errorf("apply: %w", err)))
			return
		}
	}
	d.engine.commits <- g
}

func (d *decider) handle(r *request) {
	var o outcome
	if failed := d.engine.failed.Load(); failed != nil {
		o.err = failed
	} else {
		o.result, o.err = d.decide(r)
	}
	d.group.replies = append(d.group.replies, reply{r, o})
}

func (d *decider) decide(r *request) (Result, error) {
	switch r.kind {
	case importEvents:
		return d.importAll(r)
	case scavengeHidden:
		return d.scavenge(r)
	}
	s, err := d.load(r.stream)
	if err != nil {
		return Result{}, err
	}
	if deleted, err := d.deleted(s); err != nil || deleted {
		if err == nil {
			err = &StreamDeletedError{r.stream}
		}
		return Result{}, err
	}
	switch r.kind {
	case appendEvents:
		return d.append(s, r)
	case deleteStream:
		return d.delete(s, r.expected)
	default:
		return d.tombstone(s, r.expected)
	}
}

// deleted reports whether a stream is tombstoned; a metastream shares the fate
// of its stream.
func (d *decider) deleted(s *stream) (bool, error) {
	if original, ok := OriginalOf(s.name); ok && !s.tombstoned {
		o, err := d.load(original)
		if err != nil {
			return false, err
		}
		return o.tombstoned, nil
	}
	return s.tombstoned, nil
}

// load finds a stream's state. What it reads from the store is complete: a
// stream touched by the current group is always in the cache.
func (d *decider) load(name string) (*stream, error) {
	if s, ok := d.streams.get(name); ok {
		return s, nil
	}
	s := &stream{name: name, last: noRevision}
	db := d.engine.db
	number, found, err := getNumber(db, nameKey(name))
	if err != nil {
		return nil, err
	}
	if found {
		s.number, s.numbered = number, true
		if s.last, _, err = streamEnd(db, number, math.MaxUint64); err != nil {
			return nil, err
		}
		s.tombstoned = s.last == TombstoneRevision
	}
	if s.tombstoned {
		d.streams.put(name, s)
		return s, nil // no metadata need be left
	}
	m, _, _, err := metadataOf(db, name, math.MaxUint64)
	if err != nil {
		return nil, err
	}
	s.softDeleted = m.softDeleted()
	d.streams.put(name, s)
	return s, nil
}

// idAt reads the id of an event that the recent ones do not know.
func (d *decider) idAt(s *stream, revision int64) (id uuid.UUID, position uint64, found bool, err error) {
	d.flush() // the event may be in the group that is not applied yet
	position, found, err = getNumber(d.engine.db, streamKey(s.number, uint64(revision)))
	if err != nil || !found {
		return uuid.UUID{}, 0, false, err
	}
	r, closer, err := getRecord(d.engine.db, position)
	if errors.Is(err, errNoRecord) {
		return uuid.UUID{}, 0, false, nil
	}
	if err != nil {
		return uuid.UUID{}, 0, false, err
	}
	defer closer.Close()
	return r.ID, position, true, nil
}
