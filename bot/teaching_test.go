package main

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"backfaq/bot/fakediscord"
)

func TestTeachingFromACard(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	review := s.guild.AddChannel("mod-review")
	s.shown(s.choose("1:set:review", review.ID)(s.openPanel("help")))

	const odd = "florb my wibble please"
	asked, err := s.ann.Say(s.general(), s.Bot().Mention()+" "+odd)
	if m := s.replyTo(asked, err); strings.Contains(m.Content, "###") {
		t.Fatalf("answered already:\n%s", m.Content)
	}
	var card fakediscord.Message
	s.wait(-1, func(fakediscord.Event) bool {
		for _, m := range s.mod.Messages(review) {
			if strings.Contains(m.Content, asked.ID) {
				card = m
			}
		}
		return card.ID != ""
	})
	posted := func(e fakediscord.Event) bool { return strings.Contains(string(e.Body), `"nonce":"card-`+asked.ID+`"`) }
	if !slices.ContainsFunc(s.Events(), posted) {
		t.Error("a card that is sent twice would show twice")
	}
	if strings.Contains(card.Content, "florb") {
		t.Errorf("the card holds the question:\n%s", card.Content)
	}
	menus := s.press(s.mod, card, "Existing answer")
	call, err := s.mod.Select(menus, "1:pickanswer:0:"+s.general().ID+":"+asked.ID, "faq-home-treatment")
	done := s.fill(call, err, fakediscord.Fields{"wording": odd})
	if !strings.Contains(done.Content, "taught me **How can I treat") {
		t.Errorf("the card does not say it is done:\n%s", done.Content)
	}
	for _, text := range []string{odd, "florb my wibbel please"} {
		if m := s.ask(s.ann, text); !strings.Contains(m.Content, "### How can I treat upper back spasms at home?") {
			t.Errorf("%q is not learned:\n%s", text, m.Content)
		}
	}
	// Another server knows nothing of it.
	elsewhere := s.AddGuild("Other club")
	bob := elsewhere.AddMember("bob")
	if m := s.replyTo(bob.Say(elsewhere.General(), s.Bot().Mention()+" "+odd)); strings.Contains(m.Content, "###") {
		t.Errorf("another server learned it too:\n%s", m.Content)
	}
	// And it can be forgotten.
	page := s.openPanel("teach")
	for c := range page.All() {
		if c.CustomID == "1:forget:0" {
			s.shown(s.mod.Select(page, c.CustomID, c.Options[0].Value))
		}
	}
	if m := s.ask(s.ann, odd); strings.Contains(m.Content, "###") {
		t.Errorf("not forgotten:\n%s", m.Content)
	}
}

func TestOwnEntriesAndTeachingAMessage(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	b, _ := s.openPanel("teach").Button("Add an entry")
	call, err := s.mod.Press(s.openPanel("teach"), b.CustomID)
	saved := s.fill(call, err, fakediscord.Fields{"title": "When is the physio online?", "answer": "Fridays from **six**.", "phrasings": "physio hours\nwhen can i talk to the physio"})
	if !strings.Contains(saved.Text(), "Written by the moderators of this server") {
		t.Errorf("the preview does not say whose it is:\n%s", saved.Text())
	}
	if m := s.ask(s.ann, "when can I talk to the physio?"); !strings.Contains(m.Content, "Fridays from **six**.") || !strings.Contains(m.Content, "Written by the moderators of this server") {
		t.Errorf("the own entry is not found:\n%s", m.Content)
	}
	said, err := s.ann.Say(s.general(), "zorp on fridays")
	if err != nil {
		t.Fatal(err)
	}
	own := ""
	page := s.openPanel("teach")
	for c := range page.All() {
		if c.CustomID == "1:own:0" {
			own = c.Options[0].Value
		}
	}
	call, err = s.mod.MessageCommand(said, "Teach this to the FAQ")
	if err != nil {
		t.Fatal(err)
	}
	form, err := call.Modal(s.ctx())
	if err != nil {
		t.Fatal(err)
	}
	if got := form.Components[0].Inner.Value; got != "zorp on fridays" {
		t.Errorf("the form is filled with %q", got)
	}
	s.shown(s.mod.SubmitModal(form, fakediscord.Fields{"wording": "zorp on fridays", "entry0": []string{own}}))
	if m := s.ask(s.ann, "zorp on fridays"); !strings.Contains(m.Content, "Fridays from **six**.") {
		t.Errorf("the message was not taught:\n%s", m.Content)
	}
	view := s.shown(s.mod.Select(page, "1:own:0", own))
	s.press(s.mod, view, "Remove")
	if m := s.ask(s.ann, "when can I talk to the physio?"); strings.Contains(m.Content, "Fridays") {
		t.Errorf("the own entry is still there:\n%s", m.Content)
	}
}

func TestExportAndImport(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	s.shown(s.choose("1:set:strictness", "lenient")(s.openPanel("how")))
	out := s.press(s.mod, s.openPanel("data"), "Export as a file")
	if len(out.Attachments) != 1 {
		t.Fatalf("no file:\n%s", out.Text())
	}
	file, err := http.Get(out.Attachments[0].URL)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(file.Body)
	if err != nil {
		t.Fatal(err)
	}
	_ = file.Body.Close()

	reset := s.press(s.mod, s.openPanel("data"), "Reset to defaults")
	s.press(s.mod, reset, "Yes, reset the settings")
	for _, step := range []struct {
		data       []byte
		said, then string
	}{
		{[]byte(strings.Replace(string(data), `"lenient"`, `"very"`, 1)), "strictness", "Balanced"},
		{[]byte(`{"version": 1, "colour": "red"}`), "colour", "Balanced"},
		{data, "A file was imported: settings as in the file", "Lenient"},
	} {
		got := s.imports(s.mod, "settings.json", string(step.data))
		if _, ok := got.Button("Replace"); ok {
			got = s.decide(got, "Replace")
		}
		if got := got.Text(); !strings.Contains(got, step.said) {
			t.Errorf("import says\n%s\nwant %q", got, step.said)
		}
		if text := s.openPanel("how").Text(); !strings.Contains(text, "**How sure I must be:** "+step.then) {
			t.Errorf("after the import, want %s:\n%s", step.then, text)
		}
	}
}
