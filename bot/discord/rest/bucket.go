package rest

import (
	"net/http"
	"strconv"
	"time"
)

// bucket is a number of calls in a time, which several routes may share
// (Discord, topics/rate-limits#header-format).
type bucket struct {
	scope     scope         // by which it is blocked after a 429
	limit     int           // calls in a period; 0: not known yet; unlimited
	remaining int           // calls until reset
	reset     time.Time     // when remaining becomes limit
	inFlight  int           // calls without an answer yet
	queued    int           // messages that wait for it
	answered  chan struct{} // closed when a call in flight ends
}

const unlimited = -1

func newBucket(key string) *bucket {
	return &bucket{scope: scopeBucket(key), answered: make(chan struct{})}
}

// take takes one call out of the bucket. If there is none, it says how long to
// wait; zero is until a call in flight ends.
func (b *bucket) take(now time.Time) (ok bool, wait time.Duration) {
	if b.limit > 0 && b.remaining <= 0 && !now.Before(b.reset) {
		b.remaining = b.limit - b.inFlight
	}
	switch {
	case b.limit == 0 && b.inFlight > 0: // the first call finds the limit out
		return false, 0
	case b.limit <= 0, b.remaining > 0:
		b.remaining--
		b.inFlight++
		return true, 0
	case b.reset.After(now):
		return false, b.reset.Sub(now)
	}
	return false, 0
}

// putBack returns a call that was taken and not made.
func (b *bucket) putBack() {
	b.remaining++
	b.onResponse(nil, time.Now())
}

// onResponse ends a call in flight and reads the limits in the response's
// header; h is nil if there was no response.
func (b *bucket) onResponse(h http.Header, now time.Time) {
	b.inFlight--
	close(b.answered)
	b.answered = make(chan struct{})
	limit, err := strconv.Atoi(h.Get("X-RateLimit-Limit"))
	after, err2 := strconv.ParseFloat(h.Get("X-RateLimit-Reset-After"), 64)
	remaining, err3 := strconv.Atoi(h.Get("X-RateLimit-Remaining"))
	if err != nil || err2 != nil || err3 != nil || limit <= 0 {
		if h != nil && b.limit == 0 {
			b.limit = unlimited
		}
		return
	}
	// Responses overtake each other: Discord may have counted the calls in
	// flight or not.
	b.limit, b.remaining = limit, remaining-b.inFlight
	b.reset = now
	if after > 0 { // and a number at all
		b.reset = now.Add(time.Duration(min(after, maxPause.Seconds()) * float64(time.Second)))
	}
}
