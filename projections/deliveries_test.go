package projections

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"backlot/domain"
	"backlot/domain/figures"
	"backlot/domain/sourcerequest"
	"backlot/internal/redistest"
	"backlot/readmodel"
)

// plainDelivery is a delivery's row with its values written out.
type plainDelivery struct {
	Partner, Maker, ContentPartner, FulfillmentPartner, SubAssignee, Language, SourceType, ServiceType, Cause, Scope, Inspection string
	Files                                                                                                                        int
	Due, Day, BlockerDay                                                                                                         domain.Date
	At, SentBack, Blocker                                                                                                        int64
	Facts                                                                                                                        figures.Facts
}

// expectedDeliveries folds every stream of a log from its beginning.
func expectedDeliveries(events []domain.Recorded, policy sourcerequest.Policy) map[string]plainDelivery {
	streams, all := map[string][]domain.Recorded{}, map[string]plainDelivery{}
	for _, e := range events {
		streams[e.Stream] = append(streams[e.Stream], e)
	}
	for stream, events := range streams {
		id, ok := strings.CutPrefix(stream, "sourceRequest-")
		if !ok {
			continue
		}
		s := figures.Fold(figures.State{}, events...)
		for i, d := range s.Deliveries {
			r := s.Request
			all[fmt.Sprintf("%s %d", id, i+1)] = plainDelivery{
				Partner: d.Partner, Maker: d.Maker, ContentPartner: r.ContentPartner, FulfillmentPartner: r.FulfillmentPartner, SubAssignee: r.SubAssignee,
				Language: r.Language, SourceType: string(r.SourceType), ServiceType: string(r.ServiceType), Cause: string(d.Cause), Scope: string(d.Scope),
				Files: d.Files, Inspection: string(d.Inspection),
				Due: d.DueDate, Day: d.Day(policy.Zone), BlockerDay: d.BlockerDay(policy.Zone), At: d.At, SentBack: d.SentBack, Blocker: d.Blocker,
				Facts: d.Facts(policy.Zone),
			}
		}
	}
	return all
}

// requireDeliveries checks the live generation against a log.
func requireDeliveries(t require.TestingT, c *redis.Client, log *memoryLog, policy sourcerequest.Policy) readmodel.Generation {
	ctx := context.Background()
	live, err := c.Get(ctx, readmodel.Deliveries.LiveKey()).Result()
	require.NoError(t, err)
	g := readmodel.Generation(live)
	require.Equal(t, log.position().String(), c.Get(ctx, g.Checkpoint()).Val())
	var words [readmodel.DictionaryCount][]string
	for d := range words {
		words[d] = c.LRange(ctx, g.Dictionary(readmodel.Dictionary(d)), 0, -1).Val()
	}
	got := map[string]plainDelivery{}
	for segment := uint32(0); ; segment++ {
		b := []byte(c.Get(ctx, g.Rows(segment)).Val())
		if len(b) == 0 {
			break
		}
		for ; len(b) > 0; b = b[readmodel.DeliverySize:] {
			var r readmodel.Delivery
			require.NoError(t, r.Decode(b[:readmodel.DeliverySize]))
			key := fmt.Sprintf("%s %d", r.ID, r.Number)
			require.NotContains(t, got, key)
			partner := func(code uint32) string { return words[readmodel.Partners][code] }
			got[key] = plainDelivery{
				Partner: partner(r.Partner), Maker: partner(r.Maker), ContentPartner: partner(r.ContentPartner), FulfillmentPartner: partner(r.FulfillmentPartner), SubAssignee: partner(r.SubAssignee),
				Language: words[readmodel.Languages][r.Language], SourceType: label(r.SourceType, sourcerequest.SourceTypes()), ServiceType: label(r.ServiceType, sourcerequest.ServiceTypes()),
				Cause: label(r.Cause, sourcerequest.Causes()), Scope: label(r.Scope, sourcerequest.RedeliveryScopes()),
				Files: int(r.Files), Inspection: label(r.Inspection, sourcerequest.Verdicts()),
				Due: r.DueDate, Day: r.Day, BlockerDay: r.BlockerDay, At: r.At, SentBack: r.SentBack, Blocker: r.Blocker, Facts: r.Facts(),
			}
		}
	}
	require.Equal(t, expectedDeliveries(log.events, policy), got)
	// A request has a document if and only if it has a row.
	kept, wanted := map[string]bool{}, map[string]bool{}
	for _, key := range c.Keys(ctx, g.Document("*")).Val() {
		kept[strings.TrimPrefix(key, g.Document(""))] = true
	}
	for key := range got {
		id, _, _ := strings.Cut(key, " ")
		wanted[id] = true
	}
	require.Equal(t, wanted, kept)
	return g
}

// Both read models follow one log on one Redis, which is flushed meanwhile.
func TestTheDeliveriesFollowTheLog(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		zone, err := time.LoadLocation("Asia/Tokyo")
		require.NoError(t, err)
		seen := 0
		rapid.Check(t, func(rt *rapid.T) {
			require.NoError(rt, c.FlushAll(context.Background()).Err())
			h := newHistory()
			log := newMemoryLog(h.draw(rt, rapid.IntRange(0, 80).Draw(rt, "before"), 4)...)
			cfg := configOf(c, log, rapid.IntRange(1, 30).Draw(rt, "page"))
			cfg.States, cfg.Policy.Zone = rapid.IntRange(1, 6).Draw(rt, "states"), zone
			_, stop := runningFor(t, cfg, deliveries)
			_, stopFacets := running(t, cfg)
			waitForModel(t, c, log, readmodel.Deliveries)
			requireDeliveries(rt, c, log, cfg.Policy)
			if rapid.Bool().Draw(rt, "flush") {
				require.NoError(rt, c.FlushAll(context.Background()).Err())
			}
			log.append(h.draw(rt, 8, 4)...)
			waitForModel(t, c, log, readmodel.Deliveries)
			waitFor(t, c, log)
			stop()
			stopFacets()
			requireDeliveries(rt, c, log, cfg.Policy)
			requireModel(t, c, log, cfg.Policy)
			seen += len(expectedDeliveries(log.events, cfg.Policy))
		})
		require.NotZero(t, seen)
	})
}

func TestEachReadModelIsRebuiltAlone(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		_, log := someHistory(t, 200)
		cfg := configOf(c, log, 9)
		others, _ := running(t, cfg)
		ours, _ := runningFor(t, cfg, deliveries)
		waitFor(t, c, log)
		waitForModel(t, c, log, readmodel.Deliveries)
		searched, old := requireModel(t, c, log, cfg.Policy).generation, requireDeliveries(t, c, log, cfg.Policy)
		require.True(t, strings.HasPrefix(string(old), "deliveries."))

		require.NoError(t, ours.Rebuild(t.Context()))
		waitForModel(t, c, log, readmodel.Deliveries)
		built := requireDeliveries(t, c, log, cfg.Policy)
		require.NotEqual(t, old, built)
		require.Equal(t, searched, requireModel(t, c, log, cfg.Policy).generation)

		require.NoError(t, others.Rebuild(t.Context()))
		waitFor(t, c, log)
		require.NotEqual(t, searched, requireModel(t, c, log, cfg.Policy).generation)
		require.Equal(t, built, requireDeliveries(t, c, log, cfg.Policy))
		require.Eventually(t, func() bool {
			keys := c.Keys(t.Context(), "backlot:*{*").Val()
			for _, key := range keys {
				if strings.Contains(key, string(old)) || strings.Contains(key, string(searched)) {
					return false
				}
			}
			return len(keys) > 0
		}, 20*time.Second, time.Millisecond, "what was replaced is swept")
	})
}

func TestAnotherVersionOfTheDeliveriesBuildsThemAnew(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		_, log := someHistory(t, 60)
		cfg := configOf(c, log, 0)
		require.NoError(t, drive(t.Context(), lineFor(cfg, deliveries), log, 7))
		old := requireDeliveries(t, c, log, cfg.Policy)
		require.NoError(t, c.HSet(t.Context(), old.Info(), readmodel.InfoVersion, "0").Err())
		require.NoError(t, drive(t.Context(), lineFor(cfg, deliveries), log, 7))
		require.NotEqual(t, old, requireDeliveries(t, c, log, cfg.Policy))
	})
}

// What happens to a request before it is delivered is not looked at, however
// many other requests came between; then its stream is read once.
func TestTheStreamOfARequestIsReadWhenItIsDelivered(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		h, log := newHistory(), newMemoryLog()
		for i := range 4 {
			log.append(h.record(fmt.Sprintf("sourceRequest-SR-%d", i), opened(i)))
		}
		for range 5 {
			for i := range 4 {
				log.append(h.record(fmt.Sprintf("sourceRequest-SR-%d", i), sourcerequest.Assigned{FulfillmentPartner: "house"}))
			}
		}
		cfg := configOf(c, log, 0)
		cfg.States = 1
		var read []string
		readStream := cfg.ReadStream
		cfg.ReadStream = func(ctx context.Context, stream string, each func(domain.Recorded) error) error {
			read = append(read, stream)
			return readStream(ctx, stream, each)
		}
		require.NoError(t, drive(t.Context(), lineFor(cfg, deliveries), log, 3))
		require.Empty(t, read)
		require.Empty(t, requireDeliveriesOf(t, c, log, cfg.Policy))

		const delivered = "sourceRequest-SR-2"
		log.append(h.record(delivered, sourcerequest.DeliveryStarted{DeliveryID: "d1", Files: []sourcerequest.DeclaredFile{{ID: "f", Name: "f.mov"}}}))
		log.append(h.record(delivered, sourcerequest.DeliveryCompleted{DeliveryID: "d1"}))
		log.append(h.record("sourceRequest-SR-1", sourcerequest.Assigned{FulfillmentPartner: "pix"}))
		log.append(h.record(delivered, sourcerequest.RedeliveryRequested{Scope: sourcerequest.RedeliveryFull, Cause: sourcerequest.CausePerson}))
		require.NoError(t, drive(t.Context(), lineFor(cfg, deliveries), log, 1))
		require.Equal(t, []string{delivered}, read)
		require.Equal(t, []string{"SR-2 1"}, requireDeliveriesOf(t, c, log, cfg.Policy))

		// Whatever happens to one that has a row is folded, also if its document is lost.
		live, err := c.Get(t.Context(), readmodel.Deliveries.LiveKey()).Result()
		require.NoError(t, err)
		require.NoError(t, c.Del(t.Context(), readmodel.Generation(live).Document("SR-2")).Err())
		log.append(h.record(delivered, sourcerequest.Assigned{FulfillmentPartner: "pix"}))
		require.NoError(t, drive(t.Context(), lineFor(cfg, deliveries), log, 1))
		require.Equal(t, []string{delivered, delivered}, read)

		// What is opened late may have been delivered before.
		const late = "sourceRequest-SR-late"
		log.append(h.record(late, sourcerequest.Assigned{FulfillmentPartner: "house"}))
		for i := range 4 {
			log.append(h.record(fmt.Sprintf("sourceRequest-SR-more-%d", i), opened(i)))
		}
		imported := opened(9)
		imported.Status, imported.Import = sourcerequest.StatusProcessed, true
		log.append(h.record(late, imported))
		require.NoError(t, drive(t.Context(), lineFor(cfg, deliveries), log, 1))
		require.Equal(t, []string{"SR-2 1", "SR-late 1"}, requireDeliveriesOf(t, c, log, cfg.Policy))
	})
}

// requireDeliveriesOf is requireDeliveries that returns what has rows.
func requireDeliveriesOf(t require.TestingT, c *redis.Client, log *memoryLog, policy sourcerequest.Policy) []string {
	requireDeliveries(t, c, log, policy)
	return slices.Sorted(maps.Keys(expectedDeliveries(log.events, policy)))
}

// A document that is lost is folded from its stream, and its deliveries keep
// their rows.
func TestADeliveryHasOneRow(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		h, log := newHistory(), newMemoryLog()
		deliver := deliveredIn(3)
		for i := range 3 {
			log.append(h.record(fmt.Sprintf("sourceRequest-SR-%d", i), opened(i)))
		}
		for i := range 60 {
			log.append(deliver(h, nil, i))
		}
		cfg := configOf(c, log, 0)
		cfg.States = 1
		require.NoError(t, drive(t.Context(), lineFor(cfg, deliveries), log, 5))
		g := requireDeliveries(t, c, log, cfg.Policy)
		require.NoError(t, c.Del(t.Context(), g.Document("SR-1")).Err())
		for i := range 20 {
			log.append(deliver(h, nil, 60+i))
		}
		require.NoError(t, drive(t.Context(), lineFor(cfg, deliveries), log, 5))
		require.Equal(t, g, requireDeliveries(t, c, log, cfg.Policy), "the generation goes on")
		require.Len(t, expectedDeliveries(log.events, cfg.Policy), 20)
	})
}
