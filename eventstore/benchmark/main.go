package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"syscall"
	"time"

	"backlot/internal/postgres"
)

type config struct {
	dir       string
	messageDB string
	json      string
	events    int
	rounds    int
	duration  time.Duration
	live      int
}

const (
	appendSize = 1000 // events of a large append

	// postgresConnections is what many writers share, as a server's requests
	// do; Message DB did fewer appends over 4 and over 64.
	postgresConnections = 16
)

// postgresSettings are Debian's defaults but for memory and checkpoints, which
// are larger to PostgreSQL's advantage.
var postgresSettings = []string{"shared_buffers=512MB", "max_wal_size=4GB"}

func main() {
	c := config{}
	flag.StringVar(&c.dir, "dir", os.TempDir(), "`folder` on the disk to measure; what is made there is removed")
	flag.StringVar(&c.messageDB, "message-db", "eventstore/benchmark/node_modules/@eventide/message-db", "`folder` of the npm package")
	flag.StringVar(&c.json, "json", "", "`file` to write the figures of every round to")
	flag.IntVar(&c.events, "events", 200_000, "events of the log that is read; thousands for each round")
	flag.IntVar(&c.rounds, "rounds", 5, "rounds of each measure")
	flag.DurationVar(&c.duration, "duration", 3*time.Second, "how long single events are appended in each round")
	flag.IntVar(&c.live, "live", 1000, "events whose way to a subscriber is timed in each round")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, c); err != nil {
		fmt.Fprintln(os.Stderr, "benchmark:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, c config) (err error) {
	if c.rounds < 1 || c.events < appendSize*c.rounds {
		return fmt.Errorf("%d events are less than %d for each of %d rounds", c.events, appendSize, c.rounds)
	}
	dir, err := os.MkdirTemp(c.dir, "eventstore-benchmark-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := os.Chmod(dir, 0o711); err != nil { // PostgreSQL may be somebody else
		return err
	}
	server, err := postgres.Start(ctx, dir, postgresSettings...)
	if err != nil {
		return err
	}
	defer server.Close()
	messages, err := installMessageDB(ctx, server, c.messageDB)
	if err != nil {
		return err
	}
	plain, err := createPlainTable(ctx, server)
	if err != nil {
		return err
	}
	store, err := openEmbedded(ctx, filepath.Join(dir, "embedded"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.close()) }()

	r := report{}
	if r.Machine, err = describe(ctx, dir, server, messages); err != nil {
		return err
	}
	contenders := []contender{{embeddedName, store}, {messageName, messages}, {plainName, plain}}
	if err := r.measureAll(ctx, c, contenders, func() error { return settle(ctx, server) }); err != nil {
		return err
	}
	fmt.Print("\n", r.markdown())
	if c.json == "" {
		return nil
	}
	out, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(c.json, append(out, '\n'), 0o644)
}

// measureAll fills the log, reads it, and then adds single events to it.
func (r *report) measureAll(ctx context.Context, c config, contenders []contender, settle func() error) error {
	add := func(name, unit string, among []contender, run func(context.Context, contender, int) (float64, error)) error {
		fmt.Fprintln(os.Stderr, "benchmark:", name)
		m, err := take(ctx, name, unit, c.rounds, among, run)
		r.Measures = append(r.Measures, m)
		return err
	}
	large := thousands{appends: c.events / (c.rounds * appendSize), size: appendSize}
	r.Machine.Events = large.appends * large.size * c.rounds
	if err := add(fmt.Sprintf("appends of %d events", appendSize), "events/s", contenders, large.run); err != nil {
		return err
	}
	if err := settle(); err != nil {
		return err
	}
	if err := add("reading all events", "events/s", contenders, reader{r.Machine.Events}.run); err != nil {
		return err
	}
	pool := openedEvents(0, 4096)
	for _, e := range pool {
		r.Machine.DataBytes += float64(len(e.data)) / float64(len(pool))
		r.Machine.MetadataBytes += float64(len(e.metadata)) / float64(len(pool))
	}
	for _, count := range []int{1, 16, 128} {
		w := writers{count: count, connections: min(count, postgresConnections), duration: c.duration, events: pool, stream: func(round, writer int) string {
			return fmt.Sprintf("sourceRequest-w%dr%dn%d", count, round, writer)
		}}
		if err := add(fmt.Sprintf("single appends, writers: %d", count), "events/s", contenders, w.run); err != nil {
			return err
		}
	}
	// Message DB lets the writers of a category in one after the other until
	// each is on disk; with a category and a connection each they share its
	// syncs. No portal could have its streams so: it is what bounds Message DB.
	apart := writers{count: 128, connections: 128, duration: c.duration, events: pool, stream: func(round, writer int) string {
		return fmt.Sprintf("category%d-r%d", writer, round)
	}}
	if err := add("single appends, writers: 128, a category each", "events/s", contenders, apart.run); err != nil {
		return err
	}
	return add("append to subscriber", "ms", contenders[:1], live{appends: c.live}.run)
}

func describe(ctx context.Context, dir string, server *postgres.Server, messages *messageDB) (m machine, err error) {
	m = machine{CPUs: runtime.NumCPU(), Go: runtime.Version()}
	gogc := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	metrics.Read(gogc)
	m.GOGC = int(gogc[0].Value.Uint64())
	if m.PostgreSQL, err = server.Version(ctx); err != nil {
		return m, err
	}
	if m.MessageDB, err = messages.version(ctx); err != nil {
		return m, err
	}
	m.SyncMillis, err = syncTime(dir)
	return m, err
}

// syncTime shows whether the folder is on a disk at all.
func syncTime(dir string) (millis float64, err error) {
	f, err := os.CreateTemp(dir, "sync-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	block := make([]byte, 4<<10)
	var times []float64
	for range 200 {
		begun := time.Now()
		if _, err := f.Write(block); err != nil {
			return 0, err
		}
		if err := f.Sync(); err != nil {
			return 0, err
		}
		times = append(times, float64(time.Since(begun).Microseconds())/1000)
	}
	return median(times), nil
}
