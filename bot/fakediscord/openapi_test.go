package fakediscord_test

import (
	"slices"
	"testing"

	"backfaq/bot/fakediscord"
	"backfaq/bot/fakediscord/spectest"
)

// Requests that the stand-in takes fit Discord's own description, too.
func TestAgainstOpenAPI(t *testing.T) {
	spec := spectest.Load(t)
	w := newWorld(t, fakediscord.Options{NoRateLimits: true})
	for _, c := range requestCases(t) {
		t.Run(c.Name, func(t *testing.T) {
			mark := w.srv.Mark()
			w.send(t, c)
			for _, e := range w.srv.EventsAfter(mark) {
				if err := spec.Check(e); err != nil && e.Status < 300 {
					t.Errorf("taken with %d: %v", e.Status, err)
				}
			}
		})
	}
}

// The check itself finds what the description forbids.
func TestOpenAPIRefuses(t *testing.T) {
	spec := spectest.Load(t)
	w := newWorld(t, fakediscord.Options{NoRateLimits: true})
	forbidden := []string{
		"content that is no string", "six buttons", "a label of 81", "26 choices",
		"a modal title of 46", "a description of 101", "an unknown kind of mention",
	}
	for _, c := range requestCases(t) {
		if !slices.Contains(forbidden, c.Name) {
			continue
		}
		mark := w.srv.Mark()
		w.send(t, c)
		events := w.srv.EventsAfter(mark)
		if err := spec.Check(events[len(events)-1]); err == nil {
			t.Errorf("%s: the description takes it", c.Name)
		}
	}
}
