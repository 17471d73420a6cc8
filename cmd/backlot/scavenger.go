package main

import (
	"context"
	"errors"

	"github.com/prometheus/client_golang/prometheus"

	"backlot/domain"
	"backlot/eventstore/embedded"
	"backlot/readapi"
)

// scavenger scavenges the embedded event store.
type scavenger struct{ store *embedded.Server }

// Scavenge returns when no file of the event store holds what was deleted or
// truncated before. CodeUnavailable where it cannot at the moment; it may be
// repeated, and is in the background.
func (s *scavenger) Scavenge(ctx context.Context) error {
	_, err := s.ScavengeStore(ctx)
	return err
}

// ScavengeStore implements readapi.Scavenger.
func (s *scavenger) ScavengeStore(ctx context.Context) (readapi.Scavenged, error) {
	report, err := s.store.Scavenge(ctx)
	if err != nil {
		s.store.ScavengeSoon()
		if !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
			err = &domain.Error{Code: domain.CodeUnavailable, Message: "The event store cannot be scavenged at the moment.", Err: err}
		}
		return readapi.Scavenged{}, err
	}
	return readapi.Scavenged(report), nil
}

// register adds what was scavenged to the metrics.
func (s *scavenger) register(r prometheus.Registerer) {
	r.MustRegister(
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "backlot_scavenges_total", Help: "Completed scavenges of the embedded event store.",
		}, func() float64 { runs, _ := s.store.Scavenged(); return float64(runs) }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "backlot_scavenged_events_total", Help: "Events that scavenges removed from the embedded event store.",
		}, func() float64 { _, events := s.store.Scavenged(); return float64(events) }),
	)
}
