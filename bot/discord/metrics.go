package discord

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"backfaq/bot/discord/endpoint"
	"backfaq/faq"
)

// Reasons for events that were not answered.
const (
	dropUnreadable = "unreadable" // no JSON, far too large, or of no known shape
	dropRepeated   = "repeated"   // answered before
	dropBusy       = "busy"       // too much waiting already
	dropCrowd      = "crowd"      // too many replies on one server or in one channel
	dropLate       = "late"       // so late that Discord takes no answer, or nobody waits for it
)

// Doors by which events come and answers go.
const (
	doorChannel = "channel" // messages
	doorGateway = "gateway" // interactions
	doorHTTP    = "http"    // interactions, at the endpoint
)

// metrics counts events and answers. Labels have few values, all known here: no
// ids and no text.
type metrics struct {
	questions *prometheus.CounterVec   // by source and outcome
	latency   *prometheus.HistogramVec // from the event to Discord's receipt of the answer, by the way it came
	drops     *prometheus.CounterVec   // by reason
	endpoint  *prometheus.CounterVec   // requests to the HTTP endpoint, by result
	panics    prometheus.Counter
}

// newMetrics makes the counters and registers them; r may be nil.
func newMetrics(r prometheus.Registerer) *metrics {
	register := promauto.With(r)
	counters := func(name, help string, labels ...string) *prometheus.CounterVec {
		return register.NewCounterVec(prometheus.CounterOpts{Name: "backfaq_" + name, Help: help}, labels)
	}
	m := &metrics{
		questions: counters("questions_total", "Questions put to the bot or overheard, by the way they came and what came of them.", "way", "outcome"),
		latency: register.NewHistogramVec(prometheus.HistogramOpts{
			Name: "backfaq_answer_seconds", Help: "From the arrival of an event until Discord has the answer.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
		}, []string{"door"}),
		drops:    counters("dropped_total", "Events that were not handled, by reason.", "reason"),
		endpoint: counters("door_requests_total", "Requests to /interactions by what became of them.", "result"),
		panics:   register.NewCounter(prometheus.CounterOpts{Name: "backfaq_panics_total", Help: "Handlers that panicked. Each is a defect."}),
	}
	m.begin()
	return m
}

// begin makes the series that are watched exist before their first event: the
// increase of a counter that was not there a moment ago is not seen.
func (m *metrics) begin() {
	for _, source := range []faq.Source{faq.FromMention, faq.FromDM, faq.FromSlash, faq.FromMessage, faq.FromButton, faq.FromShare, faq.Overheard} {
		for _, outcome := range []faq.Outcome{faq.Answered, faq.Suggested, faq.Unknown, faq.Warned, faq.Talked} {
			m.questions.WithLabelValues(string(source), string(outcome))
		}
	}
	for _, reason := range []string{dropUnreadable, dropRepeated, dropBusy, dropCrowd, dropLate} {
		m.drops.WithLabelValues(reason)
	}
	for _, door := range []string{doorChannel, doorGateway, doorHTTP} {
		m.latency.WithLabelValues(door)
	}
	for _, result := range endpoint.Results {
		m.endpoint.WithLabelValues(string(result))
	}
}

func (m *metrics) dropped(reason string) { m.drops.WithLabelValues(reason).Inc() }

func (m *metrics) requested(result endpoint.Result) { m.endpoint.WithLabelValues(string(result)).Inc() }

func (m *metrics) asked(q faq.Question, a faq.Answer) {
	m.questions.WithLabelValues(string(q.Source), string(a.Outcome)).Inc()
}

func (m *metrics) answered(door string, since time.Time) {
	m.latency.WithLabelValues(door).Observe(time.Since(since).Seconds())
}
