package fakediscord

import (
	"maps"
	"math"
	"net/http"
	"strconv"
	"time"
)

// globalPerSecond is how many requests the bot has over all routes.
const globalPerSecond = 50

// limiter counts requests. The server's lock guards it.
type limiter struct {
	off     bool
	buckets map[string]*bucket
	second  time.Time // when the present global second began
	spent   int       // in it
}

type bucket struct {
	left  int
	reset time.Time
}

// take counts a request. It returns the headers of the answer, or the 429.
func (l *limiter) take(r *request) (http.Header, *reply) {
	h, now := http.Header{}, time.Now()
	if l.off {
		return h, nil
	}
	if !r.route.open {
		if now.Sub(l.second) >= time.Second {
			l.second, l.spent = now, 0
		}
		if l.spent++; l.spent > globalPerSecond {
			return nil, tooManyRequests(l.second.Add(time.Second).Sub(now), "global", h)
		}
	}
	if r.route.limit == 0 {
		return h, nil
	}
	name := r.route.method + r.route.pattern
	key := name + r.PathValue("channel") + r.PathValue("guild") + r.PathValue("token") + r.PathValue("call")
	b := l.buckets[key]
	if b == nil || !now.Before(b.reset) {
		if len(l.buckets)%1024 == 1023 { // now and then, those that are full again
			maps.DeleteFunc(l.buckets, func(_ string, b *bucket) bool { return now.After(b.reset) })
		}
		b = &bucket{left: r.route.limit, reset: now.Add(r.route.per)}
		l.buckets[key] = b
	}
	b.left--
	wait := b.reset.Sub(now)
	h.Set("X-RateLimit-Bucket", name)
	h.Set("X-RateLimit-Limit", strconv.Itoa(r.route.limit))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(max(0, b.left)))
	h.Set("X-RateLimit-Reset", strconv.FormatFloat(float64(b.reset.UnixMilli())/1000, 'f', 3, 64))
	h.Set("X-RateLimit-Reset-After", strconv.FormatFloat(wait.Seconds(), 'f', 3, 64))
	if b.left < 0 {
		return nil, tooManyRequests(wait, "user", h)
	}
	return h, nil
}

// tooManyRequests is Discord's 429.
func tooManyRequests(wait time.Duration, scope string, h http.Header) *reply {
	r := jsonReply(http.StatusTooManyRequests, object{"message": "You are being rate limited.", "retry_after": wait.Seconds(), "global": scope == "global"})
	maps.Copy(r.header, h)
	r.header.Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	r.header.Set("X-RateLimit-Scope", scope)
	if scope == "global" {
		r.header.Set("X-RateLimit-Global", "true")
	}
	return r
}

// cloudflare is the answer of what stands before Discord: not JSON.
func cloudflare(wait time.Duration) *reply {
	h := http.Header{"Content-Type": {"text/html; charset=UTF-8"}, "Server": {"cloudflare"}}
	if wait > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	}
	return &reply{status: http.StatusTooManyRequests, header: h, body: []byte(
		"<!doctype html><html><head><title>Access denied | discord.com used Cloudflare to restrict access</title></head>" +
			"<body><h1>Error 1015</h1><p>You are being rate limited</p></body></html>")}
}
