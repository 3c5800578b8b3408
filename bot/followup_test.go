package main

import (
	"slices"
	"strings"
	"testing"

	"backfaq/bot/fakediscord"
	"backfaq/faq"
)

// An unclear reply to an answer, however that was asked for, is offered other entries
// than the one it replies to.
func TestUnclearFollowUps(t *testing.T) {
	s := startHarness(t, fakediscord.Options{})
	unclear := []string{"for how long?", "how long for?", "how often?", "is it safe?", "and at work?"}
	for n, e := range faq.Builtin().Entries()[:5] {
		asks := s.guild.AddMember("somebody")
		private := s.shown(asks.Slash(s.general(), "ask", fakediscord.Args{"question": e.Title}))
		for way, answer := range map[string]fakediscord.Message{
			"a mention":       s.replyTo(s.guild.AddMember("somebody").Say(s.general(), s.Bot().Mention()+" "+e.Title)),
			"/ask shared":     s.shown(s.guild.AddMember("somebody").Slash(s.general(), "ask", fakediscord.Args{"question": e.Title, "share": true})),
			"/ask and Share":  s.press(asks, private, "Share"),
			"a direct answer": s.replyTo(asks.DM(e.Title)),
		} {
			who := s.guild.AddMember("somebody")
			if way == "a direct answer" {
				who = asks
			}
			m := s.replyTo(who.Reply(answer, s.Bot().Mention()+" "+unclear[n]))
			if list := labels(m); !strings.Contains(m.Content, "not sure") || len(list) != 4 || slices.Contains(list, e.Title) {
				t.Errorf("%q below %q, %s: offered %q\n%s", unclear[n], e.Title, way, list, m.Content)
			}
		}
	}
}
