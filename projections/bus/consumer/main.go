// Command consumer reads the event bus from a Redis Stream, folds its events
// to the status of each source request and prints how many there are of each.
// It is a beginning for a team that needs the events: it knows the messages as
// asyncapi.yaml describes them, and nothing else of the portal.
//
//	go run ./projections/bus/consumer -redis redis://127.0.0.1:6379
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	cloudevents "github.com/cloudevents/sdk-go/v2/event"
	"github.com/cloudevents/sdk-go/v2/types"
	"github.com/redis/go-redis/v9"
)

func main() {
	address := flag.String("redis", "redis://127.0.0.1:6379", "the Redis of the bus")
	var c consumer
	flag.StringVar(&c.stream, "stream", "backlot.source_requests", "the stream of the bus")
	flag.StringVar(&c.group, "group", "statuses", "name of the consumer group: each has seen what it has seen")
	flag.BoolVar(&c.once, "once", false, "end when nothing more is there")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	options, err := redis.ParseURL(*address)
	if err == nil {
		c.redis = redis.NewClient(options)
		err = c.run(ctx)
	}
	if err != nil && ctx.Err() == nil {
		log.Fatal("consumer: ", err)
	}
}

type consumer struct {
	redis         *redis.Client
	stream, group string
	once          bool
	requests      map[string]request
}

// state is the hash that keeps the requests: field request id, value JSON. It
// is written together with the acknowledgement, so that a crash between the two
// cannot be. With a database of your own, write the revision beside the state
// in one transaction, and acknowledge after it.
func (c *consumer) state() string { return c.stream + ":" + c.group }

// run folds what comes until ctx ends. One consumer a group at a time: Redis
// hands the messages of a request to whoever asks, and two would lose the order.
func (c *consumer) run(ctx context.Context) error {
	err := c.redis.XGroupCreateMkStream(ctx, c.stream, c.group, "0").Err()
	if err != nil && !strings.HasPrefix(err.Error(), "BUSYGROUP") {
		return err
	}
	kept, err := c.redis.HGetAll(ctx, c.state()).Result()
	if err != nil {
		return err
	}
	c.requests = map[string]request{}
	for id, text := range kept {
		var r request
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			return fmt.Errorf("%s: %w", c.state(), err)
		}
		c.requests[id] = r
	}
	// First what was handed out before a crash and not acknowledged.
	for from := "0"; ; {
		args := &redis.XReadGroupArgs{Group: c.group, Consumer: "one", Streams: []string{c.stream, from}, Count: 500, Block: time.Second}
		if c.once {
			args.Block = -1
		}
		answer, err := c.redis.XReadGroup(ctx, args).Result()
		if err != nil && err != redis.Nil {
			return err // a flushed Redis has no group: started again, this begins anew
		}
		if len(answer) > 0 && len(answer[0].Messages) > 0 {
			if err := c.apply(ctx, answer[0].Messages); err != nil {
				return err
			}
			continue
		}
		if from == "0" {
			from = ">"
			continue
		}
		if c.once {
			c.print()
			return nil
		}
	}
}

// apply folds messages and acknowledges them in the transaction that keeps
// what came of them.
func (c *consumer) apply(ctx context.Context, messages []redis.XMessage) error {
	changed := map[string]any{}
	tx := c.redis.TxPipeline()
	for _, m := range messages {
		tx.XAck(ctx, c.stream, c.group, m.ID)
		payload, ok := m.Values["payload"].(string)
		if !ok { // dropped from the capped stream meanwhile
			continue
		}
		var e cloudevents.Event
		if err := json.Unmarshal([]byte(payload), &e); err != nil {
			return fmt.Errorf("message %s: %w", m.ID, err)
		}
		revision, err := types.ToInteger(e.Extensions()["revision"])
		if err != nil {
			return fmt.Errorf("message %s: revision: %w", m.ID, err)
		}
		// At least once, in order per request: what is not behind the last
		// revision was here before, under the same id.
		r, known := c.requests[e.Subject()]
		if known && revision <= r.Revision {
			continue
		}
		if err := r.fold(e); err != nil {
			return fmt.Errorf("message %s: %w", m.ID, err)
		}
		r.Revision = revision
		c.requests[e.Subject()] = r
		text, err := json.Marshal(r)
		if err != nil {
			return err
		}
		changed[e.Subject()] = text
	}
	if len(changed) > 0 {
		tx.HSet(ctx, c.state(), changed)
	}
	_, err := tx.Exec(ctx)
	if err == nil && !c.once {
		c.print()
	}
	return err
}

func (c *consumer) print() {
	counts := map[string]int{}
	for _, r := range c.requests {
		counts[r.Status]++
	}
	for _, status := range slices.Sorted(maps.Keys(counts)) {
		fmt.Printf("%8d  %s\n", counts[status], status)
	}
}
