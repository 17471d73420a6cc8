package bus

import (
	"context"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/checkpoint"
	"backlot/domain/sourcerequest"
	"backlot/internal/redistest"
)

func TestEverythingIsPublishedOnceAndInOrder(t *testing.T) {
	validate := validator(t)
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		log := newLog(t)
		log.grow(60)
		p, stop := running(t, configOf(log, target(t, c)))
		waitFor(log, p)
		log.grow(40)
		waitFor(log, p)
		require.True(t, p.Progress().Active)
		require.Zero(t, p.Progress().Failure)
		stop()
		log.grow(20)
		p, _ = running(t, configOf(log, target(t, c)))
		waitFor(log, p)
		messages := read(t, c, testStream)
		require.Zero(t, log.requireAll(messages))
		for _, m := range messages {
			require.NoError(t, validate([]byte(m.payload)))
		}
		require.Eventually(t, func() bool { return p.Progress().Waiting.IsZero() }, 5*time.Second, time.Millisecond)
	})
}

func TestAnIdlePublisherWritesNothing(t *testing.T) {
	c, log := redistest.Embedded(t), newLog(t)
	log.grow(5)
	p, _ := running(t, configOf(log, target(t, c)))
	waitFor(log, p)
	last, ok, err := log.LastEvent(t.Context(), "checkpoint-bus-redis-backlot.test")
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, log.end, last.Event.(checkpoint.Moved).Position)
	end, err := log.End(t.Context())
	require.NoError(t, err)
	require.Equal(t, last.Position, end)

	log.record("person-p", sourcerequest.Commented{CommentID: "of another stream"})
	moved, err := log.End(t.Context())
	require.NoError(t, err)
	log.grow(1) // when this is out, the publisher was behind the other event
	waitFor(log, p)
	var checkpoints int
	require.NoError(t, log.ReadForwards(t.Context(), end, func(r domain.Recorded, _ time.Time) error {
		if r.Type == "CheckpointMoved.v1" {
			checkpoints++
			require.Greater(t, r.Position, moved)
		}
		return nil
	}))
	require.LessOrEqual(t, checkpoints, 2)
}

func TestAPublisherThatIsKilledLosesNothing(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		for _, after := range []bool{false, true} {
			log := newLog(t)
			require.NoError(t, c.FlushAll(t.Context()).Err())
			for kills := range 5 {
				log.grow(15)
				ctx, cancel := context.WithCancel(context.Background())
				dying := &killing{Store: log.Store, left: 1, after: after, kill: cancel}
				p, err := New(configOf(dying, target(t, c)))
				require.NoError(t, err)
				require.ErrorIs(t, p.Run(ctx), context.Canceled)
				require.NotEmpty(t, read(t, c, testStream), kills)
			}
			log.grow(5)
			p, _ := running(t, configOf(log, target(t, c)))
			waitFor(log, p)
			repeated := log.requireAll(read(t, c, testStream))
			if after {
				require.Zero(t, repeated, "the checkpoint was there")
			} else {
				require.Positive(t, repeated, "what was published before the crash comes again")
			}
		}
	})
}

func TestOneOfTwoPublishersStandsBy(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		log := newLog(t)
		log.grow(40)
		cfg := configOf(log, target(t, c))
		cfg.Patience = 500 * time.Millisecond // longer than a page takes on a busy machine
		a, stopA := running(t, cfg)
		b, stopB := running(t, cfg)
		waitFor(log, a)
		waitFor(log, b)
		// Each has published what there was, or only one has; what comes now
		// shows which stands by.
		for range 3 {
			log.grow(10)
			waitFor(log, a)
			waitFor(log, b)
		}
		require.Eventually(t, func() bool { return a.Progress().Active != b.Progress().Active }, 5*time.Second, time.Millisecond)
		before := log.requireAll(read(t, c, testStream))
		for range 5 {
			log.grow(10)
			waitFor(log, a)
			waitFor(log, b)
		}
		require.Less(t, log.requireAll(read(t, c, testStream))-before, 25, "most is published once")

		survivor, stop := b, stopA
		if b.Progress().Active {
			survivor, stop = a, stopB
		}
		stop()
		log.grow(10)
		waitFor(log, survivor)
		require.True(t, survivor.Progress().Active)
		log.requireAll(read(t, c, testStream))
	})
}

func TestRedisMayBeAway(t *testing.T) {
	t.Parallel()
	server, log := redistest.Start(t), newLog(t)
	log.grow(10)
	p, _ := running(t, configOf(log, target(t, server.Client())))
	waitFor(log, p)
	log.requireAll(read(t, server.Client(), testStream))

	server.Stop()
	before := len(log.ids)
	log.grow(10)
	require.Eventually(t, func() bool { return p.Progress().Failure != "" }, 20*time.Second, time.Millisecond)
	require.False(t, p.Progress().Waiting.IsZero())
	server.Restart() // empty
	waitFor(log, p)
	log.ids = log.ids[before:]
	log.requireAll(read(t, server.Client(), testStream))
	require.Eventually(t, func() bool { return p.Progress().Failure == "" }, 5*time.Second, time.Millisecond)
}

func TestAFlushedRedisGetsNothingASecondTime(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		log := newLog(t)
		log.grow(30)
		p, stop := running(t, configOf(log, target(t, c)))
		waitFor(log, p)
		require.NoError(t, c.FlushAll(t.Context()).Err())
		log.ids = nil
		log.grow(10)
		waitFor(log, p)
		require.Zero(t, log.requireAll(read(t, c, testStream)))

		stop()
		require.NoError(t, c.FlushAll(t.Context()).Err())
		log.ids = nil
		log.grow(10)
		p, _ = running(t, configOf(log, target(t, c)))
		waitFor(log, p)
		require.Zero(t, log.requireAll(read(t, c, testStream)))
	})
}

func TestAStreamIsKeptAtItsLength(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		log := newLog(t)
		log.grow(400)
		to, err := ParseTarget("redis://"+c.Options().Addr, testStream, 50)
		require.NoError(t, err)
		p, _ := running(t, configOf(log, to))
		waitFor(log, p)
		// Redis drops whole nodes of a hundred entries.
		require.Less(t, c.XLen(t.Context(), testStream).Val(), int64(200))
	})
}

func TestAnotherStreamIsFilledFromTheBeginning(t *testing.T) {
	c, log := redistest.Embedded(t), newLog(t)
	log.grow(10)
	p, _ := running(t, configOf(log, target(t, c)))
	waitFor(log, p)
	other, err := ParseTarget("redis://"+c.Options().Addr, "another", 0)
	require.NoError(t, err)
	q, _ := running(t, configOf(log, other))
	waitFor(log, q)
	require.Zero(t, log.requireAll(read(t, c, "another")))
	require.Zero(t, log.requireAll(read(t, c, testStream)))
}

func TestAddressesOfTheBus(t *testing.T) {
	for _, address := range []string{"redis://127.0.0.1:6379", "rediss://host", "unix:///run/redis.sock", "kafka://one:9092,two:9092/topic", "kafka://one/a.b"} {
		to, err := ParseTarget(address, "stream", 7)
		require.NoError(t, err, address)
		require.NotEmpty(t, to.Topic)
	}
	for address, said := range map[string]string{
		"": "kafka://broker1:9092", "http://x": "redis://host:6379", "kafka://": "which Kafka", "kafka://a,,b/t": "which Kafka", "kafka://a/": "which Kafka",
		"kafka://a/b/c": "which Kafka", "redis://host/notadatabase": "for example redis://",
	} {
		_, err := ParseTarget(address, "stream", 7)
		require.Equal(t, domain.CodeInvalid, domain.ErrorCode(err), address)
		require.ErrorContains(t, err, said)
	}
	_, err := ParseTarget("redis://host", "a b", 7)
	require.ErrorContains(t, err, `"a b" cannot be the stream`)
	_, err = ParseTarget("redis://host", "a", -1)
	require.ErrorContains(t, err, "-1 messages")
	_, err = New(Config{})
	require.Equal(t, domain.CodeInternal, domain.ErrorCode(err))
}
