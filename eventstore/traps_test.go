package eventstore

import (
	"context"
	"flag"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"backlot/domain"
	"backlot/domain/sourcerequest"
)

// Each trap of the official client that is known, and what fails when the
// adapter falls into it.
var _ = []struct {
	trap  string
	tests []func(*testing.T)
}{
	{"after ten attempts the client closes for good: raise maxDiscoverAttempts, re-create the client", []func(*testing.T){
		TestParseAddress, TestOutage, TestCallsDuringAnOutageAreUnavailableAndHealAfterwards, TestConnectBeforeTheServerIsThere,
	}},
	{"goroutines caught at that moment hang whatever their context says: no call goes without a deadline of our own", []func(*testing.T){
		TestManyCallersThroughManyOutages, TestLeaderThatDiesAsItIsNamed, TestServerThatNeverAnswersInTime, TestBytesThatTrickle, TestCloseEndsEverything,
	}},
	{"a client that is closed while a call of it hangs panics", []func(*testing.T){
		TestManyCallersThroughManyOutages, TestCloseEndsEverything,
	}},
	{"a rejection in the middle of an append surfaces as EOF", []func(*testing.T){
		TestAppendThatIsRejectedInTheMiddle, TestLargeAppendFollowsTheLeader,
	}},
	{"subscriptions never resume by themselves", []func(*testing.T){
		TestSubscriptionDroppedAtAnyMomentGoesOnWithoutGapOrRepetition, TestSubscriptionDroppedBeforeTheAck, TestSubscriptionDroppedWhileAPageIsApplied,
		TestDroppedSubscriptionResumes, TestFollowThroughRestartsHasNeitherGapNorRepetition,
	}},
	{"a delete with a wrong version has code 0, wrapped: errors.As before esdb.FromError", []func(*testing.T){
		TestDeleteWithAWrongVersion,
	}},
	{"single-node mode makes no gossip call; several seeds do", []func(*testing.T){
		TestSingleAddressAsksForMembersOnlyOnceItIsToldOfALeader, TestSeveralSeedsFindTheEmbeddedServerByItsGossip,
	}},
	{"requires-leader is meant to be sent and is not", []func(*testing.T){
		TestWritesFollowTheLeaderAndAreNeitherLostNorDoubled, TestElection,
	}},
	{"told of another leader, the client closes the connection under its other calls: Canceled, by nobody", []func(*testing.T){
		TestWritesFollowTheLeaderAndAreNeitherLostNorDoubled,
	}},
	{"told of a leader that is gone, it looks for one within the call, for ever", []func(*testing.T){
		TestLeaderThatDiesAsItIsNamed,
	}},
	{"discovery takes any node while there is no leader", []func(*testing.T){
		TestElection, TestShortElectionIsOnlyAPause, TestConnectToAFollower,
	}},
	{"an append may be answered without its position", []func(*testing.T){
		TestAppendAnsweredWithoutItsPosition,
	}},
}

var outage = flag.Duration("outage", 0, "how long TestOutage keeps the event store away; 0 for a few failed calls")

func TestOutage(t *testing.T) {
	for name, away := range map[string]func(*gate){"refused": (*gate).shut, "silent": (*gate).silence} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(context.Background(), patience+2**outage)
			defer cancel()
			g := newGate(t)
			cfg := Config{Client: g.configuration()}
			if *outage == 0 {
				cfg.CallTimeout = 200 * time.Millisecond
			}
			s := connect(t, cfg)
			if *outage == 0 {
				s.conn.patience = 100 * time.Millisecond
			}
			p := project(t, s, 100)
			requireSurvival(t, ctx, s, 1, func(int) {
				away(g)
				began := time.Now()
				// A client with its usual ten attempts, 5 ms apart, is closed by then.
				for calls := 0; calls < 5 || time.Since(began) < *outage; calls++ {
					called := time.Now()
					_, err := s.End(ctx)
					require.Equal(t, domain.CodeUnavailable, domain.ErrorCode(err), "%v", err)
					require.Less(t, time.Since(called), s.timeout+slack)
					wait(ctx, calls)
				}
				t.Logf("the event store was away for %v", time.Since(began).Round(time.Millisecond))
				g.open()
			})
			end, err := s.End(ctx)
			require.NoError(t, err)
			p.until(ctx, func(l *checkLog) bool { return l.at >= end })
		})
	}
}

// large is more than a server takes in before it has looked at the first event.
func large(n int) []domain.Draft {
	drafts := make([]domain.Draft, n)
	for i := range drafts {
		drafts[i] = draft(i+1, sourcerequest.Commented{Text: strings.Repeat("x", 100_000)})
	}
	return drafts
}

func TestAppendThatIsRejectedInTheMiddle(t *testing.T) {
	c, ctx := newCluster(t, 1), testContext(t)
	s := c.connect(Config{}, 0)
	v := persist(t, ctx, s, "sourceRequest-1", domain.Version{}, comments(0, 1))
	drafts := large(9)
	var rejections atomic.Int64
	c.onCall(func(_ context.Context, method string) error {
		if method == streams.Streams_Append_FullMethodName && rejections.Add(-1) >= 0 {
			return status.Error(codes.ResourceExhausted, "not now")
		}
		return nil
	})

	proposed, _, err := events.prepare("sourceRequest-1", v, 0, drafts)
	require.NoError(t, err)
	rejections.Store(1)
	err = s.with(ctx, func(client *esdb.Client) error {
		_, err := client.AppendToStream(ctx, "sourceRequest-1", s.options(revisionOf(v)), proposed...)
		return err
	})
	require.ErrorIs(t, err, io.EOF, "the trap is still there")

	rejections.Store(maxAttempts)
	_, _, err = s.Append(ctx, "sourceRequest-1", v, drafts)
	require.Equal(t, domain.CodeUnavailable, domain.ErrorCode(err), "%v", err)
	require.Len(t, readAll(t, s, "sourceRequest-1"), 1)

	rejections.Store(maxAttempts - 1)
	_, _, err = s.Append(ctx, "sourceRequest-1", v, drafts)
	require.NoError(t, err)
	require.Len(t, readAll(t, s, "sourceRequest-1"), 10)
}

func TestDeleteWithAWrongVersion(t *testing.T) {
	s, ctx := openStore(t), testContext(t)
	persist(t, ctx, s, "sourceRequest-1", domain.Version{}, comments(0, 3))
	err := s.with(ctx, func(client *esdb.Client) error {
		_, err := client.DeleteStream(ctx, "sourceRequest-1", esdb.DeleteStreamOptions{ExpectedRevision: esdb.Revision(1)})
		return err
	})
	require.Error(t, err)
	_, isClients := err.(*esdb.Error)
	require.False(t, isClients, "esdb.FromError would not find it")
	code, ok := clientCode(err)
	require.True(t, ok)
	require.Equal(t, esdb.ErrorCodeUnknown, code)
	require.Equal(t, domain.CodeConflict, domain.ErrorCode(s.translate(ctx, ctx, "delete", err)))
	require.Len(t, readAll(t, s, "sourceRequest-1"), 3)
}
