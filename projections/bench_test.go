package projections

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/sourcerequest"
	"backlot/internal/redistest"
)

// BenchmarkPages folds pages and writes them to a real redis-server, without
// the event store and the router.
func BenchmarkPages(b *testing.B) {
	const requests = 50_000
	for _, kind := range []struct {
		name   string
		states int
		of     *projection
		event  func(h *history, r *rand.Rand, i int) domain.Recorded
	}{
		{"opened", 0, facets, func(h *history, _ *rand.Rand, i int) domain.Recorded {
			return h.record(fmt.Sprintf("sourceRequest-SR-%d", i), opened(i%100_000))
		}},
		{"changed", 0, facets, changeOf(requests)},
		{"changed, not in memory", 1_000, facets, changeOf(requests)},
		{"deliveries: changed", 0, deliveries, changeOf(requests)},
		{"deliveries: delivered", 0, deliveries, deliveredIn(requests)},
		{"deliveries: delivered, not in memory", 1_000, deliveries, deliveredIn(requests)},
	} {
		for _, size := range []int{1, 512, 2048} {
			b.Run(fmt.Sprintf("%s/%d", kind.name, size), func(b *testing.B) {
				server := redistest.Start(b)
				log := newMemoryLog()
				cfg := configOf(server.Client(), log, 0)
				cfg.States = kind.states
				streams := map[string][]domain.Recorded{} // the log would be read from its beginning
				cfg.ReadStream = func(_ context.Context, stream string, each func(domain.Recorded) error) error {
					for _, e := range streams[stream] {
						if err := each(e); err != nil {
							return err
						}
					}
					return nil
				}
				l := lineFor(cfg, kind.of)
				ctx := context.Background()
				_, err := l.from(ctx)
				require.NoError(b, err)
				h, r := newHistory(), rand.New(rand.NewPCG(1, 2))
				apply := func(events []domain.Recorded) {
					for _, e := range events {
						streams[e.Stream] = append(streams[e.Stream], e)
					}
					page := domain.Page{From: l.build.position, To: h.position, Events: events}
					if err := l.apply(ctx, page); err != nil {
						b.Fatal(err)
					}
				}
				if kind.name != "opened" {
					for i := 0; i < requests; i += 1000 {
						var events []domain.Recorded
						for j := range 1000 {
							events = append(events, h.record(fmt.Sprintf("sourceRequest-SR-%d", i+j), opened(i+j)))
						}
						apply(events)
					}
				}
				page := make([]domain.Recorded, size)
				i, own, redis := 0, ownCPU(b), redisCPU(b, server)
				for b.Loop() {
					for j := range page {
						page[j] = kind.event(h, r, i)
						i++
					}
					apply(page)
				}
				b.ReportMetric(float64(i)/b.Elapsed().Seconds(), "events/s")
				b.ReportMetric(float64(i/size)/b.Elapsed().Seconds(), "pages/s")
				b.ReportMetric((ownCPU(b)-own)*1e6/float64(i), "own-µs/event")
				b.ReportMetric((redisCPU(b, server)-redis)*1e6/float64(i), "redis-µs/event")
			})
		}
	}
}

func changeOf(requests int) func(*history, *rand.Rand, int) domain.Recorded {
	return func(h *history, r *rand.Rand, i int) domain.Recorded {
		stream := fmt.Sprintf("sourceRequest-SR-%d", r.IntN(requests))
		switch i % 4 {
		case 0:
			return h.record(stream, sourcerequest.MaterialStatusChanged{MaterialStatus: sourcerequest.MaterialAccepted})
		case 1:
			return h.record(stream, sourcerequest.EstimatedDeliveryDateChanged{Date: 20_100, Reason: "late"})
		case 2:
			return h.record(stream, sourcerequest.Assigned{FulfillmentPartner: "org-9"})
		}
		return h.record(stream, sourcerequest.FieldsEdited{})
	}
}

// deliveredIn delivers and sends back each request in turn.
func deliveredIn(requests int) func(*history, *rand.Rand, int) domain.Recorded {
	return func(h *history, _ *rand.Rand, i int) domain.Recorded {
		stream, delivery := fmt.Sprintf("sourceRequest-SR-%d", i/4%requests), fmt.Sprintf("d%d", i/4/requests)
		switch i % 4 {
		case 0:
			return h.record(stream, sourcerequest.DeliveryStarted{DeliveryID: delivery, Method: sourcerequest.MethodAPI, Files: []sourcerequest.DeclaredFile{{ID: "f", Name: "f.mov"}}})
		case 1:
			return h.record(stream, sourcerequest.DeliveryCompleted{DeliveryID: delivery})
		case 2:
			return h.record(stream, sourcerequest.QualityControlRecorded{ResultID: delivery, DeliveryID: delivery, Issues: []sourcerequest.Issue{{ID: delivery, Severity: sourcerequest.SeverityBlocker}}})
		}
		return h.record(stream, sourcerequest.RedeliveryRequested{Scope: sourcerequest.RedeliveryFull, Cause: sourcerequest.CauseQualityControl})
	}
}

// Processor time in seconds tells more than elapsed time on a busy machine.

func ownCPU(b *testing.B) float64 {
	var u syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

func redisCPU(b *testing.B, s *redistest.Server) (seconds float64) {
	info, err := s.Client().InfoMap(context.Background(), "cpu").Result()
	require.NoError(b, err)
	for _, field := range []string{"used_cpu_user", "used_cpu_sys"} {
		n, err := strconv.ParseFloat(info["CPU"][field], 64)
		require.NoError(b, err)
		seconds += n
	}
	return seconds
}
