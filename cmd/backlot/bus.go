package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"backlot/projections/bus"
)

// errNoRedisForBus is a bus that nobody could read.
var errNoRedisForBus = errors.New("--bus redis publishes to the Redis of --redis, and the embedded one is for this process alone: name a Redis with --redis or --bus redis://…")

// publish starts what publishes events to other systems, if it is asked for.
func (s *server) publish(c *serveCommand) error {
	address := c.Bus
	switch address {
	case "":
		return nil
	case "redis":
		if address = c.Redis; address == "" {
			return errNoRedisForBus
		}
	}
	target, err := bus.ParseTarget(address, c.BusStream, c.BusLength)
	if err != nil {
		return fmt.Errorf("--bus: %w", err)
	}
	s.bus, err = bus.New(bus.Config{
		Log: s.store, Target: target, Source: c.BusSource, Document: c.publicURL() + "/api/v1/asyncapi.yaml", Logger: s.logger,
	})
	if err != nil {
		return err
	}
	s.group.Go(func() error { return s.untilClosed(s.bus.Run(s.ctx)) })
	return nil
}

// lag is for how long the oldest event waits that is not published yet.
func (s *server) lag() time.Duration {
	waiting := s.bus.Progress().Waiting
	if waiting.IsZero() {
		return 0
	}
	return max(0, time.Since(waiting))
}

// busDetail is what readiness tells of the bus.
func (s *server) busDetail() map[string]any {
	p := s.bus.Progress()
	return map[string]any{
		"active": p.Active, "position": p.Position.String(), "published": p.Published, "lag_seconds": s.lag().Seconds(), "failure": p.Failure,
	}
}

// measureBus adds the bus to the metrics.
func (s *server) measureBus(r prometheus.Registerer) {
	if s.bus == nil {
		return
	}
	r.MustRegister(
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "backlot_bus_published_total", Help: "Messages published to the event bus by this process.",
		}, func() float64 { return float64(s.bus.Progress().Published) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "backlot_bus_lag_seconds", Help: "Time since the oldest event happened that is not published yet; 0 if there is none.",
		}, func() float64 { return s.lag().Seconds() }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "backlot_bus_active", Help: "1 while this process publishes, 0 while it stands by for another one.",
		}, func() float64 {
			if s.bus.Progress().Active {
				return 1
			}
			return 0
		}),
	)
}
