package faq

import (
	"os"
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
		said = strings.TrimSpace(said)
		outcome, entry, _ := strings.Cut(rest, "|")
		if r := b.Read(said, Options{}); string(r.Outcome) != strings.TrimSpace(outcome) {
			t.Errorf("%q by itself: %s, want %s", said, r.Outcome, outcome)
		}
		got := "-"
		if r := b.Read(said, Options{About: "faq-causes"}); r.Outcome == Answered {
			got = r.Matches[0].Entry.ID
		}
		if want := strings.TrimSpace(entry); got != want {
			t.Errorf("%q as a reply: %s, want %s", said, got, want)
		}
		if r := b.Read(said, Options{About: "gone"}); string(r.Outcome) != strings.TrimSpace(outcome) {
			t.Errorf("%q in reply to an entry that is gone: %s", said, r.Outcome)
		}
	}
}
