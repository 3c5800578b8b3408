package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

// Discord's rules for REST calls (topics/rate-limits), and how far inside them
// we stay.
const (
	// 50 calls a second, of which we use 45 in any second: five at once and
	// forty that follow.
	globalRate, globalBurst = 40, 5

	// Those who wait for one busy channel must not hold all the workers.
	waitingPerChannel = 5

	tries          = 3 // for what is safe to repeat
	firstRetry     = 250 * time.Millisecond
	cloudflareWait = time.Minute      // at least, when what stands before Discord has had enough of us
	refusedWait    = 10 * time.Minute // between calls while Discord refuses the token

	maxErrorBody = 64 << 10

	// Discord shuts out an address after 10,000 invalid calls in ten minutes.
	invalidMost   = 1000
	invalidWindow = 10 * time.Minute

	muteAfter = 3 // refusals of a channel in muteFor
	muteFor   = 10 * time.Minute

	rememberBuckets  = 10_000
	rememberRefusals = 10_000
)

// courier carries REST calls and keeps Discord's rules for all of them. It
// waits where a call would be refused, never past the call's deadline, and
// repeats what is safe to repeat. The answers it hands on carry no rate limits,
// so that nobody else waits too.
type courier struct {
	next  http.RoundTripper
	log   *slog.Logger
	meter *meter
	pace  *rate.Limiter

	mu       sync.Mutex
	names    map[string]string            // Discord's name of a route's bucket
	buckets  *lru.Cache[string, *bucket]  // by that name and the resource
	refusals *lru.Cache[string, *refusal] // by channel
	paused   time.Time                    // nothing but callbacks goes before
	shut     time.Time                    // nothing at all goes before
	refused  time.Time                    // when the token last was
	invalid  []time.Time                  // in the last invalidWindow
}

// refusal is how often a channel would not take our messages.
type refusal struct {
	count int
	first time.Time
	until time.Time // muted
}

func newCourier(next http.RoundTripper, log *slog.Logger, meter *meter) *courier {
	// lru.New fails on a size below one only.
	buckets, _ := lru.New[string, *bucket](rememberBuckets)
	refusals, _ := lru.New[string, *refusal](rememberRefusals)
	return &courier{next: next, log: log, meter: meter, pace: rate.NewLimiter(globalRate, globalBurst),
		names: map[string]string{}, buckets: buckets, refusals: refusals}
}

// errMuted says that a channel refused us so often that it is left alone.
var errMuted = errors.New("the channel refused several messages and is left alone for now")

// errCrowd says that a channel has too many messages waiting. It has been
// counted.
var errCrowd = errors.New("too many messages wait for this channel already")

// limitedError says that a call would have to wait past its deadline.
type limitedError struct{ until time.Time }

func (e *limitedError) Error() string {
	return "discord allows this call only after " + e.until.UTC().Format(time.RFC3339)
}

// problem is what keeps every call from going out, and whether that passes by
// itself; "" if nothing does.
func (c *courier) problem() (what string, passing bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case time.Since(c.refused) < refusedWait:
		return refusedToken, false
	case time.Until(c.paused) > 0:
		return "discord allows no REST calls until " + c.paused.UTC().Format(time.RFC3339), true
	}
	return "", false
}

// repeatable marks, in a context, a call that has the same effect however
// often it is made.
type repeatable struct{}

// RoundTrip implements http.RoundTripper.
func (c *courier) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer func() { _ = r.Body.Close() }()
	}
	at := routeOf(r)
	mine := &place{}
	defer c.leave(mine)
	safe := r.Method != http.MethodPost || r.Context().Value(repeatable{}) != nil
	for try := 1; ; try++ {
		b, err := c.permit(r.Context(), at, mine)
		if err != nil {
			return nil, err
		}
		res, err := c.send(r, at)
		c.learn(at, b, res)
		switch {
		case err == nil && res.StatusCode == http.StatusUnauthorized && !at.open:
			return nil, &FatalError{Code: res.StatusCode, Hint: refusedToken}
		case err == nil && res.StatusCode == http.StatusTooManyRequests:
			if try == tries {
				return nil, &limitedError{until: c.freeAt(b)}
			}
		case err == nil && res.StatusCode < 500,
			try == tries, !safe && !unsent(err),
			!sleepWithin(r.Context(), firstRetry<<(2*try-2)+rand.N(firstRetry)):
			return res, err
		}
	}
}

// send makes the call once. The body of an error is read to its end, so that
// it can be looked at and handed on.
func (c *courier) send(r *http.Request, at route) (*http.Response, error) {
	try := r.Clone(r.Context())
	if r.GetBody != nil {
		body, err := r.GetBody()
		if err != nil {
			return nil, fmt.Errorf("repeating a call: %w", err)
		}
		try.Body = body
	}
	res, err := c.next.RoundTrip(try)
	if err != nil {
		c.meter.called(at.name, 0)
		return nil, err
	}
	c.meter.called(at.name, res.StatusCode)
	if res.StatusCode < 400 {
		res.Body = limitedBody{io.LimitReader(res.Body, maxAnswerBody), res.Body}
		return res, nil
	}
	body, _ := io.ReadAll(io.LimitReader(res.Body, maxErrorBody)) // what arrived of it
	_ = res.Body.Close()
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res, nil
}

type limitedBody struct {
	io.Reader
	io.Closer
}

// unsent reports whether a call surely never reached anyone.
func unsent(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "dial"
}

// sleepWithin sleeps, unless that would take longer than there is time.
func sleepWithin(ctx context.Context, d time.Duration) bool {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= d {
		return false
	}
	return sleep(ctx, d)
}

// problemOf is Discord's account of a refusal.
type problemOf struct {
	Code       int      `json:"code"`
	Message    string   `json:"message"`
	RetryAfter *float64 `json:"retry_after"` // seconds
	Global     bool     `json:"global"`
}

// learn takes what an answer says about what may be sent next. res is nil if
// there was none.
func (c *courier) learn(at route, b *bucket, res *http.Response) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if res == nil {
		b.landed(nil, now)
		return
	}
	b.landed(res.Header, now)
	c.rename(at, b, res.Header.Get("X-RateLimit-Bucket"))
	var problem problemOf
	if res.StatusCode >= 400 {
		body, _ := io.ReadAll(res.Body) // is in memory
		res.Body = io.NopCloser(bytes.NewReader(body))
		if json.Unmarshal(body, &problem) != nil {
			problem = problemOf{}
		}
	}
	switch res.StatusCode {
	case http.StatusTooManyRequests:
		c.limited(b, res.Header, problem, now)
	case http.StatusUnauthorized:
		c.invalid = append(c.invalid, now)
		if !at.open {
			c.refused = now
			c.log.Error(refusedToken)
		}
	case http.StatusForbidden:
		c.invalid = append(c.invalid, now)
	}
	c.mute(at, res.StatusCode, problem.Code, now)
	for name := range res.Header {
		if strings.HasPrefix(name, "X-Ratelimit-") {
			res.Header.Del(name)
		}
	}
}

// limited takes in a 429. The caller holds mu.
func (c *courier) limited(b *bucket, h http.Header, problem problemOf, now time.Time) {
	scope := h.Get("X-RateLimit-Scope")
	seconds, _ := strconv.ParseFloat(h.Get("Retry-After"), 64)
	if problem.RetryAfter != nil {
		seconds = *problem.RetryAfter // finer than the header
	}
	until := now.Add(time.Duration(seconds * float64(time.Second)))
	switch {
	case problem.RetryAfter == nil: // no JSON of Discord's: its gatekeeper, who means the address
		scope = "cloudflare"
		if least := now.Add(cloudflareWait); until.Before(least) {
			until = least
		}
		c.paused, c.shut = later(c.paused, until), later(c.shut, until)
	case problem.Global || scope == "global" || h.Get("X-RateLimit-Global") != "":
		scope = "global"
		c.paused = later(c.paused, until)
	default:
		if scope != "shared" {
			scope = "user"
		}
		b.closed = later(b.closed, until)
	}
	if scope != "shared" { // those are others' doing
		c.invalid = append(c.invalid, now)
	}
	c.meter.limited.WithLabelValues(scope).Inc()
	c.log.Warn("discord limits our calls", "scope", scope, "until", until.UTC().Format(time.RFC3339Nano))
}

// turnedAway takes in a 429 to an interaction callback. Callbacks have no bucket
// that we keep, but one refusal of them concerns everything: the gatekeeper's.
func (c *courier) turnedAway(h http.Header, problem problemOf) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.limited(&bucket{}, h, problem, time.Now())
}

// shutOut is until when Discord's gatekeeper keeps us out, callbacks too; zero
// if it does not. The global limit is none of a callback's concern.
func (c *courier) shutOut() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Now().Before(c.shut) {
		return c.shut
	}
	return time.Time{}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// mute counts what a channel will not take: for want of permission, because it
// is gone or archived, or because a filter of the server's caught it. The
// caller holds mu.
func (c *courier) mute(at route, status, code int, now time.Time) {
	if at.channel == "" {
		return
	}
	if status/100 == 2 {
		c.refusals.Remove(at.channel)
		return
	}
	if status != http.StatusForbidden && status != http.StatusNotFound && code != codeArchived && code != codeFiltered {
		return
	}
	r, ok := c.refusals.Get(at.channel)
	if !ok || now.Sub(r.first) > muteFor {
		r = &refusal{first: now}
		c.refusals.Add(at.channel, r)
	}
	if r.count++; r.count >= muteAfter {
		r.until = now.Add(muteFor)
		c.meter.muted.Inc()
		c.log.Warn("a channel refuses our messages and is left alone", "channel", at.channel, "status", status, "code", code, "until", r.until.UTC().Format(time.RFC3339))
	}
}

// Discord's codes of refusals that are neither 403 nor 404
// (topics/opcodes-and-status-codes#json).
const (
	codeArchived = 50083
	codeFiltered = 200000
)
