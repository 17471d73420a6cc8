package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"backlot/domain/sourcerequest"
	"backlot/inspection"
	"backlot/inspection/probe"
	"backlot/projections/worker"
)

// inspector is what inspects deliveries, and what follows the log for it.
type inspector struct {
	*inspection.Inspector
	worker *worker.Worker
}

// inspect starts inspecting what is delivered, unless this process is not to.
func (s *server) inspect(c *serveCommand) error {
	if c.Inspections == 0 {
		return nil
	}
	tools := inspection.Tools{Temp: filepath.Join(c.Data, "inspection")}
	switch command := probe.Find(c.FFprobe); {
	case command != "":
		tools.Prober = &probe.Prober{Command: command}
	case c.FFprobe != "":
		return fmt.Errorf("--ffprobe: there is no program %s", c.FFprobe)
	default:
		s.logger.Warn("ffprobe is not installed: video and audio are not probed, which their deliveries say")
	}
	// Copies that a killed process left behind.
	if err := os.RemoveAll(tools.Temp); err != nil {
		return fmt.Errorf("the data folder: %w", err)
	}
	if err := os.MkdirAll(tools.Temp, 0o700); err != nil {
		return fmt.Errorf("the data folder: %w", err)
	}
	i, err := inspection.NewInspector(inspection.Config{
		Streams: s.store, Requests: s.requests, Tools: tools, AtOnce: c.Inspections, Logger: s.logger,
		Open: func(ctx context.Context, id string) (inspection.Content, error) {
			f, err := s.files.Open(ctx, id)
			if err != nil {
				return nil, err
			}
			return f, nil
		},
	})
	if err != nil {
		return err
	}
	w, err := worker.New(worker.Config{
		Log: s.store, Name: "inspection", Account: inspection.Account, Prefixes: []string{sourcerequest.StreamPrefix}, Each: i.Act, Logger: s.logger,
	})
	if err != nil {
		return err
	}
	s.inspector = &inspector{i, w}
	s.group.Go(func() error { return s.untilClosed(w.Run(s.ctx)) })
	return nil
}

// lag is for how long the oldest event waits that is not dealt with.
func (i *inspector) lag() time.Duration {
	waiting := i.worker.Progress().Waiting
	if waiting.IsZero() {
		return 0
	}
	return max(0, time.Since(waiting))
}

// detail is what readiness tells of inspection.
func (i *inspector) detail() map[string]any {
	p, w := i.Progress(), i.worker.Progress()
	return map[string]any{
		"active": w.Active, "position": w.Position.String(), "under_way": p.UnderWay, "lag_seconds": i.lag().Seconds(), "failure": w.Failure,
	}
}

// measureInspection adds inspection to the metrics.
func (s *server) measureInspection(r prometheus.Registerer) {
	if s.inspector == nil {
		return
	}
	i := s.inspector
	for verdict, count := range map[string]func(inspection.Progress) uint64{
		"clean":     func(p inspection.Progress) uint64 { return p.Clean },
		"findings":  func(p inspection.Progress) uint64 { return p.Found },
		"failed":    func(p inspection.Progress) uint64 { return p.Failed },
		"elsewhere": func(p inspection.Progress) uint64 { return p.Elsewhere },
	} {
		r.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "backlot_inspections_total", ConstLabels: prometheus.Labels{"verdict": verdict},
			Help: "Deliveries that this process inspected, by verdict: clean, findings, failed where inspection broke down, elsewhere where the files are not here.",
		}, func() float64 { return float64(count(i.Progress())) }))
	}
	r.MustRegister(
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "backlot_inspection_retries_total", Help: "Tries of inspection that failed and were repeated.",
		}, func() float64 { return float64(i.Progress().Retries) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "backlot_inspections_under_way", Help: "Deliveries that are being inspected, or wait for it.",
		}, func() float64 { return float64(i.Progress().UnderWay) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "backlot_inspection_lag_seconds", Help: "Time since the oldest event happened that inspection has not dealt with; 0 if there is none.",
		}, func() float64 { return i.lag().Seconds() }),
	)
}
