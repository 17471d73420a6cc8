package projections

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/eventstore"
	"backlot/eventstore/embedded"
	"backlot/internal/redistest"
	"backlot/readmodel"
)

// The whole way: a real event store, its subscriber, and both kinds of Redis.
func TestTheReadModelFollowsAnEventStore(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		server, err := embedded.Open(t.Context(), embedded.Options{Dir: t.TempDir()})
		require.NoError(t, err)
		t.Cleanup(func() { _ = server.Close() })
		store, err := eventstore.Connect(eventstore.Config{Client: server.ClientConfiguration()})
		require.NoError(t, err)
		t.Cleanup(func() { _ = store.Close() })

		const requests = 60
		versions := map[string]domain.Version{}
		end := domain.Position(0)
		write := func(i int, e any) {
			stream := fmt.Sprintf("sourceRequest-SR-%d", i%requests)
			version, position, err := store.Append(t.Context(), stream, versions[stream], []domain.Draft{{
				ID: uuid.New(), Event: e, Metadata: domain.Metadata{OccurredAt: time.UnixMilli(1_795_000_000_000 + int64(i)).UTC()},
			}})
			require.NoError(t, err)
			versions[stream], end = version, position
		}
		cfg := configOf(c, nil, 0)
		cfg.PageOf, cfg.ReadStream = eventstore.PageOf, store.ReadStream
		cfg.Subscribe = func(from From) (message.Subscriber, error) {
			return eventstore.NewSubscriber(store, eventstore.SubscriberConfig{From: from, PageSize: 16})
		}
		for i := range requests {
			write(i, opened(i))
		}
		p, stop := running(t, cfg)
		for i := range 200 {
			switch i {
			case 60: // it is killed, and starts again
				stop()
				p, _ = running(t, cfg)
			case 120:
				require.NoError(t, c.FlushAll(t.Context()).Err())
			}
			write(i, sourcerequest.Commented{CommentID: fmt.Sprint(i), Text: "hello"})
		}
		log := newMemoryLog()
		for stream := range versions {
			require.NoError(t, store.ReadStream(context.Background(), stream, func(e domain.Recorded) error {
				log.events = append(log.events, e)
				return nil
			}))
		}
		log.end = end
		waitFor(t, c, log)
		first := requireModel(t, c, log, cfg.Policy)
		require.NoError(t, p.Rebuild(t.Context()))
		waitFor(t, c, log)
		second := requireModel(t, c, log, cfg.Policy)
		require.NotEqual(t, first.generation, second.generation)

		// An event of another aggregate moves the checkpoint as well.
		_, log.end, err = store.Append(t.Context(), "organisation-x", domain.Version{}, []domain.Draft{{ID: uuid.New(), Event: opened(1)}})
		require.NoError(t, err)
		waitFor(t, c, log)
		require.Equal(t, string(second.generation), c.Get(t.Context(), readmodel.LiveKey).Val())
	})
}
