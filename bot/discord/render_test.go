package discord

import (
	"strings"
	"testing"

	"backfaq/config"
	"backfaq/faq"
)

// Choices are shown once: a single one in the sentence above its button, several
// as buttons alone, unless a button cuts a title off or there are no buttons.
func TestChoicesStandOnce(t *testing.T) {
	long := strings.Repeat("l", maxLabel) + " end"
	book, err := faq.Load("faq.yaml", []byte("disclaimer: Ask a doctor.\nentries:\n"+
		"  - {id: a, title: First thing, answer: A, related: [b, c, d]}\n"+
		"  - {id: b, title: Is it second?, answer: B}\n"+
		"  - {id: c, title: "+long+", answer: C}\n"+
		"  - {id: d, title: Fourth, answer: D}\n"))
	if err != nil {
		t.Fatal(err)
	}
	view := faq.View{Book: book, Settings: config.DefaultSettings()}
	for _, c := range []struct {
		ids, buttons, words string
	}{
		{"a", "Did you mean: **First thing?** If", "Did you mean: **First thing?** If"},
		{"b", "Did you mean: **Is it second?** If", "Did you mean: **Is it second?** If"},
		{"a b", whichOne, whichOne + "\n- First thing\n- Is it second?"},
		{"a c", whichOne + "\n- First thing\n- " + long, whichOne + "\n- First thing\n- " + long},
	} {
		a := faq.Answer{View: view, Reading: faq.Reading{Outcome: faq.Suggested}}
		for id := range strings.FieldsSeq(c.ids) {
			a.Suggestions = append(a.Suggestions, book.Entry(id))
		}
		got := send(t, render(a))
		if text, _, _ := strings.Cut(got.Content, "\n\n"); !strings.HasPrefix(text, c.buttons) || strings.Count(text, "\n") != strings.Count(c.buttons, "\n") {
			t.Errorf("%s with buttons: %q", c.ids, text)
		}
		if len(got.Components[0].Components) != len(a.Suggestions) {
			t.Errorf("%s: %d buttons", c.ids, len(got.Components[0].Components))
		}
		if text, _, _ := strings.Cut(Text(a), "\n\n"); !strings.HasPrefix(text, c.words) {
			t.Errorf("%s without buttons: %q", c.ids, text)
		}
	}
	shown := send(t, render(faq.Answer{View: view, Reading: faq.Reading{Outcome: faq.Answered}, Entry: book.Entry("a")}))
	if related := len(shown.Components[0].Components); related != maxRelated {
		t.Errorf("%d related entries below an answer", related)
	}
}
