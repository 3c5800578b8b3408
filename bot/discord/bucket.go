package discord

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"backfaq/config"
)

// route is where a call goes, as far as Discord's limits are concerned.
type route struct {
	name    string // for those who count: one of a few
	path    string // method and path with every id left out
	major   string // the resource by which Discord keeps buckets apart
	channel string // if it is a message to a channel
	open    bool   // the path's own token is the permission; outside of the global limit
}

// routeOf reads a request for /api/vN/...
func routeOf(r *http.Request) route {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if len(parts) > 2 {
		parts = parts[2:]
	}
	part := func(n int) string {
		if n < len(parts) {
			return parts[n]
		}
		return ""
	}
	at := route{name: "other", major: part(1)}
	switch part(0) {
	case "channels":
		at.name = "channels"
		if part(2) == "messages" && len(parts) == 3 && r.Method == http.MethodPost {
			at.name, at.channel = "messages", part(1)
		}
	case "webhooks":
		at.name, at.open = "webhooks", true
		at.major += "/" + part(2)
		if len(parts) > 2 {
			parts[2] = "token"
		}
	case "applications":
		at.name = "commands"
	case "gateway", "guilds":
		at.name = part(0)
	}
	for n := range parts {
		if config.IsID(parts[n]) {
			parts[n] = "id"
		}
	}
	at.path = r.Method + " /" + strings.Join(parts, "/")
	return at
}

// bucket is a number of calls in a time, which several routes may share.
type bucket struct {
	limit  int           // 0: not known yet; free: there is none
	left   int           // until reset
	reset  time.Time     // when there are limit again
	closed time.Time     // nothing goes before: Discord said so in a 429
	flying int           // calls without an answer yet
	queued int           // messages that wait for it
	freed  chan struct{} // closed when one of them has it
}

const free = -1

// take takes one call out of the bucket, or says how long to wait, or with
// neither that a call in flight will tell.
func (b *bucket) take(now time.Time) (ok bool, wait time.Duration) {
	if wait := b.closed.Sub(now); wait > 0 {
		return false, wait
	}
	if b.limit > 0 && b.left <= 0 && !now.Before(b.reset) {
		b.left = b.limit - b.flying
	}
	switch {
	case b.limit == 0 && b.flying > 0: // the first finds out
		return false, 0
	case b.limit <= 0, b.left > 0:
		b.left--
		b.flying++
		return true, 0
	case b.reset.After(now):
		return false, b.reset.Sub(now)
	}
	return false, 0
}

// landed takes back a call that got an answer; h is nil if it got none.
func (b *bucket) landed(h http.Header, now time.Time) {
	b.flying--
	close(b.freed)
	b.freed = make(chan struct{})
	limit, err := strconv.Atoi(h.Get("X-RateLimit-Limit"))
	after, err2 := strconv.ParseFloat(h.Get("X-RateLimit-Reset-After"), 64)
	left, err3 := strconv.Atoi(h.Get("X-RateLimit-Remaining"))
	if err != nil || err2 != nil || err3 != nil || limit <= 0 {
		if h != nil && b.limit == 0 {
			b.limit = free
		}
		return
	}
	// Answers overtake each other: those in flight may be counted or not.
	b.limit, b.left = limit, left-b.flying
	b.reset = now.Add(time.Duration(after * float64(time.Second)))
}

// bucket is that of a route. The caller holds mu.
func (c *courier) bucket(at route) *bucket {
	key := at.path + " " + at.major
	if name := c.names[at.path]; name != "" {
		key = name + " " + at.major
	}
	b, ok := c.buckets.Get(key)
	if !ok {
		b = &bucket{freed: make(chan struct{})}
		c.buckets.Add(key, b)
	}
	return b
}

// rename takes note of the name that Discord gives a route's bucket: routes
// of one name share it. The caller holds mu.
func (c *courier) rename(at route, b *bucket, name string) {
	if name == "" || c.names[at.path] == name || len(c.names) >= rememberBuckets {
		return
	}
	c.names[at.path] = name
	if key := name + " " + at.major; !c.buckets.Contains(key) {
		c.buckets.Add(key, b)
	}
}

// place is that of one call among those that wait for a channel's bucket.
// It keeps its place until it is over, however often it has to wait again.
type place struct{ of *bucket }

// join takes a place, unless there are too many. The caller holds mu.
func (c *courier) join(p *place, b *bucket) error {
	if p.of != nil {
		return nil
	}
	if b.queued >= waitingPerChannel {
		c.meter.dropped(dropCrowd)
		return errCrowd
	}
	b.queued++
	p.of = b
	return nil
}

// leave gives up the place, if there is one.
func (c *courier) leave(p *place) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p.of != nil {
		p.of.queued--
		p.of = nil
	}
}

// permit waits until a call may go, or says why it may not.
func (c *courier) permit(ctx context.Context, at route, mine *place) (*bucket, error) {
	for {
		c.mu.Lock()
		now := time.Now()
		if err := c.barred(at, now); err != nil {
			c.mu.Unlock()
			return nil, err
		}
		b := c.bucket(at)
		ok, wait := false, c.paused.Sub(now)
		if wait <= 0 {
			ok, wait = b.take(now)
			if !ok && at.channel != "" {
				if err := c.join(mine, b); err != nil {
					c.mu.Unlock()
					return nil, err
				}
			}
		}
		freed := b.freed
		c.mu.Unlock()
		switch {
		case ok && at.open:
			return b, nil
		case ok:
			// Last, so that calls that waited for other things do not go all
			// at once.
			err := c.pace.Wait(ctx)
			c.mu.Lock()
			now = time.Now() // and what was learned meanwhile counts
			if err == nil && !c.paused.After(now) && !b.closed.After(now) && c.barred(at, now) == nil {
				c.mu.Unlock()
				return b, nil
			}
			b.left++
			b.landed(nil, now)
			c.mu.Unlock()
			if err != nil {
				return nil, fmt.Errorf("too many calls at once: %w", err)
			}
		case wait > 0:
			if deadline, ok := ctx.Deadline(); ok && deadline.Before(now.Add(wait)) {
				return nil, &limitedError{until: now.Add(wait)}
			}
			if !sleep(ctx, wait) {
				return nil, ctx.Err()
			}
		default:
			select {
			case <-freed:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
	}
}

// barred says why a call must not be made at all. The caller holds mu.
func (c *courier) barred(at route, now time.Time) error {
	c.invalid = slices.DeleteFunc(c.invalid, func(t time.Time) bool { return now.Sub(t) > invalidWindow })
	if !at.open && now.Sub(c.refused) < refusedWait {
		return &FatalError{Code: http.StatusUnauthorized, Hint: refusedToken}
	}
	if at.channel == "" {
		return nil
	}
	if r, ok := c.refusals.Get(at.channel); ok && now.Before(r.until) {
		return errMuted
	}
	if len(c.invalid) >= invalidMost {
		return &limitedError{until: c.invalid[0].Add(invalidWindow)}
	}
	return nil
}

// freeAt is when the next call of a bucket may go.
func (c *courier) freeAt(b *bucket) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return later(b.closed, c.paused)
}
