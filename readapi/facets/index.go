package facets

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
)

// Names resolves organisations: rows hold their ids, people see and give
// their names. organisation.Directory is one.
type Names interface {
	// Name returns the organisation's name, or the id itself while it is unknown.
	Name(id string) string
	// Find returns the id of the organisation with a name or alias, in any case.
	Find(name string) (id string, ok bool)
}

// AccountNames resolves people: rows hold account ids only. account.Directory
// is one.
type AccountNames interface {
	// Name returns the person's name, or the id itself while it is unknown.
	Name(account string) string
}

// idsOnly knows nobody's name.
type idsOnly struct{}

func (idsOnly) Name(account string) string { return account }

// Config is what an Index needs. Redis, Policy and Names are required.
type Config struct {
	Redis    redis.UniversalClient
	Policy   sourcerequest.Policy // must be the one that the rows were built under; others are not served
	Names    Names
	Accounts AccountNames  // default: people are shown by their account ids
	Logger   *slog.Logger  // default: slog.Default
	Poll     time.Duration // how often the live generation and its checkpoint are looked at; default 250 ms
	Retry    time.Duration // pause after Redis failed; default 250 ms
}

func (c *Config) setDefaults() {
	if c.Accounts == nil {
		c.Accounts = idsOnly{}
	}
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

// Index keeps the facet rows in memory. It is safe for concurrent use.
type Index struct {
	cfg Config

	current  atomic.Pointer[Snapshot]
	stale    atomic.Bool
	heard    atomic.Int64 // Unix ns of the last answer of Redis
	progress atomic.Pointer[string]

	mu    sync.Mutex
	moved chan struct{} // closed and replaced whenever another snapshot is served
}

// New returns an index that has loaded nothing; Run fills it.
func New(cfg Config) *Index {
	cfg.setDefaults()
	x := &Index{cfg: cfg, moved: make(chan struct{})}
	x.stale.Store(true)
	return x
}

// Snapshot returns what the index serves now. While nothing was ever loaded
// the error is CodeUnavailable and says how far the load is.
func (x *Index) Snapshot() (*Snapshot, error) {
	s := x.current.Load()
	if s == nil {
		how := "the read model has not been built yet"
		if p := x.progress.Load(); p != nil {
			how = *p
		}
		return nil, domain.Errorf(domain.CodeUnavailable, "the search index is not loaded yet: %s; try again", how)
	}
	served := *s
	served.stale = x.stale.Load() || time.Since(time.Unix(0, x.heard.Load())) > max(staleAfter, 4*x.cfg.Poll)
	return &served, nil
}

// Moved returns a channel that is closed when another snapshot is served.
// Take it before the snapshot to miss nothing.
func (x *Index) Moved() <-chan struct{} {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.moved
}

// WaitFor returns once the index serves rows that stand at the position or
// beyond. When the context ends first the error is CodeTimeout.
func (x *Index) WaitFor(ctx context.Context, p domain.Position) error {
	for {
		moved := x.Moved()
		if s := x.current.Load(); s != nil && s.position >= p {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return &domain.Error{Code: domain.CodeTimeout, Message: fmt.Sprintf("the search index has not reached position %s yet; try again", p), Err: ctx.Err()}
		}
	}
}

func (x *Index) serve(s *Snapshot) {
	x.current.Store(s)
	x.mu.Lock()
	defer x.mu.Unlock()
	close(x.moved)
	x.moved = make(chan struct{})
}
