package main

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"backlot/commands"
)

// takeUploads goes on with the files that were under way when an earlier
// process ended, and takes new ones.
func (s *server) takeUploads(c *serveCommand) {
	s.uploads = commands.NewUploads(commands.UploadsConfig{Files: s.files, Requests: s.requests, Expiry: c.UploadExpiry, Logger: s.logger})
	s.closingUploads, s.closeUploads = context.WithCancel(context.Background())
	s.uploads.Run()
	s.closers = append(s.closers, s.uploads)
}

func (s *server) measureUploads(r prometheus.Registerer) {
	for _, m := range []struct {
		name, help string
		value      func(commands.UploadStats) float64
		gauge      bool
	}{
		{name: "backlot_uploads_pending", help: "Uploads that came whole and wait to be checked and handed over.", gauge: true, value: func(s commands.UploadStats) float64 { return float64(s.Pending) }},
		{name: "backlot_uploads_arrived_total", help: "Files that came by upload and were handed over.", value: func(s commands.UploadStats) float64 { return float64(s.Arrived) }},
		{name: "backlot_uploads_mismatched_total", help: "Files that were not the declared ones and have to be sent again.", value: func(s commands.UploadStats) float64 { return float64(s.Mismatched) }},
		{name: "backlot_uploads_dropped_total", help: "Uploads that were taken away because nobody sent or wanted them any more.", value: func(s commands.UploadStats) float64 { return float64(s.Dropped) }},
		{name: "backlot_uploads_hashed_bytes_total", help: "Bytes that were read for checksums.", value: func(s commands.UploadStats) float64 { return float64(s.Hashed) }},
	} {
		read := func() float64 { return m.value(s.uploads.Stats()) }
		if m.gauge {
			r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: m.name, Help: m.help}, read))
		} else {
			r.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: m.name, Help: m.help}, read))
		}
	}
}
