package transfer_test

import (
	"strings"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/eventstore/embedded"
	"backlot/eventstore/transfer"
)

func TestCopyIntoADataFolder(t *testing.T) {
	from := serve(t, t.TempDir())
	populate(t, from)
	to := t.TempDir()
	for _, place := range []string{from.data, from.address()} {
		// The second time, everything is there.
		report, err := transfer.Copy(testContext(t), place, to, nil)
		require.NoError(t, err)
		require.EqualValues(t, len(everything(t, from.data)), report.Summary.Events)
		require.EqualValues(t, 20*21/2+5, report.Summary.Chained)
		if place == from.data {
			require.Equal(t, report.Summary.Events, report.Written)
		} else {
			require.Zero(t, report.Written)
		}
	}
	require.Equal(t, everything(t, from.data), everything(t, to), "times and the order, too")

	goOn(t, from)
	report, err := transfer.Copy(testContext(t), from.data, to, nil)
	require.NoError(t, err)
	require.NotZero(t, report.Written)
	require.Equal(t, everything(t, from.data), everything(t, to))
	requireStates(t, serve(t, to), wentOn)
}

func TestCopyFromAStoppedServer(t *testing.T) {
	from := serve(t, t.TempDir())
	populate(t, from)
	want := everything(t, from.data)
	require.NoError(t, from.Close())
	to := t.TempDir()
	_, err := transfer.Copy(testContext(t), from.data, to, nil)
	require.NoError(t, err)
	require.Equal(t, want, everything(t, to))
}

func TestCopyToAnEventStoreDB(t *testing.T) {
	from, to := serve(t, t.TempDir()), serve(t, t.TempDir())
	populate(t, from)
	report, err := transfer.Copy(testContext(t), from.data, to.address(), nil)
	require.NoError(t, err)
	require.Equal(t, report.Summary.Events, report.Written)
	require.Equal(t, byStream(everything(t, from.data)), byStream(everything(t, to.data)))
	requireStates(t, to, populated)

	report, err = transfer.Copy(testContext(t), from.address(), to.address(), nil)
	require.NoError(t, err)
	require.Zero(t, report.Written)

	// A stream that was deleted and is continued has metadata that the target
	// writes by itself, under another id and with the same meaning.
	goOn(t, from)
	_, err = transfer.Copy(testContext(t), from.data, to.address(), nil)
	require.NoError(t, err)
	want, got := byStream(everything(t, from.data)), byStream(everything(t, to.data))
	require.Equal(t, metadataValues(t, want["$$deleted"]), metadataValues(t, got["$$deleted"]))
	delete(want, "$$deleted")
	delete(got, "$$deleted")
	require.Equal(t, want, got)
	requireStates(t, to, wentOn)
}

// TestCopyOfATruncatedLog is about a source whose server has removed events
// for good, as EventStoreDB does when it scavenges.
func TestCopyOfATruncatedLog(t *testing.T) {
	full := serve(t, t.TempDir())
	full.chain(t, "sourceRequest-1", 6)
	full.setMetadata(t, "sourceRequest-1", `{"$tb":4}`)
	scavenged := t.TempDir()
	importer, err := embedded.OpenImporter(embedded.Options{Dir: scavenged + "/eventstore"})
	require.NoError(t, err)
	for _, e := range everything(t, full.data) {
		if e.Stream == "sourceRequest-1" && e.Revision < 4 {
			continue
		}
		_, err := importer.Import(testContext(t), []embedded.ImportedEvent{{
			Stream: e.Stream, Revision: e.Revision, ID: e.ID, Type: e.Type, JSON: e.JSON, Created: e.Created, Data: e.Data, Metadata: e.Metadata,
		}})
		require.NoError(t, err)
	}
	require.NoError(t, importer.Close())

	target := serve(t, t.TempDir())
	back := t.TempDir()
	for _, way := range [][2]string{{scavenged, target.address()}, {target.address(), back}, {scavenged, target.address()}} {
		report, err := transfer.Copy(testContext(t), way[0], way[1], nil)
		require.NoError(t, err)
		require.EqualValues(t, 3, report.Summary.Events)
		require.EqualValues(t, 1, report.Summary.Chained)
		require.EqualValues(t, 1, report.Summary.Unanchored)
	}
	require.Equal(t, full.visible(t, "sourceRequest-1"), target.visible(t, "sourceRequest-1"))
	require.Equal(t, byStream(everything(t, scavenged)), byStream(everything(t, back)))
}

func TestCopyRefuses(t *testing.T) {
	from := serve(t, t.TempDir())
	from.append(t, "s", numbered(0, 3)...)
	other := serve(t, t.TempDir())
	other.append(t, "s", event("other"))
	_, err := transfer.Copy(testContext(t), from.data, other.address(), nil)
	requireCode(t, domain.CodeRefused, err)
	require.ErrorContains(t, err, `"s"`)

	_, err = transfer.Copy(testContext(t), from.data, other.data, nil)
	requireCode(t, domain.CodeRefused, err)
	require.ErrorContains(t, err, "stop its server")

	require.NoError(t, other.Close())
	_, err = transfer.Copy(testContext(t), from.data, other.data, nil)
	requireCode(t, domain.CodeRefused, err)
	require.ErrorContains(t, err, "other events")

	_, err = transfer.Copy(testContext(t), t.TempDir(), t.TempDir(), nil)
	requireCode(t, domain.CodeInvalid, err)
	_, err = transfer.Copy(testContext(t), "esdb://:::", t.TempDir(), nil)
	requireCode(t, domain.CodeInvalid, err)
}

func TestCopyLeavesAServersOwnStreamsOut(t *testing.T) {
	from, to := serve(t, t.TempDir()), t.TempDir()
	from.append(t, "$stats", event("$stats"))
	from.setMetadata(t, "$stats", `{"$maxCount":1}`)
	from.append(t, "ours", event("e"))
	report, err := transfer.Copy(testContext(t), from.data, to, nil)
	require.NoError(t, err)
	require.EqualValues(t, 2, report.Skipped)
	require.Len(t, everything(t, to), 1)
}

// TestBrokenChain changes an event on its way.
func TestBrokenChain(t *testing.T) {
	from := serve(t, t.TempDir())
	from.chain(t, "sourceRequest-1", 3)
	events := everything(t, from.data)
	forged := serve(t, t.TempDir())
	for i, e := range events {
		if i == 1 {
			e.Data = []byte(strings.Replace(string(e.Data), "more", "less", 1))
			require.NotEqual(t, events[1].Data, e.Data)
		}
		forged.append(t, e.Stream, esdb.EventData{EventID: e.ID, EventType: e.Type, ContentType: esdb.ContentTypeJson, Data: e.Data, Metadata: e.Metadata})
	}
	to := t.TempDir()
	_, err := transfer.Copy(testContext(t), forged.data, to, nil)
	requireCode(t, domain.CodeRefused, err)
	require.ErrorContains(t, err, `"sourceRequest-1" is broken at event 1`)
	require.Len(t, everything(t, to), 3)
}

// TestChainBegunAnew leaves out the deletion that allows it.
func TestChainBegunAnew(t *testing.T) {
	from := serve(t, t.TempDir())
	from.chain(t, "person-1", 2)
	from.delete(t, "person-1")
	from.chain(t, "person-1", 2)
	events := everything(t, from.data)
	whole, without := transfer.NewSummary(true), transfer.NewSummary(true)
	for _, e := range events {
		whole.Add(e)
		if e.Stream == "person-1" {
			without.Add(e)
		}
	}
	require.NoError(t, whole.ChainError())
	requireCode(t, domain.CodeRefused, without.ChainError())
	require.ErrorContains(t, without.ChainError(), `"person-1" is broken at event 2`)
}

func TestMissing(t *testing.T) {
	base := []transfer.Event{
		{Stream: "a", Revision: 0, ID: uuid.New(), Type: "t", JSON: true, Data: []byte("{}"), Metadata: []byte("{}")},
		{Stream: "a", Revision: 1, ID: uuid.New(), Type: "t"},
		{Stream: "$$a", Revision: 0, ID: uuid.New(), Type: "$metadata", JSON: true, Data: []byte(`{"$tb":1}`)},
	}
	summary := func(change func([]transfer.Event) []transfer.Event) *transfer.Summary {
		s := transfer.NewSummary(false)
		for _, e := range change(append([]transfer.Event(nil), base...)) {
			s.Add(e)
		}
		return s
	}
	want := summary(func(e []transfer.Event) []transfer.Event { return e })
	for name, change := range map[string]func([]transfer.Event) []transfer.Event{
		"missing event":  func(e []transfer.Event) []transfer.Event { return append(e[:1], e[2]) },
		"missing stream": func(e []transfer.Event) []transfer.Event { return e[:2] },
		"one more":       func(e []transfer.Event) []transfer.Event { return append(e, transfer.Event{Stream: "a", Revision: 2}) },
		"id":             func(e []transfer.Event) []transfer.Event { e[0].ID = uuid.New(); return e },
		"type":           func(e []transfer.Event) []transfer.Event { e[1].Type = "u"; return e },
		"data":           func(e []transfer.Event) []transfer.Event { e[0].Data = []byte("{ }"); return e },
		"metadata":       func(e []transfer.Event) []transfer.Event { e[0].Metadata = nil; return e },
		"content type":   func(e []transfer.Event) []transfer.Event { e[0].JSON = false; return e },
		"revision":       func(e []transfer.Event) []transfer.Event { e[1].Revision = 2; return e },
		"order":          func(e []transfer.Event) []transfer.Event { e[0].ID, e[1].ID = e[1].ID, e[0].ID; return e },
		"moved bytes":    func(e []transfer.Event) []transfer.Event { e[1].Type, e[1].Data = "", []byte("t"); return e },
		"$tb":            func(e []transfer.Event) []transfer.Event { e[2].Data = []byte(`{"$tb":0}`); return e },
	} {
		requireCode(t, domain.CodeRefused, summary(change).Missing(want))
		t.Log(name, summary(change).Missing(want))
	}
	for _, change := range []func([]transfer.Event) []transfer.Event{
		func(e []transfer.Event) []transfer.Event { return append(e, transfer.Event{Stream: "other"}) },
		func(e []transfer.Event) []transfer.Event {
			e[2].ID = uuid.New()
			e[2].Data = []byte(`{ "$tb" : 1 }`)
			return e
		},
	} {
		require.NoError(t, summary(change).Missing(want))
	}
}
