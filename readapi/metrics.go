package readapi

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics count and time the exchanges of each operation. They hold nothing
// that any scope would hide.
type metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	inFlight prometheus.Gauge

	contentBytes  *prometheus.CounterVec
	contentBroken *prometheus.CounterVec

	liveStreams   prometheus.Gauge
	liveWatched   prometheus.Gauge
	liveEvaluated prometheus.Counter
	liveSeconds   prometheus.Histogram
	liveEvents    *prometheus.CounterVec
}

func newMetrics(r prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "backlot_http_requests_total", Help: "HTTP requests by operation and status.",
		}, []string{"operation", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "backlot_http_request_seconds", Help: "Time that HTTP requests took, by operation.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"operation"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{Name: "backlot_http_requests_in_flight", Help: "HTTP requests under way."}),

		contentBytes:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "backlot_content_bytes_total", Help: "Bytes of files and archives that were sent, by operation."}, []string{"operation"}),
		contentBroken: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "backlot_content_broken_total", Help: "Files and archives that could not be sent to their end although somebody waited, by operation."}, []string{"operation"}),

		liveStreams:   prometheus.NewGauge(prometheus.GaugeOpts{Name: "backlot_live_streams", Help: "Live streams that are open."}),
		liveWatched:   prometheus.NewGauge(prometheus.GaugeOpts{Name: "backlot_live_watched", Help: "Distinct searches and requests that live streams watch, or did until a moment ago."}),
		liveEvaluated: prometheus.NewCounter(prometheus.CounterOpts{Name: "backlot_live_evaluations_total", Help: "Evaluations of what live streams watch."}),
		liveSeconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "backlot_live_tick_seconds", Help: "Time that it took to evaluate all that one look at the index concerned.",
			Buckets: []float64{.0001, .001, .01, .05, .1, .25, .5, 1, 2.5},
		}),
		liveEvents: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "backlot_live_events_total", Help: "Events sent on live streams, by name."}, []string{"event"}),
	}
	for _, c := range []prometheus.Collector{m.contentBytes, m.contentBroken, m.requests, m.seconds, m.inFlight, m.liveStreams, m.liveWatched, m.liveEvaluated, m.liveSeconds, m.liveEvents} {
		if err := r.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (m *metrics) observe(operation string, status int, took time.Duration) {
	m.requests.WithLabelValues(operation, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(operation).Observe(took.Seconds())
}
