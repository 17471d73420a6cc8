package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"
)

type serveCommand struct {
	Listen                string        `help:"Address of the page and the API." default:"127.0.0.1:8080"`
	Data                  string        `help:"Folder of the embedded event store and of files under way." default:"./data" type:"path"`
	Eventstore            string        `help:"An EventStoreDB instead of the embedded one: esdb://…" placeholder:"URL"`
	EventstoreListen      string        `help:"Open the embedded event store on this TCP address as well. It asks nobody for a password." placeholder:"ADDRESS"`
	EventstoreForceListen bool          `help:"Allow --eventstore-listen on an address that is not loopback."`
	ScavengeEvery         time.Duration `help:"Time between two removals of what was deleted or truncated from the embedded event store's files; 0 for none but those that are asked for." default:"24h"`
	Redis                 string        `help:"A Redis instead of the embedded one: redis://… (also rediss://, unix://)." placeholder:"URL"`
	Bus                   string        `help:"Publish what happens to source requests: redis for the Redis of --redis, redis://… for another one, kafka://broker1,broker2/topic." placeholder:"URL"`
	BusStream             string        `help:"The Redis Stream to publish to; another one is filled from the beginning." default:"backlot.source_requests"`
	BusLength             int64         `help:"How many messages the Redis Stream keeps, about; 0 for all." default:"1000000"`
	BusSource             string        `help:"What messages name as their source, a URI reference." default:"/backlot"`
	Blobs                 string        `help:"Where files of deliveries and materials are kept: file:///folder, or s3://bucket?region=… with the parameters of gocloud.dev's s3blob; by default the folder files in --data." placeholder:"URL"`
	MaxUpload             int64         `help:"Largest file that may be uploaded, in bytes; 0 for no limit." default:"0"`
	UploadExpiry          time.Duration `help:"How long an upload is kept to which nothing comes any more." default:"168h"`
	Inspections           int           `help:"How many deliveries are inspected at a time; 0 for none in this process." default:"2"`
	FFprobe               string        `name:"ffprobe" help:"Where ffprobe is, which inspects video and audio; by default it is looked for in PATH." placeholder:"PATH"`
	Policy                string        `help:"Policy file: zone and thresholds of the buckets." type:"path"`
	Demo                  bool          `help:"Add a fictional catalogue, and identities of every role to sign in as."`
	BootstrapToken        string        `help:"An operator's API token, for automation."`
	PublicURL             string        `name:"public-url" help:"Where people reach the portal, for the links in its mail; by default the address that it listens on." placeholder:"URL"`
	SMTP                  string        `name:"smtp" help:"Mail server for invitations, password resets and notifications: smtp://user:password@host:587 or smtps://…" placeholder:"URL"`
	MailFrom              string        `help:"Sender of the portal's mail." placeholder:"ADDRESS"`
	WebhookAllowPrivate   bool          `help:"Send webhooks of notifications to private, loopback and link-local addresses too, and without TLS: whoever has an account can then reach them."`
	OIDC                  oidcFlags     `embed:"" prefix:"oidc-"`
	TrustProxy            bool          `help:"Take the address of whoever asks from X-Forwarded-For: only behind a proxy that sets it."`
	AfterTimeout          time.Duration `help:"How long a read waits for the position that after= names." default:"5s"`
	SealEvery             time.Duration `help:"How long an event waits for its seal at most." default:"1m"`
	KeepPast              time.Duration `help:"How far back searches can be asked about as they were; 0 for not at all. What is longer ago takes no memory." default:"840h"`
	WebDev                string        `help:"Take the page from a Vite server at this URL." placeholder:"URL"`
	LogLevel              slog.Level    `help:"Lowest level that is logged: debug, info, warn, error." default:"info"`
}

// Run serves until the context ends.
func (c *serveCommand) Run(ctx context.Context) (err error) {
	if c.SMTP != "" && c.MailFrom == "" {
		return errNoMailFrom
	}
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: c.LogLevel}))
	s, err := newServer(ctx, c, logger)
	if err != nil {
		return err
	}
	c.announce(s)
	err = s.Wait(ctx)
	logger.Info("stopping")
	if closing := s.Close(); err == nil {
		err = closing
	}
	return err
}

// announce says on the standard output where the portal is and how to get in.
func (c *serveCommand) announce(s *server) {
	fmt.Printf("listening on %s\n", s.URL())
	if c.Demo {
		fmt.Println("This is a demo: a fictional catalogue, and accounts of every role on the sign-in page.")
	}
}
