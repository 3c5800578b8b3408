package rest

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Pauses after a refusal.
const (
	// Bounds of the pause that a 429 asks for, whatever number it holds. One of
	// longPause or more is worth an operator's look.
	minPause, maxPause = time.Second, time.Hour
	longPause          = time.Minute

	cloudflareWait = time.Minute      // at least, after a 429 of the proxy in front of Discord
	tokenRetry     = 10 * time.Minute // between calls while Discord refuses the token

	// Discord blocks an address after 10,000 invalid calls in ten minutes.
	maxInvalid    = 1000
	invalidWindow = 10 * time.Minute

	muteAfter = 3 // refusals of a channel within muteFor
	muteFor   = 10 * time.Minute
)

// Discord's codes of a channel's refusals that are neither 403 nor 404
// (topics/opcodes-and-status-codes#json).
const (
	codeArchived = 50083
	codeFiltered = 200000
)

// refusal counts how often a channel refused messages since a time.
type refusal struct {
	count int
	first time.Time
}

// on429 blocks the calls that a 429 is about: those of the scope, all, or, if
// the proxy in front of Discord sent it, callbacks, too. The caller holds mu.
func (l *rateLimiter) on429(of scope, h http.Header, refused apiError, now time.Time) {
	seconds, _ := strconv.ParseFloat(h.Get("Retry-After"), 64)
	if refused.RetryAfter != nil {
		seconds = *refused.RetryAfter // finer than the header
	}
	until := now.Add(bounded(seconds))
	label := h.Get("X-RateLimit-Scope")
	covers := []scope{of}
	switch {
	case refused.RetryAfter == nil: // the proxy means the address
		label, covers = "cloudflare", []scope{scopeAll, scopeCallbacks}
		if least := now.Add(cloudflareWait); until.Before(least) {
			until = least
		}
	case refused.Global || label == "global" || h.Get("X-RateLimit-Global") != "":
		label, covers = "global", []scope{scopeAll}
	case label != "shared":
		label = "user"
	}
	known := l.blocks.longest(now, covers[0]).until
	for _, s := range covers {
		if s != "" {
			l.blocks.add(s, until, nil)
		}
	}
	if until.Sub(now) >= longPause && known.Before(until.Add(-longPause)) { // the first of those that were on their way
		l.log.Warn("discord allows no calls for a while", "scope", label, "until", until.UTC().Format(time.RFC3339))
	}
	if label != "shared" { // other bots' calls used up a shared limit
		l.countInvalid(now)
	}
	l.metrics.limited.WithLabelValues(label).Inc()
}

// bounded is the pause of so many seconds, between minPause and maxPause. No
// number, or one that is none, is the shortest.
func bounded(seconds float64) time.Duration {
	switch {
	case seconds >= maxPause.Seconds():
		return maxPause
	case seconds > minPause.Seconds():
		return time.Duration(seconds * float64(time.Second))
	}
	return minPause
}

// countInvalid counts a 401, 403 or 429, and blocks messages while there are too
// many. The caller holds mu.
func (l *rateLimiter) countInvalid(now time.Time) {
	l.invalid = slices.DeleteFunc(l.invalid, func(t time.Time) bool { return now.Sub(t) > invalidWindow })
	l.invalid = append(l.invalid, now)
	if over := len(l.invalid) - maxInvalid; over >= 0 {
		until := l.invalid[over].Add(invalidWindow)
		l.blocks.add(scopeMessages, until, &LimitedError{Until: until})
	}
}

// mute counts a channel's refusals of messages, for want of permission, because
// it is gone or archived, or because of the server's filter, and blocks the
// channel after some. The caller holds mu.
func (l *rateLimiter) mute(channel string, status, code int, now time.Time) {
	if status/100 == 2 {
		l.refusing.Remove(channel)
		return
	}
	if status != http.StatusForbidden && status != http.StatusNotFound && code != codeArchived && code != codeFiltered {
		return
	}
	r, ok := l.refusing.Get(channel)
	if !ok || now.Sub(r.first) > muteFor {
		r = &refusal{first: now}
		l.refusing.Add(channel, r)
	}
	if r.count++; r.count >= muteAfter {
		until := now.Add(muteFor)
		l.blocks.add(scopeChannel(channel), until, ErrMuted)
		l.metrics.muted.Inc()
		l.log.Warn("a channel refuses messages and is left alone", "channel", channel, "status", status, "code", code, "until", until.UTC().Format(time.RFC3339))
	}
}
