package faq

import (
	"reflect"
	"sync"
	"testing"
)

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

// A book is read by many goroutines at once, and the same question always gets
// the same answer.
func TestReadIsSharedAndSteady(t *testing.T) {
	b := Builtin().With(ownEntries, taughtWordings)
	want := make([]Reading, len(explained))
	for i, q := range explained {
		want[i] = b.Read(q, Options{})
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 20 {
				for i, q := range explained {
					if got := b.Read(q, Options{}); !reflect.DeepEqual(got, want[i]) {
						t.Errorf("%q: %+v, then %+v", q, want[i], got)
					}
				}
			}
		})
	}
	all.Wait()
}
