package commands

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/job"
	"backlot/domain/organisation"
	"backlot/domain/sourcerequest"
)

const fileHeader = "request_id,package_id,movie_id,title,movie_type,is_original,content_partner,fulfillment_partner,source_type,service_type,language,country,due_date,estimated_delivery_date,material_status,status\n"

func line(id string, change ...string) string {
	l := id + ",P1,M1,The Last Tram,Standalone,No,Halden Pictures,Juniper Post,Subs,Create,Dutch,Netherlands|Belgium,2026-12-24,2026-12-24,Received,Open\n"
	return strings.NewReplacer(change...).Replace(l)
}

func (b *bench) state(id string) sourcerequest.State {
	return sourcerequest.Fold(sourcerequest.State{}, b.requestEvents(id)...)
}

func TestANewRowIsOneEventThatCarriesItAsItIs(t *testing.T) {
	b := newBench(t)
	report := b.importFile(fileHeader + line("1", ",Open", ",Redelivery Requested", "2026-12-24,Rec", "2026-12-30,Rec"))
	require.Equal(t, 1, report.Opened)
	events := b.requestEvents("1")
	require.Len(t, events, 1)
	require.Equal(t, events[0].Position, report.Position)
	s := b.state("1")
	require.Equal(t, sourcerequest.StatusRedeliveryRequested, s.Status)
	require.Equal(t, "2026-12-30", s.EstimatedDeliveryDate().String())
	require.Equal(t, "halden-pictures", s.ContentPartner)
	require.Equal(t, "juniper-post", s.FulfillmentPartner)
	require.Equal(t, []string{"Belgium", "Netherlands"}, s.Countries)
}

func TestARefusedRowStopsNoOtherAndLeavesNothingBehind(t *testing.T) {
	b := newBench(t)
	jobs := b.jobs(t.TempDir())
	report := b.ended(jobs, b.startImport(jobs, fileHeader+
		line("1")+
		line("2", "2026-12-24,2026", "2026-13-24,2026")+
		line("3", "The Last Tram", "", "Halden Pictures", "Unheard Of")+
		line("4")+
		line("1", "Dutch", "Polish")+
		line("5", "Open", "Mislaid")+
		line("6", "Juniper", "\xff")+
		"7,P1\n"+
		line("8", ",No,", ",,"), "k"))
	require.Equal(t, 9, report.Done())
	require.Equal(t, 2, report.Opened)
	require.Equal(t, 7, report.Refused)
	got := map[int]string{}
	for _, r := range b.refusals(jobs, report.ID) {
		got[r.Line] = r.Field + "|" + r.ID
		require.NotEmpty(t, r.Reason)
	}
	require.Equal(t, map[int]string{3: "due_date|2", 4: "title|3", 6: "request_id|1", 7: "status|5", 8: "fulfillment_partner|6", 9: "|", 10: "is_original|8"}, got)
	require.Equal(t, "Dutch", b.state("1").Language)
	for _, id := range []string{"2", "3", "5", "6", "7", "8"} {
		require.Empty(t, b.requestEvents(id))
	}
	require.Empty(t, b.events(organisation.StreamPrefix+"unheard-of"), "a refused row registers no partner")
	require.Len(t, b.events(organisation.StreamPrefix+"juniper-post"), 1)
}

func TestALaterImportAppliesOnlyWhatChangedInTheFile(t *testing.T) {
	b := newBench(t)
	b.importFile(fileHeader + line("1") + line("2"))
	move := sourcerequest.ChangeEstimatedDeliveryDate{Date: domain.NewDate(2027, 1, 5), Reason: "a second pass"}
	_, err := b.requests.Change(t.Context(), "1", move, by(juniper, "k", "x"))
	require.NoError(t, err)

	report := b.importFile(fileHeader + line("1") + line("2"))
	require.Equal(t, 2, report.Unchanged)
	require.Len(t, b.requestEvents("1"), 2)

	report = b.importFile("request_id,language,status\n1,Frisian,\n2,,Cancelled\n9,Dutch,\n")
	require.Equal(t, 2, report.Changed)
	require.Equal(t, 1, report.Refused, "a new row needs all its columns")
	s := b.state("1")
	require.Equal(t, "Frisian", s.Language)
	require.Equal(t, "2027-01-05", s.EstimatedDeliveryDate().String(), "the partner's work stays")
	require.Equal(t, sourcerequest.StatusCancelled, b.state("2").Status)

	jobs := b.jobs(t.TempDir())
	report = b.ended(jobs, b.startImport(jobs, "request_id,status,content_partner\n1,Processed,Newcomer Films\n", "k"))
	require.Equal(t, 1, report.Refused)
	refusal := b.refusals(jobs, report.ID)[0]
	require.Equal(t, "status", refusal.Field)
	require.NotEmpty(t, refusal.Allowed)
	require.Empty(t, b.events(organisation.StreamPrefix+"newcomer-films"))
}

func TestARowOfAClosedRequestThatDidNotChangeIsUnchanged(t *testing.T) {
	b := newBench(t)
	file := fileHeader + line("1", ",Open", ",Cancelled") + line("2", ",Open", ",Upgraded")
	require.Equal(t, 2, b.importFile(file).Opened)
	b.restart() // and the directory knows nobody
	require.Equal(t, 2, b.importFile(file).Unchanged)
}

func TestPartnersAreKnownByNameInAnyCaseAndMayBeBoth(t *testing.T) {
	b := newBench(t)
	report := b.importFile(fileHeader + line("1") + line("2", "Juniper Post", "JUNIPER POST") + line("3", "Halden Pictures", "juniper post"))
	require.Equal(t, 3, report.Opened)
	require.Equal(t, b.state("1").FulfillmentPartner, b.state("2").FulfillmentPartner)
	require.Equal(t, b.state("1").FulfillmentPartner, b.state("3").ContentPartner)
	require.Len(t, b.events(organisation.StreamPrefix+"juniper-post"), 2, "registered, and the second kind added")
	report = b.importFile(fileHeader + line("4", "Juniper Post", "Juniper & Post"))
	require.Equal(t, 1, report.Opened)
	require.Equal(t, "juniper-post-2", b.state("4").FulfillmentPartner, "another name with the same slug is another organisation")
}

func TestOnlyOperatorsImport(t *testing.T) {
	b := newBench(t)
	_, err := b.jobs(t.TempDir()).StartImport(t.Context(), "x.csv", -1, strings.NewReader(fileHeader), by(juniper, "k", "x"))
	require.Equal(t, domain.CodeForbidden, domain.ErrorCode(err))
}

func TestAFileThatDoesNotArriveWholeIsNotImported(t *testing.T) {
	b := newBench(t)
	dir := t.TempDir()
	_, err := b.jobs(dir).StartImport(t.Context(), "x.csv", 10_000, strings.NewReader(fileHeader+line("1")), by(operator, "k", "x"))
	require.Equal(t, domain.CodeInvalid, domain.ErrorCode(err))
	requireEmpty(t, dir)
	require.Empty(t, b.requestEvents("1"))
}

func requireEmpty(t *testing.T, dir string) {
	t.Helper()
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)
}

// manyRows is a file of several chunks.
func manyRows(rows int) string {
	var file strings.Builder
	file.WriteString(fileHeader)
	for n := range rows {
		file.WriteString(line(fmt.Sprint("S", n)))
	}
	return file.String()
}

func TestAnImportGoesOnAfterARestartAndTriesEachRowOnce(t *testing.T) {
	b := newBench(t)
	const rows = 350
	file := manyRows(rows) + line("S7", "Dutch", "Polish") // on a line that comes after the restart
	dir := t.TempDir()
	jobs := b.jobs(dir)
	b.log.set(func(stream string) error {
		if stream == sourcerequest.StreamOf("S150") {
			return domain.Errorf(domain.CodeUnavailable, "the event store does not answer")
		}
		return nil
	})
	id := b.startImport(jobs, file, "k")
	progress, err := jobs.Watch(t.Context(), id)
	require.NoError(t, err)
	for p := range progress {
		if p.Next == 1 {
			break
		}
	}
	require.Eventually(t, func() bool { return len(b.requestEvents("S140")) == 1 }, time.Minute, time.Millisecond)
	require.NoError(t, jobs.Close())
	stopped, err := jobs.Job(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, job.Running, stopped.Phase)
	require.Equal(t, 100, stopped.Opened)
	require.Equal(t, 101, stopped.Line)

	b.log.set(nil)
	b.restart()
	jobs = b.jobs(dir)
	report := b.ended(jobs, id)
	require.Equal(t, job.Finished, report.Phase)
	require.Equal(t, rows, report.Opened)
	require.Equal(t, 1, report.Refused)
	require.Equal(t, int64(len(file)), report.Offset)
	require.Contains(t, b.refusals(jobs, id)[0].Reason, "used already on line 9")
	for n := range rows {
		require.Len(t, b.requestEvents(fmt.Sprint("S", n)), 1)
	}
	require.Eventually(t, func() bool { left, err := os.ReadDir(dir); return err == nil && len(left) == 0 }, time.Minute, time.Millisecond)
}

func TestTheSameKeyWithTheSameFileIsTheSameImport(t *testing.T) {
	b := newBench(t)
	dir := t.TempDir()
	jobs := b.jobs(dir)
	id := b.startImport(jobs, fileHeader+line("1"), "k")
	b.ended(jobs, id)
	require.Equal(t, id, b.startImport(jobs, fileHeader+line("1"), "k"))
	require.NotEqual(t, id, b.startImport(jobs, fileHeader+line("1"), "another"))
	_, err := jobs.StartImport(t.Context(), "test.csv", -1, strings.NewReader(fileHeader+line("2")), by(operator, "k", "import"))
	require.Equal(t, domain.CodeKeyReused, domain.ErrorCode(err))
	require.Empty(t, b.requestEvents("2"))
	require.Eventually(t, func() bool { left, err := os.ReadDir(dir); return err == nil && len(left) == 0 }, time.Minute, time.Millisecond)
}

func TestAnImportWhoseFileIsGoneFailsAndSaysSo(t *testing.T) {
	b := newBench(t)
	dir := t.TempDir()
	jobs := b.jobs(dir)
	b.log.set(func(stream string) error {
		if stream == sourcerequest.StreamOf("1") {
			return domain.Errorf(domain.CodeUnavailable, "the event store does not answer")
		}
		return nil
	})
	id := b.startImport(jobs, fileHeader+line("1"), "k")
	require.NoError(t, jobs.Close())

	// Another process leaves it to the one that holds the file, for a while.
	b.log.set(nil)
	late := b.jobs(t.TempDir())
	require.NoError(t, late.Close())
	waiting, err := late.Job(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, job.Running, waiting.Phase)
	b.clock.Add(int64(keptFor + time.Second))
	late = b.jobs(t.TempDir())
	report := b.ended(late, id)
	require.Equal(t, job.Failed, report.Phase)
	require.Equal(t, domain.CodeRefused, report.Code)
	require.Contains(t, report.Reason, "no server has the file")
}

func TestAStoppedImportKeepsWhatItDidAndLeavesTheRest(t *testing.T) {
	b := newBench(t)
	const rows = 250
	dir := t.TempDir()
	jobs := b.jobs(dir)
	b.stopAt(jobs, "S110")
	report := b.ended(jobs, b.startImport(jobs, manyRows(rows), "k"))
	require.Equal(t, job.Stopped, report.Phase)
	require.True(t, report.Stopping)
	require.Less(t, report.Opened, 200)
	require.Equal(t, report.Opened, report.Done())
	require.Equal(t, report.Opened+1, report.Line, "a whole number of rows from the first on, below the header")
	for n := range rows {
		require.Len(t, b.requestEvents(fmt.Sprint("S", n)), min(1, max(0, report.Opened-n)))
	}
	require.Eventually(t, func() bool { left, err := os.ReadDir(dir); return err == nil && len(left) == 0 }, time.Minute, time.Millisecond)
	_, err := jobs.Stop(t.Context(), report.ID, "", by(operator, "once more", ""))
	require.Equal(t, domain.CodeRefused, domain.ErrorCode(err))
}

// stopAt asks the job that first changes a request to stop, and holds that
// change and later ones back until the job knows.
func (b *bench) stopAt(jobs *Jobs, id string) {
	var once sync.Once
	held := make(chan struct{})
	var stopping atomic.Bool
	b.log.set(func(stream string) error {
		if stream == sourcerequest.StreamOf(id) {
			once.Do(func() {
				stopping.Store(true)
				under := jobs.Directory.Running()[0].ID
				_, err := jobs.Stop(context.Background(), under, "enough", by(operator, "stop", ""))
				require.NoError(b.t, err)
				jobs.mu.Lock()
				r := jobs.runs[under]
				jobs.mu.Unlock()
				<-r.stopping.Done()
				close(held)
			})
		}
		if stopping.Load() && strings.HasPrefix(stream, sourcerequest.StreamPrefix) {
			<-held
		}
		return nil
	})
}

func TestALogThatFailsIsNotTheRowsFaultAndTellsNoInternals(t *testing.T) {
	b := newBench(t)
	b.log.set(func(stream string) error {
		if stream == sourcerequest.StreamOf("2") {
			return errors.New("secret path /var/lib")
		}
		return nil
	})
	jobs := b.jobs(t.TempDir())
	report := b.ended(jobs, b.startImport(jobs, fileHeader+line("1")+line("2")+line("3"), "k"))
	require.Equal(t, job.Finished, report.Phase)
	require.Equal(t, 2, report.Opened)
	refusal := b.refusals(jobs, report.ID)[0]
	require.Equal(t, domain.CodeInternal, refusal.Code)
	require.NotContains(t, refusal.Reason, "secret")

	b.log.set(nil)
	again := b.importFile(fileHeader + line("1") + line("2") + line("3"))
	require.Equal(t, 1, again.Opened)
	require.Equal(t, 2, again.Unchanged)
}

func TestAnOutageOfTheStoreIsWaitedOut(t *testing.T) {
	b := newBench(t)
	var outage atomic.Int64
	outage.Store(8)
	b.log.set(func(stream string) error {
		if (stream == sourcerequest.StreamOf("1") || strings.HasPrefix(stream, job.StreamPrefix)) && outage.Add(-1) >= 0 {
			return domain.Errorf(domain.CodeUnavailable, "the event store does not answer")
		}
		return nil
	})
	jobs := b.jobs(t.TempDir())
	var err error
	require.Eventually(t, func() bool {
		_, err = jobs.StartImport(t.Context(), "test.csv", -1, strings.NewReader(fileHeader+line("1")), by(operator, "k", "import"))
		return err == nil
	}, time.Minute, time.Millisecond)
	outage.Store(8)
	report := b.ended(jobs, by(operator, "k", "import").NewID("job"))
	require.Equal(t, 1, report.Opened)
	require.Negative(t, outage.Load())
}
