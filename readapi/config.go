package readapi

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"backlot/domain"
	"backlot/domain/account"
	"backlot/domain/job"
	"backlot/domain/notification"
	"backlot/domain/organisation"
	"backlot/domain/sourcerequest"
	"backlot/domain/template"
	"backlot/readapi/deliveries"
	"backlot/readapi/facets"
)

// Streams reads single streams of the event store.
type Streams interface {
	// ReadStream calls each with every event of the stream in order; a stream
	// that does not exist has none.
	ReadStream(ctx context.Context, stream string, each func(domain.Recorded) error) error
}

// Log reads the event log across its streams, without system events. Each
// function ends with each's first error, which it returns as it is; recorded is
// when the event store took the event in, by its own clock.
type Log interface {
	// End returns the position of the last event, 0 if there is none.
	End(ctx context.Context) (domain.Position, error)
	// ReadBackwards calls each with what came before a position, newest first;
	// 0 means from the end.
	ReadBackwards(ctx context.Context, before domain.Position, each func(r domain.Recorded, recorded time.Time) error) error
	// ReadForwards calls each with what came after a position, oldest first.
	ReadForwards(ctx context.Context, after domain.Position, each func(r domain.Recorded, recorded time.Time) error) error
}

// Commands are the use cases that change source requests. With
// CodePreconditionFailed the outcome holds the present state.
type Commands interface {
	// Change gives a command to an existing request.
	Change(ctx context.Context, id string, c sourcerequest.Command, i domain.Instruction) (sourcerequest.Outcome, error)
	// RecordDownload records that whoever instructs is about to download files of
	// a request; nothing is sent before.
	RecordDownload(ctx context.Context, id string, files []sourcerequest.FileRef, archive bool, i domain.Instruction) (sourcerequest.Outcome, error)
	// Open opens a request; the server numbers it where id is "".
	Open(ctx context.Context, id string, c sourcerequest.Open, i domain.Instruction) (sourcerequest.Outcome, error)
	// Upgrade closes a request in favour of an existing one, or of the one that
	// open asks for; one of the two is given.
	Upgrade(ctx context.Context, id, replacedBy string, open *sourcerequest.Open, i domain.Instruction) (sourcerequest.Outcome, error)
}

// Materials are the use cases by which files that were sent become materials.
type Materials interface {
	// Provide gives a request files that whoever instructs sent: of each, the
	// command has the id and the kind.
	Provide(ctx context.Context, id string, c sourcerequest.ProvideMaterials, i domain.Instruction) (sourcerequest.Outcome, error)
}

// JobCommands are the use cases of work that outlasts the request that asked
// for it.
type JobCommands interface {
	// StartBulk accepts a job that gives an action to many requests; a known key
	// gets the job that it led to.
	StartBulk(ctx context.Context, o job.Order, i domain.Instruction) (job.Job, error)
	// StartImport takes a file in and accepts the job that imports it; size is in
	// bytes, -1 if unknown.
	StartImport(ctx context.Context, name string, size int64, body io.Reader, i domain.Instruction) (job.Job, error)
	// Job returns a job; CodeNotFound for an unknown one.
	Job(ctx context.Context, id string) (job.Job, error)
	// Watch sends the job as it moves on, its end last, and closes the channel.
	Watch(ctx context.Context, id string) (<-chan job.Job, error)
	// Refusals returns up to limit of what a job refused, without the first
	// offset ones.
	Refusals(ctx context.Context, id string, offset, limit int) ([]job.Refusal, error)
	// Stop asks a job to end as it is.
	Stop(ctx context.Context, id, reason string, i domain.Instruction) (job.Job, error)
}

// TemplateCommands are the use cases that change an account's saved searches.
type TemplateCommands interface {
	// Change gives a command to the templates of the account that instructs.
	Change(ctx context.Context, c template.Command, i domain.Instruction) (template.Outcome, error)
}

// DemoIdentity is somebody to sign in as on a demo server. Its token is no
// secret there.
type DemoIdentity struct {
	Label     string
	Token     string
	Principal domain.Principal
}

// Config is what the API works with. Everything is required unless a default
// is named.
type Config struct {
	Index            *facets.Index
	Deliveries       *deliveries.Index
	Redis            redis.UniversalClient // holds the documents of requests
	Streams          Streams
	Log              Log
	Organisations    *organisation.Directory
	People           *account.Directory
	Templates        *template.Directory
	Accounts         Accounts
	Partners         Partners
	Commands         Commands
	Files            Files
	Materials        Materials
	TemplateCommands TemplateCommands
	Jobs             *job.Directory
	JobCommands      JobCommands
	ReadModels       ReadModels
	Integrity        Integrity
	Uploads          Uploads
	FileStore        FileStore
	Policy           sourcerequest.Policy // the one that the index was built under

	Notifications        *notification.Directory
	NotificationCommands NotificationCommands

	Scavenger    Scavenger                                  // default none: the event store is somebody else's
	SingleSignOn SingleSignOn                               // default none: people sign in here
	SendsMail    bool                                       // a mail server is set up; default not
	AsyncAPI     []byte                                     // the document of the event bus; default none
	Demo         []DemoIdentity                             // default none: not a demo
	Now          func() time.Time                           // default time.Now
	Logger       *slog.Logger                               // default slog.Default
	Ready        func() (ready bool, detail map[string]any) // default: the indexes and the organisations are loaded
	Metrics      *prometheus.Registry                       // served, and added to; default a new one
	Web          http.Handler                               // everything that is not the API's; default 404
	AfterTimeout time.Duration                              // how long a read waits for after=; default 5 s
	MaxBody      int64                                      // bytes of a JSON body; default 1 MiB
	MaxBulk      int64                                      // bytes of a JSON body that may list many requests; default 16 MiB
	MaxImport    int64                                      // bytes of an import file; default 1 GiB
	MaxUpload    int64                                      // bytes of a file that is uploaded; default 0 for no limit
	Closing      context.Context                            // ends uploads and live streams, before the server waits for what is under way; default never
	AuditScan    int                                        // events of the log that one answer of the audit search looks at; default 200,000
	AuditTime    time.Duration                              // how long it looks; default 2 s
	AuditKept    int                                        // events folded into the requests that an audit export remembers; default 32768
	LiveEvery    time.Duration                              // at least so far apart are the events of a live stream; default 1 s
	LiveBeat     time.Duration                              // after so long without an event, a live stream shows that it is there; default 15 s
	LiveLinger   time.Duration                              // so long is known what was missed by who comes back to a live stream; default 30 s
	LiveStreams  int                                        // of this process at most; default 4096
	LiveAccount  int                                        // live streams of one account at most; default 16
	TrustProxy   bool                                       // X-Forwarded-For names whoever asks, for throttling; default not
}

func (c *Config) setDefaults() error {
	if c.Index == nil || c.Deliveries == nil || c.Redis == nil || c.Streams == nil || c.Log == nil || c.Organisations == nil || c.People == nil || c.Templates == nil || c.Accounts == nil ||
		c.Partners == nil || c.Commands == nil || c.Files == nil || c.Materials == nil || c.TemplateCommands == nil || c.Jobs == nil || c.JobCommands == nil || c.ReadModels == nil || c.Integrity == nil || c.Uploads == nil || c.FileStore == nil || c.Policy.Zone == nil {
		return errors.New("readapi: Index, Deliveries, Redis, Streams, Log, Organisations, People, Templates, Accounts, Partners, Commands, Files, Materials, TemplateCommands, Jobs, JobCommands, ReadModels, Integrity, Uploads, FileStore and Policy are required")
	}
	if c.Notifications == nil || c.NotificationCommands == nil {
		return errors.New("readapi: Notifications and NotificationCommands are required")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.Metrics == nil {
		c.Metrics = prometheus.NewRegistry()
	}
	if c.AfterTimeout <= 0 {
		c.AfterTimeout = 5 * time.Second
	}
	if c.MaxBody <= 0 {
		c.MaxBody = 1 << 20
	}
	if c.MaxBulk <= 0 {
		c.MaxBulk = 16 << 20
	}
	if c.MaxImport <= 0 {
		c.MaxImport = 1 << 30
	}
	if c.AuditScan <= 0 {
		c.AuditScan = 200_000
	}
	if c.AuditTime <= 0 {
		c.AuditTime = 2 * time.Second
	}
	if c.AuditKept <= 0 {
		c.AuditKept = 1 << 15
	}
	if c.Closing == nil {
		c.Closing = context.Background()
	}
	if c.LiveEvery <= 0 {
		c.LiveEvery = time.Second
	}
	if c.LiveBeat <= 0 {
		c.LiveBeat = 15 * time.Second
	}
	if c.LiveLinger <= 0 {
		c.LiveLinger = 30 * time.Second
	}
	if c.LiveStreams <= 0 {
		c.LiveStreams = 4096
	}
	if c.LiveAccount <= 0 {
		c.LiveAccount = 16
	}
	if c.Ready == nil {
		c.Ready = c.loaded
	}
	return nil
}

func (c *Config) loaded() (bool, map[string]any) {
	_, err := c.Index.Snapshot()
	_, figures := c.Deliveries.Snapshot()
	organisations, accounts := c.Organisations.Ready(), c.People.Ready()
	return err == nil && figures == nil && organisations && accounts,
		map[string]any{"index": err == nil, "deliveries": figures == nil, "organisations": organisations, "accounts": accounts}
}
