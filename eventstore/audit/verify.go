package audit

import (
	"context"
	"errors"

	"backlot/domain"
	"backlot/domain/seal"
	"backlot/eventstore"
)

// Store is what verifying needs of an event store.
type Store interface {
	// ReadAllRaw calls each with every event of the log in order.
	ReadAllRaw(ctx context.Context, each func(eventstore.RawEvent) error) error
	// ReadRaw calls each with every event of a stream in order.
	ReadRaw(ctx context.Context, stream string, each func(eventstore.RawEvent) error) error
	// ReadRawFrom is ReadRaw from a revision on.
	ReadRawFrom(ctx context.Context, stream string, revision uint64, each func(eventstore.RawEvent) error) error
	// LastRaw returns a stream's newest event that is not behind a revision; ok
	// is false if there is none.
	LastRaw(ctx context.Context, stream string, upTo uint64) (last eventstore.RawEvent, ok bool, err error)
}

// Options say what Verify compares beside the log, its chains and its seals.
type Options struct {
	// Exported are seals that were exported before.
	Exported []seal.Listed
	// Deep has every stream read whole, and not only its end.
	Deep bool
	// Streams compares all streams with the log instead of reading them, where
	// somebody can do that below the event store.
	Streams func(ctx context.Context, found func(seal.Finding)) error
}

// Verify reads the whole log once, and the seals beside it. Every event's
// chain hash is computed again; the log must hold what the seals name, in
// their order, and lead to their hashes, and to those of exported seals. Then
// it looks whether the streams show what the log holds. It takes some 200 bytes
// of memory a stream. The error is the event store's; a damaged file is a
// finding, and then the streams are not looked at.
//
// An event that was appended after the last seal, chained as it should be, is
// what the portal might have written: nothing tells it from a true one. A
// tail that is gone is found by the seals that covered it, or by exported
// ones if the seals are gone as well.
func Verify(ctx context.Context, store Store, o Options) (seal.Report, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	found := newFindings()
	seals := openSeals(ctx, store)
	v := &verifier{
		streams: make(map[string]*chain), hiding: make(map[string]hiding), found: found,
		sealed: newComparison(seals), exported: newExports(o.Exported),
	}
	err := store.ReadAllRaw(ctx, v.add)
	// The reader of seals may be waiting for somebody to take them.
	if err == nil {
		err = v.sealed.finish()
	}
	damaged, file := err, ""
	var damage *eventstore.DamagedFileError
	if errors.As(err, &damage) {
		file, err = damage.File, nil
	}
	if err != nil {
		return seal.Report{}, err
	}
	if file != "" {
		found.damaged(file, "what stands behind it in the log was not verified", damaged)
	}
	v.conclude(file != "")
	if file == "" {
		err := v.compareStreams(ctx, store, o)
		if errors.As(err, &damage) {
			found.damaged(damage.File, "not all streams were compared with the log", err)
		} else if err != nil {
			return seal.Report{}, err
		}
	}
	return v.report(), nil
}

// verifier takes the log event by event.
type verifier struct {
	events    int
	unchained int
	covered   uint64
	at        domain.Position
	streams   map[string]*chain
	hiding    map[string]hiding // what metadata hides of streams that are for ever
	found     *findings
	sealed    *comparison
	exported  *exports
}

func (v *verifier) add(e eventstore.RawEvent) error {
	v.at = e.Position
	if isSystem(e) {
		v.addSystem(e)
		return nil
	}
	v.events++
	c := v.streams[e.Stream]
	if c == nil {
		c = &chain{erasable: domain.IsErasable(e.Stream)}
		v.streams[e.Stream] = c
	}
	c.last, c.at = max(c.last, e.Revision), e.Position
	carried, hasHash := eventstore.CarriedHash(e)
	if !hasHash && !c.chained {
		v.unchained++
		return nil
	}
	c.chained = true
	c.add(e, carried, v.found)
	if !hasHash || !seal.Covers(e.Stream, e.Type) {
		return nil
	}
	hash, err := seal.ParseChainHash(carried)
	if err != nil {
		return err // CarriedHash takes nothing else
	}
	a := actual{stream: e.Stream, revision: e.Revision, hash: hash, position: e.Position}
	v.covered++
	v.exported.add(a, v.found)
	return v.sealed.add(a)
}

// conclude turns what is left at the end into findings. Of a log that could
// not be read to its end nothing is missed.
func (v *verifier) conclude(torn bool) {
	for stream, h := range v.hiding {
		if c := v.streams[stream]; c != nil && h.hides(c.next) {
			v.found.add(h.finding(stream))
		}
	}
	if torn {
		return
	}
	v.sealed.conclude(v.streams, v.found)
	v.exported.conclude(v.covered, v.streams, v.found)
}

func (v *verifier) report() seal.Report {
	return seal.Report{
		Events: v.events, Streams: len(v.streams), Unchained: v.unchained,
		Seals: v.sealed.seals, Exported: v.exported.compared, Sealed: v.sealed.matched, SealedTo: v.sealed.matchedTo, Unsealed: v.sealed.unsealed,
		Findings: v.found.list(), Found: v.found.count(),
	}
}
