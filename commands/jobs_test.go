package commands

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"backlot/domain"
	"backlot/domain/job"
	"backlot/domain/sourcerequest"
)

var newDate = domain.NewDate(2027, time.January, 15)

// manyRequests opens requests and returns them as a job's items.
func (b *bench) manyRequests(n int) []job.Item {
	b.t.Helper()
	items := make([]job.Item, n)
	for i := range items {
		items[i].ID = fmt.Sprintf("R%05d", i)
	}
	each(context.Background(), context.Background(), items, func(_ int, item job.Item) { b.open(item.ID) })
	return items
}

func move(items []job.Item) job.Order {
	return job.Order{
		Action: job.ActionEDD, Command: sourcerequest.ChangeEstimatedDeliveryDate{Date: newDate, Reason: "the actor is ill"}, Query: "language=Dutch",
		Choose: func(context.Context) ([]job.Item, domain.Position, error) { return items, 77, nil },
	}
}

func (b *bench) startBulk(jobs *Jobs, o job.Order, i domain.Instruction) string {
	b.t.Helper()
	started, err := jobs.StartBulk(b.t.Context(), o, i)
	require.NoError(b.t, err)
	require.Equal(b.t, job.Running, started.Phase)
	return started.ID
}

// requireMovedOnce: each request was opened and moved, and nothing else.
func (b *bench) requireMovedOnce(items []job.Item) {
	b.t.Helper()
	for _, item := range items {
		events := b.requestEvents(item.ID)
		require.Len(b.t, events, 2, item.ID)
		require.Equal(b.t, newDate, events[1].Event.(sourcerequest.EstimatedDeliveryDateChanged).Date)
	}
}

func TestABulkJobChangesEachRequestOnce(t *testing.T) {
	b := newBench(t)
	items := b.manyRequests(210)
	jobs := b.jobs(t.TempDir())
	i := by(juniper, "k", "body")
	i.CorrelationID = uuid.New()
	id := b.startBulk(jobs, move(items), i)
	progress, err := jobs.Watch(t.Context(), id)
	require.NoError(t, err)
	var report job.Job
	for report = range progress {
	}
	require.Equal(t, job.Finished, report.Phase)
	require.Equal(t, []int{210, 210, 3}, []int{report.Total, report.Changed, report.Next})
	require.EqualValues(t, 77, report.ChosenAt)
	b.requireMovedOnce(items)
	moved := b.requestEvents("R00000")[1]
	require.Equal(t, juniper, moved.Metadata.Actor)
	require.Equal(t, i.CorrelationID, moved.Metadata.CorrelationID)

	listed := 0
	for _, e := range b.events(job.StreamOf(id)) {
		if l, ok := e.Event.(job.Listed); ok {
			require.LessOrEqual(t, len(l.Items), jobs.Chunk)
			listed += len(l.Items)
		}
	}
	require.Equal(t, 210, listed)

	// The same command is the same job, and another body under its key none.
	again, err := jobs.StartBulk(t.Context(), move(nil), i)
	require.NoError(t, err)
	require.Equal(t, id, again.ID)
	require.Equal(t, job.Finished, again.Phase)
	_, err = jobs.StartBulk(t.Context(), move(items), by(juniper, "k", "another body"))
	require.Equal(t, domain.CodeKeyReused, domain.ErrorCode(err))

	// There is nothing left to change.
	report = b.ended(jobs, b.startBulk(jobs, move(items[:10]), by(juniper, "k2", "body")))
	require.Equal(t, 10, report.Unchanged)
}

func TestABulkJobGoesOnAfterARestart(t *testing.T) {
	b := newBench(t)
	items := b.manyRequests(250)
	jobs := b.jobs(t.TempDir())
	reached := make(chan struct{})
	var once sync.Once
	b.log.set(func(stream string) error {
		if stream == sourcerequest.StreamOf("R00150") {
			once.Do(func() { close(reached) })
			return domain.Errorf(domain.CodeUnavailable, "the event store does not answer")
		}
		return nil
	})
	id := b.startBulk(jobs, move(items), by(juniper, "k", "body"))
	<-reached
	require.Eventually(t, func() bool { return len(b.requestEvents("R00140")) == 2 }, time.Minute, time.Millisecond)
	require.NoError(t, jobs.Close())
	left, err := jobs.Job(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, job.Running, left.Phase)
	require.Equal(t, 100, left.Changed, "the second chunk is not done, though much of it is")

	// Meanwhile somebody decides otherwise: that stays.
	_, err = b.requests.Change(t.Context(), "R00140", sourcerequest.ChangeEstimatedDeliveryDate{Date: newDate + 1, Reason: "again"}, by(operator, "k", "x"))
	require.NoError(t, err)
	b.log.set(nil)
	b.restart()
	jobs = b.jobs(t.TempDir())
	report := b.ended(jobs, id)
	require.Equal(t, job.Finished, report.Phase)
	require.Equal(t, 250, report.Changed)
	require.Equal(t, newDate+1, b.state("R00140").EstimatedDeliveryDate())
	require.Len(t, b.requestEvents("R00140"), 3)
	b.requireMovedOnce(append(append([]job.Item(nil), items[:140]...), items[141:]...))
}

func TestTwoProcessesDoAJobOnce(t *testing.T) {
	b := newBench(t)
	items := b.manyRequests(150)
	one, other := b.jobs(t.TempDir()), b.jobs(t.TempDir())
	id := b.startBulk(one, move(items), by(juniper, "k", "body"))
	progress, err := other.Watch(t.Context(), id)
	require.NoError(t, err)
	var report job.Job
	for report = range progress {
		b.clock.Add(int64(lease)) // whoever was slower takes over at once
	}
	require.Equal(t, job.Finished, report.Phase)
	require.Equal(t, 150, report.Changed)
	b.requireMovedOnce(items)
	progressed := 0
	for _, e := range b.events(job.StreamOf(id)) {
		if _, ok := e.Event.(job.Progressed); ok {
			progressed++
		}
	}
	require.Equal(t, 2, progressed)
}

func TestAStoppedBulkJobKeepsWhatItDid(t *testing.T) {
	b := newBench(t)
	items := b.manyRequests(250)
	jobs := b.jobs(t.TempDir())
	b.stopAt(jobs, "R00120")
	report := b.ended(jobs, b.startBulk(jobs, move(items), by(juniper, "k", "body")))
	require.Equal(t, job.Stopped, report.Phase)
	require.GreaterOrEqual(t, report.Changed, 100)
	require.LessOrEqual(t, report.Changed, 200, "what was under way in the second chunk of 100 may be ended, the third is not begun")
	require.Equal(t, 250-report.Changed, report.NotDone())
	b.requireMovedOnce(items[:report.Changed])
	for _, item := range items[report.Changed:] {
		require.Len(t, b.requestEvents(item.ID), 1)
	}
}

func TestOnlyWhoBeganAJobAndOperatorsStopIt(t *testing.T) {
	b := newBench(t)
	jobs := b.jobs(t.TempDir())
	require.NoError(t, jobs.Close()) // nobody works on it
	id := b.startBulk(jobs, move(nil), by(juniper, "k", "body"))
	_, err := jobs.Stop(t.Context(), id, "", by(lantern, "s", ""))
	require.Equal(t, domain.CodeForbidden, domain.ErrorCode(err))
	_, err = jobs.Stop(t.Context(), uuid.NewString(), "", by(operator, "s", ""))
	require.Equal(t, domain.CodeNotFound, domain.ErrorCode(err))
	for _, who := range []domain.Principal{juniper, operator} {
		stopped, err := jobs.Stop(t.Context(), id, "the wrong date", by(who, "s", ""))
		require.NoError(t, err)
		require.True(t, stopped.Stopping)
	}
}

// accounts are who everybody is now.
type accounts struct {
	mu  sync.Mutex
	now map[string]domain.Principal
}

func (a *accounts) Principal(account string) (domain.Principal, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	p, ok := a.now[account]
	return p, ok
}

func TestRightsThatAreLostInTheMiddleEndWhatOneMayDo(t *testing.T) {
	for name, c := range map[string]struct {
		now  map[string]domain.Principal
		code domain.Code
	}{
		"the account is closed":       {nil, domain.CodeForbidden},
		"it audits now":               {map[string]domain.Principal{juniper.Account: {Account: juniper.Account, Role: domain.RoleAuditor}}, domain.CodeForbidden},
		"it belongs to somebody else": {map[string]domain.Principal{juniper.Account: lantern}, domain.CodeNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			items := b.manyRequests(110)
			known := &accounts{now: map[string]domain.Principal{juniper.Account: juniper}}
			jobs := b.jobs(t.TempDir(), func(c *JobsConfig) { c.Principals = known })
			b.log.set(func(stream string) error {
				if stream == sourcerequest.StreamOf("R00050") {
					known.mu.Lock()
					known.now = c.now
					known.mu.Unlock()
				}
				return nil
			})
			id := b.startBulk(jobs, move(items), by(juniper, "k", "body"))
			report := b.ended(jobs, id)
			require.Equal(t, job.Finished, report.Phase)
			require.Equal(t, []int{100, 10}, []int{report.Changed, report.Refused})
			refusals := b.refusals(jobs, id)
			require.Len(t, refusals, 10)
			for _, r := range refusals {
				require.Equal(t, c.code, r.Code)
			}
			b.requireMovedOnce(items[:100])
			require.Len(t, b.requestEvents("R00100"), 1)
		})
	}
}

func TestAnImporterWhoLosesTheRightImportsNoMore(t *testing.T) {
	b := newBench(t)
	known := &accounts{now: map[string]domain.Principal{operator.Account: operator}}
	jobs := b.jobs(t.TempDir(), func(c *JobsConfig) { c.Principals = known })
	b.log.set(func(stream string) error {
		if stream == sourcerequest.StreamOf("S50") {
			known.mu.Lock()
			known.now = nil
			known.mu.Unlock()
		}
		return nil
	})
	report := b.ended(jobs, b.startImport(jobs, manyRows(110), "k"))
	require.Equal(t, job.Failed, report.Phase)
	require.Equal(t, domain.CodeForbidden, report.Code)
	require.Equal(t, 100, report.Opened)
	require.Empty(t, b.requestEvents("S100"))
}

// A beginning that was cut off leaves no job; the same command begins anew.
func TestAListThatWasCutOffIsBegunAnew(t *testing.T) {
	b := newBench(t)
	items := b.manyRequests(150)
	jobs := b.jobs(t.TempDir())
	i := by(juniper, "k", "body")
	id := i.NewID("job")
	var appends atomic.Int64
	b.log.set(func(stream string) error {
		if stream == job.StreamOf(id) && appends.Add(1) == 3 {
			return domain.Errorf(domain.CodeUnavailable, "the event store does not answer")
		}
		return nil
	})
	_, err := jobs.StartBulk(t.Context(), move(items), i)
	require.Equal(t, domain.CodeUnavailable, domain.ErrorCode(err))
	_, err = jobs.Job(t.Context(), id)
	require.Equal(t, domain.CodeNotFound, domain.ErrorCode(err))
	_, err = jobs.StartBulk(t.Context(), move(items), by(juniper, "k", "another body"))
	require.Equal(t, domain.CodeKeyReused, domain.ErrorCode(err))

	b.restart()
	require.NoError(t, jobs.Close())
	jobs = b.jobs(t.TempDir())
	require.Equal(t, id, b.startBulk(jobs, move(items[:120]), i))
	report := b.ended(jobs, id)
	require.Equal(t, []int{120, 120}, []int{report.Total, report.Changed})
	ids := map[uuid.UUID]bool{}
	for _, e := range b.events(job.StreamOf(id)) {
		require.False(t, ids[e.ID], "an event id is used twice")
		ids[e.ID] = true
	}
}

// The answer to an append of the job's own may be lost.
func TestALostAcknowledgementOfProgressIsNoOtherProcess(t *testing.T) {
	b := newBench(t)
	items := b.manyRequests(110)
	jobs := b.jobs(t.TempDir())
	var lost atomic.Int64
	accepted := make(chan struct{})
	b.log.set(func(stream string) error {
		if strings.HasPrefix(stream, sourcerequest.StreamPrefix) {
			<-accepted
		}
		return nil
	})
	id := b.startBulk(jobs, move(items), by(juniper, "k", "body"))
	b.log.mu.Lock()
	b.log.afterAppend = func(stream string) error {
		if stream == job.StreamOf(id) {
			lost.Add(1)
			return domain.Errorf(domain.CodeTimeout, "no answer")
		}
		return nil
	}
	b.log.mu.Unlock()
	close(accepted)
	report := b.ended(jobs, id)
	require.Equal(t, 110, report.Changed)
	// The directory may know of the end before the answer to it is lost.
	require.Eventually(t, func() bool { return lost.Load() == 2 }, 10*time.Second, time.Millisecond)
}

func TestAnActionThatThisVersionDoesNotKnowFailsTheJob(t *testing.T) {
	b := newBench(t)
	jobs := b.jobs(t.TempDir())
	began, err := jobs.accept(t.Context(), &job.Begin{Kind: job.Bulk, Action: "teleport", Parameters: json.RawMessage("{}")},
		func(context.Context) ([]job.Item, domain.Position, error) { return []job.Item{{ID: "1"}}, 0, nil }, by(operator, "k", "x"))
	require.NoError(t, err)
	report := b.ended(jobs, began.ID)
	require.Equal(t, job.Failed, report.Phase)
	require.Contains(t, report.Reason, "teleport")
}

// The parameters are part of the log: what was written is read for ever.
func TestParametersOfActionsAreAFormat(t *testing.T) {
	ptr := func(s string) *string { return &s }
	movie, source, service, yes := sourcerequest.MovieEpisode, sourcerequest.SourceSubs, sourcerequest.ServiceCreate, true
	for _, c := range []struct {
		action  string
		command sourcerequest.Command
		written string
	}{
		{job.ActionComment, sourcerequest.AddComment{TextID: "t"}, `{"textId":"t"}`},
		{job.ActionComment, sourcerequest.AddComment{Text: "hello"}, `{"text":"hello"}`},
		{job.ActionEdit, sourcerequest.Edit{
			PackageID: ptr("p"), MovieID: ptr("m"), Title: ptr("t"), MovieType: &movie, IsOriginal: &yes, ContentPartner: ptr("c"), SourceType: &source,
			ServiceType: &service, Language: ptr("l"), Countries: []string{"Peru"}, DueDate: &newDate, FulfillmentPartner: ptr("f"), SubAssignee: ptr(""),
		}, `{"packageId":"p","movieId":"m","title":"t","movieType":"Episode","isOriginal":true,"contentPartner":"c","sourceType":"Subs","serviceType":"Create","language":"l","countries":["Peru"],"dueDate":"2027-01-15","fulfillmentPartner":"f","subAssignee":""}`},
		{job.ActionAssign, sourcerequest.Edit{FulfillmentPartner: ptr("")}, `{"fulfillmentPartner":""}`},
		{job.ActionResponsible, sourcerequest.ChangeResponsible{Organisation: "o", Account: "a"}, `{"organisation":"o","account":"a"}`},
		{job.ActionMaterialStatus, sourcerequest.ChangeMaterialStatus{MaterialStatus: sourcerequest.MaterialRejected, Reason: "r"}, `{"materialStatus":"Rejected","reason":"r"}`},
		{job.ActionEDD, sourcerequest.ChangeEstimatedDeliveryDate{Date: newDate, Reason: "r"}, `{"date":"2027-01-15","reason":"r"}`},
		{job.ActionEDD, sourcerequest.ChangeEstimatedDeliveryDate{Reason: "r"}, `{"reason":"r"}`},
		{job.ActionRedelivery, sourcerequest.RequestRedelivery{Scope: sourcerequest.RedeliveryMetadataOnly, Reasons: []string{"r"}}, `{"scope":"Metadata Only","reasons":["r"]}`},
		{job.ActionCancel, sourcerequest.Cancel{Reason: "r"}, `{"reason":"r"}`},
		{job.ActionReinstate, sourcerequest.Reinstate{}, `{}`},
	} {
		written, err := encodeAction(c.action, c.command)
		require.NoError(t, err)
		require.Equal(t, c.written, string(written))
		read, err := decodeAction(c.action, written)
		require.NoError(t, err)
		require.Equal(t, c.command, read)
	}
	_, err := encodeAction("upgrade", sourcerequest.Upgrade{})
	require.ErrorIs(t, err, errNoAction)
}

// A chunk of the longest refusals still fits into one event.
func TestRefusalsOfAChunkFitIntoAnEvent(t *testing.T) {
	b := newBench(t)
	var file strings.Builder
	file.WriteString("request_id,status\n")
	for n := range 1_000 {
		fmt.Fprintf(&file, "S%d,%s\n", n, strings.Repeat(`\é`, 9_000))
	}
	jobs := b.jobs(t.TempDir(), func(c *JobsConfig) { c.Chunk = job.MaxChunk })
	report := b.ended(jobs, b.startImport(jobs, file.String(), "k"))
	require.Equal(t, job.Finished, report.Phase, report.Reason)
	require.Equal(t, 1_000, report.Refused)
	refusals := b.refusals(jobs, report.ID)
	require.Len(t, refusals, 1_000)
	require.Equal(t, "status", refusals[999].Field)
	page, err := jobs.Refusals(t.Context(), report.ID, 990, 7)
	require.NoError(t, err)
	require.Equal(t, refusals[990:997], page)
}

// Whatever ids a file has, in whatever quoting, and however many share a hash:
// the second use of an id is found, also after reading on from an offset.
func TestTheSecondUseOfAnIDIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		used := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "dd", "A"}), 1, 12).Draw(t, "ids")
		var file strings.Builder
		file.WriteString(rapid.SampledFrom([]string{"", "\xef\xbb\xbf"}).Draw(t, "BOM") + "title,request_id\n")
		var offsets []int64
		for _, id := range used {
			offsets = append(offsets, int64(file.Len()))
			file.WriteString(rapid.SampledFrom([]string{"x,%s\n", "\"x, y\",\"%s\"\n", "x, %s \r\n", strings.Repeat("long ", 300) + ",%s\n"}).Draw(t, "line"))
			line := strings.Replace(file.String()[offsets[len(offsets)-1]:], "%s", id, 1)
			head := file.String()[:offsets[len(offsets)-1]]
			file.Reset()
			file.WriteString(head + line)
		}
		read := func(from int) {
			r, err := newRowReader(strings.NewReader(file.String()))
			require.NoError(t, err)
			if rapid.Bool().Draw(t, "same hash") {
				r.seen.hash = func(id string) uint64 { return uint64(len(id)) }
			}
			require.NoError(t, r.skipTo(t.Context(), offsets[from]))
			for n := from; n < len(used); n++ {
				row, err := r.next()
				require.NoError(t, err)
				require.Equal(t, n+2, row.line)
				first := 0
				for used[first] != used[n] {
					first++
				}
				if first == n {
					require.Nil(t, row.refusal)
					require.Equal(t, used[n], row.id)
				} else {
					require.Equal(t, fmt.Sprintf("request_id %s is used already on line %d", used[n], first+2), row.refusal.Message)
				}
			}
		}
		read(0)
		read(rapid.IntRange(0, len(used)-1).Draw(t, "from"))
	})
}
