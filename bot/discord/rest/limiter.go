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
	"net/http/httptrace"
	"strings"
	"sync"
	"sync/atomic"
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

	tries      = 3                      // at Discord, of a call that is safe to repeat
	firstRetry = 250 * time.Millisecond // doubles, or quadruples after an error of Discord's
	maxRetry   = 2 * time.Second        // between tries to reach Discord at all

	maxErrorBody = 64 << 10 // bytes

	maxBuckets  = 10_000
	maxRefusing = 10_000 // channels
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
	outage  outage
	date    func(time.Time) // nil: nobody wants to know

	mu       sync.Mutex
	blocks   blocks
	names    map[string]string            // Discord's name of a route's bucket, by path
	buckets  *lru.Cache[string, *bucket]  // by that name and the major resource
	refusing *lru.Cache[string, *refusal] // by channel
	invalid  []time.Time                  // invalid calls in the last invalidWindow
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
	for sent, unsent := 0, 0; ; {
		b, err := l.acquire(r.Context(), to, w)
		if err != nil {
			return nil, err
		}
		res, reached, err := l.send(r, to)
		l.release(to, b, res)
		var wait time.Duration
		switch {
		case err != nil && !reached: // Discord has certainly not accepted it
			wait = min(firstRetry<<min(unsent, 8), maxRetry)
			unsent++
		case err == nil && res.StatusCode == http.StatusUnauthorized && !to.tokenAuth:
			return nil, ErrToken
		case err == nil && res.StatusCode == http.StatusTooManyRequests:
			continue // acquire waits, if the deadline allows it
		case err == nil && res.StatusCode < 500:
			return res, nil
		case !safe, sent == tries-1:
			return res, err
		default:
			wait = firstRetry << (2 * sent)
			sent++
		}
		if !sleepWithin(r.Context(), wait+rand.N(firstRetry)) {
			return res, err
		}
	}
}

// send makes the call once. reached is false if Discord cannot have received all
// of it. The body of an error is read to its end, so that it can be looked at
// and handed on.
func (l *rateLimiter) send(r *http.Request, to route) (res *http.Response, reached bool, err error) {
	var connected, failed atomic.Bool // set by goroutines of the transport
	try := r.Clone(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
		GotConn:      func(httptrace.GotConnInfo) { connected.Store(true) },
		WroteRequest: func(w httptrace.WroteRequestInfo) { failed.Store(w.Err != nil) },
	}))
	if r.GetBody != nil {
		body, err := r.GetBody()
		if err != nil {
			return nil, true, fmt.Errorf("repeating a call: %w", err)
		}
		try.Body = body
	}
	res, err = l.next.RoundTrip(try)
	l.outage.note(err, l.metrics)
	if err != nil {
		l.metrics.called(to.name, 0)
		op, ok := errors.AsType[*net.OpError](err)
		return nil, connected.Load() && !failed.Load() && !(ok && op.Op == "write"), err
	}
	l.metrics.called(to.name, res.StatusCode)
	if at, err := http.ParseTime(res.Header.Get("Date")); err == nil && l.date != nil {
		l.date(at)
	}
	if res.StatusCode < 400 {
		res.Body = limitedBody{io.LimitReader(res.Body, maxBody), res.Body}
		return res, true, nil
	}
	body, _ := io.ReadAll(io.LimitReader(res.Body, maxErrorBody)) // as much as arrived
	_ = res.Body.Close()
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res, true, nil
}

type limitedBody struct {
	io.Reader
	io.Closer
}

// apiError is the body of Discord's refusal (reference#error-messages).
type apiError struct {
	Code       int             `json:"code"`
	Message    string          `json:"message"`
	Errors     json.RawMessage `json:"errors"`      // by field
	RetryAfter *float64        `json:"retry_after"` // seconds; nil in a response that is not Discord's
	Global     bool            `json:"global"`
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
