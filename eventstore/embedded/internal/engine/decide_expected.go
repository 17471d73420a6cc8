package engine

import "github.com/google/uuid"

// verdict is what a stream says to a write with an expectation.
type verdict struct {
	// repeated is set when every event stands there already.
	repeated bool
	result   Result
	// revive is set when the stream is soft deleted and comes back.
	revive bool
}

// check compares a stream with an expectation, by EventStoreDB's rules. ids are
// those of the events to be written.
func (d *decider) check(s *stream, expected Expected, ids []uuid.UUID) (verdict, error) {
	wrong := &WrongRevisionError{Stream: s.name, Expected: expected, Current: s.last}
	fresh := verdict{revive: s.softDeleted}

	if expected == NeverStream {
		if s.softDeleted {
			return verdict{}, wrong
		}
		expected = NoStream
	}
	if expected == StreamExists {
		if err := d.checkExists(s, wrong); err != nil {
			return verdict{}, err
		}
	}
	switch {
	case expected == Any || expected == StreamExists:
		return d.checkRecent(s, ids, fresh, wrong)
	case int64(expected) == s.last:
		return fresh, nil
	case int64(expected) > s.last || len(ids) == 0:
		return verdict{}, wrong
	default:
		return d.checkStanding(s, expected, ids, fresh, wrong)
	}
}

// checkExists: metadata makes a stream exist, too, and a soft-deleted one is
// deleted, not at a wrong revision.
func (d *decider) checkExists(s *stream, wrong error) error {
	if s.softDeleted {
		return &StreamDeletedError{s.name}
	}
	if s.last != noRevision {
		return nil
	}
	meta, err := d.load(MetastreamOf(s.name))
	if err != nil {
		return err
	}
	if meta.last == noRevision {
		return wrong
	}
	return nil
}

// checkRecent finds a repeated write by its ids, wherever in the stream.
func (d *decider) checkRecent(s *stream, ids []uuid.UUID, fresh verdict, wrong error) (verdict, error) {
	v := verdict{repeated: len(ids) > 0}
	for i, id := range ids {
		place, ok := d.recent.get(id, s.number)
		switch {
		case (!ok || !s.numbered) && i == 0:
			return fresh, nil
		case !ok:
			return verdict{}, wrong // half a match
		}
		v.result = Result{Revision: int64(place.revision), Position: place.position}
	}
	if !v.repeated {
		return fresh, nil
	}
	return v, nil
}

// checkStanding finds a repeated write by what stands after the expected
// revision; anything but a whole match is wrong. A soft-deleted stream may
// start anew as if there were none.
func (d *decider) checkStanding(s *stream, expected Expected, ids []uuid.UUID, fresh verdict, wrong error) (verdict, error) {
	v := verdict{repeated: true}
	for i, id := range ids {
		revision := int64(expected) + 1 + int64(i)
		place, ok := d.recent.get(id, s.number)
		if ok && int64(place.revision) == revision {
			v.result = Result{Revision: revision, Position: place.position}
			continue
		}
		standing, position, found, err := d.idAt(s, revision)
		if err != nil {
			return verdict{}, err
		}
		if !found || standing != id {
			if i == 0 && expected == NoStream && s.softDeleted {
				return fresh, nil
			}
			return verdict{}, wrong
		}
		v.result = Result{Revision: revision, Position: position}
	}
	return v, nil
}
