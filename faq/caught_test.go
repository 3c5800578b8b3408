package faq

import (
	"slices"
	"testing"
)

// A taught wording that is another entry's own phrasing catches it.
func TestCaught(t *testing.T) {
	before := Builtin()
	e := before.Entries()[3]
	if len(e.Phrasings) == 0 {
		t.Fatal("the entry has no phrasings")
	}
	to := before.Entries()[1].ID
	caught := before.Caught(before.With(nil, []Taught{{Wording: e.Phrasings[0], Entry: to}}), to)
	if !slices.ContainsFunc(caught, func(c Caught) bool { return c.Question == e.Phrasings[0] && c.Entry.ID == e.ID }) {
		t.Errorf("%q, taught for %s, is not among those it catches: %v", e.Phrasings[0], to, caught)
	}
	if caught := before.Caught(before.With(nil, []Taught{{Wording: "florb my wibble", Entry: to}}), to); len(caught) > 0 {
		t.Errorf("a wording of its own catches %v", caught)
	}
}

func BenchmarkCaught(b *testing.B) {
	before := Builtin()
	to := before.Entries()[1].ID
	next := before.With(nil, []Taught{{Wording: "florb my wibble", Entry: to}})
	for b.Loop() {
		before.Caught(next, to)
	}
}
