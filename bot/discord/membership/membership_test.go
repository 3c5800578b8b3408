package membership

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"backfaq/bot/store"
)

// A welcome that takes as long as it may leaves the next one a minute of its own.
func TestEachServerHasAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := store.Open(t.Context(), "sqlite::memory:", store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var left []time.Duration
		tracker := New(s, func(ctx context.Context, _ Join) {
			by, _ := ctx.Deadline()
			left = append(left, time.Until(by))
			time.Sleep(time.Until(by))
		})
		for _, server := range []string{"1", "2", "3"} {
			tracker.Present(Join{Server: server, Since: time.Now()})
		}
		if err := tracker.Flush(t.Context()); err != nil {
			t.Error(err)
		}
		if want := []time.Duration{time.Minute, time.Minute, time.Minute}; !slices.Equal(left, want) {
			t.Errorf("welcomes had %v", left)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}
