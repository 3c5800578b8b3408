package gateway

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// metrics counts events of connections. Labels have few values, all known here.
type metrics struct {
	identifies prometheus.Counter
	resumes    prometheus.Counter
	reconnects prometheus.Counter
	silences   prometheus.Counter // shards that stopped getting interactions
}

// newMetrics makes the counters, and registers them with a gauge of shards by
// state; r may be nil.
func newMetrics(r prometheus.Registerer, health func() Health) *metrics {
	register := promauto.With(r)
	counter := func(name, help string) prometheus.Counter {
		return register.NewCounter(prometheus.CounterOpts{Name: "backfaq_gateway_" + name, Help: help})
	}
	m := &metrics{
		identifies: counter("identifies_total", "New sessions. Discord allows 1000 a day."),
		resumes:    counter("resumes_total", "Sessions taken up again after a lost connection."),
		reconnects: counter("reconnects_total", "Connections that ended for whatever reason."),
		silences:   counter("silences_total", "Shards that stopped getting interactions while everything else went on."),
	}
	for _, state := range []State{Waiting, Connecting, Connected, Stopped} {
		register.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "backfaq_gateway_shards", Help: "Shards of this process by state.",
			ConstLabels: prometheus.Labels{"state": string(state)},
		}, func() float64 {
			n := 0
			for _, s := range health().Shards {
				if s.State == state {
					n++
				}
			}
			return float64(n)
		})
	}
	return m
}
