package main

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/eventstore"
	"backlot/eventstore/embedded"
	"backlot/internal/redistest"
	"backlot/projections/bus"
)

const stream = "backlot.source_requests"

// requests is source requests in an event store, changed by random commands.
type requests struct {
	store    *eventstore.Store
	mu       sync.Mutex
	states   map[string]sourcerequest.State
	versions map[string]domain.Version
	kinds    map[string]int // of the events so far
	end      domain.Position
}

func newRequests(t *testing.T) *requests {
	t.Helper()
	server, err := embedded.Open(t.Context(), embedded.Options{Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { _ = server.Close() })
	store, err := eventstore.Connect(eventstore.Config{Client: server.ClientConfiguration()})
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close() })
	return &requests{store: store, states: map[string]sourcerequest.State{}, versions: map[string]domain.Version{}, kinds: map[string]int{}}
}

func pick[T any](r *rand.Rand, values ...T) T { return values[r.IntN(len(values))] }

func row(r *rand.Rand) sourcerequest.Row {
	return sourcerequest.Row{
		PackageID: "P-1", MovieID: "1", Title: "Harbour Lights", MovieType: sourcerequest.MovieEpisode, IsOriginal: new(bool),
		ContentPartner: "studio", FulfillmentPartner: "post-house", SourceType: sourcerequest.SourceDubs, ServiceType: sourcerequest.ServiceCreate,
		Language: "Korean", Countries: []string{"Peru"}, DueDate: domain.NewDate(2026, 12, 24), EstimatedDeliveryDate: domain.NewDate(2026, 12, 24),
		MaterialStatus: sourcerequest.MaterialReceived, Status: pick(r, sourcerequest.Statuses()...),
	}
}

// draw draws a command that moves statuses: mostly the next step of a delivery,
// otherwise what quality control or an operator might do.
func draw(r *rand.Rand, s sourcerequest.State) sourcerequest.Command {
	if r.IntN(4) > 0 {
		if c := onward(r, s); c != nil {
			return c
		}
	}
	issue := fmt.Sprint("i", r.IntN(9))
	switch r.IntN(9) {
	case 0:
		return sourcerequest.Cancel{}
	case 1, 2:
		return sourcerequest.Reinstate{}
	case 3:
		return sourcerequest.Upgrade{ReplacedBy: "SR-0"}
	case 4:
		return sourcerequest.RequestRedelivery{Scope: sourcerequest.RedeliveryFull, Reasons: []string{"sync"}}
	case 5, 6:
		return sourcerequest.RecordQualityControl{ResultID: uuid.NewString()[:8], Check: sourcerequest.CheckFull, Passed: r.IntN(2) == 0, Issues: []sourcerequest.Issue{
			{ID: issue, Code: "typo", Severity: pick(r, sourcerequest.SeverityFYI, sourcerequest.SeverityIssue), Description: "d"},
		}}
	default:
		if n := len(s.QualityControls); n > 0 {
			issue = s.QualityControls[r.IntN(n)].Issues[0].ID
		}
		return sourcerequest.AnswerQCIssue{IssueID: issue, Answer: pick(r, sourcerequest.AnswerWillFix, sourcerequest.AnswerBestPossible)}
	}
}

// onward returns what happens next to the newest delivery; nil for nothing.
func onward(r *rand.Rand, s sourcerequest.State) sourcerequest.Command {
	n := len(s.Deliveries)
	if n > 0 {
		d := s.Deliveries[n-1]
		switch {
		case d.Files[0].DeliveredAt.IsZero():
			return sourcerequest.DeliverFile{DeliveryID: d.ID, FileID: "f1", Size: 7, SHA256: strings.Repeat("a", 64)}
		case d.CompletedAt.IsZero():
			return sourcerequest.CompleteDelivery{DeliveryID: d.ID}
		case d.InspectedAt.IsZero():
			findings := []sourcerequest.Finding{{ID: "n1", Code: "Commercial Blacks", Text: "a"}, {ID: "n2", Code: "Telecine Detected", Text: "b"}}
			return sourcerequest.RecordInspection{DeliveryID: d.ID, Findings: findings[:r.IntN(3)]}
		}
		for _, f := range d.Findings {
			if !f.Overridden && r.IntN(3) > 0 {
				return sourcerequest.OverrideFinding{DeliveryID: d.ID, FindingID: f.ID, Reason: "it is a fade"}
			}
		}
	}
	if !s.Status.IsOpen() {
		return nil
	}
	return sourcerequest.StartDelivery{
		DeliveryID: fmt.Sprint("d", n+1), Method: sourcerequest.MethodAPI, Files: []sourcerequest.DeclaredFile{{ID: "f1", Name: "a.mov", Size: 7}},
	}
}

// change imports each request that is not there, gives each up to n commands
// and appends what came of them at once.
func (q *requests) change(t *testing.T, count, n int, seed uint64) {
	t.Helper()
	var group errgroup.Group
	group.SetLimit(16)
	for i := range count {
		group.Go(func() error {
			r := rand.New(rand.NewPCG(seed, uint64(i)))
			id := fmt.Sprintf("SR-%d", i)
			q.mu.Lock()
			state, version := q.states[id], q.versions[id]
			q.mu.Unlock()
			var drafts []domain.Draft
			give := func(c sourcerequest.Command) {
				events, err := sourcerequest.Decide(state, c)
				if err != nil {
					return
				}
				for _, e := range events {
					at := domain.Occurrence{At: time.UnixMilli(1_795_000_000_000).UTC(), Revision: version.Revision + uint64(len(drafts))}
					state = sourcerequest.Evolve(state, e, at)
					drafts = append(drafts, domain.Draft{ID: uuid.New(), Event: e, Metadata: domain.Metadata{OccurredAt: at.At}})
				}
			}
			if !state.Exists() {
				give(sourcerequest.ImportRow{Row: row(r)})
			}
			for range r.IntN(n + 1) {
				give(draw(r, state))
			}
			if len(drafts) == 0 {
				return nil
			}
			version, position, err := q.store.Append(context.Background(), sourcerequest.StreamOf(id), version, drafts)
			q.mu.Lock()
			defer q.mu.Unlock()
			for _, d := range drafts {
				q.kinds[d.Event.(sourcerequest.Event).Kind()]++
			}
			q.states[id], q.versions[id], q.end = state, version, max(q.end, position)
			return err
		})
	}
	require.NoError(t, group.Wait())
}

// requireSame holds the consumer's statuses against the domain's.
func (q *requests) requireSame(t *testing.T, c *consumer) {
	t.Helper()
	require.Len(t, c.requests, len(q.states))
	for id, want := range q.states {
		require.Equal(t, string(want.Status), c.requests[id].Status, id)
	}
}

func publish(t *testing.T, q *requests, c *redis.Client) func() {
	t.Helper()
	to, err := bus.ParseTarget("redis://"+c.Options().Addr, stream, 0)
	require.NoError(t, err)
	p, err := bus.New(bus.Config{Log: q.store, Target: to, Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = p.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-ended })
	return func() {
		require.Eventually(t, func() bool { return p.Progress().Position >= q.end }, 30*time.Second, time.Millisecond)
	}
}

// What the bus tells from its beginning leads to the statuses that the portal
// shows, also over restarts of the consumer and repetitions.
func TestTheConsumerFoldsToTheSameStatuses(t *testing.T) {
	redistest.Each(t, func(t *testing.T, r *redis.Client) {
		q := newRequests(t)
		caughtUp := publish(t, q, r)
		q.change(t, 500, 10, 1)
		caughtUp()
		c := &consumer{redis: r, stream: stream, group: "statuses", once: true}
		require.NoError(t, c.run(t.Context()))
		q.requireSame(t, c)

		q.change(t, 500, 10, 2)
		caughtUp()
		seen := map[string]int{}
		for _, s := range q.states {
			seen[string(s.Status)]++
		}
		require.Len(t, seen, len(sourcerequest.Statuses()), "the commands reach every status")
		for _, kind := range []string{"delivery_inspected", "finding_overridden", "quality_control_recorded", "qc_issue_answered", "redelivery_requested", "cancelled", "reinstated", "upgraded"} {
			require.Greater(t, q.kinds[kind], 20, kind)
		}

		// Handed out to a consumer that ended before it acknowledged.
		handed, err := r.XReadGroup(t.Context(), &redis.XReadGroupArgs{Group: "statuses", Consumer: "one", Streams: []string{stream, ">"}, Count: 40, Block: -1}).Result()
		require.NoError(t, err)
		require.Len(t, handed[0].Messages, 40)
		// And some come a second time, behind what they were before.
		for _, m := range handed[0].Messages[:20] {
			require.NoError(t, r.XAdd(t.Context(), &redis.XAddArgs{Stream: stream, Values: m.Values}).Err())
		}
		again := &consumer{redis: r, stream: stream, group: "statuses", once: true}
		require.NoError(t, again.run(t.Context()))
		q.requireSame(t, again)
		pending, err := r.XPending(t.Context(), stream, "statuses").Result()
		require.NoError(t, err)
		require.Zero(t, pending.Count)

		other := &consumer{redis: r, stream: stream, group: "another", once: true}
		require.NoError(t, other.run(t.Context()))
		q.requireSame(t, other)
	})
}

func TestTheConsumerSaysWhatItCannotRead(t *testing.T) {
	r := redistest.Embedded(t)
	require.NoError(t, r.XAdd(t.Context(), &redis.XAddArgs{Stream: stream, ID: "7-0", Values: map[string]any{"payload": "{}"}}).Err())
	c := &consumer{redis: r, stream: stream, group: "statuses", once: true}
	require.ErrorContains(t, c.run(t.Context()), "message 7-0")
}
