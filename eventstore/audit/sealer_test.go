package audit_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/seal"
	"backlot/eventstore/audit"
	"backlot/eventstore/embedded/tamper"
)

// clock is a time that tests move.
type clock struct{ ms atomic.Int64 }

func (c *clock) now() time.Time { return base.Add(time.Duration(c.ms.Load()) * time.Millisecond) }

func (c *clock) pass(d time.Duration) { c.ms.Add(d.Milliseconds()) }

func storeIn(t testing.TB) *opened { return open(t, t.TempDir()) }

// ticked ticks until the sealer has looked at the clock twice, so once whole.
func ticked(tick chan<- time.Time) {
	tick <- time.Time{}
	tick <- time.Time{}
}

func TestSealsWhatHasWaitedLongEnough(t *testing.T) {
	store, now, tick := storeIn(t), &clock{}, make(chan time.Time)
	sealer := runSealer(t, store, tick, now.now)
	_, ok, err := sealer.Seal(testContext(t))
	require.NoError(t, err)
	require.False(t, ok, "there is nothing to seal")

	v := store.write(t, "sourceRequest-1", noEvents, 3)
	first, ok, err := sealer.Seal(testContext(t))
	require.NoError(t, err)
	require.True(t, ok)
	assert.Equal(t, []any{uint64(3), "sourceRequest-1", uint64(2), base}, []any{first.Count, first.LastStream, first.LastRevision, first.SealedAt})

	store.write(t, "person-1", noEvents, 2)
	now.pass(time.Hour)
	ticked(tick)
	require.Len(t, store.seals(t), 1, "nothing is to be sealed: neither the seal nor what may vanish")

	store.write(t, "sourceRequest-1", v, 1)
	require.NoError(t, sealer.WaitFor(testContext(t), end(t, store)))
	now.pass(59 * time.Second)
	ticked(tick)
	require.Len(t, store.seals(t), 1, "it has not waited long enough")
	now.pass(time.Second)
	ticked(tick)
	require.Len(t, store.seals(t), 2)
	again, _, err := sealer.Seal(testContext(t))
	require.NoError(t, err)
	assert.EqualValues(t, 4, again.Count)
	require.Len(t, store.seals(t), 2, "nothing is new")
	assert.Empty(t, store.verify(t).Findings)
}

func end(t testing.TB, store *opened) domain.Position {
	t.Helper()
	p, err := store.End(testContext(t))
	require.NoError(t, err)
	return p
}

func TestFullSealsComeAtOnce(t *testing.T) {
	store := storeIn(t)
	sealer := runSealer(t, store, nil, nil)
	var v domain.Version
	for range 5 {
		v = store.write(t, "sourceRequest-1", v, 1000)
	}
	require.NoError(t, sealer.WaitFor(testContext(t), v5000(t, store)))
	list := store.seals(t)
	require.Len(t, list, 1)
	assert.EqualValues(t, seal.MaxEntries, list[0].Count)
	last, _, err := sealer.Seal(testContext(t))
	require.NoError(t, err)
	assert.EqualValues(t, 5000, last.Count)
}

// v5000 is the position of the last event that is no seal.
func v5000(t testing.TB, store *opened) domain.Position {
	t.Helper()
	last, ok, err := store.LastEvent(testContext(t), "sourceRequest-1")
	require.NoError(t, err)
	require.True(t, ok)
	return last.Position
}

func TestASealOfLongNamesFitsIntoAnAppend(t *testing.T) {
	store := storeIn(t)
	long := make([]byte, 2000)
	for i := range long {
		long[i] = 'x'
	}
	var v domain.Version
	for range 3 {
		v = store.write(t, "sourceRequest-"+string(long), v, 300)
	}
	store.sealAll(t)
	assert.Len(t, store.seals(t), 4)
	assert.Empty(t, store.verify(t).Findings)
}

// TestSeveralSealersAgree runs some beside each other, while others write.
func TestSeveralSealersAgree(t *testing.T) {
	store := storeIn(t)
	var sealers []*audit.Sealer
	for range 3 {
		sealers = append(sealers, runSealer(t, store, nil, nil))
	}
	var group sync.WaitGroup
	for _, s := range sealers {
		group.Go(func() {
			for range 10 {
				_, _, err := s.Seal(testContext(t))
				assert.NoError(t, err)
			}
		})
	}
	for i := range 4 {
		group.Go(func() {
			var v domain.Version
			for range 20 {
				v = store.write(t, streamName(i), v, 3)
			}
		})
	}
	group.Wait()
	for _, s := range sealers {
		last, ok, err := s.Seal(testContext(t))
		require.NoError(t, err)
		require.True(t, ok)
		assert.EqualValues(t, 4*20*3, last.Count)
	}
	r := store.verify(t)
	assert.Empty(t, r.Findings)
	assert.EqualValues(t, 4*20*3, r.Sealed)
	assert.Zero(t, r.Unsealed)
}

func TestASealerGoesOnAfterARestart(t *testing.T) {
	dir := t.TempDir()
	store := open(t, dir)
	v := store.write(t, "sourceRequest-1", noEvents, 3)
	store.sealAll(t)
	v = store.write(t, "sourceRequest-1", v, 3)
	store.stop()
	store = open(t, dir)
	store.write(t, "sourceRequest-1", v, 3)
	assert.EqualValues(t, 9, store.sealAll(t).Count)
	r := store.verify(t)
	assert.Empty(t, r.Findings)
	assert.Equal(t, 2, r.Seals)
}

func TestASealerRefusesALogThatLacksWhatWasSealed(t *testing.T) {
	dir := t.TempDir()
	store := open(t, dir)
	store.write(t, "sourceRequest-1", noEvents, 3)
	store.sealAll(t)
	store.stop()
	s, err := tamper.Open(dir)
	require.NoError(t, err)
	records, err := s.Stream("sourceRequest-1")
	require.NoError(t, err)
	require.NoError(t, s.Remove(records[2]))
	require.NoError(t, s.Close())
	store = open(t, dir)
	_, _, err = runSealer(t, store, nil, nil).Seal(testContext(t))
	require.Equal(t, domain.CodeRefused, domain.ErrorCode(err))
	require.Len(t, store.seals(t), 1)
}

func TestSealWithoutASealerEndsWithItsContext(t *testing.T) {
	s, err := audit.NewSealer(audit.SealerConfig{Log: storeIn(t)})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err = s.Seal(ctx)
	require.Equal(t, domain.CodeTimeout, domain.ErrorCode(err))
	_, err = audit.NewSealer(audit.SealerConfig{})
	require.Error(t, err)
	_, err = audit.NewSealer(audit.SealerConfig{Log: storeIn(t), Every: -1})
	require.Error(t, err)
}
