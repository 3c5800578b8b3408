package discord

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/bwmarrin/discordgo"

	"backfaq/bot/discord/locale"
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
		got := send(t, render(locale.English, a))
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
	shown := send(t, render(locale.English, faq.Answer{View: view, Reading: faq.Reading{Outcome: faq.Answered}, Entry: book.Entry("a")}))
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
		if got := send(t, render(locale.English, answered)).Content; !strings.HasPrefix(got, "### "+want+"\n") {
			t.Errorf("the heading of %s is %q", title, got)
		}
		second := faq.Answer{View: view, Reading: faq.Reading{Outcome: faq.Answered, Second: e}, Entry: book.Entry("b")}
		if got := send(t, render(locale.English, second)).Content; !strings.Contains(got, "You also asked: **"+want+"**\n") {
			t.Errorf("%s, asked too: %q", title, got)
		}
		if got := Text(askedForHelp(view)); !strings.Contains(got, "\n- "+want+"\n") {
			t.Errorf("%s in the help: %q", title, got)
		}
	}
}

// A choice of autocomplete shows its entry, however alike the titles are, and a
// title that is typed wins over a likelier match. A warning sign still comes first.
func TestTitlesAsked(t *testing.T) {
	like := strings.Repeat("alike ", 20)
	book, err := faq.Load("faq.yaml", []byte("disclaimer: Ask a doctor.\nentries:\n"+
		"  - {id: sharp, title: C#, answer: the first}\n  - {id: plus, title: C++, answer: the second}\n"+
		"  - {id: one, title: "+like+"one, answer: the third}\n  - {id: two, title: "+like+"two, answer: the fourth}\n"+
		"  - {id: marks, title: '???', answer: the fifth}\n  - {id: plus-one, title: sharp, answer: the sixth}\n"+
		"  - {id: code, title: 'Who pings `<@&1>`?', answer: the seventh}\n"))
	if err != nil {
		t.Fatal(err)
	}
	b := newBot(t, book)
	asked := func(kind discordgo.InteractionType, text string) response {
		value, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		return b.respond(t.Context(), &interaction{ID: "1", Type: kind, Token: "t", User: &user{ID: "2"},
			Data: interactionData{Name: "ask", Type: 1, Options: []option{{Name: "question", Value: value}}}})
	}
	shows := func(text, answer string) {
		t.Helper()
		b.desk = &faq.Desk{Book: book} // a person who has not asked yet
		if got := send(t, *asked(discordgo.InteractionApplicationCommand, text).say).Content; !strings.Contains(got, "\n"+answer+"\n") {
			t.Errorf("/ask %q shows %q, want %s", text, got, answer)
		}
	}
	for _, c := range asked(discordgo.InteractionApplicationCommandAutocomplete, "").choices {
		id := strings.TrimPrefix(c.value, "1:entry:")
		if book.Entry(id) == nil {
			t.Fatalf("%q is offered as %q", c.label, c.value)
		}
		shows(c.value, book.Entry(id).Answer)
	}
	shows("c++", "the second")
	shows("C#", "the first")
	shows(" ??? ", "the fifth")
	shows("who pings `<@&1>`?", "the seventh")
	shows("Sharp", "the sixth") // not the entry with this id
	shows(strings.ToUpper(like+"two"), "the fourth")
	if got := asked(discordgo.InteractionApplicationCommand, "1:entry:gone").say; got.text != answerGone || !got.private {
		t.Errorf("an entry that is gone: %q", got.text)
	}

	book = faq.Builtin().With([]faq.Entry{{ID: "own-1", Title: "I have chest pain and can't breathe", Answer: "Own.", Own: true}}, nil)
	b.desk = &faq.Desk{Book: book}
	if got := asked(discordgo.InteractionApplicationCommand, book.Entry("own-1").Title).say.text; !strings.HasPrefix(got, "# ") {
		t.Errorf("a title with a warning sign is answered with %q", got)
	}
}
