package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"backfaq/bot/fakediscord"
)

// unanswerable is a question that the built-in FAQ has nothing on.
const unanswerable = "which keyboard should I buy?"

// The person who acts reads their own language, a channel that of its server. The
// curated answer, the disclaimer and the log are as they were written.
func TestLanguages(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	const english, german = "I don't have an answer to that.", "Darauf habe ich keine Antwort."
	args := fakediscord.Args{"question": unanswerable}
	shared := fakediscord.Args{"question": unanswerable, "share": true}
	s.ann.SetLocale("de")
	if m := s.shown(s.ann.Slash(s.general(), "ask", args)); !strings.Contains(m.Content, german) || !hasButton(m, "Themen ansehen") {
		t.Errorf("to a German alone: %s", m.Content)
	}
	if m := s.shown(s.ann.Slash(s.general(), "ask", shared)); !strings.Contains(m.Content, english) {
		t.Errorf("to an English server: %s", m.Content)
	}
	if m := s.replyTo(s.ann.DM(unanswerable)); !strings.Contains(m.Content, english) {
		t.Errorf("in a direct message, where Discord tells no language: %s", m.Content)
	}

	s.guild.SetLocale("de")
	if m := s.ask(s.mod, unanswerable); !strings.Contains(m.Content, german) {
		t.Errorf("to a German server: %s", m.Content)
	}
	if m := s.shown(s.mod.Slash(s.general(), "ask", args)); !strings.Contains(m.Content, english) {
		t.Errorf("to an English person on a German server: %s", m.Content)
	}
	if m := s.shown(s.mod.Slash(s.general(), "ask", shared)); !strings.Contains(m.Content, german) {
		t.Errorf("by an English person to a German server: %s", m.Content)
	}
	if m := s.shown(s.ann.Slash(s.general(), "ask", fakediscord.Args{"question": question})); m.Content != terminal(t, question) {
		t.Errorf("the curated answer is\n%s", m.Content)
	}

	// A change is told in the server's language to all, in theirs to whoever makes it.
	m := s.shown(s.choose("1:set:strictness", "strict")(s.openPanel("how")))
	if text := m.Text(); !strings.Contains(text, "**Saved.** How sure I must be: Strict") || strings.Contains(s.openPanel("checks").Text(), "Strict") || !hasButton(m, "Undo") {
		t.Errorf("an English moderator of a German server reads\n%s", text)
	}
	s.mod.SetLocale("da")
	if text := s.openPanel("checks").Text(); !strings.Contains(text, "**Last changes**") {
		t.Errorf("a language without translations is not English:\n%s", text)
	}
	if log := s.log.String(); strings.Contains(log, "Antwort") {
		t.Errorf("the log is not English:\n%s", log)
	}
}

func hasButton(m fakediscord.Message, label string) bool {
	_, ok := m.Button(label)
	return ok
}

// Discord takes every page and form in every language: nothing is too long, and
// all that is sent fits its description (see checkRecording).
func TestPanelInEveryLanguage(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	for _, locale := range []string{"de", "es-ES", "es-419", "fr", "pt-BR"} {
		s.mod.SetLocale(locale)
		s.guild.SetLocale(locale)
		home := s.shown(s.mod.Slash(s.general(), "faq-config", nil))
		menu, ok := home.Component("1:config")
		if !ok || strings.Contains(home.Text(), "FAQ settings") {
			t.Fatalf("%s: the panel is\n%s", locale, home.Text())
		}
		for _, page := range menu.Options {
			m := s.openPanel(page.Value)
			for _, b := range m.Buttons() {
				if slices.ContainsFunc([]string{"1:write:", "1:editentry", "1:teachnew"}, func(form string) bool { return strings.HasPrefix(b.CustomID, form) }) {
					call, err := s.mod.Press(m, b.CustomID)
					if err != nil {
						t.Fatal(err)
					}
					if _, err := call.Modal(s.ctx()); err != nil {
						t.Errorf("%s: %s: %v", locale, b.Label, err)
					}
				}
			}
		}
		for _, command := range []string{"help", "privacy", "topics", "faq-stats"} {
			if m := s.shown(s.mod.Slash(s.general(), command, nil)); strings.Contains(m.Text(), "…") {
				t.Errorf("%s: /%s was cut:\n%s", locale, command, m.Text())
			}
		}
	}
}

// A client in another language shows the commands in it. The bot that starts again
// finds them as they should be.
func TestCommandsAreLocalized(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	var ask struct {
		Name         string
		Names        map[string]string `json:"name_localizations"`
		Descriptions map[string]string `json:"description_localizations"`
	}
	for _, c := range s.ann.Offers(s.general()) {
		if ask.Name != "ask" {
			clear(ask.Names)
			if err := json.Unmarshal(c, &ask); err != nil {
				t.Fatal(err)
			}
		}
	}
	if ask.Names["de"] != "fragen" || ask.Descriptions["de"] != "Frag die FAQ etwas, in deinen eigenen Worten" {
		t.Errorf("/ask is offered as %v: %v", ask.Names, ask.Descriptions)
	}
	s.end()
	s.begin()
	if !s.log.wait(s.ctx(), "commands are up to date", 1) {
		t.Fatalf("unchanged commands were registered again:\n%s", &s.log)
	}
}

// Why a form was refused is said in the language of whoever wrote it.
func TestReasonsInTheReadersLanguage(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	s.mod.SetLocale("de")
	open := func(page, id string) (*fakediscord.Interaction, error) { return s.mod.Press(s.openPanel(page), id) }
	for _, c := range []struct {
		page, form string
		fill       fakediscord.Fields
		want       string
	}{
		{"says", "1:write:emergency", fakediscord.Fields{"text": "abc"}, "schreib eine Notrufnummer aus Ziffern"},
		{"teach", "1:editentry", fakediscord.Fields{"title": "what are THE symptoms of upper back spasms?", "answer": "x"}, "es gibt schon einen Eintrag mit dem Titel"},
		{"teach", "1:editentry", fakediscord.Fields{"title": "Chess?", "answer": "Yes.", "phrasings": strings.Repeat("a", 201)}, "eine Formulierung hat 201 Zeichen"},
		{"teach", "1:editentry", fakediscord.Fields{"title": " ", "answer": "Yes."}, "die Frage fehlt"},
	} {
		call, err := open(c.page, c.form)
		if m := s.fill(call, err, c.fill); !strings.Contains(m.Text(), c.want) {
			t.Errorf("%v: want %q in\n%s", c.fill, c.want, m.Text())
		}
	}
	call, err := open("says", "1:write:emergency")
	saved := s.fill(call, err, fakediscord.Fields{"text": "112"})
	s.shown(s.choose("1:set:strictness", "strict")(s.openPanel("how")))
	undo, ok := saved.Button("Rückgängig")
	if !ok {
		t.Fatalf("no button to undo:\n%s", saved.Text())
	}
	if m := s.shown(s.mod.Press(saved, undo.CustomID)); !strings.Contains(m.Text(), "seitdem wurde etwas anderes geändert") {
		t.Errorf("undone although something was changed since:\n%s", m.Text())
	}
}
