package store

import (
	"testing"

	"backfaq/faq"
)

// A server keeps what its moderators made when the FAQ below it changes.
func TestAnotherFAQ(t *testing.T) {
	load := func(entries string) *faq.Book {
		book, err := faq.Load("test.yaml", []byte("disclaimer: ask a professional\nentries:\n"+entries))
		if err != nil {
			t.Fatal(err)
		}
		return book
	}
	const heat, cold = "- {id: heat, title: Is heat good?, answer: Warm.}\n", "- {id: cold, title: Is ice good?, answer: Cold.}\n"
	s := open(t, "sqlite::memory:", Options{Book: load(heat)})
	if err := s.Teach(t.Context(), serverA, alice, faq.Taught{Wording: "hot water bottle", Entry: "heat"}); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		entries    string
		heat, cold bool
		taught     bool
	}{{heat, true, false, true}, {cold, false, true, false}, {heat + cold, true, true, true}} {
		s.SetBook(load(step.entries))
		view, err := s.View(t.Context(), serverA)
		if err != nil {
			t.Fatal(err)
		}
		if has := view.Book.Entry("heat") != nil; has != step.heat {
			t.Errorf("over %q the entry about heat is there: %v", step.entries, has)
		}
		if has := view.Book.Entry("cold") != nil; has != step.cold {
			t.Errorf("over %q the entry about ice is there: %v", step.entries, has)
		}
		read := view.Book.Read("hot water bottle", faq.Options{})
		if answered := read.Outcome == faq.Answered && read.Matches[0].Entry.ID == "heat"; answered != step.taught {
			t.Errorf("over %q the taught wording answers: %v", step.entries, answered)
		}
	}
}
