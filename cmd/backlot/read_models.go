package main

import (
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/prometheus/client_golang/prometheus"

	"backlot/domain/sourcerequest"
	"backlot/eventstore"
	"backlot/projections"
	"backlot/readapi/deliveries"
	"backlot/readapi/facets"
)

// pace bounds how often a projector goes to Redis, and an index to a new snapshot,
// while events come in quickly: each costs the same for one event as for ten.
const pace = 10 * time.Millisecond

// project starts what follows the event store: the organisations, the
// projectors that keep the read models, and the indexes over them.
func (s *server) project(policy sourcerequest.Policy, keepPast time.Duration) error {
	s.group.Go(func() error { return s.untilClosed(s.follow()) })
	config := projections.Config{
		Redis: s.redis, PageOf: eventstore.PageOf, ReadStream: s.store.ReadStream, Policy: policy, Logger: s.logger, KeepPast: keepPast,
		Subscribe: func(from projections.From) (message.Subscriber, error) {
			return eventstore.NewSubscriber(s.store, eventstore.SubscriberConfig{From: from, Pace: pace})
		},
	}
	var err error
	if s.projector, err = projections.New(config); err != nil {
		return err
	}
	if s.delivered, err = projections.NewDeliveries(config); err != nil {
		return err
	}
	for _, p := range s.readModels() {
		s.group.Go(func() error { return s.untilClosed(p.Run(s.ctx)) })
	}
	s.index = facets.New(facets.Config{Redis: s.redis, Policy: policy, Names: s.directory, Accounts: s.people, Logger: s.logger})
	s.group.Go(func() error { return s.untilClosed(s.index.Run(s.ctx)) })
	s.deliveries = deliveries.New(deliveries.Config{Redis: s.redis, Policy: policy, Names: s.directory, Logger: s.logger})
	s.group.Go(func() error { return s.untilClosed(s.deliveries.Run(s.ctx)) })
	return nil
}

func (s *server) readModels() projections.ReadModels {
	return projections.ReadModels{s.projector, s.delivered}
}

// projectorDetail is what readiness says of a projector, whose rows are of something.
func projectorDetail(p projections.Progress, rows string) map[string]any {
	return map[string]any{
		"generation": p.Generation, "live": p.Live, "position": p.Position.String(), rows: p.Rows,
		"events": p.Events, "unknown_events": p.Unknown, "failure": p.Failure,
	}
}

// measureReadModels adds the projectors to the metrics.
func (s *server) measureReadModels(r prometheus.Registerer) {
	for _, p := range s.readModels() {
		labels := prometheus.Labels{"model": p.Model().String()}
		r.MustRegister(
			prometheus.NewGaugeFunc(prometheus.GaugeOpts{
				Name: "backlot_read_model_rows", Help: "Rows of the read model as this process last knew it.", ConstLabels: labels,
			}, func() float64 { return float64(p.Progress().Rows) }),
			prometheus.NewCounterFunc(prometheus.CounterOpts{
				Name: "backlot_read_model_events_total", Help: "Events that this process folded into the read model.", ConstLabels: labels,
			}, func() float64 { return float64(p.Progress().Events) }),
			prometheus.NewGaugeFunc(prometheus.GaugeOpts{
				Name: "backlot_read_model_ready", Help: "1 while the read model answers for the present, as this process knows it.", ConstLabels: labels,
			}, func() float64 {
				if p.Progress().Ready() {
					return 1
				}
				return 0
			}),
		)
	}
}
