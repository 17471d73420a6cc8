package inspection_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/commands"
	"backlot/domain"
	"backlot/domain/checkpoint"
	"backlot/domain/finding"
	"backlot/domain/organisation"
	"backlot/domain/sourcerequest"
	"backlot/eventstore"
	"backlot/eventstore/embedded"
	. "backlot/inspection"
	"backlot/projections/worker"
)

var (
	noon     = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	house    = domain.Principal{Account: "hana", Organisation: "house", Role: domain.RoleFulfillmentPartner}
	operator = domain.Principal{Account: "olga", Role: domain.RoleOperator}
)

// portal is an event store with requests in it, and a store of files.
type portal struct {
	*eventstore.Store
	t        testing.TB
	requests *commands.SourceRequests
	close    func()

	mu      sync.Mutex
	files   map[string]string
	away    func(id string) error // why a file cannot be opened; nil if it can be
	looked  map[string]int        // inspections by name of the file
	inspect func(context.Context, Asset, []File) (Verdict, error)
}

func newPortal(t testing.TB, dir string) *portal {
	t.Helper()
	server, err := embedded.Open(context.Background(), embedded.Options{Dir: dir})
	require.NoError(t, err)
	store, err := eventstore.Connect(eventstore.Config{Client: server.ClientConfiguration()})
	require.NoError(t, err)
	p := &portal{Store: store, t: t, close: sync.OnceFunc(func() { _, _ = store.Close(), server.Close() }), files: map[string]string{}, looked: map[string]int{}, inspect: Tools{}.Inspect}
	t.Cleanup(p.close)
	p.requests = commands.NewSourceRequests(commands.Config{Log: store, Organisations: organisation.NewDirectory(), Now: func() time.Time { return noon }, Logger: slog.New(slog.DiscardHandler)})
	return p
}

// delivered opens a request for Korean subtitles that a file was delivered for;
// the file is in the store unless it is "".
func (p *portal) delivered(id, content string) {
	p.t.Helper()
	if content != "" {
		p.mu.Lock()
		p.files["file-"+id] = content
		p.mu.Unlock()
	}
	hash := strings.Repeat("ab", 32)
	p.append(id, sourcerequest.Opened{
		PackageID: "p", MovieID: "m", Title: "A Title", MovieType: sourcerequest.MovieStandalone, ContentPartner: "studio", FulfillmentPartner: "house",
		SourceType: sourcerequest.SourceSubs, ServiceType: sourcerequest.ServiceCreate, Language: "Korean", Countries: []string{"Japan"},
		DueDate: domain.NewDate(2026, 12, 24), MaterialStatus: sourcerequest.MaterialAccepted, Status: sourcerequest.StatusOpen,
	}, sourcerequest.DeliveryStarted{DeliveryID: "d1", Method: sourcerequest.MethodAPI, Files: []sourcerequest.DeclaredFile{{ID: "file-" + id, Name: id + ".srt", Size: int64(len(content))}}},
		sourcerequest.FileDelivered{DeliveryID: "d1", FileID: "file-" + id, Size: int64(len(content)), SHA256: hash}, sourcerequest.DeliveryCompleted{DeliveryID: "d1"})
}

func (p *portal) append(id string, events ...sourcerequest.Event) {
	p.t.Helper()
	var drafts []domain.Draft
	for _, e := range events {
		drafts = append(drafts, domain.Draft{ID: uuid.New(), Event: e, Metadata: domain.Metadata{OccurredAt: noon, Actor: house}})
	}
	_, _, err := p.Append(context.Background(), sourcerequest.StreamOf(id), domain.Version{}, drafts)
	require.NoError(p.t, err)
}

func (p *portal) give(by domain.Principal, id string, c sourcerequest.Command) sourcerequest.Outcome {
	p.t.Helper()
	o, err := p.requests.Change(context.Background(), id, c, domain.Instruction{By: by, Key: uuid.NewString(), BodyHash: "x"})
	require.NoError(p.t, err)
	return o
}

func (p *portal) open(_ context.Context, id string) (Content, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.away != nil {
		if err := p.away(id); err != nil {
			return nil, err
		}
	}
	s, ok := p.files[id]
	if !ok {
		return nil, domain.Errorf(domain.CodeNotFound, "the file is not there")
	}
	return content{bytes.NewReader([]byte(s))}, nil
}

// state folds a request, and counts its verdicts.
func (p *portal) state(id string) (s sourcerequest.State, verdicts int) {
	p.t.Helper()
	err := p.ReadStream(context.Background(), sourcerequest.StreamOf(id), func(r domain.Recorded) error {
		if _, is := r.Event.(sourcerequest.DeliveryInspected); is {
			verdicts++
			assert.Equal(p.t, domain.Principal{Account: "inspection", Role: domain.RoleSystem}, r.Metadata.Actor)
		}
		s = sourcerequest.Fold(s, r)
		return nil
	})
	require.NoError(p.t, err)
	return s, verdicts
}

// inspector returns an inspector and the worker that gives it the events.
func (p *portal) inspector(change ...func(*Config)) (*Inspector, *worker.Worker) {
	p.t.Helper()
	c := Config{
		Streams: p, Requests: p.requests, Open: p.open, Logger: slog.New(slog.DiscardHandler),
		Wait: func(ctx context.Context, _ time.Duration) error { return worker.Wait(ctx, time.Millisecond) },
		Inspect: func(ctx context.Context, a Asset, files []File) (Verdict, error) {
			for i := range files {
				files[i].SHA256 = "" // these tests are about something else
			}
			p.mu.Lock()
			p.looked[files[0].Name]++
			p.mu.Unlock()
			return p.inspect(ctx, a, files)
		},
	}
	for _, f := range change {
		f(&c)
	}
	i, err := NewInspector(c)
	require.NoError(p.t, err)
	w, err := worker.New(worker.Config{
		Log: p, Name: "inspection", Account: "inspection", Prefixes: []string{sourcerequest.StreamPrefix}, Each: i.Act, Logger: slog.New(slog.DiscardHandler),
		Patience: 300 * time.Millisecond,
	})
	require.NoError(p.t, err)
	return i, w
}

func (p *portal) run(w *worker.Worker) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		require.ErrorIs(p.t, <-ended, context.Canceled)
	})
	p.t.Cleanup(stop)
	return stop
}

func (p *portal) eventually(what string, is func() bool) {
	p.t.Helper()
	require.Eventually(p.t, is, 30*time.Second, time.Millisecond, what)
}

// becomes waits for a status.
func (p *portal) becomes(id string, status sourcerequest.Status) sourcerequest.State {
	p.t.Helper()
	var s sourcerequest.State
	p.eventually(id+" becomes "+string(status), func() bool { s, _ = p.state(id); return s.Status == status })
	return s
}

var emptyCue = strings.Replace(srt, "Hello.", "", 1)

func TestAVerdictForEachDelivery(t *testing.T) {
	p := newPortal(t, t.TempDir())
	p.delivered("clean", srt)
	p.delivered("broken", emptyCue)
	p.delivered("elsewhere", "")
	i, w := p.inspector()
	p.run(w)
	s := p.becomes("clean", sourcerequest.StatusProcessed)
	assert.Equal(t, []sourcerequest.Examination{{FileID: "file-clean", As: "SubRip subtitles"}}, s.Deliveries[0].Examined)

	s = p.becomes("broken", sourcerequest.StatusRedeliveryRequested)
	assert.Equal(t, sourcerequest.CauseInspection, s.Redelivery.Cause)
	assert.Equal(t, []string{"line 2, 00:00:01.000: The cue has no text."}, s.Redelivery.Reasons)
	f := s.Deliveries[0].Findings[0]
	assert.Equal(t, "file-broken", f.FileID)
	assert.Equal(t, finding.EmptyCue, f.Code)
	assert.False(t, f.Hard)
	o := p.give(house, "broken", sourcerequest.OverrideFinding{DeliveryID: "d1", FindingID: f.ID, Reason: "a pause"})
	assert.Equal(t, sourcerequest.StatusProcessed, o.State.Status)

	p.eventually("all are done", func() bool { return i.Progress() == Progress{Clean: 1, Found: 1, Elsewhere: 1} })
	s, verdicts := p.state("elsewhere")
	assert.Equal(t, sourcerequest.StatusDelivered, s.Status, "its verdict is given over the API")
	assert.Zero(t, verdicts)
}

// A redelivery is inspected like the delivery before it.
func TestARedelivery(t *testing.T) {
	p := newPortal(t, t.TempDir())
	p.delivered("a", emptyCue)
	_, w := p.inspector()
	p.run(w)
	p.becomes("a", sourcerequest.StatusRedeliveryRequested)
	p.mu.Lock()
	p.files["again"] = srt
	p.mu.Unlock()
	p.give(house, "a", sourcerequest.StartDelivery{DeliveryID: "d2", Method: sourcerequest.MethodAPI, Files: []sourcerequest.DeclaredFile{{ID: "again", Name: "a.srt", Size: int64(len(srt))}}})
	p.give(house, "a", sourcerequest.DeliverFile{DeliveryID: "d2", FileID: "again", Size: int64(len(srt)), SHA256: strings.Repeat("ab", 32)})
	p.give(house, "a", sourcerequest.CompleteDelivery{DeliveryID: "d2"})
	s := p.becomes("a", sourcerequest.StatusProcessed)
	assert.Len(t, s.Deliveries[0].Findings, 1)
	_, verdicts := p.state("a")
	assert.Equal(t, 2, verdicts)
}

// Even without its checkpoint, whatever was done is known by the requests.
func TestNothingIsInspectedTwice(t *testing.T) {
	p := newPortal(t, t.TempDir())
	for n := range 5 {
		p.delivered(fmt.Sprint("SR-", n), srt)
	}
	_, w := p.inspector()
	stop := p.run(w)
	for n := range 5 {
		p.becomes(fmt.Sprint("SR-", n), sourcerequest.StatusProcessed)
	}
	stop()
	require.NoError(t, p.DeleteStream(t.Context(), checkpoint.StreamOf("inspection")))
	i, w := p.inspector()
	p.run(w)
	p.delivered("last", srt)
	p.becomes("last", sourcerequest.StatusProcessed)
	for n := range 5 {
		_, verdicts := p.state(fmt.Sprint("SR-", n))
		assert.Equal(t, 1, verdicts)
		assert.Equal(t, 1, p.looked[fmt.Sprintf("SR-%d.srt", n)])
	}
	p.eventually("the last one only", func() bool { return i.Progress().Clean == 1 })
}

func TestTwoInspectorsAtOnceGiveOneVerdict(t *testing.T) {
	p := newPortal(t, t.TempDir())
	for n := range 20 {
		p.delivered(fmt.Sprint("SR-", n), []string{srt, emptyCue}[n%2])
	}
	for range 2 {
		_, w := p.inspector()
		p.run(w)
	}
	for n := range 20 {
		id := fmt.Sprint("SR-", n)
		p.becomes(id, []sourcerequest.Status{sourcerequest.StatusProcessed, sourcerequest.StatusRedeliveryRequested}[n%2])
	}
	for n := range 20 {
		_, verdicts := p.state(fmt.Sprint("SR-", n))
		assert.Equal(t, 1, verdicts)
	}
}

// Two that inspect the same delivery at the same moment, with different tools:
// the first verdict holds.
func TestTheFirstVerdictHolds(t *testing.T) {
	p := newPortal(t, t.TempDir())
	p.delivered("a", srt)
	var both sync.WaitGroup
	both.Add(2)
	meet := func(v Verdict) func(*Config) {
		return func(c *Config) {
			c.Inspect = func(context.Context, Asset, []File) (Verdict, error) {
				both.Done()
				both.Wait()
				return v, nil
			}
		}
	}
	clean, _ := p.inspector(meet(Verdict{}))
	strict, _ := p.inspector(meet(Verdict{Findings: []sourcerequest.Finding{{Code: finding.Telecine, Text: "3:2"}}}))
	completed := domain.Recorded{Stream: sourcerequest.StreamOf("a"), Event: sourcerequest.DeliveryCompleted{DeliveryID: "d1"}}
	var done sync.WaitGroup
	for _, i := range []*Inspector{clean, strict} {
		done.Go(func() { assert.NoError(t, i.Act(t.Context(), completed)) })
	}
	done.Wait()
	_, verdicts := p.state("a")
	assert.Equal(t, 1, verdicts)
}

// An operator who was quicker is not contradicted.
func TestAVerdictThatAPersonGaveMeanwhile(t *testing.T) {
	p := newPortal(t, t.TempDir())
	p.delivered("a", srt)
	i, _ := p.inspector(func(c *Config) {
		c.Inspect = func(context.Context, Asset, []File) (Verdict, error) {
			p.give(operator, "a", sourcerequest.RecordInspection{DeliveryID: "d1", Findings: []sourcerequest.Finding{{ID: "n", Code: finding.Telecine, Text: "3:2"}}})
			return Verdict{}, nil
		}
	})
	require.NoError(t, i.Act(t.Context(), domain.Recorded{Stream: sourcerequest.StreamOf("a"), Event: sourcerequest.DeliveryCompleted{DeliveryID: "d1"}}))
	var s sourcerequest.State
	require.NoError(t, p.ReadStream(t.Context(), sourcerequest.StreamOf("a"), func(r domain.Recorded) error { s = sourcerequest.Fold(s, r); return nil }))
	assert.Equal(t, sourcerequest.StatusRedeliveryRequested, s.Status)
	assert.Len(t, s.Deliveries[0].Findings, 1)
}

// A store that does not answer is asked again, and keeps nobody else waiting.
func TestAFileThatCannotBeReadForNow(t *testing.T) {
	p := newPortal(t, t.TempDir())
	p.delivered("first", srt)
	p.delivered("second", srt)
	inspected := p.inspect
	p.inspect = func(ctx context.Context, a Asset, files []File) (Verdict, error) {
		if s, _ := p.state("second"); files[0].Name == "first.srt" && s.Status != sourcerequest.StatusProcessed {
			return Verdict{}, &domain.Error{Code: domain.CodeUnavailable, Message: "the store of files does not answer"}
		}
		return inspected(ctx, a, files)
	}
	opened := 0
	p.away = func(id string) error {
		if opened++; opened%3 == 1 {
			return &domain.Error{Code: domain.CodeUnavailable, Message: "the store of files does not answer"}
		}
		return nil
	}
	i, w := p.inspector(func(c *Config) { c.AtOnce = 1 })
	p.run(w)
	p.becomes("second", sourcerequest.StatusProcessed)
	p.becomes("first", sourcerequest.StatusProcessed)
	assert.Positive(t, i.Progress().Retries)
}

// An inspection that takes long holds up neither others nor what comes after.
func TestALongInspection(t *testing.T) {
	p := newPortal(t, t.TempDir())
	gate := make(chan struct{})
	inspected := p.inspect
	p.inspect = func(ctx context.Context, a Asset, files []File) (Verdict, error) {
		if files[0].Name == "long.srt" {
			select {
			case <-gate:
			case <-ctx.Done():
				return Verdict{}, ctx.Err()
			}
		}
		return inspected(ctx, a, files)
	}
	p.delivered("long", srt)
	i, w := p.inspector()
	p.run(w)
	for n := range 5 {
		p.delivered(fmt.Sprint("SR-", n), srt)
	}
	for n := range 5 {
		p.becomes(fmt.Sprint("SR-", n), sourcerequest.StatusProcessed)
	}
	s, _ := p.state("long")
	assert.Equal(t, sourcerequest.StatusDelivered, s.Status)
	assert.Equal(t, 1, i.Progress().UnderWay)
	close(gate)
	p.becomes("long", sourcerequest.StatusProcessed)
	p.eventually("nothing is under way", func() bool { return i.Progress().UnderWay == 0 })
}

// A parser that breaks down ends neither the portal nor the request's waiting.
func TestAnInspectionThatBreaksDown(t *testing.T) {
	for name, breaks := range map[string]func() (Verdict, error){
		"panic": func() (Verdict, error) { panic("index out of range") },
		"error": func() (Verdict, error) { return Verdict{}, errors.New("no such tool") },
		"nothing": func() (Verdict, error) {
			return Verdict{Findings: []sourcerequest.Finding{{Code: "Of Nobody", Text: "x"}}}, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPortal(t, t.TempDir())
			p.delivered("a", srt)
			p.inspect = func(context.Context, Asset, []File) (Verdict, error) { return breaks() }
			i, w := p.inspector()
			p.run(w)
			s := p.becomes("a", sourcerequest.StatusRedeliveryRequested)
			require.Len(t, s.Deliveries[0].Findings, 1)
			f := s.Deliveries[0].Findings[0]
			assert.Equal(t, finding.InspectionFailed, f.Code)
			assert.False(t, f.Hard, "a person may look and accept")
			assert.NotContains(t, f.Text, "index out of range")
			if name != "nothing" {
				assert.Equal(t, 3, p.looked["a.srt"])
			}
			p.eventually("it is counted", func() bool { return i.Progress().Failed == 1 })
			o := p.give(operator, "a", sourcerequest.OverrideFinding{DeliveryID: "d1", FindingID: f.ID, Reason: "I watched it"})
			assert.Equal(t, sourcerequest.StatusProcessed, o.State.Status)
		})
	}
}

// One that breaks down once or twice is no verdict.
func TestAnInspectionThatRecovers(t *testing.T) {
	p := newPortal(t, t.TempDir())
	p.delivered("a", srt)
	inspected := p.inspect
	p.inspect = func(ctx context.Context, a Asset, files []File) (Verdict, error) {
		if p.looked["a.srt"] < 3 {
			panic("once more")
		}
		return inspected(ctx, a, files)
	}
	_, w := p.inspector()
	p.run(w)
	p.becomes("a", sourcerequest.StatusProcessed)
}

// A verdict cannot be given to a cancelled request; when it is reinstated it
// still waits for one.
func TestARequestThatIsCancelledAndReinstated(t *testing.T) {
	p := newPortal(t, t.TempDir())
	p.delivered("before", srt)
	p.give(operator, "before", sourcerequest.Cancel{})
	p.delivered("meanwhile", srt)
	inspected := p.inspect
	cancelled := false
	p.inspect = func(ctx context.Context, a Asset, files []File) (Verdict, error) {
		if files[0].Name == "meanwhile.srt" && !cancelled {
			cancelled = true
			p.give(operator, "meanwhile", sourcerequest.Cancel{})
		}
		return inspected(ctx, a, files)
	}
	_, w := p.inspector()
	p.run(w)
	p.delivered("other", srt)
	p.becomes("other", sourcerequest.StatusProcessed)
	p.becomes("meanwhile", sourcerequest.StatusCancelled)
	for _, id := range []string{"before", "meanwhile"} {
		_, verdicts := p.state(id)
		assert.Zero(t, verdicts)
		p.give(operator, id, sourcerequest.Reinstate{})
		p.becomes(id, sourcerequest.StatusProcessed)
	}
}

// killedHelper is the environment variable that makes this program the one that
// is killed in the middle of its inspections.
const killedHelper = "BACKLOT_TEST_INSPECTOR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(killedHelper); dir != "" {
		inspectUntilKilled(dir)
		return
	}
	os.Exit(m.Run())
}

// helperT is what a portal needs of a test, where there is none.
type helperT struct{ testing.TB }

func (helperT) Helper()                   {}
func (helperT) Cleanup(func())            {}
func (helperT) Errorf(f string, a ...any) { fmt.Fprintf(os.Stderr, f+"\n", a...) }
func (helperT) FailNow()                  { os.Exit(1) }

// inspectUntilKilled inspects ten of the requests and then says so and hangs.
func inspectUntilKilled(dir string) {
	p := newPortal(helperT{}, dir)
	for n := range 20 {
		p.files[fmt.Sprint("file-SR-", n)] = srt
	}
	inspected := p.inspect
	p.inspect = func(ctx context.Context, a Asset, files []File) (Verdict, error) {
		p.mu.Lock()
		looked := len(p.looked)
		p.mu.Unlock()
		if looked > 10 {
			<-ctx.Done()
		}
		return inspected(ctx, a, files)
	}
	i, w := p.inspector()
	go func() {
		p.eventually("some have their verdict", func() bool { return i.Progress().Clean >= 5 })
		fmt.Println("under way")
	}()
	_ = w.Run(context.Background())
}

func TestKilledInTheMiddleItGoesOn(t *testing.T) {
	dir := t.TempDir()
	before := newPortal(t, dir)
	for n := range 20 {
		before.delivered(fmt.Sprint("SR-", n), srt)
	}
	before.close() // the store belongs to one process at a time

	program, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), killedHelper+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "under way\n", line)
	require.NoError(t, cmd.Process.Kill())
	_, _ = io.Copy(io.Discard, out)
	require.Error(t, cmd.Wait())

	p := newPortal(t, dir)
	done := 0
	for n := range 20 {
		id := fmt.Sprint("SR-", n)
		p.files["file-"+id] = srt
		if _, verdicts := p.state(id); verdicts > 0 {
			done++
		}
	}
	require.GreaterOrEqual(t, done, 5)
	require.Less(t, done, 20)
	_, w := p.inspector()
	p.run(w)
	for n := range 20 {
		p.becomes(fmt.Sprint("SR-", n), sourcerequest.StatusProcessed)
		_, verdicts := p.state(fmt.Sprint("SR-", n))
		assert.Equal(t, 1, verdicts)
	}
	assert.Len(t, p.looked, 20-done, "what had its verdict is not looked at again")
}

func TestWhatAnInspectorNeeds(t *testing.T) {
	_, err := NewInspector(Config{})
	assert.Equal(t, domain.CodeInternal, domain.ErrorCode(err))
}
