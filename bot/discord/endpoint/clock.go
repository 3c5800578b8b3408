package endpoint

import (
	"fmt"
	"log/slog"
	"sync"
	"time"
)

const (
	maxClockError = time.Minute // of this machine, before operators hear of it

	// tokenLife is how long an interaction can be answered. What Discord signed
	// so long before the newest that came is a recording of it.
	tokenLife = 15 * time.Minute

	// clockError is how far the dates of REST responses may be off, which a proxy
	// can make. They alone tell a recording until the first signed time came.
	clockError = time.Hour
)

// Clock compares this machine's clock with Discord's, which dates REST responses
// and signs the time of each interaction that it delivers by HTTP.
type Clock struct {
	now func() time.Time
	log *slog.Logger

	mu     sync.Mutex
	known  bool          // ahead is
	ahead  time.Duration // of Discord's clock
	wrong  bool          // by more than maxClockError, which was logged
	newest time.Time     // that Discord signed; zero before the first
}

// NewClock is a clock of which nothing is known yet. A problem of it is logged.
func NewClock(now func() time.Time, log *slog.Logger) *Clock { return &Clock{now: now, log: log} }

// Observe takes in that it is a time by Discord's clock.
func (c *Clock) Observe(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.compare(at)
}

// compare is Observe. The caller holds mu.
func (c *Clock) compare(at time.Time) {
	c.known, c.ahead = true, c.now().Sub(at)
	wrong := c.ahead.Abs() > maxClockError
	switch {
	case wrong && !c.wrong:
		c.log.Error(c.sentence())
	case c.wrong && !wrong:
		c.log.Info("the clock of this machine is right again")
	}
	c.wrong = wrong
}

// recording takes in the time that Discord signed a request at, and reports whether
// that is so much older than the newest that it is a recording's. The clock of this
// machine counts for nothing: a request is judged by Discord's alone.
func (c *Clock) recording(at time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	oldest := c.newest.Add(-tokenLife)
	if c.newest.IsZero() && c.known {
		oldest = c.now().Add(-c.ahead - clockError - tokenLife)
	}
	if at.Before(oldest) {
		return true
	}
	if at.After(c.newest) {
		c.newest = at
		c.compare(at)
	}
	return false
}

// Problem is a sentence for operators; "" if the clock is right.
func (c *Clock) Problem() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.wrong {
		return ""
	}
	return c.sentence()
}

func (c *Clock) sentence() string {
	way := "ahead of"
	if c.ahead < 0 {
		way = "behind"
	}
	return fmt.Sprintf("the clock of this machine is %v %s Discord's: set it, and keep it right with NTP", c.ahead.Abs().Round(time.Second), way)
}
