// Package mirror keeps a read model of Redis in memory: it loads the live
// generation, follows its change feed, and serves snapshots of what it made of
// the rows. What the rows are made into is the builder's business.
package mirror

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/readmodel"
)

// Builder makes snapshots of one generation. It is not safe for concurrent
// use; the snapshots are.
type Builder[S any] interface {
	// Put writes rows at their places, from a number on, as a segment holds
	// them. Places that were never written are in it as well.
	Put(number uint32, rows []byte) error
	// Add appends values to a dictionary, the first at code from. Values that
	// are there already have to be the same.
	Add(to readmodel.Dictionary, from uint32, values []string) error
	// Check says why what was loaded cannot be whole.
	Check() error
	// Apply brings the rows from Entry.From to Entry.To. The error says why they
	// are not a continuation of what was loaded.
	Apply(e *readmodel.Entry) error
	// Position is the log position that the rows stand at.
	Position() domain.Position
	// Len is the number of rows.
	Len() int
	// Snapshot returns the rows as they are; the builder goes on with copies.
	Snapshot() S
}

// Past is what the builder of a model that keeps ended versions of rows does
// beside.
type Past interface {
	// PutPast adds versions, the first with a number, as a segment holds them.
	// Those that are there already have to be the same.
	PutPast(from uint32, rows []byte) error
	// ForgetPast says that versions that ended until an instant, Unix ms, may be
	// missing.
	ForgetPast(until int64)
}

// Config is what a Mirror needs. Fields with a default may be left out.
type Config[S any] struct {
	Redis  redis.UniversalClient
	Model  readmodel.Model
	Policy sourcerequest.Policy // must be the one that the rows were built under; others are not served
	What   string               // what is served, as messages call it: "search index"
	// New returns a builder of a generation whose rows will be those at a position.
	New func(g readmodel.Generation, at domain.Position) Builder[S]

	Logger *slog.Logger  // default: slog.Default
	Poll   time.Duration // how often the live generation and its checkpoint are looked at; default 250 ms
	Retry  time.Duration // pause after Redis failed; default 250 ms
}

func (c *Config[S]) setDefaults() {
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.Poll <= 0 {
		c.Poll = 250 * time.Millisecond
	}
	if c.Retry <= 0 {
		c.Retry = 250 * time.Millisecond
	}
}

// staleAfter is how long Redis may stay silent before answers are called stale
// although nothing has failed yet: a read that hangs does not fail for seconds.
const staleAfter = 3 * time.Second

// Mirror serves snapshots. It is safe for concurrent use.
type Mirror[S any] struct {
	cfg Config[S]

	current  atomic.Pointer[served[S]]
	stale    atomic.Bool
	heard    atomic.Int64 // Unix ns of the last answer of Redis
	progress atomic.Pointer[string]

	mu    sync.Mutex
	moved chan struct{} // closed and replaced whenever another snapshot is served
}

// served is a snapshot and what it is of.
type served[S any] struct {
	snapshot   S
	generation readmodel.Generation
	position   domain.Position
}

// New returns a mirror that has loaded nothing; Run fills it.
func New[S any](cfg Config[S]) *Mirror[S] {
	cfg.setDefaults()
	m := &Mirror[S]{cfg: cfg, moved: make(chan struct{})}
	m.stale.Store(true)
	return m
}

// Snapshot returns what is served now, and whether it may be behind the log
// for longer than usual. While nothing was ever loaded the error is
// CodeUnavailable and says how far the load is.
func (m *Mirror[S]) Snapshot() (s S, stale bool, err error) {
	now := m.current.Load()
	if now == nil {
		how := "the read model has not been built yet"
		if p := m.progress.Load(); p != nil {
			how = *p
		}
		return s, true, domain.Errorf(domain.CodeUnavailable, "the %s is not loaded yet: %s; try again", m.cfg.What, how)
	}
	return now.snapshot, m.stale.Load() || time.Since(time.Unix(0, m.heard.Load())) > max(staleAfter, 4*m.cfg.Poll), nil
}

// Moved returns a channel that is closed when another snapshot is served.
// Take it before the snapshot to miss nothing.
func (m *Mirror[S]) Moved() <-chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.moved
}

// WaitFor returns once rows are served that stand at the position or beyond.
// When the context ends first the error is CodeTimeout.
func (m *Mirror[S]) WaitFor(ctx context.Context, p domain.Position) error {
	for {
		moved := m.Moved()
		if s := m.current.Load(); s != nil && s.position >= p {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return &domain.Error{Code: domain.CodeTimeout, Message: fmt.Sprintf("the %s has not reached position %s yet; try again", m.cfg.What, p), Err: ctx.Err()}
		}
	}
}

func (m *Mirror[S]) serve(s *served[S]) {
	m.current.Store(s)
	m.mu.Lock()
	defer m.mu.Unlock()
	close(m.moved)
	m.moved = make(chan struct{})
}
