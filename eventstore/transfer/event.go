package transfer

import (
	"context"
	"math"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Event is an event of a log, as it was recorded.
type Event struct {
	Stream   string
	Revision uint64
	Position uint64 // in the log it was read from
	ID       uuid.UUID
	Type     string
	JSON     bool
	Created  time.Time // in steps of 100 ns
	Data     []byte
	Metadata []byte
}

// Source is a log that can be read from its beginning to its present end.
type Source interface {
	// Read calls each with every event at or after a position, in the order of
	// the log, metadata and other system events among them. It ends with
	// each's first error, which it returns as it is.
	Read(ctx context.Context, from uint64, each func(Event) error) error
	Close() error
}

// Target takes the events of a source, in their order.
type Target interface {
	// Write takes an event; one that is there already is passed over. An
	// error may be one of an earlier event.
	Write(ctx context.Context, e Event) error
	// Flush returns when all that was written is safe, and how many events
	// were new since the target was opened.
	Flush(ctx context.Context) (written int64, err error)
	Close() error
}

// Names that EventStoreDB gives a meaning.
const (
	systemPrefix     = "$"
	metastreamPrefix = "$$"
	typeMetadata     = "$metadata"
	typeTombstone    = "$streamDeleted"

	// typeFiller is that of events that stand for those that were no longer
	// there: an EventStoreDB leaves no revision out.
	typeFiller = "$backlotFiller"
)

// tombstoneRevision is the revision of the event that ends a stream for good.
const tombstoneRevision = math.MaxInt64

func (e Event) isTombstone() bool { return e.Revision == tombstoneRevision }

// isServers reports whether an event is a server's own: statistics, settings,
// results of its projections. Another server has its own.
func (e Event) isServers() bool {
	original, _ := strings.CutPrefix(e.Stream, metastreamPrefix)
	return strings.HasPrefix(original, systemPrefix)
}

func (e Event) isFiller() bool { return e.Type == typeFiller }
