package redistest

import (
	"testing"

	"github.com/alicebob/miniredis/v2"
	"github.com/alicebob/miniredis/v2/server"
	"github.com/redis/go-redis/v9"
)

// Each runs a test on an empty miniredis and on an empty real redis-server.
func Each(t *testing.T, test func(t *testing.T, c *redis.Client)) {
	t.Helper()
	t.Run("miniredis", func(t *testing.T) { test(t, Embedded(t)) })
	t.Run("redis", func(t *testing.T) { test(t, Start(t).Client()) })
}

// Embedded returns a client of an empty miniredis; both end with the test.
func Embedded(t testing.TB) *redis.Client {
	t.Helper()
	m := miniredis.RunT(t)
	m.Server().SetPreHook(func(_ *server.Peer, command string, _ ...string) bool {
		if command == "FLUSHALL" {
			breakWatches(m)
		}
		return false
	})
	return client(t, m.Addr())
}

// breakWatches deletes every key: miniredis' FLUSHALL, unlike Redis', lets a
// transaction through that watched a key before.
func breakWatches(m *miniredis.Miniredis) {
	for _, key := range m.Keys() {
		m.Del(key)
	}
}

func client(t testing.TB, addr string) *redis.Client {
	c := redis.NewClient(&redis.Options{Addr: addr, DisableIdentity: true, DialerRetries: 1})
	t.Cleanup(func() { _ = c.Close() })
	return c
}
