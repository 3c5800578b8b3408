package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"backfaq/bot/fakediscord"
)

// A transcript is what people did and what the bot showed them, as text: labels
// in brackets are buttons and menus, ids that differ from run to run are words.
type transcript struct {
	s    *harness
	ids  map[string]string
	text strings.Builder
}

func newTranscript(s *harness, names map[string]string) *transcript {
	ids := map[string]string{s.general().ID: "general", s.guild.ID: "club", s.mod.ID(): "mod", s.ann.ID(): "ann"}
	for id, name := range names {
		ids[id] = name
	}
	return &transcript{s: s, ids: ids}
}

func (t *transcript) does(format string, args ...any) {
	fmt.Fprintf(&t.text, "> "+format+"\n", args...)
}

var (
	longNumber = regexp.MustCompile(`\d{15,20}`)
	momentAgo  = regexp.MustCompile(`<t:\d+:R>`)
)

// shows adds a message as people see it, and returns it.
func (t *transcript) shows(m fakediscord.Message) fakediscord.Message {
	text := momentAgo.ReplaceAllString(m.Text(), "<just now>")
	text = longNumber.ReplaceAllStringFunc(text, func(id string) string {
		if name, ok := t.ids[id]; ok {
			return name
		}
		return "message"
	})
	t.text.WriteString(text + "\n")
	var row []string
	for c := range m.All() {
		switch {
		case c.Type == fakediscord.Button:
			row = append(row, "["+c.Label+"]")
		case c.Placeholder != "":
			row = append(row, "["+c.Placeholder+" ▾]")
		}
	}
	t.text.WriteString(strings.Join(row, " ") + "\n\n")
	return m
}

// compare holds the transcript to the file of a name; -update writes it anew.
func (t *transcript) compare(name string) {
	t.s.t.Helper()
	file := filepath.Join("testdata", "transcripts", name+".txt")
	if *update {
		if err := os.WriteFile(file, []byte(t.text.String()), 0o644); err != nil {
			t.s.t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.s.t.Fatalf("%v: go test ./bot -run Transcript -update writes it", err)
	}
	if diff := cmp.Diff(string(want), t.text.String()); diff != "" {
		t.s.t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// imports brings a file to /faq-config and returns the plan of it.
func (s *harness) imports(by *fakediscord.Person, name, data string) fakediscord.Message {
	s.t.Helper()
	call, err := by.Slash(s.general(), "faq-config", fakediscord.Args{"import": fakediscord.Upload{Name: name, ContentType: "text/plain", Data: []byte(data)}})
	if err != nil {
		s.t.Fatal(err)
	}
	return s.second(call)
}

// second is the message that takes the place of the first response.
func (s *harness) second(call *fakediscord.Interaction) fakediscord.Message {
	s.t.Helper()
	all, err := call.Responses(s.ctx(), 2)
	if err != nil {
		s.t.Fatalf("%v\n%s", err, &s.log)
	}
	return *all[1].Message
}

// decide presses a button of a plan and returns what came of it.
func (s *harness) decide(plan fakediscord.Message, label string) fakediscord.Message {
	s.t.Helper()
	call, err := s.push(label)(plan)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.second(call)
}

// card is the review card of a question.
func (s *harness) card(review *fakediscord.Channel, question fakediscord.Message) (card fakediscord.Message) {
	s.t.Helper()
	s.wait(-1, func(fakediscord.Event) bool {
		for _, m := range s.mod.Messages(review) {
			if strings.Contains(m.Content, question.ID) {
				card = m
			}
		}
		return card.ID != ""
	})
	return card
}

func TestTranscriptOfAnImport(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	tr := newTranscript(s, nil)
	call, err := s.push("Add an entry")(s.openPanel("teach"))
	s.fill(call, err, fakediscord.Fields{"title": "When is raid night?", "answer": "Tuesdays at eight.", "phrasings": ""})

	const rows = "question,answer\n" +
		"When is raid night?,Wednesdays at nine.\n" +
		"Where is the club room?,Behind the gym.\n" +
		"What causes upper back spasms?,\n"
	tr.does("/faq-config import: club.csv")
	plan := tr.shows(s.imports(s.mod, "club.csv", rows))
	tr.does("press Merge")
	done := tr.shows(s.decide(plan, "Merge"))
	if m := s.ask(s.ann, "When is raid night?"); !strings.Contains(m.Content, "Wednesdays") {
		t.Errorf("not imported:\n%s", m.Content)
	}
	tr.does("press Undo")
	tr.shows(s.press(s.mod, done, "Undo"))
	if m := s.ask(s.ann, "When is raid night?"); !strings.Contains(m.Content, "Tuesdays") {
		t.Errorf("not taken back:\n%s", m.Content)
	}
	tr.does("/faq-config import: club.docx")
	tr.shows(s.imports(s.mod, "club.docx", "PK\x03\x04"))
	tr.compare("import")
}

// Undo puts back exactly what was there, once, and nothing else.
func TestTranscriptOfAnUndo(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	tr := newTranscript(s, nil)
	call, err := s.push("Add an entry")(s.openPanel("teach"))
	saved := s.fill(call, err, fakediscord.Fields{"title": "When is raid night?", "answer": "Tuesdays at eight.", "phrasings": "raid times"})
	tr.does("press Remove")
	removed := tr.shows(s.press(s.mod, saved, "Remove"))
	tr.does("press Undo")
	tr.shows(s.press(s.mod, removed, "Undo"))
	if m := s.ask(s.ann, "raid times"); !strings.Contains(m.Content, "Tuesdays at eight.") {
		t.Errorf("the entry is not back:\n%s", m.Content)
	}
	tr.does("press the old Undo again")
	again, _ := removed.Button("Undo")
	tr.shows(s.shown(s.mod.Forge(removed, fakediscord.Button, again.CustomID)))

	s.shown(s.choose("1:set:strictness", "lenient")(s.openPanel("how")))
	tr.does("press Reset to defaults, then Yes, reset the settings")
	reset := s.press(s.mod, s.press(s.mod, s.openPanel("data"), "Reset to defaults"), "Yes, reset the settings")
	tr.does("press Undo")
	back := tr.shows(s.press(s.mod, reset, "Undo"))
	if !strings.Contains(back.Text(), "**How sure I must be:** Lenient") {
		t.Errorf("the settings are not back:\n%s", back.Text())
	}
	tr.compare("undo")
}

func TestTranscriptOfTheLoop(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	review := s.guild.AddChannel("mod-review")
	tr := newTranscript(s, map[string]string{review.ID: "mod-review"})
	s.shown(s.choose("1:set:review", review.ID)(s.openPanel("help")))

	say := func(text string) fakediscord.Message {
		t.Helper()
		asked, err := s.ann.Say(s.general(), s.Bot().Mention()+" "+text)
		s.replyTo(asked, err)
		tr.does("ann: @backfaq %s", text)
		return asked
	}
	first := say("when do we glorp the zibble?")
	card := tr.shows(s.card(review, first))
	tr.does("press Write a new answer, and write it")
	call, err := s.push("Write a new answer")(card)
	done := tr.shows(s.fill(call, err, fakediscord.Fields{"title": "When do we glorp the zibble?", "answer": "On the first of the month.", "phrasings": ""}))
	tr.does("press Tell them")
	told, err := s.push("Tell them")(done)
	tr.shows(s.shown(told, err))
	tr.does("ann sees a reply")
	tr.shows(s.replyTo(first, nil))

	second := say("why does my wibble florb?")
	card = s.card(review, second)
	tr.does("press Existing answer, choose one, and write how people ask it")
	menus := tr.shows(s.press(s.mod, card, "Existing answer"))
	call, err = s.mod.Select(menus, "1:pickanswer:0:"+s.general().ID+":"+second.ID, "faq-causes")
	done = tr.shows(s.fill(call, err, fakediscord.Fields{"wording": "why does my wibble florb"}))
	tr.does("press Undo")
	card = tr.shows(s.press(s.mod, done, "Undo"))
	tr.does("press Ignore")
	tr.shows(s.press(s.mod, card, "Ignore"))
	tr.compare("loop")
}

// A member's first five minutes, by direct message.
func TestTranscriptOfAConversation(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	tr := newTranscript(s, nil)
	says := func(text string) fakediscord.Message {
		t.Helper()
		tr.does("ann: %s", text)
		return tr.shows(s.replyTo(s.ann.DM(text)))
	}
	replies := func(to fakediscord.Message, text string) (fakediscord.Message, error) {
		tr.does("ann replies: %s", text)
		return s.ann.Reply(to, text)
	}
	says("hi!")
	answer := says("why dose my uper back cramp up at teh office??")
	answer = tr.shows(s.replyTo(replies(answer, "and what about heat?")))
	answer = tr.shows(s.replyTo(replies(answer, "is that serious?")))
	thanks, err := replies(answer, "thanks!")
	if err != nil {
		t.Fatal(err)
	}
	tr.does("and sees no message")
	refusal := says("does my insurance pay for a massage chair")
	topic := labels(refusal)[1]
	tr.does("ann presses %s", topic)
	tr.shows(s.press(s.ann, refusal, topic))
	for _, m := range s.ann.Messages(s.ann.DMChannel()) {
		if m.Reference != nil && m.Reference.MessageID == thanks.ID {
			t.Errorf("thanks are answered with\n%s", m.Content)
		}
	}
	tr.compare("conversation")
}

func TestTranscriptOfTheSummary(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	hushed := s.guild.AddChannel("hushed")
	tr := newTranscript(s, map[string]string{hushed.ID: "hushed"})
	tr.does("/faq-config")
	tr.shows(s.shown(s.mod.Slash(s.general(), "faq-config", nil)))
	tr.does("choose What it says")
	says := tr.shows(s.openPanel("says"))
	tr.does("press Write: Emergency numbers, and write 112")
	call, err := s.push("Write: Emergency numbers")(says)
	s.fill(call, err, fakediscord.Fields{"text": "112"})
	tr.does("press Write: Your sentence, and write Ask in #general or @moderators.")
	call, err = s.push("Write: Your sentence")(s.openPanel("says"))
	says = s.fill(call, err, fakediscord.Fields{"text": "Ask in #general or @moderators."})
	tr.does("in #hushed, take Send Messages and Read Message History away from everyone, and press Home")
	hushed.Overwrite(s.guild.Everyone().ID, 0, fakediscord.SendMessages|fakediscord.ReadMessageHistory)
	tr.shows(s.press(s.mod, says, "Home"))
	tr.compare("summary")
}
