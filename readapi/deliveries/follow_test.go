package deliveries

import (
	"context"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"backlot/domain"
	"backlot/domain/figures"
	"backlot/domain/sourcerequest"
	"backlot/internal/redistest"
	"backlot/readmodel"
)

// write brings an entry to Redis as a projector does.
func write(t *testing.T, c *redis.Client, e *readmodel.Entry) {
	ctx, g := t.Context(), e.Generation
	_, err := c.TxPipelined(ctx, func(p redis.Pipeliner) error {
		if e.From == 0 {
			p.HSet(ctx, g.Info(), readmodel.InfoVersion, readmodel.DeliveriesVersion, readmodel.InfoPolicy, sourcerequest.DefaultPolicy().Fingerprint())
			for d := range readmodel.Dictionary(readmodel.DictionaryCount) {
				p.RPush(ctx, g.Dictionary(d), "")
			}
		}
		for _, r := range e.Rows {
			p.SetRange(ctx, g.Rows(r.Number/readmodel.RowsPerSegment), int64(r.Number%readmodel.RowsPerSegment)*readmodel.DeliverySize, string(r.Bytes))
		}
		for d, added := range e.Added {
			p.RPush(ctx, g.Dictionary(d), added.Values)
		}
		fields, err := e.Fields()
		if err != nil {
			return err
		}
		p.XAdd(ctx, &redis.XAddArgs{Stream: g.Feed(), ID: readmodel.FeedID(e.To), Values: fields})
		p.Set(ctx, g.Checkpoint(), e.To.String(), 0)
		return nil
	})
	require.NoError(t, err)
}

// The index loads what is there, follows what comes, and goes over to another
// generation, in which every code is another one.
func TestTheIndexFollowsTheReadModel(t *testing.T) {
	redistest.Each(t, func(t *testing.T, c *redis.Client) {
		x := New(Config{
			Redis: c, Policy: sourcerequest.DefaultPolicy(), Names: testOrgs, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
			Poll: 10 * time.Millisecond, Retry: 10 * time.Millisecond,
		})
		_, err := x.Snapshot()
		require.Equal(t, domain.CodeUnavailable, domain.ErrorCode(err))
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- x.Run(ctx) }()
		t.Cleanup(func() {
			cancel()
			require.ErrorIs(t, <-ended, context.Canceled)
		})
		holds := func(at domain.Position, all []plain) {
			t.Helper()
			wait, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			require.NoError(t, x.WaitFor(wait, at))
			s, err := x.Snapshot()
			require.NoError(t, err)
			require.Equal(t, len(all), s.Len())
			for _, who := range []domain.Principal{{Role: domain.RoleOperator}, {Role: domain.RoleFulfillmentPartner, Organisation: "zoo"}} {
				q := Query{Principal: who, Now: testNow}
				a, err := s.Measure(q, []string{"fulfillment_partner"}, 0, 100)
				require.NoError(t, err)
				for f := range figures.Figure(figures.Count) {
					require.Equal(t, tally(selected(q, f, all)), a.Measures[f].Tally)
				}
			}
		}
		all := randomDeliveries(1, 700)
		w := newWriter("deliveries.one")
		write(t, c, w.entry(100, all[:600]...))
		require.NoError(t, c.Set(t.Context(), readmodel.Deliveries.LiveKey(), "deliveries.one", 0).Err())
		holds(100, all[:600])

		all[3].assignee, all[3].partner, all[5].SentBack = "zoo", "zoo", 0
		write(t, c, w.entry(110, all[3], all[5], all[600]))
		holds(110, all[:601])

		other := newWriter("deliveries.other")
		for i, p := range []string{"somebody", "zoo", "pix", "juice"} { // other codes
			other.codes[readmodel.Partners][p] = uint32(i + 1)
		}
		e := other.entry(120, all...)
		e.Added[readmodel.Partners] = readmodel.Added{From: 1, Values: append([]string{"somebody", "zoo", "pix", "juice"}, e.Added[readmodel.Partners].Values...)}
		write(t, c, e)
		require.NoError(t, c.Set(t.Context(), readmodel.Deliveries.LiveKey(), "deliveries.other", 0).Err())
		holds(120, all)
	})
}
