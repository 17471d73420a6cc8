package audit

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync"

	"backlot/domain"
	"backlot/domain/seal"
	"backlot/eventstore"
)

// Integrity is what a running server offers those who watch over its past.
type Integrity struct {
	log       Log
	sealer    *Sealer
	verifying sync.Mutex
}

// NewIntegrity returns it; the sealer has to run.
func NewIntegrity(log Log, sealer *Sealer) *Integrity { return &Integrity{log: log, sealer: sealer} }

// Seal is Sealer.Seal.
func (i *Integrity) Seal(ctx context.Context) (seal.Listed, bool, error) { return i.sealer.Seal(ctx) }

// Seals returns at most limit seals from a revision of their stream on.
func (i *Integrity) Seals(ctx context.Context, from uint64, limit int) ([]seal.Listed, error) {
	var list []seal.Listed
	err := i.log.ReadRawFrom(ctx, seal.Stream, from, func(raw eventstore.RawEvent) error {
		r, err := eventstore.Decode(raw)
		if err != nil {
			return err
		}
		if l, ok := seal.ListedOf(r); ok {
			list = append(list, l)
		}
		if len(list) >= limit {
			return errFound
		}
		return nil
	})
	if err != nil && !errors.Is(err, errFound) {
		return nil, err
	}
	return list, nil
}

// NewestSeals returns at most limit seals before a revision of their stream,
// newest first; math.MaxUint64 is behind the last one.
func (i *Integrity) NewestSeals(ctx context.Context, before uint64, limit int) ([]seal.Listed, error) {
	if before == 0 {
		return nil, nil
	}
	upTo := before
	if before < math.MaxUint64 {
		upTo--
	}
	last, ok, err := i.log.LastRaw(ctx, seal.Stream, upTo)
	if err != nil || !ok {
		return nil, err
	}
	from, count := uint64(0), limit
	if behind := last.Revision + 1; behind > uint64(limit) {
		from = behind - uint64(limit)
	} else {
		count = int(behind)
	}
	list, err := i.Seals(ctx, from, count)
	slices.Reverse(list)
	return list, err
}

// Verify verifies the whole log, and with deep every stream. The error is CodeConflict while another
// verification runs.
func (i *Integrity) Verify(ctx context.Context, deep bool) (seal.Report, error) {
	if !i.verifying.TryLock() {
		return seal.Report{}, domain.Errorf(domain.CodeConflict, "A verification is under way already; wait for it to end.")
	}
	defer i.verifying.Unlock()
	return Verify(ctx, i.log, Options{Deep: deep})
}
