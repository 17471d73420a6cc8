package commands

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

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
	report := b.importFile(fileHeader +
		line("1") +
		line("2", "2026-12-24,2026", "2026-13-24,2026") +
		line("3", "The Last Tram", "", "Halden Pictures", "Unheard Of") +
		line("4") +
		line("1", "Dutch", "Polish") +
		line("5", "Open", "Mislaid") +
		line("6", "Juniper", "\xff") +
		"7,P1\n" +
		line("8", ",No,", ",,"))
	require.Equal(t, 9, report.Rows)
	require.Equal(t, 2, report.Opened)
	require.Equal(t, 7, report.Refused)
	got := map[int]string{}
	for _, r := range report.Refusals {
		got[r.Line] = r.Column + "|" + r.ID
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

	report = b.importFile("request_id,status,content_partner\n1,Processed,Newcomer Films\n")
	require.Equal(t, 1, report.Refused)
	require.Equal(t, "status", report.Refusals[0].Column)
	require.NotEmpty(t, report.Refusals[0].Allowed)
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
	imports := NewImports(b.requests, t.TempDir())
	_, err := imports.Start(t.Context(), juniper, "x.csv", -1, strings.NewReader(fileHeader))
	require.Equal(t, domain.CodeForbidden, domain.ErrorCode(err))
}

func TestAFileThatDoesNotArriveWholeIsNotImported(t *testing.T) {
	b := newBench(t)
	dir := t.TempDir()
	imports := NewImports(b.requests, dir)
	_, err := imports.Start(t.Context(), operator, "x.csv", 10_000, strings.NewReader(fileHeader+line("1")))
	require.Equal(t, domain.CodeInvalid, domain.ErrorCode(err))
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)
	require.Empty(t, b.requestEvents("1"))
}

func TestAStoppedImportSaysSoAndCanBeRepeated(t *testing.T) {
	b := newBench(t)
	var file strings.Builder
	file.WriteString(fileHeader)
	const rows = 1_000
	for n := range rows {
		file.WriteString(line(fmt.Sprint("S", n)))
	}
	imports := NewImports(b.requests, t.TempDir())
	started, err := imports.Start(t.Context(), operator, "x.csv", -1, strings.NewReader(file.String()))
	require.NoError(t, err)
	progress, err := imports.Watch(context.Background(), started.ID)
	require.NoError(t, err)
	for p := range progress {
		if p.Rows > 50 {
			break
		}
	}
	require.NoError(t, imports.Close())
	stopped, ok := imports.Job(started.ID)
	require.True(t, ok)
	require.Equal(t, job.Failed, stopped.Phase)
	require.Equal(t, domain.CodeUnavailable, stopped.Failure.Code)
	require.Less(t, stopped.Opened, rows)
	require.Zero(t, stopped.Refused)

	report := b.importFile(file.String())
	require.Equal(t, rows, report.Opened+report.Unchanged)
	require.GreaterOrEqual(t, report.Unchanged, stopped.Opened)
	for n := range rows {
		require.Len(t, b.requestEvents(fmt.Sprint("S", n)), 1)
	}
}

func TestALogThatFailsEndsTheImportAndTellsNoInternals(t *testing.T) {
	b := newBench(t)
	b.log.beforeAppend = func(stream string) error {
		if stream == sourcerequest.StreamOf("2") {
			return errors.New("secret path /var/lib")
		}
		return nil
	}
	report := b.runImport(fileHeader + line("1") + line("2") + line("3"))
	require.Equal(t, job.Failed, report.Phase)
	require.Zero(t, report.Refused, "the row is not to blame")
	require.NotContains(t, report.Failure.Message, "secret")

	b.log.beforeAppend = nil
	report = b.importFile(fileHeader + line("1") + line("2") + line("3"))
	require.Equal(t, 3, report.Opened+report.Unchanged)
}

func TestAnOutageOfTheStoreIsWaitedOut(t *testing.T) {
	b := newBench(t)
	outage := 2
	b.log.beforeAppend = func(stream string) error {
		if stream == sourcerequest.StreamOf("1") && outage > 0 {
			outage--
			return domain.Errorf(domain.CodeUnavailable, "the event store does not answer")
		}
		return nil
	}
	require.Equal(t, 1, b.importFile(fileHeader+line("1")).Opened)
}
