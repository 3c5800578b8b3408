package faq

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// A follow-up says too little by itself, and enough as a reply to an answer.
func TestFollowUps(t *testing.T) {
	data, err := os.ReadFile("testdata/followups.txt")
	if err != nil {
		t.Fatal(err)
	}
	b := Builtin()
	for line := range strings.Lines(string(data)) {
		said, rest, ok := strings.Cut(line, "|")
		if !ok {
			continue
		}
		said, about, ok := strings.Cut(strings.TrimSpace(said), " after ")
		if !ok {
			about = "faq-causes"
		}
		outcome, entry, _ := strings.Cut(rest, "|")
		if r := b.Read(said, Options{}); string(r.Outcome) != strings.TrimSpace(outcome) {
			t.Errorf("%q by itself: %s, want %s", said, r.Outcome, outcome)
		}
		got, want := "-", strings.TrimSpace(entry)
		switch a := (&Desk{Book: b}).Ask(t.Context(), Question{Text: said, Source: FromDM, About: about}); {
		case a.Outcome == Answered:
			got = a.Entry.ID
		case strings.HasPrefix(want, "?"):
			got = "?"
			for _, e := range a.Suggestions {
				got += " " + e.ID
			}
		}
		if got != want {
			t.Errorf("%q as a reply: %s, want %s", said, got, want)
		}
		if r := b.Read(said, Options{About: "gone"}); string(r.Outcome) != strings.TrimSpace(outcome) {
			t.Errorf("%q in reply to an entry that is gone: %s", said, r.Outcome)
		}
	}
}

// An entry that is switched off is not offered, though the answer names it as related,
// but for the one that warning signs lead to.
func TestFollowUpsOfferWhatIsShown(t *testing.T) {
	b := Builtin()
	doctor := b.WarningEntry().ID
	for id, want := range map[string]bool{"topic-symptoms": false, "faq-home-treatment": false, doctor: true} {
		r := b.Read("for how long?", Options{About: "faq-symptoms", Off: []string{id}})
		offered := slices.ContainsFunc(r.Matches, func(m Match) bool { return m.Entry.ID == id })
		if r.Outcome != Suggested || offered != want {
			t.Errorf("%s is switched off: %s, offered: %v, want %v", id, r.Outcome, offered, want)
		}
	}
}
