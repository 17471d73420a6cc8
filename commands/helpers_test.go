package commands

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/job"
	"backlot/domain/organisation"
	"backlot/domain/sourcerequest"
	"backlot/eventstore"
	"backlot/eventstore/embedded"
)

var (
	operator = domain.Principal{Account: "olga", Role: domain.RoleOperator}
	juniper  = domain.Principal{Account: "june", Organisation: "juniper-post", Role: domain.RoleFulfillmentPartner}
	lantern  = domain.Principal{Account: "lars", Organisation: "lantern", Role: domain.RoleFulfillmentPartner}
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// bench is the use cases over a real event store of their own.
type bench struct {
	t         *testing.T
	log       *breakingLog
	directory *organisation.Directory
	requests  *SourceRequests

	jobDirectory *job.Directory
	clock        atomic.Int64 // ns after noon
}

func newBench(t *testing.T) *bench {
	t.Helper()
	server, err := embedded.Open(t.Context(), embedded.Options{FS: vfs.NewMem(), Dir: "store"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	store, err := eventstore.Connect(eventstore.Config{Client: server.ClientConfiguration()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	b := &bench{t: t, log: &breakingLog{Log: store}, directory: organisation.NewDirectory(), jobDirectory: job.NewDirectory()}
	b.restart()
	var following sync.WaitGroup
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(func() { cancel(); following.Wait() })
	following.Go(func() {
		_ = store.Follow(ctx, 0, []string{job.StreamPrefix}, func(p domain.Page) error { b.jobDirectory.Apply(p); return nil })
	})
	return b
}

// restart forgets what the process knew.
func (b *bench) restart() {
	b.requests = NewSourceRequests(Config{Log: b.log, Organisations: b.directory, Now: func() time.Time { return noon.Add(time.Duration(b.clock.Load())) }, Logger: slog.New(slog.DiscardHandler)})
}

func (b *bench) events(stream string) []domain.Recorded {
	b.t.Helper()
	var events []domain.Recorded
	require.NoError(b.t, b.log.Log.ReadStream(context.Background(), stream, func(r domain.Recorded) error {
		events = append(events, r)
		return nil
	}))
	return events
}

func (b *bench) requestEvents(id string) []domain.Recorded {
	return b.events(sourcerequest.StreamOf(id))
}

func (b *bench) open(id string) sourcerequest.Outcome {
	b.t.Helper()
	out, err := b.requests.Open(b.t.Context(), id, opening(), by(operator, "open "+id, "open"))
	require.NoError(b.t, err)
	return out
}

// importFile imports to the end, and counts.
func (b *bench) importFile(file string) job.Job {
	b.t.Helper()
	jobs := b.jobs(b.t.TempDir())
	defer func() { require.NoError(b.t, jobs.Close()) }()
	report := b.ended(jobs, b.startImport(jobs, file, uuid.NewString()))
	require.Equal(b.t, job.Finished, report.Phase, report.Reason)
	require.Equal(b.t, report.Done(), report.Opened+report.Changed+report.Unchanged+report.Refused)
	return report
}

// jobs starts a worker whose files are in a folder.
func (b *bench) jobs(incoming string, configure ...func(*JobsConfig)) *Jobs {
	b.t.Helper()
	c := JobsConfig{Requests: b.requests, Directory: b.jobDirectory, Incoming: incoming, Pause: time.Millisecond, Chunk: 100}
	for _, change := range configure {
		change(&c)
	}
	jobs := NewJobs(c)
	b.t.Cleanup(func() { _ = jobs.Close() })
	return jobs
}

func (b *bench) startImport(jobs *Jobs, file, key string) string {
	b.t.Helper()
	started, err := jobs.StartImport(b.t.Context(), "test.csv", int64(len(file)), strings.NewReader(file), by(operator, key, "import"))
	require.NoError(b.t, err)
	return started.ID
}

// ended waits for the end of a job.
func (b *bench) ended(jobs *Jobs, id string) job.Job {
	b.t.Helper()
	progress, err := jobs.Watch(b.t.Context(), id)
	require.NoError(b.t, err)
	var last job.Job
	for last = range progress {
	}
	require.True(b.t, last.Ended())
	return last
}

func (b *bench) refusals(jobs *Jobs, id string) []job.Refusal {
	b.t.Helper()
	refusals, err := jobs.Refusals(b.t.Context(), id, 0, job.MaxRefusals)
	require.NoError(b.t, err)
	return refusals
}

// by gives a command in somebody's name under a key with a body.
func by(p domain.Principal, key, body string) domain.Instruction {
	hash := sha256.Sum256([]byte(body))
	return domain.Instruction{By: p, Key: key, BodyHash: hex.EncodeToString(hash[:])}
}

func opening() sourcerequest.Open {
	return sourcerequest.Open{
		PackageID: "P1", MovieID: "M1", Title: "The Last Tram", MovieType: sourcerequest.MovieStandalone, ContentPartner: "halden",
		FulfillmentPartner: juniper.Organisation, SourceType: sourcerequest.SourceSubs, Language: "Dutch", Countries: []string{"Netherlands"},
		DueDate: domain.NewDate(2026, time.December, 24),
	}
}

func comment(n int) sourcerequest.AddComment {
	return sourcerequest.AddComment{CommentID: fmt.Sprint("c", n), Text: fmt.Sprint("comment ", n)}
}

// breakingLog is a real log that can fail before or after an append, and before
// a deletion.
type breakingLog struct {
	Log
	mu           sync.Mutex
	beforeAppend func(stream string) error
	afterAppend  func(stream string) error
	beforeDelete func(stream string) error
}

func (l *breakingLog) DeleteStream(ctx context.Context, stream string) error {
	if before := l.beforeDelete; before != nil {
		if err := before(stream); err != nil {
			return err
		}
	}
	return l.Log.DeleteStream(ctx, stream)
}

// set makes appends fail from now on, if before says so.
func (l *breakingLog) set(before func(stream string) error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.beforeAppend = before
}

func (l *breakingLog) Append(ctx context.Context, stream string, expected domain.Version, drafts []domain.Draft) (domain.Version, domain.Position, error) {
	l.mu.Lock()
	before, after := l.beforeAppend, l.afterAppend
	l.mu.Unlock()
	if before != nil {
		if err := before(stream); err != nil {
			return domain.Version{}, 0, err
		}
	}
	version, position, err := l.Log.Append(ctx, stream, expected, drafts)
	if err == nil && after != nil {
		err = after(stream)
	}
	return version, position, err
}

func mustJSON(t testing.TB, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return b
}
