package eventstore

import (
	"context"
	"net"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"backlot/domain"
	"backlot/eventstore/embedded"
)

func TestWritesFollowTheLeaderAndAreNeitherLostNorDoubled(t *testing.T) {
	for name, known := range map[string][]int{"all nodes are known": {0, 1, 2}, "one node is known": {0}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, ctx := newCluster(t, 3), testContext(t)
			var appends, undecided atomic.Int64
			c.onAnswer(func(_ context.Context, m proto.Message) (proto.Message, error) {
				if _, ok := m.(*streams.AppendResp); ok && appends.Add(1)%17 == 0 {
					undecided.Add(1)
					return nil, status.Error(codes.Aborted, "Operation timed out: Commit timeout.") // yet recorded
				}
				return m, nil
			})
			s := c.connect(Config{CallTimeout: 2 * time.Second}, known...)
			requireSurvival(t, ctx, s, 5, func(i int) { c.leader.Store(int64(i+1) % 3) })
			require.Positive(t, undecided.Load())
			require.Zero(t, c.stale.Load(), "every call names the leader")
		})
	}
}

func TestSingleAddressAsksForMembersOnlyOnceItIsToldOfALeader(t *testing.T) {
	c, ctx := newCluster(t, 2), testContext(t)
	s := c.connect(Config{}, 0)
	v := persist(t, ctx, s, "sourceRequest-1", domain.Version{}, comments(0, 1))
	require.Zero(t, c.gossips.Load())
	c.leader.Store(1)
	persist(t, ctx, s, "sourceRequest-1", v, comments(1, 1))
	require.Positive(t, c.gossips.Load())
	require.Len(t, readAll(t, s, "sourceRequest-1"), 2)
}

func TestConnectToAFollower(t *testing.T) {
	c, ctx := newCluster(t, 2), testContext(t)
	c.leader.Store(1)
	s := c.connect(Config{}, 0)
	_, _, err := s.Append(ctx, "sourceRequest-1", domain.Version{}, comments(0, 1))
	require.NoError(t, err, "the first call already waits for the leader")
}

// The former leader refuses the append before it has read it, so its reason is lost.
func TestLargeAppendFollowsTheLeader(t *testing.T) {
	c, ctx := newCluster(t, 2), testContext(t)
	s := c.connect(Config{}, 0)
	v := persist(t, ctx, s, "sourceRequest-1", domain.Version{}, comments(0, 1))
	c.leader.Store(1)
	_, _, err := s.Append(ctx, "sourceRequest-1", v, large(9))
	require.NoError(t, err)
	require.Len(t, readAll(t, s, "sourceRequest-1"), 10)
}

func TestElection(t *testing.T) {
	c, ctx := newCluster(t, 3), testContext(t)
	s := c.connect(Config{CallTimeout: 200 * time.Millisecond}, 0, 1, 2)
	s.conn.patience = 50 * time.Millisecond
	f := follow(t, s)
	v := persist(t, ctx, s, "sourceRequest-1", domain.Version{}, comments(0, 1))
	before := runtime.NumGoroutine()
	c.leader.Store(-1)
	requireUnavailable(t, ctx, s, v)
	c.leader.Store(2)
	persist(t, ctx, s, "sourceRequest-1", v, comments(1, 1))
	f.until(ctx, func(l *checkLog) bool { return len(l.events) == 2 })
	// The subscription may go on at the former leader, over a client of its own.
	requireGoroutines(t, before+30)
	require.Zero(t, c.stale.Load())
}

func TestShortElectionIsOnlyAPause(t *testing.T) {
	c, ctx := newCluster(t, 3), testContext(t)
	s := c.connect(Config{}, 0, 1, 2)
	s.conn.patience = patience
	v := persist(t, ctx, s, "sourceRequest-1", domain.Version{}, comments(0, 1))
	c.leader.Store(-1)
	asked := c.gossips.Load() + 20
	c.onGossip(func(n int64) {
		if n == asked {
			c.leader.Store(2)
		}
	})
	_, _, err := s.Append(ctx, "sourceRequest-1", v, comments(1, 1))
	require.NoError(t, err)
	require.GreaterOrEqual(t, c.gossips.Load(), asked, "it was tried again and again meanwhile")
}

// The client follows the hint to the dead node, then looks for another one
// within the call, for ever and whatever the call's context says.
func TestLeaderThatDiesAsItIsNamed(t *testing.T) {
	for name, known := range map[string][]int{"all nodes are known": {0, 1, 2}, "one node is known": {0}} {
		t.Run(name, func(t *testing.T) {
			c, ctx := newCluster(t, 3), testContext(t)
			s := c.connect(Config{CallTimeout: 200 * time.Millisecond}, known...)
			s.conn.patience = 50 * time.Millisecond
			f := follow(t, s)
			v := persist(t, ctx, s, "sourceRequest-1", domain.Version{}, comments(0, 1))
			before := runtime.NumGoroutine()
			c.nodes[1].server.Stop()
			c.leader.Store(1)
			requireUnavailable(t, ctx, s, v)
			c.leader.Store(2)
			persist(t, ctx, s, "sourceRequest-1", v, comments(1, 1))
			f.until(ctx, func(l *checkLog) bool { return len(l.events) == 2 })
			requireGoroutines(t, before+30)
		})
	}
}

// refusing is the address of nobody.
func refusing(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	return l.Addr().String()
}

func TestSeveralSeedsFindTheEmbeddedServerByItsGossip(t *testing.T) {
	t.Parallel()
	fs, ctx := vfs.NewMem(), testContext(t)
	open := func(listen string) *embedded.Server {
		server, err := embedded.Open(ctx, embedded.Options{FS: fs, Listen: listen})
		require.NoError(t, err)
		return server
	}
	server := open("127.0.0.1:0")
	address := server.Addr()
	t.Cleanup(func() { require.NoError(t, server.Close()) })

	down := refusing(t)
	s := connectTo(t, Config{}, down, address)
	f := follow(t, s)
	v := persist(t, ctx, s, "sourceRequest-1", domain.Version{}, comments(0, 1))

	require.NoError(t, server.Close())
	server = open(address)
	persist(t, ctx, s, "sourceRequest-1", v, comments(1, 1))
	f.until(ctx, func(l *checkLog) bool { return len(l.events) == 2 })

	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes connections, and that is all
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, silent.Close()) })
	other := connectTo(t, Config{}, silent.Addr().String(), address)
	_, ok, err := other.LastEvent(ctx, "sourceRequest-1")
	for domain.ErrorCode(err) == domain.CodeUnavailable {
		_, ok, err = other.LastEvent(ctx, "sourceRequest-1")
	}
	require.NoError(t, err)
	require.True(t, ok)
}
