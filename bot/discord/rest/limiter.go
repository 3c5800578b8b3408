package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

// Discord's rules for REST calls (topics/rate-limits), and the distance that
// rateLimiter keeps from them.
const (
	// 50 calls a second, of which at most 45 are used in any second: five at
	// once and forty that follow.
	globalRate, globalBurst = 40, 5

	// waitingPerChannel keeps one busy channel from holding all workers.
	waitingPerChannel = 5

	tries          = 3 // for calls that are safe to repeat
	firstRetry     = 250 * time.Millisecond
	cloudflareWait = time.Minute      // at least, after a 429 of the proxy in front of Discord
	tokenRetry     = 10 * time.Minute // between calls while Discord refuses the token

	maxErrorBody = 64 << 10 // bytes

	// Discord blocks an address after 10,000 invalid calls in ten minutes.
	maxInvalid    = 1000
	invalidWindow = 10 * time.Minute

	muteAfter = 3 // refusals of a channel within muteFor
	muteFor   = 10 * time.Minute

	maxBuckets  = 10_000
	maxRefusing = 10_000 // channels
)

// Discord's codes of a channel's refusals that are neither 403 nor 404
// (topics/opcodes-and-status-codes#json).
const (
	codeArchived = 50083
	codeFiltered = 200000
)

// rateLimiter is an http.RoundTripper that keeps Discord's rules for all calls
// but interaction callbacks. It waits where a call would be refused, never past
// the call's deadline, and repeats what is safe to repeat. Responses leave it
// without rate limit headers, so that discordgo does not wait, too.
type rateLimiter struct {
	next    http.RoundTripper
	log     *slog.Logger
	metrics *metrics
	global  *rate.Limiter

	mu       sync.Mutex
	blocks   blocks
	names    map[string]string            // Discord's name of a route's bucket, by path
	buckets  *lru.Cache[string, *bucket]  // by that name and the major resource
	refusing *lru.Cache[string, *refusal] // by channel
	invalid  []time.Time                  // invalid calls in the last invalidWindow
}

// refusal counts how often a channel refused messages since a time.
type refusal struct {
	count int
	first time.Time
}

func newRateLimiter(next http.RoundTripper, log *slog.Logger, m *metrics) *rateLimiter {
	// lru.New fails on a size below one only.
	buckets, _ := lru.New[string, *bucket](maxBuckets)
	refusing, _ := lru.New[string, *refusal](maxRefusing)
	return &rateLimiter{
		next: next, log: log, metrics: m, global: rate.NewLimiter(globalRate, globalBurst),
		blocks: newBlocks(), names: map[string]string{}, buckets: buckets, refusing: refusing,
	}
}

// repeatable marks, in a context, a call that has the same effect however often
// it is made.
type repeatable struct{}

// RoundTrip implements http.RoundTripper.
func (l *rateLimiter) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer func() { _ = r.Body.Close() }()
	}
	to := routeOf(r)
	w := &waiter{}
	defer l.leave(w)
	safe := r.Method != http.MethodPost || r.Context().Value(repeatable{}) != nil
	for try := 1; ; try++ {
		b, err := l.acquire(r.Context(), to, w)
		if err != nil {
			return nil, err
		}
		res, err := l.send(r, to)
		l.release(to, b, res)
		last := try == tries
		switch {
		case err != nil && !safe && !unsent(err):
			return nil, err
		case err == nil && res.StatusCode == http.StatusUnauthorized && !to.tokenAuth:
			return nil, ErrToken
		case err == nil && res.StatusCode == http.StatusTooManyRequests:
			if last {
				return nil, &LimitedError{Until: l.blockedUntil(b)}
			}
			continue // acquire waits
		case err == nil && (res.StatusCode < 500 || !safe):
			return res, nil
		}
		if last || !sleepWithin(r.Context(), firstRetry<<(2*try-2)+rand.N(firstRetry)) {
			return res, err
		}
	}
}

// send makes the call once. The body of an error is read to its end, so that it
// can be looked at and handed on.
func (l *rateLimiter) send(r *http.Request, to route) (*http.Response, error) {
	try := r.Clone(r.Context())
	if r.GetBody != nil {
		body, err := r.GetBody()
		if err != nil {
			return nil, fmt.Errorf("repeating a call: %w", err)
		}
		try.Body = body
	}
	res, err := l.next.RoundTrip(try)
	if err != nil {
		l.metrics.called(to.name, 0)
		return nil, err
	}
	l.metrics.called(to.name, res.StatusCode)
	if res.StatusCode < 400 {
		res.Body = limitedBody{io.LimitReader(res.Body, maxBody), res.Body}
		return res, nil
	}
	body, _ := io.ReadAll(io.LimitReader(res.Body, maxErrorBody)) // as much as arrived
	_ = res.Body.Close()
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res, nil
}

type limitedBody struct {
	io.Reader
	io.Closer
}

// unsent reports whether a call surely never reached Discord.
func unsent(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "dial"
}

// apiError is the body of Discord's refusal (reference#error-messages).
type apiError struct {
	Code       int      `json:"code"`
	Message    string   `json:"message"`
	RetryAfter *float64 `json:"retry_after"` // seconds; nil in a response that is not Discord's
	Global     bool     `json:"global"`
}

// release ends a call and learns from its response which calls may follow. res
// is nil if there was none.
func (l *rateLimiter) release(to route, b *bucket, res *http.Response) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if res == nil {
		b.onResponse(nil, now)
		return
	}
	b.onResponse(res.Header, now)
	l.rename(to, b, res.Header.Get("X-RateLimit-Bucket"))
	var refused apiError
	if res.StatusCode >= 400 {
		body, _ := io.ReadAll(res.Body) // is in memory
		res.Body = io.NopCloser(bytes.NewReader(body))
		if json.Unmarshal(body, &refused) != nil {
			refused = apiError{}
		}
	}
	switch res.StatusCode {
	case http.StatusTooManyRequests:
		l.on429(b.scope, res.Header, refused, now)
	case http.StatusUnauthorized:
		l.countInvalid(now)
		if !to.tokenAuth {
			l.blocks.add(scopeToken, now.Add(tokenRetry), ErrToken)
			l.log.Error(ErrToken.Error())
		}
	case http.StatusForbidden:
		l.countInvalid(now)
	}
	if to.channel != "" {
		l.mute(to.channel, res.StatusCode, refused.Code, now)
	}
	for name := range res.Header {
		if strings.HasPrefix(name, "X-Ratelimit-") {
			res.Header.Del(name)
		}
	}
}

// on429 blocks the calls that a 429 is about: those of the scope, all, or, if
// the proxy in front of Discord sent it, callbacks, too. The caller holds mu.
func (l *rateLimiter) on429(of scope, h http.Header, refused apiError, now time.Time) {
	seconds, _ := strconv.ParseFloat(h.Get("Retry-After"), 64)
	if refused.RetryAfter != nil {
		seconds = *refused.RetryAfter // finer than the header
	}
	until := now.Add(time.Duration(seconds * float64(time.Second)))
	label := h.Get("X-RateLimit-Scope")
	switch {
	case refused.RetryAfter == nil: // the proxy means the address
		label = "cloudflare"
		if least := now.Add(cloudflareWait); until.Before(least) {
			until = least
		}
		l.blocks.add(scopeAll, until, nil)
		l.blocks.add(scopeCallbacks, until, nil)
	case refused.Global || label == "global" || h.Get("X-RateLimit-Global") != "":
		label = "global"
		l.blocks.add(scopeAll, until, nil)
	default:
		if label != "shared" {
			label = "user"
		}
		if of != "" {
			l.blocks.add(of, until, nil)
		}
	}
	if label != "shared" { // other bots' calls used up a shared limit
		l.countInvalid(now)
	}
	l.metrics.limited.WithLabelValues(label).Inc()
	l.log.Warn("discord limits the calls", "scope", label, "until", until.UTC().Format(time.RFC3339Nano))
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
