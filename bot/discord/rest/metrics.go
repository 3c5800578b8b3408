package rest

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// metrics counts calls. Labels have few values, all known here: no ids.
type metrics struct {
	calls      *prometheus.CounterVec // by route and status
	limited    *prometheus.CounterVec // 429, by scope
	muted      prometheus.Counter
	unanswered prometheus.Counter
}

// newMetrics makes the counters and registers them; r may be nil.
func newMetrics(r prometheus.Registerer) *metrics {
	register := promauto.With(r)
	m := &metrics{
		calls: register.NewCounterVec(prometheus.CounterOpts{
			Name: "backfaq_rest_requests_total", Help: "REST calls by route and HTTP status; 0 is a call without an answer.",
		}, []string{"route", "status"}),
		limited: register.NewCounterVec(prometheus.CounterOpts{
			Name: "backfaq_rest_limited_total", Help: "Calls that Discord refused for being too many, by scope.",
		}, []string{"scope"}),
		muted: register.NewCounter(prometheus.CounterOpts{
			Name: "backfaq_channels_muted_total", Help: "Channels left alone for ten minutes after refusing answers.",
		}),
		unanswered: register.NewCounter(prometheus.CounterOpts{
			Name: "backfaq_rest_unanswered_total", Help: "Calls that nothing answered: the network or a proxy is down.",
		}),
	}
	for _, scope := range []string{"user", "shared", "global", "cloudflare"} { // before their first event, for those who watch the increase
		m.limited.WithLabelValues(scope)
	}
	return m
}

// called counts a call. Discord may answer with any status, so statuses are
// grouped but for those that mean something of their own.
func (m *metrics) called(route string, status int) {
	label := "0"
	switch {
	case status == 401, status == 403, status == 404, status == 429:
		label = strconv.Itoa(status)
	case status > 0:
		label = strconv.Itoa(status/100) + "xx"
	}
	m.calls.WithLabelValues(route, label).Inc()
}
