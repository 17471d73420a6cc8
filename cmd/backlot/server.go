package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"backlot/blobs"
	"backlot/commands"
	"backlot/domain"
	"backlot/domain/account"
	"backlot/domain/job"
	"backlot/domain/notification"
	"backlot/domain/organisation"
	"backlot/domain/sourcerequest"
	"backlot/domain/template"
	"backlot/eventstore"
	"backlot/eventstore/audit"
	"backlot/projections"
	"backlot/projections/bus"
	"backlot/readapi"
	"backlot/readapi/deliveries"
	"backlot/readapi/facets"
	"backlot/web"
)

// server is the portal, wired: everything from the event store to the page.
type server struct {
	logger    *slog.Logger
	store     *eventstore.Store
	scavenger *scavenger // nil where the event store is not the embedded one
	redis     redis.UniversalClient
	directory *organisation.Directory
	templates *template.Directory
	people    *account.Directory
	accounts  *commands.Accounts
	projector *projections.Projector
	index     *facets.Index
	jobs      *commands.Jobs
	jobsKnown *job.Directory
	requests  *commands.SourceRequests
	materials *commands.Materials
	uploads   *commands.Uploads
	integrity *audit.Integrity
	files     *blobs.Store
	bus       *bus.Publisher // nil without --bus
	inspector *inspector     // nil without --inspections

	// The deliveries, for partner figures; projector and index are of the facets.
	delivered  *projections.Projector
	deliveries *deliveries.Index

	notifications *notification.Directory
	notifying     notifying

	singleSignOn readapi.SingleSignOn // nil where people sign in here only

	listener net.Listener
	http     *http.Server
	group    *errgroup.Group
	ctx      context.Context // ends when a part fails
	cancel   context.CancelFunc
	closers  []io.Closer // in the order in which they were opened
	closing  sync.Once

	closingUploads context.Context // ends what is being sent, when the server closes
	closeUploads   context.CancelFunc

	closed        error
	catalogueDone atomic.Bool
	accountsDone  atomic.Bool
}

// newServer opens every part and starts serving. What was opened is closed
// again if a later part cannot be.
func newServer(parent context.Context, c *serveCommand, logger *slog.Logger) (_ *server, err error) {
	s := &server{logger: logger, directory: organisation.NewDirectory(), people: account.NewDirectory(), templates: template.NewDirectory(), notifications: notification.NewDirectory(), jobsKnown: job.NewDirectory()}
	s.ctx, s.cancel = context.WithCancel(context.WithoutCancel(parent))
	s.group, s.ctx = errgroup.WithContext(s.ctx)
	defer func() {
		if err != nil {
			_ = s.Close()
		}
	}()
	policy, err := readPolicy(c.Policy)
	if err != nil {
		return nil, err
	}
	if s.singleSignOn, err = c.singleSignOn(); err != nil {
		return nil, err
	}
	incoming := filepath.Join(c.Data, "incoming")
	if err := os.MkdirAll(incoming, 0o700); err != nil {
		return nil, fmt.Errorf("the data folder: %w", err)
	}
	if err := s.openEventStore(parent, c); err != nil {
		return nil, err
	}
	if err := s.openRedis(c); err != nil {
		return nil, err
	}
	if err := s.openFiles(parent, c); err != nil {
		return nil, err
	}
	if err := s.openAccounts(c); err != nil {
		return nil, err
	}
	if err := s.project(policy, c.KeepPast); err != nil {
		return nil, err
	}
	s.group.Go(func() error { return s.prepareAccounts(c) })
	if err := s.seal(c); err != nil {
		return nil, err
	}
	if err := s.publish(c); err != nil {
		return nil, err
	}
	// The embedded store is nobody else's, unless it is opened to others.
	alone := c.Eventstore == "" && c.EventstoreListen == ""
	requests := commands.Config{Log: s.store, Organisations: s.directory, People: s.people, Alone: alone, Logger: logger}
	if s.scavenger != nil {
		requests.Scavenge = s.scavenger.Scavenge
	}
	s.requests = commands.NewSourceRequests(requests)
	s.takeUploads(c)
	if err := s.inspect(c); err != nil {
		return nil, err
	}
	s.materials = &commands.Materials{Requests: s.requests, Files: s.uploads}
	s.jobs = commands.NewJobs(commands.JobsConfig{Requests: s.requests, Materials: s.materials, Directory: s.jobsKnown, Principals: s.people, Incoming: incoming})
	s.closers = append(s.closers, s.jobs)
	if err := s.notify(c, policy); err != nil {
		return nil, err
	}
	if err := s.serve(c, policy); err != nil {
		return nil, err
	}
	if c.Demo {
		s.group.Go(func() error { return s.playDemo(policy) })
	} else {
		s.catalogueDone.Store(true)
	}
	return s, nil
}

// follow keeps what this process knows in memory of the small aggregates.
func (s *server) follow() error {
	// Jobs come last: whoever began one is known before it.
	followers := []interface{ Apply(domain.Page) }{s.directory, s.people, s.templates, s.notifications, s.jobsKnown}
	prefixes := []string{organisation.StreamPrefix, account.StreamPrefix, account.PersonPrefix, template.StreamPrefix, notification.RulesPrefix, notification.DeliveriesPrefix, job.StreamPrefix}
	return s.store.Follow(s.ctx, 0, prefixes, func(p domain.Page) error {
		for _, f := range followers {
			f.Apply(p)
		}
		return nil
	})
}

// serve opens the listener and answers.
func (s *server) serve(c *serveCommand, policy sourcerequest.Policy) error {
	var identities []readapi.DemoIdentity
	if c.Demo {
		identities = demoIdentities()
	}
	page := web.Handler()
	if c.WebDev != "" {
		var err error
		if page, err = web.DevHandler(c.WebDev); err != nil {
			return err
		}
	}
	metrics := prometheus.NewRegistry()
	metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	config := readapi.Config{
		Index: s.index, Deliveries: s.deliveries, Redis: s.redis, Streams: s.store, Log: s.store, Organisations: s.directory, Commands: s.requests, Files: fileContents{s.files}, Materials: s.materials, Jobs: s.jobsKnown, JobCommands: s.jobs, ReadModels: s.readModels(), Integrity: s.integrity,
		Templates: s.templates, TemplateCommands: commands.NewTemplates(s.store, s.templates, nil),
		Notifications: s.notifications, NotificationCommands: s.notifying.commands, SendsMail: c.SMTP != "",
		People: s.people, Accounts: s.accounts, Partners: commands.NewOrganisations(commands.Config{Log: s.store, Organisations: s.directory, Logger: s.logger}),
		TrustProxy: c.TrustProxy, Demo: identities, Policy: policy, Logger: s.logger, Ready: s.ready, Metrics: metrics, Web: page,
		AfterTimeout: c.AfterTimeout, SingleSignOn: s.singleSignOn, AsyncAPI: bus.Document,
		Uploads: s.uploads, FileStore: s.files, MaxUpload: c.MaxUpload, Closing: s.closingUploads,
	}
	if s.scavenger != nil {
		config.Scavenger = s.scavenger
		s.scavenger.register(metrics)
	}
	s.measureReadModels(metrics)
	s.measureBus(metrics)
	s.measureUploads(metrics)
	s.measureInspection(metrics)
	s.measureNotifications(metrics)
	handler, err := readapi.New(config)
	if err != nil {
		return err
	}
	if s.listener, err = net.Listen("tcp", c.Listen); err != nil {
		return err
	}
	s.http = &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, ErrorLog: slog.NewLogLogger(s.logger.Handler(), slog.LevelWarn)}
	s.group.Go(func() error {
		if err := s.http.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	return nil
}

// ready reports whether every answer can be given, and how far each part is.
func (s *server) ready() (bool, map[string]any) {
	_, err := s.index.Snapshot()
	index, organisations, accounts, catalogue := err == nil, s.directory.Ready(), s.accountsDone.Load(), s.catalogueDone.Load()
	_, err = s.deliveries.Snapshot()
	figures := err == nil
	detail := map[string]any{
		"organisations":           organisations,
		"accounts":                accounts,
		"index":                   index,
		"catalogue":               catalogue, // of the demo; nothing to wait for elsewhere
		"deliveries":              figures,
		"projector":               projectorDetail(s.projector.Progress(), "requests"),
		"projector_of_deliveries": projectorDetail(s.delivered.Progress(), "deliveries"),
	}
	if s.bus != nil {
		detail["bus"] = s.busDetail() // nobody waits for it: the portal works without
	}
	if s.inspector != nil {
		detail["inspection"] = s.inspector.detail() // nor for this
	}
	detail["notifications"] = s.notificationsDetail()
	return index && figures && organisations && accounts && catalogue, detail
}

// URL is where the portal is.
func (s *server) URL() string { return "http://" + s.listener.Addr().String() }

// Wait returns when the context ends, or with the error of a part that failed.
func (s *server) Wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case <-s.ctx.Done():
		return s.group.Wait()
	}
}

// shutdownTime is how long requests under way may take to end.
const shutdownTime = 10 * time.Second

// Close ends everything in the opposite order of its opening.
func (s *server) Close() error {
	s.closing.Do(func() {
		var errs []error
		// Jobs first: their progress streams end with them.
		if s.jobs != nil {
			errs = append(errs, s.jobs.Close())
			s.closers = s.closers[:len(s.closers)-1]
		}
		if s.closeUploads != nil {
			s.closeUploads()
		}
		if s.http != nil {
			ctx, cancel := context.WithTimeout(context.Background(), shutdownTime)
			if err := s.http.Shutdown(ctx); err != nil {
				errs = append(errs, s.http.Close())
			}
			cancel()
		}
		s.cancel()
		errs = append(errs, s.group.Wait())
		for i := len(s.closers) - 1; i >= 0; i-- {
			errs = append(errs, s.closers[i].Close())
		}
		s.closed = errors.Join(errs...)
	})
	return s.closed
}

// untilClosed passes on why a part ended, unless it was told to.
func (s *server) untilClosed(err error) error {
	if s.ctx.Err() != nil {
		return nil
	}
	return err
}
