package projections

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"backlot/domain"
)

// lineOf returns a line that a test drives page by page, without a router.
func lineOf(cfg Config) *line { return lineFor(cfg, facets) }

func lineFor(cfg Config, of *projection) *line {
	cfg.setDefaults()
	return newLine(&cfg, of, false)
}

// hand gives one page to the line, as a router does.
func hand(ctx context.Context, l *line, page domain.Page) error {
	return l.handle(message.NewMessageWithContext(context.WithValue(ctx, pageKey{}, page), "", nil))
}

// drive hands the log to the line until it has caught up or ctx ends.
func drive(ctx context.Context, l *line, log *memoryLog, pageSize int) error {
	defer l.sweeps.Wait()
	for {
		position, err := l.from(ctx)
		if err != nil {
			return err
		}
		for err == nil {
			page, _ := log.page(position, pageSize)
			if err = hand(ctx, l, page); err == nil && page.CaughtUp {
				return nil
			}
			position = page.To
		}
	}
}

// build builds the read model of a log.
func project(t testing.TB, cfg Config, log *memoryLog, pageSize int) *line {
	t.Helper()
	l := lineOf(cfg)
	require.NoError(t, drive(context.Background(), l, log, pageSize))
	return l
}

// dump returns everything that Redis holds.
func dump(t testing.TB, c *redis.Client) map[string]any {
	t.Helper()
	ctx := context.Background()
	all := map[string]any{}
	keys, err := c.Keys(ctx, "*").Result()
	require.NoError(t, err)
	for _, key := range keys {
		kind, err := c.Type(ctx, key).Result()
		require.NoError(t, err)
		var value any
		switch kind {
		case "string":
			value, err = c.Get(ctx, key).Result()
		case "list":
			value, err = c.LRange(ctx, key, 0, -1).Result()
		case "hash":
			value, err = c.HGetAll(ctx, key).Result()
		case "stream":
			value, err = c.XRange(ctx, key, "-", "+").Result()
		default:
			require.Failf(t, "unexpected type", "%s is a %s", key, kind)
		}
		require.NoError(t, err)
		all[key] = value
	}
	return all
}

var errKilled = errors.New("killed")

// killer is a hook that lets a number of round trips to Redis through and then
// ends the process that makes them: the last one is sent, its answer is lost.
type killer struct {
	mu     sync.Mutex
	left   int
	lost   bool // the last round trip is not even sent
	killed context.CancelFunc
	dead   bool
}

func (k *killer) step(send func() error) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.dead {
		return errKilled
	}
	if k.left--; k.left >= 0 {
		return send()
	}
	k.dead = true
	if !k.lost {
		_ = send()
	}
	k.killed()
	return errKilled
}

func (k *killer) DialHook(next redis.DialHook) redis.DialHook { return next }

func (k *killer) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if cmd.Name() == "hello" || cmd.Name() == "client" {
			return next(ctx, cmd)
		}
		err := k.step(func() error { return next(context.WithoutCancel(ctx), cmd) })
		cmd.SetErr(err)
		return err
	}
}

func (k *killer) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		err := k.step(func() error { return next(context.WithoutCancel(ctx), cmds) })
		if errors.Is(err, errKilled) {
			for _, cmd := range cmds {
				cmd.SetErr(err)
			}
		}
		return err
	}
}

// clientOf returns another client of the same server.
func clientOf(t testing.TB, c *redis.Client, hooks ...redis.Hook) *redis.Client {
	t.Helper()
	other := redis.NewClient(&redis.Options{Addr: c.Options().Addr, DisableIdentity: true, MaxRetries: -1})
	for _, h := range hooks {
		other.AddHook(h)
	}
	t.Cleanup(func() { _ = other.Close() })
	return other
}
