package faq

import (
	"fmt"
	"strings"
	"testing"
)

var (
	ownEntries = []Entry{{
		ID: "club-hours", Title: "When is the yoga room open?", Answer: "Every day from 8 to 20.",
		Phrasings: []string{"opening hours of the yoga room", "is the room open on sunday"},
	}}
	taughtWordings = []Taught{
		{Wording: "my shrug muscles went full concrete", Entry: "sub-stiffness"},
		{Wording: "lower back gone again", Entry: "faq-see-doctor"},
		{Wording: "blorp", Entry: "topic-overview"},
	}
)

func TestWith(t *testing.T) {
	base := Builtin()
	b := base.With(ownEntries, taughtWordings)
	for _, c := range []struct{ question, want string }{
		{"when is the yoga room open", "club-hours"},
		{"is the yoga room open on sundays", "club-hours"},
		{"opening hours of the yogga room", "club-hours"},
		{"my shrug muscles went full concrete", "sub-stiffness"},
		{"my shrug musceles went full concrette", "sub-stiffness"}, // and its typos
		{"Lower back gone again!", "faq-see-doctor"},               // although it is elsewhere
		{"blorp", "topic-overview"},                                // although it is unknown
		{"what are the symptoms of upper back spasms?", "faq-symptoms"},
	} {
		r := b.Read(c.question, Options{})
		if r.Outcome != Answered || r.Matches[0].Entry.ID != c.want {
			t.Errorf("%q: %s %s, want %s", c.question, r.Outcome, r.Matches[0].Entry.ID, c.want)
		}
	}
	for _, question := range []string{"when is the yoga room open", "blorp", "lower back gone again"} {
		if r := base.Read(question, Options{}); r.Outcome == Answered {
			t.Errorf("%q is answered without the overlay", question)
		}
	}
	if e := b.Entry("club-hours"); e == nil || !e.Own || base.Entry("club-hours") != nil {
		t.Errorf("own entry %+v", e)
	}
	if n := len(b.Entries()); n != 22 || b.Entries()[21].ID != "club-hours" {
		t.Errorf("%d entries, want the own one last of 22", n)
	}
}

// The words that may be counted come from the file, never from the person.
func TestWordsAreTheFilesOwn(t *testing.T) {
	r := Builtin().Read("my neighbour Xerxes Quux says his posture is weird at hamburgers", Options{})
	for _, w := range r.Words {
		if strings.Contains("neighbour xerxes quux hamburgers", w) {
			t.Errorf("%q is a word of the person", w)
		}
	}
}

// Wordings count the same in whatever order they were taught.
func TestTaughtOrderDoesNotMatter(t *testing.T) {
	b, err := Load("f", []byte("disclaimer: d\nentries:\n- {id: aa, title: Anvil, answer: a}\n- {id: bb, title: Bellows, answer: b}\n- {id: cc, title: Crucible, answer: c}\n"))
	if err != nil {
		t.Fatal(err)
	}
	taught := []Taught{{Wording: "yoga quux", Entry: "aa"}, {Wording: "yoga zork", Entry: "bb"}, {Wording: "yoga frob", Entry: "cc"}}
	scores := func(order ...int) string {
		var list []Taught
		for _, i := range order {
			list = append(list, taught[i])
		}
		over := b.With(nil, list)
		var s strings.Builder
		for _, q := range []string{"yoga quux please", "yoga zork please", "yoga frob please"} {
			for _, m := range over.Read(q, Options{}).Matches {
				fmt.Fprintf(&s, "%s: %s %.3f\n", q, m.Entry.ID, m.Score)
			}
		}
		return s.String()
	}
	if want, got := scores(0, 1, 2), scores(2, 0, 1); got != want {
		t.Errorf("taught in another order:\n%s\nin the order of the file:\n%s", got, want)
	}
}
