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

// A title reads as it was written, whatever Markdown would make of it.
func TestTitlesAreEscaped(t *testing.T) {
	for title, want := range map[string]string{
		"How does __init__ work?": `How does \_\_init\_\_ work?`,
		"What are *args?":         `What are \*args?`,
		"C# or C++":               `C\# or C++`,
		"Who may use <@&1>?":      `Who may use \<@&1\>?`,
	} {
		book, err := faq.Load("faq.yaml", []byte("disclaimer: Ask a doctor.\nentries:\n  - {id: a, title: \""+title+"\", answer: A}\n  - {id: b, title: B, answer: B}\n"))
		if err != nil {
			t.Fatal(err)
		}
		e := book.Entry("a")
		view := faq.View{Book: book, Settings: config.DefaultSettings()}
		answered := faq.Answer{View: view, Reading: faq.Reading{Outcome: faq.Answered}, Entry: e}
		if got := send(t, render(answered)).Content; !strings.HasPrefix(got, "### "+want+"\n") {
			t.Errorf("the heading of %s is %q", title, got)
		}
		second := faq.Answer{View: view, Reading: faq.Reading{Outcome: faq.Answered, Second: e}, Entry: book.Entry("b")}
		if got := send(t, render(second)).Content; !strings.Contains(got, "You also asked: **"+want+"**\n") {
			t.Errorf("%s, asked too: %q", title, got)
		}
		if got := helpMessage(view); !strings.Contains(got, "\n- "+want+"\n") {
			t.Errorf("%s in the help: %q", title, got)
		}
	}
}
