package deliveries

import (
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/readapi/mirror"
	"backlot/readmodel"
)

// Names resolves organisations: rows hold their ids, people see and give their
// names. organisation.Directory is one.
type Names interface {
	// Name returns the organisation's name, or the id itself while it is unknown.
	Name(id string) string
	// Find returns the id of the organisation with a name or alias, in any case.
	Find(name string) (id string, ok bool)
}

// Config is what an Index needs. Redis, Policy and Names are required.
type Config struct {
	Redis  redis.UniversalClient
	Policy sourcerequest.Policy // must be the one that the rows were built under; others are not served
	Names  Names
	Logger *slog.Logger  // default: that of mirror.Config
	Poll   time.Duration // likewise
	Retry  time.Duration // likewise
}

// Index keeps the deliveries in memory. It is safe for concurrent use.
type Index struct {
	*mirror.Mirror[*Snapshot]
}

// New returns an index that has loaded nothing; Run fills it.
func New(cfg Config) *Index {
	return &Index{mirror.New(mirror.Config[*Snapshot]{
		Redis: cfg.Redis, Model: readmodel.Deliveries, Policy: cfg.Policy, What: "index of deliveries", Logger: cfg.Logger, Poll: cfg.Poll, Retry: cfg.Retry,
		New: func(g readmodel.Generation, at domain.Position) mirror.Builder[*Snapshot] {
			return &builder{generation: g, position: at, names: cfg.Names, words: words{partners: []string{""}, languages: []string{""}}}
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

// Snapshot is all deliveries at one log position. It never changes.
type Snapshot struct {
	position domain.Position
	chunks   []*chunk
	length   int
	words    words
	names    Names
	stale    bool
}

// Position is the log position that the rows stand at.
func (s *Snapshot) Position() domain.Position { return s.position }

// Stale reports that the snapshot may be behind the log for longer than usual.
func (s *Snapshot) Stale() bool { return s.stale }

// Len is the number of deliveries, whoever may see them.
func (s *Snapshot) Len() int { return s.length }

// words are the values that rows refer to by code.
type words struct {
	partners  []string // organisation ids
	languages []string
}
