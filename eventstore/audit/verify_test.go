package audit_test

import (
	"context"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/seal"
	"backlot/eventstore"
	"backlot/eventstore/audit"
)

// client speaks to a store past the adapter.
func (o *opened) client(t testing.TB) *esdb.Client {
	t.Helper()
	if o.esdb == nil {
		c, err := esdb.NewClient(o.server.ClientConfiguration())
		require.NoError(t, err)
		o.esdb = c
	}
	return o.esdb
}

func (o *opened) raw(t testing.TB, stream string, events ...esdb.EventData) {
	t.Helper()
	_, err := o.client(t).AppendToStream(testContext(t), stream, esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, events...)
	require.NoError(t, err)
}

func rawEvent(typ, data string) esdb.EventData {
	return esdb.EventData{EventID: uuid.New(), EventType: typ, ContentType: esdb.ContentTypeJson, Data: []byte(data), Metadata: []byte("{}")}
}

func TestEmptyStore(t *testing.T) {
	assert.Equal(t, seal.Report{}, storeIn(t).verify(t))
}

func TestErasableStreamsMayBeginLateAndAnew(t *testing.T) {
	store := storeIn(t)
	store.write(t, "sourceRequest-1", noEvents, 2)
	v := store.write(t, "person-1", noEvents, 2)
	require.NoError(t, store.SetMaxCount(testContext(t), "person-1", 1))
	store.write(t, "person-1", v, 2)
	require.NoError(t, store.DeleteStream(testContext(t), "person-1"))
	store.write(t, "person-1", noEvents, 3) // a chain of its own
	store.write(t, "text-1", noEvents, 1)
	require.NoError(t, store.DeleteStream(testContext(t), "text-1"))
	store.sealAll(t)
	r := store.verify(t)
	assert.Empty(t, r.Findings)
	assert.EqualValues(t, 2, r.Sealed)
}

func TestHiddenEventsOfOtherStreamsAreFound(t *testing.T) {
	ctx := testContext(t)
	for _, c := range []struct {
		name string
		hide func(*opened)
		want []place
	}{
		{"deleted", func(o *opened) { require.NoError(t, o.DeleteStream(ctx, "sourceRequest-1")) }, []place{{seal.StreamRemoved, "sourceRequest-1", 0}}},
		{"deleted for good", func(o *opened) {
			_, err := o.client(t).TombstoneStream(ctx, "sourceRequest-1", esdb.TombstoneStreamOptions{ExpectedRevision: esdb.Any{}})
			require.NoError(t, err)
		}, []place{{seal.StreamRemoved, "sourceRequest-1", 0}}},
		{"truncated", func(o *opened) { require.NoError(t, o.SetMaxCount(ctx, "sourceRequest-1", 2)) }, []place{{seal.Removed, "sourceRequest-1", 0}}},
		{"limited above its length", func(o *opened) { require.NoError(t, o.SetMaxCount(ctx, "sourceRequest-1", 3)) }, []place{}},
		{"truncated and brought back", func(o *opened) {
			o.raw(t, "$$sourceRequest-1", rawEvent("$metadata", `{"$tb":2}`))
			o.raw(t, "$$sourceRequest-1", rawEvent("$metadata", `{}`))
		}, []place{}},
		{"another's metadata", func(o *opened) { o.raw(t, "$$nobody", rawEvent("$metadata", `{"$tb":2}`)) }, []place{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			store := storeIn(t)
			store.write(t, "sourceRequest-1", noEvents, 3)
			store.sealAll(t)
			c.hide(store)
			assert.Equal(t, c.want, places(store.verify(t)))
		})
	}
}

func TestOtherPeoplesStreamsAreCounted(t *testing.T) {
	store := storeIn(t)
	store.write(t, "sourceRequest-1", noEvents, 1)
	store.raw(t, "theirs", rawEvent("e", "{}"), rawEvent("e", "{}"))
	store.write(t, "sourceRequest-2", noEvents, 1)
	store.sealAll(t)
	r := store.verify(t)
	assert.Empty(t, r.Findings)
	assert.Equal(t, []any{2, uint64(2), 5}, []any{r.Unchained, r.Sealed, r.Events})

	store.raw(t, "sourceRequest-1", rawEvent("e", "{}"))
	assert.Equal(t, []place{{seal.Altered, "sourceRequest-1", 1}}, places(store.verify(t)), "not so in one of ours")
}

func TestExportedSealsOfAnotherStoreAreRefused(t *testing.T) {
	one, two := storeIn(t), storeIn(t)
	one.write(t, "sourceRequest-1", noEvents, 4)
	two.write(t, "sourceRequest-2", noEvents, 4)
	exported := one.sealAll(t)
	two.sealAll(t)
	r := two.verify(t, exported)
	assert.Equal(t, []place{{seal.Rewritten, "", 0}}, places(r))

	f, differs := audit.CompareSeals([]seal.Listed{exported}, two.seals(t))
	assert.True(t, differs)
	assert.Equal(t, seal.Rewritten, f.Kind)
	_, differs = audit.CompareSeals([]seal.Listed{exported}, one.seals(t))
	assert.False(t, differs)
}

func TestManyFindingsAreCountedAndTheFirstSpeltOut(t *testing.T) {
	store := storeIn(t)
	const streams = seal.MaxFindings + 50
	for i := range streams {
		store.raw(t, "sourceRequest-"+uuid.NewString(), esdb.EventData{
			EventID: uuid.New(), EventType: "e", ContentType: esdb.ContentTypeJson, Data: []byte("{}"),
			Metadata: []byte(`{"n":` + string(rune('0'+i%10)) + `,"chainHash":"9a8d5cb71b37aff3ed1432a169734a91a90f382d5c80dc01a60fbecafff3b6dd"}`),
		})
	}
	r := store.verify(t)
	assert.Len(t, r.Findings, seal.MaxFindings)
	assert.Equal(t, streams, r.Found)
	assert.IsIncreasing(t, []int{int(r.Findings[0].Position), int(r.Findings[1].Position), int(r.Findings[seal.MaxFindings-1].Position)})
}

func TestIntegrityListsAndVerifiesOneAtATime(t *testing.T) {
	store := storeIn(t)
	sealer := runSealer(t, store, nil, nil)
	guard := audit.NewIntegrity(store, sealer)
	var v domain.Version
	for range 3 {
		v = store.write(t, "sourceRequest-1", v, 2)
		_, _, err := guard.Seal(testContext(t))
		require.NoError(t, err)
	}
	all, err := guard.Seals(testContext(t), 0, 100)
	require.NoError(t, err)
	require.Len(t, all, 3)
	some, err := guard.Seals(testContext(t), 1, 1)
	require.NoError(t, err)
	assert.Equal(t, all[1:2], some)
	r, err := guard.Verify(testContext(t), true)
	require.NoError(t, err)
	assert.EqualValues(t, 6, r.Sealed)

	slow := slowLog{Log: store, reading: make(chan struct{}), goOn: make(chan struct{})}
	guard = audit.NewIntegrity(slow, sealer)
	ended := make(chan error, 1)
	go func() {
		_, err := guard.Verify(testContext(t), false)
		ended <- err
	}()
	<-slow.reading
	_, err = guard.Verify(testContext(t), false)
	assert.Equal(t, domain.CodeConflict, domain.ErrorCode(err))
	close(slow.goOn)
	require.NoError(t, <-ended)
}

// slowLog waits before the whole log is read.
type slowLog struct {
	audit.Log
	reading, goOn chan struct{}
}

// ReadAllRaw implements audit.Log.
func (l slowLog) ReadAllRaw(ctx context.Context, each func(eventstore.RawEvent) error) error {
	l.reading <- struct{}{}
	<-l.goOn
	return l.Log.ReadAllRaw(ctx, each)
}

func TestAFailingLogIsNoFinding(t *testing.T) {
	store := storeIn(t)
	store.write(t, "sourceRequest-1", noEvents, 3)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := audit.Verify(ctx, store, audit.Options{})
	require.Equal(t, domain.CodeTimeout, domain.ErrorCode(err))
}
