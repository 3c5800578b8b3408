package faq

import "testing"

// The words of a title are the plainest way to ask for its entry.
func TestTitlesFindTheirEntries(t *testing.T) {
	b := Builtin()
	if n := len(b.Entries()); n != 21 {
		t.Fatalf("%d entries, want 21", n)
	}
	for _, e := range b.Entries() {
		r := b.Read(e.Title, Options{})
		if r.Outcome != Answered || r.Matches[0].Entry != e {
			t.Errorf("%q: %s %v, want %s", e.Title, r.Outcome, r.Matches, e.ID)
		}
	}
}
