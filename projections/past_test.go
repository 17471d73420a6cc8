package projections

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"backlot/domain/sourcerequest"
	"backlot/internal/redistest"
	"backlot/readmodel"
)

// busyPast is a history of requests of which each event ends a version.
func busyPast(events int) (*history, *memoryLog) {
	h := newHistory()
	log := newMemoryLog()
	const requests = 5
	for n := range events {
		stream := sourcerequest.StreamOf(fmt.Sprintf("SR-%d", n%requests))
		if n < requests {
			log.append(h.record(stream, sourcerequest.Opened{Title: "Harbour Lights", MovieID: "M1", Language: "Korean", Status: sourcerequest.StatusOpen, MaterialStatus: sourcerequest.MaterialNotReceived}))
			continue
		}
		status := []sourcerequest.MaterialStatus{sourcerequest.MaterialReceived, sourcerequest.MaterialRejected}[n/requests%2]
		log.append(h.record(stream, sourcerequest.MaterialStatusChanged{MaterialStatus: status}))
	}
	return h, log
}

// Of what ended, all that ended after the kept past began is there, and little more.
func TestThePastIsKeptForSoLong(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		ctx := context.Background()
		h, log := busyPast(3 * readmodel.EndedPerSegment)
		const keep = 400 * 1234 * time.Millisecond
		begin := log.events[0].Metadata.OccurredAt
		now := begin
		cfg := configOf(c, log, 0)
		cfg.KeepPast, cfg.Now = keep, func() time.Time { return now }
		l := lineOf(cfg)
		check := func() {
			t.Helper()
			s := readSnapshot(t, c, l.build.generation)
			horizon := now.Add(-keep).UnixMilli()
			require.LessOrEqual(t, s.pastFrom, horizon)
			want := map[plainEnded]bool{}
			for _, e := range expected(t, log.events[:eventsUntil(log, s)], cfg.Policy).Past {
				if e.Until > s.pastFrom {
					want[e] = true
				}
			}
			got := map[plainEnded]bool{}
			for _, e := range s.model(t, c).Past {
				if e.Until > s.pastFrom {
					got[e] = true
				}
			}
			require.Equal(t, want, got)
			atMost := 2 * readmodel.EndedPerSegment // a segment goes as a whole
			for e := range want {
				if e.Until > horizon {
					atMost++
				}
			}
			require.LessOrEqual(t, len(s.ended), atMost)
		}
		for n := 0; n < 24; n++ { // the clock and the log go on together, and half way the projector starts again
			position, err := l.from(ctx)
			require.NoError(t, err)
			page, _ := log.page(position, 33)
			now = page.Events[len(page.Events)-1].Metadata.OccurredAt.Add(time.Second)
			require.NoError(t, hand(ctx, l, page))
			if n == 12 {
				l.sweeps.Wait()
				l = lineOf(cfg)
				_, err := l.from(ctx)
				require.NoError(t, err)
			}
			if n%4 == 0 {
				check()
			}
		}
		check()
		require.Positive(t, l.build.past.kept, "segments were dropped")
		l.sweeps.Wait()

		// What ended long ago is not kept when it is folded for the first time.
		now = h.at.Add(keep / 2)
		require.NoError(t, c.FlushAll(ctx).Err())
		l = project(t, cfg, log, 50)
		check()
		s := readSnapshot(t, c, l.build.generation)
		require.Positive(t, s.pastFrom)
		require.Less(t, len(s.ended), len(log.events)/3)
	})
}

func eventsUntil(log *memoryLog, s *snapshot) int {
	n := 0
	for n < len(log.events) && log.events[n].Position <= s.position {
		n++
	}
	return n
}

func TestADamagedPastIsBuiltAgain(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		ctx := context.Background()
		_, log := busyPast(readmodel.EndedPerSegment + 50)
		cfg := configOf(c, log, 0)
		for _, damage := range []func(readmodel.Generation) error{
			func(g readmodel.Generation) error { return c.Del(ctx, g.Past(0)).Err() },
			func(g readmodel.Generation) error { return c.Del(ctx, g.Past(1)).Err() },
			func(g readmodel.Generation) error { return c.Set(ctx, g.Past(0), "\x01torn", 0).Err() },
			func(g readmodel.Generation) error {
				return c.HSet(ctx, g.Info(), readmodel.InfoPastCount, "many").Err()
			},
		} {
			l := project(t, cfg, log, 40)
			before := l.build.generation
			require.NoError(t, damage(before))
			l = project(t, cfg, log, 40)
			require.NotEqual(t, before, l.build.generation)
			requireModel(t, c, log, cfg.Policy)
		}
	})
}
