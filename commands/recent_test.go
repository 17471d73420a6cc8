package commands

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/eventstore"
)

// readingLog counts the streams of requests that are read.
type readingLog struct {
	Log
	read atomic.Int64
}

func (l *readingLog) ReadStream(ctx context.Context, stream string, each func(domain.Recorded) error) error {
	if sourcerequest.StreamOf("R1") == stream {
		l.read.Add(1)
	}
	return l.Log.ReadStream(ctx, stream, each)
}

// alone returns use cases of a process that is the only one, and what they read.
func (b *bench) alone() (*SourceRequests, *readingLog) {
	log := &readingLog{Log: b.log}
	return NewSourceRequests(Config{Log: log, Organisations: b.directory, Alone: true, Now: b.requests.now}), log
}

func postpone(days int) sourcerequest.ChangeEstimatedDeliveryDate {
	return sourcerequest.ChangeEstimatedDeliveryDate{Date: domain.NewDate(2026, 12, 1) + domain.Date(days), Reason: "late"}
}

func TestARequestThatWasJustChangedIsNotReadAgain(t *testing.T) {
	b := newBench(t)
	b.open("R1")
	requests, log := b.alone()
	for n := range 10 {
		out, err := requests.Change(t.Context(), "R1", postpone(n), by(juniper, fmt.Sprint("k", n), fmt.Sprint(n)))
		require.NoError(t, err)
		require.True(t, out.Changed)
		require.EqualValues(t, n+1, out.Revision)
		require.Equal(t, postpone(n).Date, out.State.EstimatedDeliveryDate())
	}
	require.EqualValues(t, 1, log.read.Load(), "the first time only")
	fresh, err := b.requests.load(t.Context(), "R1", "")
	require.NoError(t, err)
	remembered := requests.recent.take("R1", "a new key").request
	require.Equal(t, fresh.state, remembered.state)
	require.Equal(t, fresh.tail, remembered.tail, "the chain's hash too: the next event goes on from it")
}

func TestARequestThatWasReadInVainIsRemembered(t *testing.T) {
	b := newBench(t)
	b.open("R1")
	requests, log := b.alone()
	for n, read := range []int64{1, 2, 2} { // the second one changes nothing
		out, err := requests.Change(t.Context(), "R1", postpone(max(1, n)), by(juniper, fmt.Sprint("k", n), fmt.Sprint(n)))
		require.NoError(t, err)
		require.Equal(t, n != 1, out.Changed)
		require.Equal(t, read, log.read.Load())
	}
}

func TestAKnownKeyIsLookedUpInTheStream(t *testing.T) {
	b := newBench(t)
	b.open("R1")
	_, err := b.requests.Change(t.Context(), "R1", postpone(0), by(juniper, "before", "0"))
	require.NoError(t, err)
	requests, _ := b.alone()
	first, err := requests.Change(t.Context(), "R1", postpone(1), by(juniper, "k", "1"))
	require.NoError(t, err)
	_, err = requests.Change(t.Context(), "R1", postpone(2), by(juniper, "k2", "2"))
	require.NoError(t, err)
	for range 2 {
		again, err := requests.Change(t.Context(), "R1", postpone(1), by(juniper, "k", "1"))
		require.NoError(t, err)
		require.True(t, again.Replayed)
		require.Equal(t, first.Revision, again.Revision)
		require.Equal(t, first.State, again.State)
		_, err = requests.Change(t.Context(), "R1", postpone(3), by(juniper, "before", "3"))
		require.Equal(t, domain.CodeKeyReused, domain.ErrorCode(err), "of a command before the request was remembered")
		_, err = requests.Change(t.Context(), "R1", postpone(4), by(juniper, "k2", "4"))
		require.Equal(t, domain.CodeKeyReused, domain.ErrorCode(err))
	}
	_, err = requests.Change(t.Context(), "R1", postpone(5), by(operator, "k", "5"))
	require.NoError(t, err, "keys belong to accounts")
}

func TestWhatIsRememberedRefusesNothingAndOverwritesNothing(t *testing.T) {
	b := newBench(t)
	b.open("R1")
	requests, _ := b.alone()
	change := func(r *SourceRequests, c sourcerequest.Command, p domain.Principal, key string) (sourcerequest.Outcome, error) {
		return r.Change(t.Context(), "R1", c, by(p, key, key))
	}
	_, err := change(requests, postpone(1), juniper, "1")
	require.NoError(t, err)

	// Somebody else cancels: what is remembered would take another date.
	_, err = change(b.requests, sourcerequest.Cancel{Reason: "not needed"}, operator, "2")
	require.NoError(t, err)
	_, err = change(requests, postpone(2), juniper, "3")
	require.Equal(t, domain.CodeRefused, domain.ErrorCode(err))

	// Cancelled here, reinstated there: what is remembered would refuse.
	_, err = change(requests, sourcerequest.Reinstate{}, operator, "4")
	require.NoError(t, err)
	_, err = change(requests, sourcerequest.Cancel{Reason: "not needed"}, operator, "5")
	require.NoError(t, err)
	_, err = change(b.requests, sourcerequest.Reinstate{}, operator, "6")
	require.NoError(t, err)
	out, err := change(requests, postpone(3), juniper, "7")
	require.NoError(t, err)
	require.EqualValues(t, 6, out.Revision)

	// Taken from the partner: it may not append any more.
	_, err = change(b.requests, sourcerequest.Edit{FulfillmentPartner: &lantern.Organisation}, operator, "8")
	require.NoError(t, err)
	_, err = change(requests, postpone(4), juniper, "9")
	require.Equal(t, domain.CodeNotFound, domain.ErrorCode(err))
}

func TestAnAnswerThatWasLostIsFoundInTheStream(t *testing.T) {
	b := newBench(t)
	b.open("R1")
	requests, _ := b.alone()
	_, err := requests.Change(t.Context(), "R1", postpone(1), by(juniper, "1", "1"))
	require.NoError(t, err)
	b.log.afterAppend = func(string) error { return &domain.Error{Code: domain.CodeUnavailable, Message: "no answer"} }
	out, err := requests.Change(t.Context(), "R1", postpone(2), by(juniper, "2", "2"))
	b.log.afterAppend = nil
	require.NoError(t, err)
	require.True(t, out.Replayed)
	require.Len(t, b.requestEvents("R1"), 3)
}

func TestCommandsOfOneProcessMakeOneChain(t *testing.T) {
	b := newBench(t)
	b.open("R1")
	requests, _ := b.alone()
	var all sync.WaitGroup
	for n := range 40 {
		all.Go(func() {
			_, err := requests.Change(t.Context(), "R1", postpone(n), by(juniper, fmt.Sprint("k", n/2), fmt.Sprint(n/2*2)))
			if code := domain.ErrorCode(err); err != nil && code != domain.CodeKeyReused {
				t.Error(err)
			}
		})
	}
	all.Wait()
	require.Len(t, b.requestEvents("R1"), 21, "each key once")
	hash := ""
	require.NoError(t, b.log.Log.(*eventstore.Store).ReadRaw(t.Context(), sourcerequest.StreamOf("R1"), func(e eventstore.RawEvent) (err error) {
		hash, err = eventstore.Verify(hash, e)
		return err
	}))
}

func TestWhatIsRememberedIsBounded(t *testing.T) {
	c := newRecent(4)
	put := func(id string, keys int) {
		c.put(&remembered{request: unread(id), keys: make([]uint64, keys)}, "k")
	}
	put("long", recentKeys)
	require.Nil(t, c.take("long", "x"))
	for _, id := range []string{"a", "b", "c", "d", "e"} {
		put(id, 0)
	}
	require.Nil(t, c.take("a", "x"), "used the longest time ago")
	require.NotNil(t, c.take("e", "x"))
	require.Nil(t, c.take("e", "x"), "whoever decides has it")
	require.NotNil(t, c.take("c", "x"))
	require.LessOrEqual(t, len(c.young)+len(c.old), 4)
	require.Nil(t, c.take("d", "k"), "the stream knows the key's answer")

	none := newRecent(0)
	none.put(&remembered{request: unread("a")}, "k")
	none.learn(unread("a"), "k")
	require.Nil(t, none.take("a", "x"))
}
