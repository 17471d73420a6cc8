package engine

import "math"

// visibility says which events of a stream can be read.
type visibility struct {
	last       int64 // revision of the stream's last event, its tombstone if it has one
	first      int64
	oldest     int64
	tombstoned bool
}

// hides reports whether an event that stands before the tombstone is hidden.
func (v visibility) hides(revision uint64, created int64) bool {
	if revision == TombstoneRevision {
		return false
	}
	return v.tombstoned || int64(revision) < v.first || created < v.oldest
}

// until is the last revision that may be hidden; -1 if none is.
func (v visibility) until() int64 {
	switch {
	case v.tombstoned || v.oldest > math.MinInt64:
		return v.last
	default:
		return min(v.first-1, v.last)
	}
}

// visibilityOf looks at a stream as it stood at a position.
func (e *Engine) visibilityOf(name string, number, until uint64) (v visibility, err error) {
	v.oldest = math.MinInt64
	if v.last, _, err = streamEnd(e.db, number, until); err != nil {
		return v, err
	}
	owner := name
	if original, ok := OriginalOf(name); ok {
		owner = original
	}
	if v.tombstoned, err = isTombstoned(e.db, owner, until); err != nil || v.tombstoned {
		return v, err
	}
	m, _, _, err := metadataOf(e.db, name, until)
	if err != nil {
		return v, err
	}
	v.first = m.first(v.last)
	v.oldest = m.oldest(e.now().UnixNano() / int64(tick))
	return v, nil
}

// settled repeats a look at the store during which something was removed: it
// may have seen one part as it was before and another as it is since. What look
// reads must be no older than its first read of the durable watermark.
func (e *Engine) settled(look func() error) error {
	for {
		erasures := e.erasures.Load()
		err := look()
		if e.erasures.Load() == erasures {
			return err
		}
	}
}
