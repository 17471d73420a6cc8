package engine

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/cockroachdb/pebble/v2"
)

// IndexFaultKind is how the index of the streams and the log differ.
type IndexFaultKind int

// The kinds of faults.
const (
	// EventHidden is in the log, but its stream does not lead to it.
	EventHidden IndexFaultKind = iota
	// EventForeign is what a stream leads to although it is not of that stream,
	// or has another revision.
	EventForeign
	// EventLost is what a stream leads to and is not in the log, although no
	// scavenge can have removed it.
	EventLost
	// StreamLost has a name and a number, or not even a name, but no events; a
	// scavenge would have kept its name and where it ended.
	StreamLost
	// NumberReused will be given again: a new stream or event would take the
	// place of one that is there.
	NumberReused
)

// IndexFault is a place at which the index and the log differ.
type IndexFault struct {
	Kind     IndexFaultKind
	Stream   string // empty where no name is known
	Revision uint64
	Position uint64 // in the log; 0 for none
	Detail   string // a sentence
}

// CheckIndex compares the index of all streams with the log, and calls each with
// every difference. Memory is bounded but for some bits a stream and
// what each keeps. The error is the store's, or the context's; the store has to
// be open for reading only, so that nobody writes meanwhile.
func (e *Engine) CheckIndex(ctx context.Context, each func(IndexFault)) error {
	if !e.reading {
		return errors.New("engine: the index is checked of a store that is open for reading only")
	}
	c := &indexCheck{
		ctx: ctx, engine: e, numbers: newLRU[string, uint64](e.streams), pending: make(map[uint64][]indexEntry),
		report: each, alive: make(bits), named: make(bits),
	}
	var err error
	if c.next, _, err = getNumber(e.db, counterKey); err != nil {
		return err
	}
	if c.end, _, err = getNumber(e.db, endKey); err != nil {
		return err
	}
	format, _, err := getNumber(e.db, formatKey)
	if err != nil {
		return err
	}
	c.scavenged = format == formatScavenged
	for _, step := range []func() error{c.records, c.entries, c.names} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// indexCheck is one run. Each record is looked up in the index. As many entries
// as records were found are then right; only if there are more, each entry is
// looked up in the log. Only if there are faults, each name is, too.
type indexCheck struct {
	ctx    context.Context
	engine *Engine
	report func(IndexFault)
	faults int

	next      uint64 // stream number
	end       uint64 // position, of the last event
	scavenged bool   // once, at least

	numbers *lru[string, uint64]    // of streams by name, math.MaxUint64 for none
	reached uint64                  // records that the index leads to
	alive   bits                    // stream numbers that events or entries have
	given   uint64                  // numbers that streams have
	named   bits                    // stream numbers that have a name
	pending map[uint64][]indexEntry // by stream number: what needs a name
	waiting int                     // how many that are
}

// indexEntry leads to nothing, or to what it should not.
type indexEntry struct {
	revision, position uint64
	foreign            string // what is there, empty for nothing
}

// maxPending is how many entries wait for the names of their streams.
const maxPending = 64 << 10

func (c *indexCheck) fault(f IndexFault) {
	c.faults++
	c.report(f)
}

// scan calls each with a range of keys.
func (c *indexCheck) scan(prefix byte, each func(key, value []byte) error) error {
	iter, err := c.engine.db.NewIter(&pebble.IterOptions{LowerBound: []byte{prefix}, UpperBound: []byte{prefix + 1}})
	if err != nil {
		return readError(err)
	}
	defer iter.Close()
	n := 0
	for ok := iter.First(); ok; ok = iter.Next() {
		if n++; n%1024 == 0 && c.ctx.Err() != nil {
			return c.ctx.Err()
		}
		value, err := iter.ValueAndErr()
		if err != nil {
			return readError(err)
		}
		if err := each(iter.Key(), value); err != nil {
			return err
		}
	}
	if err := iter.Error(); err != nil {
		return readError(err)
	}
	return nil
}

// records looks for the entry of each event.
func (c *indexCheck) records() error {
	return c.scan(prefixEvent, func(key, value []byte) error {
		r, err := decodeRecord(positionOfKey(key), value)
		if err != nil {
			return err
		}
		c.end = max(c.end, r.Position)
		c.live(r.number)
		detail, err := c.whyHidden(r)
		if err != nil {
			return err
		}
		if detail == "" {
			c.reached++
			return nil
		}
		c.fault(IndexFault{EventHidden, string(r.Stream), r.Revision, r.Position,
			fmt.Sprintf("Event %d of stream %q is in the log, but its stream does not show it: %s.", r.Revision, r.Stream, detail)})
		return nil
	})
}

// live takes the number of a stream of which something is there.
func (c *indexCheck) live(number uint64) {
	if c.alive.add(number) {
		c.given++
	}
}

// whyHidden says why a stream does not lead to an event; "" if it does.
func (c *indexCheck) whyHidden(r Record) (string, error) {
	number, err := c.numberOf(r.Stream)
	switch {
	case err != nil:
		return "", err
	case number == math.MaxUint64:
		return "the stream's name is gone", nil
	case number != r.number:
		return fmt.Sprintf("the stream's name leads to the events of stream number %d instead of %d", number, r.number), nil
	}
	position, found, err := getNumber(c.engine.db, streamKey(number, r.Revision))
	switch {
	case err != nil:
		return "", err
	case !found:
		return "its entry in the index is gone", nil
	case position != r.Position:
		return fmt.Sprintf("its entry in the index leads to position %d instead of %d", position, r.Position), nil
	}
	return "", nil
}

func (c *indexCheck) numberOf(stream []byte) (uint64, error) {
	if number, ok := c.numbers.get(string(stream)); ok {
		return number, nil
	}
	number, found, err := getNumber(c.engine.db, nameKey(string(stream)))
	if err != nil {
		return 0, err
	}
	if !found {
		number = math.MaxUint64
	}
	c.numbers.put(string(stream), number)
	return number, nil
}

// entries counts the entries, and looks where they lead if there are more than
// records were found.
func (c *indexCheck) entries() error {
	entries, last := uint64(0), uint64(0)
	err := c.scan(prefixStream, func(key, value []byte) error {
		if len(key) != streamKeySize || len(value) != 8 {
			return fmt.Errorf("engine: the index has the malformed entry %q", key)
		}
		entries++
		last = max(last, decodeNumber(value))
		c.live(numberOfKey(key))
		return nil
	})
	if err != nil || entries == c.reached {
		return err
	}
	if last > c.end {
		c.fault(IndexFault{Kind: NumberReused, Position: last,
			Detail: fmt.Sprintf("The index leads to position %d, but the log would go on behind position %d.", last, c.end)})
	}
	err = c.scan(prefixStream, func(key, value []byte) error {
		entry := indexEntry{revision: revisionOfKey(key), position: decodeNumber(value)}
		number := numberOfKey(key)
		r, closer, err := getRecord(c.engine.db, entry.position)
		if err != nil && !errors.Is(err, errNoRecord) {
			return err
		}
		if err == nil {
			defer closer.Close()
			if r.number == number && r.Revision == entry.revision {
				return nil
			}
			entry.foreign = fmt.Sprintf("event %d of stream %q", r.Revision, r.Stream)
		}
		c.pending[number] = append(c.pending[number], entry)
		if c.waiting++; c.waiting < maxPending {
			return nil
		}
		return c.judge()
	})
	if err != nil {
		return err
	}
	return c.judge()
}

// judge goes through all names for those of the streams whose entries wait.
func (c *indexCheck) judge() error {
	if c.waiting == 0 {
		return nil
	}
	err := c.scan(prefixName, func(key, value []byte) error {
		number := decodeNumber(value)
		entries := c.pending[number]
		delete(c.pending, number)
		for _, entry := range entries {
			if err := c.judgeEntry(string(key[1:]), number, entry); err != nil {
				return err
			}
		}
		return nil
	})
	for number, entries := range c.pending {
		c.fault(IndexFault{Kind: EventHidden, Position: entries[0].position,
			Detail: fmt.Sprintf("The index has entries of a stream number %d, which no stream's name leads to any more.", number)})
	}
	clear(c.pending)
	c.waiting = 0
	return err
}

func (c *indexCheck) judgeEntry(stream string, number uint64, entry indexEntry) error {
	if entry.foreign != "" {
		c.fault(IndexFault{EventForeign, stream, entry.revision, entry.position,
			fmt.Sprintf("Stream %q shows %s as its event %d.", stream, entry.foreign, entry.revision)})
		return nil
	}
	may, err := c.mayBeScavenged(stream, number, entry.revision)
	if err != nil || may {
		return err
	}
	c.fault(IndexFault{EventLost, stream, entry.revision, entry.position,
		fmt.Sprintf("Event %d of stream %q is not in the log any more, although nothing allowed a scavenge to remove it.", entry.revision, stream)})
	return nil
}

// mayBeScavenged reports whether an event is hidden, or may have been by
// metadata that was changed since.
func (c *indexCheck) mayBeScavenged(stream string, number, revision uint64) (bool, error) {
	if !c.scavenged {
		return false, nil
	}
	seen, err := c.engine.visibilityOf(stream, number, End)
	if errors.Is(err, errNoRecord) {
		return false, nil // of its metadata, which is a fault of its own
	}
	if err != nil || seen.hides(revision, math.MinInt64) {
		return err == nil, err
	}
	_, _, changes, err := metadataOf(c.engine.db, stream, End)
	return changes > 0, err
}

// names looks for streams that share a number, and for those without events. The
// names of streams that were found to have events lead to them; if all were
// found there is nothing more to look for.
func (c *indexCheck) names() error {
	isShared, highest := false, ""
	at := uint64(0)
	err := c.scan(prefixName, func(key, value []byte) error {
		if len(value) != 8 {
			return fmt.Errorf("engine: key %q holds %d bytes, want 8", key, len(value))
		}
		number := decodeNumber(value)
		isShared = !c.named.add(number) || isShared
		if number >= at {
			at, highest = number, string(key[1:])
		}
		if !c.alive.has(number) {
			c.given++
			c.fault(IndexFault{Kind: StreamLost, Stream: string(key[1:]),
				Detail: fmt.Sprintf("Stream %q has a name but no events, although a scavenge would have kept where it ended.", key[1:])})
		}
		return nil
	})
	if err != nil {
		return err
	}
	if highest != "" && at >= c.next {
		c.fault(IndexFault{Kind: NumberReused, Stream: highest,
			Detail: fmt.Sprintf("A new stream would be given the number %d, although there are streams up to number %d, %q: sooner or later two would share one.", c.next, at, highest)})
	}
	if c.given < c.next && at < c.next {
		c.fault(IndexFault{Kind: StreamLost,
			Detail: fmt.Sprintf("Nothing is left of %d of the %d streams that there have been, not even their names.", c.next-c.given, c.next)})
	}
	if !isShared && c.faults == 0 {
		return nil
	}
	return c.scan(prefixName, func(key, value []byte) error {
		stream := string(key[1:])
		r, found, err := c.firstOf(decodeNumber(value))
		if err != nil || !found || r.name == stream {
			return err
		}
		c.fault(IndexFault{Kind: EventForeign, Stream: stream, Revision: r.revision, Position: r.position,
			Detail: fmt.Sprintf("Stream %q shows the events of stream %q.", stream, r.name)})
		return nil
	})
}

// indexed is an event that the index leads to.
type indexed struct {
	name               string
	revision, position uint64
}

// firstOf finds the first event that has a stream's number.
func (c *indexCheck) firstOf(number uint64) (first indexed, found bool, err error) {
	iter, err := c.engine.db.NewIter(&pebble.IterOptions{LowerBound: streamKey(number, 0), UpperBound: afterStreamKey(number, math.MaxUint64)})
	if err != nil {
		return first, false, readError(err)
	}
	defer iter.Close()
	for ok := iter.First(); ok; ok = iter.Next() {
		r, closer, err := getRecord(c.engine.db, decodeNumber(iter.Value()))
		if errors.Is(err, errNoRecord) {
			continue
		}
		if err != nil {
			return first, false, err
		}
		first = indexed{string(r.Stream), revisionOfKey(iter.Key()), r.Position}
		found = r.number == number
		if err := closer.Close(); err != nil || found {
			return first, found, err
		}
	}
	if err := iter.Error(); err != nil {
		return first, false, readError(err)
	}
	return first, false, nil
}

// bits is a set of numbers that are mostly close to each other.
type bits map[uint64]uint64

func (b bits) has(n uint64) bool { return b[n/64]&(1<<(n%64)) != 0 }

// add reports whether the number is new.
func (b bits) add(n uint64) bool {
	isNew := !b.has(n)
	b[n/64] |= 1 << (n % 64)
	return isNew
}
