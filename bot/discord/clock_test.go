package discord

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"backfaq/bot/discord/harness"
)

// A clock that is wrong by days costs no answer: a request is judged by the times
// that Discord signs. Operators hear of it once, and in /readyz.
func TestWrongClock(t *testing.T) {
	for name, ahead := range map[string]time.Duration{"76 minutes ahead": 76 * time.Minute, "days ahead": 100 * time.Hour, "behind": -3 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			p := newEndpointTest(t)
			p.bot.clock.mu.Lock()
			p.bot.clock.now = func() time.Time { return time.Now().Add(ahead) }
			p.bot.clock.mu.Unlock()
			p.bot.clock.observe(time.Now()) // as the next REST response does
			send := func(stamp, id string) int {
				body := p.payload(t, id)
				e, err := p.PostSigned(p.soon(t), p.url, stamp, p.Sign(stamp, body), body)
				if err != nil {
					t.Fatal(err)
				}
				return e.Status
			}
			for n := range 3 {
				if got := send(stampOf(time.Duration(n)*time.Second), fmt.Sprint(1_000_000_000_000_000_000+n)); got != 200 {
					t.Errorf("a request is answered with %d", got)
				}
			}
			if got := send(stampOf(-tokenLife-time.Minute), "1000000000000000009"); got != 409 {
				t.Errorf("a recording is answered with %d", got)
			}
			h := p.bot.Health()
			if !h.Ready() || h.Well() || !strings.Contains(h.Problem, "the clock of this machine is") {
				t.Errorf("health is %+v", h)
			}
			if n := strings.Count(p.log.String(), "the clock of this machine is"); n != 1 {
				t.Errorf("logged %d times:\n%s", n, &p.log)
			}
		})
	}
}

func TestClock(t *testing.T) {
	now := time.Date(2027, 1, 2, 3, 4, 5, 0, time.UTC)
	var log harness.LogBuffer
	c := &clock{now: func() time.Time { return now }, log: log.Logger()}
	for _, step := range []struct {
		at      time.Duration // Discord's clock, from ours
		problem string
	}{
		{0, ""}, {time.Minute, ""}, {-time.Minute, ""},
		{-61 * time.Second, "1m1s ahead of"}, {-2 * time.Hour, "2h0m0s ahead of"}, {90 * time.Second, "1m30s behind"}, {time.Second, ""},
	} {
		c.observe(now.Add(step.at))
		if got := c.problem(); (got == "") != (step.problem == "") || !strings.Contains(got, step.problem) {
			t.Errorf("%v: %q instead of %q", step.at, got, step.problem)
		}
	}
	if n := strings.Count(log.String(), "NTP"); n != 1 || !log.Has("right again") {
		t.Errorf("logged:\n%s", &log)
	}
}
