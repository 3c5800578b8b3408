package discord

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"backfaq/faq"
)

// Reasons for which something that came was not answered.
const (
	dropUnreadable = "unreadable" // no JSON, far too large, or of no known shape
	dropRepeated   = "repeated"   // answered before
	dropBusy       = "busy"       // too much waiting already
	dropCrowd      = "crowd"      // too many replies on one server or in one channel
	dropLate       = "late"       // Discord would not take the answer any more, or nobody wait for it
)

// meter counts what happens, for those who watch. Labels have few values, all
// known here: no ids and no text.
type meter struct {
	questions  *prometheus.CounterVec   // by way and outcome
	latency    *prometheus.HistogramVec // from the event to Discord's receipt of the answer, by door
	drops      *prometheus.CounterVec   // by reason
	doors      *prometheus.CounterVec   // requests to the HTTP door, by result
	panics     prometheus.Counter
	identifies prometheus.Counter
	resumes    prometheus.Counter
	reconnects prometheus.Counter
	silences   prometheus.Counter     // shards that stopped getting interactions
	calls      *prometheus.CounterVec // REST, by route and status
	limited    *prometheus.CounterVec // 429, by scope
	muted      prometheus.Counter
}

// newMeter makes the counters and registers them, with gauges that health
// tells, on a registerer that may be nil.
func newMeter(r prometheus.Registerer, health func() Health) *meter {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: "backfaq_" + name, Help: help})
	}
	counters := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "backfaq_" + name, Help: help}, labels)
	}
	m := &meter{
		questions: counters("questions_total", "Questions put to the bot or overheard, by the way they came and what came of them.", "way", "outcome"),
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "backfaq_answer_seconds", Help: "From the arrival of an event until Discord has the answer.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
		}, []string{"door"}),
		drops:      counters("dropped_total", "Events that were not handled, by reason.", "reason"),
		doors:      counters("door_requests_total", "Requests to /interactions by what became of them.", "result"),
		panics:     counter("panics_total", "Handlers that panicked. Each is a defect."),
		identifies: counter("gateway_identifies_total", "New sessions. Discord allows 1000 a day."),
		resumes:    counter("gateway_resumes_total", "Sessions taken up again after a lost connection."),
		reconnects: counter("gateway_reconnects_total", "Connections that ended for whatever reason."),
		silences:   counter("gateway_silences_total", "Shards that stopped getting interactions while everything else went on."),
		calls:      counters("rest_requests_total", "REST calls by route and HTTP status; 0 is a call without an answer.", "route", "status"),
		limited:    counters("rest_limited_total", "Calls that Discord refused for being too many, by scope.", "scope"),
		muted:      counter("channels_muted_total", "Channels left alone for ten minutes after refusing answers."),
	}
	m.begin()
	if r == nil {
		return m
	}
	r.MustRegister(m.questions, m.latency, m.drops, m.doors, m.panics, m.identifies, m.resumes, m.reconnects, m.silences, m.calls, m.limited, m.muted)
	for _, state := range []State{Waiting, Connecting, Connected, Stopped} {
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
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
		}))
	}
	return m
}

// begin makes the series that are watched exist before their first event: the
// increase of a counter that was not there a moment ago is not seen.
func (m *meter) begin() {
	for _, source := range []faq.Source{faq.FromMention, faq.FromDM, faq.FromSlash, faq.FromMessage, faq.FromButton, faq.FromShare, faq.Overheard} {
		for _, outcome := range []faq.Outcome{faq.Answered, faq.Suggested, faq.Unknown} {
			m.questions.WithLabelValues(string(source), string(outcome))
		}
	}
	for _, reason := range []string{dropUnreadable, dropRepeated, dropBusy, dropCrowd, dropLate} {
		m.drops.WithLabelValues(reason)
	}
	for _, result := range []string{doorAnswered, doorPing, doorForged, doorRefused, doorRepeated, doorBusy} {
		m.doors.WithLabelValues(result)
	}
	for _, scope := range []string{"user", "shared", "global", "cloudflare"} {
		m.limited.WithLabelValues(scope)
	}
}

func (m *meter) dropped(reason string) { m.drops.WithLabelValues(reason).Inc() }

func (m *meter) asked(q faq.Question, a faq.Answer) {
	m.questions.WithLabelValues(string(q.Source), string(a.Outcome)).Inc()
}

func (m *meter) answered(door string, since time.Time) {
	m.latency.WithLabelValues(door).Observe(time.Since(since).Seconds())
}

// called counts a REST call. Which statuses there are is up to Discord, so
// they are grouped but for those that mean something of their own.
func (m *meter) called(route string, status int) {
	text := "0"
	switch {
	case status == 401, status == 403, status == 404, status == 429:
		text = strconv.Itoa(status)
	case status > 0:
		text = strconv.Itoa(status/100) + "xx"
	}
	m.calls.WithLabelValues(route, text).Inc()
}
