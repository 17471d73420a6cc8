package audit_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/seal"
	"backlot/eventstore"
	"backlot/eventstore/audit"
	"backlot/eventstore/embedded"
	"backlot/eventstore/embedded/tamper"
)

// indexAttack hides events from their streams and leaves the log as it is.
type indexAttack struct {
	name   string
	change func(s *tamper.Store, victim, other []tamper.Record) error
	want   []place // from reading streams whole
	inside bool    // the ends of the streams do not show it
}

const (
	indexVictim = "sourceRequest-3"
	indexOther  = "sourceRequest-4"
	indexPerson = "person-1"
)

var indexAttacks = []indexAttack{
	{name: "the last entry deleted", want: []place{{seal.Hidden, indexVictim, 11}},
		change: func(s *tamper.Store, victim, _ []tamper.Record) error { return s.Unindex(victim[11]) }},
	{name: "all entries deleted", want: []place{{seal.Hidden, indexVictim, 0}},
		change: func(s *tamper.Store, victim, _ []tamper.Record) error {
			for _, r := range victim {
				if err := s.Unindex(r); err != nil {
					return err
				}
			}
			return nil
		}},
	{name: "an entry deleted", inside: true, want: []place{{seal.Hidden, indexVictim, 5}},
		change: func(s *tamper.Store, victim, _ []tamper.Record) error { return s.Unindex(victim[5]) }},
	{name: "the first entry deleted", inside: true, want: []place{{seal.Hidden, indexVictim, 0}},
		change: func(s *tamper.Store, victim, _ []tamper.Record) error { return s.Unindex(victim[0]) }},
	{name: "the last entry redirected to another stream", want: []place{{seal.Hidden, indexVictim, 11}},
		change: func(s *tamper.Store, victim, other []tamper.Record) error {
			return s.Redirect(victim[11], other[2].Position)
		}},
	{name: "an entry redirected within the stream", inside: true, want: []place{{seal.Hidden, indexVictim, 5}},
		change: func(s *tamper.Store, victim, _ []tamper.Record) error {
			return s.Redirect(victim[5], victim[4].Position)
		}},
	{name: "two entries swapped", inside: true, want: []place{{seal.Hidden, indexVictim, 5}, {seal.Hidden, indexOther, 6}},
		change: func(s *tamper.Store, victim, other []tamper.Record) error { return s.SwapEntries(victim[5], other[6]) }},
	{name: "the name dropped", want: []place{{seal.Hidden, indexVictim, 0}},
		change: func(s *tamper.Store, _, _ []tamper.Record) error { return s.Forget(indexVictim) }},
	{name: "a person's last entry deleted", want: []place{{seal.Hidden, indexPerson, 1}},
		change: func(s *tamper.Store, _, _ []tamper.Record) error {
			person, err := s.Stream(indexPerson)
			return errors.Join(err, s.Unindex(person[1]))
		}},
}

// streamsStore is a stopped store of sealed streams of twelve events, beside
// persons of whom one was erased and scavenged.
func streamsStore(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "eventstore")
	o := open(t, dir)
	for i := range 6 {
		o.write(t, streamName(i), noEvents, 12)
	}
	for _, person := range []string{indexPerson, "person-2", "person-3"} {
		o.write(t, person, noEvents, 2)
	}
	require.NoError(t, o.DeleteStream(testContext(t), "person-2"))
	require.NoError(t, o.SetMaxCount(testContext(t), "person-3", 1))
	o.sealAll(t)
	_, err := o.server.Scavenge(testContext(t))
	require.NoError(t, err)
	o.stop()
	return dir
}

// verifyDeep reads every stream whole.
func (o *opened) verifyDeep(t testing.TB) seal.Report {
	t.Helper()
	r, err := audit.Verify(testContext(t), o, audit.Options{Deep: true})
	require.NoError(t, err)
	return r
}

// verifyStopped verifies a store below the protocol.
func verifyStopped(t testing.TB, dir string) seal.Report {
	t.Helper()
	server, err := embedded.Open(t.Context(), embedded.Options{Dir: dir, ReadOnly: true})
	require.NoError(t, err)
	store, err := eventstore.Connect(eventstore.Config{Client: server.ClientConfiguration(), CallTimeout: patience})
	require.NoError(t, err)
	kinds := map[embedded.IndexFaultKind]seal.Kind{embedded.EventHidden: seal.Hidden, embedded.EventForeign: seal.Inserted}
	r, err := audit.Verify(testContext(t), store, audit.Options{Streams: func(ctx context.Context, found func(seal.Finding)) error {
		return server.CheckIndex(ctx, func(f embedded.IndexFault) {
			found(seal.Finding{Kind: kinds[f.Kind], Stream: f.Stream, Revision: f.Revision, Position: domain.Position(f.Position), Text: f.Detail})
		})
	}})
	require.NoError(t, err)
	require.NoError(t, store.Close())
	require.NoError(t, server.Close())
	return r
}

func TestEventsThatTheirStreamsDoNotShow(t *testing.T) {
	dir := streamsStore(t)
	assert.Empty(t, verifyStopped(t, dir).Findings)
	intact := open(t, copyFolder(t, dir))
	assert.Empty(t, intact.verify(t).Findings)
	assert.Empty(t, intact.verifyDeep(t).Findings)
	for _, a := range indexAttacks {
		t.Run(a.name, func(t *testing.T) {
			changed := copyFolder(t, dir)
			s, err := tamper.Open(changed)
			require.NoError(t, err)
			require.NoError(t, a.change(s, stream(t, s, indexVictim), stream(t, s, indexOther)))
			require.NoError(t, s.Close())
			assert.ElementsMatch(t, a.want, places(verifyStopped(t, changed)))
			store := open(t, changed)
			assert.ElementsMatch(t, a.want, places(store.verifyDeep(t)))
			want := a.want
			if a.inside {
				want = []place{}
			}
			assert.ElementsMatch(t, want, places(store.verify(t)))
		})
	}
}

// growingLog is written to when the whole log has been read.
type growingLog struct {
	audit.Store
	grow func()
}

// ReadAllRaw implements audit.Store.
func (l growingLog) ReadAllRaw(ctx context.Context, each func(eventstore.RawEvent) error) error {
	defer l.grow()
	return l.Store.ReadAllRaw(ctx, each)
}

func TestStreamsThatGrowMeanwhileShowWhatTheLogHas(t *testing.T) {
	store := storeIn(t)
	request := store.write(t, "sourceRequest-1", noEvents, 3)
	person := store.write(t, "person-1", noEvents, 1)
	store.write(t, "person-2", noEvents, 1)
	require.NoError(t, store.SetMaxCount(testContext(t), "person-1", 1))
	store.raw(t, "theirs", rawEvent("e", "{}"), rawEvent("e", "{}"))
	store.raw(t, "truncated", rawEvent("e", "{}"), rawEvent("e", "{}"))
	store.raw(t, "$$truncated", rawEvent("$metadata", `{"$tb":1}`))
	store.raw(t, "gone", rawEvent("e", "{}"))
	require.NoError(t, store.DeleteStream(testContext(t), "gone"))
	want := []place{{seal.Removed, "truncated", 0}, {seal.StreamRemoved, "gone", 0}} // by their metadata, and once
	for _, deep := range []bool{false, true} {
		log := growingLog{store, func() {
			request = store.write(t, "sourceRequest-1", request, 2)
			person = store.write(t, "person-1", person, 2)
			store.raw(t, "theirs", rawEvent("e", "{}"))
		}}
		r, err := audit.Verify(testContext(t), log, audit.Options{Deep: deep})
		require.NoError(t, err)
		assert.Equal(t, want, places(r))
	}
	require.NoError(t, store.DeleteStream(testContext(t), "person-2"))
	assert.Equal(t, want, places(store.verify(t)))
}
