package audit

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"backlot/domain"
	"backlot/domain/seal"
	"backlot/eventstore"
)

// Log is what sealing needs of an event store.
type Log interface {
	Store
	// FollowHashes applies the log's pages from a position on; of each event's
	// metadata only the chain hash is set.
	FollowHashes(ctx context.Context, from domain.Position, apply func(domain.Page) error) error
	// LastEvent returns a stream's last event; ok is false if there is none.
	LastEvent(ctx context.Context, stream string) (last domain.Recorded, ok bool, err error)
	// End returns the position of the log's last event.
	End(ctx context.Context) (domain.Position, error)
	// Append records drafts after exactly the expected version; CodeConflict
	// when the stream stands elsewhere.
	Append(ctx context.Context, stream string, expected domain.Version, drafts []domain.Draft) (domain.Version, domain.Position, error)
}

// SealerConfig says what is sealed, and when. Only Log is required.
type SealerConfig struct {
	Log    Log
	Every  time.Duration    // the longest that an event waits for its seal; default 1 min
	Now    func() time.Time // default time.Now
	Logger *slog.Logger     // default silent

	// Tick wakes the sealer to see whether something has waited long enough;
	// by default a ticker, several times in Every.
	Tick <-chan time.Time
}

func (c *SealerConfig) setDefaults() error {
	if c.Log == nil {
		return errors.New("audit: Log is required")
	}
	if c.Every < 0 {
		return errors.New("audit: Every is negative")
	}
	if c.Every == 0 {
		c.Every = time.Minute
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return nil
}

// Sealer follows the log and seals what is new: as soon as a seal is full, when
// something has waited long enough, and on demand. Several may run, in several
// processes: each seal is appended at an exact revision, and who comes second
// goes on behind the other's.
type Sealer struct {
	cfg SealerConfig

	mu       sync.Mutex
	running  *sealing      // nil while it is not known where the seals end
	changed  chan struct{} // closed and replaced when running or its progress changes
	failure  error         // why it is not known
	attempts int           // to find out, that failed
}

// sealing is what is known between two losses of a race.
type sealing struct {
	last    domain.Version // of the stream of seals
	lastAt  time.Time
	rolling seal.Rolling
	entries []seal.Entry
	bytes   int
	since   time.Time       // when the first entry came
	to      domain.Position // of the last entry
	seen    domain.Position // of the log
	lost    context.CancelCauseFunc
}

// NewSealer returns a sealer that does nothing before Run.
func NewSealer(c SealerConfig) (*Sealer, error) {
	if err := c.setDefaults(); err != nil {
		return nil, err
	}
	return &Sealer{cfg: c, changed: make(chan struct{})}, nil
}

// errFenced is that somebody else has sealed.
var errFenced = errors.New("another instance has sealed")

// Run seals until the context ends, whose error it returns. Whatever else goes
// wrong is logged and tried again: the portal works without seals.
func (s *Sealer) Run(ctx context.Context) error {
	tick := s.cfg.Tick
	if tick == nil {
		ticker := time.NewTicker(max(s.cfg.Every/10, time.Millisecond))
		defer ticker.Stop()
		tick = ticker.C
	}
	for {
		err := s.follow(ctx, tick)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		s.mu.Lock()
		s.running, s.failure = nil, err
		s.attempts++
		wait := min(50*time.Millisecond<<min(s.attempts, 10), s.cfg.Every)
		s.announce()
		s.mu.Unlock()
		if errors.Is(err, errFenced) {
			continue
		}
		s.cfg.Logger.Error("the log cannot be sealed at the moment", "error", err)
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// announce must be called with the lock held.
func (s *Sealer) announce() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// follow seals from where the seals end until something fails.
func (s *Sealer) follow(ctx context.Context, tick <-chan time.Time) error {
	sealing, err := s.load(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	sealing.lost = cancel
	s.mu.Lock()
	s.running, s.failure, s.attempts = sealing, nil, 0
	s.announce()
	s.mu.Unlock()
	var ticking sync.WaitGroup
	defer ticking.Wait()
	defer cancel(nil)
	ticking.Go(func() {
		for {
			select {
			case <-tick:
				if err := s.sealOld(ctx, sealing); err != nil {
					cancel(err)
					return
				}
			case <-ctx.Done():
				return
			}
		}
	})
	err = s.cfg.Log.FollowHashes(ctx, sealing.to, func(p domain.Page) error { return s.apply(ctx, sealing, p) })
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// load finds where the seals end, and that place in the log. Positions in seals
// are those of the log that they were made in, and this may be a copy.
func (s *Sealer) load(ctx context.Context) (*sealing, error) {
	last, ok, err := s.cfg.Log.LastEvent(ctx, seal.Stream)
	if err != nil || !ok {
		return &sealing{}, err
	}
	sealed, isSeal := last.Event.(seal.Sealed)
	rolling, err := seal.Resume(sealed.Count, sealed.Hash)
	if !isSeal || err != nil || len(sealed.Entries) == 0 {
		return nil, domain.Errorf(domain.CodeRefused, "event %d of stream %q is no seal; run backlot audit verify", last.Revision, seal.Stream)
	}
	e := sealed.Entries[len(sealed.Entries)-1]
	position, err := s.positionOf(ctx, e)
	if err != nil {
		return nil, err
	}
	return &sealing{
		last:   domain.Version{Exists: true, Revision: last.Revision, ChainHash: last.Metadata.ChainHash},
		lastAt: last.Metadata.OccurredAt, rolling: rolling, to: position, seen: position,
	}, nil
}

var errFound = errors.New("found")

func (s *Sealer) positionOf(ctx context.Context, e seal.Entry) (position domain.Position, err error) {
	err = s.cfg.Log.ReadRawFrom(ctx, e.Stream, e.Revision, func(raw eventstore.RawEvent) error {
		if raw.Revision == e.Revision {
			position = raw.Position
		}
		return errFound
	})
	if err != nil && !errors.Is(err, errFound) {
		return 0, err
	}
	if position == 0 {
		return 0, domain.Errorf(domain.CodeRefused, "event %d of stream %q was sealed and is not there any more; run backlot audit verify", e.Revision, e.Stream)
	}
	return position, nil
}

// apply takes a page of the log.
func (s *Sealer) apply(ctx context.Context, g *sealing, p domain.Page) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running != g {
		return errFenced
	}
	for _, r := range p.Events {
		if !seal.Covers(r.Stream, r.Type) || r.Metadata.ChainHash == "" {
			continue
		}
		hash, err := seal.ParseChainHash(r.Metadata.ChainHash)
		if err != nil {
			return err
		}
		if len(g.entries) == 0 {
			g.since = s.cfg.Now()
		}
		g.rolling.Add(r.Stream, r.Revision, hash)
		g.entries = append(g.entries, seal.Entry{Stream: r.Stream, Revision: r.Revision, Hash: seal.Prefix(hash[:8])})
		g.bytes += len(r.Stream) + 40
		g.to = r.Position
		if len(g.entries) >= seal.MaxEntries || g.bytes >= seal.MaxBytes {
			if err := s.seal(ctx, g); err != nil {
				return err
			}
		}
	}
	g.seen = max(g.seen, p.To)
	s.announce()
	return nil
}

// sealOld seals what has waited long enough.
func (s *Sealer) sealOld(ctx context.Context, g *sealing) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running != g || len(g.entries) == 0 || s.cfg.Now().Sub(g.since) < s.cfg.Every {
		return nil
	}
	return s.seal(ctx, g)
}

// sealer is whose events the seals are.
var sealer = domain.Principal{Account: "sealer", Role: domain.RoleSystem}

// seal appends a seal over what is not sealed. It must be called with the lock
// held, so that seals are in order.
func (s *Sealer) seal(ctx context.Context, g *sealing) error {
	if len(g.entries) == 0 {
		return nil
	}
	at := s.cfg.Now().UTC().Truncate(time.Millisecond)
	if at.Before(g.lastAt) {
		at = g.lastAt
	}
	// The id is new each time: two instances must not take each other's seal,
	// which has another time and so another hash, for their own.
	id := uuid.New()
	draft := domain.Draft{
		ID:       id,
		Event:    seal.Sealed{Position: g.to, Count: g.rolling.Count, Hash: g.rolling.Hash(), Entries: g.entries},
		Metadata: domain.Metadata{OccurredAt: at, Actor: sealer, CorrelationID: id, CausationID: id},
	}
	version, _, err := s.cfg.Log.Append(ctx, seal.Stream, g.last, []domain.Draft{draft})
	if domain.ErrorCode(err) == domain.CodeConflict {
		s.running = nil
		g.lost(errFenced)
		return errFenced
	}
	if err != nil {
		return err
	}
	g.last, g.lastAt = version, at
	g.entries, g.bytes = nil, 0
	return nil
}

// Seal seals everything that is in the log now, and returns the last seal; ok
// is false while there is nothing to seal. It needs Run. The error is
// CodeTimeout when the context ends before, CodeRefused when the log
// contradicts its seals.
func (s *Sealer) Seal(ctx context.Context) (last seal.Listed, ok bool, err error) {
	end, err := s.cfg.Log.End(ctx)
	if err == nil {
		err = s.once(ctx, end, s.seal)
	}
	if err != nil {
		return seal.Listed{}, false, err
	}
	return s.lastSeal(ctx)
}

// WaitFor returns once the sealer has seen a position of the log. Errors are as
// for Seal.
func (s *Sealer) WaitFor(ctx context.Context, p domain.Position) error {
	return s.once(ctx, p, func(context.Context, *sealing) error { return nil })
}

// once calls act, with the lock held, once a position was seen; again where
// the seals end by then, if another instance was quicker.
func (s *Sealer) once(ctx context.Context, p domain.Position, act func(context.Context, *sealing) error) error {
	for {
		s.mu.Lock()
		changed, failure := s.changed, s.failure
		var err error
		seen := s.running != nil && s.running.seen >= p
		if seen {
			err = act(ctx, s.running)
		}
		s.mu.Unlock()
		switch {
		case seen && !errors.Is(err, errFenced):
			return err
		case domain.ErrorCode(failure) == domain.CodeRefused:
			return failure
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return &domain.Error{Code: domain.CodeTimeout, Message: "the log is not sealed yet; try again", Err: ctx.Err()}
		}
	}
}

func (s *Sealer) lastSeal(ctx context.Context) (seal.Listed, bool, error) {
	r, ok, err := s.cfg.Log.LastEvent(ctx, seal.Stream)
	if err != nil || !ok {
		return seal.Listed{}, false, err
	}
	last, ok := seal.ListedOf(r)
	return last, ok, nil
}
