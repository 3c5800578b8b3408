package main

import (
	"strings"
	"testing"

	"backfaq/bot/fakediscord"
)

// signLines are what a person must hear first: how it is said, and how the answer
// begins.
var signLines = map[string]string{
	"i want to die, massage":                "# You are not alone",
	"i took 10 ibuprofen":                   "# Call a poison centre",
	"my chest hurts and i cannot breathe":   "# Get medical help now",
	"my arm is numb and my back is cramped": "> What you describe is a reason",
}

// warned asks a line by every way there is and looks at how the answers begin.
func (s *harness) warned(p *fakediscord.Person, ch *fakediscord.Channel, name, line, begins string) {
	s.t.Helper()
	mention := s.Bot().Mention()
	said, err := s.mod.Say(ch, line)
	if err != nil {
		s.t.Fatal(err)
	}
	forwarded, err := s.mod.Post(ch, fakediscord.Post{Forward: &said})
	if err != nil {
		s.t.Fatal(err)
	}
	for way, m := range map[string]fakediscord.Message{
		"mention":           s.replyTo(p.Say(ch, mention+" "+line)),
		"direct message":    s.replyTo(p.DM(line)),
		"forwarded to me":   s.replyTo(p.Post(p.DMChannel(), fakediscord.Post{Forward: &said})),
		"/ask":              s.shown(p.Slash(ch, "ask", fakediscord.Args{"question": line})),
		"message command":   s.shown(p.MessageCommand(said, "Answer from FAQ")),
		"forwarded message": s.shown(p.MessageCommand(forwarded, "Answer from FAQ")),
	} {
		if !strings.HasPrefix(m.Text(), begins) {
			s.t.Errorf("%s, %s: %q begins with\n%s", name, way, line, m.Text())
		}
		if !strings.HasPrefix(begins, ">") && strings.Contains(m.Text(), "switched me off") && !strings.HasPrefix(begins, "# Get") {
			s.t.Errorf("%s, %s: something stands beside a warning:\n%s", name, way, m.Text())
		}
		if strings.HasPrefix(begins, "# You") && (strings.Contains(m.Text(), "###") || len(m.Components) != 1 || !strings.Contains(m.Text(), "findahelpline.com")) {
			s.t.Errorf("%s, %s: something stands beside a crisis:\n%s\n%v", name, way, m.Text(), m.Components)
		}
	}
}

// A warning sign is answered first on every surface: past the limit on asking, in
// a channel that is switched off, with every entry switched off.
func TestWarningSignsOnEverySurface(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	quiet := s.guild.AddChannel("quiet")
	// A new person for each line: past the limit each level comes once a minute.
	each := func(name string, ch *fakediscord.Channel, before func(p *fakediscord.Person)) {
		t.Helper()
		for line, begins := range signLines {
			p := s.guild.AddMember(name + " " + line[:9])
			if before != nil {
				before(p)
			}
			s.warned(p, ch, name, line, begins)
		}
	}
	each("by default", s.general(), nil)
	s.shown(s.choose("1:set:mode", "except")(s.openPanel("where")))
	s.shown(s.choose("1:set:channels", quiet.ID)(s.openPanel("where")))
	each("off", quiet, nil)
	menu := s.openPanel("says")
	s.shown(s.mod.Select(menu, "1:set:off:0", switchable...))
	each("no entries", s.general(), nil)
}

// switchable are the entries of the FAQ that moderators can switch off.
var switchable = []string{"faq-causes", "faq-symptoms", "faq-home-treatment", "faq-medical-treatment", "topic-overview", "topic-causes", "topic-symptoms"}

// Past the limit on asking a warning comes all the same, once a minute, and the
// reason for the limit stays away from it.
func TestWarningSignsPastTheLimit(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	s.shown(s.choose("1:set:questions", "1")(s.openPanel("how")))
	for line, begins := range signLines {
		p := s.guild.AddMember("p " + line[:9])
		s.ask(p, question)
		if m := s.shown(p.Slash(s.general(), "ask", fakediscord.Args{"question": question})); !strings.Contains(m.Text(), "a lot of questions") {
			t.Fatalf("not past the limit:\n%s", m.Text())
		}
		if m := s.ask(p, line); !strings.HasPrefix(m.Text(), begins) || strings.Contains(m.Text(), "a lot of questions") {
			t.Errorf("%q past the limit, by mention:\n%s", line, m.Text())
		}
		if m := s.shown(p.Slash(s.general(), "ask", fakediscord.Args{"question": line})); strings.HasPrefix(m.Text(), begins) {
			t.Errorf("%q past the limit, twice in a minute:\n%s", line, m.Text())
		}
	}
}

// A crisis brings no review card, and is counted by its level without its words.
func TestCrisisLeavesNoTrace(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	review := s.guild.AddChannel("review")
	s.shown(s.choose("1:set:review", review.ID)(s.openPanel("help")))
	for range 6 {
		s.ask(s.guild.AddMember("someone"), "i want to die, massage")
	}
	s.ask(s.ann, "i took 10 ibuprofen")
	asked, err := s.ann.Say(s.general(), s.Bot().Mention()+" what is the capital of france?")
	s.replyTo(asked, err)
	s.card(review, asked) // comes after the others would have come
	stats := s.shown(s.mod.Slash(s.general(), "faq-stats", nil)).Text()
	if !strings.Contains(stats, "6 crisis, 1 poison") || strings.Contains(stats, "die") || strings.Contains(stats, "massage") {
		t.Errorf("the statistics:\n%s", stats)
	}
	if said := s.mod.Messages(review); len(said) != 2 { // the change of the settings, and the card for France
		t.Errorf("%d messages for reviewers:\n%v", len(said), said)
	}
}
