package endpoint

import (
	"strings"
	"testing"
	"time"

	"backfaq/bot/discord/harness"
)

func TestClock(t *testing.T) {
	now := time.Date(2027, 1, 2, 3, 4, 5, 0, time.UTC)
	var log harness.LogBuffer
	c := NewClock(func() time.Time { return now }, log.Logger())
	for _, step := range []struct {
		at      time.Duration // Discord's clock, from ours
		problem string
	}{
		{0, ""}, {time.Minute, ""}, {-time.Minute, ""},
		{-61 * time.Second, "1m1s ahead of"}, {-2 * time.Hour, "2h0m0s ahead of"}, {90 * time.Second, "1m30s behind"}, {time.Second, ""},
	} {
		c.Observe(now.Add(step.at))
		if got := c.Problem(); (got == "") != (step.problem == "") || !strings.Contains(got, step.problem) {
			t.Errorf("%v: %q instead of %q", step.at, got, step.problem)
		}
	}
	if n := strings.Count(log.String(), "NTP"); n != 1 || !log.Has("right again") {
		t.Errorf("logged:\n%s", &log)
	}
}

func TestRecordings(t *testing.T) {
	now := time.Date(2027, 1, 2, 3, 4, 5, 0, time.UTC)
	var log harness.LogBuffer
	c := NewClock(func() time.Time { return now }, log.Logger())
	c.Observe(now)
	for _, step := range []struct {
		signed time.Duration // from now
		want   bool
	}{
		{-clockError - tokenLife - time.Second, true}, // nothing was signed yet: dates of REST responses tell
		{-clockError - tokenLife, false},
		{-clockError, false},
		{0, false}, {-tokenLife, false}, {-tokenLife - time.Second, true},
		{100 * time.Hour, false}, {0, true}, // whatever the clock of this machine says
	} {
		if got := c.recording(now.Add(step.signed)); got != step.want {
			t.Errorf("signed %v from now: a recording is %v", step.signed, got)
		}
	}
}
