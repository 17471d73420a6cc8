package facets

import (
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/readapi/mirror"
	"backlot/readmodel"
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
	Logger   *slog.Logger  // default: that of mirror.Config
	Poll     time.Duration // likewise
	Retry    time.Duration // likewise
}

// Index keeps the facet rows in memory. It is safe for concurrent use.
type Index struct {
	*mirror.Mirror[*Snapshot]
}

// New returns an index that has loaded nothing; Run fills it.
func New(cfg Config) *Index {
	if cfg.Accounts == nil {
		cfg.Accounts = idsOnly{}
	}
	return &Index{mirror.New(mirror.Config[*Snapshot]{
		Redis: cfg.Redis, Model: readmodel.Facets, Policy: cfg.Policy, What: "search index", Logger: cfg.Logger, Poll: cfg.Poll, Retry: cfg.Retry,
		New: func(g readmodel.Generation, at domain.Position) mirror.Builder[*Snapshot] {
			b := newBuilder(g, &cfg)
			b.position = at
			return b
		},
	})}
}

// Snapshot returns what the index serves now. While nothing was ever loaded
// the error is CodeUnavailable and says how far the load is.
func (x *Index) Snapshot() (*Snapshot, error) {
	s, stale, err := x.Mirror.Snapshot()
	if err != nil {
		return nil, err
	}
	served := *s
	served.stale = stale
	return &served, nil
}
