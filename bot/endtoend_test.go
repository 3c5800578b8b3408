package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"backfaq/bot/fakediscord"
	"backfaq/faq"
)

const question = "why does my upper back cramp?"

// Every way to ask leads to the same text.
func TestEveryWayToAskGivesTheSameAnswer(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	want := terminal(t, question)
	first := s.ask(s.ann, question)
	said, err := s.ann.Say(s.general(), question)
	if err != nil {
		t.Fatal(err)
	}
	// The first answer in a direct message says one thing more.
	const more, disclaimer = "Reply to ask more.\n\n", "-# This is general"
	if m := s.replyTo(s.ann.DM(question)); m.Content != strings.Replace(want, disclaimer, more+disclaimer, 1) {
		t.Errorf("first direct message: got\n%s\nwant\n%s", m.Content, want)
	}
	answers := map[string]fakediscord.Message{
		"mention":         first,
		"reply":           s.replyTo(s.ann.Reply(first, question)),
		"direct message":  s.replyTo(s.ann.DM(question)),
		"/ask":            s.shown(s.ann.Slash(s.general(), "ask", fakediscord.Args{"question": question})),
		"/ask shared":     s.shown(s.ann.Slash(s.general(), "ask", fakediscord.Args{"question": question, "share": true})),
		"message command": s.shown(s.ann.MessageCommand(said, "Answer from FAQ")),
	}
	for way, m := range answers {
		if m.Content != want {
			t.Errorf("%s: got\n%s\nwant\n%s", way, m.Content, want)
		}
		private := way == "/ask" || way == "message command"
		if m.Ephemeral() != private {
			t.Errorf("%s: private is %v, want %v", way, m.Ephemeral(), private)
		}
		if _, share := m.Button("Share"); share != private {
			t.Errorf("%s: has a Share button: %v, want %v", way, share, private)
		}
	}
}

// terminal is what `bot ask` prints.
func terminal(t *testing.T, question string) string {
	t.Helper()
	var out strings.Builder
	if code := start(t.Context(), []string{"ask", question}, streams{strings.NewReader(""), &out, &out}); code != 0 {
		t.Fatalf("bot ask ended with code %d: %s", code, &out)
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// The exact text of each title gives its own entry, wherever it is typed or
// chosen.
func TestEveryTitleGivesItsOwnEntry(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	for _, e := range faq.Builtin().Entries() {
		heading := "### " + e.Title + "\n"
		if got := terminal(t, e.Title); !strings.Contains(got, heading) {
			t.Errorf("terminal: %q gives\n%s", e.Title, got)
		}
		patient := s.guild.AddMember("p" + e.ID) // nobody asks more than the limit
		for way, m := range map[string]fakediscord.Message{
			"mention": s.ask(patient, e.Title),
			"dm":      s.replyTo(patient.DM(e.Title)),
			"slash":   s.shown(patient.Slash(s.general(), "ask", fakediscord.Args{"question": e.Title})),
		} {
			if !strings.Contains(m.Content, heading) {
				t.Errorf("%s: %q gives\n%s", way, e.Title, m.Content)
			}
		}
	}
}

// A title or phrasing word for word leads to its entry by every way of asking: no way
// loses the marks by which it differs from another.
func TestExactWordingsOverTheWire(t *testing.T) {
	exact, err := os.ReadFile("../faq/testdata/exact.yaml")
	if err != nil {
		t.Fatal(err)
	}
	lines, err := os.ReadFile("../faq/testdata/exact.txt")
	if err != nil {
		t.Fatal(err)
	}
	exact = bytes.Replace(exact, []byte("This is general information only."), []byte(faq.Builtin().Disclaimer()), 1)
	file := filepath.Join(t.TempDir(), "exact.yaml")
	if err := os.WriteFile(file, exact, 0o600); err != nil {
		t.Fatal(err)
	}
	book, err := faq.Load(file, exact)
	if err != nil {
		t.Fatal(err)
	}
	s := startHarness(t, fakediscord.Options{}, "--faq-file", file)
	for line := range strings.Lines(string(lines)) {
		outcome, rest, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok {
			continue // a comment
		}
		ids, wording, _ := strings.Cut(rest, "\t")
		var want []string // to be shown: an answer, or titles to choose from
		for id := range strings.FieldsSeq(ids) {
			e := book.Entry(id)
			if want = append(want, e.Title); outcome == string(faq.Answered) {
				want = []string{e.Answer}
			}
		}
		p := s.guild.AddMember("p" + ids + wording) // nobody asks more than the limit
		said, err := p.Say(s.general(), wording)
		if err != nil {
			t.Fatal(err)
		}
		for way, m := range map[string]fakediscord.Message{
			"mention":         s.ask(p, wording),
			"dm":              s.replyTo(p.DM(wording)),
			"slash":           s.shown(p.Slash(s.general(), "ask", fakediscord.Args{"question": wording})),
			"message command": s.shown(p.MessageCommand(said, "Answer from FAQ")),
		} {
			var got []string
			for _, b := range m.Buttons() {
				got = append(got, b.Label)
			}
			if outcome == string(faq.Answered) {
				got = slices.DeleteFunc(strings.Split(m.Text(), "\n"), func(l string) bool { return l != want[0] })
			}
			if !slices.Equal(got[:min(len(got), len(want))], want) {
				t.Errorf("%s: %q shows %q, want %q\n%s", way, wording, got, want, m.Text())
			}
		}
	}
}

func TestButtonsOutliveARestart(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	answer := s.ask(s.ann, question)
	private := s.shown(s.ann.Slash(s.general(), "ask", fakediscord.Args{"question": question}))
	puts := count(s, "PUT")

	s.end()
	s.begin()

	if m := s.press(s.ann, answer, "Helpful"); !m.Ephemeral() || !strings.Contains(m.Content, "Thank you") {
		t.Errorf("Helpful: %q", m.Content)
	}
	other := s.press(s.ann, answer, "Not what I asked")
	if !other.Ephemeral() || len(other.Buttons()) < 2 {
		t.Errorf("Not what I asked offers nothing:\n%s", other.Content)
	}
	next := other.Buttons()[0]
	if m := s.press(s.ann, other, next.Label); !strings.Contains(m.Content, "### "+next.Label) {
		t.Errorf("the suggestion %q shows\n%s", next.Label, m.Content)
	}
	if m := s.press(s.ann, private, "Share"); m.Ephemeral() || m.Content != answer.Content {
		t.Errorf("Share: private %v\n%s", m.Ephemeral(), m.Content)
	}
	if got := count(s, "PUT"); got != puts {
		t.Errorf("unchanged commands were registered again: %d times, before %d", got, puts)
	}
}

func count(s *harness, method string) int {
	n := 0
	for _, e := range s.Events() {
		if e.Kind == fakediscord.KindREST && e.Method == method {
			n++
		}
	}
	return n
}

func TestTopicsCanBeBrowsed(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	menu := s.shown(s.ann.Slash(s.general(), "topics", nil))
	var options []fakediscord.SelectOption
	var id string
	for c := range menu.All() {
		if len(c.Options) > 0 {
			options, id = c.Options, c.CustomID
		}
	}
	if len(options) != 11 {
		t.Fatalf("%d topics, want the five questions and six topics", len(options))
	}
	for _, o := range options {
		if m := s.shown(s.ann.Select(menu, id, o.Value)); !strings.Contains(m.Content, "### "+o.Label) {
			t.Errorf("%s shows\n%s", o.Label, m.Content)
		}
	}
}

func TestTypingOffersTitles(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	for typed, want := range map[string]string{
		"":                     "What are the common causes of upper back spasms?",
		"sympt":                "What are the symptoms of upper back spasms?",
		"doctor":               "When should I see a doctor for upper back spasms?",
		"ice or heat for this": "How can I treat upper back spasms at home?",
	} {
		person := s.guild.AddMember("asks " + typed) // one person may not ask so much at once
		call, err := person.Autocomplete(s.general(), "ask", "question", typed, nil)
		if err != nil {
			t.Fatal(err)
		}
		choices, err := call.Choices(s.ctx())
		if err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(choices, func(c fakediscord.Choice) bool { return c.Name == want })
		if at < 0 || len(choices) > 25 {
			t.Fatalf("%q offers %v", typed, choices)
		}
		for _, asked := range []any{choices[at].Value, want, strings.ToUpper(want)} {
			m := s.shown(person.Slash(s.general(), "ask", fakediscord.Args{"question": asked}))
			if !strings.HasPrefix(m.Content, "### "+want+"\n") {
				t.Errorf("/ask %v shows\n%s", asked, m.Content)
			}
		}
	}
}

func TestHelpAndPrivacy(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	if m := s.shown(s.ann.Slash(s.general(), "privacy", nil)); !m.Ephemeral() || !strings.Contains(m.Content, "It is not stored and not logged") {
		t.Errorf("/privacy: %s", m.Content)
	}
	help := s.shown(s.ann.Slash(s.general(), "help", nil))
	if !help.Ephemeral() {
		t.Error("everyone sees /help")
	}
	for how, m := range map[string]fakediscord.Message{
		"/help":          help,
		"a bare mention": s.replyTo(s.ann.Say(s.general(), s.Bot().Mention())),
		"help":           s.ask(s.ann, "help"),
	} {
		buttons := labels(m)
		if !strings.Contains(m.Content, "Ask me in your own words") || strings.Contains(m.Content, "- "+buttons[0]) || len(buttons) != 6 {
			t.Errorf("%s: %s %q", how, m.Content, buttons)
		}
		if got := s.press(s.ann, m, buttons[0]); !strings.HasPrefix(got.Content, "### "+buttons[0]) {
			t.Errorf("%s: %q shows\n%s", how, buttons[0], got.Content)
		}
	}
}

// labels are those of the buttons of a message, in the order they are shown.
func labels(m fakediscord.Message) (list []string) {
	for c := range m.All() {
		if c.Type == fakediscord.Button {
			list = append(list, c.Label)
		}
	}
	return list
}

// A refusal is two lines, and the ways on are buttons.
func TestUnknownIsSaidHonestly(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	m := s.ask(s.ann, "what is the capital of france?")
	const want = "I don't have an answer to that.\nChoose one of these, press **Browse topics** to see everything, or ask again in other words.\n\n-# "
	buttons := labels(m)
	if !strings.HasPrefix(m.Content, want) || len(buttons) != 6 || buttons[5] != "Browse topics" {
		t.Fatalf("unknown: %s %q", m.Content, buttons)
	}
	if got := s.press(s.ann, m, buttons[0]); !strings.HasPrefix(got.Content, "### "+buttons[0]) {
		t.Errorf("%q shows\n%s", buttons[0], got.Content)
	}
	if m := s.press(s.ann, m, "Browse topics"); !strings.Contains(m.Content, "Choose what you want to read") {
		t.Errorf("browse: %s", m.Content)
	}
}

// Choices are buttons, and stand nowhere else.
func TestChoicesAreButtons(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	m := s.ask(s.ann, "back hurts")
	buttons := labels(m)
	if !strings.HasPrefix(m.Content, "I am not sure which of these you mean. Choose one, or ask again in other words.\n\n-# ") || len(buttons) < 3 {
		t.Fatalf("%s %q", m.Content, buttons)
	}
	if got := s.press(s.ann, m, buttons[0]); !strings.HasPrefix(got.Content, "### "+buttons[0]) {
		t.Errorf("%q shows\n%s", buttons[0], got.Content)
	}
}

// The second of two things that were asked is the first button.
func TestSecondThingAsked(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	m := s.ask(s.ann, "what causes upper back spasms and how do I treat them at home?")
	const second = "Causes of upper back spasms"
	if !strings.HasPrefix(m.Content, "### How can I treat") || !strings.Contains(m.Content, "\n\nYou also asked: **"+second+"**\n\n-# ") {
		t.Errorf("the second thing is not named:\n%s", m.Content)
	}
	if got := labels(m); got[0] != second {
		t.Errorf("the first button is %s", got[0])
	}
	if got := s.press(s.ann, m, second); !strings.HasPrefix(got.Content, "### "+second) {
		t.Errorf("the button shows\n%s", got.Content)
	}
}

func TestWarningSignComesFirst(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	m := s.ask(s.ann, "my upper back spasms and i can't breathe, ice or heat?")
	if !strings.HasPrefix(m.Content, "# Get medical help now") || !strings.Contains(m.Content[:strings.Index(m.Content, "\n\n")], "emergency services") {
		t.Errorf("the emergency line is not first:\n%s", m.Content)
	}
	const doctor = "When should I see a doctor for upper back spasms?"
	if !strings.Contains(m.Content, doctor) {
		if got := s.press(s.ann, m, doctor); !strings.Contains(got.Content, "### "+doctor) {
			t.Errorf("the way to the doctor shows\n%s", got.Content)
		}
	}
}

// Nobody but people is answered, and only when they speak to the bot.
func TestWhoIsAnswered(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	other := s.OtherBot("otherbot")
	s.guild.Join(other)
	for _, post := range []struct {
		who  *fakediscord.Person
		text string
	}{
		{other, s.Bot().Mention() + " " + question},
		{s.mod, "@everyone " + question},
		{s.ann, question},
	} {
		if _, err := post.who.Say(s.general(), post.text); err != nil {
			t.Fatal(err)
		}
	}
	// A later question is answered, and nothing was before it.
	s.ask(s.ann, question)
	if n := count(s, "POST"); n != 1 {
		t.Errorf("the bot answered %d times, want once", n)
	}
}
