package audit

import (
	"context"
	"errors"
	"sync"

	"backlot/domain"
	"backlot/domain/seal"
	"backlot/eventstore"
)

// Audits is what a running server offers its auditors.
type Audits struct {
	log       Log
	sealer    *Sealer
	verifying sync.Mutex
}

// NewAudits returns them; the sealer has to run.
func NewAudits(log Log, sealer *Sealer) *Audits { return &Audits{log: log, sealer: sealer} }

// Seal is Sealer.Seal.
func (a *Audits) Seal(ctx context.Context) (seal.Listed, bool, error) { return a.sealer.Seal(ctx) }

// Seals returns at most limit seals from a revision of their stream on.
func (a *Audits) Seals(ctx context.Context, from uint64, limit int) ([]seal.Listed, error) {
	var list []seal.Listed
	err := a.log.ReadRawFrom(ctx, seal.Stream, from, func(raw eventstore.RawEvent) error {
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

// Verify verifies the whole log. The error is CodeConflict while another
// verification runs.
func (a *Audits) Verify(ctx context.Context) (seal.Report, error) {
	if !a.verifying.TryLock() {
		return seal.Report{}, domain.Errorf(domain.CodeConflict, "A verification is under way already; wait for it to end.")
	}
	defer a.verifying.Unlock()
	return Verify(ctx, a.log, nil)
}
