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
}

// Verify reads the whole log once, and the seals beside it. Every event's
// chain hash is computed again; the log must hold what the seals name, in
// their order, and lead to their hashes, and to those of exported seals, which
// may be none. It takes some 200 bytes of memory a stream. The error is the
// event store's; a damaged file is a finding.
//
// An event that was appended after the last seal, chained as it should be, is
// what the portal might have written: nothing tells it from a true one. A
// tail that is gone is found by the seals that covered it, or by exported
// ones if the seals are gone as well.
func Verify(ctx context.Context, store Store, exported []seal.Listed) (seal.Report, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	found := newFindings()
	seals := openSeals(ctx, store)
	v := &verifier{
		streams: make(map[string]*chain), hiding: make(map[string]hiding), found: found,
		sealed: newComparison(seals), exported: newExports(exported),
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
		found.damaged(file, damaged)
	}
	v.conclude(file != "")
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
