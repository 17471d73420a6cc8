package redistest_test

import (
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"backlot/internal/redistest"
)

func TestEachGivesAnEmptyRedis(t *testing.T) {
	for range 2 {
		redistest.Each(t, func(t *testing.T, c *redis.Client) {
			n, err := c.DBSize(t.Context()).Result()
			require.NoError(t, err)
			require.Zero(t, n)
			require.NoError(t, c.Set(t.Context(), "a", "1", 0).Err())
		})
	}
}

func TestAServerStopsAndComesBackEmptyAtItsAddress(t *testing.T) {
	s := redistest.Start(t)
	c := s.Client()
	require.NoError(t, c.Set(t.Context(), "a", "1", 0).Err())
	s.Stop()
	require.Error(t, c.Ping(t.Context()).Err())
	s.Restart()
	require.ErrorIs(t, c.Get(t.Context(), "a").Err(), redis.Nil)
	require.NoError(t, c.Set(t.Context(), "a", "1", 0).Err())
	s.Flush()
	require.ErrorIs(t, c.Get(t.Context(), "a").Err(), redis.Nil)
}

func TestAFlushBreaksTheTransactionThatWatched(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		require.NoError(t, c.Set(t.Context(), "checkpoint", "1", 0).Err())
		err := c.Watch(t.Context(), func(tx *redis.Tx) error {
			require.NoError(t, c.FlushAll(t.Context()).Err())
			_, err := tx.TxPipelined(t.Context(), func(p redis.Pipeliner) error { return p.Set(t.Context(), "checkpoint", "2", 0).Err() })
			return err
		}, "checkpoint")
		require.ErrorIs(t, err, redis.TxFailedErr)
	})
}
