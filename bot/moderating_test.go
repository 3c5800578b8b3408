package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"backfaq/bot/fakediscord"
)

const poolFAQ = `disclaimer: This is general information only and not medical advice. Please consult a qualified healthcare professional for diagnosis and treatment.
entries:
  - id: one
    title: When does the pool open?
    answer: At seven.
`

// An own entry that an operator's new FAQ does not take is left out and marked;
// the rest works and saves, and the entry can be edited and removed.
func TestRowsThatDoNotFit(t *testing.T) {
	faqFile := filepath.Join(t.TempDir(), "faq.yaml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(faqFile, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(poolFAQ)
	s := startHarness(t, fakediscord.Options{}, "--faq-file", faqFile)
	for title, answer := range map[string]string{"When is raid night?": "Tuesdays at eight.", "Where is the sauna?": "Upstairs."} {
		call, err := s.push("Add an entry")(s.openPanel("teach"))
		s.fill(call, err, fakediscord.Fields{"title": title, "answer": answer, "phrasings": ""})
	}
	s.end()
	write(poolFAQ + "  - id: two\n    title: When is raid night?\n    answer: On Mondays.\n")
	s.begin()

	if m := s.ask(s.ann, "Where is the sauna?"); !strings.Contains(m.Content, "Upstairs.") {
		t.Errorf("a row that fits is gone with the one that does not:\n%s", m.Content)
	}
	if m := s.ask(s.ann, "When is raid night?"); !strings.Contains(m.Content, "On Mondays.") {
		t.Errorf("the operator's answer: %s", m.Content)
	}
	if text := s.shown(s.mod.Slash(s.general(), "faq-config", nil)).Text(); !strings.Contains(text, "🔴 left out · 1 row") {
		t.Errorf("the summary does not say so:\n%s", text)
	}
	page := s.openPanel("teach")
	if text := page.Text(); !strings.Contains(text, "**Left out:** “When is raid night?”: there is an entry with the title") {
		t.Errorf("the page does not mark the row:\n%s", text)
	}
	menu, _ := page.Component("1:own:0")
	left := ""
	for _, o := range menu.Options {
		if strings.Contains(o.Description, "Left out") {
			left = o.Value
		}
	}
	if left == "" {
		t.Fatalf("no entry of the menu is marked: %+v", menu.Options)
	}
	if m := s.shown(s.choose("1:set:strictness", "strict")(s.openPanel("how"))); !strings.Contains(m.Text(), "**Saved.**") {
		t.Errorf("nothing can be saved:\n%s", m.Text())
	}
	view := s.shown(s.mod.Select(page, "1:own:0", left))
	if !strings.Contains(view.Text(), "Tuesdays at eight.") || !strings.Contains(view.Text(), "**Left out:**") {
		t.Errorf("the entry is not shown with its mark:\n%s", view.Text())
	}
	call, err := s.push("Edit")(view)
	s.fill(call, err, fakediscord.Fields{"title": "When is our own raid night?", "answer": "Tuesdays at eight.", "phrasings": ""})
	if m := s.ask(s.ann, "When is our own raid night?"); !strings.Contains(m.Content, "Tuesdays at eight.") {
		t.Errorf("the entry that fits again is not found:\n%s", m.Content)
	}
	if text := s.openPanel("teach").Text(); strings.Contains(text, "Left out") {
		t.Errorf("still left out:\n%s", text)
	}
}

// A member who was granted /faq-config may look, not import.
func TestGrantedMemberCannotImport(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	s.guild.Allow("faq-config", s.ann)
	m := s.shown(s.ann.Slash(s.general(), "faq-config", fakediscord.Args{"import": fakediscord.Upload{Name: "club.csv", ContentType: "text/csv", Data: []byte("question,answer\nWhere?,Here.\n")}}))
	if !strings.Contains(m.Text(), "Only people with the Manage Server permission") {
		t.Errorf("got\n%s", m.Text())
	}
	// Nor with the button of a plan that a moderator was shown.
	plan := s.imports(s.mod, "club.csv", "question,answer\nWhere?,Here.\n")
	if m := s.shown(s.ann.Forge(plan, fakediscord.Button, "1:import:merge")); !strings.Contains(m.Text(), "Only people with the Manage Server permission") {
		t.Errorf("got\n%s", m.Text())
	}
	if text := s.openPanel("teach").Text(); !strings.Contains(text, "**0 entries** of its own") {
		t.Errorf("something was imported:\n%s", text)
	}
}

// A custom_id that names another server, or a channel of it, reaches nothing
// there: the server is the one that the interaction comes from.
func TestServerIsNeverTakenFromACustomID(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	s.shown(s.choose("1:set:strictness", "strict")(s.openPanel("how")))
	asked, err := s.ann.Say(s.general(), s.Bot().Mention()+" what is the capital of france?")
	s.replyTo(asked, err)
	before := s.openPanel("how").Text()
	said := len(s.ann.Messages(s.general()))

	other := s.AddGuild("Other")
	boss := other.AddMember("boss", other.AddRole("moderators", fakediscord.ManageGuild))
	m := s.shown(boss.Slash(other.General(), "faq-config", nil))
	for _, id := range []string{"1:set:strictness:" + s.guild.ID, "1:reset:yes:" + s.guild.ID, "1:wipe:yes:" + s.guild.ID, "1:undo:1:" + s.guild.ID} {
		s.shown(boss.Forge(m, fakediscord.StringSelect, id, "lenient"))
	}
	told := s.shown(boss.Forge(m, fakediscord.Button, "1:tell:faq-causes:"+s.general().ID+":"+asked.ID))
	if !strings.Contains(told.Content, "I could not reply to that question") {
		t.Errorf("told: %s", told.Content)
	}
	if n := len(s.ann.Messages(s.general())); n != said {
		t.Errorf("the bot spoke on another server: %d messages, %d before", n, said)
	}
	if after := s.openPanel("how").Text(); after != before {
		t.Errorf("the settings of another server changed:\n%s\nwere\n%s", after, before)
	}
}
