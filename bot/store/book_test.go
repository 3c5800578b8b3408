package store

import (
	"strings"
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
	teach(t, s, serverA, "hot water bottle", "heat")
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

// A row that the operator's next FAQ does not take is left out alone: the other
// rows go on, can be changed, and the row itself can be mended.
func TestRowThatTheNextFAQRefuses(t *testing.T) {
	load := func(title string) *faq.Book {
		book, err := faq.Load("test.yaml", []byte("disclaimer: ask a professional\nentries:\n- {id: theirs, title: "+title+", answer: Theirs.}\n"))
		if err != nil {
			t.Fatal(err)
		}
		return book
	}
	var log journal
	s := open(t, "sqlite::memory:", Options{Book: load("Is heat good?"), Log: log.logger()})
	var clashes, stays faq.Entry
	edit(t, s, serverA, "two entries", func(doc *faq.Document) {
		clashes, _ = doc.Put(faq.Entry{Title: "When is the clinic open?", Answer: "At nine."})
		stays, _ = doc.Put(faq.Entry{Title: "Where is the clinic?", Answer: "Upstairs."})
		doc.Teach(faq.Taught{Wording: "zorbling flimwhistle", Entry: clashes.ID})
		doc.Teach(faq.Taught{Wording: "grumbling whatsit", Entry: stays.ID})
		doc.Teach(faq.Taught{Wording: "hot water bottle", Entry: "theirs"})
	})
	s.SetBook(load("When is the clinic open?"))

	answers := func(question string) string {
		t.Helper()
		view, err := s.View(t.Context(), serverA)
		if err != nil {
			t.Fatal(err)
		}
		if r := view.Book.Read(question, faq.Options{}); r.Outcome == faq.Answered {
			return r.Matches[0].Entry.ID
		}
		return ""
	}
	for question, want := range map[string]string{"grumbling whatsit": stays.ID, "hot water bottle": "theirs", "zorbling flimwhistle": "", "when is the clinic open": "theirs"} {
		if got := answers(question); got != want {
			t.Errorf("%q is answered with %q, want %q", question, got, want)
		}
	}
	if text := log.String(); !strings.Contains(text, "rows=2") || strings.Contains(text, "clinic") {
		t.Errorf("the log should count the rows and quote none:\n%s", text)
	}
	// Removing the row and taking that back works as well.
	gone, err := s.Edit(t.Context(), serverA, alice, func(doc *faq.Document) (string, error) {
		_, err := doc.Remove(clashes.ID)
		return "remove", err
	})
	if err != nil {
		t.Fatal(err)
	}
	edit(t, s, serverA, "undo", func(doc *faq.Document) {
		if err := doc.Undo(gone.Number); err != nil {
			t.Error(err)
		}
	})
	teach(t, s, serverA, "one more", stays.ID)
	note(t, s, serverA, "and a setting")
	edit(t, s, serverA, "another title", func(doc *faq.Document) {
		clashes.Title = "When does the clinic open?"
		if _, err := doc.Put(clashes); err != nil {
			t.Error(err)
		}
	})
	if got := answers("zorbling flimwhistle"); got != clashes.ID {
		t.Errorf("mended, and still answered with %q", got)
	}
}
