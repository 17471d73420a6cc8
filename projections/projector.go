package projections

import (
	"context"
	"sync"

	"backlot/domain"
	"backlot/readmodel"
)

// Projector keeps one read model. Several may run at a time, in one process or
// many: one wins each page and the others stand by.
type Projector struct {
	config     Config
	projection *projection
	main       *line
	rebuilding sync.Mutex
}

// ReadModels are the projectors of all read models.
type ReadModels []*Projector

// Rebuild rebuilds one after the other. The error is the first one's: those
// before it are rebuilt, those after it are as they were.
func (m ReadModels) Rebuild(ctx context.Context) error {
	for _, p := range m {
		if err := p.Rebuild(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Progress is where a projector stands.
type Progress struct {
	Generation readmodel.Generation
	Live       bool            // readers use the generation
	Position   domain.Position // of the last page applied
	CaughtUp   bool            // it was at the log's end at least once since it last started over
	Rows       int             // of requests, or of deliveries
	Pages      uint64          // applied since the start
	Events     uint64          // of requests, folded since the start
	Unknown    uint64          // of them: of a type that the catalog does not know
	Failure    string          // why it started over last, "" once a page was applied
}

// Ready reports whether the read model answers for the present.
func (p Progress) Ready() bool { return p.Live && p.CaughtUp }

// New returns the projector of the facets, which searches need. The error is
// CodeInternal and names what is missing in the configuration.
func New(cfg Config) (*Projector, error) { return newProjector(cfg, facets) }

// NewDeliveries returns the projector of the deliveries, which the partner
// figures need. The error is that of New.
func NewDeliveries(cfg Config) (*Projector, error) { return newProjector(cfg, deliveries) }

func newProjector(cfg Config, m *projection) (*Projector, error) {
	cfg.setDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	p := &Projector{config: cfg, projection: m}
	p.main = newLine(&p.config, m, false)
	return p, nil
}

// Run keeps the live generation, or builds the first one, until ctx ends; then
// it returns nil. It survives everything that happens to Redis and to the
// subscription. The error, CodeInternal, is an event that cannot be read.
func (p *Projector) Run(ctx context.Context) error { return p.main.run(ctx) }

// Rebuild builds the next generation beside the live one and returns when it
// has caught up and is live. It needs no running projector, and disturbs none:
// one on the generation that was live continues with the new one. A rebuild
// that is interrupted leaves the live generation as it was. The error is
// CodeConflict while another rebuild of this projector runs, CodeUnavailable if
// ctx ended first, or that of Run.
func (p *Projector) Rebuild(ctx context.Context) error {
	if !p.rebuilding.TryLock() {
		return domain.Errorf(domain.CodeConflict, "a rebuild is running")
	}
	defer p.rebuilding.Unlock()
	l := newLine(&p.config, p.projection, true)
	if err := l.run(ctx); err != nil {
		return err
	}
	if !l.finished() {
		return &domain.Error{Code: domain.CodeUnavailable, Message: "the rebuild was interrupted; the read model is as it was", Err: ctx.Err()}
	}
	return nil
}

// Model returns the read model that the projector keeps.
func (p *Projector) Model() readmodel.Model { return p.projection.Model }

// Progress returns where the projector stands; a rebuild beside it is not
// counted.
func (p *Projector) Progress() Progress { return *p.main.progress.Load() }
