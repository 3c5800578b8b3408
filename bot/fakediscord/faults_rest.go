package fakediscord

import (
	"net/http"
	"path"
	"strconv"
	"time"
)

// A RESTFault is something bad that happens to one request.
type RESTFault struct {
	make  func() *reply
	after bool // the request has its effect first
}

// Answer answers with a status and Discord's error JSON instead of serving the
// request, such as Answer(403, 50013, "Missing Permissions"). With code 0 a
// status from 500 up has the body that a proxy before Discord sends.
func Answer(status, code int, message string) RESTFault {
	return RESTFault{make: func() *reply {
		if status >= 500 && code == 0 {
			return &reply{status: status, header: http.Header{"Content-Type": {"text/plain"}}, body: []byte("upstream connect error")}
		}
		return errorReply(refuse(status, code, message))
	}}
}

// TooMany answers with 429. The scope is "user", "global" or "shared".
func TooMany(scope string, retryAfter time.Duration) RESTFault {
	return RESTFault{make: func() *reply {
		h := http.Header{}
		h.Set("X-RateLimit-Bucket", "scripted")
		h.Set("X-RateLimit-Limit", "5")
		h.Set("X-RateLimit-Remaining", "0")
		h.Set("X-RateLimit-Reset-After", strconv.FormatFloat(retryAfter.Seconds(), 'f', 3, 64))
		return tooManyRequests(retryAfter, scope, h)
	}}
}

// TooManyBare answers with a 429 that says when to come back in its body alone.
func TooManyBare(retryAfter time.Duration) RESTFault {
	return RESTFault{make: func() *reply {
		r := tooManyRequests(retryAfter, "user", http.Header{})
		r.header = http.Header{"Content-Type": {"application/json"}}
		return r
	}}
}

// Cloudflare answers with the 429 of what stands before Discord: HTML, or
// nothing at all. A retryAfter of 0 leaves that header out.
func Cloudflare(html bool, retryAfter time.Duration) RESTFault {
	return RESTFault{make: func() *reply {
		r := cloudflare(retryAfter)
		if !html {
			r.body = nil
		}
		return r
	}}
}

// Hang never answers; the request has no effect.
func Hang() RESTFault { return RESTFault{make: func() *reply { return &reply{hang: true} }} }

// Reset cuts the connection; the request has no effect.
func Reset() RESTFault { return RESTFault{make: func() *reply { return &reply{cut: true} }} }

// After lets the request have its effect before the fault happens.
func (f RESTFault) After() RESTFault {
	f.after = true
	return f
}

type restScript struct {
	method, pattern string
	left            int // negative: for ever
	fault           RESTFault
}

// Forever is a count for [Server.OnRequest].
const Forever = -1

// OnRequest injects a fault into the next requests that match: a method
// ("*" for any) and a path without /api/v10, in which * stands for one part,
// as in "/channels/*/messages"; "*" alone is every path. Scripts are tried in the order they came. The
// function it returns ends the script.
func (s *Server) OnRequest(method, pattern string, times int, fault RESTFault) (end func()) {
	script := &restScript{method: method, pattern: pattern, left: times, fault: fault}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scripts.rest = append(s.scripts.rest, script)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		script.left = 0
	}
}

// Refuse lets every message to the channel fail from now on; the function it
// returns ends that.
func (ch *Channel) Refuse(status, code int, message string) (end func()) {
	return ch.srv.OnRequest("*", "/channels/"+ch.ID+"/messages", Forever, Answer(status, code, message))
}

// scripted takes the fault that is scripted for a request.
func (s *Server) scripted(r *request) *RESTFault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, script := range s.scripts.rest {
		ok, err := path.Match(script.pattern, r.path)
		ok = ok && err == nil || script.pattern == "*"
		if script.left == 0 || !ok || script.method != "*" && script.method != r.Method {
			continue
		}
		script.left = max(script.left-1, Forever)
		return &script.fault
	}
	return nil
}
