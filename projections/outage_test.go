package projections

import (
	"context"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"backlot/domain/sourcerequest"
	"backlot/internal/redistest"
	"backlot/readmodel"
)

func TestAFlushedRedisIsFilledAgainWithoutAnyNewEvent(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		_, log := someHistory(t, 40)
		running(t, configOf(c, log, 7))
		waitFor(t, c, log)
		before := c.Get(t.Context(), readmodel.LiveKey).Val()
		for range 3 {
			require.NoError(t, c.FlushAll(t.Context()).Err())
			waitFor(t, c, log)
			s := requireModel(t, c, log, sourcerequest.DefaultPolicy())
			require.NotEqual(t, before, string(s.generation))
			before = string(s.generation)
		}
	})
}

func TestAFlushBetweenPagesBeginsANewGeneration(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		ctx := context.Background()
		_, log := someHistory(t, 40)
		l := lineOf(configOf(c, log, 0))
		position, err := l.from(ctx)
		require.NoError(t, err)
		page, _ := log.page(position, 9)
		require.NoError(t, hand(ctx, l, page))
		flushed := l.build.generation
		require.NoError(t, c.FlushAll(ctx).Err())
		next, _ := log.page(page.To, 9)
		require.ErrorIs(t, hand(ctx, l, next), errLost)
		require.Empty(t, dump(t, c))
		require.NoError(t, drive(ctx, l, log, 9))
		s := requireModel(t, c, log, l.Policy)
		require.NotEqual(t, flushed, s.generation)
		requireOnly(t, c, s.generation)
	})
}

func TestALostLiveKeyIsSetAgain(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		_, log := someHistory(t, 20)
		running(t, configOf(c, log, 7))
		waitFor(t, c, log)
		before := c.Get(t.Context(), readmodel.LiveKey).Val()
		require.NoError(t, c.Del(t.Context(), readmodel.LiveKey).Err())
		waitFor(t, c, log)
		require.Equal(t, before, c.Get(t.Context(), readmodel.LiveKey).Val())
	})
}

func TestRedisGoesAwayAndComesBackEmpty(t *testing.T) {
	server := redistest.Start(t)
	h, log := someHistory(t, 40)
	p, _ := running(t, configOf(server.Client(), log, 7))
	waitFor(t, server.Client(), log)
	server.Stop()
	log.append(h.record("sourceRequest-SR-2", sourcerequest.Commented{CommentID: "x", Text: "while it was away"}))
	require.Eventually(t, func() bool { return p.Progress().Failure != "" && !p.Progress().Ready() }, 20*time.Second, time.Millisecond)
	server.Restart()
	waitFor(t, server.Client(), log)
	requireModel(t, server.Client(), log, sourcerequest.DefaultPolicy())
	require.Eventually(t, func() bool { return p.Progress().Ready() }, 5*time.Second, time.Millisecond)
}

func TestAnOlderReplicaIsContinuedFromItsCheckpoint(t *testing.T) {
	primary, replica := redistest.Start(t, "--repl-diskless-sync-delay", "0"), redistest.Start(t)
	var address atomic.Value
	address.Store(primary.Addr())
	c := redis.NewClient(&redis.Options{
		DisableIdentity: true,
		Dialer: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, address.Load().(string))
		},
	})
	t.Cleanup(func() { _ = c.Close() })
	h, log := someHistory(t, 30)
	running(t, configOf(c, log, 7))
	waitFor(t, c, log)
	generation := c.Get(t.Context(), readmodel.LiveKey).Val()

	host, port, err := net.SplitHostPort(primary.Addr())
	require.NoError(t, err)
	backup := replica.Client()
	require.NoError(t, backup.ReplicaOf(t.Context(), host, port).Err())
	require.Eventually(t, func() bool {
		return strings.Contains(backup.Info(t.Context(), "replication").Val(), "master_link_status:up") &&
			backup.Get(t.Context(), readmodel.Generation(generation).Checkpoint()).Val() == log.position().String()
	}, 20*time.Second, time.Millisecond)
	require.NoError(t, backup.ReplicaOf(t.Context(), "NO", "ONE").Err())
	log.append(h.record("sourceRequest-SR-2", sourcerequest.Commented{CommentID: "x", Text: "never replicated"}))
	waitFor(t, primary.Client(), log)

	address.Store(replica.Addr())
	primary.Stop()
	waitFor(t, backup, log)
	s := requireModel(t, backup, log, sourcerequest.DefaultPolicy())
	require.Equal(t, generation, string(s.generation), "the older copy is continued, not built again")
}

func TestAClusterHoldsTheReadModel(t *testing.T) {
	// One node is enough to refuse transactions across slots. Its bus port must
	// be below 65536, which the usual 10,000 above a free port may not be.
	server := redistest.Start(t, "--cluster-enabled", "yes", "--cluster-port", freePort(t))
	c := server.Client()
	require.NoError(t, c.ClusterAddSlotsRange(t.Context(), 0, 16383).Err())
	require.Eventually(t, func() bool {
		return strings.Contains(c.ClusterInfo(t.Context()).Val(), "cluster_state:ok")
	}, 20*time.Second, time.Millisecond)
	cluster := redis.NewClusterClient(&redis.ClusterOptions{Addrs: []string{server.Addr()}, DisableIdentity: true})
	t.Cleanup(func() { _ = cluster.Close() })

	h, log := someHistory(t, 40)
	p, _ := running(t, configOf(cluster, log, 7))
	waitFor(t, c, log)
	first := requireModel(t, c, log, sourcerequest.DefaultPolicy())
	require.NoError(t, p.Rebuild(t.Context()))
	log.append(h.record("sourceRequest-SR-2", sourcerequest.Commented{CommentID: "x", Text: "after it"}))
	waitFor(t, c, log)
	second := requireModel(t, c, log, sourcerequest.DefaultPolicy())
	require.NotEqual(t, first.generation, second.generation)
	requireOnly(t, c, second.generation)
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	return port
}
